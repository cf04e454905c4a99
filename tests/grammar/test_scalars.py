"""Values to compare with: what fits which kind of field, and in which form it is kept."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from uuid import UUID, uuid5

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.errors import (
    CrmError,
    InexactNumber,
    InvalidText,
    InvalidValue,
    NaiveTime,
    UnknownName,
    WrongType,
)
from crmcore.grammar import Kind
from crmcore.grammar.scalars import MAX_TEXT, as_text, scalar_for
from crmcore.grammar.specification import field_spec
from crmcore.values import Money, Share

from .questions import VALUES
from .specimens import NOW, THING, Colour, Spot

SPECS = {
    Kind.TEXT: THING.fields["title"],
    Kind.CHOICE: THING.fields["colour"],
    Kind.INTEGER: THING.fields["count"],
    Kind.DECIMAL: THING.fields["weight"],
    Kind.SHARE: THING.fields["part"],
    Kind.MONEY: THING.fields["worth"],
    Kind.BOOLEAN: THING.fields["flag"],
    Kind.DATE: THING.fields["begun"],
    Kind.INSTANT: THING.fields["seen"],
    Kind.ID: THING.fields["serial"],
}


class Spoken(str, Enum):  # noqa: UP042 - the old form prints as Spoken.A
    A = "red"


class Loud(str):
    __slots__ = ()

    def __str__(self):
        return "LOUD"


class Five(IntEnum):
    FIVE = 5


class Shade(StrEnum):
    RED = "red"


@pytest.mark.parametrize("kind", SPECS)
def test_every_kind_takes_its_own_values(kind):
    for value in VALUES[kind]:
        assert scalar_for(SPECS[kind], value, "x") is not None


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        (Kind.TEXT, 5, WrongType),
        (Kind.TEXT, b"red", WrongType),
        (Kind.TEXT, "a\x00b", InvalidText),
        (Kind.TEXT, "\ud800", InvalidText),
        (Kind.TEXT, "x" * (MAX_TEXT + 1), InvalidText),
        (Kind.CHOICE, "purple", UnknownName),
        (Kind.CHOICE, 5, WrongType),
        (Kind.INTEGER, "5", WrongType),
        (Kind.INTEGER, True, WrongType),
        (Kind.INTEGER, 5.0, WrongType),
        (Kind.INTEGER, Decimal(5), WrongType),
        (Kind.INTEGER, 2**63, InvalidValue),
        (Kind.INTEGER, -(2**63) - 1, InvalidValue),
        (Kind.INTEGER, 10**4000, InvalidValue),
        (Kind.DECIMAL, 1.5, InexactNumber),
        (Kind.DECIMAL, float("nan"), InexactNumber),
        (Kind.DECIMAL, "1.5", WrongType),
        (Kind.DECIMAL, True, WrongType),
        (Kind.DECIMAL, Decimal("NaN"), InvalidValue),
        (Kind.DECIMAL, Decimal("sNaN"), InvalidValue),
        (Kind.DECIMAL, Decimal("Infinity"), InvalidValue),
        (Kind.DECIMAL, Decimal("1E+999999"), InvalidValue),
        (Kind.DECIMAL, Decimal("1E-999999"), InvalidValue),
        (Kind.SHARE, Decimal("0.5"), WrongType),
        (Kind.SHARE, 0.5, WrongType),
        (Kind.MONEY, Decimal(5), WrongType),
        (Kind.MONEY, "5 EUR", WrongType),
        (Kind.BOOLEAN, 1, WrongType),
        (Kind.BOOLEAN, "true", WrongType),
        (Kind.DATE, NOW, WrongType),
        (Kind.DATE, "2024-01-01", WrongType),
        (Kind.INSTANT, datetime(2024, 1, 1), NaiveTime),  # noqa: DTZ001 - that it is naive
        (Kind.INSTANT, datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), InvalidValue),
        (Kind.INSTANT, 1704067200, WrongType),
        (Kind.ID, "018bcfe5-6800-7000-8000-000100000000", WrongType),
        (Kind.ID, 5, WrongType),
    ],
)
def test_other_values_are_refused_by_name(kind, value, error):
    with pytest.raises(error) as refused:
        scalar_for(SPECS[kind], value, "the.path")

    assert type(refused.value) is error
    assert "the.path" in str(refused.value)


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("junk", [None, [], {}, object(), int, b"", 1j, float("inf"), ...])
def test_junk_is_refused_for_every_kind(kind, junk):
    with pytest.raises(CrmError):
        scalar_for(SPECS[kind], junk, "x")


@pytest.mark.parametrize("hint", [Spot, tuple[Spot, ...]])
def test_nothing_single_can_be_compared_with_what_is_manifold(hint):
    with pytest.raises(WrongType, match="x: expected a single value"):
        scalar_for(field_spec("x", hint), Spot(x=1), "x")


@given(st.sampled_from(list(SPECS)), st.data())
def test_the_form_of_a_value_is_canonical(kind, data):
    value = data.draw(st.sampled_from(VALUES[kind]))

    once = scalar_for(SPECS[kind], value, "x")
    again = scalar_for(SPECS[kind], once, "x")

    assert repr(once) == repr(again)
    assert type(once) in {SPECS[kind].cls, datetime}


def test_texts_are_plain_whatever_their_class_prints():
    for value in (Spoken.A, Loud("red"), Shade.RED):
        text = scalar_for(SPECS[Kind.TEXT], value, "x")
        assert (type(text), text) == (str, "red")
        assert scalar_for(SPECS[Kind.CHOICE], value, "x") is Colour.RED


def test_numbers_and_days_are_plain_whatever_their_class():
    @attrs.frozen
    class Odd:
        pass

    class Day(date):
        pass

    class Number(Decimal):
        pass

    assert type(scalar_for(SPECS[Kind.INTEGER], Five.FIVE, "x")) is int
    assert type(scalar_for(SPECS[Kind.DATE], Day(2024, 1, 1), "x")) is date
    assert type(scalar_for(SPECS[Kind.DECIMAL], Number("1.5"), "x")) is Decimal
    with pytest.raises(WrongType):
        scalar_for(SPECS[Kind.TEXT], Odd(), "x")


def test_a_date_stands_for_its_first_moment():
    assert scalar_for(SPECS[Kind.INSTANT], date(2024, 1, 1), "x") == datetime(
        2024, 1, 1, tzinfo=UTC
    )


def test_times_come_in_utc_and_whole_milliseconds():
    elsewhere = datetime(2024, 1, 1, 1, 0, 0, 123_456, timezone(timedelta(hours=1)))

    moment = scalar_for(SPECS[Kind.INSTANT], elsewhere, "x")

    assert moment == datetime(2024, 1, 1, 0, 0, 0, 123_000, UTC)
    assert moment.tzinfo is UTC


def test_numbers_may_be_finer_and_larger_than_the_field():
    assert scalar_for(SPECS[Kind.DECIMAL], Decimal("0.123456789"), "x") == Decimal("0.123456789")
    assert scalar_for(SPECS[Kind.DECIMAL], 10**25, "x") == 10**25
    assert repr(scalar_for(SPECS[Kind.DECIMAL], Decimal("1.500"), "x")) == "Decimal('1.5')"


def test_a_wrong_choice_comes_with_the_nearest_one():
    with pytest.raises(UnknownName) as unknown:
        scalar_for(SPECS[Kind.CHOICE], "gren", "colour")

    assert (unknown.value.kind, unknown.value.suggestion) == ("colour value", "green")


def test_an_endless_choice_is_not_quoted_in_full():
    with pytest.raises(UnknownName) as unknown:
        scalar_for(SPECS[Kind.CHOICE], "x" * 10**6, "colour")

    assert len(str(unknown.value)) < 300


@given(st.integers(-(2**70), 2**70))
def test_a_whole_number_fits_exactly_when_it_has_64_bits(number):
    answer = None

    try:
        answer = scalar_for(SPECS[Kind.INTEGER], number, "x")
    except InvalidValue as error:
        answer = error

    assert (answer == number) is (-(2**63) <= number < 2**63)


@given(st.text(st.characters(exclude_categories=[])))
def test_a_text_stays_as_it_is_or_is_refused(text):
    answer = None

    try:
        answer = as_text("x", text)
    except InvalidText as error:
        answer = error

    assert answer == text or any(ord(sign) < 160 or "\ud800" <= sign <= "\udfff" for sign in text)


@given(st.datetimes(), st.integers(-14, 14))
def test_the_same_moment_has_one_form_wherever_it_was_told(naive, hours):
    assume(2 < naive.year < 9998)
    elsewhere = timezone(timedelta(hours=hours))
    at = naive.replace(tzinfo=UTC, fold=0)

    told = scalar_for(SPECS[Kind.INSTANT], at.astimezone(elsewhere), "x")

    assert repr(told) == repr(scalar_for(SPECS[Kind.INSTANT], at, "x"))


def test_line_breaks_are_fine_in_a_text_to_compare_with():
    assert as_text("x", "a\n\tb") == "a\n\tb"


def test_ids_money_and_shares_stay_as_they_are():
    id = uuid5(UUID(int=0), "a")
    for kind, value in ((Kind.ID, id), (Kind.MONEY, Money(1, "EUR")), (Kind.SHARE, Share(1))):
        assert scalar_for(SPECS[kind], value, "x") is value
