"""What happened to quotes, orders and invoices, told in the past tense."""

from datetime import date
from uuid import UUID

import attrs

from crmcore.grammar.change import Event
from crmcore.sales.invoices.settlement import SettlementKind
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
class QuoteChanged(Event):
    """Fields of a draft changed; ``fields`` are their sorted names. Approvals it had are void."""

    quote: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class QuoteRevised(Event):
    """There is a new version of an offer, which takes the place of the one before."""

    quote: UUID
    opportunity: UUID | None = None
    account: UUID
    origin: UUID
    version: int
    previous: UUID
    net: Money
    gross: Money
    valid_until: date


@attrs.frozen(kw_only=True)
class QuoteSuperseded(Event):
    """A later version took the place of a quote."""

    quote: UUID
    opportunity: UUID | None = None
    by: UUID


@attrs.frozen(kw_only=True)
class QuoteSubmitted(Event):
    """Approval of a quote was asked for; ``rules`` are the names of the rules that want it."""

    quote: UUID
    by: UUID
    rules: tuple[str, ...]


@attrs.frozen(kw_only=True)
class QuoteApproved(Event):
    """Somebody approved what these rules ask; ``complete`` when no approval is missing any more."""

    quote: UUID
    by: UUID
    rules: tuple[str, ...]
    complete: bool


@attrs.frozen(kw_only=True)
class QuoteRefused(Event):
    """The approval of a quote was refused; the reason is on the quote."""

    quote: UUID
    by: UUID


@attrs.frozen(kw_only=True)
class QuoteSent(Event):
    """A quote went out to the customer."""

    quote: UUID
    opportunity: UUID | None = None
    number: str | None = None


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
class QuoteExpired(Event):
    """Nobody decided about a quote until after its last day."""

    quote: UUID
    opportunity: UUID | None = None


@attrs.frozen(kw_only=True)
class QuoteTemplateAdded(Event):
    """There is a new template of quotes."""

    quote_template: UUID
    code: str


@attrs.frozen(kw_only=True)
class QuoteTemplateEdited(Event):
    """Fields of a template changed; ``fields`` are their sorted names."""

    quote_template: UUID
    fields: tuple[str, ...]


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
class OrderDelivered(Event):
    """A part of an order, or all that was open, went to the customer."""

    order: UUID
    delivery: UUID
    delivered_on: date
    complete: bool


@attrs.frozen(kw_only=True)
class OrderReturned(Event):
    """Something of an order came back."""

    order: UUID
    delivery: UUID
    delivered_on: date


@attrs.frozen(kw_only=True)
class OrderHeld(Event):
    """Nothing is delivered or billed of an order until it is resumed; the reason is on the order."""

    order: UUID


@attrs.frozen(kw_only=True)
class OrderResumed(Event):
    """An order is not on hold any more."""

    order: UUID


@attrs.frozen(kw_only=True)
class OrderClosed(Event):
    """What is left of an order will not be done; the reason is on the order."""

    order: UUID


@attrs.frozen(kw_only=True)
class OrderReopened(Event):
    """What is left of an order that was closed will be done after all."""

    order: UUID


@attrs.frozen(kw_only=True)
class OrderChanged(Event):
    """Lines of an order were cut short, or added; ``net`` is what it comes to since."""

    order: UUID
    cancelled: int
    added: int
    net: Money


@attrs.frozen(kw_only=True)
class MilestonesPlanned(Event):
    """It was decided by what milestones an order is billed."""

    order: UUID
    milestones: int


@attrs.frozen(kw_only=True)
class MilestoneReached(Event):
    """A milestone of an order was reached; its name is on the order."""

    order: UUID
    milestone: int
    reached_on: date


@attrs.frozen(kw_only=True)
class DeliveryRecorded(Event):
    """There is a note of a delivery, or of a return."""

    delivery_note: UUID
    order: UUID
    account: UUID
    delivered_on: date
    is_return: bool


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


@attrs.frozen(kw_only=True)
class OrderCredited(Event):
    """Something billed of an order was taken back by a credit note."""

    order: UUID
    invoice: UUID
    credit_note: UUID
    payable: Money
    reopens: bool


EVENTS: tuple[type[Event], ...] = (
    QuoteDrafted,
    QuoteChanged,
    QuoteRevised,
    QuoteSuperseded,
    QuoteSubmitted,
    QuoteApproved,
    QuoteRefused,
    QuoteSent,
    QuoteAccepted,
    QuoteRejected,
    QuoteExpired,
    QuoteTemplateAdded,
    QuoteTemplateEdited,
    OrderPlaced,
    OrderBilled,
    OrderBillingReversed,
    OrderCancelled,
    OrderDelivered,
    OrderReturned,
    OrderHeld,
    OrderResumed,
    OrderClosed,
    OrderReopened,
    OrderChanged,
    MilestonesPlanned,
    MilestoneReached,
    DeliveryRecorded,
    InvoiceDrafted,
    InvoiceIssued,
    InvoiceWithdrawn,
    InvoicePartlyPaid,
    InvoicePaid,
    InvoiceReopened,
    CreditNoteIssued,
    OrderCredited,
)
"""Every event of this room."""
