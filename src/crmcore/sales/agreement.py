"""What holds between an order, its account and its invoices, whatever commands were called.

Every line of an invoice is one of its order; and the ledgers of an order are told from both sides,
by the order and by the sum over what its invoices hold. What one document knows of itself, and what
is paid of it, lies in ``invariants``.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from crmcore.checking import Breach
from crmcore.contacts import Contact, Role
from crmcore.sales.lines import InvoiceLine, OrderLine
from crmcore.sales.model import BillingState, Invoice, InvoiceStatus, Order, OrderStatus
from crmcore.values import CONTEXT, Money, sum_money

_COPIED = ("product", "unit", "unit_price", "discount", "vat_category", "vat_rate", "description")


def differs(text: str, expected: object, found: object) -> Iterator[Breach]:
    """A breach with both figures, unless they are the same."""
    if expected != found:
        yield Breach(text=text, expected=expected, found=found)


def billing_breaches(order: Order, invoices: Sequence[Invoice]) -> Iterator[Breach]:
    """Where the ledgers of an order are not what its invoices hold, or its status is another.

    Args:
        order: The order.
        invoices: All invoices of it.
    """
    standing = [each for each in invoices if each.status is not InvoiceStatus.WITHDRAWN]
    held = [line for invoice in standing for line in invoice.lines]
    for place, line in enumerate(order.lines, start=1):
        mine = [each for each in held if each.order_line == line.id]
        yield from differs(
            f"what is invoiced of line {place} is not what its invoices hold",
            _quantity(each.quantity for each in mine),
            line.invoiced_quantity,
        )
        yield from differs(
            f"the value invoiced of line {place} is not what its invoices hold",
            sum_in(order.currency, (each.net for each in mine)),
            line.invoiced_net,
        )
    yield from differs(
        "what is invoiced is not what its invoices come to",
        sum_in(order.currency, (each.totals.payable for each in standing)),
        order.invoiced,
    )
    yield from _instalment_breaches(order, standing)
    yield from _status_breaches(order)


def _instalment_breaches(order: Order, standing: Iterable[Invoice]) -> Iterator[Breach]:
    held = ((each.part, each.parts) for each in standing if each.part is not None)
    parts = sorted(held, key=lambda one: (one[0], one[1] or 0))
    wanted = [(part, order.instalments) for part in range(1, order.instalments_billed + 1)]
    if parts != wanted:
        yield Breach(
            text="the instalments billed are others", expected=_told(wanted), found=_told(parts)
        )
    is_whole = order.instalments is not None and order.instalments_billed >= order.instalments
    if is_whole and order.billing is not BillingState.FULLY:
        yield Breach(text="all instalments are billed, and they do not come to the order")


def _status_breaches(order: Order) -> Iterator[Breach]:
    billed = order.billing is BillingState.FULLY
    if billed is not (order.status is OrderStatus.BILLED):
        text = f"is {order.status} and is {'' if billed else 'not '}billed in full"
        yield Breach(text=text)
    if billed:
        yield from differs(
            "is billed in full, and its invoices do not come to its total",
            order.totals.payable,
            order.invoiced,
        )
    if order.status is OrderStatus.CANCELLED and order.billing is not BillingState.NONE:
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
