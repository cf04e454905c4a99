"""The boundary: what may enter a store, told the same by the quick check and by the slow one."""

import copy
from collections import namedtuple
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Context, Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from unicodedata import category
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    CrmError,
    InexactNumber,
    InvalidText,
    InvalidValue,
    ManyFaults,
    NaiveTime,
    UnknownField,
    WrongType,
)
from crmcore.grammar import Attributes
from crmcore.grammar.boundary import compile_check, faults_of
from crmcore.values import Money, Share

from .specimens import (
    CODES,
    DATES,
    DECIMALS,
    INSTANTS,
    INTEGERS,
    MONEYS,
    NOBODY,
    NOW,
    SHARES,
    TEXTS,
    WORLD,
    Box,
    Colour,
    Grade,
    Link,
    Maker,
    Note,
    Place,
    Spot,
    Thing,
    box,
)


class Name(str):
    __slots__ = ()


class Five(IntEnum):
    FIVE = 5


class Shade(StrEnum):
    RED = "red"


class Day(date):
    pass


class Moment(datetime):
    pass


class Number(Decimal):
    pass


class Id(UUID):
    pass


class Coin(Money):
    pass


class Piece(Share):
    pass


class OwnAttributes(Attributes):
    __slots__ = ()


@attrs.frozen(kw_only=True)
class FinePlace(Place):
    view: str = "sea"


