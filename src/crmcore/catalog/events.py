"""What happened to products and price lists, told in the past tense."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.grammar.change import Event
from crmcore.values import Money


@attrs.frozen(kw_only=True)
class ProductAdded(Event):
    """A product came into the catalog."""

    product: UUID
    sku: str


@attrs.frozen(kw_only=True)
class ProductEdited(Event):
    """Fields of a product changed; ``fields`` are their sorted names."""

    product: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class PriceSet(Event):
    """A product got a new price: the list price when ``valid_from`` is missing, else a dated one."""

    product: UUID
    amount: Money
    valid_from: date | None = None
    valid_until: date | None = None


@attrs.frozen(kw_only=True)
class ProductDiscontinued(Event):
    """A product is sold no more."""

    product: UUID


@attrs.frozen(kw_only=True)
class ProductRevived(Event):
    """A discontinued product is sold again."""

    product: UUID


@attrs.frozen(kw_only=True)
class PriceListAdded(Event):
    """There is a new price list."""

    price_list: UUID
    code: str


@attrs.frozen(kw_only=True)
class PriceListEdited(Event):
    """Fields of a price list changed; ``fields`` are their sorted names."""

    price_list: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class PriceEntrySet(Event):
    """A price list says something new of a product, or of every product where none is named."""

    price_list: UUID
    product: UUID | None = None
    min_quantity: Decimal
    price: Money | None = None
    percent: Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@attrs.frozen(kw_only=True)
class PriceEntryRemoved(Event):
    """An entry of a price list is gone."""

    price_list: UUID
    product: UUID | None = None
    min_quantity: Decimal
    valid_from: date | None = None


@attrs.frozen(kw_only=True)
class PriceListActivated(Event):
    """A price list counts from now on."""

    price_list: UUID


@attrs.frozen(kw_only=True)
class PriceListRetired(Event):
    """A price list counts no more."""

    price_list: UUID


EVENTS: tuple[type[Event], ...] = (
    ProductAdded,
    ProductEdited,
    PriceSet,
    ProductDiscontinued,
    ProductRevived,
    PriceListAdded,
    PriceListEdited,
    PriceEntrySet,
    PriceEntryRemoved,
    PriceListActivated,
    PriceListRetired,
)
"""Every event of this room."""
