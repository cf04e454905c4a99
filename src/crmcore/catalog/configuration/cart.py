"""What a configuration is about: a cart of items, as values that conditions can be asked of.

An item knows what it needs to be asked about, and nothing of stores or documents.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated

import attrs

from crmcore.catalog.model import PIECE, Product
from crmcore.catalog.parts import QUANTITY_PLACES, Option, ProductKind, exact_quantity
from crmcore.errors import CrmError, CurrencyMismatch, InvalidValue, raise_collected
from crmcore.grammar.binding import Scope
from crmcore.grammar.entity import Places, Text, field_spec, record_spec
from crmcore.grammar.registry import Registry
from crmcore.values import Money, sum_money

MAX_ITEMS = 1000
"""So many items a cart has at most."""
MAX_QUANTITY = Decimal(1_000_000_000)
"""So much of one thing a cart holds at most."""


_ONE = Decimal(1)


@attrs.frozen(kw_only=True)
class Item:
    """So much of one product in a cart.

    Attributes:
        sku: The article number.
        quantity: How much of it.
        series: The family of products it belongs to.
        kind: Goods, a service, or a bundle.
        unit: The unit of the quantity.
        options: What tells a variant from its siblings.
        price: What one unit costs, where that is known.
    """

    sku: Annotated[str, Text(min=1, max=100)]
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(
        default=_ONE, converter=exact_quantity
    )
    series: Annotated[str, Text(max=100)] | None = None
    kind: ProductKind = ProductKind.GOODS
    unit: Annotated[str, Text(max=10)] = PIECE
    options: tuple[Option, ...] = ()
    price: Money | None = None

    def __attrs_post_init__(self) -> None:
        if not 0 < self.quantity <= MAX_QUANTITY:
            raise InvalidValue("quantity", f"must be more than zero and at most {MAX_QUANTITY}")

    @classmethod
    def of(
        cls, product: Product, quantity: Decimal | int | str = 1, price: Money | None = None
    ) -> "Item":
        """So much of a product, in its own unit."""
        return cls(
            sku=product.sku,
            quantity=quantity,
            series=product.series,
            kind=product.kind,
            unit=product.unit,
            options=product.options,
            price=price,
        )


def _items(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(items)


@attrs.frozen(kw_only=True)
class Cart:
    """What somebody is about to buy.

    Attributes:
        items: What is in it; one product may be there several times.
        currency: The currency of the document.
        segment: The segment the customer belongs to.
        country: The country of the customer, by its code of two letters.
        on: The day.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """

    items: tuple[Item, ...] = attrs.field(default=(), converter=_items)
    currency: Annotated[str, Text(min=3, max=3)] = "EUR"
    segment: Annotated[str, Text(max=100)] | None = None
    country: Annotated[str, Text(max=2)] | None = None
    on: date | None = None

    def __attrs_post_init__(self) -> None:
        faults: list[CrmError] = []
        if len(self.items) > MAX_ITEMS:
            faults.append(InvalidValue("items", f"at most {MAX_ITEMS}, not {len(self.items)}"))
        for at, item in enumerate(self.items):
            if item.price is not None and item.price.currency != self.currency:
                path = f"items[{at}].price"
                faults.append(CurrencyMismatch(path, self.currency, item.price.currency))
        raise_collected(faults)

    @property
    def positions(self) -> int:
        """How many items there are, whatever their quantities."""
        return len(self.items)

    @property
    def net(self) -> Money | None:
        """What all of it costs before discounts; None where a price is not known."""
        known = [(each.price, each.quantity) for each in self.items]
        prices = [price * many for price, many in known if price is not None]
        return sum_money(prices, self.currency) if len(prices) == len(known) else None

    def quantity_of(self, sku: str) -> Decimal:
        """How much of a product is in it, all its items together."""
        return sum((each.quantity for each in self.items if each.sku == sku), Decimal(0))


_NOTHING = Registry.of((), ())

CART_SCOPE = Scope(
    "cart",
    {
        **record_spec(Cart).fields,
        "positions": field_spec("positions", int),
        "net": field_spec("net", Money | None),
    },
    _NOTHING,
)
"""What the condition of a rule may ask of a cart."""

ITEM_SCOPE = Scope("item", record_spec(Item).fields, _NOTHING)
"""What a price effect may ask of an item."""
