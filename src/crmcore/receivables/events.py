"""What happened to payments and open items, told in the past tense."""

from datetime import date
from uuid import UUID

import attrs

from crmcore.grammar.change import Event
from crmcore.values import Money


@attrs.frozen(kw_only=True)
class PaymentReceived(Event):
    """Money came in, and so much of it pays invoices."""

    payment: UUID
    account: UUID
    amount: Money
    allocated: Money
    received_on: date


@attrs.frozen(kw_only=True)
class PaymentAllocated(Event):
    """A part of a payment that was left over pays invoices now."""

    payment: UUID
    amount: Money
    unallocated: Money


@attrs.frozen(kw_only=True)
class PaymentReleased(Event):
    """A payment pays an invoice no more; the money is unallocated again."""

    payment: UUID
    invoice: UUID
    amount: Money


@attrs.frozen(kw_only=True)
class PaymentRefunded(Event):
    """What was left over of a payment was paid back."""

    payment: UUID
    refund: UUID
    amount: Money


@attrs.frozen(kw_only=True)
class RefundPaid(Event):
    """We paid money back, for a payment or for a credit note."""

    payment: UUID
    account: UUID
    amount: Money
    paid_on: date


@attrs.frozen(kw_only=True)
class AccountReminded(Event):
    """A reminder was sent."""

    reminder: UUID
    account: UUID
    level: int
    total: Money
    dated: date


EVENTS: tuple[type[Event], ...] = (
    PaymentReceived,
    PaymentAllocated,
    PaymentReleased,
    PaymentRefunded,
    RefundPaid,
    AccountReminded,
)
"""Every event of this room."""
