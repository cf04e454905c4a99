"""Declaring entities: what cannot be kept is refused when it is declared."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.grammar import (
    Attributes,
    Entity,
    EntityType,
    Kind,
    Places,
    Ref,
    Text,
    variant_name,
)

from .specimens import PERSON, THING, Ball, Box, Person, Thing, ball, box, person


@attrs.frozen(kw_only=True)
class Animal(Entity):
    name: Annotated[str, Text(max=10)]


@attrs.frozen(kw_only=True)
class Cat(Animal):
    call: Annotated[str, Text(min=2, max=5)] = "miez"
    lives: int = 9
    weight: Annotated[Decimal, Places(2)] = Decimal(4)


@attrs.frozen(kw_only=True)
class Dog(Animal):
    call: Annotated[str, Text(min=3)] = "come"
    tricks: int = 0
    weight: Annotated[Decimal, Places(2)] | None = None
    name: Annotated[str, Text(max=99, lines=True, searchable=True)]


@attrs.frozen(kw_only=True)
class Tame(Animal):
    call: Annotated[str, Text(min=2, max=5)] | None = None


@attrs.frozen(kw_only=True)
class Fish(Animal):
    weight: int = 1


@attrs.frozen(kw_only=True)
class Heavy(Animal):
    weight: Annotated[Decimal, Places(3)] = Decimal(4)


@attrs.frozen(kw_only=True)
class Owned(Animal):
    lives: Annotated[UUID, Ref("person")] | None = None


@attrs.frozen(kw_only=True)
class Kinded(Entity):
    kind: str = "a"


@attrs.frozen(kw_only=True)
class KindedToo(Kinded):
    pass


class Undecorated(Animal):
    colour: str = "red"


def declared(*variants, cls=Animal, name="animal", **more):
    return EntityType(name=name, cls=cls, variants=variants, **more)


def renamed(name):
    return attrs.make_class(name, {}, bases=(Animal,), frozen=True, kw_only=True)


# --- what a declaration tells --------------------------------------------------------------------


def test_an_entity_without_variants_has_one_class():
    assert PERSON.classes == (Person,)
    assert list(PERSON.records) == [Person]
    assert PERSON.fields == PERSON.records[Person].fields


def test_variants_share_what_all_of_them_have():
    assert THING.classes == (Box, Ball)
    assert THING.fields["title"].variants is None
    assert THING.fields["volume"].variants == {"box"}
    assert THING.fields["shells"].variants == {"ball"}
    assert not THING.fields["volume"].optional
    assert THING.fields["volume"].may_be_missing


def test_variants_are_found_by_name():
    assert THING.variant_named("box") is Box
    assert PERSON.variant_named("person") is Person
    assert variant_name(Ball) == "ball"
    with pytest.raises(InvalidValue, match="unknown variant 'bax'"):
        THING.variant_named("bax")
    with pytest.raises(InvalidValue):
        THING.variant_named("thing")


@pytest.mark.parametrize("variants", [(Cat, Dog), (Dog, Cat)])
def test_a_field_of_several_variants_is_as_wide_as_the_widest(variants):
    fields = declared(*variants).fields

    assert fields["weight"].optional
    assert fields["name"].text == Text(max=99, lines=True, searchable=True)
    assert fields["call"].text == Text(min=2, max=200)
    assert declared(*variants).records[Cat].fields["name"].text == Text(max=10)


@given(st.permutations([Cat, Dog, Tame]))
def test_the_order_of_variants_does_not_matter(variants):
    told = declared(*variants).fields

    assert told == declared(Cat, Dog, Tame).fields
    assert told["weight"].variants == {"cat", "dog"}


@given(st.sets(st.sampled_from([Cat, Dog, Tame]), min_size=1))
def test_every_field_of_every_variant_is_told(variants):
    kind = declared(*variants)

    assert set(kind.fields) == {name for each in kind.records.values() for name in each.fields}
    for name, spec in kind.fields.items():
        owners = {variant_name(cls) for cls, each in kind.records.items() if name in each.fields}
        assert (spec.variants or {variant_name(cls) for cls in variants}) == owners


def test_entities_are_called_by_name_or_else_by_id():
    assert PERSON.label(person(name="Ada")) == "Ada"
    assert THING.label(box()) == str(box().id)
    assert declared(Cat, label=lambda _animal: "cat").label(ball()) == "cat"


def test_a_kind_is_a_field_like_others_without_variants():
    assert EntityType(name="kinded", cls=Kinded).fields["kind"].kind is Kind.TEXT


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "Animal", "an animal", "animal!", "_animal", "x" * 64])
def test_bad_names_are_refused(name):
    with pytest.raises(InvalidValue):
        declared(Cat, name=name)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: declared(Cat, Fish), "animal.weight: is of another type"),
        (lambda: declared(Fish, Cat), "animal.weight: is of another type"),
        (lambda: declared(Cat, Heavy), "animal.weight: is of another type"),
        (lambda: declared(Cat, Owned), "animal.lives: is of another type"),
        (lambda: declared(Cat, Cat), "cannot be told apart"),
        (lambda: declared(renamed("Cat"), Cat), "cannot be told apart as cat, cat"),
        (lambda: declared(renamed("CAT"), Cat), "cannot be told apart"),
        (lambda: declared(renamed("Kätzchen"), Cat), "cannot be told apart"),
        (lambda: declared(Cat, Box), "Box is no attrs class"),
        (lambda: declared(Undecorated), "Undecorated is no attrs class"),
        (lambda: declared(cls=Undecorated), "Undecorated is no attrs class"),
        (lambda: declared(cls=Text), "Text is no attrs class"),
        (lambda: declared(cls=str), "str is no attrs class"),
        (lambda: declared(KindedToo, cls=Kinded), "animal.kind: tells the variants apart"),
        (lambda: declared(Cat, unique=(("nam",),)), r"unknown fields: \['nam'\]"),
        (lambda: declared(Cat, unique=("name",)), "unknown fields"),
        (lambda: declared(Cat, unique=((),)), "unknown fields"),
        (lambda: declared(Cat, unique=(("attributes",),)), "single values"),
        (lambda: declared(cls=Thing, unique=(("title", "notes"),)), "single values"),
        (lambda: declared(cls=Thing, unique=(("place",),)), "single values"),
    ],
)
def test_what_cannot_be_kept_is_refused_when_it_is_declared(make, told):
    with pytest.raises(InvalidValue, match=told):
        make()


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("id", int),
        ("id", Annotated[UUID, Ref("animal")]),
        ("revision", int | None),
        ("created_at", str),
        ("attributes", Attributes | None),
    ],
)
def test_what_every_entity_has_stays_as_it_is(field, hint):
    other = attrs.make_class(
        "Other", {field: attrs.field(type=hint)}, bases=(Animal,), frozen=True, kw_only=True
    )

    with pytest.raises(InvalidValue, match=f"animal.{field}: is the same field in every entity"):
        declared(cls=other)


def test_a_field_that_no_store_can_keep_is_refused():
    @attrs.frozen(kw_only=True)
    class Odd(Entity):
        amount: float

    with pytest.raises(InvalidValue, match="amount"):
        EntityType(name="odd", cls=Odd)
