"""Who is picked: eligibility, order, ties, and that no chance is in it."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.teams import Barrier, Candidate, Strategy, after_pick, pick

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ITEM = UUID(int=900)
SKILLS = ("french", "pumps")


def someone(number, **fields):
    return Candidate(employee=UUID(int=number), **fields)


def hours_ago(hours):
    return AT - timedelta(hours=hours)


@st.composite
def pools(draw, least=0):
    amount = st.none() | st.integers(0, 4)
    return [
        someone(
            number,
            capacity=draw(amount),
            daily_quota=draw(amount),
            skills=frozenset(draw(st.sets(st.sampled_from(SKILLS)))),
            open=draw(st.integers(0, 4)),
            today=draw(st.integers(0, 4)),
            last_assigned_at=draw(st.none() | st.integers(0, 3).map(hours_ago)),
            is_available=draw(st.booleans()),
        )
        for number in range(draw(st.integers(least, 6)))
    ]


def test_round_robin_takes_who_has_waited_longest():
    pool = [
        someone(1, last_assigned_at=hours_ago(1)),
        someone(2, last_assigned_at=hours_ago(3)),
        someone(3, last_assigned_at=hours_ago(2)),
    ]

    assert pick(ITEM, pool).chosen == pool[1]


def test_round_robin_takes_first_who_was_never_given_anything():
    pool = [someone(1, last_assigned_at=hours_ago(9000)), someone(2)]

    assert pick(ITEM, pool).chosen == pool[1]


def test_round_robin_takes_who_was_given_fewest_of_those_who_waited_as_long():
    pool = [someone(n, last_assigned_at=hours_ago(1), today=4 - n) for n in (1, 2, 3)]

    assert pick(ITEM, pool).chosen == pool[2]


def test_least_loaded_looks_at_what_is_open_in_relation_to_the_capacity():
    pool = [someone(1, open=4, capacity=10), someone(2, open=3, capacity=6)]

    found = pick(ITEM, pool, strategy=Strategy.LEAST_LOADED)

    assert found.chosen == pool[0]
    assert [each.load for each in found.ranked] == [Fraction(2, 5), Fraction(1, 2)]


def test_who_has_no_limit_is_measured_by_the_largest_capacity():
    pool = [someone(1, open=5), someone(2, open=4, capacity=10), someone(3, open=1, capacity=2)]

    found = pick(ITEM, pool, strategy=Strategy.LEAST_LOADED)

    loads = {each.candidate.employee.int: each.load for each in found.ranked}
    assert loads == {1: Fraction(1, 2), 2: Fraction(2, 5), 3: Fraction(1, 2)}


def test_without_any_limit_fewest_open_comes_first():
    pool = [someone(1, open=5), someone(2, open=4)]

    assert pick(ITEM, pool, strategy=Strategy.LEAST_LOADED).chosen == pool[1]


def test_who_is_preferred_comes_first_whatever_the_turn():
    pool = [someone(1), someone(2, last_assigned_at=hours_ago(0), today=9)]

    found = pick(ITEM, pool, preferred=frozenset({UUID(int=2)}))

    assert found.chosen == pool[1]
    assert "preferred" in found.explain().splitlines()[0]


def test_who_is_passed_over_is_told_with_every_reason():
    busy = someone(1, capacity=2, open=2, daily_quota=1, today=1, is_available=False)

    found = pick(ITEM, [busy], needs=frozenset({"pumps", "french"}))

    (passed,) = found.passed_over
    assert [each.barrier for each in passed.obstacles] == [
        Barrier.AWAY,
        Barrier.FULL,
        Barrier.QUOTA,
        Barrier.SKILL,
        Barrier.SKILL,
    ]
    assert "over capacity (2 open of 2)" in found.explain()
    assert "quota used up (1 of 1 in 24 h)" in found.explain()
    assert found.reason == (
        "1 lacks skill french, 1 lacks skill pumps, 1 on leave, 1 over capacity, 1 quota used up"
    )


def test_nobody_is_found_in_an_empty_pool():
    found = pick(ITEM, [])

    assert (found.chosen, found.reason) == (None, "nobody is in the pool")


def test_another_seed_breaks_ties_in_another_way():
    pool = [someone(number) for number in range(10)]

    chosen = {pick(ITEM, pool, seed=seed).chosen for seed in range(50)}

    assert len(chosen) > 5


def test_ties_are_broken_as_ever():
    # Written down: whoever upgrades the library is given the same leads as before.
    pool = [someone(number) for number in range(10)]

    assert pick(ITEM, pool, seed=7).ranked[0].candidate.employee.int == 5


@pytest.mark.parametrize("field", ["capacity", "daily_quota", "open", "today"])
def test_figures_are_not_negative(field):
    with pytest.raises(InvalidValue, match=field):
        someone(1, **{field: -1})


@given(pools(), st.randoms(use_true_random=False), st.sampled_from(Strategy))
def test_the_order_of_the_pool_does_not_matter(pool, random, strategy):
    shuffled = random.sample(pool, len(pool))

    assert pick(ITEM, pool, strategy=strategy) == pick(ITEM, shuffled, strategy=strategy)


@given(pools(), st.sampled_from(Strategy), st.sets(st.sampled_from(SKILLS)))
def test_nobody_is_chosen_against_an_obstacle_and_nobody_is_passed_over_without(
    pool, strategy, needs
):
    found = pick(ITEM, pool, strategy=strategy, needs=frozenset(needs))

    assert all(not each.candidate.obstacles(frozenset(needs)) for each in found.ranked)
    assert all(each.obstacles for each in found.passed_over)
    seen = [each.candidate for each in (*found.ranked, *found.passed_over)]
    assert sorted(seen, key=lambda each: each.employee) == pool


@given(pools(least=1), st.sampled_from(Strategy))
def test_the_chosen_one_has_one_more_afterwards_and_nobody_else_has(pool, strategy):
    chosen = pick(ITEM, pool, strategy=strategy).chosen
    assume(chosen is not None)

    after = after_pick(pool, chosen, AT)

    for before, each in zip(pool, after, strict=True):
        more = int(before == chosen)
        assert (each.open, each.today) == (before.open + more, before.today + more)
        assert attrs.evolve(each, open=0, today=0, last_assigned_at=None, turn=0) == attrs.evolve(
            before, open=0, today=0, last_assigned_at=None, turn=0
        )


@given(st.integers(2, 6), st.integers(1, 40), st.integers())
def test_in_turn_everybody_is_given_as_many_and_nobody_twice_running(people, items, seed):
    pool = tuple(someone(number) for number in range(people))
    given_to = []

    for number in range(items):
        chosen = pick(UUID(int=number), pool, seed=seed).chosen
        given_to.append(chosen.employee)
        pool = after_pick(pool, chosen, AT)

    counts = [given_to.count(each.employee) for each in pool]
    assert max(counts) - min(counts) <= 1
    assert all(one != two for one, two in pairwise(given_to))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 40))
def test_the_least_loaded_are_filled_evenly_and_never_over_capacity(capacities, items):
    pool = tuple(someone(n, capacity=each) for n, each in enumerate(capacities))

    for number in range(items):
        chosen = pick(UUID(int=number), pool, strategy=Strategy.LEAST_LOADED).chosen
        pool = after_pick(pool, chosen, AT)

    assert sum(each.open for each in pool) == min(items, sum(capacities))
    assert all(each.open <= each.capacity for each in pool)
    loads = [Fraction(each.open, each.capacity) for each in pool]
    # Whoever was given one had not more than anybody then.
    assert all(Fraction(each.open - 1, each.capacity) <= min(loads) for each in pool if each.open)
