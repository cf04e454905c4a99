"""What is decided about an order as a whole: it is cancelled, held and resumed, closed and reopened.

How it is delivered is in ``delivering``, billed in ``billing``, changed in ``changing``.
"""

from datetime import datetime

from crmcore.grammar.change import Change, changed
from crmcore.sales.events import (
    OrderCancelled,
    OrderClosed,
    OrderHeld,
    OrderReopened,
    OrderResumed,
)
from crmcore.sales.lifecycle import ORDER_LIFECYCLE
from crmcore.sales.model import Order
from crmcore.sales.orders.ordering import with_lines
from crmcore.values import instant


def cancel_order(order: Order, at: datetime) -> Change[Order]:
    """The order is cancelled.

    Raises:
        MoveForbidden: it is done, closed or cancelled.
        GuardRefused: an invoice, be it a draft, holds a part of it, or a part of it is delivered.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "cancel", order, order.id)
    after = changed(order, at, status=status, hold_reason=None)
    return Change(after, (OrderCancelled(at=at, order=order.id),))


def hold_order(order: Order, reason: str, at: datetime) -> Change[Order]:
    """Nothing of the order is delivered or billed until it is resumed; drafts can be withdrawn.

    Raises:
        MoveForbidden: it is not open.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "hold", order, order.id)
    after = changed(order, at, status=status, hold_reason=reason)
    return Change(after, (OrderHeld(at=at, order=order.id),))


def resume_order(order: Order, at: datetime) -> Change[Order]:
    """The order goes on; it is done where nothing is left to do.

    Raises:
        MoveForbidden: it is not on hold.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "resume", order, order.id)
    opened = changed(order, at, status=status, hold_reason=None)
    after = with_lines(opened, at, order.lines)
    return Change(after, (OrderResumed(at=at, order=order.id),))


def close_order(order: Order, reason: str, at: datetime) -> Change[Order]:
    """What is left of the order will not be done; what is done stays as it is.

    Raises:
        MoveForbidden: it is done, closed or cancelled.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "close", order, order.id)
    after = changed(order, at, status=status, hold_reason=None, closed_reason=reason)
    return Change(after, (OrderClosed(at=at, order=order.id),))


def reopen_order(order: Order, at: datetime) -> Change[Order]:
    """What is left of a closed order will be done after all.

    Raises:
        MoveForbidden: it is not closed.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "reopen", order, order.id)
    opened = changed(order, at, status=status, closed_reason=None)
    after = with_lines(opened, at, order.lines)
    return Change(after, (OrderReopened(at=at, order=order.id),))
