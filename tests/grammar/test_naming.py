"""Names and hints."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.grammar.naming import NAME, nearest, shortened

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


@given(st.one_of(st.text(max_size=300), st.integers(), st.none(), st.binary()))
def test_names_in_errors_are_short(name):
    short = shortened(name)

    assert len(short) <= 101
    assert short == name or not isinstance(name, str) or len(name) > 100


@given(st.text(max_size=70))
def test_names_are_plain(name):
    plain = name.isascii() and name.replace("_", "a").isalnum() and name[0].isalpha()

    assert bool(NAME.fullmatch(name)) == (plain and name == name.lower() and len(name) <= 63)
