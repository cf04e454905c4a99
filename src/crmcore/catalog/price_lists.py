"""What a price list is: prices, or changes of prices, for some customers, quantities and days.

Values and the invariants of one list. Which list counts for whom is in ``pricebook``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.catalog.model import amount_faults
from crmcore.catalog.parts import QUANTITY_PLACES, ProductId
from crmcore.errors import CrmError, CurrencyMismatch, InvalidValue, WrongType, raise_collected
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Places, Ref, Text
from crmcore.grammar.naming import hyphenated
from crmcore.values import CURRENCY_DIGITS, Money, as_decimal, covers, window_faults

PriceListId = Annotated[UUID, Ref("price_list")]
"""The id of a price list."""

ContactId = Annotated[UUID, Ref("contact")]
"""The id of a contact, as price lists refer to it."""

MAX_ENTRIES = 50_000
"""So many entries a list has at most."""
MAX_CHAIN = 10
"""So many lists stand one above the other at most, the first one counted."""

_LEAST, _MOST = Decimal(-100), Decimal(1000)


class PriceListStatus(StrEnum):
    """Whether a price list counts."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


def _from_quantity(value: Decimal | int | str) -> Decimal:
    return as_decimal("min_quantity", value, QUANTITY_PLACES)


def _percent(value: Decimal | int | str | None) -> Decimal | None:
    return None if value is None else as_decimal("percent", value)


@attrs.frozen(kw_only=True)
class PriceEntry:
    """One line of a price list: a price, or a change of the price that is found further up.

    Attributes:
        product: Of which product; None for every one the list does not name.
        min_quantity: From which quantity on, in the product's own unit.
        price: What one unit costs, net of VAT.
        percent: By how many percent the price found further up is changed: -10 is a tenth less.
        valid_from: The first day; None when it always was.
        valid_until: The day after the last one; None when there is no end.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """

    product: ProductId | None = None
    min_quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(
        default=Decimal(0), converter=_from_quantity
    )
    price: Money | None = None
    percent: Annotated[Decimal, Places(4)] | None = attrs.field(default=None, converter=_percent)
    valid_from: date | None = None
    valid_until: date | None = None

    def __attrs_post_init__(self) -> None:
        # Entries come from forms and files: a wrong type is told here, not by a sum later.
        raise_collected([*_type_faults(self)])
        raise_collected([*_entry_faults(self)])

    @property
    def place(self) -> tuple[UUID | None, Decimal, date]:
        """What tells it from the other entries of its list."""
        return (self.product, self.min_quantity, self.valid_from or date.min)

    def covers(self, day: date) -> bool:
        """Whether the entry is valid on ``day``."""
        return covers(self.valid_from, self.valid_until, day)

    def __str__(self) -> str:
        what = f"{self.price}" if self.price is not None else f"{self.percent:+f} %"
        least = f" from {self.min_quantity:f} on" if self.min_quantity else ""
        return f"{what}{least}"


_TYPES: Mapping[str, type] = {
    "product": UUID,
    "price": Money,
    "valid_from": date,
    "valid_until": date,
}


def _type_faults(entry: PriceEntry) -> Iterator[CrmError]:
    for name, cls in _TYPES.items():
        value = getattr(entry, name)
        # An instant is a date to Python, but no day.
        fits = isinstance(value, cls) and not isinstance(value, datetime)
        if value is not None and not fits:
            yield WrongType(name, cls.__name__, type(value).__name__)


def _entry_faults(entry: PriceEntry) -> Iterator[CrmError]:
    if (entry.price is None) is (entry.percent is None):
        yield InvalidValue("price", "give either a price or a percent")
    if entry.product is None and entry.price is not None:
        yield InvalidValue("price", "a price is of one product; for every one give a percent")
    yield from amount_faults("price", entry.price)
    if entry.percent is not None and not _LEAST <= entry.percent <= _MOST:
        yield InvalidValue("percent", f"must be at least {_LEAST} and at most {_MOST}")
    if entry.min_quantity < 0:
        yield InvalidValue("min_quantity", "must not be negative")
    yield from window_faults(entry.valid_from, entry.valid_until)


