"""Which state of an order may follow which, and under what conditions."""

from crmcore.grammar.field import F
from crmcore.grammar.lifecycle import Guard, Lifecycle, Move, move
from crmcore.grammar.query import Condition
from crmcore.sales.orders.lines import stands_invoiced
from crmcore.sales.orders.model import Order, OrderStatus

STANDING_STATUSES = tuple(status for status in OrderStatus if status is not OrderStatus.CANCELLED)
"""The states of orders that stand: what a cancelled one covered is free again."""

IS_STANDING_ORDER: Condition = F.status.in_(STANDING_STATUSES)
"""The condition of orders that stand."""

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

NOT_IN_INSTALMENTS = Guard[Order](
    "not_in_instalments",
    "it is being billed in instalments",
    lambda order: order.instalments is None,
)
"""What is billed in equal parts is not billed by milestones."""


def _within(
    action: str, *states: OrderStatus, guard: Guard[Order] | None = None
) -> tuple[Move[OrderStatus, Order], ...]:
    guards = () if guard is None else (guard,)
    return tuple(move(action, state, state, *guards) for state in states)


ORDER_LIFECYCLE = Lifecycle[OrderStatus, Order](
    name="order",
    states=OrderStatus,
    initial={OrderStatus.OPEN},
    final={OrderStatus.DONE, OrderStatus.CLOSED, OrderStatus.CANCELLED},
    moves=(
        *_within("bill", OrderStatus.OPEN, OrderStatus.DONE),
        *_within("deliver", OrderStatus.OPEN, OrderStatus.DONE),
        *_within(
            "return",
            OrderStatus.OPEN,
            OrderStatus.ON_HOLD,
            OrderStatus.DONE,
            OrderStatus.CLOSED,
        ),
        *_within("change", OrderStatus.OPEN, OrderStatus.ON_HOLD, OrderStatus.DONE),
        *_within(
            "plan",
            OrderStatus.OPEN,
            OrderStatus.ON_HOLD,
            OrderStatus.DONE,
            guard=NOT_IN_INSTALMENTS,
        ),
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

An order that is done can be delivered and billed within its allowances, and gets further lines. What
comes back opens it again where that leaves something to do. A credit is no move of the order: the
table of the invoice decides about it, whatever became of the order.
"""
