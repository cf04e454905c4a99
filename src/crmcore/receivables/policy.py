"""When reminders are sent, and what they ask for: the levels, the fees, and the rates of interest.

Values only; what they make of open items is in ``dunning``.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

import attrs

from crmcore.errors import CrmError, InvalidValue, raise_collected
from crmcore.values import Money, as_decimal, as_int

MAX_LEVELS = 10
"""So many levels at most."""

MAX_DAYS = 3_650
"""So many days between levels at most."""


def _points(value: Decimal | int | str) -> Decimal:
    return as_decimal("rate", value, 4)


@attrs.frozen(kw_only=True)
class InterestRate:
    """A base rate of interest, valid from a day on until the next one.

    Attributes:
        since: The first day.
        rate: Percent a year; may be below zero.
    """

    since: date
    rate: Decimal = attrs.field(converter=_points)


@attrs.frozen(kw_only=True)
class DunningLevel:
    """A level of reminders.

    Attributes:
        after: Days after the day it was due (level 1), or after the reminder before.
        fee: What the reminder costs; None for nothing.
        name: What it is called.
    """

    after: int
    fee: Money | None = None
    name: str = "reminder"


@attrs.frozen(kw_only=True)
class DunningPolicy:
    """When reminders are sent, and what they ask for.

    Attributes:
        levels: The levels, the first one first.
        points: Percentage points of interest above the base rate; None for no interest.
        base_rates: The base rates, rising by day.
        interest_from: The level from which interest is asked for.
        minimum: Less than this is not dunned, in its own currency.

    Raises:
        ManyFaults, InvalidValue: the levels or rates make no sense.
    """

    levels: tuple[DunningLevel, ...] = (
        DunningLevel(after=7, name="payment reminder"),
        DunningLevel(after=14, name="first reminder"),
        DunningLevel(after=14, name="last reminder"),
    )
    points: Decimal | None = None
    base_rates: tuple[InterestRate, ...] = ()
    interest_from: int = 2
    minimum: Money | None = None

    def __attrs_post_init__(self) -> None:
        raise_collected([*self._faults()])

    def _faults(self) -> Iterator[CrmError]:
        if not 0 < len(self.levels) <= MAX_LEVELS:
            yield InvalidValue("levels", f"must be 1 to {MAX_LEVELS}")
        for place, level in enumerate(self.levels):
            if not 0 <= as_int(f"levels[{place}].after", level.after) <= MAX_DAYS:
                yield InvalidValue(f"levels[{place}].after", f"must be from 0 to {MAX_DAYS}")
            if level.fee is not None and level.fee.amount < 0:
                yield InvalidValue(f"levels[{place}].fee", "must not be below zero")
            if level.fee is not None and not level.fee.is_payable:
                text = f"is finer than the minor unit of {level.fee.currency}"
                yield InvalidValue(f"levels[{place}].fee", text)
        days = [each.since for each in self.base_rates]
        if any(earlier >= later for earlier, later in pairwise(days)):
            yield InvalidValue("base_rates", "must rise by day")
        if self.points is not None and not self.base_rates:
            yield InvalidValue("base_rates", "are needed where interest is asked for")


DEFAULT_DUNNING = DunningPolicy()
"""Three levels without fee and interest."""
