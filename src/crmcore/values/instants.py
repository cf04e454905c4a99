"""Moments: aware, in UTC, in whole milliseconds, because no store may keep more or less.

The one boundary check of times. Days and ranges of days are in ``period``.
"""

from datetime import UTC, date, datetime, timedelta

from crmcore.errors import InvalidValue, NaiveTime, WrongType

_MS = 1000
_ZONES = timedelta(hours=14)


def instant(value: object, field: str = "at") -> datetime:
    """The moment in UTC, cut to whole milliseconds; the same object when it is so already.

    Raises:
        WrongType: it is no datetime (a date is none).
        NaiveTime: it has no zone.
        InvalidValue: in UTC it lies outside the calendar.
    """
    if not isinstance(value, datetime):
        raise WrongType(field, "datetime", type(value).__name__)
    if value.tzinfo is UTC and not value.microsecond % _MS and type(value) is datetime:
        return value
    if value.utcoffset() is None:
        raise NaiveTime(field)
    try:
        at = value.astimezone(UTC)
    except OverflowError:
        raise InvalidValue(field, "must lie within the calendar in UTC") from None
    ms = at.microsecond // _MS * _MS
    # Built anew, so that subclasses with own units (as pandas has) do not get in.
    return datetime(at.year, at.month, at.day, at.hour, at.minute, at.second, ms, UTC)


def optional_instant(value: object, field: str = "at") -> datetime | None:
    """The moment as ``instant`` makes it, or None for None."""
    return None if value is None else instant(value, field)


def check_not_ahead(day: date, at: datetime, field: str = "on") -> None:
    """Refuse a day that has come nowhere on earth when it is told of.

    Args:
        day: The day of what is told to have happened.
        at: When it is told; in the zone furthest ahead its day may be the next one already.
        field: Its path, for the error.

    Raises:
        InvalidValue: the day lies ahead.
    """
    if day > at.date() and day > (at + _ZONES).date():
        raise InvalidValue(field, f"{day} has not come yet")
