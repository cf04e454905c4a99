"""The tale of one order: billed at once, in thirds or by what was delivered; then it is paid.

Questions that come up afterwards are in ``answering``.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore import Invoice, Money
from crmcore.demo.answering import Question
from crmcore.demo.cast import Account, Cast
from crmcore.demo.diary import Tale, office_time

THIRDS = 3
_ROUND = 50


@attrs.define
class Billing:
    """One order of one account."""

    cast: Cast
    account: Account
    order: UUID

    def tale(self) -> Tale:
        """From the order to the last invoice."""
        cast = self.cast
        for _ in range(cast.chance.choices((0, 1, 2, 3, 4), (10, 25, 30, 20, 15))[0]):
            question = Question(cast, cast.chance.choice(self.account.people))
            cast.diary.note(question.tale(), question.begins(cast.diary.now + self._days(2, 140)))
        if cast.percent(30):
            yield from self._in_thirds()
        elif cast.percent(40):
            yield from self._by_delivery()
        else:
            self._issue(self._billed())

    def _in_thirds(self) -> Tale:
        for part in range(1, THIRDS + 1):
            self._issue(self.cast.tx.sales.bill(self.order, part=part, of=THIRDS))
            if part < THIRDS:
                yield self._office(21, 35)

    def _by_delivery(self) -> Tale:
        order = self.cast.tx.sales.orders.get(self.order)
        first = {
            line.id: Decimal(self.cast.chance.randint(1, int(line.quantity)))
            for line in order.lines[:2]
        }
        self._issue(self.cast.tx.sales.bill(order.id, lines=first))
        yield self._office(10, 30)
        rest = self._billed()
        if rest.number is None:
            self._issue(rest)

    def _billed(self) -> Invoice:
        """All that is open as a draft; now and then the first try is thrown away."""
        sales = self.cast.tx.sales
        draft = sales.bill(self.order)
        if draft.number is None and self.cast.percent(6):
            sales.withdraw(draft.id)
            return sales.bill(self.order)
        return draft

    def _issue(self, draft: Invoice) -> None:
        invoice = self.cast.tx.sales.issue(draft.id)
        self.cast.diary.note(self._payments(invoice), self.cast.diary.now + self._days(3, 13))

    def _payments(self, invoice: Invoice) -> Tale:
        due, habit = invoice.totals.payable, self.account.habit
        if habit == "late":
            yield self._office(6, 45)
        elif habit == "in parts":
            half, rest = due.split(2)
            self._pay(invoice, half)
            yield self._office(12, 30)
            due = rest
        elif habit == "too much":
            due = Money(due.amount - due.amount % _ROUND + _ROUND, due.currency)
        self._pay(invoice, due)

    def _pay(self, invoice: Invoice, amount: Money) -> None:
        self.cast.tx.sales.pay(invoice.id, amount=amount, reference=invoice.number)

    def _office(self, least: float, most: float) -> datetime:
        return office_time(self.cast.diary.now + self._days(least, most), self.cast.chance)

    def _days(self, least: float, most: float) -> timedelta:
        return timedelta(days=least + (most - least) * self.cast.chance.random())
