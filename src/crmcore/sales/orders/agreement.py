"""What holds between an order, its account and its invoices, whatever commands were called.

Every line of an invoice, and of a delivery, is one of its order; and the ledgers of an order are told
from both sides, by the order and by the sum over what its documents hold. What one document knows of
itself, and what is paid of it, lies in ``invariants``.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from crmcore.checking import Breach
from crmcore.contacts import Contact, Role
from crmcore.sales.invoices.model import Invoice, InvoiceStatus
from crmcore.sales.lines import InvoiceLine
from crmcore.sales.model import Fulfilment, Order, OrderStatus, billing_of, delivery_of
from crmcore.sales.orders.changes import OrderChangeKind
from crmcore.sales.orders.deliveries import DeliveryNote
from crmcore.sales.orders.lines import OrderLine, are_exact, stands_invoiced
from crmcore.values import CONTEXT, Money, sum_money

_COPIED = ("product", "unit", "unit_price", "discount", "vat_category", "vat_rate", "description")


def differs(text: str, expected: object, found: object) -> Iterator[Breach]:
    """A breach with both figures, unless they are the same."""
    if expected != found:
        yield Breach(text=text, expected=expected, found=found)


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
            _quantity(each.quantity for each in mine),
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
            _quantity(each.quantity for each in there), _quantity(each.quantity for each in back)
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


def delivery_breaches(order: Order, deliveries: Sequence[DeliveryNote]) -> Iterator[Breach]:
    """Where what an order has delivered and taken back is not what its notes hold.

    Args:
        order: The order.
        deliveries: All deliveries and returns of it.
    """
    there: dict[UUID, Decimal] = {}
    back: dict[UUID, Decimal] = {}
    for each in deliveries:
        held = back if each.is_return else there
        for item in each.lines:
            before = held.get(item.order_line, Decimal(0))
            held[item.order_line] = CONTEXT.add(before, item.quantity)
    for place, line in enumerate(order.lines, start=1):
        for name, sums in (("delivered", there), ("returned", back)):
            yield from differs(
                f"what is {name} of line {place} is not what its notes hold",
                sums.get(line.id, Decimal(0)),
                getattr(line, f"{name}_quantity"),
            )


def note_breaches(delivery: DeliveryNote, orders: Sequence[Order]) -> Iterator[Breach]:
    """Where a delivery is not of its order: another account, or lines of another.

    Args:
        delivery: The delivery, or return.
        orders: The order it fulfils.
    """
    for order in orders:
        yield from differs("the account is not the order's", order.account, delivery.account)
        known = {line.id: line for line in order.lines}
        for place, line in enumerate(delivery.lines, start=1):
            original = known.get(line.order_line)
            if original is None:
                text = "delivers a line that the order does not have"
                yield Breach(text=text, found=line.order_line)
                continue
            for name in ("product", "unit", "description"):
                if getattr(line, name) != getattr(original, name):
                    yield Breach(text=f"the {name} of line {place} is not that of the order's line")
        if len({line.order_line for line in delivery.lines}) < len(delivery.lines):
            yield Breach(text="delivers a line of the order twice")


def change_breaches(order: Order) -> Iterator[Breach]:
    """Where what is cancelled and added is not what was changed about an order."""
    cancelled = [each for each in order.changes if each.kind is OrderChangeKind.CANCELLED]
    added = {each.line: each for each in order.changes if each.kind is OrderChangeKind.ADDED}
    for place, line in enumerate(order.lines, start=1):
        mine = [each for each in cancelled if each.line == line.id]
        yield from differs(
            f"what is cancelled of line {place} is not what was changed",
            _quantity(each.quantity for each in mine),
            line.cancelled_quantity,
        )
        yield from differs(
            f"the value cancelled of line {place} is not what was changed",
            sum_in(order.currency, (each.net for each in mine)),
            line.cancelled_net,
        )
        change = added.pop(line.id, None)
        if change is not None:
            yield from differs(
                f"line {place} was added otherwise",
                (change.quantity, change.net),
                (line.quantity, line.net),
            )
    for each in added.values():
        yield Breach(text="a line was added that it does not have", found=each.line)


def customer_breaches(order: Order, accounts: Sequence[Contact]) -> Iterator[Breach]:
    """Orders of accounts that never were customers; since then, the role may have ended.

    Args:
        order: The order.
        accounts: Who buys.
    """
    for account in accounts:
        if account.role(Role.CUSTOMER) is None:
            yield Breach(text=f"is {order.status}, and its account never was a customer")


def _told(parts: Iterable[tuple[int, int | None]]) -> str:
    return ", ".join(f"{part} of {of}" for part, of in parts) or "none"


def _quantity(quantities: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for quantity in quantities:
        total = CONTEXT.add(total, quantity)
    return total


def sum_in(currency: str, amounts: Iterable[Money]) -> Money | None:
    """The sum; None, which equals no amount, where one is in another currency."""
    given = [*amounts]
    if any(amount.currency != currency for amount in given):
        return None
    return sum_money(given, currency)
