"""From what a caller drafts to the lines of a quote: prices, texts, costs and VAT from the products.

All faults of all lines are collected and raised at once, each with its path (``lines[1].quantity``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.catalog import (
    PIECE,
    PriceBook,
    PriceFound,
    PriceRequest,
    Product,
    ProductKind,
    ProductStatus,
    VatCategory,
    cost_of,
    default_rate,
    exploded,
    reason_faults,
    vat_faults,
)
from crmcore.errors import (
    CrmError,
    CurrencyMismatch,
    EntityNotFound,
    FaultAt,
    InvalidText,
    InvalidValue,
    NothingFound,
    ReferenceNotFound,
    UnknownName,
    raise_collected,
)
from crmcore.sales.lines import NOTHING, check_lines
from crmcore.sales.quotes.adjusting import LinePrice, adjustment_faults, line_price
from crmcore.sales.quotes.lines import LineDraft, QuoteLine
from crmcore.values import Money, Share

_LONGEST = 200
_NO_QUANTITY = Decimal(0)


@attrs.frozen(kw_only=True)
class DraftedLine:
    """A line of a quote, and where its price comes from.

    Attributes:
        line: The line.
        price: What the price book says of its product; None where there is none, or no product.
    """

    line: QuoteLine
    price: PriceFound | None = None


def quote_lines(
    drafts: Sequence[LineDraft],
    products: Mapping[UUID, Product],
    line_ids: Sequence[UUID],
    *,
    currency: str,
    on: date,
    book: PriceBook | None = None,
) -> tuple[QuoteLine, ...]:
    """The drafts as lines of a quote, in their order; see `drafted_lines`."""
    made = drafted_lines(drafts, products, line_ids, currency=currency, on=on, book=book)
    return tuple(each.line for each in made)


def drafted_lines(
    drafts: Sequence[LineDraft],
    products: Mapping[UUID, Product],
    line_ids: Sequence[UUID],
    *,
    currency: str,
    on: date,
    book: PriceBook | None = None,
) -> tuple[DraftedLine, ...]:
    """The drafts as lines of a quote, in their order, each with the price that was found for it.

    What a draft leaves open comes from its product: the name, the unit, the price of the day, the
    cost, what deliveries and bills may exceed, and the VAT. Without a product it is one piece,
    taxed at the standard rate. A bundle stays one line; it ships when there are goods in it.

    Args:
        drafts: What the caller gave, one to ``MAX_LINES``.
        products: The products the drafts name, what they are variants of, and what is in bundles,
            by id.
        line_ids: The ids of the lines, one each.
        currency: The currency of the quote.
        on: The day whose prices hold.
        book: The price book; one of the products' own prices when left out.

    Raises:
        CrmError: the only fault of the drafts.
        ManyFaults: all faults, when there are several.
    """
    check_lines(drafts)
    if len(line_ids) != len(drafts):
        raise InvalidValue("line_ids", "must be as many as the lines")
    if book is None:
        request = PriceRequest(on=on, currency=currency)
        book = PriceBook.of(request, parents=_origins(drafts, products))
    faults: list[CrmError] = []
    lines: list[DraftedLine] = []
    for at, (draft, line_id) in enumerate(zip(drafts, line_ids, strict=True)):
        product = None if draft.product is None else products.get(draft.product)
        place = _Place(f"lines[{at}]", currency, draft, product, products)
        made, found = place.drafted(line_id, book)
        faults.extend(found)
        if made is not None:
            lines.append(made)
    raise_collected(faults)
    return tuple(lines)


def _origins(drafts: Iterable[LineDraft], products: Mapping[UUID, Product]) -> Iterator[Product]:
    """What the products of drafts are variants of."""
    for draft in drafts:
        own = None if draft.product is None else products.get(draft.product)
        origin = None if own is None or own.variant_of is None else products.get(own.variant_of)
        if origin is not None:
            yield origin


@attrs.frozen(eq=False)
class _Place:
    """One draft where it stands, with its product."""

    path: str
    currency: str
    draft: LineDraft
    product: Product | None
    products: Mapping[UUID, Product]

    def drafted(self, line_id: UUID, book: PriceBook) -> tuple[DraftedLine | None, list[CrmError]]:
        """The line, or everything that is wrong with it."""
        if self.draft.product is not None and self.product is None:
            return None, [ReferenceNotFound("quote", f"{self.path}.product", self.draft.product)]
        faults = [*self._faults()]
        found, unpriced = self._found(book)
        price = self.draft.unit_price
        if price is None:
            price = None if found is None else found.amount
            faults += unpriced
        faults += [*self._price_faults()]
        faults += [*self._vat_faults()]
        if faults or price is None:
            return None, faults
        try:
            cost = line_price(self.draft, price)
            return DraftedLine(line=self._line(line_id, price, cost, found), price=found), []
        except InvalidValue as too_large:
            return None, [InvalidValue(f"{self.path}.net", too_large.reason)]

    def _faults(self) -> Iterator[CrmError]:
        draft, product, path = self.draft, self.product, self.path
        if product is not None and product.status is ProductStatus.DISCONTINUED:
            yield InvalidValue(f"{path}.product", f"{product.sku} is discontinued")
        if product is None and draft.description is None:
            yield InvalidValue(f"{path}.description", "is needed where there is no product")
        if draft.description is not None and not draft.description.strip():
            yield InvalidText(f"{path}.description", "must not be blank")
        if draft.quantity <= 0:
            yield InvalidValue(f"{path}.quantity", "must be above zero")
        if draft.discounts or draft.charges:
            yield from adjustment_faults(f"{path}.", self.currency, draft.discounts, draft.charges)
        cost = draft.unit_cost
        if cost is not None and cost.currency != self.currency:
            yield CurrencyMismatch(f"{path}.unit_cost", self.currency, cost.currency)
        elif cost is not None and cost.amount < 0:
            yield InvalidValue(f"{path}.unit_cost", "must not be negative")

    def _price_faults(self) -> Iterator[CrmError]:
        field, price = f"{self.path}.unit_price", self.draft.unit_price
        if price is not None and price.currency != self.currency:
            yield CurrencyMismatch(field, self.currency, price.currency)
        elif price is not None and price.amount < 0:
            # EN 16931, BR-27: the net price of an item is never negative.
            yield InvalidValue(field, "a price must not be negative")

    def _vat_faults(self) -> Iterator[CrmError]:
        category, rate = self._vat
        yield from vat_faults(category, rate, f"{self.path}.vat_rate")
        yield from reason_faults(category, self.draft.vat_reason, f"{self.path}.vat_reason")

    def _found(self, book: PriceBook) -> tuple[PriceFound | None, list[CrmError]]:
        """What the price book says, or why that is nothing."""
        field = f"{self.path}.unit_price"
        if self.product is None:
            return None, [InvalidValue(field, "is needed where there is no product")]
        try:
            many = max(self.draft.quantity, _NO_QUANTITY)
            return book.price(self.product, many, self.draft.unit), []
        except NothingFound as missing:
            return None, [InvalidValue(field, str(missing))]
        except (UnknownName, InvalidValue) as fault:
            return None, [FaultAt(f"{self.path}.unit", fault)]

    @property
    def _vat(self) -> tuple[VatCategory, Share]:
        draft, product = self.draft, self.product
        own = VatCategory.S if product is None else product.vat_category
        category = own if draft.vat_category is None else draft.vat_category
        if draft.vat_rate is not None:
            return category, draft.vat_rate
        if product is not None and product.vat_category is category:
            return category, product.vat_rate
        return category, default_rate(category)

    def _line(
        self, line_id: UUID, price: Money, costs: LinePrice, found: PriceFound | None
    ) -> QuoteLine:
        draft, product = self.draft, self.product
        category, rate = self._vat
        known = self._unit_cost()
        name, unit = ("", PIECE) if product is None else (product.name, product.unit)
        reason = draft.vat_reason
        if reason is None and product is not None and product.vat_category is category:
            reason = product.vat_reason
        return QuoteLine(
            id=line_id,
            product=draft.product,
            description=name if draft.description is None else draft.description,
            quantity=draft.quantity,
            unit=unit if draft.unit is None else draft.unit,
            unit_price=price,
            discount=costs.discount,
            vat_category=category,
            vat_rate=rate,
            vat_reason=reason,
            net=costs.net,
            allowance=costs.allowance,
            charge=costs.charge,
            optional=draft.optional,
            billing=draft.billing,
            ships=self._ships(),
            over_delivery=NOTHING if product is None else product.over_delivery,
            over_billing=NOTHING if product is None else product.over_billing,
            unit_cost=known if draft.unit_cost is None else draft.unit_cost,
            product_cost=known,
            priced_by=_source(found) if found is not None and found.amount == price else None,
        )

    def _ships(self) -> bool:
        if self.draft.ships is not None:
            return self.draft.ships
        if self.product is None or self.product.kind is not ProductKind.BUNDLE:
            return self.product is not None and self.product.kind is ProductKind.GOODS
        try:
            inside = exploded(self.product, self.products).parts
        except EntityNotFound:
            # What is in it is not known here: whoever sells it may have to deliver it.
            return True
        return any(part.product.kind is ProductKind.GOODS for part in inside)

    def _unit_cost(self) -> Money | None:
        """What one unit of the line costs us, where that is known in the currency of the quote."""
        own = None if self.product is None else cost_of(self.product, self.products)
        if own is None or self.product is None or own.currency != self.currency:
            return None
        try:
            return own * self.product.factor(self.draft.unit)
        except UnknownName:
            return None


def _source(found: PriceFound) -> str:
    """The record that gave a price, and those that changed it, as the line tells it."""
    told = str(found.source) if found.price_list is None else f"price list {found.price_list}"
    for each in found.changes:
        told = f"{told}, {each.price_list} {each.entry}"
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"
