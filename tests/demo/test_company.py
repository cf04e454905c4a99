from collections import Counter
from datetime import timedelta

import pytest

import crmcore
from crmcore import Crm, F, InvoiceStatus, Role
from crmcore.demo import company
from crmcore.demo.showcase import showcase
from crmcore.values import CountedIds


def nobody(done: int, total: int | None) -> None:
    """Watches nothing."""


@pytest.fixture(scope="module")
def crm() -> Crm:
    at = company.clock()
    opened = crmcore.open("memory://", clock=at, ids=CountedIds(1), settings=company.SETTINGS)
    company.live(opened, at, nobody, leads=120, extras=(showcase,))
    return opened


def test_the_clock_stands_at_the_end_and_nothing_happened_later(crm: Crm) -> None:
    deals = list(crm.opportunities.find())

    assert max(deal.updated_at for deal in deals) < company.PRESENT
    assert crm.leads.capture(deals[0].account, source="late").captured_at == company.PRESENT


def test_people_work_in_three_teams_each_with_a_manager(crm: Crm) -> None:
    teams = list(crm.teams.find())
    people = list(crm.contacts.find(F.roles.any(F.kind == Role.EMPLOYEE)))

    assert [team.region for team in teams] == ["North", "South", "International"]
    assert {team.manager for team in teams} < {person.id for person in people}
    assert all(person.team is not None for person in people)


def test_somebody_changed_the_team_and_both_memberships_are_dated(crm: Crm) -> None:
    people = crm.contacts.find(F.roles.any(F.kind == Role.EMPLOYEE))

    (mover,) = [person for person in people if len(person.memberships) > 1]

    assert mover.memberships[0].until == mover.memberships[1].since


def test_every_way_a_lead_can_go_is_gone(crm: Crm) -> None:
    assert {lead.status.value for lead in crm.leads.find()} >= {
        "qualified",
        "disqualified",
        "converted",
    }


def test_every_lead_that_went_on_was_answered_first(crm: Crm) -> None:
    gone_on = [lead for lead in crm.leads.find() if lead.status.value != "new"]

    assert gone_on
    assert all(lead.responded_at and lead.responded_at > lead.captured_at for lead in gone_on)


def test_lost_deals_say_why_and_won_ones_have_an_order(crm: Crm) -> None:
    ordered = {order.opportunity for order in crm.sales.orders.find()}
    deals = list(crm.opportunities.find())

    assert {deal.id for deal in deals if deal.status == "won"} == ordered
    assert all(deal.lost_reason for deal in deals if deal.status == "lost")


def test_some_orders_are_billed_in_thirds_and_some_by_delivery(crm: Crm) -> None:
    invoices = list(crm.sales.invoices.find(F.status != InvoiceStatus.WITHDRAWN))
    per_order = Counter(invoice.order for invoice in invoices)

    assert {invoice.parts for invoice in invoices} == {None, 3}
    assert max(per_order[each.order] for each in invoices if each.parts is None) > 1


def test_invoice_numbers_have_no_gaps_and_follow_the_calendar(crm: Crm) -> None:
    numbered = list(crm.sales.invoices.find(~F.number.is_missing(), order_by=F.number))

    for year in ("2025", "2026"):
        sequences = [each.sequence for each in numbered if each.period == year]
        assert sequences == list(range(1, len(sequences) + 1))
    assert [each.issued_on for each in numbered] == sorted(each.issued_on for each in numbered)


def test_what_is_billed_in_full_comes_to_the_order_to_the_cent(crm: Crm) -> None:
    billed = [order for order in crm.sales.orders.find() if order.billing == "fully"]

    assert billed
    for order in billed:
        parts = crm.sales.invoices.find(
            (F.order == order.id) & (F.status != InvoiceStatus.WITHDRAWN)
        )
        assert sum(each.totals.payable.amount for each in parts) == order.totals.payable.amount


def test_people_pay_in_time_late_in_parts_and_too_much(crm: Crm) -> None:
    payments = list(crm.receivables.payments.find())
    due = {each.id: each.due_on for each in crm.sales.invoices.find()}
    days = [each.received_on - due[each.allocations[0].invoice] for each in payments]

    assert min(days) < timedelta(0) < max(days)
    assert any(not each.unallocated.is_zero for each in payments)
    assert len({each.allocations[0].invoice for each in payments}) < len(payments)


def test_tickets_are_answered_solved_and_sometimes_opened_again(crm: Crm) -> None:
    tickets = list(crm.tickets.find())

    assert all(each.first_responded_at for each in tickets if each.is_resolved)
    assert {each.reopened for each in tickets} == {0, 1}


def test_two_lives_are_the_same_to_the_last_event(crm: Crm) -> None:
    at = company.clock()
    other = crmcore.open("memory://", clock=at, ids=CountedIds(1), settings=company.SETTINGS)

    company.live(other, at, nobody, leads=120, extras=(showcase,))

    assert list(other.sales.invoices.find()) == list(crm.sales.invoices.find())
    assert list(other.tickets.find()) == list(crm.tickets.find())


def test_no_lead_is_a_life_too() -> None:
    at = company.clock()
    opened = crmcore.open("memory://", clock=at, ids=CountedIds(1), settings=company.SETTINGS)

    company.live(opened, at, nobody, leads=0)

    assert opened.leads.find().count() == 0
    assert opened.teams.find().count() == 3
