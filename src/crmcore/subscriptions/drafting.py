"""From what a caller drafts to the lines of a subscription: texts, prices and VAT from the products.

What a line costs is found as for quotes; here is what of that can recur.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from crmcore.catalog import PriceBook, Product
from crmcore.errors import CrmError, InvalidValue, ReferenceNotFound, raise_collected
from crmcore.sales import BillingPolicy, LineDraft, QuoteLine, quote_lines
from crmcore.subscriptions.model import SubscriptionLine, check_items


def lines_of(
    drafts: Sequence[LineDraft],
    products: Mapping[UUID, Product],
    ids: Sequence[UUID],
    *,
    currency: str,
    on: date,
    book: PriceBook | None = None,
) -> tuple[SubscriptionLine, ...]:
    """The drafts as first versions of items that recur from a day on.

    What a draft leaves open comes from its product: the name, the unit, the price of the day, and
    the VAT. The price is that of one whole period. Only shares are taken off it: an amount that is
    taken off, or added, once would be another part of every part of a period.

    Args:
        drafts: What the caller gave, one to ``MAX_ITEMS``.
        products: The products the drafts name, and what they are variants of, by id.
        ids: The ids of the items, one each; also those of their first versions.
        currency: The currency of the subscription.
        on: Their first day, whose prices hold.
        book: The price book; one of the products' own prices when left out.

    Raises:
        CrmError: the only fault of the drafts.
        ManyFaults: all faults, when there are several.
    """
    check_items(drafts)
    faults: list[CrmError] = []
    for at, draft in enumerate(drafts):
        if draft.product is not None and draft.product not in products:
            path = f"lines[{at}].product"
            faults.append(ReferenceNotFound("subscription", path, draft.product))
    raise_collected(faults)
    lines = quote_lines(drafts, products, ids, currency=currency, on=on, book=book)
    raise_collected([fault for at, line in enumerate(lines) for fault in _faults(line, at)])
    return tuple(_recurring(line, on) for line in lines)


def _faults(line: QuoteLine, at: int) -> Iterator[CrmError]:
    path = f"lines[{at}]"
    if line.optional:
        yield InvalidValue(f"{path}.optional", "what recurs is not optional")
    if line.billing is not BillingPolicy.ORDERED:
        yield InvalidValue(f"{path}.billing", "what recurs is billed by its periods")
    if not line.allowance.is_zero:
        yield InvalidValue(f"{path}.discounts", "only one share is taken off what recurs")
    if not line.charge.is_zero:
        yield InvalidValue(f"{path}.charges", "a surcharge does not recur; add a line for it")


def _recurring(line: QuoteLine, on: date) -> SubscriptionLine:
    return SubscriptionLine(
        id=line.id,
        item=line.id,
        product=line.product,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount=line.discount,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
        vat_reason=line.vat_reason,
        valid_from=on,
    )
