"""What happened to invoices and credit notes, told in the past tense."""

from datetime import date
from uuid import UUID

import attrs

from crmcore.grammar.change import Event
from crmcore.sales.invoices.settlement import SettlementKind
from crmcore.values import Money


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
    """A part of an invoice was settled; ``payment`` is the payment or other document that did it."""

    invoice: UUID
    payment: UUID | None = None
    kind: SettlementKind = SettlementKind.PAYMENT
    amount: Money
    due: Money


@attrs.frozen(kw_only=True)
class InvoicePaid(Event):
    """Nothing is due on an invoice any more; ``payment`` is what settled the last of it.

    No payment is named where nothing was payable, or where nobody paid.
    """

    invoice: UUID
    payment: UUID | None = None
    kind: SettlementKind = SettlementKind.PAYMENT
    amount: Money


@attrs.frozen(kw_only=True)
class InvoiceReopened(Event):
    """What had settled an invoice was taken back, and so much is due again."""

    invoice: UUID
    source: UUID | None = None
    kind: SettlementKind
    amount: Money
    due: Money


@attrs.frozen(kw_only=True)
class CreditNoteIssued(Event):
    """A credit note got its number and became a document; ``credits`` is the invoice it takes back.

    It is a Storno where it ``cancels``, and what it takes back can be billed again where it
    ``reopens``.
    """

    invoice: UUID
    credits: UUID
    order: UUID | None = None
    account: UUID
    number: str
    net: Money
    vat: Money
    payable: Money
    issued_on: date
    cancels: bool
    reopens: bool


EVENTS: tuple[type[Event], ...] = (
    InvoiceDrafted,
    InvoiceIssued,
    InvoiceWithdrawn,
    InvoicePartlyPaid,
    InvoicePaid,
    InvoiceReopened,
    CreditNoteIssued,
)
"""Every event of invoices."""
