"""Writing expressions with F, and the mistakes people make with it."""

import copy
import pickle
from datetime import date
from decimal import Decimal
from itertools import count as counting

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError, InvalidValue, WrongType
from crmcore.grammar import (
    Aggregate,
    Among,
    Compare,
    F,
    Folded,
    Has,
    Matches,
    Missing,
    Order,
    Path,
    average,
    count,
    count_distinct,
    largest,
    median,
    operand_of,
    order_of,
    path_of,
    smallest,
    total,
)
from crmcore.grammar.query import MAX_VALUES
from crmcore.values import Period

A, B = Path(("a",)), Path(("b",))


@pytest.mark.parametrize(
    ("built", "node"),
    [
        (F.a == 1, Compare("eq", A, 1)),
        (F.a != 1, Compare("ne", A, 1)),
        (F.a < 1, Compare("lt", A, 1)),
        (F.a <= 1, Compare("le", A, 1)),
        (F.a > 1, Compare("gt", A, 1)),
        (F.a >= 1, Compare("ge", A, 1)),
        (F.a < F.b, Compare("lt", A, B)),
        (F.a == F.b.folded, Compare("eq", A, Folded(B))),
        (F.a.between(1, 2), Compare("ge", A, 1) & Compare("le", A, 2)),
        (F.a.between(F.b, 2), Compare("ge", A, B) & Compare("le", A, 2)),
        (F.a.is_missing(), Missing(A)),
        (F.a.any(F.b == 1), Has(A, Compare("eq", B, 1))),
        (F.a.contains("x"), Matches("contains", A, "x")),
        (F.a.folded.startswith("x"), Matches("starts", Folded(A), "x")),
        (F.a.endswith("x"), Matches("ends", A, "x")),
        (F.a.in_(x for x in (1, 2)), Among(A, (1, 2))),
    ],
)
def test_operators_build_nodes(built, node):
    assert built == node


def test_values_on_the_left_are_turned_around():
    assert (Decimal(1) < F.a) == Compare("gt", A, Decimal(1))
    assert (date(2024, 1, 1) >= F.a) == Compare("le", A, date(2024, 1, 1))
    assert (F.a == 1) == Compare("eq", A, 1)


def test_a_period_is_half_open():
    first, end = date(2017, 4, 1), date(2017, 7, 1)

    assert F.a.during("2017-Q2") == (F.a >= first) & (F.a < end)
    assert F.a.during(Period(first, end)) == F.a.during("2017-Q2")


def test_names_lead_through_dots_and_brackets():
    assert F.a.b() == F["a.b"]() == F["a"]["b"]() == Path(("a", "b"))
    assert F["any"].folded() == Folded(Path(("any",)))
    assert hash(F.a) == hash(A)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (lambda: F.a == None, InvalidValue),  # noqa: E711 - the very mistake
        (lambda: F.a < None, InvalidValue),
        (lambda: F.a.between(None, 1), InvalidValue),
        (lambda: F.a.in_([1, None]), InvalidValue),
        (lambda: F.a.in_("open"), WrongType),
        (lambda: F.a.in_(5), WrongType),
        (lambda: F.a.in_(F.b), WrongType),
        (lambda: F.a.during(None), WrongType),
        (lambda: F.a.during("soon"), InvalidValue),
        (lambda: F.a.by("day").contains("x"), InvalidValue),
        (lambda: F.a - date(2024, 1, 1), InvalidValue),
        (lambda: path_of(F.a.folded), InvalidValue),
        (lambda: F[5], WrongType),
        (lambda: 1 < F.a < 5, InvalidValue),
        (lambda: F.x and F.y == 1 and F.z, InvalidValue),
    ],
)
def test_mistakes_are_told_at_once(wrong, error):
    with pytest.raises(error):
        wrong()


def test_values_without_an_end_are_cut_beyond_the_limit():
    endless = F.a.in_(counting())

    assert len(endless.values) == MAX_VALUES + 1


@pytest.mark.parametrize("wrong", [list, tuple, iter, lambda field: "x" in field])
def test_a_field_holds_nothing_to_go_through(wrong):
    with pytest.raises(TypeError):
        wrong(F.a)


def test_fields_can_be_copied_and_pickled():
    for field in (F, F.a.b, F.a.folded):
        assert copy.deepcopy(field)() == copy.copy(field)() == field()
        assert pickle.loads(pickle.dumps(field))() == field()  # noqa: S301 - our own bytes


def test_fields_read_as_they_are_written():
    assert repr(F.a.b) == "F.a.b"
    assert repr(F.a.folded) == "Folded(path=Path(names=('a',)))"


NAMES = st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), min_size=1, max_size=5)


@given(NAMES)
def test_a_dotted_name_is_a_path_in_every_spelling(names):
    dotted = ".".join(names)

    assert F[dotted]() == path_of(dotted) == Path(tuple(names))
    assert str(F[dotted]()) == dotted
    assert order_of(f"-{dotted}") == F[dotted].descending
    assert path_of(F[names[0]][".".join(names[1:])] if names[1:] else F[dotted]) == path_of(dotted)


@given(st.integers(), st.integers())
def test_values_on_either_side_mean_the_same(one, other):
    assert F.a.between(one, other) == ((one <= F.a) & (other >= F.a))
    assert (one == F.a) == (F.a == one)
    assert (one != F.a) == (F.a != one)


def test_order_keys_may_be_given_in_every_form():
    assert order_of("a") == order_of(F.a) == order_of(Order(A)) == Order(A)
    assert order_of("-a.b") == order_of(F.a.b.descending) == Order(Path(("a", "b")), True)
    assert order_of(F.a.by("day")) == Order(F.a.by("day")())
    assert operand_of("a") == operand_of(F.a) == operand_of(A) == A


@pytest.mark.parametrize(
    ("build", "function"),
    [
        (count_distinct, "count_distinct"),
        (total, "sum"),
        (average, "avg"),
        (median, "median"),
        (smallest, "min"),
        (largest, "max"),
    ],
)
def test_aggregates_are_built_with_and_without_a_filter(build, function):
    assert build(F.a) == Aggregate(function, A)
    assert build(F.a, F.b == 1) == Aggregate(function, A, F.b == 1)
    assert count() == Aggregate("count")
    assert count(F.b == 1) == Aggregate("count", None, F.b == 1)


@given(
    st.sampled_from(["in_", "contains", "during", "between", "any", "by", "__getitem__"]),
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(), st.binary(), st.lists(st.none())),
)
def test_junk_gives_a_node_or_our_own_error(method, junk):
    arguments = (junk, junk) if method == "between" else (junk,)
    built = None

    try:
        built = getattr(F.a, method)(*arguments)
    except CrmError as error:
        built = error

    assert built is not None
