"""How an invoice is born from an order, and how a draft goes back into it.

Each touches two documents, so each gives two changes, which are stored together or not at all. An
issued invoice never goes back (GoBD).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change, changed
from crmcore.sales.invoices.events import InvoiceDrafted, InvoiceWithdrawn
from crmcore.sales.invoices.lifecycle import INVOICE_LIFECYCLE, InvoiceFacts
from crmcore.sales.invoices.lines import InvoiceLine
from crmcore.sales.invoices.model import Invoice
from crmcore.sales.invoices.portions import (
    Portion,
    by_part,
    by_quantities,
    closing_amount,
    everything_billable,
)
from crmcore.sales.invoices.supply import supply_of
from crmcore.sales.orders import (
    ORDER_LIFECYCLE,
    DeliveryNote,
    Fulfilment,
    Order,
    OrderBilled,
    OrderBillingReversed,
    OrderLine,
    Quantities,
    with_lines,
)
from crmcore.sales.totals import totals_of
from crmcore.values import CONTEXT, Money, instant


@attrs.frozen
class Billed:
    """A part of an order, or all of it, became a draft invoice.

    Attributes:
        order: The change of the order.
        invoice: The new invoice.
    """

    order: Change[Order]
    invoice: Change[Invoice]


@attrs.frozen
class Withdrawn:
    """A draft invoice was given up, and its order can bill again what it held.

    Attributes:
        invoice: The change of the invoice.
        order: The change of the order.
    """

    invoice: Change[Invoice]
    order: Change[Order]


def invoice_from_order(
    order: Order,
    invoice_id: UUID,
    line_ids: Sequence[UUID],
    at: datetime,
    *,
    quantities: Quantities | None = None,
    part: int | None = None,
    of: int | None = None,
    deliveries: Sequence[DeliveryNote] = (),
) -> Billed:
    """There is a draft invoice for a part of the order, and the order's ledgers know of it.

    Without ``quantities`` and ``part`` it bills everything that may be billed by now (see
    `crmcore.sales.billing_plan`); quantities may go beyond by the line's allowance. Drafts count as invoiced, so nothing
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
        deliveries: What was delivered of the order, and returned: the invoice names the days.

    Raises:
        LimitExceeded: nothing is open, or less than is asked for.
        MoveForbidden: the order is on hold, closed or cancelled.
        GuardRefused: nothing may be billed by now, or the order is not billed exactly by the
            instalments before this one.
        InvalidValue: a line is not the order's, or a number makes no sense.
        ManyFaults: all faults of the quantities, when there are several.
    """
    at = instant(at)
    ORDER_LIFECYCLE.after(order.status, "bill", order, order.id)
    portions = _portions(order, quantities, part, of)
    if len(line_ids) < len(portions):
        raise InvalidValue("line_ids", f"must be {len(portions)}, one for each line")
    lines = _advanced(order, portions)
    first, last = supply_of(portions, deliveries) if deliveries else (None, None)
    days_and_part = {"delivered_from": first, "delivered_on": last, "part": part, "parts": of}
    billed = tuple(map(_invoice_line, portions, line_ids))
    invoice = _invoice(order, invoice_id, billed, lines, at, **days_and_part)
    payable = invoice.totals.payable
    after = with_lines(
        order,
        at,
        lines,
        invoiced=order.invoiced + payable,
        instalments=order.instalments if part is None else of,
        instalments_billed=order.instalments_billed if part is None else part,
    )
    complete = after.billing is Fulfilment.FULLY
    event = OrderBilled(
        at=at, order=order.id, invoice=invoice_id, payable=payable, complete=complete
    )
    return Billed(Change(after, (event,)), _drafted(invoice, at))


def withdraw(invoice: Invoice, order: Order, at: datetime) -> Withdrawn:
    """The draft invoice is given up, and what it held of its order is open again.

    Args:
        invoice: The draft.
        order: The order it bills.
        at: When it is withdrawn.

    Raises:
        MoveForbidden: the invoice is no draft; an issued one has no way back.
        GuardRefused: it is an instalment, but not the latest.
        InvalidValue: the order is not the one it bills.
    """
    at = instant(at)
    if invoice.order != order.id:
        raise InvalidValue("order", "must be the order that the invoice bills")
    facts = InvoiceFacts(invoice, order)
    status = INVOICE_LIFECYCLE.after(invoice.status, "withdraw", facts, invoice.id)
    left = order.instalments_billed - (invoice.part is not None)
    after = with_lines(
        order,
        at,
        released(order, invoice),
        invoiced=order.invoiced - invoice.totals.payable,
        instalments=order.instalments if left else None,
        instalments_billed=left,
    )
    withdrawn = InvoiceWithdrawn(at=at, invoice=invoice.id, order=order.id)
    free = OrderBillingReversed(
        at=at, order=order.id, invoice=invoice.id, payable=invoice.totals.payable
    )
    return Withdrawn(
        Change(changed(invoice, at, status=status), (withdrawn,)), Change(after, (free,))
    )


def _portions(
    order: Order, quantities: Quantities | None, part: int | None, of: int | None
) -> tuple[Portion, ...]:
    if (part is None) is not (of is None):
        raise InvalidValue("part", "needs the number of parts, and that a part")
    if part is None or of is None:
        return (
            everything_billable(order) if quantities is None else by_quantities(order, quantities)
        )
    if quantities is not None:
        raise InvalidValue("part", "cannot be given together with quantities")
    return by_part(order, part, of)


def _advanced(order: Order, portions: Iterable[Portion]) -> tuple[OrderLine, ...]:
    moved = {portion.line.id: portion.advanced for portion in portions}
    return tuple(moved.get(line.id, line) for line in order.lines)


def _invoice(
    order: Order,
    invoice_id: UUID,
    billed: tuple[InvoiceLine, ...],
    lines: Sequence[OrderLine],
    at: datetime,
    **fields: Any,
) -> Invoice:
    totals = totals_of(billed, order.currency)
    rounding = closing_amount(order, totals.gross, lines)
    if not rounding.is_zero:
        totals = totals_of(billed, order.currency, rounding)
    return Invoice(
        id=invoice_id,
        created_at=at,
        updated_at=at,
        order=order.id,
        account=order.account,
        currency=order.currency,
        lines=billed,
        totals=totals,
        buyer_reference=order.buyer_reference,
        purchase_order=order.purchase_order,
        paid=Money.zero(order.currency),
        **fields,
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
        vat_reason=line.vat_reason,
        net=portion.net,
        allowance=portion.share_of(line.allowance),
        charge=portion.share_of(line.charge),
        order_line=line.id,
    )


def released(order: Order, invoice: Invoice) -> tuple[OrderLine, ...]:
    """The order's lines with what the invoice holds taken out of their ledgers."""
    held = {line.order_line: line for line in invoice.lines}
    return tuple(_without(line, held.get(line.id)) for line in order.lines)


def _without(line: OrderLine, held: InvoiceLine | None) -> OrderLine:
    if held is None:
        return line
    return attrs.evolve(
        line,
        invoiced_quantity=CONTEXT.subtract(line.invoiced_quantity, held.quantity),
        invoiced_net=line.invoiced_net - held.net,
    )
