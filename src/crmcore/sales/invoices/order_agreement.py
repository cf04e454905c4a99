"""What holds between an order and its invoices, whatever commands were called.

Every line of an invoice is one of its order; and what is billed is told from both sides, by the
ledgers of the order and by the sum over what its documents hold.
"""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from crmcore.checking import Breach
from crmcore.sales.agreement import differs, sum_in, sum_quantities
from crmcore.sales.invoices.lines import InvoiceLine
from crmcore.sales.invoices.model import Invoice, InvoiceStatus
from crmcore.sales.orders import (
    Fulfilment,
    Order,
    OrderLine,
    OrderStatus,
    are_exact,
    billing_of,
    delivery_of,
    stands_invoiced,
)
from crmcore.values import CONTEXT, Money

_COPIED = ("product", "unit", "unit_price", "discount", "vat_category", "vat_rate", "description")


def billing_breaches(order: Order, invoices: Sequence[Invoice]) -> Iterator[Breach]:
    """Where the ledgers of an order are not what its documents hold, or its status is another.

    Args:
        order: The order.
        invoices: All invoices and credit notes of it.
    """
    standing = [each for each in invoices if each.status is not InvoiceStatus.WITHDRAWN]
    billed = [each for each in standing if not each.is_credit_note]
    credited = [each for each in standing if each.is_credit_note]
    waived = [each for each in credited if not each.reopens]
    for name, documents in (("invoiced", billed), ("credited", credited), ("waived", waived)):
        yield from _ledger_breaches(order, name, documents)
    for name, documents in (("invoiced", billed), ("credited", credited)):
        yield from differs(
            f"what is {name} is not what its documents come to",
            sum_in(order.currency, (each.totals.claim for each in documents)),
            getattr(order, name),
        )
    yield from _limit_breaches(order, billed, credited)
    yield from _instalment_breaches(order, billed)
    yield from _status_breaches(order)


def _ledger_breaches(order: Order, name: str, documents: Sequence[Invoice]) -> Iterator[Breach]:
    held = _held(documents)
    for place, line in enumerate(order.lines, start=1):
        mine = held.get(line.id, [])
        yield from differs(
            f"what is {name} of line {place} is not what its documents hold",
            sum_quantities(each.quantity for each in mine),
            getattr(line, f"{name}_quantity"),
        )
        yield from differs(
            f"the value {name} of line {place} is not what its documents hold",
            sum_in(order.currency, (each.net for each in mine)),
            getattr(line, f"{name}_net"),
        )


def _held(documents: Sequence[Invoice]) -> dict[UUID | None, list[InvoiceLine]]:
    held: dict[UUID | None, list[InvoiceLine]] = {}
    for document in documents:
        for each in document.lines:
            held.setdefault(each.order_line, []).append(each)
    return held


def _limit_breaches(
    order: Order, billed: Sequence[Invoice], credited: Sequence[Invoice]
) -> Iterator[Breach]:
    plus, minus = _held(billed), _held(credited)
    for place, line in enumerate(order.lines, start=1):
        there, back = plus.get(line.id, []), minus.get(line.id, [])
        standing = CONTEXT.subtract(
            sum_quantities(each.quantity for each in there),
            sum_quantities(each.quantity for each in back),
        )
        if not 0 <= standing <= line.billing_limit:
            text = f"line {place} stands invoiced beyond what was ordered, allowance included"
            yield Breach(text=text, expected=line.billing_limit, found=standing)
        given = sum_in(order.currency, (each.net for each in there))
        taken = sum_in(order.currency, (each.net for each in back))
        if given is None or taken is None:
            continue
        most = line.value(line.billing_limit)
        if not Money.zero(order.currency) <= given - taken <= most:
            text = f"the value invoiced of line {place} is beyond what was ordered"
            yield Breach(text=text, expected=most, found=given - taken)


def _instalment_breaches(order: Order, standing: Iterable[Invoice]) -> Iterator[Breach]:
    held = ((each.part, each.parts) for each in standing if each.part is not None)
    parts = sorted(held, key=lambda one: (one[0], one[1] or 0))
    wanted = [(part, order.instalments) for part in range(1, order.instalments_billed + 1)]
    if parts != wanted:
        yield Breach(
            text="the instalments billed are others", expected=_told(wanted), found=_told(parts)
        )
    is_whole = order.instalments is not None and order.instalments_billed >= order.instalments
    # What is credited, or added later, is billed on its own.
    as_planned = not order.changes and not any(line.credited_quantity for line in order.lines)
    as_planned = as_planned and order.credited.is_zero
    if is_whole and as_planned and billing_of(order.lines) is not Fulfilment.FULLY:
        yield Breach(text="all instalments are billed, and they do not come to the order")


def _status_breaches(order: Order) -> Iterator[Breach]:
    yield from differs("is billed otherwise", billing_of(order.lines), order.billing)
    yield from differs("is delivered otherwise", delivery_of(order.lines), order.delivery)
    done = {order.billing, order.delivery} == {Fulfilment.FULLY}
    if order.status in {OrderStatus.OPEN, OrderStatus.DONE}:
        wanted = OrderStatus.DONE if done else OrderStatus.OPEN
        yield from differs("has another status than its ledgers", wanted, order.status)
    if are_exact(order.lines):
        yield from differs(
            "is billed in full, and its invoices do not come to its total",
            order.totals.payable,
            order.standing,
        )
    else:
        yield from differs(
            "something is added to the total", Money.zero(order.currency), order.totals.rounding
        )
    if order.status is OrderStatus.CANCELLED and stands_invoiced(order.lines):
        yield Breach(text="is cancelled and something of it is invoiced")
    if (order.instalments is None) is not (order.instalments_billed == 0):
        yield Breach(text="has a plan of instalments and none billed, or the other way round")


def belonging_breaches(invoice: Invoice, orders: Sequence[Order]) -> Iterator[Breach]:
    """Where an invoice is not of its order: another account or currency, or lines of another.

    Args:
        invoice: The invoice.
        orders: The order it bills, if it bills one.
    """
    part, parts = invoice.part, invoice.parts
    if (part, parts) != (None, None) and not (part and parts and 1 <= part <= parts):
        yield Breach(text=f"is part {part} of {parts}")
    billed = [line.order_line for line in invoice.lines]
    if invoice.order is None and any(billed):
        yield Breach(text="bills lines of an order, and names none")
    for order in orders:
        yield from differs("the account is not the order's", order.account, invoice.account)
        yield from differs("the currency is not the order's", order.currency, invoice.currency)
        known = {line.id: line for line in order.lines}
        for place, line in enumerate(invoice.lines, start=1):
            original = None if line.order_line is None else known.get(line.order_line)
            yield from _line_breaches(place, line, original)
        if len({*billed}) < len(billed):
            yield Breach(text="bills a line of the order twice")


def _line_breaches(place: int, line: InvoiceLine, original: OrderLine | None) -> Iterator[Breach]:
    if original is None:
        yield Breach(text="bills a line that the order does not have", found=line.order_line)
        return
    for name in _COPIED:
        if getattr(line, name) != getattr(original, name):
            # Without what it says: a description may hold anything.
            yield Breach(text=f"the {name} of line {place} is not that of the order's line")


def _told(parts: Iterable[tuple[int, int | None]]) -> str:
    return ", ".join(f"{part} of {of}" for part, of in parts) or "none"
