"""What lies in the tables of servers: values of the types that a report or another program expects."""

import json
from contextlib import ExitStack
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import count
from typing import Annotated
from uuid import UUID

import attrs
import pytest
from sqlalchemy import create_engine, event, inspect, make_url, text

from crmcore.errors import Duplicate, EntityNotFound
from crmcore.grammar.binding import Scope, bind, bind_order
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Text
from crmcore.grammar.field import F
from crmcore.grammar.paging import beyond, total_order
from crmcore.grammar.query import (
    Aggregate,
    AggregateQuery,
    Bucket,
    Compare,
    Order,
    Path,
    Query,
)
from crmcore.grammar.registry import Registry
from crmcore.subjects import SUBJECTS
from crmcore_sql import SqlStore, new_engine
from crmcore_sql._schema import schema_of

from .test_tables import MAKER_7, PUZZLE
from .things import NOW, THINGS, Gadget, Maker, Part, Puzzle, id_of

SERVERS = ("postgresql", "mariadb")
tenants = count()


@attrs.frozen(kw_only=True)
class Story(Entity):
    tale: Annotated[str, Text(max=50_000)]


STORIES = Registry.of((EntityType(name="story", cls=Story),), ())


@pytest.fixture(scope="module", params=SERVERS)
def engine(request):
    supply = request.getfixturevalue(f"{request.param}_supply")
    with ExitStack() as stack:
        engine = new_engine(stack.enter_context(supply.fresh()))
        stack.callback(engine.dispose)
        yield engine


@pytest.fixture
def store(engine):
    return SqlStore(engine, tenant=f"t{next(tenants)}", registry=THINGS)


@pytest.fixture
def ask(engine, store):
    """Asks about the rows of the store's tenant, with the driver's own types."""

    def asked(sql):
        with engine.connect() as connection:
            return connection.execute(text(sql), {"tenant": store.tenant}).mappings().all()

    return asked


def kept(store, *entities):
    with store.begin(write=True) as uow:
        made = [uow.repository(type(each)).add(each) for each in entities]
        uow.commit()
    return made


def found(store, condition, *order):
    scope = Scope.of(THINGS.named("gadget"), THINGS)
    keys = bind_order(order, scope)
    query = Query(entity="gadget", where=bind(condition, scope), order=keys)
    with store.begin(write=False) as uow:
        return list(uow.repository(Gadget).find(query).items)


def test_values_have_the_types_of_the_database(store, ask):
    kept(store, PUZZLE, MAKER_7)

    (row,) = ask("SELECT * FROM crm_gadget WHERE tenant = :tenant")

    assert UUID(str(row["id"])) == PUZZLE.id
    seen = row["seen"]
    assert (seen if seen.tzinfo else seen.replace(tzinfo=UTC)) == NOW
    assert (row["day"], row["due"]) == (date(2024, 2, 29), None)
    assert (row["score"], str(row["score"])) == (Decimal("0.1"), "0.1000")
    assert (row["price"], row["price_currency"]) == (Decimal("12.5"), "EUR")
    assert (row["cost"], row["quota"]) == (Decimal("99999999999999.9999"), Decimal("0.19"))
    assert (row["is_new"], row["is_old"], row["spot_present"]) == (True, None, True)
    assert (row["title"], row["title_folded"]) == ("Straße", "strasse")
    assert (row["revision"], row["guarded"]) == (1, 0)
    own = row["attributes"]
    assert (own if isinstance(own, dict) else json.loads(own)) == {
        "odds": 1000,
        "checked": 1,
        "woke": "2024-02-29T23:59:59.999Z",
        "nick": "ä",
    }


def test_every_table_of_every_registry_is_made(engine):
    for registry in (THINGS, SUBJECTS):
        SqlStore(engine, registry=registry)

    made = set(inspect(engine).get_table_names())

    wanted = {*schema_of(THINGS).metadata.tables, *schema_of(SUBJECTS).metadata.tables}
    assert wanted <= made


def test_every_reference_is_declared_and_has_an_index(engine, store):
    about = inspect(engine)
    for registry in (THINGS, SUBJECTS):
        SqlStore(engine, registry=registry)
        for name, table in schema_of(registry).metadata.tables.items():
            declared = {tuple(each["constrained_columns"]) for each in about.get_foreign_keys(name)}
            indexed = [each["column_names"] for each in about.get_indexes(name)]
            indexed.append(about.get_pk_constraint(name)["constrained_columns"])

            wanted = {tuple(each.column_keys) for each in table.foreign_key_constraints}

            assert declared == wanted
            for columns in wanted:
                assert any(tuple(index[: len(columns)]) == columns for index in indexed)


def plan(engine, sql, values):
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN {sql}", values).fetchall()
        if connection.dialect.name == "postgresql":
            return "\n".join(row[0] for row in rows)
        return "\n".join(str(row) for row in rows)


