"""Names and hints."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError, InvalidText, InvalidValue
from crmcore.grammar.naming import (
    NAME,
    checked_entity,
    checked_fingerprint,
    checked_key,
    checked_name,
    checked_series,
    checked_tenant,
    nearest,
    shortened,
    unknown,
)

KNOWN = ("title", "owner", "count")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("titel", "title"), ("onwer", "owner"), ("xyz", None), ("", None), (5, None), (None, None)],
)
def test_the_nearest_name_is_a_hint(name, hint):
    assert nearest(name, KNOWN) == hint


def test_an_endless_name_is_near_to_nothing_and_that_is_known_quickly():
    began = time.process_time()

    assert nearest("title" * 10**6, KNOWN) is None

    assert time.process_time() - began < 0.1


def test_a_name_of_a_hundred_characters_is_short_enough():
    longest = "x" * 100

    assert nearest(longest, [longest]) == longest
    assert nearest(longest + "x", [longest]) is None
    assert shortened(longest) == longest
    assert shortened(longest + "x") == longest + "…"


@given(st.one_of(st.text(max_size=300), st.integers(), st.none(), st.binary()))
def test_names_in_errors_are_short(name):
    short = shortened(name)

    assert len(short) <= 101
    assert short == name or not isinstance(name, str) or len(name) > 100


@given(st.text(max_size=70))
def test_names_are_plain(name):
    plain = name.isascii() and name.replace("_", "a").isalnum() and name[0].isalpha()

    assert bool(NAME.fullmatch(name)) == (plain and name == name.lower() and len(name) <= 63)


# --- names that reach a store beside the entities ------------------------------------------------

CHECKS = {
    "tenant": (checked_tenant, 100),
    "entity": (checked_entity, 63),
    "series": (lambda text: checked_series(text, "")[0], 20),
    "scope": (lambda text: checked_key(text, "k")[0], 100),
    "key": (lambda text: checked_key("s", text)[1], 255),
    "fingerprint": (checked_fingerprint, 64),
}


@pytest.mark.parametrize(("field", "check", "longest"), [(f, *pair) for f, pair in CHECKS.items()])
def test_a_name_is_one_line_of_limited_length(field, check, longest):
    assert check("x" * longest) == "x" * longest

    for wrong, error in (
        ("x" * (longest + 1), InvalidText),
        ("a\nb", InvalidText),
        ("a\x00b", InvalidText),
        ("\ud800", InvalidText),
        (5, InvalidText),
        (None, InvalidText),
        ("", InvalidValue),
    ):
        with pytest.raises(error, match=field):
            check(wrong)


def test_a_period_may_be_empty():
    assert checked_series("R", "") == ("R", "")
    assert checked_series("R", "2024") == ("R", "2024")
    with pytest.raises(InvalidText, match="period"):
        checked_series("R", "x" * 21)


@given(st.one_of(st.text(st.characters(exclude_categories=[])), st.integers(), st.none()))
def test_a_name_comes_back_as_it_is_or_is_refused(text):
    answer = None

    try:
        answer = checked_name("x", text, 10)
    except CrmError as error:
        answer = error

    assert answer is text or isinstance(answer, InvalidText | InvalidValue)


@pytest.mark.parametrize(
    ("name", "known", "told"),
    [
        ("titel", KNOWN, "; did you mean 'title'?"),
        ("2/10", KNOWN, "; there are: 'count', 'owner', 'title'"),
        ("2/10", (), "; there are: none"),
        ("2/10", [f"n{place:02}" for place in range(12)], ", 'n09' and 2 more"),
    ],
)
def test_an_unknown_name_tells_the_nearest_one_or_all(name, known, told):
    assert str(unknown("terms", name, known)).endswith(told)
