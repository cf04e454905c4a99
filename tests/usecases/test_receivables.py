"""``crm.receivables``: what is owed, what money settles, who is reminded."""

from datetime import date, timedelta
from uuid import UUID

import pytest

import crmcore
from crmcore import LineDraft, Money, Role, Settings
from crmcore.errors import ReferenceNotFound
from crmcore.receivables import DunningLevel, DunningPolicy
from crmcore.sales import InvoiceStatus

FAR = date(2999, 1, 1)


@pytest.fixture
def billed(crm):
    """What makes an issued invoice over an amount, free of VAT, of one firm."""
    firm = crm.contacts.add_organization(name="ACME GmbH")

    def billed(amount, account=firm):
        deal = crm.opportunities.open(title="Pumps", account=account.id)
        line = LineDraft(
            description="Pump",
            quantity=1,
            unit_price=Money(amount, "EUR"),
            vat_category=crmcore.VatCategory.Z,
        )
        quote = crm.sales.quote(deal.id, lines=[line], valid_until=FAR)
        bill = crm.sales.bill(crm.sales.accept(quote.id).id)
        return crm.sales.issue(bill.id)

    return billed


def euros(amount):
    return Money(amount, "EUR")


def is_debtor(crm, account):
    return crm.contacts.get(account).holds(Role.DEBTOR)


def test_what_was_over_paid_pays_a_later_invoice(crm, billed):
    first = billed("100")
    over = crm.sales.pay(first.id, amount=euros("130"))
    later = billed("50")

    payment = crm.receivables.allocate(over.id, later.id)

    assert payment.unallocated.is_zero
    assert crm.sales.invoices.get(later.id).due == euros("20")
    assert crm.check().is_clean


def test_a_bounced_payment_makes_a_debtor_again(crm, billed):
    bill = billed("100")
    paid = crm.sales.pay(bill.id, amount=euros("100"))
    assert not is_debtor(crm, bill.account)

    crm.receivables.release(paid.id, bill.id, reason="the bank took it back")

    assert is_debtor(crm, bill.account)
    assert crm.sales.invoices.get(bill.id).status is InvoiceStatus.ISSUED
    assert crm.check().is_clean


def test_what_is_left_over_is_paid_back_once(crm, billed):
    paid = crm.sales.pay(billed("100").id, amount=euros("130"))

    first = crm.receivables.refund(paid.id, key="refund-1")

    assert first.amount == euros("30")
    assert crm.receivables.refund(paid.id, key="refund-1") == first
    with pytest.raises(crmcore.NotValid):
        crm.receivables.refund(paid.id)
    assert crm.check().is_clean


def test_who_is_written_off_owes_nothing(crm, billed):
    bill = billed("100")

    settled = crm.receivables.write_off(bill.id, reason="insolvent")

    assert settled.status is InvoiceStatus.PAID
    assert not is_debtor(crm, bill.account)
    assert crm.check().is_clean


def test_open_items_of_any_day(crm, clock, billed):
    bill = billed("100")
    start = bill.issued_on
    clock.forward(days=20)
    crm.sales.pay(bill.id, amount=euros("100"))

    assert crm.receivables.open_items() == ()
    (item,) = crm.receivables.open_items(as_of=start + timedelta(days=19))
    assert (item.number, item.due, item.days) == (bill.number, euros("100"), 5)
    told = crm.receivables.aging(as_of=start + timedelta(days=19), account=bill.account)
    assert told.rows[0].overdue[0] == euros("100")
    assert crm.receivables.open_items(as_of=start - timedelta(days=1)) == ()


def test_the_statement_of_an_account(crm, clock, billed):
    bill = billed("100")
    clock.forward(days=1)
    crm.sales.pay(bill.id, amount=euros("30"), reference="transfer 7")
    first = bill.issued_on

    told = crm.receivables.statement(bill.account, first=first, last=first + timedelta(days=9))

    assert [(each.what, each.reference) for each in told.entries] == [
        ("invoice", bill.number),
        ("payment", "transfer 7"),
    ]
    assert told.closing == euros("70")


