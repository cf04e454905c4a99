"""The whole way of one customer: lead, opportunity, quote, order, three invoices, payment."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crmcore
from crmcore import F, InvoiceStatus, LeadStatus, LineDraft, Money, OpportunityStatus, Role, Share
from crmcore.errors import (
    ActivityNotAllowed,
    EntityNotFound,
    FieldProtected,
    GuardRefused,
    IdempotencyMismatch,
    LimitExceeded,
    ManyFaults,
    MoveForbidden,
    NestedTransaction,
    NothingFound,
    StaleRevision,
    UnknownField,
)
from crmcore.wire import dump

PUMP = LineDraft(
    description="Pump", quantity=3, unit_price=Money("33.335", "EUR"), vat_rate=Share("0.19")
)
OIL = LineDraft(
    description="Oil", quantity="1.5", unit_price=Money("70.125", "EUR"), vat_rate=Share("0.07")
)


def everything(crm):
    return list(dump(crm.store))


def customer(crm):
    firm = crm.contacts.add_organization(name="ACME GmbH", vat_id="DE136695976")
    ada = crm.contacts.add_person(
        given_name="Ada", family_name="Lovelace", email="ada@acme.example", employer=firm.id
    )
    crm.leads.capture(ada.id, source="web-form")
    return firm, ada


def ordered(crm, *lines):
    _, ada = customer(crm)
    deal = crm.leads.convert(ada.id, title="Pumps 2026", amount=Money("12500", "EUR"))
    quote = crm.sales.quote(deal.id, lines=lines or (PUMP, OIL), valid_until=date(2026, 4, 1))
    return crm.sales.accept(quote.id)


def issue_and_fail(crm, invoice):
    with crm.transaction() as tx:
        tx.sales.issue(invoice.id)
        raise ZeroDivisionError


def add_and_fail(crm):
    with crm.transaction() as tx:
        firm = tx.contacts.add_organization(name="Half")
        assert tx.contacts.get(firm.id) == firm
        tx.tickets.assign(firm.id, firm.id)


def test_a_lead_becomes_a_paid_invoice_and_every_sum_agrees_to_the_cent(crm):
    firm, ada = customer(crm)
    deal = crm.leads.convert(ada.id, title="Pumps 2026", amount=Money("12500", "EUR"))
    crm.opportunities.advance(deal.id, to="proposal")
    quote = crm.sales.quote(deal.id, lines=[PUMP, OIL], valid_until=date(2026, 4, 1))
    order = crm.sales.accept(quote.id)

    bills = [crm.sales.issue(crm.sales.bill(order.id, part=k, of=3).id) for k in (1, 2, 3)]
    for bill in bills:
        crm.sales.pay(bill.id, amount=bill.totals.payable)

    assert [bill.number for bill in bills] == [f"INV-2026-0000{k}" for k in (1, 2, 3)]
    assert sum((b.totals.net for b in bills), Money.zero("EUR")) == order.totals.net
    assert sum((b.totals.payable for b in bills), Money.zero("EUR")) == order.totals.payable
    assert all(crm.sales.invoices.get(b.id).status is InvoiceStatus.PAID for b in bills)
    won = crm.opportunities.get(deal.id)
    assert (won.status, won.amount) == (OpportunityStatus.WON, order.totals.net)
    assert crm.leads.find().one().status is LeadStatus.CONVERTED
    account = crm.contacts.get(firm.id)
    assert [account.holds(r) for r in (Role.PROSPECT, Role.CUSTOMER, Role.DEBTOR)] == [
        False,
        True,
        False,
    ]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    quantity=st.integers(1, 50),
    price=st.decimals("0.01", "9999", places=3),
    rate=st.sampled_from(["0.19", "0.07", "0.077"]),
    parts=st.integers(2, 7),
)
def test_any_number_of_instalments_sums_to_the_order(quantity, price, rate, parts):
    with crmcore.open("memory://") as crm:
        line = LineDraft(
            description="Thing",
            quantity=quantity,
            unit_price=Money(price, "EUR"),
            vat_rate=Share(rate),
        )
        _, ada = customer(crm)
        deal = crm.leads.convert(ada.id, title="Things")
        quote = crm.sales.quote(deal.id, lines=[line], valid_until=date(2999, 1, 1))
        order = crm.sales.accept(quote.id)

        bills = [crm.sales.bill(order.id, part=k, of=parts) for k in range(1, parts + 1)]

        assert sum((b.totals.net for b in bills), Money.zero("EUR")) == order.totals.net
        assert sum((b.totals.payable for b in bills), Money.zero("EUR")) == order.totals.payable


def test_the_second_conversion_of_a_lead_returns_the_same_opportunity(crm):
    _, ada = customer(crm)

    first = crm.leads.convert(ada.id, title="Pumps")
    before = everything(crm)
    second = crm.leads.convert(ada.id, title="Pumps again")

    assert first == second
    assert everything(crm) == before


def test_the_second_acceptance_of_a_quote_returns_the_same_order(crm):
    order = ordered(crm)
    before = everything(crm)

    assert crm.sales.accept(order.quote) == order
    assert everything(crm) == before


def test_billing_an_instalment_again_returns_its_invoice(crm):
    order = ordered(crm)
    first = crm.sales.bill(order.id, part=1, of=3)
    before = everything(crm)

    assert crm.sales.bill(order.id, part=1, of=3) == first
    assert everything(crm) == before


def test_billing_the_rest_again_returns_the_invoice_that_did_it(crm):
    order = ordered(crm)
    first = crm.sales.bill(order.id)

    assert crm.sales.bill(order.id) == first


def test_a_key_makes_partial_billing_repeatable(crm):
    order = ordered(crm)
    line = order.lines[0].id

    first = crm.sales.bill(order.id, lines={line: 1}, key="checkout-4711")
    again = crm.sales.bill(order.id, lines={line: 1}, key="checkout-4711")
    other = crm.sales.bill(order.id, lines={line: 1}, key="checkout-4712")

    assert first == again
    assert other.id != first.id


def test_a_key_used_for_something_else_is_refused(crm):
    order = ordered(crm)
    line = order.lines[0].id
    crm.sales.bill(order.id, lines={line: 1}, key="k")
    before = everything(crm)

    with pytest.raises(IdempotencyMismatch):
        crm.sales.bill(order.id, lines={line: 2}, key="k")

    assert everything(crm) == before


@pytest.mark.parametrize("other", ["K", "k ", "ḱ", " k"])
def test_keys_that_differ_in_anything_are_different_keys(crm, other):
    order = ordered(crm)
    line = order.lines[0].id

    first = crm.sales.bill(order.id, lines={line: 1}, key="k")

    assert crm.sales.bill(order.id, lines={line: 1}, key=other).id != first.id


def test_more_than_is_open_cannot_be_billed(crm):
    order = ordered(crm)
    line = order.lines[0].id
    crm.sales.bill(order.id, lines={line: 2})
    before = everything(crm)

    with pytest.raises(LimitExceeded) as caught:
        crm.sales.bill(order.id, lines={line: 2})

    assert str(line) in caught.value.field
    assert everything(crm) == before


def test_issuing_again_changes_neither_number_nor_date(crm, clock):
    order = ordered(crm)
    first = crm.sales.issue(crm.sales.bill(order.id).id)
    clock.forward(days=400)

    assert crm.sales.issue(first.id) == first


def test_a_failed_issue_draws_no_number(crm):
    order = ordered(crm)
    one, two = (crm.sales.bill(order.id, part=k, of=2) for k in (1, 2))
    with pytest.raises(ZeroDivisionError):
        issue_and_fail(crm, one)

    assert crm.sales.issue(two.id).number == "INV-2026-00001"


def test_the_company_zone_decides_the_year_of_a_number(opened, clock):
    crm = opened(settings=crmcore.Settings(zone=ZoneInfo("Europe/Berlin")))
    order = ordered(crm)
    one, two = (crm.sales.bill(order.id, part=k, of=2) for k in (1, 2))

    old = crm.sales.issue(one.id, at=datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC))
    new = crm.sales.issue(two.id, at=datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC))

    assert (old.number, old.issued_on) == ("INV-2026-00001", date(2026, 12, 31))
    assert (new.number, new.issued_on) == ("INV-2027-00001", date(2027, 1, 1))


def test_an_issued_invoice_has_no_way_back(crm):
    order = ordered(crm)
    invoice = crm.sales.issue(crm.sales.bill(order.id).id)

    with pytest.raises(MoveForbidden) as caught:
        crm.sales.withdraw(invoice.id)

    assert "withdraw" not in caught.value.allowed


def test_a_withdrawn_draft_can_be_billed_anew(crm):
    order = ordered(crm)
    draft = crm.sales.bill(order.id)
    crm.sales.withdraw(draft.id)

    again = crm.sales.bill(order.id)

    assert again.id != draft.id
    assert again.totals == draft.totals


def test_an_overpayment_stays_unallocated(crm):
    invoice = crm.sales.issue(crm.sales.bill(ordered(crm).id).id)

    payment = crm.sales.pay(invoice.id, amount=invoice.totals.payable + Money("10", "EUR"))

    assert payment.unallocated == Money("10", "EUR")
    assert crm.sales.invoices.get(invoice.id).due == Money.zero("EUR")


def test_a_forbidden_move_lists_what_is_allowed(crm):
    order = ordered(crm)

    with pytest.raises(MoveForbidden) as caught:
        crm.opportunities.win(order.opportunity)

    assert (caught.value.entity, caught.value.state) == ("opportunity", "won")
    assert caught.value.allowed == ("reopen",)


def test_a_deal_with_a_living_quote_cannot_be_lost(crm, clock):
    _, ada = customer(crm)
    deal = crm.leads.convert(ada.id, title="Pumps")
    crm.sales.quote(deal.id, lines=[PUMP], valid_until=date(2026, 3, 9))

    with pytest.raises(GuardRefused):
        crm.opportunities.lose(deal.id, reason=crmcore.LostReason.PRICE)
    clock.forward(days=8)
    lost = crm.opportunities.lose(deal.id, reason=crmcore.LostReason.PRICE)

    assert (lost.stage, lost.closed_on) == ("prospecting", date(2026, 3, 10))


def test_an_expired_quote_cannot_be_accepted(crm, clock):
    _, ada = customer(crm)
    deal = crm.leads.convert(ada.id, title="Pumps")
    quote = crm.sales.quote(deal.id, lines=[PUMP], valid_until=date(2026, 3, 3))
    clock.forward(days=2)

    with pytest.raises(GuardRefused):
        crm.sales.accept(quote.id)


def test_a_bare_lead_gets_no_quote(crm):
    firm = crm.contacts.add_organization(name="Bare")
    crm.leads.capture(firm.id, source="fair")
    deal = crm.opportunities.open(title="No account")

    with pytest.raises(crmcore.NotValid, match="account"):
        crm.sales.quote(deal.id, lines=[PUMP], valid_until=date(2026, 4, 1))
    with pytest.raises(ActivityNotAllowed) as caught:
        crm.tickets.assign(
            crm.tickets.open(requester=firm.id, subject="?", channel="web").id, firm.id
        )

    assert caught.value.held == ("lead",)


def test_all_faults_of_all_lines_come_at_once(crm):
    _, ada = customer(crm)
    deal = crm.leads.convert(ada.id, title="Pumps")
    wrong = [
        LineDraft(quantity=1, unit_price=Money("1", "EUR")),
        LineDraft(description="Dollars", quantity=1, unit_price=Money("1", "USD")),
    ]
    before = everything(crm)

    with pytest.raises(ManyFaults) as caught:
        crm.sales.quote(deal.id, lines=wrong, valid_until=date(2026, 4, 1))

    assert {"lines[0]", "lines[1]"} <= {fault.field[:8] for fault in caught.value.faults}
    assert everything(crm) == before


def test_a_transaction_happens_whole_or_not_at_all(crm):
    before = everything(crm)

    with pytest.raises(EntityNotFound):
        add_and_fail(crm)

    assert everything(crm) == before


def test_a_command_on_the_crm_inside_a_transaction_says_so(crm):
    with pytest.raises(NestedTransaction), crm.transaction():
        crm.contacts.add_organization(name="Nested")


def test_a_stale_update_is_refused_and_an_update_by_id_is_not(crm):
    firm, _ = customer(crm)
    crm.contacts.update(firm, sector="pumps")
    before = everything(crm)

    with pytest.raises(StaleRevision) as caught:
        crm.contacts.update(firm, sector="valves")
    assert (caught.value.expected, everything(crm)) == (firm.revision, before)

    assert crm.contacts.update(firm.id, sector="valves").sector == "valves"


@pytest.mark.parametrize("field", ["id", "revision", "created_at", "updated_at", "roles"])
def test_no_caller_sets_what_the_library_owns(crm, field):
    firm, _ = customer(crm)

    with pytest.raises(FieldProtected) as caught:
        crm.contacts.update(firm, **{field: None})

    assert caught.value.field == field


def test_an_unknown_field_is_named_with_the_nearest_one(crm):
    with pytest.raises(UnknownField) as caught:
        crm.contacts.find(F.famly_name == "x")

    assert caught.value.suggestion == "family_name"


def test_a_lead_is_scored_with_its_reasons(crm):
    _, ada = customer(crm)

    score = crm.leads.score(ada.id)

    assert score.value == sum(each.points for each in score.trace) == 40
    assert "can be mailed" in score.explain()


def test_a_contact_without_a_lead_has_nothing_to_convert(crm):
    firm = crm.contacts.add_organization(name="Quiet")

    with pytest.raises(NothingFound):
        crm.leads.convert(firm.id, title="?")


def test_the_newest_lead_of_a_contact_is_meant(crm, clock):
    firm, ada = customer(crm)
    first = crm.leads.convert(ada.id, title="First")
    clock.forward(days=30)
    crm.leads.capture(firm.id, source="referral")

    second = crm.leads.convert(firm.id, title="Second")

    assert first.id != second.id
    assert crm.leads.convert(ada.id, title="First") == first


def test_events_tell_the_story_of_an_order(crm):
    order = ordered(crm)
    crm.sales.bill(order.id, part=1, of=2)

    story = crm.sales.orders.history(order.id)

    assert [(each.revision, type(each.event).__name__) for each in story] == [
        (1, "OrderPlaced"),
        (2, "OrderBilled"),
    ]


def test_prices_come_from_the_catalogue(crm):
    _, ada = customer(crm)
    deal = crm.leads.convert(ada.id, title="Pumps")
    pump = crm.catalog.add_product(sku="P1", name="Pump 1", list_price=Money("250", "EUR"))
    crm.catalog.set_price(
        pump.id, Money("200", "EUR"), valid_from=date(2026, 3, 1), valid_until=date(2026, 4, 1)
    )

    quote = crm.sales.quote(
        deal.id, lines=[LineDraft(product=pump.id, quantity=2)], valid_until=date(2026, 4, 1)
    )

    assert (quote.lines[0].description, quote.totals.net) == ("Pump 1", Money("400", "EUR"))
    assert crm.catalog.price_of(pump.id, on=date(2026, 5, 1)).amount == Money("250", "EUR")


def test_a_ticket_is_answered_resolved_and_reopened(crm, clock):
    _, ada = customer(crm)
    agent = crm.contacts.add_person(given_name="Eve", family_name="Berg")
    crm.contacts.begin_role(agent.id, Role.EMPLOYEE)
    ticket = crm.tickets.open(requester=ada.id, subject="Delivery date?", channel="email")
    clock.forward(hours=1)
    crm.tickets.automatic(ticket.id, "We got your message.")
    crm.tickets.assign(ticket.id, agent.id)
    clock.forward(hours=1)
    crm.tickets.reply(ticket.id, "On Monday.", by=agent.id)
    clock.forward(hours=2)
    crm.tickets.resolve(ticket.id)

    first = crm.kpi("first_response_time").total
    whole = crm.kpi("resolution_time").total
    reopened = crm.tickets.reopen(ticket.id, reason="It did not come.")

    assert (first.value, whole.value) == (Decimal(2), Decimal(4))
    assert (reopened.reopened, reopened.resolved_at) == (1, None)


def test_teams_have_members_since_a_day(crm, clock):
    eve = crm.contacts.add_person(given_name="Eve", family_name="Berg")
    crm.contacts.begin_role(eve.id, Role.EMPLOYEE)
    north = crm.teams.form(name="North", region="North", manager=eve.id)
    south = crm.teams.form(name="South")
    crm.teams.join(eve.id, north.id)
    clock.forward(days=10)

    moved = crm.teams.join(eve.id, south.id)

    assert (moved.team, len(moved.memberships)) == (south.id, 2)
    assert moved.memberships[0].until == clock.now()
    with pytest.raises(GuardRefused):
        crm.teams.dissolve(south.id)


def test_no_invoice_is_issued_before_it_was_drawn_up(crm):
    draft = crm.sales.bill(ordered(crm).id)
    before = everything(crm)

    with pytest.raises(crmcore.NotValid, match="at"):
        crm.sales.issue(draft.id, at=datetime(2026, 1, 1, tzinfo=UTC))

    assert everything(crm) == before
    assert crm.sales.issue(draft.id).number == "INV-2026-00001"


def test_a_withdrawn_draft_among_several_stops_no_batch(crm):
    order = ordered(crm)
    one, two = (crm.sales.bill(order.id, part=k, of=2) for k in (1, 2))
    crm.sales.withdraw(two.id)

    with crm.transaction() as tx:
        with pytest.raises(MoveForbidden):
            tx.sales.issue(two.id)
        issued = tx.sales.issue(one.id)

    assert crm.sales.invoices.get(issued.id).number == "INV-2026-00001"


@pytest.mark.parametrize("year", [1, 1899, 9998])
def test_a_command_happens_in_a_year_that_can_be_reckoned_with(crm, year):
    draft = crm.sales.bill(ordered(crm).id)

    with pytest.raises(crmcore.NotValid, match="at"):
        crm.sales.issue(draft.id, at=datetime(year, 6, 1, tzinfo=UTC))


def test_an_update_of_the_wrong_type_is_named(crm):
    pump = crm.catalog.add_product(sku="P1", name="Pump 1")
    before = everything(crm)

    for fields in ({"vat_rate": 5}, {"vat_category": "x"}, {"name": None}):
        with pytest.raises(crmcore.NotValid, match=next(iter(fields))):
            crm.catalog.update(pump.id, **fields)

    assert everything(crm) == before
