"""How each language writes numbers, amounts and days, and that none of them lacks a word."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.documents import LANGUAGES, language_of
from crmcore.errors import UnknownName, WrongType
from crmcore.values import Money, Share

SPOKEN = st.sampled_from([*LANGUAGES.values()])


def read(language, text):
    """The number that somebody reads who speaks the language."""
    return Decimal(text.replace(language.group, "").replace(language.point, "."))


@given(SPOKEN, st.decimals(-(10**12), 10**12, allow_nan=False, places=4))
def test_a_number_is_read_back_as_it_was(language, value):
    written = language.number(value)

    assert read(language, written) == value
    whole = written.lstrip("-").partition(language.point)[0]
    first, *groups = whole.split(language.group)
    assert 1 <= len(first) <= 3
    assert all(len(each) == 3 for each in groups)


@given(SPOKEN, st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_keeps_its_places_and_its_currency(language, units, currency):
    amount = Money(Decimal(units).scaleb(-2 * (currency != "JPY")), currency)

    number, told = language.amount(amount).split(" ")

    assert (read(language, number), told) == (amount.amount, currency)
    places = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    assert len(number.partition(language.point)[2]) == places


def test_what_is_not_there_is_written_as_nothing():
    for language in LANGUAGES.values():
        assert (language.amount(None), language.day(None)) == ("", "")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("de", ("1.234,50 EUR", "1.000,25 kg", "19 %", "01.03.2026")),
        ("en", ("1,234.50 EUR", "1,000.25 kg", "19 %", "2026-03-01")),
    ],
)
def test_each_language_writes_in_its_own_way(code, told):
    language = language_of(code)

    assert told == (
        language.amount(Money("1234.5", "EUR")),
        language.quantity(Decimal("1000.25"), "KGM"),
        language.percent(Share("0.19")),
        language.day(date(2026, 3, 1)),
    )


def test_every_language_has_a_word_for_what_any_of_them_names():
    named = {key for language in LANGUAGES.values() for key in language.words}

    lacking = {
        code: named - language.words.keys()
        for code, language in LANGUAGES.items()
        if named - language.words.keys()
    }

    assert lacking == {}
    assert all(word.strip() for each in LANGUAGES.values() for word in each.words.values())


def test_a_word_nobody_gave_is_its_own_key():
    assert language_of("de").word("XYZ") == "XYZ"


def test_a_language_nobody_speaks_is_refused():
    with pytest.raises(UnknownName, match="language"):
        language_of("fr")
    with pytest.raises(WrongType):
        language_of(1)
