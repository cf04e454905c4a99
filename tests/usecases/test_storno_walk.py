"""Random lives of invoices: billed, issued, paid, credited, cancelled, in any order."""

from collections import Counter
from random import Random

import pytest

from crmcore import F, Money
from crmcore.errors import CrmError
from crmcore.sales import InvoiceKind, content_of
from crmcore.values import sum_money

from .paper_trail import line, opened, ordered

SEQUENCES, BATCH = 1_000, 100
STEPS = ("bill", "issue", "issue", "pay", "credit", "reduce", "cancel", "instalment", "issue")


class Life:
    """One order and what becomes of its invoices."""

    def __init__(self, crm, chance):
        self.crm, self.chance, self.refused = crm, chance, 0
        currency = chance.choice(["EUR", "EUR", "USD", "JPY", "KWD"])
        lines = [
            line(chance.randint(1, 9), f"{chance.randint(0, 99999) / 1000:.3f}", currency)
            for _ in range(chance.randint(1, 3))
        ]
        self.order = ordered(crm, *lines, currency=currency).id
        self.issued = {}

    def invoices(self):
        return [*self.crm.sales.invoices.find(F.order == self.order)]

    def step(self):
        name = self.chance.choice(STEPS)
        try:
            getattr(self, name)()
        except CrmError:
            self.refused += 1

    def pick(self):
        documents = self.invoices()
        return self.chance.choice(documents) if documents else None

    def bill(self):
        order = self.crm.sales.orders.get(self.order)
        some = self.chance.choice(order.lines)
        lines = {some.id: self.chance.randint(1, 9)}
        self.crm.sales.bill(self.order, lines=self.chance.choice([None, lines]))

    def instalment(self):
        order = self.crm.sales.orders.get(self.order)
        self.crm.sales.bill(
            self.order, part=order.instalments_billed + 1, of=order.instalments or 2
        )

    def issue(self):
        if (draft := self.pick()) is not None:
            issued = self.crm.sales.issue(draft.id)
            self.issued.setdefault(issued.id, content_of(issued))

    def pay(self):
        if (bill := self.pick()) is not None:
            self.crm.sales.pay(bill.id, amount=Money(self.chance.randint(1, 200), bill.currency))

    def credit(self):
        if (bill := self.pick()) is not None:
            lines = {self.chance.choice(bill.lines).id: self.chance.randint(1, 5)}
            self.noted(
                self.crm.sales.invoices.credit(
                    bill.id, reopen=self.chance.random() < 0.5, reason="x", lines=lines
                )
            )

    def reduce(self):
        if (bill := self.pick()) is not None:
            amounts = {self.chance.choice(bill.lines).id: Money(1, bill.currency)}
            self.noted(
                self.crm.sales.invoices.credit(bill.id, reopen=False, reason="x", amounts=amounts)
            )

    def cancel(self):
        if (bill := self.pick()) is not None:
            self.noted(
                self.crm.sales.invoices.cancel(
                    bill.id, reopen=self.chance.random() < 0.5, reason="x"
                )
            )

    def noted(self, note):
        self.issued[note.id] = content_of(note)

    def check(self):
        documents = self.invoices()
        notes = [each for each in documents if each.kind is InvoiceKind.CREDIT_NOTE]
        storni = Counter(each.credits for each in notes if each.cancels)
        assert all(many == 1 for many in storni.values())
        assert {each.id: content_of(each) for each in documents if each.number} == self.issued
        for bill in documents:
            own = [each.totals.claim for each in notes if each.credits == bill.id]
            assert sum_money(own, bill.currency) <= bill.totals.claim
        order = self.crm.sales.orders.get(self.order)
        for each in order.lines:
            assert 0 <= each.standing_quantity <= each.quantity
            assert Money.zero(order.currency) <= each.standing_net <= each.net


@pytest.mark.parametrize("batch", range(SEQUENCES // BATCH))
def test_a_thousand_lives_of_invoices_leave_sound_books(batch):
    chance = Random(batch)
    with opened("memory://") as crm:
        lives = [Life(crm, chance) for _ in range(BATCH)]
        for life in lives:
            for _ in range(chance.randint(8, 30)):
                life.step()
            life.check()

        assert crm.sales.invoices.verify()
        assert not crm.sales.invoices.gaps().gaps
        report = crm.check()
        assert report, report.explain()
        assert sum(life.refused for life in lives) > BATCH
        assert sum(len(life.issued) for life in lives) > BATCH
