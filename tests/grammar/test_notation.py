"""Writing expressions as JSON: what comes out is plain, and reading gives the same back."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import ExpressionTooLarge, InvalidValue, NaiveTime, WrongType
from crmcore.grammar import (
    Compare,
    Condition,
    Every,
    F,
    Path,
    bind,
    from_json,
    to_json,
)
from crmcore.grammar.notation import (
    operand_from_json,
    operand_to_json,
    scalar_from_json,
    scalar_to_json,
)
from crmcore.values import Money, Share

from .questions import PATHS, QUESTIONS, operands
from .specimens import NOW, SCOPE, Colour

AMOUNTS = st.integers(-(10**18) + 1, 10**18 - 1).map(lambda digits: Decimal(digits).scaleb(-4))
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.text(st.characters(exclude_categories=("Cc", "Cs"))),
    st.integers(-(10**60), 10**60).map(lambda digits: Decimal(digits).scaleb(-40)),
    st.builds(Money, AMOUNTS, st.sampled_from(("EUR", "JPY", "KWD"))),
    st.integers(0, 10**6).map(lambda parts: Share(Decimal(parts).scaleb(-6))),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.uuids(),
    st.sampled_from(Colour),
)


def there_and_back(data):
    """The same data after a journey as a text."""
    return json.loads(json.dumps(data, allow_nan=False))


@given(QUESTIONS)
def test_a_condition_survives_as_json(condition):
    again = from_json(there_and_back(to_json(condition)))

    assert again == condition
    assert repr(bind(again, SCOPE)) == repr(bind(condition, SCOPE))


@given(QUESTIONS)
def test_a_bound_condition_survives_as_json(condition):
    bound = bind(condition, SCOPE)

    try:
        again = from_json(there_and_back(to_json(bound)))
    except ExpressionTooLarge:
        # Money takes a level more when it is bound.
        return
    assert repr(bind(again, SCOPE)) == repr(bound)


@given(QUESTIONS)
def test_what_was_read_is_written_the_same_again(condition):
    written = to_json(condition)

    assert to_json(from_json(there_and_back(written))) == written


@given(st.sampled_from(list(PATHS["thing"])), st.data())
def test_every_operand_survives_as_json(kind, data):
    operand, _ = data.draw(operands("thing", kind))

    assert operand_from_json(there_and_back(operand_to_json(operand))) == operand


@given(SCALARS)
def test_every_scalar_survives_as_json(value):
    again = scalar_from_json(there_and_back(scalar_to_json(value)))

    if isinstance(value, datetime):
        value = value.replace(microsecond=value.microsecond // 1000 * 1000)
    assert again == value
    assert type(again) is (str if isinstance(value, Colour) else type(value))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("red", "red"),
        (Colour.RED, "red"),
        (True, True),
        (5, 5),
        (Decimal("1.50"), {"$decimal": "1.5"}),
        (Decimal("1E+3"), {"$decimal": "1000"}),
        (Money("12.50", "EUR"), {"$money": ["12.5", "EUR"]}),
        (Share("0.19"), {"$share": "0.19"}),
        (date(2017, 4, 1), {"$date": "2017-04-01"}),
        (NOW, {"$instant": "2024-02-29T12:00:00.000+00:00"}),
        (UUID(int=1), {"$id": "00000000-0000-0000-0000-000000000001"}),
    ],
)
def test_scalars_are_written_in_one_form(value, written):
    assert scalar_to_json(value) == written


def test_a_time_is_written_in_utc():
    elsewhere = datetime(2024, 2, 29, 14, tzinfo=timezone(timedelta(hours=2)))

    assert scalar_to_json(elsewhere) == scalar_to_json(NOW)


@pytest.mark.parametrize(
    ("operand", "written"),
    [
        (F.a.b, "a.b"),
        (F.a.folded, {"folded": "a"}),
        (F.a - F.b.c, {"elapsed": ["b.c", "a"]}),
        (F.a.by("quarter"), {"bucket": ["a", "quarter"]}),
    ],
)
def test_operands_are_written_in_one_form(operand, written):
    assert operand_to_json(operand()) == written
    assert operand_from_json(written) == operand()


@pytest.mark.parametrize(
    ("condition", "written"),
    [
        (F.a == 1, {"op": "eq", "of": "a", "value": 1}),
        (F.a < F.b, {"op": "lt", "of": "a", "field": "b"}),
        (F.a.in_([1, 2]), {"op": "in", "of": "a", "values": [1, 2]}),
        (F.a.contains("x"), {"op": "contains", "of": "a", "value": "x"}),
        (F.a.is_missing(), {"op": "missing", "of": "a"}),
        (
            ~F.a.any(F.b == 1),
            {"op": "not", "item": {"op": "any", "of": "a", "item": to_json(F.b == 1)}},
        ),
        ((F.a == 1) & (F.b == 1), {"op": "and", "items": [to_json(F.a == 1), to_json(F.b == 1)]}),
        ((F.a == 1) | (F.b == 1), {"op": "or", "items": [to_json(F.a == 1), to_json(F.b == 1)]}),
    ],
)
def test_conditions_are_written_in_one_form(condition, written):
    assert to_json(condition) == written
    assert from_json(written) == condition


@pytest.mark.parametrize(
    ("condition", "error"),
    [
        (F.a == 1.5, WrongType),
        (F.a == object(), WrongType),
        (F.a == Decimal("NaN"), InvalidValue),
        (F.a == Decimal("1E+999999"), InvalidValue),
        (F.a == datetime(2024, 1, 1), NaiveTime),  # noqa: DTZ001 - that it is naive
        (Condition(), WrongType),
        (Every((None,)), WrongType),
        (Compare("eq", Path(("a",)), None), WrongType),
        (Compare("eq", "a", 1), WrongType),
    ],
)
def test_what_is_no_part_of_the_language_is_not_written(condition, error):
    with pytest.raises(error):
        to_json(condition)


def test_too_large_a_condition_is_not_written():
    deep = F.a == 1
    for _ in range(100_000):
        deep = ~deep

    with pytest.raises(ExpressionTooLarge):
        to_json(deep)
    with pytest.raises(ExpressionTooLarge):
        to_json(Every((F.a == 1,) * 1_000_000))
