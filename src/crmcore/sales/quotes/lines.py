"""The lines of quotes: what a caller drafts, and what a quote keeps of it.

Only shapes and what one line knows of itself; what becomes of a draft is in ``drafting``.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import attrs

from crmcore.catalog import Combination, Discount, Surcharge, VatCategory, exact_quantity
from crmcore.errors import CrmError, WrongType, raise_collected
from crmcore.grammar.entity import Text
from crmcore.grammar.forms import is_list
from crmcore.grammar.naming import choice_faults, chosen
from crmcore.sales.lines import NO_DISCOUNT, NOTHING, BillingPolicy, Line
from crmcore.values import Money, Share


def _combination(value: Combination | str) -> Any:
    return chosen(Combination, value)


def _vat_category(value: VatCategory | str | None) -> Any:
    return chosen(VatCategory, value)


def _billing(value: BillingPolicy | str) -> Any:
    return chosen(BillingPolicy, value)


def _listed(given: Any) -> Any:
    return tuple(given) if is_list(given) else given


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
