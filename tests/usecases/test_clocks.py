"""Clocks of several machines are never quite the same; commands do not fail for that."""

from datetime import UTC, date, datetime, timedelta

import pytest

import crmcore
from crmcore import LineDraft, Money
from crmcore.usecases.present import SKEW, Present

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Behind:
    """A clock that is behind another one."""

    def __init__(self, clock, **gap):
        self.clock = clock
        self.gap = timedelta(**gap)

    def now(self):
        return self.clock.now() - self.gap


@pytest.fixture
def machines(url, clock):
    """Two machines on one store; the clock of the second is 5 ms behind."""
    place = "memory://clocks" if url.startswith("memory") else url
    with (
        crmcore.open(place, clock=clock) as first,
        crmcore.open(place, clock=Behind(clock, milliseconds=5)) as second,
    ):
        yield first, second


def test_a_machine_that_is_behind_goes_on_where_the_other_one_stopped(machines, clock):
    first, second = machines
    firm = first.contacts.add_organization(name="ACME")
    deal = first.opportunities.open(title="Pumps", account=firm.id)
    deal = second.opportunities.advance(deal.id, to="proposal")
    line = LineDraft(description="Pump", quantity=1, unit_price=Money("1", "EUR"))
    clock.forward(seconds=1)
    quote = first.sales.quote(deal.id, lines=[line], valid_until=date(2999, 1, 1))
    clock.forward(seconds=1)
    first.sales.send(quote.id)
    order = second.sales.accept(quote.id)
    clock.forward(seconds=1)
    invoice = first.sales.bill(order.id)

    issued = second.sales.issue(invoice.id)

    assert issued.number is not None
    assert issued.updated_at == clock.now()
    assert second.check().is_clean


def test_what_is_dated_ahead_on_purpose_moves_no_clock(machines, clock):
    first, second = machines
    firm = first.contacts.add_organization(name="ACME")
    deal = first.opportunities.open(title="P", account=firm.id, at=clock.now() + timedelta(days=9))

    with pytest.raises(crmcore.NotValid):
        second.opportunities.advance(deal.id, to="proposal")

    assert second.contacts.add_organization(name="B").created_at < clock.now()


def test_the_present_follows_what_was_seen_and_no_further():
    clock = Behind(type("Still", (), {"now": lambda self: NOW})())
    present = Present(clock)

    present.saw(NOW - timedelta(days=1))
    present.saw(NOW + SKEW + timedelta(milliseconds=1))
    assert (present.now(), present.moved) == (NOW, 0)
    present.saw(NOW + timedelta(seconds=2))
    present.saw(NOW + timedelta(seconds=1))
    assert (present.now(), present.moved) == (NOW + timedelta(seconds=2), 1)
