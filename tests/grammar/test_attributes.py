"""The customer's own fields: a mapping that never changes."""

import copy
import pickle
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, WrongType
from crmcore.grammar import Attributes
from crmcore.grammar.attributes import as_attributes

VALUES = st.one_of(
    st.none(),
    st.text(),
    st.integers(),
    st.booleans(),
    st.decimals(allow_nan=False),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
)
NAIVE = datetime(2024, 1, 1)  # noqa: DTZ001 - that it is naive
LAST = datetime(9999, 12, 30)  # noqa: DTZ001 - likewise
DICTS = st.dictionaries(st.text(max_size=8), VALUES, max_size=6)


@given(DICTS)
def test_it_is_the_mapping_of_what_is_present(values):
    attributes = Attributes(values)
    present = {name: value for name, value in values.items() if value is not None}

    assert dict(attributes) == present
    assert list(attributes) == sorted(present)
    assert len(attributes) == len(present)
    assert all(name in attributes and attributes[name] == present[name] for name in present)
    assert isinstance(attributes, Mapping)


@given(DICTS)
def test_the_order_in_which_names_came_does_not_matter(values):
    backwards = dict(reversed(values.items()))

    assert Attributes(values) == Attributes(backwards)
    assert hash(Attributes(values)) == hash(Attributes(backwards))
    assert list(Attributes(values)) == list(Attributes(backwards))


@given(DICTS, DICTS)
def test_equal_means_the_same_names_and_values(one, other):
    same = dict(Attributes(one)) == dict(Attributes(other))

    assert (Attributes(one) == Attributes(other)) is same
    assert not same or hash(Attributes(one)) == hash(Attributes(other))


@given(DICTS)
def test_it_survives_pickling_and_copying(values):
    attributes = Attributes(values)

    for twin in (
        pickle.loads(pickle.dumps(attributes)),  # noqa: S301 - our own bytes
        copy.copy(attributes),
        copy.deepcopy(attributes),
        Attributes(attributes),
    ):
        assert twin == attributes
        assert hash(twin) == hash(attributes)


@given(DICTS, st.text(max_size=8), VALUES)
def test_having_sets_or_takes_away_and_leaves_the_old_one(values, name, value):
    before = Attributes(values)
    kept = dict(before)

    after = before.having(**{name: value})

    assert after.get(name) == value
    assert dict(before) == kept
    assert {each: after[each] for each in after if each != name} == {
        each: kept[each] for each in kept if each != name
    }


def test_it_cannot_be_changed():
    attributes = Attributes({"hue": "red"})

    with pytest.raises(TypeError):
        attributes["hue"] = "blue"
    with pytest.raises(TypeError):
        del attributes["hue"]
    with pytest.raises(AttributeError):
        attributes.hue = "blue"
    assert not hasattr(attributes, "update")
    assert attributes == Attributes({"hue": "red"})


def test_what_it_was_made_of_can_change():
    values = {"hue": "red"}
    attributes = Attributes(values)

    values["hue"] = "blue"

    assert attributes["hue"] == "red"


def test_it_is_no_plain_dict():
    assert Attributes({"a": 1}) != {"a": 1}
    assert Attributes({"a": 1}).__eq__({"a": 1}) is NotImplemented
    assert Attributes() == Attributes({}) == Attributes(None) == Attributes({"a": None})


def test_a_missing_name_is_a_key_error():
    with pytest.raises(KeyError):
        Attributes()["hue"]


def test_no_value_shows_in_its_repr():
    assert repr(Attributes({"hue": "secret", "age": 5})) == "Attributes(age, hue)"


@pytest.mark.parametrize(
    "junk", ["hue", 5, ["hue"], [("hue", 1)], {1: 2}, {None: 1}, {"a": 1, 2: 2}]
)
def test_what_is_no_mapping_of_names_is_refused(junk):
    with pytest.raises(WrongType, match="attributes"):
        Attributes(junk)
    with pytest.raises(WrongType, match="attributes"):
        as_attributes(junk)


def test_attributes_stay_the_same_object():
    attributes = Attributes({"a": 1})

    assert as_attributes(attributes) is attributes
    assert as_attributes(None) == as_attributes({}) == Attributes()


@given(
    st.datetimes(NAIVE, LAST),
    st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
def test_times_are_kept_in_utc_and_whole_milliseconds(naive, zone):
    at = naive.replace(tzinfo=zone)

    kept = Attributes({"met": at})["met"]

    assert kept.tzinfo is UTC
    assert timedelta() <= at - kept < timedelta(milliseconds=1)
    assert not kept.microsecond % 1000


def test_a_time_outside_the_calendar_is_refused_by_name():
    with pytest.raises(InvalidValue, match=r"attributes\.met"):
        Attributes({"met": datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)))})


def test_everything_else_is_kept_as_it_is():
    values = {"a": NAIVE, "b": date(2024, 1, 1), "c": Decimal("1.50"), "d": True}

    assert {name: repr(value) for name, value in Attributes(values).items()} == {
        name: repr(value) for name, value in values.items()
    }
