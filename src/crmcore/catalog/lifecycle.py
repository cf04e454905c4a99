"""Which state of a product may follow which.

A discontinued product stays on every document it is on; it can come back.
"""

from crmcore.catalog.model import ProductStatus
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
