"""Texts hold nothing a store cannot keep, and fold to one form whatever their case."""

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidText
from crmcore.values import fold, text_fault

every = st.text(st.characters(exclude_categories=[]))


@given(every, st.booleans())
def test_exactly_controls_surrogates_and_what_xml_cannot_carry_are_refused(text, lines):
    allowed = "\n\t\r" if lines else ""
    bad = [
        sign
        for sign in text
        if (category(sign) in {"Cc", "Cs"} or sign in "\ufffe\uffff") and sign not in allowed
    ]

    fault = text_fault("note", text, 1000, lines=lines)

    assert (fault is not None) == bool(bad)


@pytest.mark.parametrize(
    "text", ["\u2028", "\u2029", "\u200d", "\ufeff", "\ue000", "\ufdd0", "\u00a0", ""]
)
def test_odd_but_storable_characters_are_allowed(text):
    assert text_fault("note", text, 1, lines=False) is None


@pytest.mark.parametrize(
    "text", ["a\x00", "a\x1b", "a\x7f", "a\x85", "a\ud800", "b\udfff", "a\ufffe", "a\uffff"]
)
def test_what_a_store_cannot_keep_is_named_with_its_place(text):
    fault = text_fault("note", text, 10, lines=True)

    assert isinstance(fault, InvalidText)
    assert fault.message == f"note: must not hold U+{ord(text[1]):04X}, as it does at position 1"


def test_line_ends_and_tabs_are_for_texts_of_several_lines():
    assert text_fault("note", "a\r\n\tb", 10, lines=True) is None
    assert text_fault("note", "a\nb", 10, lines=False) is not None


def test_the_length_is_counted_in_code_points():
    assert text_fault("note", "\U0001f600" * 10, 10, lines=False) is None
    assert text_fault("note", "a" * 11, 10, lines=False) is not None


@pytest.mark.parametrize("value", [None, 1, b"a", ["a"], 1.5])
def test_what_is_no_text_is_a_fault(value):
    fault = text_fault("note", value, 10, lines=False)

    assert fault is not None
    assert type(value).__name__ in fault.reason


@given(every)
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_folds_whatever_its_case(text):
    assert fold(text.upper()) == fold(text.lower()) == text.lower()


@pytest.mark.parametrize(
    ("one", "other"),
    [("STRASSE", "straße"), ("Ⅷ", "viii"), ("ﬁn", "FIN"), ("Å", "A\u030a"), ("ΣΑΣ", "σας")],
)
def test_forms_of_one_text_fold_alike(one, other):
    assert fold(one) == fold(other)
