"""From what a caller drafts to the lines of a quote: prices, texts and VAT from the products.

All faults of all lines are collected and raised at once, each with its path (``lines[1].quantity``).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import attrs

from crmcore.catalog import (
    PIECE,
    Product,
    ProductStatus,
    VatCategory,
    check_vat,
    default_rate,
    price_of,
)
from crmcore.errors import (
    CrmError,
    CurrencyMismatch,
    InvalidValue,
    NothingFound,
    NotValid,
    ReferenceNotFound,
    raise_collected,
)
from crmcore.sales.lines import LineDraft, QuoteLine
from crmcore.sales.totals import line_net
from crmcore.values import Money, Share


def quote_lines(
    drafts: Sequence[LineDraft],
    products: Mapping[UUID, Product],
    line_ids: Sequence[UUID],
    *,
    currency: str,
    on: date,
) -> tuple[QuoteLine, ...]:
    """The drafts as lines of a quote, in their order.

    What a draft leaves open comes from its product: the name, the unit, the price of the day, and
    the VAT. Without a product it is one piece, taxed at the standard rate.

    Args:
        drafts: What the caller gave, at least one.
        products: The products the drafts name, by id.
        line_ids: The ids of the lines, one each.
        currency: The currency of the quote.
        on: The day whose prices hold.

    Raises:
        CrmError: the only fault of the drafts.
        ManyFaults: all faults, when there are several.
    """
    if not drafts:
        raise InvalidValue("lines", "must have at least one line")
    if len(line_ids) != len(drafts):
        raise InvalidValue("line_ids", "must be as many as the lines")
    faults: list[CrmError] = []
    lines: list[QuoteLine] = []
    for at, (draft, line_id) in enumerate(zip(drafts, line_ids, strict=True)):
        product = None if draft.product is None else products.get(draft.product)
        day = _Day(f"lines[{at}]", currency, on)
        found = _faults_of(draft, product, day)
        faults.extend(found)
        if not found:
            lines.append(_line(draft, product, line_id, day))
    raise_collected(faults)
    return tuple(lines)


@attrs.frozen
class _Day:
    """Where a line stands, and the currency and the day whose prices hold for it."""

    path: str
    currency: str
    on: date


def _faults_of(draft: LineDraft, product: Product | None, day: _Day) -> list[CrmError]:
    if draft.product is not None and product is None:
        return [ReferenceNotFound("quote", f"{day.path}.product", draft.product)]
    faults: list[CrmError] = []
    if product is not None and product.status is ProductStatus.DISCONTINUED:
        faults.append(InvalidValue(f"{day.path}.product", f"{product.sku} is discontinued"))
    if product is None and draft.description is None:
        needed = "is needed where there is no product"
        faults.append(InvalidValue(f"{day.path}.description", needed))
    if draft.quantity <= 0:
        faults.append(InvalidValue(f"{day.path}.quantity", "must be above zero"))
    for check in (_net, _checked_vat):
        try:
            check(draft, product, day)
        except NotValid as fault:
            faults.append(fault)
    return faults


def _price(draft: LineDraft, product: Product | None, day: _Day) -> Money:
    field, price = f"{day.path}.unit_price", draft.unit_price
    if price is None:
        if product is None:
            raise InvalidValue(field, "is needed where there is no product")
        try:
            return price_of(product, day.on, day.currency).amount
        except NothingFound as missing:
            raise InvalidValue(field, str(missing)) from None
    if price.currency != day.currency:
        raise CurrencyMismatch(field, day.currency, price.currency)
    if price.amount < 0:
        # EN 16931, BR-27: the net price of an item is never negative.
        raise InvalidValue(field, "a price must not be negative")
    return price


def _net(draft: LineDraft, product: Product | None, day: _Day) -> Money:
    price = _price(draft, product, day)
    try:
        return line_net(draft.quantity, price, draft.discount)
    except InvalidValue as too_large:
        raise InvalidValue(f"{day.path}.net", too_large.reason) from None


def _checked_vat(draft: LineDraft, product: Product | None, day: _Day) -> None:
    check_vat(*_vat(draft, product), f"{day.path}.vat_rate")


def _vat(draft: LineDraft, product: Product | None) -> tuple[VatCategory, Share]:
    own = VatCategory.S if product is None else product.vat_category
    category = own if draft.vat_category is None else draft.vat_category
    if draft.vat_rate is not None:
        return category, draft.vat_rate
    if product is not None and product.vat_category is category:
        return category, product.vat_rate
    return category, default_rate(category)


def _line(draft: LineDraft, product: Product | None, line_id: UUID, day: _Day) -> QuoteLine:
    category, rate = _vat(draft, product)
    name, unit = ("", PIECE) if product is None else (product.name, product.unit)
    return QuoteLine(
        id=line_id,
        product=draft.product,
        description=name if draft.description is None else draft.description,
        quantity=draft.quantity,
        unit=unit if draft.unit is None else draft.unit,
        unit_price=_price(draft, product, day),
        discount=draft.discount,
        vat_category=category,
        vat_rate=rate,
        net=_net(draft, product, day),
    )