@attrs.frozen(kw_only=True, repr=False)
class PriceList(Entity):
    """Prices for somebody: a customer, a segment, or everybody who is given the list.

    Attributes:
        code: What it is asked for by, such as ``dealers-2026``.
        name: What it is called.
        currency: What its prices are in; it counts for documents in this currency only.
        parent: The list above it, which is looked at where it has no price itself.
        customer: Whom it is for.
        segment: The segment of customers it is for.
        is_default: Whether it counts for everybody, after all other lists.
        valid_from: The first day on which it counts; None when it always did.
        valid_until: The day after the last one; None when there is no end.
        entries: Its prices, by product, quantity and first day.
        status: Whether it counts.
        external_id: What another system calls it.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """

    code: Annotated[str, Text(min=1, max=100)] = attrs.field(validator=hyphenated)
    name: Annotated[str, Text(min=1, max=200, searchable=True)]
    currency: Annotated[str, Text(min=3, max=3)]
    parent: PriceListId | None = None
    customer: ContactId | None = None
    segment: Annotated[str, Text(min=1, max=100)] | None = None
    is_default: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    entries: tuple[PriceEntry, ...] = ()
    status: PriceListStatus = PriceListStatus.DRAFT
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        raise_collected([*_list_faults(self)])

    def covers(self, day: date) -> bool:
        """Whether the list is valid on ``day``; whether it is active is another question."""
        return covers(self.valid_from, self.valid_until, day)


def _list_faults(given: PriceList) -> Iterator[CrmError]:
    if given.currency not in CURRENCY_DIGITS:
        yield InvalidValue("currency", "must be a code of ISO 4217 in capitals, such as EUR")
    if given.parent == given.id:
        yield InvalidValue("parent", "a list does not stand above itself")
    for_whom = (given.customer is not None, given.segment is not None, given.is_default)
    if sum(for_whom) > 1:
        yield InvalidValue("customer", "it is for a customer, for a segment, or the default")
    yield from window_faults(given.valid_from, given.valid_until)
    if len(given.entries) > MAX_ENTRIES:
        yield InvalidValue("entries", f"at most {MAX_ENTRIES}, not {len(given.entries)}")
        return
    for place, entry in enumerate(given.entries):
        if entry.price is not None and entry.price.currency != given.currency:
            at = f"entries[{place}].price"
            yield CurrencyMismatch(at, given.currency, entry.price.currency)
    yield from _overlaps(given.entries)


def _overlaps(entries: Sequence[PriceEntry]) -> Iterator[CrmError]:
    """Where a list says two things of one product, quantity and day."""
    places = sorted(range(len(entries)), key=lambda at: _order(entries[at]))
    for first, then in pairwise(places):
        before, after = entries[first], entries[then]
        same = before.place[:2] == after.place[:2]
        if same and (before.valid_until is None or after.place[2] < before.valid_until):
            text = f"meets entries[{first}], of the same product and quantity, on some day"
            yield InvalidValue(f"entries[{then}]", text)


def _order(entry: PriceEntry) -> tuple[bytes, Decimal, date]:
    product, least, start = entry.place
    return (b"" if product is None else product.bytes, least, start)


def in_order(entries: Iterable[PriceEntry]) -> tuple[PriceEntry, ...]:
    """The entries by product, quantity and first day; those of every product come first."""
    return tuple(sorted(entries, key=_order))


def with_entries(
    entries: Iterable[PriceEntry], new: Iterable[PriceEntry]
) -> tuple[PriceEntry, ...]:
    """The entries of a list with others set.

    One takes the place of another of the same product, quantity and first day; an earlier one
    without an end now ends where a new one begins.
    """
    placed = {each.place: each for each in entries}
    placed |= {each.place: each for each in new}
    made: list[PriceEntry] = []
    for _, group in groupby(in_order(placed.values()), key=lambda each: each.place[:2]):
        row = [*group]
        for before, after in pairwise(row):
            is_open = before.valid_until is None
            made.append(attrs.evolve(before, valid_until=after.valid_from) if is_open else before)
        made.append(row[-1])
    return tuple(made)


PRICE_LIST = EntityType(name="price_list", cls=PriceList, unique=(("code",), ("external_id",)))
"""The declaration of price lists."""
