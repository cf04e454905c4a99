"""Whatever is kept as JSON is read by one reader: size first, then shape, then values."""

import json
import time
from collections import UserDict
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    CrmError,
    ExpressionTooLarge,
    FaultAt,
    InvalidValue,
    ManyFaults,
    UnknownName,
    WrongType,
)
from crmcore.grammar.faults import MAX_FAULTS
from crmcore.grammar.forms import Form, Limits

LIMITS = Limits(length=1000, values=20, levels=4)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def form():
    return Form("thing", LIMITS)


def told(form):
    with pytest.raises(CrmError) as caught:
        form.close()
    return str(caught.value)


def test_a_text_and_what_was_read_from_it_are_the_same_form():
    assert form().opened('{"a": [1]}') == form().opened(UserDict(a=[1])) == {"a": [1]}


@pytest.mark.parametrize("text", ["", "{", '{"a": NaN}', '{"a": [-Infinity]}', "9" * 900 + "x"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(InvalidValue, match="thing: is no JSON"):
        form().opened(text)


def test_a_text_that_is_too_long_is_not_even_read():
    with pytest.raises(InvalidValue, match="more than 1000 characters"):
        form().opened("[" * 1001)


def test_brackets_without_end_are_too_deep():
    with pytest.raises(ExpressionTooLarge, match="levels"):
        Form("thing", Limits(length=10**6, values=20)).opened("[" * 10**5)


def test_a_key_given_twice_is_a_fault():
    opened = form()

    opened.opened('{"a": {"b": 1, "b": 2}}')

    assert told(opened) == "thing: an object has a key twice"


@pytest.mark.parametrize("source", [None, 5, [], "[]", b"{}"])
def test_only_an_object_is_a_form(source):
    with pytest.raises(WrongType, match="thing: expected an object"):
        form().opened(source)


def test_values_are_counted_over_all_parts():
    opened = form()

    assert opened.fits({"a": [1] * 10}, "first")
    assert not opened.fits({"a": [1] * 10}, "second")
    assert told(opened) == "second: the expression exceeds the limit of 20 values"


def test_levels_are_counted_in_every_part():
    opened = form()

    assert opened.fits({"a": {"b": {"c": 1}}}, "first")
    assert not opened.fits({"a": {"b": {"c": {"d": 1}}}}, "second")
    assert "second: the expression exceeds the limit of 4 levels" in told(opened)


def test_unknown_keys_are_named_with_the_nearest_and_missing_ones_too():
    opened = form()

    opened.keys({"nome": 1, 5: 2}, "thing", ("name", "size"), ("size",))

    text = told(opened)
    assert "thing: there is no key called 'nome'; did you mean 'name'?" in text
    assert "thing: there is no key called 'int'" in text
    assert "thing.size: is missing" in text


def test_lists_have_a_bound():
    opened = form()

    assert opened.listed([1, 2], "a", 2) == [1, 2]
    assert [*opened.listed([1, 2, 3], "b", 2)] == [*opened.listed({}, "c", 2)] == []
    assert told(opened) == "b: at most 2 are possible, not 3; c: expected a list, got dict"


def test_leaves_are_what_they_say():
    opened = form()

    assert opened.text("red", "a") == "red"
    assert opened.flag(True, "b") is True
    assert opened.choice("red", "c", "colour", Colour) is Colour.RED
    opened.close()
    opened.text(5, "d")
    opened.flag(1, "e")
    opened.choice("rad", "f[0]", "colour", Colour)
    opened.choice([], "g", "colour", Colour)
    assert [*opened.named({5: 1}, "h")] == []
    text = told(opened)
    assert "d: expected text" in text
    assert "e: expected bool" in text
    assert "f[0]: there is no colour called 'rad'; did you mean 'red'?" in text
    assert "g: there is no colour called 'list'" in text
    assert "h: expected texts as keys" in text


def test_after_a_hundred_faults_nobody_looks_further():
    opened = form()

    for at, item in opened.each(range(1000), "items"):
        opened.flag(item, at)
    for name, item in opened.named(dict.fromkeys(map(str, range(50)), 1), "more"):
        opened.flag(item, name)

    with pytest.raises(ManyFaults) as caught:
        opened.close()
    assert len(caught.value.faults) == MAX_FAULTS + 1
    assert str(caught.value.faults[-1]) == "thing: not listed: 950 items nobody looked at"


def test_a_fault_of_a_part_is_told_with_the_path_to_it():
    opened = form()

    def refuse():
        raise ManyFaults((UnknownName("word", "x"), InvalidValue("size", "is wrong")))

    assert opened.made(refuse, "parts[3]", 7) == 7
    with pytest.raises(ManyFaults) as caught:
        opened.close()
    first, second = caught.value.faults
    assert isinstance(first, FaultAt)
    assert str(first) == "parts[3]: there is no word called 'x'"
    assert str(second) == "parts[3].size: is wrong"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=40,
)


def size(value):
    inner = [*value.values()] if isinstance(value, dict) else value
    return len(inner) + sum(map(size, inner)) if isinstance(value, dict | list) else 0


def depth(value):
    inner = [*value.values()] if isinstance(value, dict) else value
    return 1 + max(map(depth, inner), default=0) if isinstance(value, dict | list) else 0


@given(JSON)
def test_what_fits_is_small_enough_whatever_it_is(value):
    fits = form().fits(value, "a")

    assert fits == (size(value) <= LIMITS.values and depth(value) < LIMITS.levels)


@given(st.dictionaries(st.text(max_size=3), JSON))
def test_the_text_of_an_object_is_the_object(value):
    text = json.dumps(value, allow_nan=True)
    try:
        opened = Form("thing", Limits(length=10**6, values=20)).opened(text)
    except InvalidValue:
        assert "NaN" in text or "Infinity" in text
    else:
        assert opened == value


def test_size_is_known_soon():
    huge, began = {"a": [[[1] * 10] * 1000] * 1000}, time.process_time()

    assert not form().fits(huge, "a")
    assert time.process_time() - began < 0.1
