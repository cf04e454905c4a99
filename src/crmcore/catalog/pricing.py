"""What is asked about prices, and what is answered: a price with the record it comes from, and why.

How it is found is in ``pricebook``. Discounts are given on a line, not here.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import attrs

from crmcore.catalog.parts import exact_quantity
from crmcore.catalog.price_lists import PriceEntry
from crmcore.errors import CrmError, InvalidValue, WrongType, raise_collected
from crmcore.values import CURRENCY_DIGITS, Money, html_table


class PriceSource(StrEnum):
    """Where a price comes from."""

    PRICE_LIST = "price list"
    DATED_PRICE = "dated price"
    LIST_PRICE = "list price"


_ONE = Decimal(1)


def _segments(value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        raise WrongType("segments", "several texts", "str")
    return tuple(value)


@attrs.frozen(kw_only=True)
class PriceRequest:
    """For whom, when, and of how much a price is asked.

    Attributes:
        on: The day.
        currency: The currency of the document.
        quantity: How much is bought, in ``unit``; a price list may have another price from some
            quantity on.
        unit: The unit it is bought in; the product's own when left out.
        customer: Who buys.
        segments: The segments the customer belongs to, the one that counts first before others.
        price_list: The code of a list to be looked at besides those of customer and segments.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """

    on: date
    currency: str
    quantity: Decimal = attrs.field(default=_ONE, converter=exact_quantity)
    unit: str | None = None
    customer: UUID | None = None
    segments: tuple[str, ...] = attrs.field(default=(), converter=_segments)
    price_list: str | None = None

    def __attrs_post_init__(self) -> None:
        faults: list[CrmError] = []
        if self.currency not in CURRENCY_DIGITS:
            reason = "must be a code of ISO 4217 in capitals, such as EUR"
            faults.append(InvalidValue("currency", reason))
        if self.quantity < 0:
            faults.append(InvalidValue("quantity", "must not be negative"))
        raise_collected(faults)


@attrs.frozen
class PriceStep:
    """One place that was looked at for a price.

    Attributes:
        place: What was looked at, such as ``price list 'dealers'``; empty where the reason says it.
        reason: What was found there, or why nothing was.
        counted: Whether the price comes from there, or was changed there.
    """

    place: str
    reason: str
    counted: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" if self.place else self.reason


Told = tuple[str, str, tuple[object, ...], bool]
"""A step not put into words yet: its place, its reason with ``{}`` for each fact, the facts, and
whether it counted. Few ask how a price came about, and words cost more than finding it."""


def in_words(told: Iterable[Told]) -> tuple[PriceStep, ...]:
    """The steps as somebody reads them."""
    return tuple(
        PriceStep(place, reason.format(*facts), counted) for place, reason, facts, counted in told
    )


@attrs.frozen
class PriceChange:
    """A percentage by which a price list changed the price found further up.

    Attributes:
        price_list: The code of the list.
        entry: Its entry.
    """

    price_list: str
    entry: PriceEntry


@attrs.frozen(kw_only=True)
class PriceFound:
    """A price with the record it comes from, and everything that was looked at.

    Attributes:
        amount: The price of one ``unit``, net of VAT.
        source: Where it comes from.
        on: The day that was asked for.
        base: The price in that record, of the product's own unit, before any change.
        product: Of which product the record speaks: the one asked for, or what it is a variant of.
        unit: The unit the amount is for.
        price_list: The code of the price list that gave it; None for a price of the product itself.
        entry: The entry of that list.
        changes: What price lists changed, in the order they were met.
        valid_from: The first day of the window it is valid in; None where it has no beginning.
        valid_until: The day after its last one; None for no end.
    """

    amount: Money
    source: PriceSource
    on: date
    base: Money
    product: UUID
    unit: str
    price_list: str | None = None
    entry: PriceEntry | None = None
    changes: tuple[PriceChange, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    _told: tuple[Told, ...] = attrs.field(default=(), repr=False, alias="told")

    @property
    def trace(self) -> tuple[PriceStep, ...]:
        """What was looked at, in order."""
        return in_words(self._told)

    def explain(self) -> str:
        """The trace as one text, a line for each step."""
        return "\n".join(map(str, self.trace))

    def _repr_html_(self) -> str:
        rows = (("✓" if step.counted else "", step.place, step.reason) for step in self.trace)
        caption = f"{self.amount} by {self.price_list or self.source}"
        return html_table(caption, ("", "looked at", "found"), rows)
