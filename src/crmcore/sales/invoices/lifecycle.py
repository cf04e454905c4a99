"""Which state of an invoice may follow which, and under what conditions.

An issued invoice has no way back (GoBD): it is paid, or a later document cancels it out.
"""

import attrs

from crmcore.grammar.field import F
from crmcore.grammar.lifecycle import Guard, Lifecycle, move
from crmcore.grammar.query import Condition
from crmcore.sales.invoices.model import Invoice, InvoiceKind, InvoiceStatus
from crmcore.sales.orders import Order

DOCUMENT_STATUSES = (InvoiceStatus.ISSUED, InvoiceStatus.PAID)
"""The states of what was issued: from then on it is a document, whatever is paid of it."""

IS_DOCUMENT: Condition = F.status.in_(DOCUMENT_STATUSES)
"""The condition of invoices and credit notes that were issued."""

IS_OPEN_INVOICE: Condition = F.status == InvoiceStatus.ISSUED
"""The condition of invoices and credit notes that were issued and are not settled in full."""

IS_OWED: Condition = (F.kind == InvoiceKind.INVOICE) & IS_OPEN_INVOICE
"""The condition of invoices the account still owes something of."""

IS_STANDING_INVOICE: Condition = F.status != InvoiceStatus.WITHDRAWN
"""The condition of invoices and credit notes that stand: what a withdrawn one took is free again."""


@attrs.frozen
class InvoiceFacts:
    """What the guards of an invoice look at.

    Attributes:
        invoice: The invoice.
        order: The order it bills; None when it bills none, or where the move does not matter to it.
        cancelled_by: The number of the credit note that took back all that was left of it.
    """

    invoice: Invoice
    order: Order | None = None
    cancelled_by: str | None = None


def _is_latest_part(facts: InvoiceFacts) -> bool:
    invoice, order = facts.invoice, facts.order
    if invoice.part is None or order is None:
        return True
    return (order.instalments_billed, order.instalments) == (invoice.part, invoice.parts)


LATEST_PART = Guard[InvoiceFacts](
    "latest_part",
    "only the latest instalment can be withdrawn",
    _is_latest_part,
)
"""Instalments are withdrawn in the opposite order of their billing."""

IS_NO_CREDIT_NOTE = Guard[InvoiceFacts](
    "is_no_credit_note",
    "a credit note is not credited again; draw up another invoice",
    lambda facts: not facts.invoice.is_credit_note,
)
"""Only what claims can be taken back."""

NOT_CANCELLED = Guard[InvoiceFacts](
    "not_cancelled",
    "it is cancelled already",
    lambda facts: facts.cancelled_by is None,
    lambda facts: f"by {facts.cancelled_by}",
)
"""Of what is cancelled nothing is left to take back."""

_TAKEN_BACK = (IS_NO_CREDIT_NOTE, NOT_CANCELLED)

INVOICE_LIFECYCLE = Lifecycle[InvoiceStatus, InvoiceFacts](
    name="invoice",
    states=InvoiceStatus,
    initial={InvoiceStatus.DRAFT},
    final={InvoiceStatus.PAID, InvoiceStatus.WITHDRAWN},
    moves=(
        move("issue", InvoiceStatus.DRAFT, InvoiceStatus.ISSUED),
        move("withdraw", InvoiceStatus.DRAFT, InvoiceStatus.WITHDRAWN, LATEST_PART),
        move("pay", InvoiceStatus.ISSUED, InvoiceStatus.ISSUED),
        move("settle", InvoiceStatus.ISSUED, InvoiceStatus.PAID),
        move("reopen", {InvoiceStatus.ISSUED, InvoiceStatus.PAID}, InvoiceStatus.ISSUED),
        move("credit", InvoiceStatus.ISSUED, InvoiceStatus.ISSUED, *_TAKEN_BACK),
        move("credit", InvoiceStatus.PAID, InvoiceStatus.PAID, *_TAKEN_BACK),
        move("cancel", InvoiceStatus.ISSUED, InvoiceStatus.ISSUED, *_TAKEN_BACK),
        move("cancel", InvoiceStatus.PAID, InvoiceStatus.PAID, *_TAKEN_BACK),
    ),
)
"""The states of an invoice."""
