"""Which state of a quote, an order or an invoice may follow which, and under what conditions.

An issued invoice has no way back (GoBD): it is paid, or a later document cancels it out. Payments
have no states.
"""

from datetime import date
from uuid import UUID

import attrs

from crmcore.grammar.lifecycle import Guard, Lifecycle, Move, move
from crmcore.sales.invoices.model import Invoice, InvoiceStatus
from crmcore.sales.model import Order, OrderStatus, Quote, QuoteStatus
from crmcore.sales.orders.lines import stands_invoiced


@attrs.frozen
class QuoteFacts:
    """What the guards of a quote look at.

    Attributes:
        quote: The quote.
        on: The day of the decision.
        orders: How many standing orders its deal led to.
        missing: The names of the rules whose approval is missing.
        by: Who approves, or refuses to.
        grants: The names of the rules whose missing approval they may give.
    """

    quote: Quote
    on: date
    orders: int = 0
    missing: tuple[str, ...] = ()
    by: UUID | None = None
    grants: tuple[str, ...] = ()


@attrs.frozen
class InvoiceFacts:
    """What the guards of an invoice look at.

    Attributes:
        invoice: The invoice.
        order: The order it bills; None when it bills none, or where the move does not matter to it.
    """

    invoice: Invoice
    order: Order | None = None


def _is_latest_part(facts: InvoiceFacts) -> bool:
    invoice, order = facts.invoice, facts.order
    if invoice.part is None or order is None:
        return True
    return (order.instalments_billed, order.instalments) == (invoice.part, invoice.parts)


NOT_EXPIRED = Guard[QuoteFacts](
    "not_expired",
    "the quote has expired",
    lambda facts: not facts.quote.is_expired(facts.on),
)
"""A quote is accepted on its last day at the latest."""

NO_OTHER_ORDER = Guard[QuoteFacts](
    "no_other_order",
    "the deal has an order already",
    lambda facts: facts.orders == 0,
)
"""A deal leads to one order: of several quotes the customer takes one."""

APPROVED = Guard[QuoteFacts](
    "approved",
    "approval is missing",
    lambda facts: not facts.missing,
    lambda facts: ", ".join(facts.missing),
)
"""What needs approval does not reach the customer without it."""

NEEDS_APPROVAL = Guard[QuoteFacts](
    "needs_approval",
    "no rule asks for an approval that is missing",
    lambda facts: bool(facts.missing),
)
"""What needs no approval is not submitted."""

FOUR_EYES = Guard[QuoteFacts](
    "four_eyes",
    "who submitted it cannot decide about its approval",
    lambda facts: facts.by is not None and facts.by != facts.quote.submitted_by,
)
"""Two people look at what needs approval (Vier-Augen-Prinzip)."""

MAY_APPROVE = Guard[QuoteFacts](
    "may_approve",
    "no rule that asks for approval names this employee",
    lambda facts: bool(facts.grants),
)
"""Only who a rule names decides about what it asks for."""

NOTHING_INVOICED = Guard[Order](
    "nothing_invoiced",
    "something is invoiced",
    lambda order: not stands_invoiced(order.lines),
)
"""An order is cancelled only while no invoice, not even a draft, stands: credited ones do not."""

NOTHING_DELIVERED = Guard[Order](
    "nothing_delivered",
    "something is delivered",
    lambda order: not any(line.standing_delivery for line in order.lines),
)
"""An order is cancelled only as long as the customer has nothing of it."""

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

_OFFERED = {QuoteStatus.DRAFT, QuoteStatus.SENT}
_UNDECIDED = {*_OFFERED, QuoteStatus.APPROVAL_PENDING}

QUOTE_LIFECYCLE = Lifecycle[QuoteStatus, QuoteFacts](
    name="quote",
    states=QuoteStatus,
    initial={QuoteStatus.DRAFT},
    final={
        QuoteStatus.ACCEPTED,
        QuoteStatus.REJECTED,
        QuoteStatus.EXPIRED,
        QuoteStatus.SUPERSEDED,
    },
    moves=(
        move("change", {QuoteStatus.DRAFT, QuoteStatus.APPROVAL_PENDING}, QuoteStatus.DRAFT),
        move("submit", QuoteStatus.DRAFT, QuoteStatus.APPROVAL_PENDING, NEEDS_APPROVAL),
        move(
            "approve",
            QuoteStatus.APPROVAL_PENDING,
            QuoteStatus.DRAFT,
            FOUR_EYES,
            MAY_APPROVE,
        ),
        move(
            "approve_partly",
            QuoteStatus.APPROVAL_PENDING,
            QuoteStatus.APPROVAL_PENDING,
            FOUR_EYES,
            MAY_APPROVE,
        ),
        move(
            "refuse",
            QuoteStatus.APPROVAL_PENDING,
            QuoteStatus.DRAFT,
            FOUR_EYES,
            MAY_APPROVE,
        ),
        move("send", QuoteStatus.DRAFT, QuoteStatus.SENT, NOT_EXPIRED, APPROVED),
        move("accept", _OFFERED, QuoteStatus.ACCEPTED, NOT_EXPIRED, NO_OTHER_ORDER, APPROVED),
        move("reject", _OFFERED, QuoteStatus.REJECTED),
        move("expire", _UNDECIDED, QuoteStatus.EXPIRED),
        move(
            "supersede",
            _UNDECIDED | {QuoteStatus.REJECTED, QuoteStatus.EXPIRED},
            QuoteStatus.SUPERSEDED,
        ),
    ),
)
"""The states of a quote."""


def _within(action: str, *states: OrderStatus) -> tuple[Move[OrderStatus, Order], ...]:
    return tuple(move(action, state, state) for state in states)


ORDER_LIFECYCLE = Lifecycle[OrderStatus, Order](
    name="order",
    states=OrderStatus,
    initial={OrderStatus.OPEN},
    final={OrderStatus.DONE, OrderStatus.CLOSED, OrderStatus.CANCELLED},
    moves=(
        *_within("bill", OrderStatus.OPEN, OrderStatus.DONE),
        *_within("deliver", OrderStatus.OPEN, OrderStatus.DONE),
        *_within("change", OrderStatus.OPEN, OrderStatus.ON_HOLD, OrderStatus.DONE),
        *_within("reach", OrderStatus.OPEN, OrderStatus.ON_HOLD, OrderStatus.DONE),
        move("complete", OrderStatus.OPEN, OrderStatus.DONE),
        move("release", OrderStatus.DONE, OrderStatus.OPEN),
        move("hold", OrderStatus.OPEN, OrderStatus.ON_HOLD),
        move("resume", OrderStatus.ON_HOLD, OrderStatus.OPEN),
        move("close", {OrderStatus.OPEN, OrderStatus.ON_HOLD}, OrderStatus.CLOSED),
        move("reopen", OrderStatus.CLOSED, OrderStatus.OPEN),
        move(
            "cancel",
            {OrderStatus.OPEN, OrderStatus.ON_HOLD},
            OrderStatus.CANCELLED,
            NOTHING_INVOICED,
            NOTHING_DELIVERED,
        ),
    ),
)
"""The states of an order; its guards look at the order itself.

An order that is done can be delivered and billed within its allowances, and gets further lines.
Credits and returns are no moves: they are taken in any state but cancelled, and open an order that
was done again where they leave something to do.
"""

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
        move("credit", InvoiceStatus.ISSUED, InvoiceStatus.ISSUED, IS_NO_CREDIT_NOTE),
        move("credit", InvoiceStatus.PAID, InvoiceStatus.PAID, IS_NO_CREDIT_NOTE),
    ),
)
"""The states of an invoice."""
