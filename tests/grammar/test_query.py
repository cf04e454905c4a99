"""The nodes themselves: joining them, taking them apart, and how many there may be."""

import copy
import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import ExpressionTooLarge, InvalidValue, WrongType
from crmcore.grammar import (
    EVERYTHING,
    Aggregate,
    Among,
    Bucket,
    Compare,
    Either,
    Elapsed,
    Every,
    F,
    Has,
    Not,
    Path,
    Query,
)
from crmcore.grammar.query import (
    MAX_DEPTH,
    MAX_KEYS,
    MAX_NODES,
    MAX_VALUES,
    MAX_VALUES_IN_ALL,
    check_size,
    operands,
    parts,
)
from crmcore.grammar.scalars import MAX_TEXT

from .questions import QUESTIONS, fits

A, B, C = F.a == 1, F.b == 2, F.c == 3


def negated(condition, times):
    for _ in range(times):
        condition = ~condition
    return condition


def test_joining_keeps_the_tree_flat():
    assert A & B & C == Every((A, B, C)) == A & (B & C)
    assert A | B | C == Either((A, B, C)) == A | (B | C)
    assert Every((A, Either((B, C)))) == A & (B | C)
    assert Every((A,)) == EVERYTHING & A
    assert Not(A) == ~A


@given(QUESTIONS)
def test_a_condition_is_a_value(condition):
    twin = copy.deepcopy(condition)

    assert twin == condition == pickle.loads(pickle.dumps(condition))  # noqa: S301 - our own bytes
    assert hash(twin) == hash(condition)
    assert ~condition != condition


THREE = st.tuples(QUESTIONS, QUESTIONS, QUESTIONS)


@given(THREE)
def test_joining_is_associative(three):
    one, two, three = three

    assert (one & two) & three == one & (two & three)
    assert (one | two) | three == one | (two | three)
    assert EVERYTHING & one == one & EVERYTHING


@given(QUESTIONS)
def test_the_size_of_a_condition_is_that_of_its_parts_and_one(condition):
    assert size(condition) == 1 + sum(size(part) for part in parts(condition))
    assert len([*operands(condition)]) <= 2 * size(condition)


def size(condition):
    waiting, seen = [condition], 0
    while waiting:
        seen += 1
        waiting.extend(parts(waiting.pop()))
    return seen


@given(QUESTIONS, st.integers(0, 30))
def test_a_level_more_is_a_level_nearer_to_the_limit(condition, times):
    deep = negated(condition, times)

    assert fits(deep) is (levels(condition) + times <= MAX_DEPTH and size(deep) <= MAX_NODES)


def levels(condition):
    return 1 + max(map(levels, parts(condition)), default=0)


@pytest.mark.parametrize("ask", [lambda: A and B, lambda: A or B, lambda: not A, lambda: bool(A)])
def test_a_condition_is_neither_true_nor_false(ask):
    with pytest.raises(InvalidValue, match="join conditions with &"):
        ask()


def test_the_parts_are_what_lies_directly_inside():
    assert parts(A & B) == parts(A | B) == (A, B)
    assert parts(~A) == parts(F.x.any(A)) == (A,)
    assert parts(A) == ()


def test_operands_come_in_reading_order_without_those_of_children():
    condition = (F.a < F.b) & ~(F.c.is_missing() | F.d.contains("x")) & F.x.any(A) & F.e.in_([1])

    assert [str(each) for each in operands(condition)] == ["a", "b", "c", "d", "e"]


def test_operands_of_any_depth_are_found():
    assert [*operands(negated(A, 100_000))] == [Path(("a",))]


# --- limits --------------------------------------------------------------------------------------


def test_the_limits_are_those_of_the_reference():
    assert (MAX_DEPTH, MAX_NODES, MAX_VALUES) == (10, 200, 1000)
    assert (MAX_VALUES_IN_ALL, MAX_KEYS, MAX_TEXT) == (10_000, 10, 10_000)


def test_the_limit_of_levels_is_exact():
    check_size(negated(A, MAX_DEPTH - 1))

    with pytest.raises(ExpressionTooLarge) as refused:
        check_size(negated(A, MAX_DEPTH))
    assert (refused.value.measure, refused.value.limit) == ("levels", MAX_DEPTH)


def test_the_limit_of_nodes_is_exact():
    check_size(Every((A,) * (MAX_NODES - 1)))

    with pytest.raises(ExpressionTooLarge) as refused:
        check_size(Every((A,) * MAX_NODES))
    assert (refused.value.measure, refused.value.limit) == ("nodes", MAX_NODES)


def test_the_limit_of_values_is_exact():
    check_size(Among(Path(("a",)), (1,) * MAX_VALUES))

    with pytest.raises(ExpressionTooLarge) as refused:
        check_size(~Among(Path(("a",)), (1,) * (MAX_VALUES + 1)))
    assert (refused.value.measure, refused.value.limit) == ("values", MAX_VALUES)


def test_many_lists_of_values_are_too_many_together():
    full = Among(Path(("a",)), (1,) * MAX_VALUES)
    lists = MAX_VALUES_IN_ALL // MAX_VALUES
    check_size(Either((full,) * lists))

    with pytest.raises(ExpressionTooLarge) as refused:
        check_size(Either((full,) * lists) & ~A & full)
    assert refused.value.limit == MAX_VALUES_IN_ALL


def test_what_is_inside_children_counts():
    with pytest.raises(ExpressionTooLarge):
        check_size(F.x.any(Every((A,) * MAX_NODES)))


def test_deep_wide_and_shared_conditions_are_refused_quickly():
    wide = Every((A,) * 1_000_000)
    shared = Every((wide,) * (MAX_NODES - 1))
    hostile = (negated(A, 100_000), wide, shared, Has(Path(("x",)), shared))
    began = time.process_time()

    for condition in hostile:
        with pytest.raises(ExpressionTooLarge):
            check_size(condition)

    assert time.process_time() - began < 0.1


# --- questions as a whole ------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0, -1, -(10**30)])
def test_a_query_asks_for_one_entity_at_least(limit):
    with pytest.raises(InvalidValue, match="limit"):
        Query(entity="thing", limit=limit)


@pytest.mark.parametrize("limit", [True, "1", 1.0])
def test_the_limit_of_a_query_is_a_whole_number(limit):
    with pytest.raises(WrongType, match="limit"):
        Query(entity="thing", limit=limit)


@given(st.none() | st.integers(1, 2**31))
def test_a_query_may_have_any_other_limit(limit):
    assert Query(entity="thing", limit=limit).limit == limit


def test_an_aggregate_over_fewer_fulfils_both():
    counted = Aggregate("count", None, A)

    assert counted.only(B).where == A & B
    assert counted.where == A


def test_a_path_reads_as_it_is_written():
    assert str(Path(("owner", "name"))) == "owner.name"
    assert Compare("eq", Elapsed(Path(("a",)), Path(("b",))), 1) == ((F.b - F.a) == 1)
    assert F.a.by("month")() == Bucket(Path(("a",)), "month")
