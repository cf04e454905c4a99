"""Whatever is asked, a database answers what entities in memory answer, in the same order."""

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from itertools import count

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from crmcore.errors import CrmError
from crmcore.grammar.aggregating import bind_aggregates
from crmcore.grammar.binding import Scope, bind, bind_order
from crmcore.grammar.field import F, average, total
from crmcore.grammar.paging import ID
from crmcore.grammar.query import AggregateQuery, Compare, Either, Every, Not, Order, Path, Query
from crmcore.memory import MemoryStore
from crmcore.values import Money, Ratio
from crmcore_sql import SqlStore, new_engine

from .test_tables import PUZZLE
from .things import (
    GADGET,
    NOW,
    SINGLE,
    THINGS,
    Gadget,
    Kind,
    Maker,
    Part,
    aggregates,
    conditions,
    gadgets,
    id_of,
    operands,
    orders,
    worlds,
)

SCOPE = Scope.of(GADGET, THINGS)
tenants = count()


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def engine(request, tmp_path_factory) -> Iterator[Engine]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('agreement')}/things.db"
        else:
            supply = request.getfixturevalue(f"{request.param}_supply")
            url = stack.enter_context(supply.fresh())
        engine = new_engine(url)
        stack.callback(engine.dispose)
        yield engine


def filled(store, world):
    with store.begin(write=True) as uow:
        stored = [uow.repository(type(each)).add(each) for each in world]
        uow.commit()
    return stored


def both(engine, world):
    """The same world in a database, as a tenant of its own, and in memory."""
    stores = (
        SqlStore(engine, tenant=f"t{next(tenants)}", registry=THINGS),
        MemoryStore(registry=THINGS),
    )
    for store in stores:
        filled(store, world)
    return stores


def answered(store, ask):
    with store.begin(write=False) as uow:
        try:
            return ask(uow)
        except CrmError as fault:
            return type(fault)


def pages(store, query):
    def ask(uow):
        found, after = [], None
        while True:
            page = uow.repository(Gadget).find(attrs.evolve(query, after=after))
            found.append((page.items, page.cursor))
            after = page.cursor
            if after is None:
                return found

    return answered(store, ask)


@given(world=worlds())
def test_what_is_added_comes_back_whole(engine, world):
    store = SqlStore(engine, tenant=f"t{next(tenants)}", registry=THINGS)

    stored = filled(store, world)

    with store.begin(write=False) as uow:
        assert [uow.repository(type(each)).get(each.id) for each in world] == stored
        found = uow.repository(Gadget).find(Query(entity="gadget")).items
        assert sorted(found, key=lambda each: each.id) == [
            each for each in stored if isinstance(each, Gadget)
        ]
    assert stored == [attrs.evolve(each, revision=1) for each in world]


@given(world=worlds())
def test_what_comes_back_is_what_its_constructor_would_make(engine, world):
    store = SqlStore(engine, tenant=f"t{next(tenants)}", registry=THINGS)
    stored = filled(store, world)

    with store.begin(write=False) as uow:
        found = [uow.repository(type(each)).get(each.id) for each in world]

    made = [attrs.evolve(each) for each in found]
    assert (found, repr(found)) == (made, repr(made))
    assert [hash(each) for each in found] == [hash(each) for each in stored]


