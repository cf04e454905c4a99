"""The catalog: what can be sold, how it is taxed, and what it costs on a day.

Nothing here knows who buys; quotes, orders and invoices are in the sales room.
"""

from crmcore.catalog.events import (
    EVENTS,
    PriceSet,
    ProductAdded,
    ProductDiscontinued,
    ProductEdited,
    ProductRevived,
)
from crmcore.catalog.lifecycle import PRODUCT_LIFECYCLE
from crmcore.catalog.model import (
    PIECE,
    PRODUCT,
    Price,
    Product,
    ProductId,
    ProductStatus,
)
from crmcore.catalog.pricing import PriceFound, PriceSource, price_of
from crmcore.catalog.vat import (
    NO_RATE,
    STANDARD_RATE,
    VatCategory,
    check_vat,
    default_rate,
)
from crmcore.catalog.verbs import (
    PROTECTED,
    add_product,
    discontinue,
    edit,
    revive,
    set_price,
)

__all__ = [
    "EVENTS",
    "NO_RATE",
    "PIECE",
    "PRODUCT",
    "PRODUCT_LIFECYCLE",
    "PROTECTED",
    "STANDARD_RATE",
    "Price",
    "PriceFound",
    "PriceSet",
    "PriceSource",
    "Product",
    "ProductAdded",
    "ProductDiscontinued",
    "ProductEdited",
    "ProductId",
    "ProductRevived",
    "ProductStatus",
    "VatCategory",
    "add_product",
    "check_vat",
    "default_rate",
    "discontinue",
    "edit",
    "price_of",
    "revive",
    "set_price",
]
