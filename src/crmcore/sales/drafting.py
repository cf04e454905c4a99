"""From what a caller drafts to the lines of a quote: prices, texts and VAT from the products.

All faults of all lines are collected and raised at once, each with its path (``lines[1].quantity``).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

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
    NotFound,
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
        found, product = _faults_of(draft, products, f"lines[{at}]", currency, on)
        if not found:
            try:
                lines.append(_line(draft, product, line_id, currency, on))
            except InvalidValue as error:
                found.append(InvalidValue(f"lines[{at}].net", error.reason))
        faults.extend(found)
    raise_collected(faults)
    return tuple(lines)


def _faults_of(
    draft: LineDraft, products: Mapping[UUID, Product], path: str, currency: str, on: date
) -> tuple[list[CrmError], Product | None]:
    faults: list[CrmError] = []
    if draft.quantity <= 0:
        faults.append(InvalidValue(f"{path}.quantity", "must be above zero"))
    product = None if draft.product is None else products.get(draft.product)
    if draft.product is not None and product is None:
        faults.append(ReferenceNotFound("quote", f"{path}.product", draft.product))
        return faults, None
    if product is not None and product.status is ProductStatus.DISCONTINUED:
        faults.append(InvalidValue(f"{path}.product", f"{product.sku} is discontinued"))
    if product is None and draft.description is None:
        faults.append(InvalidValue(f"{path}.description", "is needed where there is no product"))
    faults.extend(_price_faults(draft, product, f"{path}.unit_price", currency, on))
    try:
        check_vat(*_vat(draft, product), f"{path}.vat_rate")
    except InvalidValue as error:
        faults.append(error)
    return faults, product


def _price_faults(
    draft: LineDraft, product: Product | None, path: str, currency: str, on: date
) -> list[CrmError]:
    try:
        price = _price(draft, product, currency, on)
    except NotFound as error:
        return [InvalidValue(path, str(error))]
    except NotValid:
        return [InvalidValue(path, "is needed where there is no product")]
    if price.currency != currency:
        return [CurrencyMismatch(path, currency, price.currency)]
    # EN 16931, BR-27: the net price of an item is never negative.
    return [InvalidValue(path, "a price must not be negative")] if price.amount < 0 else []


def _price(draft: LineDraft, product: Product | None, currency: str, on: date) -> Money:
    if draft.unit_price is not None:
        return draft.unit_price
    if product is None:
        raise InvalidValue("unit_price", "is needed where there is no product")
    return price_of(product, on, currency).amount


def _vat(draft: LineDraft, product: Product | None) -> tuple[VatCategory, Share]:
    own = VatCategory.S if product is None else product.vat_category
    category = own if draft.vat_category is None else draft.vat_category
    if draft.vat_rate is not None:
        return category, draft.vat_rate
    if product is not None and product.vat_category is category:
        return category, product.vat_rate
    return category, default_rate(category)


def _line(
    draft: LineDraft, product: Product | None, line_id: UUID, currency: str, on: date
) -> QuoteLine:
    price = _price(draft, product, currency, on)
    category, rate = _vat(draft, product)
    name, unit = ("", PIECE) if product is None else (product.name, product.unit)
    return QuoteLine(
        id=line_id,
        product=draft.product,
        description=name if draft.description is None else draft.description,
        quantity=draft.quantity,
        unit=unit if draft.unit is None else draft.unit,
        unit_price=price,
        discount=draft.discount,
        vat_category=category,
        vat_rate=rate,
        net=line_net(draft.quantity, price, draft.discount),
    )
