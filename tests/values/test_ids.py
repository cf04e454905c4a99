"""Ids are UUIDv7, strictly increasing, and checked when they come from outside."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import RFC_4122, UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, WrongType
from crmcore.values import CountedIds, Uuid7Source, as_uuid

NOW = 1_700_000_000_000


def test_an_id_has_the_layout_of_version_7_and_carries_the_time():
    drawn = Uuid7Source(lambda: NOW, secrets.randbits).new()

    assert (drawn.version, drawn.variant) == (7, RFC_4122)
    assert drawn.int >> 80 == NOW


def test_ids_are_strictly_increasing_within_each_of_8_threads_and_unique_over_all():
    source = Uuid7Source(lambda: NOW, secrets.randbits)

    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: [source.new() for _ in range(2_000)], range(8)))

    assert all(earlier < later for run in runs for earlier, later in pairwise(run))
    assert len({drawn for run in runs for drawn in run}) == 16_000


@given(st.lists(st.integers(0, 2**48 - 1), min_size=2, max_size=50))
def test_ids_increase_whatever_the_clock_does(times):
    ticks = iter(times)
    source = Uuid7Source(lambda: next(ticks), secrets.randbits)

    drawn = [source.new() for _ in times]

    assert all(earlier < later for earlier, later in pairwise(drawn))
    assert all(one.version == 7 for one in drawn)


def test_a_full_counter_borrows_from_the_next_millisecond():
    source = Uuid7Source(lambda: NOW, random_bits=lambda bits: (1 << bits) - 1)
    first = source.new()
    source._counter = (1 << 42) - 1

    second = source.new()

    assert first < second
    assert second.int >> 80 == NOW + 1


@pytest.mark.parametrize("ms", [-1, 2**48])
def test_a_clock_beyond_the_format_is_refused(ms):
    source = Uuid7Source(lambda: ms, secrets.randbits)

    with pytest.raises(InvalidValue):
        source.new()


def test_counted_ids_are_the_same_in_every_run_and_increase():
    source, again = CountedIds(), CountedIds()

    drawn = [source.new() for _ in range(100)]

    assert drawn == [again.new() for _ in range(100)]
    assert drawn == sorted(set(drawn))
    assert {one.version for one in drawn} == {7}


def test_counted_ids_of_different_seeds_never_meet():
    one, other = CountedIds(1), CountedIds(2)

    drawn = {one.new() for _ in range(100)} | {other.new() for _ in range(100)}

    assert len(drawn) == 200


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_does_not_fit_is_refused(seed):
    with pytest.raises(InvalidValue):
        CountedIds(seed)


@given(st.uuids())
def test_an_id_survives_its_text(value):
    assert as_uuid("id", str(value)) == value
    assert as_uuid("id", str(value).upper()) == value
    assert as_uuid("id", value) is value


@pytest.mark.parametrize("text", ["{%s}", "urn:uuid:%s", "%s ", "%s\n", " %s"])
def test_other_spellings_of_an_id_are_refused(text):
    with pytest.raises(InvalidValue, match="id: "):
        as_uuid("id", text % uuid4())


def test_an_id_without_dashes_is_refused():
    with pytest.raises(InvalidValue):
        as_uuid("id", uuid4().hex)


@pytest.mark.parametrize("value", [None, 7, b"x" * 16, 1.5, (UUID(int=1),)])
def test_what_is_neither_id_nor_text_is_of_the_wrong_type(value):
    with pytest.raises(WrongType):
        as_uuid("id", value)
