"""An order with other ledgers, and what follows from them for its status.

Every verb that moves a ledger comes through here, so that what an order tells of itself always
follows from its lines.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from crmcore.grammar.change import changed
from crmcore.sales.orders.lifecycle import ORDER_LIFECYCLE
from crmcore.sales.orders.lines import OrderLine, are_exact
from crmcore.sales.orders.model import Fulfilment, Order, OrderStatus, billing_of, delivery_of
from crmcore.sales.totals import Totals, totals_of
from crmcore.values import Money


def with_lines(order: Order, at: datetime, lines: Iterable[OrderLine], **fields: Any) -> Order:
    """The order with these lines; billed, delivered and done as their ledgers say.

    An open order whose lines leave nothing to do is done, and one that was done and has something
    to do again is open. What somebody decided (on hold, closed, cancelled) stays.

    Args:
        order: The order.
        at: When.
        lines: All its lines.
        **fields: Other fields that change with them.
    """
    after = tuple(lines)
    billing, delivery = billing_of(after), delivery_of(after)
    left = {billing, delivery} != {Fulfilment.FULLY}
    status = order.status
    if status is OrderStatus.OPEN and not left:
        status = ORDER_LIFECYCLE.after(status, "complete", order, order.id)
    elif status is OrderStatus.DONE and left:
        status = ORDER_LIFECYCLE.after(status, "release", order, order.id)
    standing = fields.get("invoiced", order.invoiced) - fields.get("credited", order.credited)
    return changed(
        order,
        at,
        lines=after,
        totals=_totals(order, after, standing),
        billing=billing,
        delivery=delivery,
        status=status,
        **fields,
    )


def _totals(order: Order, lines: Sequence[OrderLine], standing: Money) -> Totals:
    exact = are_exact(lines)
    if _cancelled(order.lines) == _cancelled(lines):
        fits = order.totals.payable == standing if exact else order.totals.rounding.is_zero
        if fits:
            return order.totals
    plain = totals_of(lines, order.currency)
    # VAT was rounded on every document. Where no invoice is left to make up for that (the rest was
    # cancelled, or credited), the order does: it comes to what the customer was asked for.
    return totals_of(lines, order.currency, standing - plain.gross) if exact else plain


def _cancelled(lines: Sequence[OrderLine]) -> list[Decimal]:
    return [line.cancelled_quantity for line in lines]