Pair = namedtuple("Pair", "one two")  # noqa: PYI024 - a tuple of another class
LARGE = Context(prec=60)
NAIVE = datetime(2024, 1, 1)  # noqa: DTZ001 - that it is naive
ELSEWHERE = datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=1)))
FINE = datetime(2024, 1, 1, 0, 0, 0, 1, UTC)
OTHER_UTC = datetime(2024, 1, 1, tzinfo=ZoneInfo("UTC"))
NOTE = Note(text="a")
FIELDS = WORLD.named("thing").records[Box].fields
OWN = WORLD.attributes_of("thing")
JUNK = (
    *(None, True, 1, 1.5, float("nan"), 1j, b"a", "a", "", [], (), {}, set(), object(), int, ...),
    *("a\x00", "a\n", "\x85", "\ud800", "x" * 401, Name("a"), Shade.RED, Colour.RED, Grade.RED),
    *(2**63, -(2**63) - 1, 10**4000, Five.FIVE, Fraction(1, 2)),
    *(Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1E+999999"), Decimal("1E-9")),
    *(Decimal("-0"), Decimal("1.500000000000"), Decimal(10**17), Number(1)),
    *(NOW, date(2024, 1, 1), NAIVE, ELSEWHERE, FINE, OTHER_UTC, Day(2024, 1, 1)),
    *(Moment(2024, 1, 1, tzinfo=UTC), NOBODY, Id(int=5), Money(1, "EUR"), Coin(1, "EUR")),
    *(Share(1), Piece(1), Spot(x=1), Place(street="a"), FinePlace(street="a"), NOTE, (NOTE,)),
    *([NOTE], (NOTE, None), (Link(url="a"),), Pair(NOTE, NOTE), Attributes(), OwnAttributes()),
    *(Attributes({"hue": 1}), Attributes({"rank": 1}), Attributes({"no": 1}), {"rank": 1}),
)
GOOD = (*TEXTS, *CODES, *INTEGERS, *DECIMALS, *SHARES, *MONEYS, *DATES, *INSTANTS, *Colour)
ANYTHING = st.one_of(st.sampled_from(JUNK), st.sampled_from(GOOD))


def spoilt(holder, **values):
    """A copy with values that no converter or validator has seen."""
    twin = copy.copy(holder)
    for name, value in values.items():
        object.__setattr__(twin, name, value)
    return twin


def faults(thing):
    return [*faults_of(thing, FIELDS, OWN)]


QUICK = compile_check(FIELDS, OWN)


# --- two checks, one verdict ---------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS)
def test_the_quick_check_never_passes_a_fault(field):
    for value in (*JUNK, *GOOD):
        thing = spoilt(box(), **{field: value})
        assert not (QUICK(thing) and faults(thing)), value


@given(st.dictionaries(st.sampled_from(list(FIELDS)), ANYTHING, min_size=1, max_size=4))
def test_registry_and_faults_give_one_verdict(values):
    thing = spoilt(box(), **values)
    found = faults(thing)

    if not found:
        assert WORLD.check(thing) is None
        return
    assert not QUICK(thing)
    with pytest.raises(CrmError) as refused:
        WORLD.check(thing)
    told = refused.value.faults if isinstance(refused.value, ManyFaults) else (refused.value,)
    assert [str(fault) for fault in told] == [str(fault) for fault in found]


@given(
    st.sampled_from(["street", "country", "inspected", "rent", "keeper", "spot", "corner"]),
    st.sampled_from(["text", "stars", "tone", "fee", "since", "author", "links"]),
    ANYTHING,
)
def test_inside_records_and_children_the_verdict_is_one_too(place_field, note_field, value):
    place = spoilt(Place(street="a"), **{place_field: value})
    note = spoilt(NOTE, **{note_field: value})

    for thing in (box(place=place), box(notes=(NOTE, note)), box(place=place, notes=(note, NOTE))):
        assert not (QUICK(thing) and faults(thing))


@given(st.integers(0, 200))
def test_what_is_made_properly_passes_quickly(seed):
    for entity in Maker(seed).world().values():
        WORLD.check(entity)
        if isinstance(entity, Thing):
            kind = WORLD.of_class(type(entity))
            assert compile_check(kind.records[type(entity)].fields, OWN)(entity)


@given(st.integers(-(2**70), 2**70))
def test_a_number_fits_exactly_when_it_has_64_bits(number):
    thing = spoilt(box(), count=number)

    assert QUICK(thing) is (not faults(thing)) is (-(2**63) <= number < 2**63)


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_a_line_of_text_fits_exactly_when_it_is_short_and_without_controls(text):
    thing = spoilt(box(), title=text)
    plain = not any(category(sign) in {"Cc", "Cs"} or sign in "\ufffe\uffff" for sign in text)

    assert (not faults(thing)) is (plain and len(text) <= 40)


@given(st.integers(-(10**21), 10**21), st.integers(0, 6))
def test_a_decimal_fits_exactly_when_its_digits_do(digits, places):
    number = Decimal(digits).scaleb(-places, LARGE)
    thing = spoilt(box(), weight=number)
    exact = Fraction(number)

    assert QUICK(thing) is (not faults(thing))
    assert (not faults(thing)) is ((exact * 1000).denominator == 1 and abs(exact) < 10**15)


@given(st.datetimes(), st.sampled_from([None, UTC, timezone(timedelta(hours=2))]))
def test_a_time_fits_exactly_when_it_is_in_utc_and_whole_milliseconds(naive, zone):
    thing = spoilt(box(), seen=naive.replace(tzinfo=zone))

    assert QUICK(thing) is (not faults(thing))
    assert QUICK(thing) is (zone is UTC and naive.microsecond % 1000 == 0)


# --- the faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "error", "path"),
    [
        ("title", None, WrongType, "title"),
        ("title", 5, WrongType, "title"),
        ("title", b"a", WrongType, "title"),
        ("title", Name("a"), WrongType, "title"),
        ("title", Shade.RED, WrongType, "title"),
        ("title", "x" * 41, InvalidText, "title"),
        ("title", "a\nb", InvalidText, "title"),
        ("title", "a\x00b", InvalidText, "title"),
        ("title", "\ud800", InvalidText, "title"),
        ("story", "a\x00b", InvalidText, "story"),
        ("story", "x" * 401, InvalidText, "story"),
        ("code", "ab", InvalidText, "code"),
        ("code", "", InvalidText, "code"),
        ("code", " \u2003  ", InvalidText, "code"),
        ("code", "x" * 9, InvalidText, "code"),
        ("colour", "red", WrongType, "colour"),
        ("colour", Grade.RED, WrongType, "colour"),
        ("count", True, WrongType, "count"),
        ("count", Five.FIVE, WrongType, "count"),
        ("count", 1.0, WrongType, "count"),
        ("count", 2**63, InvalidValue, "count"),
        ("count", -(2**63) - 1, InvalidValue, "count"),
        ("least", None, WrongType, "least"),
        ("weight", 1.5, InexactNumber, "weight"),
        ("weight", 1, WrongType, "weight"),
        ("weight", Number(1), WrongType, "weight"),
        ("weight", Decimal("0.0001"), InvalidValue, "weight"),
        ("weight", Decimal(10**15), InvalidValue, "weight"),
        ("weight", Decimal("NaN"), InvalidValue, "weight"),
        ("weight", Decimal("1E+999999"), InvalidValue, "weight"),
        ("worth", Decimal(1), WrongType, "worth"),
        ("worth", Coin(1, "EUR"), WrongType, "worth"),
        ("part", Decimal("0.5"), WrongType, "part"),
        ("part", Piece(1), WrongType, "part"),
        ("flag", 1, WrongType, "flag"),
        ("begun", NOW, WrongType, "begun"),
        ("begun", Day(2024, 1, 1), WrongType, "begun"),
        ("seen", date(2024, 1, 1), WrongType, "seen"),
        ("seen", NAIVE, NaiveTime, "seen"),
        ("seen", ELSEWHERE, InvalidValue, "seen"),
        ("seen", OTHER_UTC, InvalidValue, "seen"),
        ("seen", FINE, InvalidValue, "seen"),
        ("seen", Moment(2024, 1, 1, tzinfo=UTC), WrongType, "seen"),
        ("serial", "018bcfe5-6800-7000-8000-000100000000", WrongType, "serial"),
        ("serial", Id(int=5), WrongType, "serial"),
        ("place", FinePlace(street="a"), WrongType, "place"),
        ("place", {"street": "a"}, WrongType, "place"),
        ("place", spoilt(Place(street="a"), street=5), WrongType, "place.street"),
        ("place", Place(street="a", spot=spoilt(Spot(x=1), x="a")), WrongType, "place.spot.x"),
        ("notes", None, WrongType, "notes"),
        ("notes", [NOTE], WrongType, "notes"),
        ("notes", Pair(NOTE, NOTE), WrongType, "notes"),
        ("notes", (NOTE, "a"), WrongType, "notes[1]"),
        ("notes", (NOTE, spoilt(NOTE, stars="a")), WrongType, "notes[1].stars"),
        (
            "notes",
            (spoilt(NOTE, links=(Link(url="a"), Link(url="x" * 81))),),
            InvalidText,
            "notes[0].links[1].url",
        ),
        ("attributes", {}, WrongType, "attributes"),
        ("attributes", OwnAttributes(), WrongType, "attributes"),
        ("attributes", Attributes({"rank": "1"}), WrongType, "attributes.rank"),
        ("attributes", Attributes({"rank": True}), WrongType, "attributes.rank"),
        ("attributes", Attributes({"level": 1.5}), InexactNumber, "attributes.level"),
        ("attributes", Attributes({"met": NAIVE}), NaiveTime, "attributes.met"),
        ("attributes", Attributes({"due": NOW}), WrongType, "attributes.due"),
        ("attributes", Attributes({"hue": "a\nb"}), InvalidText, "attributes.hue"),
        ("attributes", Attributes({"hue": []}), WrongType, "attributes.hue"),
        ("revision", None, WrongType, "revision"),
        ("id", None, WrongType, "id"),
    ],
)
def test_a_fault_is_told_with_its_path(field, value, error, path):
    with pytest.raises(error) as refused:
        WORLD.check(spoilt(box(), **{field: value}))

    assert type(refused.value) is error
    assert refused.value.field == path


