"""Which price lists count for a request, in which order, and why others do not.

Put in order once for any number of products; what the lists say of a product is asked in
``pricebook``.
"""

from collections.abc import Iterator, Mapping
from uuid import UUID

import attrs

from crmcore.catalog.price_lists import MAX_CHAIN, PriceEntry, PriceList, PriceListStatus
from crmcore.catalog.pricing import PriceRequest, PriceStep
from crmcore.grammar.naming import unknown

Entries = Mapping[UUID | None, tuple[PriceEntry, ...]]
"""The entries of a list by their product."""


@attrs.frozen(eq=False)
class Look:
    """One place of the order: a list that counts, or the reason why one does not.

    Attributes:
        step: What is told of it.
        code: The code of the list.
        entries: What it says; None when it does not count.
    """

    step: PriceStep
    code: str = ""
    entries: Entries | None = None


def looks_for(request: PriceRequest, lists: Mapping[UUID, PriceList]) -> Iterator[Look]:
    """The places that are looked at for every product, in order."""
    seen: set[UUID] = set()
    for first, role in _first_ones(request, lists):
        current: PriceList | None = first
        place, chain = f"price list {first.code!r} ({role})", 0
        while current is not None:
            chain += 1
            reason = _why_not(current, request, seen, chain)
            if reason:
                yield Look(PriceStep(place, reason))
                break
            seen.add(current.id)
            yield Look(PriceStep(place, ""), current.code, _by_product(current))
            if current.parent is None:
                break
            above = lists.get(current.parent)
            if above is None:
                yield Look(PriceStep(place, "the list above it is not there"))
            else:
                place = f"price list {above.code!r} (above {current.code!r})"
            current = above


def _first_ones(
    request: PriceRequest, lists: Mapping[UUID, PriceList]
) -> Iterator[tuple[PriceList, str]]:
    """The lists that count for somebody, before those above them, and why each does."""
    by_key = sorted(lists.values(), key=lambda each: (each.code, each.id.bytes))
    if request.customer is not None:
        yield from (
            (each, "of the customer") for each in by_key if each.customer == request.customer
        )
    for segment in request.segments:
        yield from ((each, f"of {segment}") for each in by_key if each.segment == segment)
    if request.price_list is not None:
        asked = [each for each in by_key if each.code == request.price_list]
        if not asked:
            known = [each.code for each in by_key]
            raise unknown("price list", request.price_list, known)
        yield from ((each, "asked for") for each in asked)
    yield from ((each, "default") for each in by_key if each.is_default)


def _why_not(given: PriceList, request: PriceRequest, seen: set[UUID], chain: int) -> str:
    """Why a list does not count; empty when it does."""
    if given.id in seen:
        return "was looked at already"
    if chain > MAX_CHAIN:
        return f"stands above {MAX_CHAIN} others"
    if given.status is not PriceListStatus.ACTIVE:
        return f"is {given.status}"
    if given.currency != request.currency:
        return f"is in {given.currency}"
    if not given.covers(request.on):
        return f"is not valid on {request.on.isoformat()}"
    return ""


def _by_product(given: PriceList) -> Entries:
    made: dict[UUID | None, list[PriceEntry]] = {}
    for entry in given.entries:
        made.setdefault(entry.product, []).append(entry)
    return {product: tuple(entries) for product, entries in made.items()}
