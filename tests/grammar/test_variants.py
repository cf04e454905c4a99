"""Asking for one class among the variants of an entity."""

import attrs
from hypothesis import given
from hypothesis import strategies as st

from crmcore.grammar import Entity, EntityType, F, Query, Registry, Scope, bind, compile_condition
from crmcore.grammar.compiling import look_nowhere
from crmcore.grammar.variants import narrowed

from .questions import QUESTIONS
from .specimens import NOW, PEOPLE, PERSON, SCOPE, THING, Ball, Box, Maker, Person, Thing, looking


@attrs.frozen(kw_only=True)
class Plant(Entity):
    height: int = 1


@attrs.frozen(kw_only=True)
class Tree(Plant):
    pass


@attrs.frozen(kw_only=True)
class Oak(Tree):
    pass


@attrs.frozen(kw_only=True)
class Elm(Tree):
    pass


@attrs.frozen(kw_only=True)
class Fern(Plant):
    pass


PLANT = EntityType(name="plant", cls=Plant, variants=(Oak, Elm, Fern))
PLANTS = Scope.of(PLANT, Registry.of([PLANT], []))


@given(QUESTIONS, st.integers(0, 40), st.sampled_from([Thing, Box, Ball]))
def test_a_narrowed_query_finds_the_class_alone(condition, seed, cls):
    world = Maker(seed).world()
    query = Query(entity="thing", where=bind(condition, SCOPE))
    wide = compile_condition(query.where, SCOPE)
    narrow = compile_condition(narrowed(query, THING, cls).where, SCOPE)

    for thing in (each for each in world.values() if isinstance(each, Thing)):
        expected = wide(thing, looking(world)) and isinstance(thing, cls)
        assert narrow(thing, looking(world)) is expected


def test_a_class_between_means_all_variants_below_it():
    query = narrowed(Query(entity="plant"), PLANT, Tree)
    test = compile_condition(query.where, PLANTS)
    plants = [cls(id=PEOPLE[0], created_at=NOW, updated_at=NOW) for cls in (Oak, Elm, Fern)]

    assert [test(plant, look_nowhere) for plant in plants] == [True, True, False]


def test_the_class_of_all_of_them_changes_nothing():
    query = Query(entity="person", where=F.name == "Ada", limit=3)

    assert narrowed(query, PERSON, Person) is query
    assert narrowed(query, THING, Thing) is query
    assert narrowed(query, THING, Box).limit == 3
