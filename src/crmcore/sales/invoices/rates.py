"""What one currency was worth in another on a day: a fact with a source, frozen on issue.

Where rates come from is a matter of the settings: a table, or anything that can be called. What is
reckoned with one is here.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

import attrs

from crmcore.errors import (
    CrmError,
    CurrencyMismatch,
    InvalidValue,
    NothingFound,
    WrongType,
    raise_collected,
)
from crmcore.grammar.entity import Places, Text
from crmcore.values import CONTEXT, CURRENCY_DIGITS, Money, as_decimal, as_int, round_half_up

RATE_PLACES = 8
"""Digits after the point of a rate."""

MAX_AGE_DAYS = 7
"""So many days old a rate may be where nobody says otherwise: over a week-end and a holiday."""


def _rate(value: Any) -> Decimal:
    return as_decimal("rate", value, RATE_PLACES)


@attrs.frozen(kw_only=True)
class ExchangeRate:
    """So much of one currency was one unit of another worth.

    Attributes:
        of: The currency of the unit, by its code of ISO 4217.
        into: The currency it is told in.
        rate: How much of ``into`` one unit of ``of`` is; above zero.
        on: The day.
        source: Who said it, such as ECB.
    """

    of: Annotated[str, Text(max=3)]
    into: Annotated[str, Text(max=3)]
    rate: Annotated[Decimal, Places(RATE_PLACES)] = attrs.field(converter=_rate)
    on: date
    source: Annotated[str, Text(max=100)]

    def __attrs_post_init__(self) -> None:
        for name, currency in (("of", self.of), ("into", self.into)):
            if currency not in CURRENCY_DIGITS:
                raise InvalidValue(name, "must be a code of ISO 4217 in capitals, such as EUR")
        if self.rate <= 0:
            raise InvalidValue("rate", "must be above zero")

    def convert(self, amount: Money) -> Money:
        """The amount in the other currency, in whole minor units, rounded once, half up.

        Raises:
            CurrencyMismatch: the amount is not in the currency of the rate.
        """
        if amount.currency != self.of:
            raise CurrencyMismatch("amount", self.of, amount.currency)
        exact = CONTEXT.multiply(amount.amount, self.rate)
        return Money(round_half_up(exact, CURRENCY_DIGITS[self.into]), self.into)


RateSource = Callable[[str, str, date], ExchangeRate | None]
"""What is asked for a rate: called with the currency, the one to tell it in, and the day."""


def _table(rates: Iterable[ExchangeRate]) -> tuple[ExchangeRate, ...]:
    return tuple(rates)


@attrs.frozen
class RateTable:
    """Rates that somebody wrote down: of each pair of currencies, the latest up to a day holds.

    Attributes:
        rates: The rates, in any order.
        max_age_days: A rate that is older holds no more.

    Raises:
        WrongType: something in it is no rate; `ManyFaults` for several.
        InvalidValue: two rates of one pair are of the same day.
    """

    rates: tuple[ExchangeRate, ...] = attrs.field(converter=_table)
    max_age_days: int = attrs.field(default=MAX_AGE_DAYS, kw_only=True)
    _by_pair: dict[tuple[str, str], list[ExchangeRate]] = attrs.field(
        init=False, repr=False, eq=False, factory=dict[tuple[str, str], list[ExchangeRate]]
    )

    def __attrs_post_init__(self) -> None:
        faults: list[CrmError] = []
        seen: set[tuple[str, str, date]] = set()
        if as_int("max_age_days", self.max_age_days) < 0:
            faults.append(InvalidValue("max_age_days", "must not be negative"))
        for place, each in enumerate(self.rates):
            # People write tables in untyped code.
            given: object = each
            if not isinstance(given, ExchangeRate):
                faults.append(WrongType(f"rates[{place}]", "ExchangeRate", type(given).__name__))
                continue
            key = (each.of, each.into, each.on)
            if key in seen:
                reason = f"there is another rate of {each.of} in {each.into} on {each.on}"
                faults.append(InvalidValue(f"rates[{place}]", reason))
            seen.add(key)
            self._by_pair.setdefault((each.of, each.into), []).append(each)
        raise_collected(faults)

    def __call__(self, of: str, into: str, on: date) -> ExchangeRate | None:
        """The latest rate that is not of a later day, and not too old; None without one."""
        oldest = on - timedelta(days=min(self.max_age_days, (on - date.min).days))
        holding = (each for each in self._by_pair.get((of, into), ()) if oldest <= each.on <= on)
        return max(holding, key=lambda each: each.on, default=None)


def rate_of(rates: RateSource | None, of: str, into: str, on: date) -> ExchangeRate:
    """The rate that a source tells.

    Args:
        rates: Where rates come from; None where nobody said.
        of: The currency.
        into: The currency to tell it in.
        on: The day.

    Raises:
        NothingFound: there is none.
        WrongType: the source answered with something else.
        InvalidValue: it answered with a rate of other currencies, or of a later day.
    """
    found: object = None if rates is None else rates(of, into, on)
    if found is None:
        raise NothingFound(f"exchange rate of {of} in {into} for {on.isoformat()}")
    if not isinstance(found, ExchangeRate):
        raise WrongType("rates", "ExchangeRate", type(found).__name__)
    if (found.of, found.into) != (of, into) or found.on > on:
        told = f"{found.of} in {found.into} of {found.on.isoformat()}"
        reason = f"were asked for {of} in {into} on {on.isoformat()} and answered with {told}"
        raise InvalidValue("rates", reason)
    return found
