"""What a product is: what can be sold, how it is taxed, and what it costs from when to when.

Stock and suppliers do not belong here; an ERP keeps those. Prices for some customers, or from some
quantity on, are in ``price_lists``, and finding the price that counts is in ``pricebook``.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import Annotated

import attrs

from crmcore.catalog.parts import (
    Component,
    Option,
    ProductId,
    ProductKind,
    UnitFactor,
    component_faults,
    option_faults,
    unit_faults,
)
from crmcore.catalog.vat import STANDARD_RATE, VatCategory, reason_faults, vat_faults
from crmcore.errors import CrmError, InvalidValue, raise_collected
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Text
from crmcore.grammar.naming import unknown
from crmcore.values import Money, Share, covers, window_faults

_ONE = Decimal(1)

PIECE = "C62"
"""One piece, as UN/ECE recommendation 20 codes it."""

NO_ALLOWANCE = Share(0)
"""Nothing more than was ordered."""


class ProductStatus(StrEnum):
    """Whether a product can be sold."""

    ACTIVE = "active"
    DISCONTINUED = "discontinued"


@attrs.frozen(kw_only=True)
class Price:
    """What one unit costs from a day on, up to but without another.

    Attributes:
        amount: The price of one unit, net of VAT.
        valid_from: The first day.
        valid_until: The day after the last one; None when there is no end.
    """

    amount: Money
    valid_from: date
    valid_until: date | None = None

    def __attrs_post_init__(self) -> None:
        raise_collected(
            [
                *amount_faults("amount", self.amount),
                *window_faults(self.valid_from, self.valid_until),
            ]
        )

    def covers(self, day: date) -> bool:
        """Whether the price is valid on ``day``."""
        return covers(self.valid_from, self.valid_until, day)


@attrs.frozen(kw_only=True, repr=False)
class Product(Entity):
    """Something that can be sold.

    Attributes:
        sku: The seller's own number of it.
        name: What it is called on documents.
        series: The family of products it belongs to.
        kind: Goods, a service, or a bundle of other products.
        variant_of: The product it is a variant of, which is none itself.
        options: What tells it from other variants of the same product.
        components: What a bundle holds.
        unit: The unit it is sold in, a code of UN/ECE recommendation 20.
        units: Further units it is sold in.
        vat_category: How its sale is taxed.
        vat_rate: The rate of that tax.
        vat_reason: Why no tax is charged, as it is to stand on invoices (BT-120).
        list_price: The price of one unit when no dated price is valid, net of VAT.
        prices: Dated prices; they beat the list price. No two of one currency overlap.
        unit_cost: What one unit costs the seller; None when that is not known.
        over_delivery: How much more than ordered may be delivered.
        over_billing: How much more than ordered may be billed.
        status: Whether it can be sold.
        external_id: What another system calls it.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """

    sku: Annotated[str, Text(min=1, max=100)]
    name: Annotated[str, Text(min=1, max=200, searchable=True)]
    series: Annotated[str, Text(max=100)] | None = None
    kind: ProductKind = ProductKind.GOODS
    variant_of: ProductId | None = None
    options: tuple[Option, ...] = ()
    components: tuple[Component, ...] = ()
    unit: Annotated[str, Text(max=10)] = PIECE
    units: tuple[UnitFactor, ...] = ()
    vat_category: VatCategory = VatCategory.S
    vat_rate: Share = STANDARD_RATE
    vat_reason: Annotated[str, Text(max=1000)] | None = None
    list_price: Money | None = None
    prices: tuple[Price, ...] = ()
    unit_cost: Money | None = None
    over_delivery: Share = NO_ALLOWANCE
    over_billing: Share = NO_ALLOWANCE
    status: ProductStatus = ProductStatus.ACTIVE
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        raise_collected([*_faults(self)])

    def factor(self, unit: str | None = None) -> Decimal:
        """How many of the product's own unit make one ``unit``; 1 for its own, or for None.

        Raises:
            UnknownName: it is not sold in that unit.
        """
        if unit is None or unit == self.unit:
            return _ONE
        known = {each.unit: each.factor for each in self.units}
        if unit not in known:
            raise unknown("unit", unit, (self.unit, *known))
        return known[unit]


def _faults(product: Product) -> Iterator[CrmError]:
    yield from vat_faults(product.vat_category, product.vat_rate)
    yield from reason_faults(product.vat_category, product.vat_reason)
    yield from amount_faults("list_price", product.list_price)
    yield from amount_faults("unit_cost", product.unit_cost)
    if product.prices:
        yield from _overlaps(product.prices)
    is_bundle, is_variant = product.kind is ProductKind.BUNDLE, product.variant_of is not None
    if is_bundle or product.components:
        yield from component_faults(product.id, product.components, is_bundle=is_bundle)
    if product.options:
        yield from option_faults(product.options, is_variant=is_variant)
    if product.units:
        yield from unit_faults(product.unit, product.units)
    if product.variant_of == product.id:
        yield InvalidValue("variant_of", "a product is no variant of itself")


def amount_faults(field: str, amount: Money | None) -> Iterator[CrmError]:
    """What is wrong with a price or a cost, where there is one."""
    # EN 16931, BR-27: the net price of an item is never negative.
    if amount is not None and amount.amount < 0:
        yield InvalidValue(field, "a price must not be negative")


def _overlaps(prices: Iterable[Price]) -> Iterator[CrmError]:
    in_order = sorted(prices, key=attrgetter("amount.currency", "valid_from"))
    for first, then in pairwise(in_order):
        same = first.amount.currency == then.amount.currency
        if same and (first.valid_until is None or then.valid_from < first.valid_until):
            yield InvalidValue(
                "prices",
                f"two {then.amount.currency} prices are valid on {then.valid_from.isoformat()}",
            )
            return


PRODUCT = EntityType(name="product", cls=Product, unique=(("sku",), ("external_id",)))
"""The declaration of products."""
