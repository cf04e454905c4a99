"""``crm.catalog``: what is sold, for how much, and what goes with what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crmcore.catalog import (
    NO_ALLOWANCE,
    PIECE,
    Cart,
    Component,
    ConfigurationRules,
    Configured,
    Exploded,
    Item,
    Margin,
    Option,
    PriceBook,
    PriceFound,
    PriceRequest,
    Product,
    ProductKind,
    UnitFactor,
    VatCategory,
    check_variant,
    configure,
    cost_of,
    exploded,
    line_margin,
    verbs,
)
from crmcore.contacts import Contact
from crmcore.errors import CrmError, NothingFound, UnknownName, raise_collected
from crmcore.grammar.field import F
from crmcore.grammar.naming import choice, nearest, shortened
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.offering import country_of
from crmcore.usecases.pricing import by_sku, inside, origins, price_book
from crmcore.usecases.work import Desk, Work
from crmcore.values import CONTEXT, Money, Share, as_decimal

Quantity = Decimal | int | str
"""How much of something."""


@commands
class Catalog(Collection[Product]):
    """Products and services with their prices."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Product)

    def add_product(
        self,
        *,
        sku: str,
        name: str,
        list_price: Money | None = None,
        series: str | None = None,
        unit: str = PIECE,
        vat_category: VatCategory | str = VatCategory.S,
        vat_rate: Share | None = None,
        vat_reason: str | None = None,
        kind: ProductKind | str = ProductKind.GOODS,
        variant_of: UUID | None = None,
        options: Sequence[Option] = (),
        components: Sequence[Component] = (),
        units: Sequence[UnitFactor] = (),
        unit_cost: Money | None = None,
        over_delivery: Share = NO_ALLOWANCE,
        over_billing: Share = NO_ALLOWANCE,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Product:
        """The new product, on sale.

        Args:
            sku: The article number; unique.
            name: Its name.
            list_price: What one unit costs, net.
            series: The family it belongs to.
            unit: The unit code of UN/ECE recommendation 20; pieces when left out.
            vat_category: The category of EN 16931.
            vat_rate: The rate of VAT; the category's usual one when left out.
            vat_reason: Why no VAT is charged, as it is to stand on invoices (BT-120).
            kind: Goods, a service, or a bundle of other products.
            variant_of: The product it is a variant of; what the variant has no price of costs as much.
            options: What tells a variant from its siblings.
            components: What a bundle holds.
            units: Further units it is sold in, each as so many of its own.
            unit_cost: What one unit costs you.
            over_delivery: How much more than ordered may be delivered.
            over_billing: How much more than ordered may be billed.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            Duplicate: when the article number or the external id is taken.
            InvalidValue: when rate and category do not fit, what it is a variant of is one itself, or
                a bundle would lie in itself.
            EntityNotFound: when a component, or what it is a variant of, does not exist.
        """
        asked = locals()

        def step(work: Work) -> Product:
            change = verbs.add_product(
                work.ids.new(),
                sku=sku,
                name=name,
                list_price=list_price,
                series=series,
                unit=unit,
                vat_category=choice("vat_category", VatCategory, vat_category),
                vat_rate=vat_rate,
                vat_reason=vat_reason,
                kind=choice("kind", ProductKind, kind),
                variant_of=variant_of,
                options=options,
                components=components,
                units=units,
                unit_cost=unit_cost,
                over_delivery=over_delivery,
                over_billing=over_billing,
                external_id=external_id,
                attributes=attributes,
                at=self._desk.at(at),
            )
            _fits_others(work, change.entity, ("variant_of", "components"))
            return work.apply(change)

        return self._desk.run("catalog.add_product", Product, key, asked, step)

    def update(
        self,
        product: Product | UUID,
        *,
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Product:
        """The product with other field values; see `crmcore.usecases.contacts.Contacts.update`.

        Raises:
            StaleRevision: when somebody changed the product since you read it.
            UnknownField, FieldProtected: for a name that cannot be set.
            InvalidValue: as for `add_product`.
        """
        asked = locals()

        def step(work: Work) -> Product:
            stored = work.current(Product, product, fields, verbs.PROTECTED)
            change = verbs.edit(stored, fields, self._desk.at(at))
            _fits_others(work, change.entity, fields)
            return work.apply(change)

        return self._desk.run("catalog.update", Product, key, asked, step)

    def set_price(
        self,
        id: UUID,
        amount: Money,
        *,
        valid_from: date | None = None,
        valid_until: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Product:
        """The product with a new list price; with a window, with a price for those days only.

        Raises:
            InvalidValue: when the window is empty or meets another one of the same currency.
        """
        asked = locals()

        def step(work: Work) -> Product:
            change = verbs.set_price(
                work.get(Product, id),
                amount,
                self._desk.at(at),
                valid_from=valid_from,
                valid_until=valid_until,
            )
            return work.apply(change)

        return self._desk.run("catalog.set_price", Product, key, asked, step)

    def price_of(
        self,
        id: UUID,
        *,
        on: date | None = None,
        currency: str | None = None,
        quantity: Quantity = 1,
        unit: str | None = None,
        customer: UUID | None = None,
        segments: Sequence[str] = (),
        price_list: str | None = None,
    ) -> PriceFound:
        """What one unit of the product costs, with the record that says so.

        Args:
            id: The product.
            on: The day; today when left out.
            currency: The currency; the company's when left out.
            quantity: How much is bought, in ``unit``.
            unit: The unit; the product's own when left out.
            customer: The id of who buys.
            segments: The segments the customer belongs to, the one that counts first before others.
            price_list: The code of a price list to be looked at besides.

        Raises:
            NothingFound: when it has no price in the currency on that day.
            UnknownName: when it is not sold in the unit, or there is no such price list.
        """
        request = PriceRequest(
            on=self._day(on),
            currency=currency or self._desk.settings.currency,
            quantity=quantity,
            unit=unit,
            customer=customer,
            segments=segments,
            price_list=price_list,
        )
        with self._desk.looking() as work:
            product = work.get(Product, id)
            return price_book(work, (product,), request).price(product)

    def explode(self, id: UUID, quantity: Quantity = 1) -> Exploded:
        """What is in so many pieces of a bundle, bundles in it opened too.

        Raises:
            EntityNotFound: when there is no such product.
            InvalidValue: when the quantity is not above zero.
        """
        with self._desk.looking() as work:
            product = work.get(Product, id)
            return exploded(product, inside(work, (product,)), quantity)

    def margin(
        self, id: UUID, price: Money, quantity: Quantity = 1, *, unit: str | None = None
    ) -> Margin:
        """The contribution margin (Deckungsbeitrag) of so much of a product at a price.

        The cost is that of the product; else of what is in the bundle; else of what it is a variant
        of. Where that is not known, there is no answer.

        Args:
            id: The product.
            price: What one unit is sold for, net.
            quantity: How much is sold, in ``unit``.
            unit: The unit; the product's own when left out.

        Raises:
            CurrencyMismatch: when the cost is in another currency than the price.
        """
        many = as_decimal("quantity", quantity)
        with self._desk.looking() as work:
            product = work.get(Product, id)
            known = inside(work, (product,))
            cost = cost_of(product, {**known, **origins(work, known.values())})
        per_unit = CONTEXT.multiply(many, product.factor(unit))
        return line_margin(price * many, cost, as_decimal("quantity", per_unit))

    def configure(
        self,
        items: Mapping[str, Quantity],
        *,
        rules: ConfigurationRules | None = None,
        customer: UUID | None = None,
        segments: Sequence[str] = (),
        country: str | None = None,
        price_list: str | None = None,
        currency: str | None = None,
        on: date | None = None,
    ) -> Configured:
        """What a cart becomes by the rules, and what they have to say about it; nothing is stored.

        Args:
            items: How much of what, by article number.
            rules: The rules; those of the settings when left out.
            customer: The id of who buys, for prices.
            segments: The segments the customer belongs to; rules are asked about the first.
            country: The country, by its code of two letters; that of the customer when left out.
            price_list: The code of a price list to be looked at besides.
            currency: The currency; the company's when left out.
            on: The day; today when left out.

        Raises:
            UnknownName: when there is no such product; `ManyFaults` for several.
            EntityNotFound: when there is no such customer.
        """
        rules = self._desk.settings.configuration if rules is None else rules
        request = PriceRequest(
            on=self._day(on),
            currency=currency or self._desk.settings.currency,
            customer=customer,
            segments=segments,
            price_list=price_list,
        )
        with self._desk.looking() as work:
            known = by_sku(work, {*items, *rules.adds})
            raise_collected([*_unknown(items, known)])
            book = price_book(work, known.values(), request)
            if customer is not None:
                country = country or country_of(work.get(Contact, customer))
        cart = Cart(
            items=[
                Item.of(known[sku], many, _priced(known[sku], book, many))
                for sku, many in items.items()
            ],
            currency=request.currency,
            segment=next(iter(request.segments), None),
            country=country,
            on=request.on,
        )
        priced = {sku: _priced(each, book) for sku, each in known.items()}
        prices = {sku: price for sku, price in priced.items() if price is not None}
        return configure(cart, rules, known, prices)

    def _day(self, on: date | None) -> date:
        return on or self._desk.day(self._desk.at(None))

    def discontinue(
        self, id: UUID, *, key: str | None = None, at: datetime | None = None
    ) -> Product:
        """The product, on sale no more.

        Raises:
            MoveForbidden: when it is so already.
        """
        asked = locals()

        def step(work: Work) -> Product:
            return work.apply(verbs.discontinue(work.get(Product, id), self._desk.at(at)))

        return self._desk.run("catalog.discontinue", Product, key, asked, step)

    def revive(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Product:
        """The product, on sale again.

        Raises:
            MoveForbidden: when it is on sale.
        """
        asked = locals()

        def step(work: Work) -> Product:
            return work.apply(verbs.revive(work.get(Product, id), self._desk.at(at)))

        return self._desk.run("catalog.revive", Product, key, asked, step)


def _fits_others(work: Work, product: Product, fields: Iterable[str]) -> None:
    """Nothing, when a product goes together with others; those are guarded, so that it stays so."""
    names = {*fields}
    if "variant_of" in names and product.variant_of is not None:
        parent = work.get(Product, product.variant_of)
        has_variants = work.first(Product, F.variant_of == product.id) is not None
        check_variant(product, parent, has_variants=has_variants)
        work.guard(parent)
    if "components" in names and product.components:
        known = inside(work, (product,))
        exploded(product, known)
        for each in known.values():
            if each.components and each.id != product.id:
                work.guard(each)


def _unknown(items: Iterable[str], known: Mapping[str, Product]) -> Iterator[CrmError]:
    for sku in items:
        if sku not in known:
            yield UnknownName("product", shortened(sku), nearest(sku, known))


def _priced(product: Product, book: PriceBook, quantity: Quantity = 1) -> Money | None:
    try:
        return book.price(product, quantity).amount
    except NothingFound:
        return None
