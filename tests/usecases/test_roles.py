"""Roles follow the facts: no command and no hand makes them say anything else."""

from datetime import date, timedelta

import pytest

from crmcore import F, LineDraft, Money, Role
from crmcore.contacts import BY_COMMAND, RoleState
from crmcore.errors import GuardRefused

EURO = Money("1", "EUR")


@pytest.fixture
def firm(crm):
    return crm.contacts.add_organization(name="ACME GmbH")


def issued(crm, firm, parts=1):
    """Invoices of one euro each, issued."""
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    line = LineDraft(description="Pump", quantity=parts, unit_price=EURO)
    quote = crm.sales.quote(deal.id, lines=[line], valid_until=date(2999, 1, 1))
    order = crm.sales.accept(quote.id)
    bills = [crm.sales.bill(order.id, part=part, of=parts) for part in range(1, parts + 1)]
    return [crm.sales.issue(bill.id) for bill in bills]


def state(crm, firm, kind):
    held = crm.contacts.get(firm.id).role(kind)
    return None if held is None else held.state


@pytest.mark.parametrize(("kind", "action"), BY_COMMAND)
def test_a_move_that_follows_from_facts_is_refused_by_hand_and_names_its_command(
    crm, firm, kind, action
):
    issued(crm, firm)
    crm.contacts.begin_role(firm.id, Role.LEAD)
    before = crm.contacts.get(firm.id)

    with pytest.raises(GuardRefused) as refused:
        crm.contacts.move_role(firm.id, kind.value, action)

    assert BY_COMMAND[kind, action] in refused.value.reasons[0]
    assert crm.contacts.get(firm.id) == before


@pytest.mark.parametrize("command", sorted(set(BY_COMMAND.values())))
def test_every_command_named_by_a_refusal_exists(crm, command):
    _, api, method = command.split(".")

    assert callable(getattr(getattr(crm, api), method))


def test_a_debtor_is_settled_when_the_last_open_invoice_is_paid_and_not_before(crm, firm):
    one, two = issued(crm, firm, parts=2)

    after = []
    for invoice, amount in ((one, one.due), (two, Money("0.40", "EUR")), (two, two.due)):
        crm.sales.pay(invoice.id, amount=amount)
        after.append(state(crm, firm, Role.DEBTOR))

    assert after == [RoleState.ACTIVE, RoleState.ACTIVE, RoleState.SETTLED]


def test_one_payment_over_the_last_invoices_settles_once(crm, firm):
    bills = issued(crm, firm, parts=2)

    crm.sales.pay(*(bill.id for bill in bills), amount=Money("5", "EUR"))

    events = [each.event for each in crm.contacts.history(firm.id)]
    assert [getattr(each, "action", None) for each in events].count("settle") == 1


def test_one_payment_settles_each_account_that_owes_nothing_more(crm, firm):
    daughter = crm.contacts.add_organization(name="Daughter", parent=firm.id)
    (own,), (hers, _) = issued(crm, firm), issued(crm, daughter, parts=2)

    crm.sales.pay(own.id, hers.id, amount=Money("2", "EUR"))

    assert state(crm, firm, Role.DEBTOR) is RoleState.SETTLED
    assert state(crm, daughter, Role.DEBTOR) is RoleState.ACTIVE


def test_the_next_receivable_makes_a_settled_account_a_debtor_again(crm, firm):
    (first,) = issued(crm, firm)
    crm.sales.pay(first.id, amount=first.due)

    (second,) = issued(crm, firm)

    held = crm.contacts.get(firm.id).role(Role.DEBTOR)
    assert (held.state, held.reason) == (RoleState.ACTIVE, f"receivable {second.id}")
    owed = crm.contacts.history(firm.id)[-1].event
    assert (owed.action, owed.receivable) == ("owe", second.id)


def test_a_payment_told_with_an_earlier_day_settles_all_the_same(crm, firm, clock):
    (bill,) = issued(crm, firm)

    crm.sales.pay(bill.id, amount=bill.due, at=clock.now() - timedelta(days=3))

    assert state(crm, firm, Role.DEBTOR) is RoleState.SETTLED


def test_a_disqualified_last_lead_ends_the_role_and_reopening_begins_it_again(crm, firm):
    one, two = (crm.leads.capture(firm.id, source=source) for source in ("fair", "web-form"))

    seen = []
    for step in (
        lambda: crm.leads.disqualify(one.id, reason="no budget"),
        lambda: crm.leads.disqualify(two.id, reason="no need"),
        lambda: crm.leads.reopen(one.id),
    ):
        step()
        seen.append(state(crm, firm, Role.LEAD))

    assert seen == [RoleState.ACTIVE, RoleState.DISQUALIFIED, RoleState.ACTIVE]
    assert len(crm.contacts.get(firm.id).roles) == 2
    assert crm.contacts.find(F.roles.any((F.kind == "lead") & (F.state == "active"))).count() == 1


def test_a_customer_whose_lead_is_disqualified_and_reopened_stays_just_a_customer(crm, firm):
    crm.contacts.begin_role(firm.id, Role.CUSTOMER)
    lead = crm.leads.capture(firm.id, source="fair")

    crm.leads.disqualify(lead.id, reason="no need")
    crm.leads.reopen(lead.id)

    assert [role.kind for role in crm.contacts.get(firm.id).roles] == [Role.CUSTOMER]


def test_disqualifying_twice_with_one_key_ends_the_role_once(crm, firm):
    lead = crm.leads.capture(firm.id, source="fair")

    for _ in range(2):
        crm.leads.disqualify(lead.id, reason="no need", key="k")

    assert len(crm.contacts.history(firm.id)) == 3


def test_who_becomes_a_customer_by_hand_is_a_prospect_no_more(crm, firm):
    crm.contacts.begin_role(firm.id, Role.PROSPECT)

    customer = crm.contacts.begin_role(firm.id, Role.CUSTOMER, reason="bought at the fair")

    assert customer.role(Role.PROSPECT).state is RoleState.CONVERTED
    assert customer.role(Role.CUSTOMER).reason == "bought at the fair"


@pytest.mark.parametrize(
    ("kind", "away", "back"),
    [(Role.PROSPECT, "lapse", "revive"), (Role.CUSTOMER, "lose", "win_back")],
)
def test_beginning_a_role_again_takes_the_move_back(crm, firm, kind, away, back):
    crm.contacts.begin_role(firm.id, kind)
    crm.contacts.move_role(firm.id, kind, away)

    again = crm.contacts.begin_role(firm.id, kind, reason="called again")

    assert (again.role(kind).state, again.role(kind).reason) == (RoleState.ACTIVE, "called again")
    assert crm.contacts.history(firm.id)[-1].event.action == back
