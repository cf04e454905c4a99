"""The lines of documents: what a caller drafts, and what quotes, orders and invoices keep.

Only shapes and what one line knows of itself. Sums over lines are in ``totals``, what an invoice
takes of an order line is in ``billing``.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import attrs

from crmcore.catalog import PIECE, ProductId, VatCategory
from crmcore.errors import InvalidValue, WrongType, raise_collected
from crmcore.grammar.entity import Places, Text
from crmcore.values import CONTEXT, Money, Share, as_decimal

QUANTITY_PLACES = 4
"""Digits after the point of a quantity."""

NO_DISCOUNT = Share(0)
"""The discount where none is given."""


def exact_quantity(value: Any) -> Decimal:
    """The quantity as an exact number with at most four places; a float is refused."""
    return as_decimal("quantity", value, QUANTITY_PLACES)


@attrs.frozen(kw_only=True)
class LineDraft:
    """What a caller gives for a line; what is missing comes from the product.

    Attributes:
        quantity: How much; a Decimal, an int or a text, never a float. Must be above zero.
        product: The product's id; without one, description and unit price are needed.
        description: What stands on the document.
        unit_price: The price of one unit, net of VAT, before the discount.
        discount: The part of the price that is not charged.
        vat_rate: The rate of VAT.
        vat_category: How the line is taxed.
        unit: The unit, a code of UN/ECE recommendation 20.

    Raises:
        WrongType: a value is of another type; `ManyFaults` when several are.
    """

    quantity: Decimal = attrs.field(converter=exact_quantity)
    product: UUID | None = None
    description: str | None = None
    unit_price: Money | None = None
    discount: Share = NO_DISCOUNT
    vat_rate: Share | None = None
    vat_category: VatCategory | None = None
    unit: str | None = None

    def __attrs_post_init__(self) -> None:
        # Drafts come from forms: what is wrong is named here, rather than fail in a sum later.
        raise_collected(tuple(_type_faults(self)))


_DRAFTED: Mapping[str, type] = {
    "product": UUID,
    "description": str,
    "unit_price": Money,
    "discount": Share,
    "vat_rate": Share,
    "vat_category": VatCategory,
    "unit": str,
}


def _type_faults(draft: LineDraft) -> Iterator[WrongType]:
    for name, cls in _DRAFTED.items():
        value = getattr(draft, name)
        is_left_open = value is None and name != "discount"
        if not is_left_open and not isinstance(value, cls):
            yield WrongType(name, cls.__name__, type(value).__name__)


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
        net: What the line costs, net of VAT, in whole minor units (EN 16931, BT-131).
    """

    id: UUID
    product: ProductId | None = None
    description: Annotated[str, Text(max=500)]
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(converter=exact_quantity)
    unit: Annotated[str, Text(max=10)] = PIECE
    unit_price: Money
    discount: Share = NO_DISCOUNT
    vat_category: VatCategory
    vat_rate: Share
    net: Money


@attrs.frozen(kw_only=True)
class QuoteLine(Line):
    """A line of a quote."""


@attrs.frozen(kw_only=True)
class OrderLine(Line):
    """A line of an order, with two ledgers: how much of it is invoiced, in quantity and in value.

    Attributes:
        invoiced_quantity: What its invoices hold, drafts included, withdrawn ones not.
        invoiced_net: Their net value.

    Raises:
        InvalidValue: a ledger is below zero or beyond what was ordered.
    """

    invoiced_quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(
        default=Decimal(0), converter=exact_quantity
    )
    invoiced_net: Money

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.invoiced_quantity <= self.quantity:
            raise InvalidValue("invoiced_quantity", "must lie between zero and the quantity")
        if not 0 <= self.invoiced_net.amount <= self.net.amount:
            raise InvalidValue("invoiced_net", "must lie between zero and the net value")

    @property
    def open_quantity(self) -> Decimal:
        """The quantity no invoice holds yet."""
        return CONTEXT.subtract(self.quantity, self.invoiced_quantity)

    @property
    def open_net(self) -> Money:
        """The net value no invoice holds yet."""
        return self.net - self.invoiced_net

    @property
    def is_billed(self) -> bool:
        """Whether quantity and value are invoiced in full."""
        return not self.open_quantity and self.open_net.is_zero

    @property
    def is_touched(self) -> bool:
        """Whether any quantity or value is invoiced."""
        return bool(self.invoiced_quantity) or not self.invoiced_net.is_zero


@attrs.frozen(kw_only=True)
class InvoiceLine(Line):
    """A line of an invoice.

    Its net is its part of the order line's net, so that all parts sum up to the cent; it may differ
    from quantity times price by less than two minor units.

    Attributes:
        order_line: The id of the order's line it bills; None without an order.
    """

    order_line: UUID | None = None
