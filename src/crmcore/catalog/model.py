"""What a product is: what can be sold, how it is taxed, and what it costs from when to when.

Stock, variants and suppliers do not belong here; an ERP keeps those. Finding the price of a day is
in ``pricing``.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.catalog.vat import STANDARD_RATE, VatCategory, check_vat
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Text
from crmcore.values import Money, Share

ProductId = Annotated[UUID, Ref("product")]
"""The id of a product."""

PIECE = "C62"
"""One piece, as UN/ECE recommendation 20 codes it."""


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
        _check_amount("amount", self.amount)
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise InvalidValue("valid_until", "must be later than valid_from")

    def covers(self, day: date) -> bool:
        """Whether the price is valid on ``day``."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@attrs.frozen(kw_only=True, repr=False)
class Product(Entity):
    """Something that can be sold.

    Attributes:
        sku: The seller's own number of it.
        name: What it is called on documents.
        series: The family of products it belongs to.
        unit: The unit it is sold in, a code of UN/ECE recommendation 20.
        vat_category: How its sale is taxed.
        vat_rate: The rate of that tax.
        list_price: The price of one unit when no dated price is valid, net of VAT.
        prices: Dated prices; they beat the list price. No two of one currency overlap.
        status: Whether it can be sold.
        external_id: What another system calls it.
    """

    sku: Annotated[str, Text(min=1, max=100)]
    name: Annotated[str, Text(min=1, max=200, searchable=True)]
    series: Annotated[str, Text(max=100)] | None = None
    unit: Annotated[str, Text(max=10)] = PIECE
    vat_category: VatCategory = VatCategory.S
    vat_rate: Share = STANDARD_RATE
    list_price: Money | None = None
    prices: tuple[Price, ...] = ()
    status: ProductStatus = ProductStatus.ACTIVE
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        check_vat(self.vat_category, self.vat_rate)
        if self.list_price is not None:
            _check_amount("list_price", self.list_price)
        _check_windows(self.prices)


def _check_amount(field: str, amount: Money) -> None:
    # EN 16931, BR-27: the net price of an item is never negative.
    if amount.amount < 0:
        raise InvalidValue(field, "a price must not be negative")


def _check_windows(prices: Iterable[Price]) -> None:
    in_order = sorted(prices, key=attrgetter("amount.currency", "valid_from"))
    for first, then in pairwise(in_order):
        same = first.amount.currency == then.amount.currency
        if same and (first.valid_until is None or then.valid_from < first.valid_until):
            raise InvalidValue(
                "prices",
                f"two {then.amount.currency} prices are valid on {then.valid_from.isoformat()}",
            )


PRODUCT = EntityType(name="product", cls=Product, unique=(("sku",), ("external_id",)))
"""The declaration of products."""
