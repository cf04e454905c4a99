"""What somebody wants as lines: configured by the rules, priced, less discounts on the whole.

Quotes and orders are made of these; the same functions serve the commands and their dry runs.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import attrs

from crmcore.catalog import (
    Combination,
    Configured,
    Discount,
    PriceBook,
    PriceFound,
    PriceRequest,
    Product,
    Surcharge,
)
from crmcore.contacts import Contact
from crmcore.errors import NotFound, NotValid
from crmcore.grammar.naming import choice
from crmcore.sales import (
    Buying,
    LineDraft,
    OrderLine,
    QuoteLine,
    adjusted,
    check_lines,
    configured_draft,
    quote_lines,
)
from crmcore.usecases.pricing import by_sku, inside, origins, price_book
from crmcore.usecases.work import Desk, Work


def _combination(value: Combination | str) -> Combination:
    return choice("combination", Combination, value)


@attrs.frozen(kw_only=True)
class Lines:
    """What somebody wants on a quote, and by which prices.

    Attributes:
        lines: The lines.
        discounts: Discounts on the whole.
        charges: Surcharges on the whole.
        combination: What becomes of several discounts on the whole.
        price_list: The code of a price list to be looked at besides those of the customer.
        segments: The segments of the customer.
    """

    lines: Sequence[LineDraft] = ()
    discounts: Sequence[Discount] = ()
    charges: Sequence[Surcharge] = ()
    combination: Combination = attrs.field(default=Combination.STACKED, converter=_combination)
    price_list: str | None = None
    segments: Sequence[str] = ()


@attrs.frozen(kw_only=True)
class Sold:
    """To whom and when something is sold.

    Attributes:
        account: Who buys.
        currency: The currency.
        day: The day.
        standing: What is ordered already.
    """

    account: Contact
    currency: str
    day: date
    standing: Sequence[OrderLine] = ()


@attrs.frozen(kw_only=True)
class Offer:
    """What was wanted, configured, with everything that prices it.

    Attributes:
        drafts: The lines after the configuration rules.
        products: Their products, what those are variants of, and what is in bundles.
        book: The price book.
        configured: What the rules did; None where there are none.
    """

    drafts: tuple[LineDraft, ...]
    products: Mapping[UUID, Product]
    book: PriceBook
    configured: Configured | None

    def price(self, draft: LineDraft) -> PriceFound | None:
        """What the price book says of a line; None where that is nothing."""
        product = None if draft.product is None else self.products.get(draft.product)
        try:
            return None if product is None else self.book.price(product, draft.quantity, draft.unit)
        except (NotFound, NotValid):
            return None


def offered(work: Work, desk: Desk, wanted: Lines, to: Sold) -> Offer:
    """The lines as the rules of the settings leave them, and what prices them.

    Raises:
        NotValid: the rules refuse something, with the path of the line.
        UnknownName: there is no such price list.
    """
    # Before anything is asked of the store for them.
    check_lines(wanted.lines)
    rules = desk.settings.configuration
    standing = tuple(_standing(to.standing)) if rules.rules else ()
    ids = {line.product for line in (*wanted.lines, *standing) if line.product is not None}
    products = dict(work.unit.repository(Product).get_many(ids))
    products |= {each.id: each for each in by_sku(work, rules.adds).values()}
    products |= origins(work, products.values())
    products = inside(work, products.values())
    request = PriceRequest(
        on=to.day,
        currency=to.currency,
        customer=to.account.id,
        segments=wanted.segments,
        price_list=wanted.price_list,
    )
    # Nothing of a list is asked for free lines, but one that was named has to be there.
    priced = bool(products) or wanted.price_list is not None
    book = price_book(work, products.values(), request) if priced else PriceBook.of(request)
    draft = configured_draft(wanted.lines, rules, products, book, _buying(wanted, to, standing))
    return Offer(drafts=draft.drafts, products=products, book=book, configured=draft.configured)


def _buying(wanted: Lines, to: Sold, standing: tuple[LineDraft, ...]) -> Buying:
    return Buying(
        currency=to.currency,
        on=to.day,
        segment=next(iter(wanted.segments), None),
        country=country_of(to.account),
        standing=standing,
    )


def country_of(account: Contact) -> str | None:
    """The country that configuration rules are told of a customer."""
    return None if account.address is None else account.address.country


def _standing(lines: Sequence[OrderLine]) -> Iterator[LineDraft]:
    for line in lines:
        if line.product is not None and line.is_counted:
            yield LineDraft(
                product=line.product,
                quantity=line.kept_quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                vat_category=line.vat_category,
                vat_rate=line.vat_rate,
                vat_reason=line.vat_reason,
                billing=line.billing,
            )


def priced_lines(work: Work, desk: Desk, wanted: Lines, to: Sold) -> tuple[QuoteLine, ...]:
    """The lines that are wanted, at the prices of a day, less discounts on the whole.

    Raises:
        NotValid: what is wanted cannot be; all faults at once, each with its path.
    """
    offer = offered(work, desk, wanted, to)
    lines = quote_lines(
        offer.drafts,
        offer.products,
        new_ids(work, len(offer.drafts)),
        currency=to.currency,
        on=to.day,
        book=offer.book,
    )
    return adjusted(
        lines,
        wanted.discounts,
        wanted.charges,
        currency=to.currency,
        combination=wanted.combination,
    )


def new_ids(work: Work, many: int) -> list[UUID]:
    """So many new ids."""
    return [work.ids.new() for _ in range(many)]
