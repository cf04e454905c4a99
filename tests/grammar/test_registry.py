"""The registry: who is there, who refers to whom, and what the customer added."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, ManyFaults, UnknownName, WrongType
from crmcore.grammar import (
    Attributes,
    Entity,
    EntityType,
    Event,
    F,
    Kind,
    Ref,
    Registry,
    Scope,
    bind,
    reference_values,
    references,
)

from .specimens import (
    NOBODY,
    NOW,
    PEOPLE,
    PERSON,
    THING,
    THINGS,
    WORLD,
    Box,
    Maker,
    Note,
    Person,
    Place,
    Thing,
    ThingSeen,
    ball,
    box,
    person,
)


@attrs.frozen(kw_only=True)
class Shelf(Entity):
    height: int = 1
    owner: Annotated[UUID, Ref("person")] | None = None


@attrs.frozen(kw_only=True)
class Lost(Entity):
    place: "Nested | None" = None


@attrs.frozen(kw_only=True)
class Nested:
    by: Annotated[UUID, Ref("nobody")]


@attrs.frozen(kw_only=True)
class ShelfBuilt(Event):
    shelf: UUID


SHELF = EntityType(name="shelf", cls=Shelf)


# --- looking up ----------------------------------------------------------------------------------


def test_everything_is_found_by_its_name_or_class():
    assert WORLD.named("thing") is THING
    assert WORLD.of_class(Thing) is WORLD.of_class(Box) is THING
    assert WORLD.event("ThingSeen") is ThingSeen
    assert WORLD.label(person(name="Ada")) == "Ada"
    assert WORLD.attributes_of("shelf") == {}


@pytest.mark.parametrize(
    ("look", "told"),
    [
        (lambda: WORLD.named("thin"), "entity called 'thin'; did you mean 'thing'"),
        (lambda: WORLD.event("ThingSaw"), "event called 'ThingSaw'; did you mean 'ThingSeen'"),
        (lambda: WORLD.of_class(Shelf), "entity class called 'Shelf'"),
        (lambda: WORLD.check(Shelf(id=NOBODY, created_at=NOW, updated_at=NOW)), "'Shelf'"),
        (lambda: WORLD.label("Ada"), "'str'"),
        (lambda: WORLD.named("x" * 10**6), "x…'"),
    ],
)
def test_what_is_not_there_is_told_by_name(look, told):
    with pytest.raises(UnknownName) as unknown:
        look()

    assert told in str(unknown.value)
    assert len(str(unknown.value)) < 200


def test_only_variants_can_be_stored():
    common = Thing(id=NOBODY, title="a", created_at=NOW, updated_at=NOW)

    with pytest.raises(WrongType, match="thing: expected box or ball, got Thing"):
        WORLD.check(common)


def test_a_subclass_of_an_entity_is_another_class():
    @attrs.frozen(kw_only=True)
    class FineBox(Box):
        shine: int = 0

    with pytest.raises(UnknownName):
        WORLD.check(FineBox(id=NOBODY, title="a", created_at=NOW, updated_at=NOW))


# --- single values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"title": "a", "count": None, "notes": ()},
        {"nobody": 5, "radius": "a", 5: "a", None: 1},
        {"id": "a", "revision": "a", "updated_at": 5},
        {"seen": "yesterday", "attributes": {"rank": "a"}},
    ],
)
def test_values_that_fit_or_are_judged_elsewhere_pass(values):
    assert WORLD.check_values(Box, values) is None


def test_values_of_another_type_are_refused_all_at_once():
    with pytest.raises(ManyFaults) as refused:
        WORLD.check_values(
            Box, {"title": None, "count": "a", "volume": True, "code": "ab", "id": 1}
        )

    assert [fault.field for fault in refused.value.faults] == ["title", "count", "volume", "code"]


def test_values_are_judged_for_a_class_that_can_be_stored():
    with pytest.raises(WrongType, match="box or ball"):
        WORLD.check_values(Thing, {"title": "a"})
    with pytest.raises(UnknownName):
        WORLD.check_values(Shelf, {})


# --- putting together ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entities", "events", "told"),
    [
        ([PERSON, PERSON], [], "share a name"),
        ([PERSON, EntityType(name="person", cls=Shelf)], [], "share a name"),
        ([PERSON], [ThingSeen, ThingSeen], "share a name"),
        ([PERSON, EntityType(name="human", cls=Person)], [], "Person is declared for another"),
        ([PERSON, THING, EntityType(name="chest", cls=Box)], [], "Box is declared for another"),
        ([THING], [], r"thing\.owner: refers to the unknown 'person'"),
        (
            [EntityType(name="lost", cls=Lost)],
            [],
            r"lost\.place\.by: refers to the unknown 'nobody'",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(entities, events, told):
    with pytest.raises(InvalidValue, match=told):
        Registry.of(entities, events)


def test_entities_and_events_can_be_given_once_only():
    registry = Registry.of(iter([PERSON]), iter([ThingSeen]))

    assert list(registry.entities) == ["person"]
    assert list(registry.events) == ["ThingSeen"]


def test_extending_keeps_all_that_was_there():
    grown = WORLD.extended([SHELF], [ShelfBuilt])

    assert list(grown.entities) == ["person", "thing", "shelf"]
    assert list(grown.events) == ["ThingSeen", "ShelfBuilt"]
    assert grown.attributes == WORLD.attributes
    assert grown.check(box(attributes={"rank": 1})) is None
    assert list(WORLD.entities) == ["person", "thing"]


def test_extending_by_nothing_changes_nothing():
    assert WORLD.extended() is WORLD
    assert WORLD.with_attributes({}) is WORLD


def test_extending_by_what_is_there_is_refused():
    with pytest.raises(InvalidValue):
        WORLD.extended([PERSON])


def test_references_are_found_in_records_and_children_too():
    assert [path for path, _ in references(THING.fields)] == [
        "owner",
        "parent",
        "place.keeper",
        "notes.author",
        "carrier",
        "shelf.keeper",
    ]


# --- own attributes ------------------------------------------------------------------------------


def test_own_attributes_are_declared_and_always_optional():
    spec = WORLD.attributes_of("thing")["level"]

    assert (spec.kind, spec.optional) == (Kind.DECIMAL, True)


def test_declaring_more_keeps_what_was_there():
    grown = WORLD.with_attributes({"thing": {"size": int}, "person": {"age": int}})

    assert set(grown.attributes_of("thing")) == {*WORLD.attributes_of("thing"), "size"}
    assert set(grown.attributes_of("person")) == {"hue", "age"}
    assert "size" not in WORLD.attributes_of("thing")
    assert grown.events == WORLD.events
    assert grown.check(box(attributes={"size": 1, "rank": 1})) is None


def test_declaring_the_same_again_is_harmless():
    again = WORLD.with_attributes({"thing": {"rank": int}})

    assert again is WORLD


def test_a_name_may_be_that_of_a_field():
    grown = WORLD.with_attributes({"thing": {"title": int, "kind": bool, "attributes": str}})
    scope = Scope.of(grown.named("thing"), grown)

    bind((F.attributes.title == 5) & (F.title == "a") & (F.attributes.kind == True), scope)  # noqa: E712
    bind((F.attributes.attributes == "a") & (F.kind == "box"), scope)

    assert grown.check(box(attributes={"title": 5, "kind": True, "attributes": "a"})) is None


@pytest.mark.parametrize(
    ("declared", "error", "told"),
    [
        ({"thin": {"a": int}}, UnknownName, "'thing'"),
        ({"thing": ["a"]}, WrongType, "attributes.thing: expected a mapping"),
        ({"thing": {5: int}}, InvalidValue, "cannot hold"),
        ({"thing": {"A": int}}, InvalidValue, "A: a field name"),
        ({"thing": {"a.b": int}}, InvalidValue, "a field name"),
        ({"thing": {"$a": int}}, InvalidValue, "a field name"),
        ({"thing": {"": int}}, InvalidValue, "a field name"),
        ({"thing": {"a": float}}, InvalidValue, "thing.attributes.a: cannot hold"),
        ({"thing": {"a": list}}, InvalidValue, "cannot hold"),
        ({"thing": {"a": UUID}}, InvalidValue, "cannot hold"),
        ({"thing": {"a": int | None}}, InvalidValue, "cannot hold"),
        ({"thing": {"a": "int"}}, InvalidValue, "cannot hold"),
        ({"thing": {"a": None}}, InvalidValue, "cannot hold"),
        ({"thing": {"a": Attributes}}, InvalidValue, "cannot hold"),
        ({"thing": {"rank": str}}, InvalidValue, "thing.attributes.rank: is of another type"),
        ({"thing": {"rank": bool}}, InvalidValue, "is of another type"),
    ],
)
def test_attributes_that_cannot_be_kept_are_refused(declared, error, told):
    with pytest.raises(error) as refused:
        WORLD.with_attributes(declared)

    assert told in str(refused.value)


def test_every_declared_type_can_be_held():
    values = {"hue": "a", "rank": 1, "ok": True, "level": Decimal("1.5"), "due": NOW.date()}

    assert WORLD.check(box(attributes={**values, "met": NOW})) is None


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from([int, str, bool, datetime]))
)
def test_attributes_declared_one_by_one_or_together_are_the_same(declared):
    together = WORLD.with_attributes({"person": declared})
    one_by_one = WORLD

    for name, cls in declared.items():
        one_by_one = one_by_one.with_attributes({"person": {name: cls}})

    assert one_by_one.attributes_of("person") == together.attributes_of("person")


@given(st.lists(st.sampled_from(["a", "b"]), max_size=4), st.sampled_from([int, str, bool]))
def test_declaring_again_is_as_good_as_once(names, cls):
    often, once = WORLD, WORLD.with_attributes({"person": dict.fromkeys(names, cls)})

    for name in names:
        often = often.with_attributes({"person": {name: cls}})

    assert often.attributes_of("person") == once.attributes_of("person")
    assert WORLD.attributes_of("person").items() <= once.attributes_of("person").items()


# --- references ----------------------------------------------------------------------------------


def test_every_reference_an_entity_holds_is_told():
    thing = box(
        owner=PEOPLE[0],
        parent=THINGS[1],
        carrier=PEOPLE[1],
        place=Place(street="a", keeper=PEOPLE[2]),
        notes=(Note(text="a", author=PEOPLE[3]), Note(text="b"), Note(text="c", author=NOBODY)),
    )

    assert list(reference_values(thing, THING)) == [
        ("owner", "person", PEOPLE[0]),
        ("parent", "thing", THINGS[1]),
        ("place.keeper", "person", PEOPLE[2]),
        ("notes.author", "person", PEOPLE[3]),
        ("notes.author", "person", NOBODY),
        ("carrier", "person", PEOPLE[1]),
    ]
    assert not list(reference_values(ball(), THING))


@given(st.integers(0, 100))
def test_no_reference_is_left_out(seed):
    for entity in Maker(seed).world().values():
        kind = WORLD.of_class(type(entity))
        told = [id for _, _, id in reference_values(entity, kind)]
        own = {entity.id, getattr(entity, "serial", None)}

        assert sorted(ids_in(attrs.asdict(entity)), key=str) == sorted(
            [*told, *(id for id in own if id is not None)], key=str
        )


def ids_in(value):
    """Every id anywhere in plain data."""
    match value:
        case UUID():
            yield value
        case dict():
            for each in value.values():
                yield from ids_in(each)
        case tuple() | list():
            for each in value:
                yield from ids_in(each)
