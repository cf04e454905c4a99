"""How products hang together: what is in a bundle, and what is a variant of what.

Pure: the products that are needed come in. Prices of variants are found in ``pricebook``.
"""

import html
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.catalog.model import Product
from crmcore.errors import EntityNotFound, InvalidValue
from crmcore.values import CONTEXT, as_decimal, as_exact

MAX_LEVELS = 10
"""Bundles lie in each other at most so many levels deep."""


@attrs.frozen
class Part:
    """One product of an exploded bundle.

    Attributes:
        product: The product, which is no bundle.
        quantity: How much of it there is in all, in its own unit.
        sources: The article numbers of the bundles it lies in, and how much comes from each.
    """

    product: Product
    quantity: Decimal
    sources: tuple[tuple[str, Decimal], ...]


@attrs.frozen
class Exploded:
    """What is in so many pieces of a product, bundles in it opened too.

    Attributes:
        product: The product.
        quantity: How many of it.
        parts: What is in it, each product once, in the order it is met.
    """

    product: Product
    quantity: Decimal
    parts: tuple[Part, ...]

    def explain(self) -> str:
        """The parts as lines of text, each with the bundles it comes from."""
        lines = [f"{self.quantity:f} {self.product.sku}"]
        for part in self.parts:
            origin = ", ".join(f"{much:f} in {sku}" for sku, much in part.sources)
            lines.append(f"  {part.quantity:f} {part.product.unit} {part.product.sku}: {origin}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.explain())}</pre>"


def exploded(
    product: Product, products: Mapping[UUID, Product], quantity: Decimal | int | str = 1
) -> Exploded:
    """What is in so many pieces of a bundle; of another product, the product itself.

    Args:
        product: The bundle.
        products: At least all products in it, at any depth, by id.
        quantity: How many bundles.

    Raises:
        EntityNotFound: one of the products in it is not given.
        InvalidValue: the quantity is not above zero, a bundle lies in itself, or they lie more than
            `MAX_LEVELS` deep.
    """
    many = as_decimal("quantity", quantity)
    if many <= 0:
        raise InvalidValue("quantity", "must be more than zero")
    known = {**products, product.id: product}
    order = _in_order(product, known)
    totals: dict[UUID, Decimal] = {product.id: many}
    sources: dict[UUID, list[tuple[str, Decimal]]] = {}
    for each in order:
        for inside in each.components:
            much = as_exact("quantity", CONTEXT.multiply(totals[each.id], inside.quantity))
            before = totals.get(inside.product, Decimal(0))
            totals[inside.product] = as_exact("quantity", CONTEXT.add(before, much))
            sources.setdefault(inside.product, []).append((each.sku, much))
    parts = tuple(
        Part(each, totals[each.id], tuple(sources.get(each.id, ())))
        for each in order
        if not each.components
    )
    return Exploded(product, many, parts)


def _in_order(root: Product, known: Mapping[UUID, Product]) -> list[Product]:
    """Everything in a product, each bundle before what is in it."""
    done: dict[UUID, Product] = {}
    deep: dict[UUID, int] = {}

    def walk(product: Product, path: tuple[Product, ...]) -> int:
        if any(each.id == product.id for each in path):
            chain = " > ".join(each.sku for each in (*path, product))
            raise InvalidValue("components", f"a bundle lies in itself: {chain}")
        if product.id in deep:
            return deep[product.id]
        if len(path) > MAX_LEVELS:
            raise InvalidValue("components", f"bundles lie at most {MAX_LEVELS} levels deep")
        here = (*path, product)
        # Backwards, because what is done last comes first.
        levels = [
            1 + walk(_inside(each.product, known), here) for each in reversed(product.components)
        ]
        deep[product.id] = max(levels, default=0)
        done[product.id] = product
        return deep[product.id]

    if walk(root, ()) > MAX_LEVELS:
        raise InvalidValue("components", f"bundles lie at most {MAX_LEVELS} levels deep")
    return [*reversed(done.values())]


def _inside(id: UUID, known: Mapping[UUID, Product]) -> Product:
    if id not in known:
        raise EntityNotFound("product", id)
    return known[id]


def check_variant(product: Product, parent: Product, *, has_variants: bool) -> None:
    """Nothing, when a product may be a variant of another.

    Args:
        product: The variant.
        parent: What it is to be a variant of.
        has_variants: Whether other products are variants of the variant.

    Raises:
        InvalidValue: the parent is a variant itself, or the variant has variants.
    """
    if parent.variant_of is not None:
        raise InvalidValue("variant_of", f"{parent.sku} is a variant itself")
    if has_variants:
        raise InvalidValue("variant_of", f"{product.sku} has variants itself")
