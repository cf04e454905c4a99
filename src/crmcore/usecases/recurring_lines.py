"""What recurs, from what a caller drafts: with the products and price lists of the store."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import attrs

from crmcore.catalog import PriceRequest, Product
from crmcore.sales import LineDraft
from crmcore.subscriptions import SubscriptionLine, check_items, lines_of
from crmcore.usecases.pricing import inside, origins, price_book
from crmcore.usecases.work import Work


@attrs.frozen(kw_only=True)
class Pricing:
    """For whom, when and by which prices something is to recur.

    Attributes:
        account: Who pays.
        currency: The currency.
        on: The first day.
        price_list: The code of a price list to be looked at besides those of the customer.
        segments: The segments of the customer.
    """

    account: UUID
    currency: str
    on: date
    price_list: str | None = None
    segments: Sequence[str] = ()


def drafted(
    work: Work, drafts: Sequence[LineDraft], pricing: Pricing
) -> tuple[SubscriptionLine, ...]:
    """The drafts as items that recur from a day on, priced for an account.

    Configuration rules are not asked: they speak of what is bought at once.

    Raises:
        NotValid: when drafts are wrong; all faults at once, each with its path.
    """
    # Before anything is asked of the store for them.
    check_items(drafts)
    wanted = {draft.product for draft in drafts if draft.product is not None}
    named = work.unit.repository(Product).get_many(wanted).values()
    known = inside(work, named)
    products = {**origins(work, known.values()), **known}
    request = PriceRequest(
        on=pricing.on,
        currency=pricing.currency,
        customer=pricing.account,
        segments=tuple(pricing.segments),
        price_list=pricing.price_list,
    )
    book = price_book(work, products.values(), request)
    ids = [work.ids.new() for _ in drafts]
    return lines_of(drafts, products, ids, currency=pricing.currency, on=pricing.on, book=book)
