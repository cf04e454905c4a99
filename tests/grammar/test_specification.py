"""What a field may hold: read from annotations, refused when no store could keep it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any, Literal, NewType, Optional, Union
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, WrongType
from crmcore.grammar import Attributes, Kind, Places, Ref, Renamed, Text
from crmcore.grammar.attributes import NO_ATTRIBUTES
from crmcore.grammar.specification import FieldSpec, field_spec, record_spec
from crmcore.values import Money, PostalAddress, Share

from .specimens import Colour, Link, Note, Person, Place, Spot


class Empty(StrEnum):
    pass


class Number(IntEnum):
    ONE = 1


class Old(str, Enum):  # noqa: UP042 - the form that is refused
    RED = "red"


class Bare(Enum):
    RED = "red"


class Name(str):
    __slots__ = ()


class Coin(Money):
    pass


class Moment(datetime):
    pass


@attrs.frozen
class Chain:
    length: int
    next: "Chain | None" = None


@attrs.frozen
class Branch:
    twigs: "tuple[Twig, ...]" = ()


@attrs.frozen
class Twig:
    branch: Branch | None = None


@attrs.frozen
class Loose:
    own: Attributes = NO_ATTRIBUTES


@attrs.frozen
class Unfit:
    amount: float


Size = NewType("Size", int)


@pytest.mark.parametrize(
    ("hint", "kind", "cls"),
    [
        (str, Kind.TEXT, str),
        (int, Kind.INTEGER, int),
        (Decimal, Kind.DECIMAL, Decimal),
        (Share, Kind.SHARE, Share),
        (bool, Kind.BOOLEAN, bool),
        (date, Kind.DATE, date),
        (datetime, Kind.INSTANT, datetime),
        (UUID, Kind.ID, UUID),
        (Colour, Kind.CHOICE, Colour),
        (Money, Kind.MONEY, Money),
        (PostalAddress, Kind.RECORD, PostalAddress),
        (tuple[Link, ...], Kind.CHILDREN, Link),
    ],
)
def test_every_kind_is_told_by_its_class(hint, kind, cls):
    spec = field_spec("x", hint)

    assert (spec.name, spec.kind, spec.cls, spec.optional) == ("x", kind, cls, False)
    assert spec.may_be_missing is False


def test_the_field_attributes_holds_attributes():
    assert field_spec("attributes", Attributes).kind is Kind.ATTRIBUTES


@pytest.mark.parametrize(
    "hint",
    [
        str | None,
        None | str,
        Optional[str],  # noqa: UP045 - the old form
        Union[str, None],  # noqa: UP007 - the old form
        Annotated[str, Text(max=9)] | None,
        Annotated[str | None, Text(max=9)],
    ],
)
def test_a_field_may_be_missing_in_every_spelling(hint):
    spec = field_spec("x", hint)

    assert (spec.kind, spec.optional, spec.may_be_missing) == (Kind.TEXT, True, True)


@given(
    st.sampled_from([str, int, Decimal, Share, bool, date, datetime, UUID, Colour, Money, Place]),
    st.sampled_from(["a", "x1", "long_name"]),
)
def test_what_may_be_missing_is_otherwise_the_same(cls, name):
    assert field_spec(name, cls | None) == attrs.evolve(field_spec(name, cls), optional=True)


@given(st.integers(1, 10**6), st.booleans(), st.booleans(), st.data())
def test_the_limits_of_a_text_are_kept(longest, lines, searchable, data):
    text = Text(longest, lines, searchable, min=data.draw(st.integers(0, longest)))

    assert field_spec("x", Annotated[str, text]).text == text


@given(st.integers(0, 17))
def test_the_places_of_a_decimal_are_kept(places):
    assert field_spec("x", Annotated[Decimal, Places(places)]).places == places


def test_marks_are_read_inside_and_outside_of_none():
    for hint in (Annotated[str, Text(max=9)] | None, Annotated[str | None, Text(max=9)]):
        assert field_spec("x", hint).text == Text(max=9)
    assert field_spec("x", Annotated[UUID, Ref("person")] | None).reference == "person"
    assert field_spec("x", Annotated[Decimal, Places(2), "unknown"]).places == 2


def test_the_outer_mark_counts():
    inner = Annotated[str, Text(max=9)]

    assert field_spec("x", Annotated[inner, Text(max=5)]).text == Text(max=5)
    assert field_spec("x", Annotated[inner | None, Text(max=5)]).text == Text(max=5)


def test_without_marks_there_are_limits_too():
    spec = field_spec("x", str)

    assert (spec.text, spec.places, spec.reference) == (Text(), 4, None)


@pytest.mark.parametrize(
    "hint",
    [
        *(float, bytes, object, type, list, dict, set, complex, type(None), None, Any),
        *(
            list[str],
            tuple[str, ...],
            tuple[Link, Link],
            tuple[Link],
            dict[str, str],
            Sequence[Link],
        ),
        *(int | str, int | str | None, Literal["a"], Size, "str", 5, ...),
        *(Empty, Number, Old, Bare, Enum, StrEnum, Name, Coin, Moment, Attributes),
        *(tuple[Link, ...] | None, tuple[Link | None, ...], tuple[Colour, ...]),
        *(Person, Person | None, tuple[Person, ...]),
        *(Chain, tuple[Chain, ...], Branch, Twig, Unfit, Loose),
        *(Annotated[str, Ref("person")], Annotated[Colour, Ref("person")]),
        *(Annotated[int, Text()], Annotated[int, Places(2)], Annotated[UUID, Places(2)]),
    ],
    ids=repr,
)
def test_what_no_store_can_keep_is_refused(hint):
    with pytest.raises(InvalidValue):
        field_spec("x", hint)


def test_the_reason_helps():
    for hint, told in (
        (Person, "by its id"),
        (Chain, "a Chain cannot hold another one"),
        (Coin, "as a plain Money"),
        (Number, "as a plain int"),
        (tuple[Link, ...] | None, "empty tuple"),
        (Annotated[str, Ref("person")], "Ref does not fit a text"),
        (int | str, "x: a field holds one type"),
    ):
        with pytest.raises(InvalidValue, match=told):
            field_spec("x", hint)


@pytest.mark.parametrize(
    "name", ["", "X", "_x", "1x", "x y", "x.y", "xÄ", "x\n", "x-y", "x" * 64, "$x", "x;drop"]
)
def test_bad_names_are_refused(name):
    with pytest.raises(InvalidValue):
        field_spec(name, str)


@given(st.from_regex(r"[a-z][a-z0-9_]{0,62}", fullmatch=True))
def test_plain_names_are_taken(name):
    assert field_spec(name, int) == FieldSpec(name=name, kind=Kind.INTEGER, cls=int)


@pytest.mark.parametrize("places", [-1, 18, 99])
def test_places_fit_into_a_number(places):
    with pytest.raises(InvalidValue, match="places"):
        Places(places)


@pytest.mark.parametrize("longest", [0, -1])
def test_a_text_has_room(longest):
    with pytest.raises(InvalidValue, match="max"):
        Text(max=longest)


@pytest.mark.parametrize("shortest", [-1, 10])
def test_the_shortest_text_is_no_longer_than_the_longest(shortest):
    with pytest.raises(InvalidValue, match="min"):
        Text(max=9, min=shortest)


def test_limits_are_whole_numbers():
    wrong = (lambda: Text(max="9"), lambda: Text(min=1.0), lambda: Text(min=True))

    for make in (lambda: Places(True), lambda: Places(2.0), *wrong):
        with pytest.raises(WrongType):
            make()


# --- records -------------------------------------------------------------------------------------


def test_a_record_is_its_fields_in_order():
    record = record_spec(Place)

    assert record.cls is Place
    assert list(record.fields) == [field.name for field in attrs.fields(Place)]
    assert record.fields["spot"].record == record_spec(Spot)
    assert record.fields["spot"].optional
    assert not record.fields["corner"].optional


def test_the_same_record_may_be_held_twice_but_not_in_itself():
    assert {"spot", "corner"} <= set(record_spec(Place).fields)
    with pytest.raises(InvalidValue, match="branch"):
        record_spec(Branch)


def test_children_of_children_are_read():
    links = record_spec(Note).fields["links"]

    assert (links.kind, links.cls, links.record) == (Kind.CHILDREN, Link, record_spec(Link))


def test_computed_fields_are_not_stored():
    @attrs.frozen
    class Counted:
        a: int
        b: int = attrs.field(init=False, default=0)

    assert list(record_spec(Counted).fields) == ["a"]


def test_a_field_needs_an_annotation():
    untyped = attrs.make_class("Untyped", {"a": attrs.field()})

    with pytest.raises(InvalidValue, match="a: has no type annotation"):
        record_spec(untyped)


def test_a_bad_name_inside_a_record_is_refused():
    shouting = attrs.make_class("Shouting", {"NAME": attrs.field(type=str)})

    with pytest.raises(InvalidValue, match="NAME"):
        field_spec("x", shouting)


def test_a_choice_tells_what_was_renamed() -> None:
    spec = field_spec("colour", Annotated[Colour, Renamed("crimson", "red")])

    assert spec.renamed == (Renamed("crimson", "red"),)


@pytest.mark.parametrize(
    "hint",
    [
        Annotated[Colour, Renamed("crimson", "scarlet")],
        Annotated[Colour, Renamed("red", "red")],
        Annotated[Colour, Renamed("crimson", "red"), Renamed("crimson", "green")],
        Annotated[str, Renamed("crimson", "red")],
    ],
)
def test_only_a_value_that_is_gone_was_renamed_to_one_that_is_there(hint: object) -> None:
    with pytest.raises(InvalidValue):
        field_spec("colour", hint)
