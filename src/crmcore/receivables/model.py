"""What a payment is, and what was sent to whom who did not pay.

Invoices and what is due on them are in the sales room.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.contacts import ContactId
from crmcore.errors import CurrencyMismatch, InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Text
from crmcore.sales import InvoiceId
from crmcore.values import Money, sum_money

PaymentId = Annotated[UUID, Ref("payment")]
"""The id of a payment."""


class PaymentKind(StrEnum):
    """Which way the money went."""

    RECEIVED = "received"
    """It came in."""
    REFUND = "refund"
    """We paid it back."""


@attrs.frozen(kw_only=True)
class Allocation:
    """The part of a payment that settles one document.

    Attributes:
        invoice: The invoice; of a refund, the credit note.
        amount: How much of the payment goes to it.
    """

    invoice: InvoiceId
    amount: Money


def _nothing(payment: "Payment") -> Money:
    return Money.zero(payment.amount.currency)


@attrs.frozen(kw_only=True, repr=False)
class Payment(Entity):
    """Money that came in, or that we paid back.

    Attributes:
        kind: Which way it went.
        account: Who paid, or got it back.
        amount: How much.
        received_on: The day it came in, or went out.
        reference: What the payer wrote, or the bank's own reference.
        allocations: Which documents it settles.
        refunded: What of it was paid back because no invoice needed it.
        refunds: The payment that a refund pays back; None for the refund of a credit note.
        external_id: The id at the bank or in the system it came from; unique.

    Raises:
        InvalidValue: more is allocated and paid back than came in, or nothing came in, or it is finer
            than the minor unit of its currency.
    """

    kind: PaymentKind = PaymentKind.RECEIVED
    account: ContactId
    amount: Money
    received_on: date
    reference: Annotated[str, Text(max=140)] | None = None
    allocations: tuple[Allocation, ...] = ()
    refunded: Money = attrs.field(default=attrs.Factory(_nothing, takes_self=True))
    refunds: PaymentId | None = None
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        if self.amount.amount <= 0:
            raise InvalidValue("amount", "must be above zero")
        if not self.amount.is_payable:
            raise InvalidValue("amount", f"is finer than the minor unit of {self.amount.currency}")
        for at, allocation in enumerate(self.allocations):
            _check_currency(f"allocations[{at}].amount", self.amount, allocation.amount)
        _check_currency("refunded", self.amount, self.refunded)
        if self.refunded.amount < 0 or self.unallocated.amount < 0:
            raise InvalidValue("allocations", "must not come to more than the amount")
        if self.kind is PaymentKind.REFUND and not self.refunded.is_zero:
            raise InvalidValue("refunded", "a refund is not paid back itself")

    @property
    def allocated(self) -> Money:
        """What of it settles documents."""
        return sum_money((each.amount for each in self.allocations), self.amount.currency)

    @property
    def unallocated(self) -> Money:
        """What of it settles nothing and was not paid back (yet)."""
        paid_back = self.amount if self.refunds is not None else self.refunded
        return self.amount - self.allocated - paid_back

    def allocated_to(self, invoice: UUID) -> Money:
        """What of it settles this document."""
        amounts = (each.amount for each in self.allocations if each.invoice == invoice)
        return sum_money(amounts, self.amount.currency)


def _check_currency(field: str, expected: Money, found: Money) -> None:
    if found.currency != expected.currency:
        raise CurrencyMismatch(field, expected.currency, found.currency)


@attrs.frozen(kw_only=True)
class DunnedItem:
    """An invoice on a reminder.

    Attributes:
        invoice: The invoice.
        level: The level it has reached with this reminder, from 1.
        due_on: The day by which it was to be paid; it tells the instalment.
        due: What was due on it.
        days: How many days it was overdue.
        interest: The interest on it, from the day after it was due until the reminder.
    """

    invoice: InvoiceId
    level: int
    due_on: date
    due: Money
    days: int
    interest: Money


@attrs.frozen(kw_only=True, repr=False)
class Reminder(Entity):
    """A reminder (Mahnung) that was sent to an account, over invoices of one currency.

    Attributes:
        account: Whom it was sent to.
        currency: The currency of its amounts.
        level: The highest level of its invoices.
        dated: The day it is dated.
        items: The invoices on it.
        fee: The fee of the level.
    """

    account: ContactId
    currency: Annotated[str, Text(max=3)]
    level: int
    dated: date
    items: tuple[DunnedItem, ...]
    fee: Money

    def __attrs_post_init__(self) -> None:
        if not self.items:
            raise InvalidValue("items", "must be at least one")
        for at, item in enumerate(self.items):
            for name, amount in (("due", item.due), ("interest", item.interest)):
                _check_currency(f"items[{at}].{name}", self.fee, amount)
        if self.level != highest(self.items):
            raise InvalidValue("level", "must be the highest of the items")

    @property
    def due(self) -> Money:
        """What is due on its invoices, without fee and interest."""
        return sum_money((each.due for each in self.items), self.currency)

    @property
    def interest(self) -> Money:
        """The interest on its invoices."""
        return sum_money((each.interest for each in self.items), self.currency)

    @property
    def total(self) -> Money:
        """What it asks for: what is due, the interest and the fee."""
        return self.due + self.interest + self.fee


def highest(items: Sequence[DunnedItem]) -> int:
    """The highest level among items."""
    return max(item.level for item in items)


PAYMENT = EntityType(name="payment", cls=Payment, unique=(("external_id",),))
"""The declaration of payments."""

REMINDER = EntityType(name="reminder", cls=Reminder)
"""The declaration of reminders."""
