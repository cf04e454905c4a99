"""How time is cut into periods: every so many weeks, months or years, from a day or by the calendar.

Only dates. The periods of one rule tile the time: each begins on the day on which the one before ends.
What is charged for a period, and who is charged, is elsewhere.
"""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import attrs

from crmcore.errors import InvalidValue, UnknownName
from crmcore.grammar.naming import nearest, shortened
from crmcore.values import Period, as_int

MAX_COUNT = 120
"""So many weeks, months or years a period has at most."""

_YEAR = 12
_WEEK = 7


class Cycle(StrEnum):
    """A unit that periods are counted in."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Alignment(StrEnum):
    """Where periods begin."""

    ANNIVERSARY = "anniversary"
    """On the day of the first one: every period is a whole one."""
    CALENDAR = "calendar"
    """On the first of a month, a quarter or a year, or on a Monday; so the first may be a part."""


def _cycle(value: Any) -> Cycle:
    known = {str(each.value): each for each in Cycle}
    if str(value) not in known:
        raise UnknownName("unit", shortened(str(value)), nearest(str(value), known))
    return known[str(value)]


@attrs.frozen
class Every:
    """How long a period is: ``Every(1, "month")``, ``Every(2, "week")``, ``Every(1, "year")``.

    Attributes:
        count: How many units, 1 to ``MAX_COUNT``.
        unit: Weeks, months or years.

    Raises:
        InvalidValue: the count is not within its bounds.
        UnknownName: there is no such unit.
    """

    count: int
    unit: Cycle = attrs.field(converter=_cycle)

    def __attrs_post_init__(self) -> None:
        if not 1 <= as_int("count", self.count) <= MAX_COUNT:
            raise InvalidValue("count", f"must be at least 1 and at most {MAX_COUNT}")

    @property
    def months(self) -> int | None:
        """How many months it has; None for weeks."""
        if self.unit is Cycle.WEEK:
            return None
        return self.count * (_YEAR if self.unit is Cycle.YEAR else 1)

    def __str__(self) -> str:
        return f"every {self.unit}" if self.count == 1 else f"every {self.count} {self.unit}s"


def check_alignment(every: Every, alignment: Alignment) -> None:
    """Nothing, when periods of that length can be aligned so.

    Raises:
        InvalidValue: a calendar has no first day of such periods, such as of every five months.
    """
    if alignment is Alignment.ANNIVERSARY:
        return
    months = every.months
    fits = every.count == 1 if months is None else months <= _YEAR and not _YEAR % months
    if not fits:
        reason = "the calendar has periods of 1 week, of 1, 2, 3, 4 or 6 months, and of 1 year"
        raise InvalidValue("alignment", reason)


def after_months(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day.

    Raises:
        InvalidValue: that lies beyond the calendar.
    """
    index = day.year * _YEAR + day.month - 1 + months
    year, month = divmod(index, _YEAR)
    if not date.min.year <= year <= date.max.year:
        raise InvalidValue("period", "must lie within the calendar, years 1 to 9999")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def after_days(day: date, days: int) -> date:
    """The day so many days later.

    Raises:
        InvalidValue: that lies beyond the calendar.
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise InvalidValue("period", "must lie within the calendar, years 1 to 9999") from None


def period_around(day: date, every: Every, alignment: Alignment, anchor: date) -> Period:
    """The period a day lies in.

    Each begins so many periods after the anchor itself, never after the one before: what began on
    31 January goes on on 28 February and on 31 March.

    Args:
        day: The day.
        every: How long periods are.
        alignment: Where they begin.
        anchor: The first day of the first one; it does not matter to the calendar.

    Raises:
        InvalidValue: the period lies beyond the calendar.
    """
    origin = anchor if alignment is Alignment.ANNIVERSARY else _calendar_start(day, every)
    months = every.months
    if months is None:
        length = every.count * _WEEK
        start = after_days(origin, (day - origin).days // length * length)
        return Period(start, after_days(start, length))
    apart = (day.year - origin.year) * _YEAR + day.month - origin.month
    steps = apart // months
    if after_months(origin, steps * months) > day:
        steps -= 1
    return Period(after_months(origin, steps * months), after_months(origin, (steps + 1) * months))


def _calendar_start(day: date, every: Every) -> date:
    return after_days(day, -day.weekday()) if every.months is None else date(day.year, 1, 1)
