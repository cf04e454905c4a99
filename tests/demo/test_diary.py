from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import crmcore
from crmcore.demo.diary import BATCH, Diary, SteppedClock, Tale, office_time
from crmcore.values import CountedIds

START = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def hours(many: int) -> datetime:
    return START + timedelta(hours=many)


def watch(done: int, total: int | None) -> None:
    """Watches nothing."""


@given(moments, st.integers())
def test_office_time_is_never_earlier_and_always_within_office_hours(at: datetime, seed: int):
    moved = office_time(at, Random(seed))

    assert at <= moved <= at + timedelta(days=4)
    assert moved.weekday() < 5
    assert 7 <= moved.hour < 16


@given(moments, st.integers())
def test_office_time_stays_what_it_is(at: datetime, seed: int):
    once = office_time(at, Random(seed))

    assert office_time(once, Random(seed + 1)) == once


@given(st.lists(moments, max_size=8))
def test_the_clock_never_runs_backwards(wanted: list[datetime]):
    clock = SteppedClock(START)
    seen = []

    for at in wanted:
        clock.move_on(at)
        seen.append(clock.now())

    assert seen == sorted(seen)


@given(st.lists(st.lists(st.integers(0, 50), max_size=6), max_size=6))
def test_tales_are_woken_in_the_order_of_time(waits: list[list[int]]):
    diary = Diary(SteppedClock(START), hours(10_000))
    woken: list[datetime] = []

    def tale(steps: list[int]) -> Tale:
        for step in steps:
            woken.append(diary.now)
            yield diary.now + timedelta(hours=step)
        woken.append(diary.now)

    for steps in waits:
        diary.note(tale(steps), START)
    diary.live(crmcore.open("memory://", ids=CountedIds()), watch)

    assert woken == sorted(woken)
    assert len(woken) == sum(len(steps) + 1 for steps in waits)


def test_what_lies_beyond_the_end_does_not_happen():
    diary = Diary(SteppedClock(START), hours(5))
    happened = []

    def tale() -> Tale:
        happened.append("first")
        yield hours(6)
        happened.append("second")

    diary.note(tale(), hours(1))
    diary.live(crmcore.open("memory://"), watch)

    assert happened == ["first"]
    assert diary.now == hours(5)


def test_progress_is_told_batch_by_batch():
    diary = Diary(SteppedClock(START), START + timedelta(days=10))
    told = []

    def tale(day: int) -> Tale:
        yield START + timedelta(days=day)

    for number in range(BATCH):
        diary.note(tale(number % 10), START)
    diary.live(
        crmcore.open("memory://", ids=CountedIds()), lambda done, total: told.append((done, total))
    )

    assert told == [(0, 10), (9, 10)]


def test_a_sleeping_diary_has_no_transaction():
    diary = Diary(SteppedClock(START), hours(1))

    with pytest.raises(LookupError):
        _ = diary.tx
