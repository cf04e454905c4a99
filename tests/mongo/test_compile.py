"""What MongoDB finds is what reading everything would find, in the same order, page by page."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import ExpressionTooLarge
from crmcore.grammar import F, Order, bind, bind_order, compile_operand, order_of, total_order
from crmcore.grammar.query import MAX_DEPTH, MAX_KEYS, Every, Path, Query
from crmcore.values import CountedIds
from crmcore_mongo._schema import tenant_of
from crmcore_mongo._terms import Joins

from .worlds import (
    PEOPLE,
    QUESTIONS,
    SCOPE,
    THINGS,
    box,
    looking,
    meant,
    orders,
    person,
    world_of,
)

seeds = st.integers(0, 7)


def asked(where=None, **parts):
    return Query(entity="thing", where=Every(()) if where is None else bind(where, SCOPE), **parts)


def explained(world, plan):
    """The names of the indexes and stages that a plan is carried out by."""
    found = world.database[plan.collection].find(plan.filter, sort=list(plan.sort))
    text = str(found.explain()["queryPlanner"]["winningPlan"])
    return {word for word in ("SORT", "COLLSCAN", "IXSCAN") if f"'{word}'" in text}, text


# --- conditions, order, pages --------------------------------------------------------------------


@given(seed=seeds, question=QUESTIONS)
def test_finding_agrees_with_reading_everything(world, seed, question):
    query = asked(question)

    found = world.found(query, str(seed))

    assert found == meant(world_of(seed), query.where)


@given(seed=seeds, order=orders())
def test_the_order_is_that_of_comparing_in_pairs(world, seed, order):
    keys = bind_order(order, SCOPE)

    found = world.found(asked(order=keys), str(seed))

    assert found == meant(world_of(seed), Every(()), keys)


@given(seed=seeds, question=QUESTIONS, order=orders(), size=st.integers(1, 5))
def test_all_pages_together_are_the_whole(world, seed, question, order, size):
    query = asked(question, order=bind_order(order, SCOPE), limit=size)
    getters = [compile_operand(key.by, SCOPE) for key in total_order(query.order)]
    look = looking(world_of(seed))
    read, after = [], None

    while True:
        plan = world.plan(attrs.evolve(query, after=after), str(seed))
        documents = world.documents(plan)
        read += world.decoded("thing", documents[:size])
        if len(documents) <= size:
            break
        after = plan.key(documents[size - 1])
        assert after == tuple(get(read[-1], look) for get in getters)

    assert read == meant(world_of(seed), query.where, query.order)


@pytest.mark.parametrize("first", [False, True])
def test_of_a_key_given_twice_the_first_counts(world, first):
    keys = tuple(Order(Path(("title",)), way) for way in (first, not first))

    found = world.found(asked(order=keys), "0")

    assert found == meant(world_of(0), Every(()), keys)


def test_as_many_keys_as_the_language_allows_order(world):
    names = ("worth", "price", "parent.worth", "parent.price", "place.rent", "owner.home.rent")
    keys = [Order(Path(tuple(name.split("."))), descending=True) for name in names]
    keys += [Order(Path((name,)), descending=True) for name in ("count", "seen", "part", "title")]

    bound = bind_order(keys, SCOPE)

    assert len(keys) == MAX_KEYS
    assert world.found(asked(order=bound), "1") == meant(world_of(1), Every(()), bound)


# --- tenants -------------------------------------------------------------------------------------


@given(question=QUESTIONS, order=orders())
def test_the_tenant_is_asked_for_last_whatever_is_asked(world, question, order):
    query = asked(question, order=bind_order(order, SCOPE), limit=3)

    plan = world.plan(query, "0")

    arm = plan.filter["$and"][-1] if "$and" in plan.filter else plan.filter
    assert arm["_id"] == tenant_of("0")["_id"]
    assert plan.pipeline is None or plan.pipeline[0] == {"$match": plan.filter}


def test_nothing_of_another_tenant_is_joined(world):
    mine, theirs = box(owner=PEOPLE[0], parent=THINGS[1]), box(THINGS[1], owner=PEOPLE[0])
    world.put("mine", [mine])
    world.put("theirs", [theirs, person(name="Ada")])
    named = F.owner.name == "Ada"
    through = F.parent.owner == PEOPLE[0]

    assert world.found(asked(named | through), "mine") == []
    assert world.found(asked(F.owner.name.is_missing()), "mine") == [mine]
    assert world.found(asked(named), "theirs") == [theirs]


@pytest.mark.parametrize("tenant", ["a", "ab", "", "$a", "a.b", "\U0010ffff", "A"])
def test_tenants_with_similar_names_are_kept_apart(world, tenant):
    names = ("a", "ab", "", "$a", "a.b", "\U0010ffff", "A", "a\U0010ffff")
    for name in names:
        world.put(name, [box(title=name)])

    found = world.found(asked(F.title != "nobody"), tenant)

    assert [each.title for each in found] == [tenant]


# --- the ways there ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "index"),
    [
        (None, "_id_"),
        (F.id == THINGS[0], "_id_"),
        (F.owner == PEOPLE[0], "reference owner"),
        ((F.owner == PEOPLE[0]) & (F.title == "a"), "reference owner"),
        (F.place.keeper == PEOPLE[0], "reference place.keeper"),
        (F.notes.any(F.author == PEOPLE[1]), "reference notes.author"),
        (F.serial == PEOPLE[0], "unique serial"),
    ],
)
def test_what_has_an_index_is_found_by_it(world, where, index):
    plan = world.plan(asked(where), "0")

    stages, text = explained(world, plan)

    assert plan.pipeline is None
    assert "COLLSCAN" not in stages
    assert f"'indexName': '{index}'" in text


def test_the_order_of_ids_needs_no_sorting(world):
    for where in (None, F.owner == PEOPLE[0], F.title == "a"):
        plan = world.plan(asked(where, limit=2), "0")
        assert "SORT" not in explained(world, plan)[0]


def test_a_page_begins_where_the_one_before_ended(world):
    ids = CountedIds(11)
    boxes = [box(ids.new()) for _ in range(200)]
    world.put("many", boxes)
    plan = world.plan(asked(after=(boxes[149].id,), limit=10), "many")

    told = world.database[plan.collection].find(plan.filter, sort=list(plan.sort), limit=plan.limit)

    assert told.explain()["executionStats"]["totalKeysExamined"] == 11


def test_what_is_asked_of_the_document_itself_is_asked_before_anything_is_joined(world):
    where = (F.owner.name == "a") & (F.title == "a") & ~(F.count == 1)

    plan = world.plan(asked(where), "0")

    assert [*plan.filter["$and"][0]] == ["title"]
    assert [*plan.filter["$and"][1]] == ["$nor"]
    assert [next(iter(stage)) for stage in plan.pipeline or ()] == [
        *("$match", "$sort", "$set", "$lookup", "$set", "$match", "$unset"),
    ]


def test_each_way_is_joined_once(world):
    where = (F.owner.name == "a") | (F.owner.born.is_missing()) | (F.owner.boss.name == "b")

    plan = world.plan(asked(where, order=(order_of(F.owner.boss.name),)), "0")

    assert sum("$lookup" in stage for stage in plan.pipeline or ()) == 2


# --- limits --------------------------------------------------------------------------------------


def test_the_deepest_questions_are_answered(world):
    deep = F.author.name != "nobody"
    for _ in range(MAX_DEPTH - 3):
        deep = F.author.notes.any(deep)
    query = asked(~F.notes.any(deep))

    assert world.found(query, "3") == meant(world_of(3), query.where)


def test_so_many_references_are_refused_that_no_pipeline_could_follow(world):
    joins, most = Joins(world.schema, "0"), 300
    for number in range(most):
        joins.join(f"owner{number}", number % 2, "person")

    with pytest.raises(ExpressionTooLarge):
        joins.join("owner", 0, "person")

    stages = [{"$match": tenant_of("0")}, *joins.stages, {"$unset": joins.keys}]
    assert len([*world.database["crm_thing"].aggregate(stages)]) == len(
        meant(world_of(0), Every(()))
    )
