"""What happened to quotes, orders, invoices and payments, told in the past tense."""

from datetime import date
from uuid import UUID

import attrs

from crmcore.grammar.change import Event
from crmcore.values import Money


@attrs.frozen(kw_only=True)
class QuoteDrafted(Event):
    """A quote was drawn up."""

    quote: UUID
    opportunity: UUID | None = None
    account: UUID
    net: Money
    gross: Money
    valid_until: date


@attrs.frozen(kw_only=True)
class QuoteSent(Event):
    """A quote went out to the customer."""

    quote: UUID
    opportunity: UUID | None = None


@attrs.frozen(kw_only=True)
class QuoteAccepted(Event):
    """The customer accepted a quote."""

    quote: UUID
    opportunity: UUID | None = None
    net: Money


@attrs.frozen(kw_only=True)
class QuoteRejected(Event):
    """The customer rejected a quote; the reason is on the quote."""

    quote: UUID
    opportunity: UUID | None = None


@attrs.frozen(kw_only=True)
class OrderPlaced(Event):
    """An order was placed."""

    order: UUID
    quote: UUID | None = None
    opportunity: UUID | None = None
    account: UUID
    net: Money
    gross: Money


@attrs.frozen(kw_only=True)
class OrderBilled(Event):
    """An invoice was drawn up for a part of an order, or for all that was open."""

    order: UUID
    invoice: UUID
    payable: Money
    complete: bool


@attrs.frozen(kw_only=True)
class OrderBillingReversed(Event):
    """A draft invoice was withdrawn; what it held can be billed again."""

    order: UUID
    invoice: UUID
    payable: Money


@attrs.frozen(kw_only=True)
class OrderCancelled(Event):
    """An order was cancelled before anything was billed."""

    order: UUID


@attrs.frozen(kw_only=True)
class InvoiceDrafted(Event):
    """An invoice was drawn up; it has no number yet and may still be withdrawn."""

    invoice: UUID
    order: UUID | None = None
    account: UUID
    payable: Money


@attrs.frozen(kw_only=True)
class InvoiceIssued(Event):
    """An invoice got its number and became a document."""

    invoice: UUID
    order: UUID | None = None
    account: UUID
    number: str
    net: Money
    vat: Money
    payable: Money
    issued_on: date
    due_on: date


@attrs.frozen(kw_only=True)
class InvoiceWithdrawn(Event):
    """A draft invoice was given up."""

    invoice: UUID
    order: UUID | None = None


@attrs.frozen(kw_only=True)
class InvoicePartlyPaid(Event):
    """A payment covered a part of an invoice."""

    invoice: UUID
    payment: UUID
    amount: Money
    due: Money


@attrs.frozen(kw_only=True)
class InvoicePaid(Event):
    """Nothing is due on an invoice any more; no payment is named where nothing was payable."""

    invoice: UUID
    payment: UUID | None = None
    amount: Money


@attrs.frozen(kw_only=True)
class PaymentReceived(Event):
    """Money came in, and so much of it pays invoices."""

    payment: UUID
    account: UUID
    amount: Money
    allocated: Money
    received_on: date


EVENTS: tuple[type[Event], ...] = (
    QuoteDrafted,
    QuoteSent,
    QuoteAccepted,
    QuoteRejected,
    OrderPlaced,
    OrderBilled,
    OrderBillingReversed,
    OrderCancelled,
    InvoiceDrafted,
    InvoiceIssued,
    InvoiceWithdrawn,
    InvoicePartlyPaid,
    InvoicePaid,
    PaymentReceived,
)
"""Every event of this room."""
