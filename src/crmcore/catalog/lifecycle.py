"""Which state of a product may follow which, and which of a price list.

A discontinued product stays on every document it is on; it can come back. So can a price list.
"""

from crmcore.catalog.model import ProductStatus
from crmcore.catalog.price_lists import PriceListStatus
from crmcore.grammar.lifecycle import Lifecycle, move

PRODUCT_LIFECYCLE: Lifecycle[ProductStatus, None] = Lifecycle(
    name="product",
    states=ProductStatus,
    initial={ProductStatus.ACTIVE},
    final={ProductStatus.DISCONTINUED},
    moves=(
        move("discontinue", ProductStatus.ACTIVE, ProductStatus.DISCONTINUED),
        move("revive", ProductStatus.DISCONTINUED, ProductStatus.ACTIVE),
    ),
)
"""The states of a product; its moves need no facts."""

_DRAFT, _ACTIVE, _RETIRED = PriceListStatus

PRICE_LIST_LIFECYCLE: Lifecycle[PriceListStatus, None] = Lifecycle(
    name="price list",
    states=PriceListStatus,
    initial={_DRAFT},
    final={_RETIRED},
    moves=(
        move("set_entry", _DRAFT, _DRAFT),
        move("set_entry", _ACTIVE, _ACTIVE),
        move("remove_entry", _DRAFT, _DRAFT),
        move("remove_entry", _ACTIVE, _ACTIVE),
        move("activate", {_DRAFT, _RETIRED}, _ACTIVE),
        move("retire", {_DRAFT, _ACTIVE}, _RETIRED),
    ),
)
"""The states of a price list; its moves need no facts."""
