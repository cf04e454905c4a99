"""What can be done with price lists: add, edit, set and remove entries, activate, retire.

Every verb is a pure function that returns a change; nothing is stored here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crmcore.catalog.events import (
    PriceEntryRemoved,
    PriceEntrySet,
    PriceListActivated,
    PriceListAdded,
    PriceListEdited,
    PriceListRetired,
)
from crmcore.catalog.lifecycle import PRICE_LIST_LIFECYCLE
from crmcore.catalog.price_lists import (
    MAX_CHAIN,
    PriceEntry,
    PriceList,
    with_entries,
)
from crmcore.errors import InvalidValue, NothingFound
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, Event, changed, differing, edited
from crmcore.values import as_decimal, instant

LIST_PROTECTED = frozenset({"entries", "status"})
"""Fields of a price list that only verbs change."""


def add_price_list(
    id: UUID,
    *,
    code: str,
    name: str,
    currency: str,
    at: datetime,
    parent: UUID | None = None,
    customer: UUID | None = None,
    segment: str | None = None,
    is_default: bool = False,
    valid_from: date | None = None,
    valid_until: date | None = None,
    entries: Iterable[PriceEntry] = (),
    external_id: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[PriceList]:
    """There is a new price list, a draft that does not count yet.

    Args:
        id: The id it gets.
        code: What it is asked for by: small letters, digits, hyphens.
        name: What it is called.
        currency: What its prices are in.
        at: When it is added.
        parent: The list above it.
        customer: Whom it is for.
        segment: The segment of customers it is for.
        is_default: Whether it counts for everybody, after all other lists.
        valid_from: The first day on which it counts.
        valid_until: The day after the last one.
        entries: Its prices.
        external_id: What another system calls it.
        attributes: The customer's own fields.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """
    at = instant(at)
    made = PriceList(
        id=id,
        created_at=at,
        updated_at=at,
        attributes=attributes,
        code=code,
        name=name,
        currency=currency,
        parent=parent,
        customer=customer,
        segment=segment,
        is_default=is_default,
        valid_from=valid_from,
        valid_until=valid_until,
        entries=with_entries((), entries),
        external_id=external_id,
    )
    told = (PriceListAdded(at=at, price_list=id, code=code), *_told(made, made.entries, at))
    return Change(made, told)


def edit_price_list(given: PriceList, fields: dict[str, Any], at: datetime) -> Change[PriceList]:
    """The price list has these field values.

    Raises:
        UnknownField: for a name a price list does not have.
        FieldProtected: for a field only the library or another verb sets.
        InvalidValue: the values do not go together; `ManyFaults` for several.
    """
    at = instant(at)
    after = edited(given, at, fields, LIST_PROTECTED)
    names = tuple(sorted(differing(given, after)))
    if not names:
        return Change(given)
    return Change(after, (PriceListEdited(at=at, price_list=given.id, fields=names),))


def set_entries(given: PriceList, entries: Iterable[PriceEntry], at: datetime) -> Change[PriceList]:
    """The price list has these entries, besides those it had.

    An entry takes the place of another of the same product, quantity and first day; an earlier one
    without an end now ends where the new one begins. Any other overlap is refused.

    Raises:
        MoveForbidden: the list is retired.
        CrmError: entries overlap, or are in another currency; `ManyFaults` for several.
    """
    at = instant(at)
    PRICE_LIST_LIFECYCLE.after(given.status, "set_entry", None, given.id)
    before = {each.place: each for each in given.entries}
    after = changed(given, at, entries=with_entries(given.entries, entries))
    new = [each for each in after.entries if before.get(each.place) != each]
    return Change(after, _told(given, new, at)) if new else Change(given)


def remove_entry(
    given: PriceList,
    product: UUID | None,
    at: datetime,
    *,
    min_quantity: Decimal | int | str = 0,
    valid_from: date | None = None,
) -> Change[PriceList]:
    """The price list has no such entry any more.

    Args:
        given: The price list.
        product: Of which product; None for the one of every product.
        at: When it is removed.
        min_quantity: From which quantity on it was.
        valid_from: Its first day.

    Raises:
        MoveForbidden: the list is retired.
        NothingFound: there is no such entry.
    """
    at = instant(at)
    PRICE_LIST_LIFECYCLE.after(given.status, "remove_entry", None, given.id)
    least = as_decimal("min_quantity", min_quantity)
    place = (product, least, valid_from or date.min)
    kept = tuple(each for each in given.entries if each.place != place)
    if len(kept) == len(given.entries):
        raise NothingFound(f"entry of price list {given.code} for {product} from {least:f} on")
    event = PriceEntryRemoved(
        at=at,
        price_list=given.id,
        product=product,
        min_quantity=least,
        valid_from=valid_from,
    )
    return Change(changed(given, at, entries=kept), (event,))


def activate(given: PriceList, at: datetime) -> Change[PriceList]:
    """The price list counts, on the days it is valid.

    Raises:
        MoveForbidden: it is active already.
    """
    at = instant(at)
    status = PRICE_LIST_LIFECYCLE.after(given.status, "activate", None, given.id)
    event = PriceListActivated(at=at, price_list=given.id)
    return Change(changed(given, at, status=status), (event,))


def retire(given: PriceList, at: datetime) -> Change[PriceList]:
    """The price list counts no more; what was priced by it stays as it is.

    Raises:
        MoveForbidden: it is retired already.
    """
    at = instant(at)
    status = PRICE_LIST_LIFECYCLE.after(given.status, "retire", None, given.id)
    event = PriceListRetired(at=at, price_list=given.id)
    return Change(changed(given, at, status=status), (event,))


def check_chain(given: PriceList, above: Sequence[PriceList]) -> None:
    """Nothing, when a list may stand below others.

    Args:
        given: The list.
        above: Its parent, the parent's parent and so on, as far as there are any.

    Raises:
        InvalidValue: it stands above itself, or too many stand above it.
    """
    chain = " > ".join(each.code for each in (given, *above))
    if any(each.id == given.id for each in above):
        raise InvalidValue("parent", f"a list would stand above itself: {chain}")
    if len(above) >= MAX_CHAIN:
        raise InvalidValue("parent", f"more than {MAX_CHAIN} lists in a row: {chain}")


def _told(given: PriceList, entries: Iterable[PriceEntry], at: datetime) -> tuple[Event, ...]:
    return tuple(
        PriceEntrySet(
            at=at,
            price_list=given.id,
            product=each.product,
            min_quantity=each.min_quantity,
            price=each.price,
            percent=each.percent,
            valid_from=each.valid_from,
            valid_until=each.valid_until,
        )
        for each in entries
    )
