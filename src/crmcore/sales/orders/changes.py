"""What was changed about an order after it was placed: lines cut short, and lines that came later.

Nothing else about a line ever changes, so a new price is a line cut short and another one.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.grammar.entity import Places, Text
from crmcore.sales.lines import QUANTITY_PLACES, exact_quantity
from crmcore.values import Money, instant


class OrderChangeKind(StrEnum):
    """What became of a line."""

    CANCELLED = "cancelled"
    """Some of it, or the rest of it, is not wanted any more."""
    ADDED = "added"
    """It was not in the order before."""


@attrs.frozen(kw_only=True)
class OrderChange:
    """One line of an order, changed.

    Attributes:
        kind: What became of it.
        line: The line.
        quantity: How much was cancelled, or added.
        net: What that is worth.
        reason: Why.
        at: When.
    """

    kind: OrderChangeKind
    line: UUID
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(converter=exact_quantity)
    net: Money
    reason: Annotated[str, Text(max=500)] | None = None
    at: datetime = attrs.field(converter=instant)
