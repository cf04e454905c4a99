"""What is read to price products: the lists that may count, what variants come from, what bundles hold.

How a price follows from it is told in `crmcore.catalog.pricebook`. Whatever the number of products,
the number of questions to the store is the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from crmcore.catalog import (
    MAX_CHAIN,
    MAX_LEVELS,
    PriceBook,
    PriceList,
    PriceListStatus,
    PriceRequest,
    Product,
)
from crmcore.grammar.field import F
from crmcore.grammar.query import Condition
from crmcore.usecases.work import Work

AT_ONCE = 1000
"""So many values a question names at most."""


def price_book(work: Work, products: Iterable[Product], request: PriceRequest) -> PriceBook:
    """What prices any number of products for one customer on one day.

    ``price_book(...).price(product, quantity)`` answers for each line, without asking the store
    again. It takes one question for the lists, one for each level of lists above them (of which
    there are nine at most), and one for what variants come from.

    Args:
        work: Where the lists are.
        products: The products that are to be priced; others can be, unless they are variants.
        request: For whom, when, and in which currency; its quantity and unit are what is taken
            where `PriceBook.price` is told none.

    Raises:
        UnknownName: there is no price list of the code that is asked for.
    """
    return PriceBook.of(request, stored_lists(work, request), origins(work, products).values())


def stored_lists(work: Work, request: PriceRequest) -> tuple[PriceList, ...]:
    """The price lists that may count for a request, and those above them."""
    found = {each.id: each for each in work.find(PriceList, _counting(request))}
    lists = work.unit.repository(PriceList)
    for _ in range(MAX_CHAIN - 1):
        above = {each.parent for each in found.values() if each.parent is not None} - found.keys()
        if not above:
            break
        found |= lists.get_many(above)
    return tuple(found.values())


def _counting(request: PriceRequest) -> Condition:
    whose: Condition = F.is_default == True  # noqa: E712 - an expression, not a comparison
    if request.customer is not None:
        whose |= F.customer == request.customer
    if request.segments:
        whose |= F.segment.in_(sorted({*request.segments}))
    counting: Condition = (F.status == PriceListStatus.ACTIVE) & whose
    # One that is asked for by its code is shown in the trace, whatever state it is in.
    if request.price_list is not None:
        counting |= F.code == request.price_list
    return counting


def above(work: Work, given: PriceList) -> tuple[PriceList, ...]:
    """The lists above one, as far as they go, but no more than there may be."""
    chain: list[PriceList] = []
    current = given
    while current.parent is not None and len(chain) <= MAX_CHAIN:
        current = work.get(PriceList, current.parent)
        chain.append(current)
        if current.id == given.id:
            break
    return tuple(chain)


def inside(work: Work, products: Iterable[Product]) -> dict[UUID, Product]:
    """The products, and everything in them at any depth that there may be, by id."""
    known = {each.id: each for each in products}
    level = [*known.values()]
    for _ in range(MAX_LEVELS + 1):
        wanted = {part.product for each in level for part in each.components} - known.keys()
        if not wanted:
            break
        more = _many(work, wanted)
        known |= more
        level = [*more.values()]
    return known


def origins(work: Work, products: Iterable[Product]) -> Mapping[UUID, Product]:
    """What products are variants of, by id."""
    return _many(work, {each.variant_of for each in products if each.variant_of is not None})


def by_sku(work: Work, skus: Iterable[str]) -> dict[str, Product]:
    """The products of these article numbers, as far as there are such."""
    found: dict[str, Product] = {}
    for part in _parts(sorted({*skus})):
        found |= {each.sku: each for each in work.find(Product, F.sku.in_(part))}
    return found


def _many(work: Work, ids: Iterable[UUID]) -> Mapping[UUID, Product]:
    wanted = [*ids]
    return work.unit.repository(Product).get_many(wanted) if wanted else {}


def _parts(skus: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(skus), AT_ONCE):
        yield skus[start : start + AT_ONCE]