def test_an_unknown_attribute_comes_with_the_nearest_one():
    with pytest.raises(UnknownField) as unknown:
        WORLD.check(box(attributes={"rnk": 1}))

    told = unknown.value
    assert (told.entity, told.field, told.suggestion) == ("attributes", "rnk", "rank")


def test_an_endless_name_is_not_quoted_in_full():
    with pytest.raises(UnknownField) as unknown:
        WORLD.check(box(attributes={"x" * 10**6: 1}))

    assert len(str(unknown.value)) < 300


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("story", "a\n\tb"),
        ("code", "abc"),
        ("code", " a "),
        ("title", "x" * 40),
        ("weight", Decimal("1.500000")),
        ("weight", Decimal("-0")),
        ("weight", Decimal("1E+3")),
        ("count", 2**63 - 1),
        ("count", -(2**63)),
        ("notes", ()),
    ],
)
def test_the_last_value_that_fits_is_taken(field, value):
    assert WORLD.check(spoilt(box(), **{field: value})) is None


def test_all_faults_come_at_once():
    thing = spoilt(
        box(attributes={"rank": "a", "no": 1}),
        title=5,
        count=2**64,
        place=spoilt(Place(street="a"), country="DEU", rent=5),
        notes=(spoilt(NOTE, text=None), NOTE, spoilt(NOTE, tone="red")),
    )

    with pytest.raises(ManyFaults) as refused:
        WORLD.check(thing)

    assert [fault.field for fault in refused.value.faults] == [
        "no",
        "attributes.rank",
        "title",
        "count",
        "place.country",
        "place.rent",
        "notes[0].text",
        "notes[2].tone",
    ]


def test_faults_tell_no_values():
    private = "Ada-Lovelace"
    thing = spoilt(
        box(), title=private * 9, count=private, place=spoilt(Place(street="a"), street=5)
    )

    with pytest.raises(ManyFaults) as refused:
        WORLD.check(thing)

    assert private not in str(refused.value)


def test_a_class_without_fields_has_no_faults():
    @attrs.frozen
    class Nothing:
        pass

    assert compile_check({}, {})(Nothing())
    assert not list(faults_of(Nothing(), {}, {}))
