"""What MongoDB finds is what reading everything would find, in the same order, page by page."""

from datetime import UTC, datetime
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.grammar import (
    F,
    Order,
    Path,
    bind,
    bind_order,
    compile_condition,
    compile_operand,
    total_order,
)
from crmcore.grammar.query import Compare, Either, Every, Not, Query
from crmcore_mongo._conditions import Conditions
from crmcore_mongo._schema import tenant_of
from crmcore_mongo._terms import Frame

from ..grammar.questions import QUESTIONS
from ..grammar.specimens import PEOPLE, SCOPE, THINGS, Thing, looking
from ..grammar.test_paging import orders, whole, world_of

seeds = st.integers(0, 7)


def meant(seed, where, order=()):
    """The things that fulfil a condition, in order."""
    entities = world_of(seed)
    wanted, look = compile_condition(where, SCOPE), looking(entities)
    things = [each for each in entities.values() if isinstance(each, Thing) and wanted(each, look)]
    return whole(things, total_order(order), look)


def asked(where=None, **parts):
    return Query(entity="thing", where=Every(()) if where is None else bind(where, SCOPE), **parts)


# --- conditions ----------------------------------------------------------------------------------


@given(seed=seeds, question=QUESTIONS)
def test_finding_agrees_with_reading_everything(world, seed, question):
    query = asked(question)

    found = world.found(query, str(seed))

    assert found == meant(seed, query.where)


@given(seed=seeds, question=QUESTIONS)
def test_an_expression_means_what_a_filter_means(world, seed, question):
    where = bind(question, SCOPE)
    frame = Frame.of(world.schema, str(seed))

    test = Conditions(frame).expression(where, SCOPE)
    stages = [{"$match": tenant_of(str(seed))}, *frame.joins.stages, {"$match": {"$expr": test}}]
    found = world.database["crm_thing"].aggregate(stages)

    ids = sorted(each["_id"]["id"] for each in found)
    assert ids == [each.id for each in meant(seed, where)]


# --- order and pages -----------------------------------------------------------------------------


@given(seed=seeds, order=orders())
def test_the_order_is_that_of_comparing_in_pairs(world, seed, order):
    keys = bind_order(order, SCOPE)

    found = world.found(asked(order=keys), str(seed))

    assert found == meant(seed, Every(()), keys)


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

    assert read == meant(seed, query.where, query.order)
