"""Half-open periods and windows of days, and the calendar buckets a day falls into.

A period knows its calendar unit from its bounds, so ``2017-Q2`` and the same two dates are equal in
every respect. Working hours and time zones do not belong here; a moment counts by its UTC day.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Self, TypeAlias

import attrs

from crmcore.errors import CrmError, InvalidValue, NaiveTime, WrongType
from crmcore.values.numbers import as_int

Unit: TypeAlias = Literal["day", "month", "quarter", "year"]
"""A unit of the calendar."""

_DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_YEAR_TEXT = re.compile(r"([0-9]{4})")
_QUARTER_TEXT = re.compile(r"([0-9]{4})-Q([1-4])")
_MONTH_TEXT = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY_TEXT = re.compile(_DAY)
_RANGE_TEXT = re.compile(f"{_DAY}/{_DAY}")
_MONTHS_OF: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
_QUARTERS = 4
_ONE_DAY = timedelta(days=1)


def _calendar(year: int, month: int, day: int = 1) -> date:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise InvalidValue("period", "must lie within the calendar, years 1 to 9999") from None


def _shifted(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        raise InvalidValue("period", "must lie within the calendar, years 1 to 9999") from None


def _month_index(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_of(month_index: int) -> date:
    return _calendar(month_index // 12, month_index % 12 + 1)


def _bound(field: str, value: object) -> None:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise WrongType(field, "date", type(value).__name__)


def _utc_day(field: str, moment: object) -> date:
    if not isinstance(moment, date):
        raise WrongType(field, "date or datetime", type(moment).__name__)
    if not isinstance(moment, datetime):
        return moment
    if moment.utcoffset() is None:
        raise NaiveTime(field)
    try:
        return moment.astimezone(UTC).date()
    except OverflowError:
        raise InvalidValue(field, "must lie within the calendar in UTC") from None


@attrs.frozen(order=True, repr=False)
class Period:
    """The days from ``start`` up to, but without, ``end``.

    ``day in period`` asks for a date or an aware datetime (by its UTC day).

    Attributes:
        start: the first day.
        end: the day after the last one; later than ``start``.
    """

    start: date
    end: date

    def __attrs_post_init__(self) -> None:
        _bound("start", self.start)
        _bound("end", self.end)
        if self.start >= self.end:
            raise InvalidValue("end", "must be later than the start")

    @classmethod
    def year(cls, year: int) -> Self:
        """The calendar year."""
        return cls._of_months(as_int("year", year), 1, 12)

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Self:
        """The calendar quarter, 1 to 4."""
        if not 1 <= as_int("quarter", quarter) <= _QUARTERS:
            raise InvalidValue("quarter", "must be 1 to 4")
        return cls._of_months(as_int("year", year), quarter * 3 - 2, 3)

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """The calendar month, 1 to 12."""
        return cls._of_months(as_int("year", year), as_int("month", month), 1)

    @classmethod
    def day(cls, day: date) -> Self:
        """The single day."""
        _bound("day", day)
        return cls(day, _shifted(day, _ONE_DAY))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The period written as a year, quarter, month, day or two days.

        That is ``2017``, ``2017-Q2``, ``2017-04``, ``2017-04-01`` or ``2017-04-01/2017-07-01``.

        Raises:
            InvalidValue: the text has another form, or there is no such day.
            WrongType: it is no text.
        """
        plain = _text(text)
        if match := _YEAR_TEXT.fullmatch(plain):
            return cls.year(int(match[1]))
        if match := _QUARTER_TEXT.fullmatch(plain):
            return cls.quarter(int(match[1]), int(match[2]))
        if match := _MONTH_TEXT.fullmatch(plain):
            return cls.month(int(match[1]), int(match[2]))
        if match := _DAY_TEXT.fullmatch(plain):
            return cls.day(_calendar(int(match[1]), int(match[2]), int(match[3])))
        if match := _RANGE_TEXT.fullmatch(plain):
            first = _calendar(int(match[1]), int(match[2]), int(match[3]))
            return cls(first, _calendar(int(match[4]), int(match[5]), int(match[6])))
        raise InvalidValue(
            "period", "must be like 2017, 2017-Q2, 2017-04, 2017-04-01 or 2017-04-01/2017-07-01"
        )

    @classmethod
    def _of_months(cls, year: int, month: int, months: int) -> Self:
        start = _calendar(year, month)
        return cls(start, _first_of(_month_index(start) + months))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def unit(self) -> Unit | None:
        """The calendar unit it is exactly one of, if any."""
        if self.days == 1:
            return "day"
        if self.start.day != 1 or self.end.day != 1:
            return None
        match _month_index(self.end) - _month_index(self.start), self.start.month:
            case 1, _:
                return "month"
            case 3, 1 | 4 | 7 | 10:
                return "quarter"
            case 12, 1:
                return "year"
            case _:
                return None

    def previous(self) -> Self:
        """The period right before: the calendar unit before, or as many days before.

        Raises:
            InvalidValue: it would begin before the year 1.
        """
        months = _MONTHS_OF.get(self.unit or "day")
        if months is None:
            return type(self)(_shifted(self.start, self.start - self.end), self.start)
        return type(self)(_first_of(_month_index(self.start) - months), self.start)

    def __contains__(self, moment: object) -> bool:
        return self.start <= _utc_day("moment", moment) < self.end

    def __str__(self) -> str:
        unit = self.unit
        if unit is None:
            return f"{self.start.isoformat()}/{self.end.isoformat()}"
        return bucket(self.start, unit)

    def __repr__(self) -> str:
        return f"Period.parse('{self}')"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise WrongType("period", "str", type(value).__name__)
    return value


def covers(start: date | None, end: date | None, day: date) -> bool:
    """Whether a day lies in a window, whose end is the day after its last one.

    A window is open where a bound is missing.
    """
    return (start is None or start <= day) and (end is None or day < end)


def window_faults(start: date | None, end: date | None, name: str = "valid") -> Iterator[CrmError]:
    """What is wrong with a window of days, of the fields ``<name>_from`` and ``<name>_until``."""
    if start is not None and end is not None and end <= start:
        yield InvalidValue(f"{name}_until", f"must be later than {name}_from")


def bucket(day: date, unit: Unit) -> str:
    """The name of the calendar unit the day falls into, as ``Period.parse`` reads it.

    An aware datetime counts by its UTC day. The names of one unit sort like the days.

    Raises:
        InvalidValue: there is no such unit.
        NaiveTime: a datetime without a zone was given.
    """
    at = day if type(day) is date else _utc_day("day", day)
    match unit:
        case "day":
            return at.isoformat()
        case "month":
            return f"{at.year:04}-{at.month:02}"
        case "quarter":
            return f"{at.year:04}-Q{(at.month + 2) // 3}"
        case "year":
            return f"{at.year:04}"
        case _:
            raise InvalidValue("unit", "must be day, month, quarter or year")
