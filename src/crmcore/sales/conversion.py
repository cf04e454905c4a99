"""How an order is born from a quote, and an invoice from an order.

Each touches two documents, so each gives two changes, which are stored together or not at all. How a
draft invoice goes back is in ``withdrawal``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.contacts import Contact, Organization
from crmcore.errors import InvalidValue, LimitExceeded
from crmcore.grammar.change import Change, changed
from crmcore.sales.billing import (
    Portion,
    by_part,
    by_quantities,
    closing_amount,
    everything_open,
)
from crmcore.sales.events import (
    InvoiceDrafted,
    OrderBilled,
    OrderPlaced,
)
from crmcore.sales.lifecycle import ORDER_LIFECYCLE
from crmcore.sales.lines import InvoiceLine, OrderLine, QuoteLine
from crmcore.sales.model import BillingState, Buyer, Invoice, Order, Quote
from crmcore.sales.totals import totals_of
from crmcore.sales.verbs import accept
from crmcore.values import Money, instant


@attrs.frozen
class Accepted:
    """A quote became an order.

    Attributes:
        quote: The change of the quote.
        order: The new order.
    """

    quote: Change[Quote]
    order: Change[Order]


@attrs.frozen
class Billed:
    """A part of an order, or all of it, became a draft invoice.

    Attributes:
        order: The change of the order.
        invoice: The new invoice.
    """

    order: Change[Order]
    invoice: Change[Invoice]


def order_from_quote(
    quote: Quote,
    order_id: UUID,
    line_ids: Sequence[UUID],
    at: datetime,
    *,
    on: date | None = None,
    orders: int = 0,
) -> Accepted:
    """The quote is accepted, and there is an order for exactly what it offered.

    Args:
        quote: The quote.
        order_id: The id the order gets.
        line_ids: The ids of its lines, one for each line of the quote.
        at: When the quote is accepted.
        on: The day that counts for its validity; the UTC day of ``at`` when missing.
        orders: How many standing orders its deal led to.

    Raises:
        MoveForbidden: the quote is decided already.
        GuardRefused: the quote has expired, or its deal has an order.
        InvalidValue: the ids are not as many as the lines.
    """
    accepted = accept(quote, at, on=on, orders=orders)
    _check_ids(line_ids, len(quote.lines))
    now = accepted.entity.updated_at
    order = Order(
        id=order_id,
        created_at=now,
        updated_at=now,
        quote=quote.id,
        opportunity=quote.opportunity,
        account=quote.account,
        currency=quote.currency,
        lines=tuple(map(_order_line, quote.lines, line_ids)),
        totals=quote.totals,
        placed_at=now,
        invoiced=Money.zero(quote.currency),
    )
    placed = OrderPlaced(
        at=now,
        order=order_id,
        quote=quote.id,
        opportunity=quote.opportunity,
        account=quote.account,
        net=quote.totals.net,
        gross=quote.totals.gross,
    )
    return Accepted(accepted, Change(order, (placed,)))


def invoice_from_order(
    order: Order,
    invoice_id: UUID,
    line_ids: Sequence[UUID],
    at: datetime,
    *,
    quantities: Mapping[UUID, Decimal] | None = None,
    part: int | None = None,
    of: int | None = None,
) -> Billed:
    """There is a draft invoice for a part of the order, and the order's ledgers know of it.

    Without ``quantities`` and ``part`` it bills everything open. Drafts count as invoiced, so nothing
    is billed twice. The parts of a line sum up to its net, and all invoices to what the order has
    payable, to the cent: the invoice that completes the order carries the rounding amount for it.

    Args:
        order: The order.
        invoice_id: The id the invoice gets.
        line_ids: Ids for its lines, at least as many as it bills; one per order line always do.
        at: When it is billed.
        quantities: How much of which order line, by line id.
        part: Which of ``of`` equal instalments.
        of: The number of instalments.

    Raises:
        LimitExceeded: nothing is open, or less than is asked for.
        MoveForbidden: the order is cancelled.
        GuardRefused: the order is not billed exactly by the instalments before this one.
        InvalidValue: a line is not the order's, or a number makes no sense.
        ManyFaults: all faults of the quantities, when there are several.
    """
    at = instant(at)
    if order.billing is BillingState.FULLY:
        raise LimitExceeded("lines", "an invoice", "nothing")
    status = ORDER_LIFECYCLE.after(order.status, "bill", order, order.id)
    portions = _portions(order, quantities, part, of)
    _check_ids(line_ids, len(portions), spare=True)
    lines = _advanced(order, portions)
    complete = all(line.is_billed for line in lines)
    invoice = _invoice(order, invoice_id, portions, line_ids, complete=complete, at=at)
    if part is not None:
        invoice = attrs.evolve(invoice, part=part, parts=of)
    if complete:
        status = ORDER_LIFECYCLE.after(order.status, "complete", order, order.id)
    payable = invoice.totals.payable
    after = changed(
        order,
        at,
        lines=lines,
        status=status,
        invoiced=order.invoiced + payable,
        instalments=order.instalments if part is None else of,
        instalments_billed=order.instalments_billed if part is None else part,
    )
    billed = OrderBilled(
        at=at, order=order.id, invoice=invoice_id, payable=payable, complete=complete
    )
    return Billed(Change(after, (billed,)), _drafted(invoice, at))


def _check_ids(line_ids: Sequence[UUID], needed: int, *, spare: bool = False) -> None:
    if len(line_ids) < needed or (len(line_ids) > needed and not spare):
        raise InvalidValue("line_ids", f"must be {needed}, one for each line")


def _portions(
    order: Order, quantities: Mapping[UUID, Decimal] | None, part: int | None, of: int | None
) -> tuple[Portion, ...]:
    if (part is None) is not (of is None):
        raise InvalidValue("part", "needs the number of parts, and that a part")
    if part is None or of is None:
        return everything_open(order) if quantities is None else by_quantities(order, quantities)
    if quantities is not None:
        raise InvalidValue("part", "cannot be given together with quantities")
    return by_part(order, part, of)


def _advanced(order: Order, portions: Iterable[Portion]) -> tuple[OrderLine, ...]:
    moved = {portion.line.id: portion.advanced for portion in portions}
    return tuple(moved.get(line.id, line) for line in order.lines)


def _invoice(
    order: Order,
    invoice_id: UUID,
    portions: Sequence[Portion],
    line_ids: Sequence[UUID],
    *,
    complete: bool,
    at: datetime,
) -> Invoice:
    lines = tuple(map(_invoice_line, portions, line_ids))
    gross = totals_of(lines, order.currency).gross
    rounding = closing_amount(order, gross, complete=complete)
    return Invoice(
        id=invoice_id,
        created_at=at,
        updated_at=at,
        order=order.id,
        account=order.account,
        currency=order.currency,
        lines=lines,
        totals=totals_of(lines, order.currency, rounding),
        paid=Money.zero(order.currency),
    )


def _drafted(invoice: Invoice, at: datetime) -> Change[Invoice]:
    event = InvoiceDrafted(
        at=at,
        invoice=invoice.id,
        order=invoice.order,
        account=invoice.account,
        payable=invoice.totals.payable,
    )
    return Change(invoice, (event,))


def _order_line(line: QuoteLine, line_id: UUID) -> OrderLine:
    return OrderLine(
        id=line_id,
        product=line.product,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount=line.discount,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
        net=line.net,
        invoiced_net=Money.zero(line.net.currency),
    )


def _invoice_line(portion: Portion, line_id: UUID) -> InvoiceLine:
    line = portion.line
    return InvoiceLine(
        id=line_id,
        product=line.product,
        description=line.description,
        quantity=portion.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount=line.discount,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
        net=portion.net,
        order_line=line.id,
    )


def buyer_of(account: Contact) -> Buyer:
    """The account as an invoice keeps it, whatever becomes of the contact later."""
    return Buyer(
        name=account.name,
        address=account.address,
        vat_id=account.vat_id if isinstance(account, Organization) else None,
    )
