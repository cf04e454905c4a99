"""What can be done with products: add, edit, set a price, discontinue, revive.

Every verb is a pure function that returns a change; nothing is stored here.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.catalog.events import (
    PriceSet,
    ProductAdded,
    ProductDiscontinued,
    ProductEdited,
    ProductRevived,
)
from crmcore.catalog.lifecycle import PRODUCT_LIFECYCLE
from crmcore.catalog.model import NO_ALLOWANCE, PIECE, Price, Product
from crmcore.catalog.parts import Component, Option, ProductKind, UnitFactor
from crmcore.catalog.vat import VatCategory, default_rate
from crmcore.errors import InvalidValue
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, changed, differing, edited
from crmcore.values import Money, Share, instant

PROTECTED = frozenset({"prices", "status", "list_price"})
"""Fields of a product that only verbs change."""


def add_product(
    id: UUID,
    *,
    sku: str,
    name: str,
    at: datetime,
    series: str | None = None,
    unit: str = PIECE,
    vat_category: VatCategory = VatCategory.S,
    vat_rate: Share | None = None,
    vat_reason: str | None = None,
    list_price: Money | None = None,
    kind: ProductKind = ProductKind.GOODS,
    variant_of: UUID | None = None,
    options: Iterable[Option] = (),
    components: Iterable[Component] = (),
    units: Iterable[UnitFactor] = (),
    unit_cost: Money | None = None,
    over_delivery: Share = NO_ALLOWANCE,
    over_billing: Share = NO_ALLOWANCE,
    external_id: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[Product]:
    """There is a new product, ready to be sold.

    Args:
        id: The id it gets.
        sku: The seller's own number of it.
        name: What it is called on documents.
        at: When it is added.
        series: The family of products it belongs to.
        unit: A code of UN/ECE recommendation 20.
        vat_category: How its sale is taxed.
        vat_rate: The rate of that tax; the default rate of the category when missing.
        vat_reason: Why no tax is charged.
        list_price: The price of one unit, net of VAT.
        kind: Goods, a service, or a bundle.
        variant_of: The product it is a variant of; whether it may be is asked elsewhere, see
            `crmcore.catalog.check_variant`.
        options: What tells a variant from its siblings.
        components: What a bundle holds.
        units: Further units it is sold in.
        unit_cost: What one unit costs the seller.
        over_delivery: How much more than ordered may be delivered.
        over_billing: How much more than ordered may be billed.
        external_id: What another system calls it.
        attributes: The customer's own fields.

    Raises:
        InvalidValue: the VAT rate does not fit the category, a price is negative, or the parts do not
            fit the kind; `ManyFaults` for several.
    """
    at = instant(at)
    product = Product(
        id=id,
        created_at=at,
        updated_at=at,
        attributes=attributes,
        sku=sku,
        name=name,
        series=series,
        unit=unit,
        vat_category=vat_category,
        vat_rate=default_rate(vat_category) if vat_rate is None else vat_rate,
        vat_reason=vat_reason,
        list_price=list_price,
        kind=kind,
        variant_of=variant_of,
        options=tuple(options),
        components=tuple(components),
        units=tuple(units),
        unit_cost=unit_cost,
        over_delivery=over_delivery,
        over_billing=over_billing,
        external_id=external_id,
    )
    return Change(product, (ProductAdded(at=at, product=id, sku=sku),))


def edit(product: Product, fields: dict[str, Any], at: datetime) -> Change[Product]:
    """The product has these field values; what is on documents already stays as it is.

    Raises:
        UnknownField: for a name a product does not have.
        FieldProtected: for a field only the library or another verb sets.
        InvalidValue: the VAT rate does not fit the category.
    """
    at = instant(at)
    after = edited(product, at, fields, PROTECTED)
    names = tuple(sorted(differing(product, after)))
    if not names:
        return Change(product)
    return Change(after, (ProductEdited(at=at, product=product.id, fields=names),))


def set_price(
    product: Product,
    amount: Money,
    at: datetime,
    *,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Change[Product]:
    """One unit costs ``amount``: by the list, or within a window of days.

    A dated price takes the place of one in the same currency that begins on the same day, and an
    earlier one without an end now ends where the new one begins. Any other overlap is refused.

    Args:
        product: The product.
        amount: The price of one unit, net of VAT.
        at: When it is set.
        valid_from: The first day of the window; without it the list price is set.
        valid_until: The day after the last one; None when the window has no end.

    Raises:
        InvalidValue: the price is negative, the window is empty or has only an end, or it overlaps
            another one.
    """
    at = instant(at)
    if valid_from is None:
        if valid_until is not None:
            raise InvalidValue("valid_from", "is needed where there is a valid_until")
        after = changed(product, at, list_price=amount)
    else:
        price = Price(amount=amount, valid_from=valid_from, valid_until=valid_until)
        after = changed(product, at, prices=_with_price(product.prices, price))
    if not differing(product, after):
        return Change(product)
    event = PriceSet(
        at=at,
        product=product.id,
        amount=amount,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    return Change(after, (event,))


def _with_price(prices: tuple[Price, ...], price: Price) -> tuple[Price, ...]:
    kept: list[Price] = []
    for other in prices:
        same = other.amount.currency == price.amount.currency
        if same and other.valid_from == price.valid_from:
            continue
        ends = same and other.valid_until is None and other.valid_from < price.valid_from
        kept.append(attrs.evolve(other, valid_until=price.valid_from) if ends else other)
    return tuple(sorted((*kept, price), key=lambda each: (each.valid_from, each.amount.currency)))


def discontinue(product: Product, at: datetime) -> Change[Product]:
    """The product is sold no more.

    Raises:
        MoveForbidden: it is discontinued already.
    """
    at = instant(at)
    status = PRODUCT_LIFECYCLE.after(product.status, "discontinue", None, product.id)
    return Change(
        changed(product, at, status=status), (ProductDiscontinued(at=at, product=product.id),)
    )


def revive(product: Product, at: datetime) -> Change[Product]:
    """The discontinued product is sold again.

    Raises:
        MoveForbidden: it is on sale.
    """
    at = instant(at)
    status = PRODUCT_LIFECYCLE.after(product.status, "revive", None, product.id)
    return Change(changed(product, at, status=status), (ProductRevived(at=at, product=product.id),))
