"""Time is cut into periods that tile it, and the day of the month on which they begin is kept."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, UnknownName, WrongType
from crmcore.subscriptions import Alignment, Cycle, Every, period_around
from crmcore.subscriptions.recurrence import MAX_COUNT, after_days, after_months, check_alignment

from .agreed import by_the_calendar, day, rhythms

BY_DAY, BY_CALENDAR = Alignment.ANNIVERSARY, Alignment.CALENDAR
dates = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def starts(anchor, every, many, alignment=BY_DAY):
    """The first days of so many periods from an anchor on."""
    found, present = [], day(anchor)
    for _ in range(many):
        found.append(present.isoformat())
        present = period_around(present, every, alignment, day(anchor)).end
    return found


def test_what_began_on_the_last_of_january_comes_back_to_the_31st():
    assert starts("2023-01-31", Every(1, "month"), 5) == [
        "2023-01-31",
        "2023-02-28",
        "2023-03-31",
        "2023-04-30",
        "2023-05-31",
    ]


def test_a_leap_year_has_a_29th_of_february():
    assert starts("2024-01-31", Every(1, "month"), 3)[1] == "2024-02-29"
    assert starts("2024-01-29", Every(1, "month"), 2)[1] == "2024-02-29"


def test_what_began_on_a_leap_day_is_on_the_28th_until_the_next_leap_year():
    years = starts("2024-02-29", Every(1, "year"), 6)

    assert years == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
        "2029-02-28",
    ]


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (Every(1, "week"), ("2024-05-13", "2024-05-20")),
        (Every(1, "month"), ("2024-05-01", "2024-06-01")),
        (Every(2, "month"), ("2024-05-01", "2024-07-01")),
        (Every(3, "month"), ("2024-04-01", "2024-07-01")),
        (Every(6, "month"), ("2024-01-01", "2024-07-01")),
        (Every(1, "year"), ("2024-01-01", "2025-01-01")),
        (Every(12, "month"), ("2024-01-01", "2025-01-01")),
    ],
)
def test_the_calendar_has_periods_of_its_own(every, expected):
    found = period_around(day("2024-05-15"), every, BY_CALENDAR, day("2024-02-17"))

    assert (found.start.isoformat(), found.end.isoformat()) == expected


@pytest.mark.parametrize("every", [Every(5, "month"), Every(2, "week"), Every(2, "year")])
def test_the_calendar_has_no_first_day_of_other_periods(every):
    with pytest.raises(InvalidValue, match="alignment"):
        check_alignment(every, BY_CALENDAR)


def test_a_rhythm_reads_as_people_say_it():
    assert str(Every(1, "month")) == "every month"
    assert str(Every(2, Cycle.WEEK)) == "every 2 weeks"
    assert Every(2, "year").months == 24


@pytest.mark.parametrize("count", [0, -1, MAX_COUNT + 1])
def test_a_count_has_bounds(count):
    with pytest.raises(InvalidValue, match="count"):
        Every(count, "month")


def test_a_unit_has_to_be_known():
    with pytest.raises(UnknownName) as caught:
        Every(1, "mont")
    with pytest.raises(WrongType):
        Every("1", "month")

    assert caught.value.suggestion == "month"


def test_the_calendar_has_an_end():
    with pytest.raises(InvalidValue, match="calendar"):
        after_months(date(9999, 12, 1), 1)
    with pytest.raises(InvalidValue, match="calendar"):
        after_days(date(9999, 12, 31), 1)


@given(anchor=dates, there=dates, every=rhythms)
def test_a_day_lies_in_its_period(anchor, there, every):
    found = period_around(there, every, BY_DAY, anchor)

    assert there in found


@given(there=dates, every=by_the_calendar)
def test_a_day_lies_in_its_period_of_the_calendar(there, every):
    found = period_around(there, every, BY_CALENDAR, there)

    assert there in found
    assert found.start.weekday() == 0 if every.unit is Cycle.WEEK else found.start.day == 1


@given(anchor=dates, there=dates, every=rhythms | by_the_calendar, by=st.sampled_from(Alignment))
def test_periods_tile_the_time(anchor, there, every, by):
    if by is BY_CALENDAR and every not in (Every(1, "month"), Every(3, "month")):
        every = Every(1, "week")

    found = period_around(there, every, by, anchor)
    before = period_around(found.start - timedelta(days=1), every, by, anchor)
    then = period_around(found.end, every, by, anchor)

    assert before.end == found.start
    assert found.end == then.start


@given(anchor=dates, there=dates, every=rhythms)
def test_every_day_of_a_period_has_the_same_one(anchor, there, every):
    found = period_around(there, every, BY_DAY, anchor)

    last = found.end - timedelta(days=1)
    assert period_around(found.start, every, BY_DAY, anchor) == found
    assert period_around(last, every, BY_DAY, anchor) == found


@given(anchor=dates, there=dates, count=st.integers(1, 30))
def test_the_day_of_the_month_is_kept_where_there_is_one(anchor, there, count):
    found = period_around(there, Every(count, "month"), BY_DAY, anchor).start

    assert found.day == min(anchor.day, monthrange(found.year, found.month)[1])


@given(there=dates, months=st.integers(-600, 600), more=st.integers(-600, 600))
def test_months_add_up_from_the_first_of_a_month(there, months, more):
    first = there.replace(day=1)

    assert after_months(after_months(first, months), more) == after_months(first, months + more)
