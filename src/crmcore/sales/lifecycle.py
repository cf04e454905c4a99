"""Which state of a quote, an order or an invoice may follow which, and under what conditions.

An issued invoice has no way back (GoBD): it is paid, or a later document cancels it out. Payments
have no states.
"""

from datetime import date

import attrs

from crmcore.grammar.lifecycle import Guard, Lifecycle, move
from crmcore.sales.model import (
    BillingState,
    Invoice,
    InvoiceStatus,
    Order,
    OrderStatus,
    Quote,
    QuoteStatus,
)


@attrs.frozen
class QuoteFacts:
    """What the guards of a quote look at.

    Attributes:
        quote: The quote.
        on: The day of the decision.
        orders: How many standing orders its deal led to.
    """

    quote: Quote
    on: date
    orders: int = 0


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

NOTHING_INVOICED = Guard[Order](
    "nothing_invoiced",
    "something is invoiced",
    lambda order: order.billing is BillingState.NONE,
)
"""An order is cancelled only as long as no invoice, not even a draft, holds a part of it."""

LATEST_PART = Guard[InvoiceFacts](
    "latest_part",
    "only the latest instalment can be withdrawn",
    _is_latest_part,
)
"""Instalments are withdrawn in the opposite order of their billing."""

QUOTE_LIFECYCLE = Lifecycle[QuoteStatus, QuoteFacts](
    name="quote",
    states=QuoteStatus,
    initial={QuoteStatus.DRAFT},
    final={QuoteStatus.ACCEPTED, QuoteStatus.REJECTED},
    moves=(
        move("send", QuoteStatus.DRAFT, QuoteStatus.SENT),
        move(
            "accept",
            {QuoteStatus.DRAFT, QuoteStatus.SENT},
            QuoteStatus.ACCEPTED,
            NOT_EXPIRED,
            NO_OTHER_ORDER,
        ),
        move("reject", {QuoteStatus.DRAFT, QuoteStatus.SENT}, QuoteStatus.REJECTED),
    ),
)
"""The states of a quote."""

ORDER_LIFECYCLE = Lifecycle[OrderStatus, Order](
    name="order",
    states=OrderStatus,
    initial={OrderStatus.OPEN},
    final={OrderStatus.BILLED, OrderStatus.CANCELLED},
    moves=(
        move("bill", OrderStatus.OPEN, OrderStatus.OPEN),
        move("complete", OrderStatus.OPEN, OrderStatus.BILLED),
        move("release", {OrderStatus.OPEN, OrderStatus.BILLED}, OrderStatus.OPEN),
        move("cancel", OrderStatus.OPEN, OrderStatus.CANCELLED, NOTHING_INVOICED),
    ),
)
"""The states of an order; its guards look at the order itself."""

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
    ),
)
"""The states of an invoice."""