@given(world=worlds(), data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_finding_agrees_with_memory_in_the_same_order(engine, world, data):
    stores = both(engine, world)
    queries = [
        Query(
            entity="gadget",
            where=data.draw(conditions(SCOPE)),
            order=bind_order(data.draw(orders(SCOPE)), SCOPE),
            limit=data.draw(st.none() | st.integers(1, 3)),
        )
        for _ in range(6)
    ]

    for query in queries:
        in_database, in_memory = (pages(store, query) for store in stores)

        assert in_database == in_memory, query


@given(world=worlds(), data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_aggregates_agree_with_memory(engine, world, data):
    stores = both(engine, world)
    grouping = operands(SCOPE).filter(lambda pair: pair[1].kind in SINGLE - {Kind.MONEY})
    queries = [
        bind_aggregates(
            AggregateQuery(
                entity="gadget",
                measures={
                    f"m{number}": each
                    for number, each in enumerate(
                        data.draw(st.lists(aggregates(SCOPE), max_size=2))
                    )
                },
                by=tuple(operand for operand, _ in data.draw(st.lists(grouping, max_size=2))),
                where=data.draw(st.just(Every(())) | conditions(SCOPE)),
            ),
            SCOPE,
        )
        for _ in range(6)
    ]

    for query in queries:
        in_database, in_memory = (
            answered(store, lambda uow, query=query: uow.aggregate(query)) for store in stores
        )

        assert in_database == in_memory, query


@given(world=worlds(most=3), data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_saving_anything_over_anything_leaves_exactly_that(engine, world, data):
    stores = both(engine, world)
    old = [each for each in world if isinstance(each, Gadget)]
    wanted = [data.draw(gadgets(number, max(len(old), 1))) for number in range(len(old))]

    for store in stores:
        with store.begin(write=True) as uow:
            for before, after in zip(old, wanted, strict=True):
                held = uow.repository(Gadget).get(before.id)
                uow.repository(Gadget).save(attrs.evolve(after, revision=held.revision))
            uow.commit()

    queries = [Query(entity="gadget", where=data.draw(conditions(SCOPE))) for _ in range(3)]
    for query in (*queries, Query(entity="gadget")):
        in_database, in_memory = (pages(store, query) for store in stores)
        assert in_database == in_memory
    assert {each.id: each for each in in_database[0][0]} == {
        each.id: attrs.evolve(each, revision=2) for each in wanted
    }


def test_many_are_read_with_their_children_whatever_the_way(engine):
    store = SqlStore(engine, tenant=f"t{next(tenants)}", registry=THINGS)
    parts = tuple(Part(id=id_of(n), code=str(n)) for n in range(2))
    many = [
        attrs.evolve(PUZZLE, id=id_of(n), title=str(n % 2), maker=None, parts=parts[: n % 3])
        for n in range(900)
    ]
    stored = {each.id: each for each in filled(store, many)}
    even = bind(F.title == "0", SCOPE)

    with store.begin(write=False) as uow:
        gadgets_ = uow.repository(Gadget)
        assert gadgets_.get_many(stored) == stored
        found = gadgets_.find(Query(entity="gadget", where=even)).items
        assert found == tuple(stored[each.id] for each in many if each.title == "0")
        page = gadgets_.find(Query(entity="gadget", order=(Order(ID.by, descending=True),)))
        assert list(page.items) == list(stored.values())[::-1]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        (F.count, [*range(1000)]),
        (F.title, [f"text {n}" for n in range(1000)]),
        (F.score, [Decimal(n).scaleb(-1) for n in range(1000)]),
        (F.price, [Money(Decimal(n).scaleb(-1), "EUR") for n in range(1000)]),
        (F.maker, [id_of(n) for n in range(1000)]),
    ],
)
def test_as_many_values_as_the_language_allows_can_be_asked_for(engine, field, values):
    store = SqlStore(engine, tenant=f"t{next(tenants)}", registry=THINGS)
    maker = Maker(id=id_of(7), created_at=NOW, updated_at=NOW, name="")
    filled(store, [PUZZLE, maker])
    node = field.in_(values)
    where = bind(Either((*(Not(node) for _ in range(9)), node)), SCOPE)

    with store.begin(write=False) as uow:
        found = uow.repository(Gadget).find(Query(entity="gadget", where=where)).items

    assert [each.id for each in found] == [PUZZLE.id]


def test_a_sum_beyond_64_bits_is_exact(engine):
    store = SqlStore(engine, tenant=f"t{next(tenants)}", registry=THINGS)
    most = 2**63 - 1
    many = [attrs.evolve(PUZZLE, id=id_of(n), maker=None, parts=(), count=most) for n in range(3)]
    filled(store, many)
    query = AggregateQuery(
        entity="gadget",
        measures={"sum": total(F.count), "mean": average(F.count), "cost": total(F.score)},
    )

    with store.begin(write=False) as uow:
        (group,) = uow.aggregate(query)

    assert group.values == {"sum": 3 * most, "mean": Ratio(3 * most, 3), "cost": Decimal("0.3")}


@pytest.mark.parametrize("fine", [Decimal("0.12"), Decimal("-0.12")])
@pytest.mark.parametrize("far", [Decimal(0), Decimal("0.0001"), Decimal("-0.0001")])
@pytest.mark.parametrize("op", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_numbers_of_different_places_compare_exactly(engine, fine, far, op):
    store = SqlStore(engine, tenant=f"t{next(tenants)}", registry=THINGS)
    gadget = attrs.evolve(PUZZLE, maker=None, parts=(), score=fine + far, fine=fine)
    filled(store, [gadget])
    one, other = Path(("score",)), Path(("fine",))
    means = {"eq": far == 0, "ne": far != 0, "lt": far < 0, "le": far <= 0}
    means |= {"gt": far > 0, "ge": far >= 0}

    with store.begin(write=False) as uow:

        def holds(condition):
            where = bind(condition, SCOPE)
            return bool(uow.repository(Gadget).find(Query(entity="gadget", where=where)).items)

        turned = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}.get(op, op)
        assert holds(Compare(op, one, other)) == means[op]
        assert holds(Compare(turned, other, one)) == means[op]