@pytest.mark.parametrize(
    ("what", "index"),
    [
        ("paging", ("pk_crm_maker", "PRIMARY")),
        ("id", ("pk_crm_maker", "PRIMARY")),
        ("reference", ("ix_crm_maker_tenant_boss",) * 2),
        ("unique", ("uq_crm_maker_tenant_external_id",) * 2),
    ],
)
def test_an_index_answers_what_is_asked_most(engine, what, index):
    store = SqlStore(engine, tenant="indexed", registry=THINGS)
    with store.begin(write=True) as uow:
        if not uow.repository(Maker).find(Query(entity="maker", limit=1)).items:
            for number in range(3000):
                uow.repository(Maker).add(
                    Maker(
                        id=id_of(number),
                        created_at=NOW,
                        updated_at=NOW,
                        name="x" * 20,
                        boss=id_of(number // 2),
                        external_id=f"e{number}",
                    )
                )
            uow.commit()
    with engine.begin() as connection:
        analyse = "ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE TABLE"
        connection.execute(text(f"{analyse} crm_maker"))
    order = total_order(())
    condition = {
        "paging": beyond(order, (id_of(1500),)),
        "id": F.id == id_of(7),
        "reference": F.boss == id_of(7),
        "unique": F.external_id == "e7",
    }[what]
    where = bind(condition, Scope.of(THINGS.named("maker"), THINGS))
    compiler = store._prepared.compiler
    statement, _ = compiler.find(Query(entity="maker", where=where, limit=50), "indexed")

    told = plan(engine, statement.sql.replace("?", "%s"), statement.values)

    assert index[SERVERS.index(engine.dialect.name)] in told
    assert "Seq Scan" not in told
    assert "filesort" not in told


def test_texts_that_only_a_blank_or_the_case_tells_apart_are_different_keys(store):
    texts = ["a", "a ", "A", "ä", "a\u0308", " a", ""]

    kept(
        store,
        *(
            attrs.evolve(MAKER_7, id=id_of(number), name="x", rank=number, external_id=each)
            for number, each in enumerate(texts)
        ),
    )

    with pytest.raises(Duplicate):
        kept(store, attrs.evolve(MAKER_7, id=id_of(99), external_id="a "))


def test_long_texts_are_ordered_to_their_last_character(engine):
    store = SqlStore(engine, tenant=f"t{next(tenants)}", registry=STORIES)
    tales = ["z" * 40_000 + "\U0001f600" * 9 + end for end in ("b", "a", "c", "")]
    stories = [
        Story(id=id_of(number), created_at=NOW, updated_at=NOW, tale=each)
        for number, each in enumerate(tales)
    ]
    kept(store, *stories)
    told = Path(("tale",))

    with store.begin(write=False) as uow:
        up, down = (
            uow.repository(Story)
            .find(Query(entity="story", order=(Order(told, descending),)))
            .items
            for descending in (False, True)
        )
        query = AggregateQuery(
            entity="story",
            measures={"last": Aggregate("max", told), "n": Aggregate("count_distinct", told)},
        )
        (group,) = uow.aggregate(query)

    assert [each.tale for each in up] == sorted(tales)
    assert [each.tale for each in down] == sorted(tales, reverse=True)
    assert group.values == {"last": max(tales), "n": 4}


@pytest.mark.parametrize("zone", ["America/St_Johns", "Pacific/Kiritimati"])
def test_the_time_zone_of_a_session_changes_nothing(postgresql_url, zone):
    engine = create_engine(make_url(postgresql_url).set(drivername="postgresql+psycopg"))

    @event.listens_for(engine, "connect")
    def elsewhere(connection, _record):
        connection.execute(f"SET TIME ZONE '{zone}'")
        connection.commit()

    first = datetime(1, 1, 1, tzinfo=UTC)
    last = datetime(9999, 12, 31, 23, 59, 59, 999000, UTC)
    store = SqlStore(engine, registry=THINGS)
    kept(
        store,
        *(
            attrs.evolve(PUZZLE, id=id_of(number), maker=None, parts=(), seen=at)
            for number, at in enumerate((first, NOW, last))
        ),
    )
    in_its_year = Compare("eq", Bucket(Path(("seen",)), "year"), "2024")

    everything, one = found(store, F.seen >= first), found(store, in_its_year)

    assert [each.seen for each in everything] == [first, NOW, last]
    assert [each.seen for each in one] == [NOW]
    engine.dispose()


def test_a_registry_may_grow_on_a_server(engine):
    tenant = f"t{next(tenants)}"
    small = Registry.of((THINGS.named("maker"),), ())
    SqlStore(engine, tenant=tenant, registry=small)
    store = SqlStore(engine, tenant=tenant, registry=THINGS)

    kept(store, attrs.evolve(PUZZLE, maker=None, parts=(Part(id=id_of(20), code="A"),)))

    with store.begin(write=False) as uow, pytest.raises(EntityNotFound):
        uow.repository(Puzzle).get(id_of(5))


class Sign(StrEnum):
    PERCENT = "50%"
    FORMAT = "%s %%"
    QUESTION = "a?b"
    QUOTE = "it's"
    BACKSLASH = "a\\b\\"
    COLON = ":x"
    LONG = "ü" * 70


@attrs.frozen(kw_only=True)
class Road(Entity):
    sign: Sign


def test_a_choice_may_be_called_anything(engine, tmp_path):
    registry = Registry.of((EntityType(name="road", cls=Road),), ())
    for place in (engine, f"sqlite:///{tmp_path}/roads.db"):
        store = SqlStore(place, tenant=f"t{next(tenants)}", registry=registry)
        roads = [
            Road(id=id_of(number), created_at=NOW, updated_at=NOW, sign=each)
            for number, each in enumerate(Sign)
        ]
        kept(store, *roads)
        scope = Scope.of(registry.named("road"), registry)

        for road in roads:
            query = Query(entity="road", where=bind(F.sign == road.sign, scope))
            with store.begin(write=False) as uow:
                assert [each.id for each in uow.repository(Road).find(query).items] == [road.id]
