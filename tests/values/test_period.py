"""Periods are half-open, know their calendar unit, and read back what they write."""

import pickle
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, NaiveTime, WrongType
from crmcore.values import Period, bucket, covers, window_faults

days = st.dates(date(2, 1, 1), date(9998, 12, 31))
units = st.sampled_from(["day", "month", "quarter", "year"])
calendar = st.builds(lambda day, unit: Period.parse(bucket(day, unit)), days, units)
ranges = st.tuples(days, days).filter(lambda pair: pair[0] != pair[1])
free = ranges.map(lambda pair: Period(min(pair), max(pair)))
periods = calendar | free


@given(periods)
def test_text_repr_and_pickle_give_the_same_period_back(period):
    assert Period.parse(str(period)) == period
    assert eval(repr(period), {"Period": Period}) == period  # noqa: S307
    assert pickle.loads(pickle.dumps(period)) == period  # noqa: S301


@given(days, units)
def test_a_day_lies_in_the_period_of_its_bucket(day, unit):
    assert day in Period.parse(bucket(day, unit))


@given(days, days, units)
def test_buckets_sort_like_days(one, two, unit):
    earlier, later = sorted([one, two])

    assert bucket(earlier, unit) <= bucket(later, unit)


@given(calendar.filter(lambda period: period.start.year > 3))
def test_the_previous_calendar_period_is_of_the_same_unit_and_ends_where_this_starts(period):
    previous = period.previous()

    assert previous.end == period.start
    assert previous.unit == period.unit


@given(periods)
def test_the_previous_period_touches_and_a_free_one_is_as_long(period):
    try:
        previous = period.previous()
    except InvalidValue:
        assert period.start - date.min < timedelta(days=period.days)
        return

    assert previous.end == period.start
    assert period.unit is not None or previous.days == period.days


@given(free, days)
def test_a_period_is_half_open(period, day):
    assert (day in period) == (period.start <= day < period.end)
    assert period.start in period
    assert period.end not in period


@pytest.mark.parametrize(
    ("text", "start", "end", "previous"),
    [
        ("2017", date(2017, 1, 1), date(2018, 1, 1), "2016"),
        ("2017-Q2", date(2017, 4, 1), date(2017, 7, 1), "2017-Q1"),
        ("2017-Q1", date(2017, 1, 1), date(2017, 4, 1), "2016-Q4"),
        ("2017-12", date(2017, 12, 1), date(2018, 1, 1), "2017-11"),
        ("2017-01", date(2017, 1, 1), date(2017, 2, 1), "2016-12"),
        ("2017-03-01", date(2017, 3, 1), date(2017, 3, 2), "2017-02-28"),
        (
            "2017-04-05/2017-04-12",
            date(2017, 4, 5),
            date(2017, 4, 12),
            "2017-03-29/2017-04-05",
        ),
    ],
)
def test_every_form_is_read(text, start, end, previous):
    period = Period.parse(text)

    assert period == Period(start, end)
    assert str(period) == text
    assert str(period.previous()) == previous


def test_the_shortest_form_is_written():
    assert str(Period.parse("2017-04-01/2017-07-01")) == "2017-Q2"
    assert str(Period.parse("2017-02-01/2017-05-01")) == "2017-02-01/2017-05-01"


def test_named_constructors_give_calendar_units():
    assert str(Period.year(2017)) == "2017"
    assert str(Period.quarter(2017, 2)) == "2017-Q2"
    assert str(Period.month(2017, 4)) == "2017-04"
    assert str(Period.day(date(2017, 4, 1))) == "2017-04-01"
    assert Period.year(2016).days == 366


def test_a_moment_counts_by_its_utc_day():
    period = Period.day(date(2017, 4, 1))
    berlin = timezone(timedelta(hours=2))

    assert datetime(2017, 4, 1, 23, 59, tzinfo=UTC) in period
    assert datetime(2017, 4, 1, 1, 0, tzinfo=berlin) not in period
    assert bucket(datetime(2017, 4, 1, 1, 0, tzinfo=berlin), "month") == "2017-03"


def test_only_days_and_aware_moments_are_contained():
    with pytest.raises(NaiveTime):
        _ = datetime(2017, 4, 1) in Period.year(2017)  # noqa: DTZ001
    with pytest.raises(WrongType):
        _ = "2017-04-01" in Period.year(2017)
    with pytest.raises(InvalidValue):
        _ = datetime.min.replace(tzinfo=timezone(timedelta(hours=2))) in Period.year(2017)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "17",
        "2017-Q5",
        "2017-Q0",
        "2017-13",
        "2017-00",
        "2017-02-29",
        "0000",
        "9999",
        "9999-12",
        "9999-12-31",
        "2017-07-01/2017-04-01",
        "2017-04-01/2017-04-01",
        "2017 ",
        "20170401",
        "2017-04-01/",
        "\u0662\u0660\u0661\u0667",
        "2017\n",
        "2017\x00",
        "\ud800",
        pytest.param("2" * 10**6, id="long"),
    ],
)
def test_other_texts_are_no_period(text):
    with pytest.raises(InvalidValue):
        Period.parse(text)


@pytest.mark.parametrize("text", [None, 2017, b"2017"])
def test_a_period_is_read_from_text_only(text):
    with pytest.raises(WrongType):
        Period.parse(text)


@pytest.mark.parametrize("bound", [None, "2017-01-01", 1, datetime(2017, 1, 1, tzinfo=UTC)])
def test_bounds_are_plain_dates(bound):
    with pytest.raises(WrongType):
        Period(bound, date(2018, 1, 1))
    with pytest.raises(WrongType):
        Period(date(2017, 1, 1), bound)


def test_a_period_has_at_least_one_day():
    with pytest.raises(InvalidValue):
        Period(date(2017, 1, 1), date(2017, 1, 1))


@pytest.mark.parametrize("numbers", [(2017, 5), (2017, 0), (0, 1), (2**62, 1)])
def test_a_quarter_lies_in_the_calendar(numbers):
    with pytest.raises(InvalidValue):
        Period.quarter(*numbers)


@pytest.mark.parametrize("year", ["2017", 2017.0, True, None])
def test_a_year_is_a_whole_number(year):
    with pytest.raises(WrongType):
        Period.year(year)


@pytest.mark.parametrize(
    "text", ["0001", "0001-Q1", "0001-01", "0001-01-01", "0001-01-02/0001-02-03"]
)
def test_nothing_is_before_the_calendar(text):
    with pytest.raises(InvalidValue):
        Period.parse(text).previous()


def test_periods_sort_by_their_start():
    assert Period.year(2016) < Period.year(2017)


@pytest.mark.parametrize("unit", ["week", "", None])
def test_an_unknown_unit_is_refused(unit):
    with pytest.raises(InvalidValue):
        bucket(date(2017, 4, 1), unit)


@given(ranges.map(sorted), days)
def test_a_window_covers_the_days_of_the_period_with_its_bounds(bounds, day):
    start, end = bounds

    assert covers(start, end, day) is (day in Period(start, end))
    assert covers(None, end, day) is (day < end)
    assert covers(start, None, day) is (start <= day)
    assert covers(None, None, day)


@given(days | st.none(), days | st.none())
def test_a_window_is_faulty_exactly_when_it_has_both_bounds_and_no_day(start, end):
    faults = [*window_faults(start, end, "paused")]

    is_empty = start is not None and end is not None and end <= start
    assert [fault.field for fault in faults] == ["paused_until"] * is_empty
