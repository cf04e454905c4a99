"""One JSON text per content, and texts from strangers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.grammar import canonical_json, parsed_json

DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)


@given(DATA)
def test_data_survives_and_has_one_text(data):
    text = canonical_json(data)

    assert text.isascii()
    assert parsed_json(text) == data
    assert canonical_json(parsed_json(text)) == text


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_does_not_matter(data):
    assert canonical_json(dict(reversed(data.items()))) == canonical_json(data)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_written(number):
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": number})


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "[" * 10**5, '{"a":' * 10**5, "9" * 10**5])
def test_what_is_no_json_of_reasonable_size_is_refused(text):
    with pytest.raises(InvalidValue) as refused:
        parsed_json(text)

    assert len(str(refused.value)) < 200


def test_the_text_is_not_quoted():
    with pytest.raises(InvalidValue) as refused:
        parsed_json('{"name": "Ada Lovelace"')

    assert "Ada" not in str(refused.value)


@given(st.text())
def test_any_text_is_parsed_or_refused(text):
    try:
        data = parsed_json(text)
    except InvalidValue:
        data = None

    assert data is None or data == json.loads(text)
