"""Random lives of paid invoices: never is more paid back than came in, and the books stay sound."""

from datetime import date
from random import Random

import pytest

from crmcore import F, Money
from crmcore.catalog import Discount
from crmcore.errors import CrmError
from crmcore.receivables import PaymentKind
from crmcore.sales import InvoiceKind, SettlementKind
from crmcore.values import Share, sum_money

from .paper_trail import line, opened

CASES, BATCH = 300, 50
STEPS = ("skonto", "skonto", "pay", "credit", "credit", "reduce", "forgive", "pay_back")


class Account:
    """One account with one order, what it pays and what it gets back."""

    def __init__(self, crm, chance):
        self.crm, self.chance, self.done = crm, chance, set()
        firm = crm.contacts.add_organization(name="ACME GmbH")
        self.id = firm.id
        deal = crm.opportunities.open(title="Pumps", account=firm.id)
        lines = [
            line(chance.randint(1, 9), f"{chance.randint(100, 99999) / 1000:.3f}")
            for _ in range(chance.randint(1, 3))
        ]
        off = [Discount(label="loyal", share=Share("0.1"))] if chance.random() < 0.5 else []
        quote = crm.sales.quote(deal.id, lines=lines, discounts=off, valid_until=date(2999, 1, 1))
        self.order = crm.sales.accept(quote.id).id
        draft = crm.sales.bill(self.order)
        prepaid = []
        if chance.random() < 0.3:
            prepaid.append(crm.sales.pay(account=firm.id, amount=self.some(300)).id)
        self.bill = crm.sales.issue(draft.id, terms="parts", prepaid=prepaid).id

    def some(self, most):
        return Money(f"{self.chance.randint(1, most * 100) / 100:.2f}", "EUR")

    def step(self, name):
        try:
            getattr(self, name)(self.crm.sales.invoices.get(self.bill))
        except CrmError:
            return
        self.done.add(name)

    def skonto(self, bill):
        offered = [each.amount for each in bill.discounts]
        self.crm.sales.pay(bill.id, amount=bill.due - sum_money(offered, "EUR"))

    def pay(self, bill):
        self.crm.sales.pay(bill.id, amount=self.some(200))

    def credit(self, bill):
        lines = {self.chance.choice(bill.lines).id: self.chance.randint(1, 4)}
        self.crm.sales.invoices.credit(bill.id, reopen=False, reason="x", lines=lines)

    def reduce(self, bill):
        amounts = {self.chance.choice(bill.lines).id: self.some(20)}
        self.crm.sales.invoices.credit(bill.id, reopen=False, reason="x", amounts=amounts)

    def cancel(self, bill):
        self.crm.sales.invoices.cancel(bill.id, reopen=True, reason="x")

    def forgive(self, bill):
        self.crm.receivables.write_off(bill.id, amount=min(bill.due, self.some(50)), reason="x")

    def pay_back(self, bill):
        for note in self.notes():
            if not note.due.is_zero:
                self.crm.receivables.pay_back(note.id)

    def notes(self):
        return [*self.crm.sales.invoices.find(F.credits == self.bill)]

    def kept(self):
        """What came in, less what was paid back."""
        found = [*self.crm.receivables.payments.find(F.account == self.id)]
        parts = (-each.amount if each.kind is PaymentKind.REFUND else each.amount for each in found)
        return sum_money(parts, "EUR")

    def waiting(self):
        """What is unallocated."""
        found = self.crm.receivables.payments.find(F.account == self.id)
        return sum_money((each.unallocated for each in found), "EUR")


@pytest.mark.parametrize("batch", range(CASES // BATCH))
def test_never_is_more_paid_back_than_came_in(batch):
    chance, done = Random(batch), set()
    with opened("memory://") as crm:
        for _ in range(BATCH):
            account = Account(crm, chance)
            for _ in range(chance.randint(2, 9)):
                account.step(chance.choice(STEPS))
                assert account.kept() >= account.waiting()
            account.step("cancel")
            account.step("pay_back")
            # Nothing of the invoice is left: all that it ever got is back.
            assert account.kept() == account.waiting()
            assert crm.sales.invoices.get(account.bill).due.is_zero
            assert all(note.due.is_zero for note in account.notes())
            done |= account.done

        report = crm.check()
        assert report, report.explain()
        assert done == {*STEPS, "cancel"}
        assert len([*crm.sales.invoices.find(F.kind == InvoiceKind.CREDIT_NOTE)]) > BATCH


def test_after_a_storno_that_reopens_the_order_can_be_cancelled():
    with opened("memory://") as crm:
        account = Account(crm, Random(1))
        account.step("skonto")
        account.step("cancel")

        order = crm.sales.cancel_order(account.order)

        assert order.status.value == "cancelled"
        assert crm.check(), crm.check().explain()


def test_a_payment_with_discount_bounces_after_a_credit():
    with opened("memory://") as crm:
        account = Account(crm, Random(4))
        bill = crm.sales.invoices.get(account.bill)
        paid = crm.sales.pay(bill.id, amount=bill.due - bill.discounts[0].amount)
        account.step("reduce")
        account.step("pay_back")
        (note,) = account.notes()
        crm.receivables.release(paid.id, bill.id, reason="bounced")

        let_off = note.settled_by(SettlementKind.DISCOUNT)
        assert let_off.amount > 0
        assert crm.sales.invoices.get(bill.id).due == bill.due - let_off
        assert crm.check(), crm.check().explain()
        account.step("skonto")
        account.step("cancel")
        account.step("pay_back")
        assert account.kept() >= account.waiting()
        assert crm.check(), crm.check().explain()
