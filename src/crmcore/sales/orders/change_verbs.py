"""How an order is changed after it was placed, whatever of it is delivered and billed by then.

Nothing of a line ever changes: the rest of it is cancelled, and another one is added. So no change
goes below what is delivered or settled, and every paper that exists stays true.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.errors import CurrencyMismatch, GuardRefused, InvalidValue, LimitExceeded
from crmcore.grammar.change import Change
from crmcore.sales.lines import check_lines
from crmcore.sales.orders.events import OrderChanged
from crmcore.sales.orders.ledgers import with_lines
from crmcore.sales.orders.lifecycle import ORDER_LIFECYCLE
from crmcore.sales.orders.lines import OrderLine, was_invoiced
from crmcore.sales.orders.model import Order, OrderChange, OrderChangeKind
from crmcore.sales.orders.quantities import Quantities, asked_quantities
from crmcore.sales.totals import line_net
from crmcore.values import CONTEXT, Money, Share, instant

_NONE = Decimal(0)
_KEPT = (
    *("product", "description", "unit", "vat_category", "vat_rate", "vat_reason"),
    *("billing", "ships", "over_delivery", "over_billing", "unit_cost"),
)


def cancellable(line: OrderLine) -> Decimal:
    """What of a line can be cancelled: what is neither delivered nor settled."""
    done = max(line.delivered_for_good, line.settled_quantity)
    rest = max(CONTEXT.subtract(line.kept_quantity, done), _NONE)
    # A tiny quantity may be billed in value alone: then its line has to stay.
    return _NONE if rest == line.kept_quantity and not line.settled_net.is_zero else rest


def cancel_rest(
    order: Order,
    at: datetime,
    *,
    quantities: Quantities | None = None,
    reason: str | None = None,
) -> Change[Order]:
    """So much of the order is not wanted any more; all that can be if no quantities are given.

    Args:
        order: The order.
        at: When.
        quantities: How much of which line, by line id.
        reason: Why.

    Raises:
        MoveForbidden: the order is closed or cancelled.
        GuardRefused: nothing would be left of it, and nothing was done: cancel the order.
        LimitExceeded: nothing can be cancelled, or less, for the rest is delivered or settled.
        InvalidValue: a line is not the order's, or a quantity is not above zero.
        ManyFaults: all faults of the quantities, when there are several.
    """
    if quantities is None:
        quantities = {line.id: rest for line in order.lines if (rest := cancellable(line))}
        if not quantities:
            raise LimitExceeded("lines", "a cancellation", "nothing")
    return change_order(order, at, cancel=quantities, reason=reason)


def change_order(
    order: Order,
    at: datetime,
    *,
    cancel: Quantities | None = None,
    add: Sequence[OrderLine] = (),
    reason: str | None = None,
) -> Change[Order]:
    """The order without what is cancelled, and with the lines that are added; it keeps both.

    Args:
        order: The order.
        at: When.
        cancel: How much of which line is not wanted any more, by line id.
        add: New lines, of which nothing is done yet.
        reason: Why.

    Raises:
        MoveForbidden: the order is closed or cancelled.
        GuardRefused: nothing would be left of it, and nothing was done: cancel the order.
        LimitExceeded: more is to be cancelled than is neither delivered nor settled.
        InvalidValue: a line is not the order's, a quantity is not above zero, or the order would
            have more than ``MAX_LINES`` lines, cancelled ones included.
        CurrencyMismatch: a new line is in another currency.
        ManyFaults: all faults of the quantities, when there are several.
    """
    at = instant(at)
    ORDER_LIFECYCLE.after(order.status, "change", order, order.id)
    if cancel is None and not add:
        raise InvalidValue("lines", "must have at least one line")
    for place, line in enumerate(add):
        if line.net.currency != order.currency:
            raise CurrencyMismatch(f"lines[{place}].net", order.currency, line.net.currency)
    parts = [] if cancel is None else asked_quantities(order, cancel, cancellable)
    short = {line.id: shortened(line, part) for line, part in parts}
    lines = [*(short.get(line.id, line) for line in order.lines), *add]
    check_lines(lines)
    if not any(line.is_counted or was_invoiced(line) or line.delivered_quantity for line in lines):
        text = "nothing would be left of it; cancel the order instead"
        raise GuardRefused("order", order.id, "change", (text,))
    changes = (*order.changes, *_changes(parts, short, add, reason, at))
    after = with_lines(order, at, lines, changes=changes)
    event = OrderChanged(
        at=at, order=order.id, cancelled=len(parts), added=len(add), net=after.totals.net
    )
    return Change(after, (event,))


def shortened(line: OrderLine, quantity: Decimal) -> OrderLine:
    """The line with so much more of it cancelled.

    Where all that is left is settled, it is worth what was asked for it, cents of rounding included.
    """
    kept = CONTEXT.subtract(line.kept_quantity, quantity)
    worth = max(line.value(kept), line.settled_net)
    if kept == line.settled_quantity:
        worth = line.settled_net
    return attrs.evolve(
        line,
        cancelled_quantity=CONTEXT.add(line.cancelled_quantity, quantity),
        cancelled_net=line.net - worth,
    )


def repriced(
    line: OrderLine, line_id: UUID, unit_price: Money, discount: Share | None = None
) -> OrderLine:
    """A new line for what can be cancelled of a line, at another price.

    Args:
        line: The line.
        line_id: The id of the new one.
        unit_price: The new price of one unit, net of VAT, before the discount.
        discount: The new discount; the line's when missing.

    Raises:
        LimitExceeded: all of the line is delivered or settled.
        CurrencyMismatch: the price is in another currency.
        InvalidValue: the price is below zero, or less than the line's share of discounts.
    """
    rest = cancellable(line)
    if not rest:
        raise LimitExceeded("line", "another price", "nothing")
    if unit_price.currency != line.net.currency:
        raise CurrencyMismatch("unit_price", line.net.currency, unit_price.currency)
    rate = line.discount if discount is None else discount
    allowance, charge = (each.part(rest, line.quantity) for each in (line.allowance, line.charge))
    net = line_net(rest, unit_price, rate) - allowance + charge
    if unit_price.amount < 0 or net.amount < 0:
        raise InvalidValue("unit_price", "must not be negative, nor less than what is let off")
    kept = {name: getattr(line, name) for name in _KEPT}
    return OrderLine(
        **kept,
        id=line_id,
        quantity=rest,
        unit_price=unit_price,
        discount=rate,
        net=net,
        allowance=allowance,
        charge=charge,
        invoiced_net=Money.zero(net.currency),
    )


def _changes(
    parts: Iterable[tuple[OrderLine, Decimal]],
    short: Mapping[UUID, OrderLine],
    add: Iterable[OrderLine],
    reason: str | None,
    at: datetime,
) -> list[OrderChange]:
    cancelled = [
        OrderChange(
            kind=OrderChangeKind.CANCELLED,
            line=line.id,
            quantity=part,
            net=short[line.id].cancelled_net - line.cancelled_net,
            reason=reason,
            at=at,
        )
        for line, part in parts
    ]
    added = [
        OrderChange(
            kind=OrderChangeKind.ADDED,
            line=line.id,
            quantity=line.quantity,
            net=line.net,
            reason=reason,
            at=at,
        )
        for line in add
    ]
    return [*cancelled, *added]
