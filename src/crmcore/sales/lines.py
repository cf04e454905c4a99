"""What every line of a document has, and what decides how much of it may be billed.

What a line of one kind has besides is in the ``lines`` of its room; sums over lines are in ``totals``.
"""

from collections.abc import Sized
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.catalog import PIECE, QUANTITY_PLACES, ProductId, VatCategory, exact_quantity
from crmcore.errors import InvalidValue
from crmcore.grammar.entity import Places, Text
from crmcore.values import Money, Share

MAX_LINES = 10_000
"""So many lines a quote or an order has at most."""

NO_DISCOUNT = Share(0)
"""The discount where none is given."""

NOTHING = Share(0)
"""No part of anything."""


class BillingPolicy(StrEnum):
    """What decides how much of a line may be billed."""

    ORDERED = "ordered"
    """What is ordered, whether it is delivered or not."""
    DELIVERED = "delivered"
    """What is delivered and was not returned."""
    MILESTONES = "milestones"
    """The part that the milestones of the order have reached."""
    PREPAYMENT = "prepayment"
    """What is ordered, and it is delivered only when it is paid (Vorkasse)."""


def check_lines(lines: Sized) -> None:
    """Nothing, when a quote or an order can have so many lines.

    Raises:
        InvalidValue: there is none, or there are more than ``MAX_LINES``.
    """
    if not lines:
        raise InvalidValue("lines", "must have at least one line")
    if len(lines) > MAX_LINES:
        raise InvalidValue("lines", f"must have at most {MAX_LINES} lines")


def _nothing(line: "Line") -> Money:
    return Money.zero(line.net.currency)


@attrs.frozen(kw_only=True)
class Line:
    """What every line of a document has.

    Attributes:
        id: The line's own id.
        product: The product; None for a free line.
        description: What stands on the document.
        quantity: How much.
        unit: The unit, a code of UN/ECE recommendation 20.
        unit_price: The price of one unit, net of VAT, before the discount.
        discount: The part of the price that is not charged.
        vat_category: How the line is taxed.
        vat_rate: The rate of VAT.
        vat_reason: Why no VAT is charged (BT-120); None for the usual reason of the category.
        net: What the line costs, net of VAT, in whole minor units (EN 16931, BT-131): quantity times
            price less the discount, less ``allowance``, plus ``charge``.
        allowance: The line's share of the discounts on the whole document (BG-27).
        charge: The line's share of the surcharges on the whole document (BG-28).
    """

    id: UUID
    product: ProductId | None = None
    description: Annotated[str, Text(min=1, max=500)]
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(converter=exact_quantity)
    unit: Annotated[str, Text(max=10)] = PIECE
    unit_price: Money
    discount: Share = NO_DISCOUNT
    vat_category: VatCategory
    vat_rate: Share
    vat_reason: Annotated[str, Text(min=1, max=300)] | None = None
    net: Money
    allowance: Money = attrs.field(default=attrs.Factory(_nothing, takes_self=True))
    charge: Money = attrs.field(default=attrs.Factory(_nothing, takes_self=True))

    @property
    def is_counted(self) -> bool:
        """Whether the line is in the totals of its document."""
        return True

    @property
    def counted(self) -> Money:
        """What the line adds to the net total of its document."""
        return self.net
