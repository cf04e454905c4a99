"""What holds for products and price lists, whatever commands were called."""

from collections.abc import Iterator, Sequence

from crmcore.catalog.model import Product
from crmcore.catalog.parts import ProductKind
from crmcore.catalog.price_lists import PriceList
from crmcore.checking import Breach, Invariant, Law, Referred


def variant_breaches(_product: Product, parents: Sequence[Product]) -> Iterator[Breach]:
    """Where a product is a variant of a variant.

    Args:
        _product: The product.
        parents: What it is a variant of.
    """
    for parent in parents:
        if parent.variant_of is not None:
            yield Breach(text="is a variant of a variant", found=parent.id)


def bundle_breaches(product: Product, inside: Sequence[Product]) -> Iterator[Breach]:
    """Where two bundles lie in each other.

    Args:
        product: The product.
        inside: What lies directly in it.
    """
    for each in inside:
        holds = any(part.product == product.id for part in each.components)
        if each.kind is ProductKind.BUNDLE and holds:
            yield Breach(text="lies in a bundle that lies in it", found=each.id)


def chain_breaches(given: PriceList, parents: Sequence[PriceList]) -> Iterator[Breach]:
    """Where two price lists stand above each other.

    Args:
        given: The price list.
        parents: The one above it.
    """
    for parent in parents:
        if parent.parent == given.id:
            yield Breach(text="stands above the list that stands above it", found=parent.id)


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="product-variants",
        law="what a product is a variant of is no variant itself",
        entity="product",
        check=variant_breaches,
        beside={"parents": Referred("product", "variant_of")},
    ),
    Invariant(
        name="product-bundles",
        law="a bundle does not lie in a bundle that lies in it",
        entity="product",
        check=bundle_breaches,
        beside={"inside": Referred("product", "components.product")},
    ),
    Invariant(
        name="price-list-chain",
        law="a price list does not stand above the list that stands above it",
        entity="price_list",
        check=chain_breaches,
        beside={"parents": Referred("price_list", "parent")},
    ),
)
"""The laws of the catalog."""
