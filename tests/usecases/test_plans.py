"""Dry runs: what a ``plan`` tells is what its command does next, and looking changes nothing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcore import (
    DunningLevel,
    DunningPolicy,
    Every,
    LineDraft,
    Money,
    NumberPattern,
    Role,
    Settings,
)
from crmcore.errors import (
    ActivityNotAllowed,
    EntityNotFound,
    GuardRefused,
    InvalidValue,
    LimitExceeded,
    MoveForbidden,
    UnknownName,
)
from crmcore.sales import Fulfilment

FAR = date(2999, 1, 1)
PUMP = LineDraft(description="Pump <10>", quantity=3, unit_price=Money("33.33", "EUR"))
HOSE = LineDraft(description="Hose", quantity=2, unit_price=Money("0.05", "EUR"))


def euros(amount):
    return Money(amount, "EUR")


def firm(crm, name="ACME GmbH"):
    account = crm.contacts.add_organization(name=name)
    crm.contacts.begin_role(account.id, Role.PROSPECT)
    return account


def placed(crm, *lines):
    return crm.sales.orders.place(firm(crm).id, lines=lines or [PUMP, HOSE])


def subscribed(crm, title="Hosting"):
    one = crm.subscriptions.add(
        firm(crm, title).id, title=title, every=Every(1, "month"), lines=[PUMP]
    )
    return crm.subscriptions.activate(one.id)


def told(invoice):
    """What two drafts have in common that were drawn up from the same: all but ids and instants."""
    lines = [(line.order_line, line.quantity, line.net, line.vat_rate) for line in invoice.lines]
    return lines, invoice.totals, invoice.part, invoice.parts, invoice.delivered_on


def test_a_bill_is_told_with_its_lines_and_totals_and_then_drawn_up_just_so(crm):
    order = placed(crm)
    pump, hose = order.lines

    plan = crm.sales.plan.bill(order.id, lines={pump.id: 2, hose.id: 1})

    assert crm.sales.invoices.find().count() == 0
    assert crm.sales.orders.get(order.id) == order
    assert plan.is_new
    assert plan.order.billing is Fulfilment.PARTLY
    assert plan.explain().splitlines() == [
        "draft invoice: 66.71 EUR net, 12.67 EUR VAT, 79.38 EUR payable",
        "  2 C62 Pump <10> at 33.33 EUR = 66.66 EUR; 2 of 3 billed by then",
        "  1 C62 Hose at 0.05 EUR = 0.05 EUR; 1 of 2 billed by then",
        "the order is billed in part then",
    ]
    assert "Pump &lt;10&gt;" in plan._repr_html_()
    assert told(plan.invoice) == told(crm.sales.bill(order.id, lines={pump.id: 2, hose.id: 1}))


def test_what_is_billed_already_is_told_as_that(crm):
    order = placed(crm)
    bill = crm.sales.bill(order.id)

    draft = crm.sales.plan.bill(order.id)
    crm.sales.issue(bill.id)
    issued = crm.sales.plan.bill(order.id)

    assert (draft.is_new, draft.invoice) == (False, bill)
    assert "billed already, by a draft invoice" in draft.explain()
    assert f"billed already, by {issued.invoice.number}" in issued.explain()
    assert issued.explain().endswith("the order is billed in full then")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.integers(1, 7), price=st.integers(1, 99_999))
def test_each_instalment_is_told_before_it_is_billed_to_the_cent(crm, parts, price):
    line = LineDraft(description="Work", quantity=7, unit_price=euros(Decimal(price) / 100))
    order = placed(crm, line)

    for part in range(1, parts + 1):
        plan = crm.sales.plan.bill(order.id, part=part, of=parts)
        assert told(plan.invoice) == told(crm.sales.bill(order.id, part=part, of=parts))

    assert crm.sales.orders.get(order.id).billing is Fulfilment.FULLY


def test_a_dry_run_of_a_bill_refuses_what_the_bill_refuses(crm):
    order = placed(crm)
    pump = order.lines[0].id
    asked = (
        ({"lines": {pump: 4}}, LimitExceeded),
        ({"lines": {pump: 0}}, InvalidValue),
        ({"part": 2, "of": 3}, GuardRefused),
        ({"part": 1}, InvalidValue),
    )

    for command in (crm.sales.plan.bill, crm.sales.bill):
        for arguments, error in asked:
            with pytest.raises(error):
                command(order.id, **arguments)
    crm.sales.cancel_order(order.id)
    for command in (crm.sales.plan.bill, crm.sales.bill):
        with pytest.raises(MoveForbidden):
            command(order.id)
        with pytest.raises(EntityNotFound):
            command(pump)


def test_a_reminder_is_told_before_it_is_sent(opened, clock):
    policy = DunningPolicy(levels=(DunningLevel(after=7, fee=euros("5")),))
    crm = opened(settings=Settings(dunning=policy))
    order = placed(crm)
    with pytest.raises(GuardRefused, match="nothing is overdue"):
        crm.receivables.plan.remind(order.account)
    crm.sales.issue(crm.sales.bill(order.id).id)
    clock.forward(days=21)

    plan = crm.receivables.plan.remind(order.account)
    (reminder,) = crm.receivables.reminders_due().reminders
    assert crm.receivables.reminders.find().count() == 0
    sent = crm.receivables.remind(order.account)

    (due,) = plan.reminders
    assert (due.account, due.items, due.total) == (order.account, sent.items, sent.total)
    assert due == reminder
    assert crm.receivables.plan.remind(order.account).reminders == ()
    with pytest.raises(GuardRefused, match="nothing is overdue"):
        crm.receivables.plan.remind(order.account, currency="USD")


def test_one_lead_is_told_who_would_get_it(crm):
    ada = crm.contacts.add_person(given_name="Ada", family_name="Staff")
    crm.contacts.begin_role(ada.id, "employee")
    lead = crm.leads.capture(firm(crm).id, source="fair")

    plan = crm.assignment.plan.assign(lead.id)

    assert crm.leads.get(lead.id).owner is None
    assert plan.owner == ada.id
    assert "Ada Staff" in plan.explain()
    assert crm.assignment.assign(lead.id).owner == plan.owner
    assert crm.assignment.plan.assign(lead.id).owner == ada.id
    crm.leads.disqualify(lead.id, reason="no budget")
    for command in (crm.assignment.plan.assign, crm.assignment.assign):
        with pytest.raises(MoveForbidden):
            command(lead.id)


def test_so_many_are_served_and_no_more(crm):
    ada = crm.contacts.add_person(given_name="Ada", family_name="Staff")
    crm.contacts.begin_role(ada.id, "employee")
    leads = [crm.leads.capture(firm(crm).id, source="fair") for _ in range(3)]

    plan = crm.assignment.plan.run(limit=2)
    run = crm.assignment.run(limit=2)

    assert [each.lead for each in plan.assignments] == [each.id for each in leads[:2]]
    assert run.assigned == 2
    assert [each.id for each in crm.assignment.queue()] == [leads[2].id]
    for command in (crm.assignment.plan.run, crm.assignment.run):
        with pytest.raises(InvalidValue, match="limit"):
            command(limit=0)


def test_who_may_not_order_is_told_before_the_run(crm, clock):
    good, bad = subscribed(crm, "Hosting"), subscribed(crm, "Support")
    crm.sales.orders.place(bad.account, lines=[PUMP])
    crm.contacts.move_role(bad.account, Role.CUSTOMER, "lose", reason="unpaid")
    seen = []

    outlook = crm.subscriptions.plan.renew(progress=lambda *done: seen.append(done))
    run = crm.subscriptions.renew()

    assert seen == [(2, 2)]
    assert outlook.renewals == tuple(each.renewal for each in run.billed)
    assert {each.subscription for each in outlook.plans} == {good.id}
    assert [each.subscription for each in outlook.refused] == [bad.id]
    assert [str(each.error) for each in outlook.refused] == [str(run.refused[0].error)]
    assert "1 refused" in outlook.explain()
    assert "refused: Support" in outlook.explain()
    assert "Support" in outlook._repr_html_()
    for command in (crm.subscriptions.plan.renew, crm.subscriptions.renew):
        with pytest.raises(ActivityNotAllowed):
            command(bad.id)
        with pytest.raises(InvalidValue, match="until"):
            command(until=FAR)


def test_a_credit_in_a_series_that_there_is_not_is_refused_beforehand(crm):
    bill = crm.sales.issue(crm.sales.bill(placed(crm).id).id)
    asked = {"reopen": False, "reason": "returned"}

    for room in (crm.sales.invoices.plan, crm.sales.invoices):
        with pytest.raises(UnknownName, match="series"):
            room.credit(bill.id, **asked, series="of my own")
        with pytest.raises(InvalidValue, match="other documents"):
            room.cancel(bill.id, **asked, series="order")
    assert crm.sales.invoices.plan.credit(bill.id, **asked).explain()


def test_looking_writes_nothing_and_draws_no_number(opened):
    numbering = {
        "invoice": NumberPattern("R{seq:05}", gapless=False),
        "order": NumberPattern("O{seq}"),
    }
    crm = opened(settings=Settings(numbering=numbering))
    ada = crm.contacts.add_person(given_name="Ada", family_name="Staff")
    crm.contacts.begin_role(ada.id, "employee")
    lead = crm.leads.capture(firm(crm).id, source="fair")
    deal = crm.opportunities.open(title="Pumps", account=firm(crm).id)
    order, one = placed(crm), subscribed(crm)
    bill = crm.sales.issue(crm.sales.bill(order.id, part=1, of=2).id)
    before = [*crm.dump()]

    crm.leads.plan.convert(lead.id, title="Pumps")
    crm.leads.plan.capture(person={"given_name": "Eve"}, source="fair")
    crm.assignment.plan.assign(lead.id)
    crm.assignment.plan.run()
    crm.sales.plan.quote(deal.id, lines=[PUMP], valid_until=FAR)
    crm.sales.plan.bill(order.id, part=2, of=2)
    crm.sales.invoices.plan.credit(bill.id, reopen=False, reason="returned")
    crm.sales.invoices.plan.cancel(bill.id, reopen=False, reason="wrong")
    crm.subscriptions.plan.renew(one.id)
    crm.subscriptions.plan.renew()

    assert [*crm.dump()] == before
    assert placed(crm).number == "O2"
    assert crm.sales.issue(crm.sales.bill(order.id, part=2, of=2).id).number == "R00002"


def test_a_plan_inside_a_transaction_sees_what_the_transaction_did(crm):
    with crm.transaction() as tx:
        order = placed(tx)
        plan = tx.sales.plan.bill(order.id)
        bill = tx.sales.bill(order.id)

    assert told(plan.invoice) == told(bill)


def test_plans_say_whose_they_are(crm):
    assert repr(crm.sales.plan) == "<plans of sales of 'main'>"
    assert repr(crm.subscriptions.plan) == "<plans of subscriptions of 'main'>"
