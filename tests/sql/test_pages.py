"""Where a page begins: one statement for all pages, at every cursor what memory finds there."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcore.errors import EntityNotFound
from crmcore.grammar.query import Order, Path, Query
from crmcore.memory import MemoryStore
from crmcore_sql import SqlStore, new_engine
from crmcore_sql._compile import Compiler
from crmcore_sql._dialects import dialect_for
from crmcore_sql._schema import schema_of

from .things import THINGS, Gadget, Maker, id_of, worlds

NAMES = ("sqlite", "postgresql", "mariadb")
SCORE, FINE = Order(Path(("score",))), Order(Path(("fine",)))


def asked(*order, after=None):
    return Query(entity="gadget", order=order, after=after, limit=2)


@pytest.mark.parametrize("name", NAMES)
def test_from_page_to_page_only_values_change(name):
    compiler = Compiler(schema_of(THINGS), dialect_for(name))
    cursors = [(Decimal(number), id_of(number)) for number in (1, 2)]

    first, second = (compiler.find(asked(SCORE, after=each), "main")[0] for each in cursors)
    without = compiler.find(asked(SCORE, after=(None, id_of(1))), "main")[0]

    assert first.sql == second.sql != without.sql
    assert first.values != second.values


@pytest.mark.parametrize("descending", [False, True])
@given(
    world=worlds(),
    cursor=st.tuples(
        st.none() | st.decimals("-1e12", "1e12", places=5),
        st.none() | st.decimals("-1e3", "1e3", places=20),
        st.integers(0, 5).map(id_of),
    ),
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_page_begins_where_it_does_in_memory(tmp_path_factory, descending, world, cursor):
    # Cursors of anybody's, with numbers finer than any column holds.
    order = (Order(SCORE.by, descending), FINE)
    engine = new_engine(f"sqlite:///{tmp_path_factory.mktemp('pages')}/things.db")
    stores = (SqlStore(engine, registry=THINGS), MemoryStore(registry=THINGS))

    found = []
    for store in stores:
        with store.begin(write=True) as uow:
            for each in world:
                uow.repository(type(each)).add(each)
            uow.commit()
        with store.begin(write=False) as uow:
            found.append(uow.repository(Gadget).find(asked(*order, after=cursor)))
    engine.dispose()

    assert found[0] == found[1]


def test_what_postgresql_has_prepared_outlives_reading(postgresql_url):
    engine = new_engine(postgresql_url)
    store = SqlStore(engine, registry=THINGS)

    for _ in range(9):
        with store.begin(write=False) as uow, pytest.raises(EntityNotFound):
            uow.repository(Maker).get(id_of(1))
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements").all()
    engine.dispose()

    assert any("maker" in statement for (statement,) in rows)
