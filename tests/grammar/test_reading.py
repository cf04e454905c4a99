"""Reading expressions from strangers: everything checked, all faults told with their paths."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    CrmError,
    ExpressionTooLarge,
    InexactNumber,
    InvalidText,
    InvalidValue,
    ManyFaults,
    NaiveTime,
    UnknownName,
    WrongType,
)
from crmcore.grammar import Condition, F, from_json, to_json
from crmcore.grammar.query import MAX_DEPTH, MAX_NODES, MAX_VALUES, MAX_VALUES_IN_ALL
from crmcore.grammar.reading import MAX_FAULTS, operand_from_json, scalar_from_json

from .questions import QUESTIONS

LEAF = {"op": "eq", "of": "a", "value": 1}
LONG = "x" * 1_000_000


def compared(value):
    return {"op": "eq", "of": "a", "value": value}


def nested(times, inner=LEAF):
    for _ in range(times):
        inner = {"op": "not", "item": inner}
    return inner


# --- one fault -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "error", "told"),
    [
        (None, WrongType, "$: expected an object, got NoneType"),
        ([], WrongType, "$: expected an object, got list"),
        ("eq", WrongType, "$: expected an object, got str"),
        (True, WrongType, "$: expected an object, got bool"),
        ({}, WrongType, "$.op: expected the name of an operator, got NoneType"),
        ({"op": []}, WrongType, "$.op: expected the name of an operator, got list"),
        ({"op": 5, "of": "a", "value": 1}, WrongType, "$.op"),
        ({"op": ["eq"], "of": "a", "value": 1}, WrongType, "$.op"),
        ({"op": "eqq", "of": "a", "value": 1}, UnknownName, "at $ called 'eqq'; did you mean 'eq'"),
        ({"op": "EQ", "of": "a", "value": 1}, UnknownName, "'EQ'; did you mean 'eq'?"),
        (
            {"op": "equals", "of": "a", "value": 1},
            UnknownName,
            "at $ (known are and, or, not, any, in, missing, contains, starts, ends, eq, ne, lt,",
        ),
        (
            {**LEAF, "valeu": 2},
            UnknownName,
            "key of 'eq' at $ called 'valeu'; did you mean 'value'",
        ),
        ({**LEAF, 5: 2}, UnknownName, "key of 'eq' at $ called 'int'"),
        ({**LEAF, "field": "b"}, InvalidValue, "'eq' needs of and value, or field and of"),
        ({"op": "eq", "of": "a"}, InvalidValue, "'eq' needs of and value"),
        ({"op": "missing"}, InvalidValue, "'missing' needs of"),
        ({"op": "contains", "of": "a", "field": "b"}, UnknownName, "'field'"),
        ({"op": "and", "items": {}}, WrongType, "$.items: expected a list, got dict"),
        ({"op": "or", "items": "ab"}, WrongType, "$.items"),
        ({"op": "not", "item": [LEAF]}, WrongType, "$.item: expected an object"),
        ({"op": "any", "of": {"folded": "a"}, "item": LEAF}, WrongType, "$.of"),
        ({"op": "any", "of": "a..b", "item": LEAF}, InvalidValue, "$.of"),
        ({"op": "in", "of": "a", "values": 5}, WrongType, "$.values: expected a list"),
        ({"op": "in", "of": "a", "values": "ab"}, WrongType, "$.values: expected a list"),
        ({"op": "contains", "of": "a", "value": 5}, WrongType, "$.value: expected text"),
        ({"op": "contains", "of": {"bucket": ["a", "day"]}, "value": "x"}, InvalidValue, "$.of"),
        ({"op": "missing", "of": None}, WrongType, "$.of"),
        ({"op": "missing", "of": ""}, InvalidValue, "$.of: not a dotted name"),
        ({"op": "missing", "of": "A"}, InvalidValue, "$.of"),
        ({"op": "missing", "of": "a b"}, InvalidValue, "$.of"),
        ({"op": "missing", "of": "a\n"}, InvalidValue, "$.of"),
        ({"op": "missing", "of": "__class__"}, InvalidValue, "$.of"),
        ({"op": "missing", "of": "a.__class__"}, InvalidValue, "$.of"),
        ({"op": "missing", "of": "é"}, InvalidValue, "$.of"),
        ({"op": "missing", "of": "a" * 64}, InvalidValue, "$.of"),
        ({"op": "missing", "of": ".".join("a" * (MAX_DEPTH + 1))}, InvalidValue, "$.of"),
        ({"op": "missing", "of": {"folded": ["a"]}}, WrongType, "$.of: expected text"),
        ({"op": "missing", "of": {"folded": "a", "x": 1}}, InvalidValue, "$.of: not a field"),
        ({"op": "missing", "of": {"elapsed": ["a"]}}, InvalidValue, "$.of"),
        ({"op": "missing", "of": {"elapsed": "ab"}}, InvalidValue, "$.of"),
        ({"op": "missing", "of": {"bucket": ["a", "week"]}}, InvalidValue, "$.of"),
        ({"op": "missing", "of": {"bucket": ["a", []]}}, InvalidValue, "$.of"),
        ({"op": "missing", "of": {"lower": "a"}}, InvalidValue, "$.of"),
        ({"op": "eq", "of": "a", "field": 5}, WrongType, "$.field"),
    ],
)
def test_a_misshapen_document_is_refused_where_it_is_wrong(document, error, told):
    with pytest.raises(error) as refused:
        from_json(document)

    assert type(refused.value) is error
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (None, WrongType),
        ([1], WrongType),
        ({}, WrongType),
        ({"$date": "2024-01-01", "$id": "x"}, WrongType),
        (1.5, InexactNumber),
        (float("nan"), InexactNumber),
        (float("inf"), InexactNumber),
        (2**63, InvalidValue),
        (10**4000, InvalidValue),
        (b"a", WrongType),
        (Decimal(1), WrongType),
        ("a\x00b", InvalidText),
        ("\ud800", InvalidText),
        (LONG, InvalidText),
        ({"$dat": "2024-01-01"}, UnknownName),
        ({5: "2024-01-01"}, UnknownName),
        ({LONG: "2024-01-01"}, UnknownName),
        ({"$date": "2024-02-30"}, InvalidValue),
        ({"$date": "20240101"}, InvalidValue),
        ({"$date": "2024-W01-1"}, InvalidValue),
        ({"$date": "2024-01-01T00:00:00"}, InvalidValue),
        ({"$date": 20240101}, WrongType),
        ({"$date": LONG}, InvalidText),
        ({"$instant": "2024-01-01T00:00:00"}, NaiveTime),
        ({"$instant": "2024-01-01"}, NaiveTime),
        ({"$instant": "yesterday"}, InvalidValue),
        ({"$instant": "0001-01-01T00:00:00+01:00"}, InvalidValue),
        ({"$instant": "9999-12-31T23:59:59-01:00"}, InvalidValue),
        ({"$instant": 1704067200}, WrongType),
        ({"$decimal": "NaN"}, InvalidValue),
        ({"$decimal": "1e5"}, InvalidValue),
        ({"$decimal": "1_000"}, InvalidValue),
        ({"$decimal": "\u0661"}, InvalidValue),
        ({"$decimal": "9" * 5000}, InvalidValue),
        ({"$decimal": 1.5}, WrongType),
        ({"$share": "1.1"}, InvalidValue),
        ({"$share": 1}, WrongType),
        ({"$money": "5 EUR"}, WrongType),
        ({"$money": ["5"]}, InvalidValue),
        ({"$money": [5, "EUR"]}, WrongType),
        ({"$money": ["5", "eur"]}, InvalidValue),
        ({"$money": ["5.00001", "EUR"]}, InvalidValue),
        ({"$money": [[[]], {}]}, WrongType),
        ({"$id": "018bcfe5"}, InvalidValue),
        ({"$id": 5}, WrongType),
        ({"$id": {"$id": "x"}}, WrongType),
    ],
    ids=lambda value: repr(value)[:30] if not isinstance(value, int) else "number",
)
def test_a_value_that_is_none_is_refused_with_its_path(value, error):
    with pytest.raises(error) as refused:
        from_json({"op": "and", "items": [LEAF, compared(value)]})

    assert type(refused.value) is error
    assert "$.items[1].value" in str(refused.value)
    assert len(str(refused.value)) < 300


def test_truth_is_no_number():
    assert from_json(compared(True)).right is True
    assert type(from_json(compared(1)).right) is int


def test_the_path_may_begin_elsewhere():
    with pytest.raises(WrongType, match=r"rules\[3\]"):
        scalar_from_json(None, "rules[3]")
    with pytest.raises(InvalidValue, match=r"rules\[3\]"):
        operand_from_json("A", "rules[3]")


# --- many faults ---------------------------------------------------------------------------------


def test_all_faults_of_a_document_come_at_once():
    document = {
        "op": "and",
        "items": [
            {"op": "eq", "of": "A", "value": 1.5},
            {"op": "any", "of": 5, "item": {"op": "nope"}},
            {"op": "in", "of": [], "values": [1, None, {"$x": 1}]},
            {"op": "contains", "of": "a", "value": None},
            {"op": "lt", "of": {"folded": 1}, "field": {"bucket": []}},
            "junk",
            {"op": "not", "item": {"op": "contains", "of": {"elapsed": ["a", "b"]}, "value": 1}},
            {"op": "in", "of": "a", "values": None},
        ],
    }

    with pytest.raises(ManyFaults) as refused:
        from_json(document)

    told = [str(fault) for fault in refused.value.faults]
    places = [
        "$.items[0].of",
        "$.items[0].value",
        "$.items[1].of",
        "$.items[1].item",
        "$.items[2].of",
        "$.items[2].values[1]",
        "$.items[2].values[2]",
        "$.items[3].value",
        "$.items[4].of",
        "$.items[4].field",
        "$.items[5]",
        "$.items[6].item.value",
        "$.items[6].item.of",
        "$.items[7].values",
    ]
    assert len(told) == len(places)
    assert all(place in text for place, text in zip(places, told, strict=True))


def test_reading_stops_after_very_many_faults():
    document = {"op": "and", "items": [{"op": "in", "of": "a", "values": [None] * MAX_VALUES}] * 9}

    with pytest.raises(ManyFaults) as refused:
        from_json(document)

    assert len(refused.value.faults) == MAX_FAULTS


# --- size ----------------------------------------------------------------------------------------


def test_the_limits_are_exact():
    from_json(nested(MAX_DEPTH - 1))
    from_json({"op": "and", "items": [LEAF] * (MAX_NODES - 1)})
    from_json({"op": "in", "of": "a", "values": [1] * MAX_VALUES})
    full = {"op": "in", "of": "a", "values": [1] * MAX_VALUES}
    lists = MAX_VALUES_IN_ALL // MAX_VALUES
    from_json({"op": "or", "items": [full] * lists})

    for document in (
        nested(MAX_DEPTH),
        {"op": "and", "items": [LEAF] * MAX_NODES},
        {"op": "in", "of": "a", "values": [1] * (MAX_VALUES + 1)},
        {"op": "or", "items": [*[full] * lists, {"op": "in", "of": "a", "values": [1]}]},
    ):
        with pytest.raises(ExpressionTooLarge):
            from_json(document)


def test_the_longest_path_is_read():
    longest = ["a" * 63] * MAX_DEPTH

    assert (
        from_json({"op": "missing", "of": ".".join(longest)}) == F[".".join(longest)].is_missing()
    )


def endless():
    """A document that holds itself."""
    document = {"op": "and", "items": []}
    document["items"].append(document)
    return document


HOSTILE = {
    "deep": lambda: nested(100_000),
    "deep in a value": lambda: compared(nested(100_000)),
    "deep in a tag": lambda: compared({"$money": [nested(100_000), []]}),
    "deep children": lambda: {"op": "any", "of": "a", "item": nested(100_000)},
    "wide": lambda: {"op": "and", "items": [LEAF] * 1_000_000},
    "wide and wrong": lambda: {"op": "or", "items": [{"op": "x" * 99}] * 1_000_000},
    "tree": lambda: {"op": "and", "items": [{"op": "or", "items": [LEAF] * 100}] * 10_000},
    "many values": lambda: {"op": "in", "of": "a", "values": list(range(1_000_000))},
    "many wrong values": lambda: {"op": "in", "of": "a", "values": [{"$datum": 1}] * 1000},
    "many keys": lambda: {"op": "eq", **{f"key{place}": 1 for place in range(200_000)}},
    "long operator": lambda: {"op": LONG, "of": "a", "value": 1},
    "long path": lambda: {"op": "missing", "of": LONG},
    "long dotted path": lambda: {"op": "missing", "of": ".".join("a" * 500_000)},
    "long key": lambda: {"op": "missing", LONG: 1},
    "long text": lambda: compared(LONG),
    "long tag": lambda: compared({LONG: 1}),
    "long number": lambda: compared({"$decimal": "9" * 1_000_000}),
    "itself": endless,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_hostile_documents_are_refused_quickly(make):
    document = make()
    began = time.process_time()

    with pytest.raises(CrmError) as refused:
        from_json(document)

    assert time.process_time() - began < 0.1
    assert len(str(refused.value)) < 20_000


JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from(["a", "eq", "and", "not", "$date", "2024-01-01", "contains", ""]),
        st.text(max_size=5),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["op", "of", "value", "field", "items", "item", "values", "$id", "$date"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)


@given(JUNK)
def test_junk_gives_a_condition_or_our_own_error(junk):
    answer = None

    try:
        answer = from_json(junk)
    except CrmError as error:
        answer = error

    assert isinstance(answer, Condition | CrmError)


@given(QUESTIONS, st.data())
def test_a_document_with_one_part_replaced_gives_a_condition_or_our_own_error(condition, data):
    document = to_json(condition)
    holder, keys = document, [*document]
    while data.draw(st.booleans()) and isinstance(holder.get("item"), dict):
        holder, keys = holder["item"], [*holder["item"]]
    holder[data.draw(st.sampled_from(keys))] = data.draw(JUNK)
    answer = None

    try:
        answer = from_json(document)
    except CrmError as error:
        answer = error

    assert isinstance(answer, Condition | CrmError)


def test_field_names_are_not_checked_yet():
    assert from_json({"op": "eq", "of": "no.such.field", "value": 1}) == (F.no.such.field == 1)
