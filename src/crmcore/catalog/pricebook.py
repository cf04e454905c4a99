"""Which price counts: the customer's list, the segment's, the one asked for, the default, the product.

Pure, and made for many lines: a `PriceBook` puts the lists in order once. The same lists, products
and question give the same answer, in whatever order they come in.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from operator import attrgetter
from uuid import UUID

import attrs

from crmcore.catalog.list_order import Entries, Look, looks_for
from crmcore.catalog.model import Price, Product
from crmcore.catalog.price_lists import (
    PriceEntry,
    PriceList,
)
from crmcore.catalog.pricing import (
    PriceChange,
    PriceFound,
    PriceRequest,
    PriceSource,
    Told,
    in_words,
)
from crmcore.errors import InvalidValue, NothingFound
from crmcore.values import CONTEXT, Money, as_decimal

_PLACES = 4


@attrs.frozen(eq=False)
class _Record:
    """The price in a record, before it is changed."""

    amount: Money
    source: PriceSource
    product: UUID
    price_list: str | None = None
    entry: PriceEntry | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@attrs.frozen(eq=False)
class PriceBook:
    """The price lists that count for somebody on a day, ready to price any number of products.

    Attributes:
        request: For whom, when, and in which currency.
    """

    request: PriceRequest
    _looks: tuple[Look, ...] = attrs.field(repr=False)
    _parents: Mapping[UUID, Product] = attrs.field(repr=False)

    @classmethod
    def of(
        cls,
        request: PriceRequest,
        lists: Iterable[PriceList] = (),
        parents: Iterable[Product] = (),
    ) -> "PriceBook":
        """The book for a request.

        Args:
            request: For whom, when, and in which currency; a quantity is told for each product.
            lists: The price lists there are, in any order; which of them count is found here.
            parents: The products that those to be priced are variants of.

        Raises:
            UnknownName: the list that is asked for by its code is not among them.
        """
        known = {each.id: each for each in lists}
        # Without any list there is nothing to put in order, and only one asked for can be missing.
        looks = looks_for(request, known) if known or request.price_list is not None else ()
        return cls(request, tuple(looks), {each.id: each for each in parents})

    def price(
        self,
        product: Product,
        quantity: Decimal | int | str | None = None,
        unit: str | None = None,
    ) -> PriceFound:
        """What one unit of a product costs.

        Args:
            product: The product.
            quantity: How much of it is bought, in ``unit``; that of the request when left out.
            unit: The unit; that of the request when left out, or else the product's own.

        Raises:
            NothingFound: it has no price; `explain` tells what was looked at.
            UnknownName: it is not sold in that unit.
            InvalidValue: the price of that unit has more than four places.
        """
        found, _ = self._look_up(product, quantity, unit)
        if found is None:
            asked = f"{self.request.currency} on {self.request.on.isoformat()}"
            raise NothingFound(f"price of product {product.sku} in {asked}")
        return found

    def explain(
        self,
        product: Product,
        quantity: Decimal | int | str | None = None,
        unit: str | None = None,
    ) -> str:
        """What was looked at for the price of a product, line by line, whether there is one or not."""
        return "\n".join(map(str, in_words(self._look_up(product, quantity, unit)[1])))

    def _look_up(
        self, product: Product, quantity: Decimal | int | str | None, unit: str | None
    ) -> tuple[PriceFound | None, tuple[Told, ...]]:
        asked = self.request
        wanted = asked.unit if unit is None else unit
        factor = product.factor(wanted)
        many = asked.quantity if quantity is None else as_decimal("quantity", quantity)
        if many < 0:
            raise InvalidValue("quantity", "must not be negative")
        parent = None if product.variant_of is None else self._parents.get(product.variant_of)
        search = _Search(asked, self._looks, product, parent, CONTEXT.multiply(many, factor))
        base = search.base()
        told = tuple(search.told)
        if base is None:
            return None, told
        found = PriceFound(
            amount=_in_unit(_changed(base.amount, search.changes), factor, wanted),
            source=base.source,
            on=asked.on,
            base=base.amount,
            product=base.product,
            unit=product.unit if wanted is None else wanted,
            price_list=base.price_list,
            entry=base.entry,
            changes=tuple(search.changes),
            valid_from=base.valid_from,
            valid_until=base.valid_until,
            told=told,
        )
        return found, told


class _Search:
    """The search for one price, which remembers where it has been."""

    def __init__(
        self,
        asked: PriceRequest,
        looks: Sequence[Look],
        product: Product,
        parent: Product | None,
        quantity: Decimal,
    ) -> None:
        self.told: list[Told] = []
        self.changes: list[PriceChange] = []
        self._asked = asked
        self._looks = looks
        self._product = product
        self._parent = parent
        self._quantity = quantity

    def base(self) -> _Record | None:
        """The record that gives the price; None when there is none."""
        found = self._of(self._product)
        if found is not None or self._product.variant_of is None:
            return found
        parent = self._parent
        if parent is None:
            self._tell("", "what it is a variant of is not known")
        elif parent.unit != self._product.unit:
            text = "is priced by {}, its variant {} is not"
            self._tell(f"product {parent.sku}", text, parent.unit, self._product.sku)
        else:
            text = "{} has no price; it is a variant of {}"
            self._tell("", text, self._product.sku, parent.sku)
            return self._of(parent)
        return None

    def _of(self, subject: Product) -> _Record | None:
        for look in self._looks:
            if look.entries is None:
                if subject is self._product:
                    self._tell(look.step.place, "{}", look.step.reason)
                continue
            found = self._in_list(look, look.entries, subject)
            if found is not None:
                return found
        return self._of_product(subject)

    def _in_list(self, look: Look, entries: Entries, subject: Product) -> _Record | None:
        entry = self._best(entries, subject.id)
        if entry is None and subject is self._product:
            entry = self._for_every(entries)
        place = look.step.place
        if entry is None:
            text = "nothing about {}{}"
            self._tell(place, text, subject.sku, self._hint(entries, subject))
            return None
        if entry.price is None:
            self.changes.append(PriceChange(look.code, entry))
            self._tell(place, "{} on what is found further up", entry, counted=True)
            return None
        self._tell(place, "{}", entry, counted=True)
        return _Record(
            entry.price,
            PriceSource.PRICE_LIST,
            subject.id,
            price_list=look.code,
            entry=entry,
            valid_from=entry.valid_from,
            valid_until=entry.valid_until,
        )

    def _for_every(self, entries: Entries) -> PriceEntry | None:
        # A list that names what this is a variant of speaks of it there, and not in general.
        parent = self._parent
        if parent is not None and self._best(entries, parent.id) is not None:
            return None
        return self._best(entries, None)

    def _best(self, entries: Entries, product: UUID | None) -> PriceEntry | None:
        fitting = (
            each
            for each in entries.get(product, ())
            if each.min_quantity <= self._quantity and each.covers(self._asked.on)
        )
        return max(fitting, key=attrgetter("min_quantity"), default=None)

    def _hint(self, entries: Entries, subject: Product) -> str:
        there = [each for each in entries.get(subject.id, ()) if each.covers(self._asked.on)]
        least = min((each.min_quantity for each in there), default=None)
        if least is not None:
            return f" below a quantity of {least:f}"
        return " that is valid on the day" if subject.id in entries else ""

    def _of_product(self, subject: Product) -> _Record | None:
        asked, of = self._asked, "" if subject is self._product else f"product {subject.sku}"
        dated = next((each for each in subject.prices if _fits(each, asked)), None)
        if dated is not None:
            text = "the dated price {} is valid on {}: {}"
            self._tell(of, text, _window(dated), asked.on, dated.amount, counted=True)
            return _Record(
                dated.amount,
                PriceSource.DATED_PRICE,
                subject.id,
                valid_from=dated.valid_from,
                valid_until=dated.valid_until,
            )
        many, listed = len(subject.prices), subject.list_price
        text = "none of {} dated prices is valid in {} on {}"
        self._tell(of, text, many, asked.currency, asked.on)
        if listed is None:
            self._tell(of, "no list price")
            return None
        if listed.currency != asked.currency:
            self._tell(of, "the list price is in {}", listed.currency)
            return None
        self._tell(of, "the list price holds: {}", listed, counted=True)
        return _Record(listed, PriceSource.LIST_PRICE, subject.id)

    def _tell(self, place: str, reason: str, *facts: object, counted: bool = False) -> None:
        self.told.append((place, reason, facts, counted))


# --- amounts -------------------------------------------------------------------------------------


def _changed(base: Money, changes: Sequence[PriceChange]) -> Money:
    """The price after all changes, exact until it is rounded once, to four places."""
    if not changes:
        return base
    exact = Fraction(base.amount)
    for each in changes:
        exact *= 1 + Fraction(each.entry.percent or 0) / 100
    scaled = exact * 10**_PLACES
    # No price is negative, so halves go up.
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Money(Decimal(whole).scaleb(-_PLACES, CONTEXT), base.currency)


def _in_unit(price: Money, factor: Decimal, unit: str | None) -> Money:
    if factor == 1:
        return price
    exact = CONTEXT.multiply(price.amount, factor)
    if exact != exact.quantize(Decimal((0, (1,), -_PLACES)), ROUND_HALF_UP, CONTEXT):
        text = f"the price of one {unit} has more than {_PLACES} places; sell it by a larger unit"
        raise InvalidValue("unit", text)
    return Money(exact, price.currency)


def _fits(price: Price, asked: PriceRequest) -> bool:
    return price.amount.currency == asked.currency and price.covers(asked.on)


def _window(price: Price) -> str:
    end = "without end" if price.valid_until is None else f"until {price.valid_until.isoformat()}"
    return f"from {price.valid_from.isoformat()} {end}"


def price_of(
    product: Product,
    on: date,
    currency: str,
    *,
    quantity: Decimal | int | str = 1,
    unit: str | None = None,
    customer: UUID | None = None,
    segments: Iterable[str] = (),
    price_list: str | None = None,
    lists: Iterable[PriceList] = (),
    parent: Product | None = None,
) -> PriceFound:
    """The price of one unit of ``product`` on that day in that currency; for many, see `PriceBook`.

    Looked at are, in this order: the lists of the customer, of the segments, and the one asked for,
    each with those above it; default lists; the dated prices of the product; its list price; and
    all of this once more for what it is a variant of.

    Args:
        product: The product.
        on: The day.
        currency: The currency.
        quantity: How much is bought, in ``unit``.
        unit: The unit; the product's own when left out.
        customer: Who buys.
        segments: The segments the customer belongs to.
        price_list: The code of a list to be looked at besides.
        lists: The price lists there are.
        parent: What the product is a variant of.

    Raises:
        NothingFound: there is no price for it.
        UnknownName: the product is not sold in that unit, or there is no such price list.
        InvalidValue: the price of that unit has more than four places.
    """
    request = PriceRequest(
        on=on,
        currency=currency,
        quantity=quantity,
        unit=unit,
        customer=customer,
        segments=segments,
        price_list=price_list,
    )
    return PriceBook.of(request, lists, () if parent is None else (parent,)).price(product)
