"""The lines of documents: what a caller drafts, and what quotes and invoices keep.

Only shapes and what one line knows of itself. The lines of orders, with their ledgers, are in
``orderlines``; sums over lines are in ``totals``.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import attrs

from crmcore.catalog import (
    PIECE,
    Combination,
    Discount,
    ProductId,
    Surcharge,
    VatCategory,
)
from crmcore.errors import CrmError, WrongType, raise_collected
from crmcore.grammar.entity import Places, Text
from crmcore.grammar.forms import is_list
from crmcore.grammar.naming import choice_faults, chosen
from crmcore.values import Money, Share, as_decimal

QUANTITY_PLACES = 4
"""Digits after the point of a quantity."""

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


def exact_quantity(value: Any) -> Decimal:
    """The quantity as an exact number with at most four places; a float is refused."""
    return as_decimal("quantity", value, QUANTITY_PLACES)


def _listed(given: Any) -> Any:
    return tuple(given) if is_list(given) else given


def _combination(value: Combination | str) -> Any:
    return chosen(Combination, value)


def _vat_category(value: VatCategory | str | None) -> Any:
    return chosen(VatCategory, value)


def _billing(value: BillingPolicy | str) -> Any:
    return chosen(BillingPolicy, value)


@attrs.frozen(kw_only=True)
class LineDraft:
    """What a caller gives for a line; what is missing comes from the product.

    Attributes:
        quantity: How much; a Decimal, an int or a text, never a float. Must be above zero.
        product: The product's id; without one, description and unit price are needed.
        description: What stands on the document.
        unit_price: The price of one unit, net of VAT, before the discount.
        discount: The part of the price that is not charged.
        discounts: Further discounts, shares or amounts, in their order.
        combination: Whether all of them count, each on what the others left, or only the best.
        charges: Surcharges on the line, after the discounts.
        vat_rate: The rate of VAT.
        vat_category: How the line is taxed.
        unit: The unit, a code of UN/ECE recommendation 20.
        vat_reason: Why no VAT is charged; the product's, or the usual one of the category, if None.
        optional: Whether the customer may leave the line out.
        billing: What decides how much of it may be billed.
        unit_cost: What one unit costs us, for the contribution margin; the product's if None.
        ships: Whether it is to be delivered; if None, goods are, and lines without a product not.

    Raises:
        WrongType: a value is of another type; `ManyFaults` for several faults.
        UnknownName: a text for a choice, such as ``vat_category="K"``, names none.
    """

    quantity: Decimal = attrs.field(converter=exact_quantity)
    product: UUID | None = None
    description: str | None = None
    unit_price: Money | None = None
    discount: Share = NO_DISCOUNT
    discounts: tuple[Discount, ...] = attrs.field(default=(), converter=_listed)
    combination: Combination = attrs.field(default=Combination.STACKED, converter=_combination)
    charges: tuple[Surcharge, ...] = attrs.field(default=(), converter=_listed)
    vat_rate: Share | None = None
    vat_category: VatCategory | None = attrs.field(default=None, converter=_vat_category)
    unit: str | None = None
    vat_reason: str | None = None
    optional: bool = False
    billing: BillingPolicy = attrs.field(default=BillingPolicy.ORDERED, converter=_billing)
    unit_cost: Money | None = None
    ships: bool | None = None

    @classmethod
    def of(cls, line: "QuoteLine") -> "LineDraft":
        """The line of a quote as a draft at the price it has, such as for the next version.

        Amounts off and on the line are left out: what of them is from discounts on the whole, the
        line does not tell.
        """
        names = (each.name for each in attrs.fields(cls) if each.name not in _NOT_KEPT)
        return cls(**{name: getattr(line, name) for name in names})

    def __attrs_post_init__(self) -> None:
        # Drafts come from forms: what is wrong is named here, rather than fail in a sum later.
        raise_collected(tuple(_type_faults(self)))


_DRAFTED: Mapping[str, type] = {
    "product": UUID,
    "description": str,
    "unit_price": Money,
    "discount": Share,
    "discounts": tuple,
    "combination": Combination,
    "charges": tuple,
    "vat_rate": Share,
    "vat_category": VatCategory,
    "unit": str,
    "vat_reason": str,
    "optional": bool,
    "billing": BillingPolicy,
    "unit_cost": Money,
    "ships": bool,
}
_NOT_KEPT = frozenset({"discounts", "combination", "charges"})
_NEVER_OPEN = frozenset({"discount", "discounts", "combination", "charges", "optional", "billing"})
_ITEMS: Mapping[str, type] = {"discounts": Discount, "charges": Surcharge}


def _type_faults(draft: LineDraft) -> Iterator[CrmError]:
    for name, cls in _DRAFTED.items():
        value = getattr(draft, name)
        is_left_open = value is None and name not in _NEVER_OPEN
        if is_left_open:
            continue
        if issubclass(cls, StrEnum):
            yield from choice_faults(name, cls, value)
        elif not isinstance(value, cls):
            yield WrongType(name, cls.__name__, type(value).__name__)
        elif name in _ITEMS:
            yield from _item_faults(name, value, _ITEMS[name])


def _item_faults(name: str, items: Any, cls: type) -> Iterator[WrongType]:
    for at, each in enumerate(items):
        if not isinstance(each, cls):
            yield WrongType(f"{name}[{at}]", cls.__name__, type(each).__name__)


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
    description: Annotated[str, Text(max=500)]
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(converter=exact_quantity)
    unit: Annotated[str, Text(max=10)] = PIECE
    unit_price: Money
    discount: Share = NO_DISCOUNT
    vat_category: VatCategory
    vat_rate: Share
    vat_reason: Annotated[str, Text(max=300)] | None = None
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


@attrs.frozen(kw_only=True)
class QuoteLine(Line):
    """A line of a quote.

    Attributes:
        optional: Whether the customer may leave it out; then it is in no total until it is chosen.
        chosen: Whether the customer chose it on acceptance, though it is optional.
        billing: What decides how much of it may be billed.
        ships: Whether it is something to be delivered.
        over_delivery: By what part of the quantity a delivery may exceed it.
        over_billing: By what part of quantity and value the invoices may exceed it.
        unit_cost: What one unit costs us; None where nobody knows.
        product_cost: What one unit costs by the product; None where that does not say.
        priced_by: The record that gave the price; None where the caller gave it.
    """

    optional: bool = False
    chosen: bool = False
    billing: BillingPolicy = BillingPolicy.ORDERED
    ships: bool = False
    over_delivery: Share = NOTHING
    over_billing: Share = NOTHING
    unit_cost: Money | None = None
    product_cost: Money | None = None
    priced_by: Annotated[str, Text(max=200)] | None = None

    @property
    def is_counted(self) -> bool:
        """Whether the line is in the totals: an optional one only when it is chosen."""
        return self.chosen or not self.optional

    @property
    def counted(self) -> Money:
        """The net of the line; nothing as long as it is not in the totals."""
        return self.net if self.is_counted else Money.zero(self.net.currency)

    @property
    def has_own_cost(self) -> bool:
        """Whether it has a cost by hand that is below what the product costs."""
        own, known = self.unit_cost, self.product_cost
        return known is not None and (own is None or own < known)


@attrs.frozen(kw_only=True)
class InvoiceLine(Line):
    """A line of an invoice or a credit note.

    Its net is its part of the order line's net, so that all parts sum up to the cent; it may differ
    from quantity times price by less than two minor units.

    Attributes:
        order_line: The id of the order's line it bills; None without an order.
        invoice_line: The id of the invoice's line that a line of a credit note takes back.
    """

    order_line: UUID | None = None
    invoice_line: UUID | None = None
