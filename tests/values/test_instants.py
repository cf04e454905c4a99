"""Moments are aware, in UTC, in whole milliseconds."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, NaiveTime, WrongType
from crmcore.values import instant, optional_instant

offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=offsets)  # noqa: DTZ001


@given(moments)
def test_a_moment_stays_the_same_moment_but_for_less_than_a_millisecond(moment):
    at = instant(moment)

    assert timedelta(0) <= moment - at < timedelta(milliseconds=1)
    assert at.microsecond % 1000 == 0
    assert at.tzinfo is UTC


@given(moments)
def test_a_canonical_moment_is_returned_itself(moment):
    at = instant(moment)

    assert instant(at) is at


def test_an_hour_that_comes_twice_is_told_apart():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2017, 10, 29, 2, 30, tzinfo=berlin)

    assert instant(first.replace(fold=1)) - instant(first) == timedelta(hours=1)


def test_a_subclass_becomes_a_plain_datetime():
    class Stamp(datetime):
        pass

    assert type(instant(Stamp(2017, 1, 1, tzinfo=UTC))) is datetime


def test_a_time_without_zone_is_refused():
    with pytest.raises(NaiveTime, match="since"):
        instant(datetime(2017, 1, 1), "since")  # noqa: DTZ001


@pytest.mark.parametrize("value", [None, date(2017, 1, 1), "2017-01-01T00:00:00Z", 0, 1.5])
def test_what_is_no_datetime_is_refused(value):
    with pytest.raises(WrongType, match="since"):
        instant(value, "since")


def test_a_moment_outside_the_calendar_is_refused():
    with pytest.raises(InvalidValue):
        instant(datetime.min.replace(tzinfo=timezone(timedelta(hours=2))))


def test_an_optional_moment_may_be_missing():
    assert optional_instant(None) is None
    assert optional_instant(datetime(2017, 1, 1, tzinfo=UTC)) == datetime(2017, 1, 1, tzinfo=UTC)
    with pytest.raises(WrongType, match="until"):
        optional_instant("soon", "until")
