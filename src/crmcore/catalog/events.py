"""What happened to products, told in the past tense."""

from datetime import date
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


EVENTS: tuple[type[Event], ...] = (
    ProductAdded,
    ProductEdited,
    PriceSet,
    ProductDiscontinued,
    ProductRevived,
)
"""Every event of this room."""
