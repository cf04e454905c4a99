"""Numbers of documents: without a gap by default, and with gaps only where the settings allow them."""

from datetime import date
from uuid import UUID

import pytest

import crmcore
from crmcore import LineDraft, Money, NumberPattern, Settings


class Stopped(Exception):
    """What ends a transaction in these tests."""


def issued(crm, name, **options):
    """An issued invoice over one pump."""
    firm = crm.contacts.add_organization(name=name)
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    line = LineDraft(description="Pump", quantity=1, unit_price=Money("1", "EUR"))
    quote = crm.sales.quote(deal.id, lines=[line], valid_until=date(2999, 1, 1))
    bill = crm.sales.bill(crm.sales.accept(quote.id).id)
    return crm.sales.issue(bill.id, **options)


@pytest.mark.parametrize(("gapless", "next_number"), [(True, "R-2"), (False, "R-3")])
def test_only_a_series_that_may_have_gaps_gets_one(gapless, next_number):
    pattern = NumberPattern("R-{seq}", gapless=gapless)
    with crmcore.open("memory://", settings=Settings(numbering={"r": pattern})) as crm:
        assert issued(crm, "A", series="r").number == "R-1"
        with pytest.raises(crmcore.NotFound):
            crm.sales.issue(UUID(int=1), series="r")

        assert issued(crm, "B", series="r").number == next_number


def stopped(crm):
    """An invoice is issued in a transaction that does not come to its end."""
    with crm.transaction() as tx:
        issued(tx, "A", series="r")
        raise Stopped


def test_inside_a_transaction_no_series_has_a_gap():
    pattern = NumberPattern("R-{seq}", gapless=False)
    with crmcore.open("memory://", settings=Settings(numbering={"r": pattern})) as crm:
        for _ in range(2):
            with pytest.raises(Stopped):
                stopped(crm)

        with crm.transaction() as tx:
            assert issued(tx, "A", series="r").number == "R-1"
