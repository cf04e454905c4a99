"""Equal arguments have equal fingerprints, others have others, on every machine."""

from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InexactNumber, InvalidValue, NaiveTime, WrongType
from crmcore.grammar.attributes import Attributes
from crmcore.grammar.field import F
from crmcore.usecases.idempotency import fingerprint
from crmcore.values import Money, Period, Share


class Size(StrEnum):
    SMALL = "small"


@attrs.frozen
class Line:
    """A value of a host application."""

    what: str
    count: int


@attrs.frozen
class Row:
    """Another one with the same fields."""

    what: str
    count: int


sorts = (
    st.booleans(),
    st.text(),
    st.integers(-99, 99) | st.decimals(-99, 99, places=2),
    st.dates(),
    st.uuids(),
    st.builds(Money, st.decimals(0, 9, places=1), st.sampled_from(["EUR", "USD"])),
    st.builds(Line, st.text(max_size=1), st.integers(0, 9)),
)
arguments = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.one_of(*sorts),
        lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text() | st.uuids(), inner),
        max_leaves=10,
    ),
)
alike = st.one_of(*(st.tuples(sort, sort) for sort in sorts))


@given(arguments)
def test_the_order_of_arguments_does_not_matter(given_: dict[str, object]) -> None:
    turned = OrderedDict(reversed(given_.items()))

    assert fingerprint(turned) == fingerprint(given_)


@given(arguments, st.text(), alike)
def test_fingerprints_are_equal_exactly_when_the_arguments_are(
    given_: dict[str, object], name: str, pair: tuple[object, object]
) -> None:
    one, other = pair

    same = fingerprint({**given_, name: one}) == fingerprint({**given_, name: other})

    assert same is (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (3, Decimal("3.00")),
        (Decimal("0E+3"), 0),
        (Size.SMALL, "small"),
        ((1, 2), [1, 2]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2}, frozenset({2, 1})),
        (Attributes({"a": 1}), {"a": 1}),
        (Money("1.50", "EUR"), Money("1.5", "EUR")),
        (
            datetime(2017, 4, 1, 12, tzinfo=UTC),
            datetime(2017, 4, 1, 14, tzinfo=timezone(timedelta(hours=2))),
        ),
    ],
)
def test_equal_arguments_have_equal_fingerprints(one: object, other: object) -> None:
    assert fingerprint({"x": one}) == fingerprint({"x": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, "1"),
        (None, ""),
        ((1, 2), (2, 1)),
        ((1, 2), {1, 2}),
        (((1,), 2), (1, 2)),
        ({"a": None}, {}),
        ("2017-04-01", date(2017, 4, 1)),
        (date(2017, 4, 1), datetime(2017, 4, 1, tzinfo=UTC)),
        (UUID(int=0), str(UUID(int=0))),
        (Share("0.5"), Decimal("0.5")),
        (Money(1, "EUR"), Money(1, "USD")),
        (Line("a", 1), Row("a", 1)),
        (Line("a", 1), {"what": "a", "count": 1}),
        (Period.parse("2017"), Period.parse("2017-Q1")),
        (F.a == 1, F.a == 2),
    ],
)
def test_unequal_arguments_have_unequal_fingerprints(one: object, other: object) -> None:
    assert fingerprint({"x": one}) != fingerprint({"x": other})


def test_a_fingerprint_is_the_same_for_ever() -> None:
    asked = {
        "order": UUID("018bcfe5-6800-7000-8000-000100000000"),
        "lines": {UUID(int=7): Decimal("2.50")},
        "on": date(2017, 4, 1),
        "at": datetime(2017, 4, 1, 12, tzinfo=UTC),
        "price": Money("12.50", "EUR"),
        "note": "Größe",
        "tags": ("a", None, True),
    }

    assert fingerprint(asked) == "1cebd571ea7b2d6dc09376c57693497b208d7e4fbe44e7e1431d0a853524049c"


def test_lone_surrogates_can_be_told_apart_too() -> None:
    assert fingerprint({"x": "\ud800"}) != fingerprint({"x": "\ud801"})


@pytest.mark.parametrize(
    ("value", "error", "told"),
    [
        ({"price": [1.5]}, InexactNumber, r"^\$\.x\.price\[0\]: floats"),
        (datetime(2017, 4, 1), NaiveTime, r"^\$\.x: "),  # noqa: DTZ001 - that is the point
        (object(), WrongType, r"^\$\.x: expected a value, or a collection of values, got object"),
        ([Line], WrongType, r"^\$\.x\[0\]: .* got type"),
    ],
)
def test_what_has_no_canonical_form_is_refused(
    value: object, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        fingerprint({"x": value})


def test_what_is_nested_too_deeply_is_refused() -> None:
    nested: list[object] = []
    for _ in range(10_000):
        nested = [nested]
    with pytest.raises(InvalidValue, match="nested too deeply"):
        fingerprint({"x": nested})
