"""Accepting a quote and the outcome of its deal agree: a deal leads to one order at most."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest

from crmcore import F, LineDraft, LostReason, Money, OpportunityStatus, QuoteStatus, Role
from crmcore.errors import EntityNotFound, GuardRefused, MoveForbidden
from crmcore.wire import dump

EVER = date(2999, 1, 1)


def a_deal(crm):
    firm = crm.contacts.add_organization(name="ACME GmbH")
    return crm.opportunities.open(title="Pumps", account=firm.id, amount=Money("500", "EUR"))


def quoted(crm, deal, price="100", valid_until=EVER):
    pump = LineDraft(description="Pump", quantity=1, unit_price=Money(price, "EUR"))
    return crm.sales.quote(deal.id, lines=[pump], valid_until=valid_until)


def everything(crm):
    return list(dump(crm.store))


def test_the_second_quote_of_an_ordered_deal_is_refused_and_nothing_changes(crm):
    deal = a_deal(crm)
    small, large = quoted(crm, deal, "100"), quoted(crm, deal, "900")
    order = crm.sales.accept(small.id)
    before = everything(crm)

    with pytest.raises(GuardRefused) as raised:
        crm.sales.accept(large.id)

    assert (raised.value.entity, raised.value.id) == ("quote", large.id)
    assert raised.value.reasons == ("the deal has an order already",)
    assert everything(crm) == before
    assert crm.sales.accept(small.id) == order
    assert crm.kpi("won_revenue").total.value == Money("100", "EUR")


def test_a_refused_quote_leaves_no_half_an_order_in_a_transaction(crm):
    deal = a_deal(crm)
    small, large = quoted(crm, deal, "100"), quoted(crm, deal, "900")

    with crm.transaction() as tx:
        tx.sales.accept(small.id)
        with suppress(GuardRefused):
            tx.sales.accept(large.id)

    assert crm.sales.orders.find(F.opportunity == deal.id).count() == 1
    assert crm.sales.quotes.get(large.id).status is QuoteStatus.DRAFT


def test_a_quote_of_a_lost_deal_cannot_be_accepted_in_hindsight(crm, clock):
    deal = a_deal(crm)
    quote = quoted(crm, deal, valid_until=date(2026, 3, 9))
    clock.forward(days=10)
    crm.opportunities.lose(deal.id, reason=LostReason.PRICE)
    before = everything(crm)

    with pytest.raises(MoveForbidden) as raised:
        crm.sales.accept(quote.id, at=datetime(2026, 3, 9, tzinfo=UTC))

    assert (raised.value.entity, raised.value.state) == ("opportunity", "lost")
    assert raised.value.allowed == ("reopen",)
    assert everything(crm) == before


def test_a_lost_deal_gets_no_quote_until_it_is_reopened(crm):
    deal = a_deal(crm)
    crm.opportunities.lose(deal.id, reason=LostReason.PRICE)

    with pytest.raises(GuardRefused, match="the deal is lost; reopen it first") as raised:
        quoted(crm, deal)
    crm.opportunities.reopen(deal.id)

    assert (raised.value.entity, raised.value.action) == ("quote", "draft")
    assert quoted(crm, deal).opportunity == deal.id


def test_a_deal_won_by_hand_takes_an_order_and_keeps_its_amount(crm):
    deal = a_deal(crm)
    won = crm.opportunities.win(deal.id)
    quote = quoted(crm, deal)

    order = crm.sales.accept(quote.id)

    assert order.opportunity == deal.id
    assert crm.opportunities.get(deal.id) == won
    with pytest.raises(GuardRefused, match="has an order already"):
        crm.sales.accept(quoted(crm, deal).id)


def test_a_cancelled_order_makes_way_for_another_quote(crm):
    deal = a_deal(crm)
    first, second = quoted(crm, deal, "100"), quoted(crm, deal, "900")
    crm.sales.cancel_order(crm.sales.accept(first.id).id)

    again = crm.sales.accept(second.id)

    assert (again.quote, again.totals.net) == (second.id, Money("900", "EUR"))
    kept = crm.opportunities.get(deal.id)
    assert (kept.status, kept.amount) == (OpportunityStatus.WON, Money("100", "EUR"))


@pytest.mark.parametrize("field", ["account", "product", "amount"])
def test_a_closed_deal_keeps_what_its_revenue_is_counted_by(crm, field):
    deal = a_deal(crm)
    crm.opportunities.win(deal.id)
    other = {
        "account": crm.contacts.add_organization(name="Other").id,
        "product": crm.catalog.add_product(sku="P-1", name="Pump").id,
        "amount": Money("9", "EUR"),
    }
    before = everything(crm)

    with pytest.raises(GuardRefused, match="the deal is closed; reopen it first"):
        crm.opportunities.update(deal.id, **{field: other[field]})

    assert everything(crm) == before


def test_an_account_given_later_is_a_prospect_from_then_on(crm):
    deal = crm.opportunities.open(title="Pumps")
    firm = crm.contacts.add_organization(name="ACME GmbH")

    updated = crm.opportunities.update(deal.id, account=firm.id)

    assert updated.account == firm.id
    assert crm.contacts.get(firm.id).holds(Role.PROSPECT)


def test_an_update_repeated_by_its_key_happens_once(crm):
    deal = a_deal(crm)

    first = crm.opportunities.update(deal.id, title="Valves", key="k")
    crm.opportunities.update(deal.id, title="Pumps")
    again = crm.opportunities.update(deal.id, title="Valves", key="k")

    assert (first.title, again.title) == ("Valves", "Pumps")


def test_an_account_given_later_must_exist(crm):
    deal = crm.opportunities.open(title="Pumps")

    with pytest.raises(EntityNotFound):
        crm.opportunities.update(deal.id, account=deal.id)

    assert crm.opportunities.get(deal.id) == deal
