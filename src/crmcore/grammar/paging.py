"""Keyset paging, said in the expression language itself, so that every store has it for free."""

from collections.abc import Sequence
from uuid import UUID

from crmcore.errors import InvalidValue
from crmcore.grammar.query import (
    EVERYTHING,
    Compare,
    Condition,
    Either,
    Every,
    Missing,
    Not,
    Order,
    Path,
    Scalar,
)

ID = Order(Path(("id",)))
"""The key every order ends in, which makes it total."""


def total_order(order: Sequence[Order]) -> tuple[Order, ...]:
    """The order keys with the id as the last one, so that no two entities are equal in it."""
    return tuple(order) if order and order[-1].by == ID.by else (*order, ID)


def beyond(order: Sequence[Order], cursor: Sequence[Scalar | None]) -> Condition:
    """What the entities after a cursor fulfil, in a total order.

    Args:
        order: The keys, the id last.
        cursor: The values of those keys at the last entity of the page before.

    Raises:
        InvalidValue: when the cursor belongs to another order.
    """
    if not order or len(order) != len(cursor):
        raise InvalidValue("cursor", "has one value for every key of the order")
    (key, *keys), (value, *values) = order, cursor
    further = _further(key, value)
    if not keys:
        return further
    same = Missing(key.by) if value is None else Compare("eq", key.by, value)
    tie = Every((same, beyond(keys, values)))
    if value is None or isinstance(value, UUID):
        return Either((further, tie))
    # Implied by the rest, but it lets a database enter its index at the right place.
    edge = Compare("le" if key.descending else "ge", key.by, value)
    return Every((edge, Either((further, tie))))


def _further(key: Order, value: Scalar | None) -> Condition:
    if value is None:
        return Not(Missing(key.by))
    return Compare("lt" if key.descending else "gt", key.by, value)


def after(order: Sequence[Order], cursor: Sequence[Scalar | None] | None) -> Condition:
    """Like `beyond`, with no cursor meaning the beginning."""
    return EVERYTHING if cursor is None else beyond(order, cursor)