def test_reminders_are_planned_and_sent_once(opened, clock):
    policy = DunningPolicy(levels=(DunningLevel(after=7, fee=euros("5")),))
    with opened(settings=Settings(dunning=policy)) as crm:
        firm = crm.contacts.add_organization(name="ACME GmbH")
        order = crm.opportunities.open(title="Pumps", account=firm.id)
        line = LineDraft(description="Pump", quantity=1, unit_price=euros("100"))
        quote = crm.sales.quote(order.id, lines=[line], valid_until=FAR)
        bill = crm.sales.issue(crm.sales.bill(crm.sales.accept(quote.id).id).id)
        assert crm.receivables.reminders_due().reminders == ()
        clock.forward(days=21)

        (due,) = crm.receivables.reminders_due().reminders
        sent = crm.receivables.remind(firm.id)

        assert (due.total, sent.total) == (euros("124"), euros("124"))
        assert sent.items[0].invoice == bill.id
        assert crm.receivables.remind(firm.id) == sent
        clock.forward(days=1)
        with pytest.raises(crmcore.NotAllowed, match="has had the last reminder"):
            crm.receivables.remind(firm.id)
        with pytest.raises(crmcore.NotAllowed, match="nothing is overdue"):
            crm.receivables.remind(firm.id, currency="USD")
        assert crm.receivables.reminders.find().count() == 1
        assert crm.check().is_clean


def test_what_was_paid_on_account_stands_on_the_invoice(crm, billed):
    firm = crm.contacts.add_organization(name="Early GmbH")
    early = crm.sales.pay(account=firm.id, amount=euros("30"))
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    line = LineDraft(description="Pump", quantity=1, unit_price=euros("100"))
    quote = crm.sales.quote(deal.id, lines=[line], valid_until=FAR)
    draft = crm.sales.bill(crm.sales.accept(quote.id).id)

    bill = crm.sales.issue(draft.id, prepaid=[early.id])

    assert (bill.totals.prepaid, bill.totals.payable) == (euros("30"), euros("89"))
    assert crm.receivables.payments.get(early.id).unallocated.is_zero
    crm.sales.pay(bill.id, amount=euros("89"))
    told = crm.receivables.statement(firm.id, first=bill.issued_on, last=bill.issued_on)
    assert [str(each.amount) for each in told.entries] == ["119.00 EUR", "-30.00 EUR", "-89.00 EUR"]
    assert crm.check().is_clean
    assert crm.sales.invoices.verify().is_clean


def test_an_invoice_paid_before_its_issue_is_paid(crm, billed):
    first = billed("100")
    over = crm.sales.pay(first.id, amount=euros("250"))
    deal = crm.opportunities.open(title="Pumps", account=first.account)
    line = LineDraft(description="Pump", quantity=1, unit_price=euros("100"))
    quote = crm.sales.quote(deal.id, lines=[line], valid_until=FAR)
    draft = crm.sales.bill(crm.sales.accept(quote.id).id)

    bill = crm.sales.issue(draft.id, prepaid=[over.id])

    assert (bill.status, bill.totals.payable) == (InvoiceStatus.PAID, euros("0"))
    assert crm.receivables.payments.get(over.id).unallocated == euros("31")
    assert not is_debtor(crm, bill.account)
    assert crm.check().is_clean
    with pytest.raises(crmcore.NotValid, match="before"):
        crm.receivables.release(over.id, bill.id, reason="no")


def test_a_credit_of_a_prepaid_invoice_is_owed_to_the_account(crm):
    firm = crm.contacts.add_organization(name="Early GmbH")
    early = crm.sales.pay(account=firm.id, amount=euros("30"))
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    line = LineDraft(description="Pump", quantity=1, unit_price=euros("100"))
    quote = crm.sales.quote(deal.id, lines=[line], valid_until=FAR)
    draft = crm.sales.bill(crm.sales.accept(quote.id).id)
    bill = crm.sales.issue(draft.id, prepaid=[early.id])

    note = crm.sales.invoices.cancel(bill.id, reopen=False, reason="a mistake")

    assert (note.totals.payable, note.due) == (euros("119"), euros("30"))
    assert crm.receivables.pay_back(note.id).amount == euros("30")
    assert crm.check().is_clean


def test_money_needs_an_invoice_or_an_account(crm):
    with pytest.raises(crmcore.NotValid, match="name at least one"):
        crm.sales.pay(amount=euros("1"))
    with pytest.raises(ReferenceNotFound):
        crm.sales.pay(account=UUID(int=5), amount=euros("1"))
