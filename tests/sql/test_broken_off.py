"""Connections that break, locks that last, servers that start anew: each has its own error."""

import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest
from sqlalchemy import create_engine, text

from crmcore.errors import Closed, Contention, CrmError, OutcomeUnknown, StoreUnavailable
from crmcore_sql import SqlStore, _drivers

from ..servers.mariadb import Mariadb  # noqa: TID252
from ..servers.postgresql import Postgresql  # noqa: TID252
from ..servers.processes import Missing  # noqa: TID252
from .things import NOW, THINGS, Maker, id_of

MAKER = Maker(id=id_of(1), created_at=NOW, updated_at=NOW, name="secret name")
SERVERS = {"postgresql": Postgresql, "mariadb": Mariadb}
KILL = {
    "postgresql": (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    ),
    "mariadb": (
        "SELECT id FROM information_schema.processlist "
        "WHERE id <> CONNECTION_ID() AND db = DATABASE()"
    ),
}


@pytest.fixture(params=SERVERS)
def kind(request):
    return request.param


@pytest.fixture
def url(request, kind):
    return request.getfixturevalue(f"{kind}_url")


@pytest.fixture
def store(url):
    store = SqlStore(url, registry=THINGS)
    with store.begin(write=True) as uow:
        uow.repository(Maker).add(MAKER)
        uow.commit()
    yield store
    store.close()


@pytest.fixture
def kill(url, kind):
    """Breaks every other connection to the database."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")

    def kill():
        with engine.connect() as connection:
            for (found,) in connection.execute(text(KILL[kind])).all():
                if kind == "mariadb":
                    connection.execute(text(f"KILL {found}"))
        time.sleep(0.2)

    yield kill
    engine.dispose()


def renamed(store, name):
    with store.begin(write=True) as uow:
        makers = uow.repository(Maker)
        makers.save(attrs.evolve(makers.get(MAKER.id), name=name))
        uow.commit()


def nothing_leaks(error):
    whole = "".join(traceback.format_exception(error))
    assert "secret" not in whole
    assert error.__context__ is None
    assert error.__cause__ is None


def test_a_connection_that_breaks_ends_the_unit_and_is_named_by_its_code(store, kill):
    uow = store.begin(write=True)
    kill()

    with pytest.raises(StoreUnavailable) as caught:
        uow.repository(Maker).get(MAKER.id)

    nothing_leaks(caught.value)
    with pytest.raises(Closed):
        uow.commit()


def test_an_answer_to_a_commit_that_gets_lost_leaves_the_outcome_unknown(store, kill):
    with store.begin(write=True) as uow:
        held = uow.repository(Maker).get(MAKER.id)
        uow.repository(Maker).save(attrs.evolve(held, name="secret too"))
        uow.draw("a", "b")
        kill()
        with pytest.raises(OutcomeUnknown) as caught:
            uow.commit()

    nothing_leaks(caught.value)


def test_connections_that_broke_while_they_rested_are_replaced_unnoticed(store, kill):
    for unit in [store.begin(write=False) for _ in range(6)]:
        unit.rollback()
    kill()

    for write in (True, False):
        with store.begin(write=write) as uow:
            assert uow.repository(Maker).get(MAKER.id).name == "secret name"


def impatient(statements):
    """The same statements, with less time to wait for a lock."""
    return tuple(
        each.replace("lock_timeout = 5000", "lock_timeout = 50").replace(
            "lock_wait_timeout = 5,", "lock_wait_timeout = 1,"
        )
        for each in statements
    )


def test_a_lock_that_lasts_is_contention(url, monkeypatch):
    monkeypatch.setattr(_drivers.Psycopg, "_WRITE", *impatient((_drivers.Psycopg._WRITE,)))
    monkeypatch.setattr(_drivers.Pymysql, "_WRITE", impatient(_drivers.Pymysql._WRITE))
    store = SqlStore(url, registry=THINGS)

    def draw():
        with store.begin(write=True) as uow:
            uow.draw("invoice", "2024")

    with store.begin(write=True) as uow, ThreadPoolExecutor(1) as pool:
        uow.draw("invoice", "2024")
        failure = pool.submit(draw).exception()

    assert isinstance(failure, Contention)
    nothing_leaks(failure)
    store.close()


def test_two_that_wait_for_each_other_end_in_contention(store):
    other = attrs.evolve(MAKER, id=id_of(2))
    with store.begin(write=True) as uow:
        uow.repository(Maker).add(other)
        uow.commit()

    def both(unit, first, second):
        """Saves two makers, the question in between writes the first one down."""
        makers = unit.repository(Maker)
        makers.save(attrs.evolve(makers.get(first.id), name="one"))
        unit._hold.settled()
        yield
        makers.save(attrs.evolve(makers.get(second.id), name="two"))
        unit.commit()

    def finished(steps):
        try:
            next(steps, None)
        except CrmError as failure:
            return failure
        return None

    with ThreadPoolExecutor(2) as pool:
        units = [pool.submit(store.begin, write=True).result()]
        units.append(store.begin(write=True))
        pairs = ((MAKER, other), (other, MAKER))
        steps = [both(unit, *pair) for unit, pair in zip(units, pairs, strict=True)]
        for each in steps:
            next(each)
        failures = list(pool.map(finished, steps))

    assert [type(each) for each in failures].count(Contention) == 1
    assert failures.count(None) == 1


@pytest.mark.slow
def test_the_pool_recovers_when_the_server_starts_anew(kind):
    try:
        server = SERVERS[kind]().start()
    except Missing as missing:
        pytest.skip(str(missing))
    with server:
        database = "" if kind == "postgresql" else "crm"
        if database:
            admin = create_engine(server.url())
            with admin.connect() as connection:
                connection.execute(text("CREATE DATABASE crm"))
            admin.dispose()
        store = SqlStore(server.url(*filter(None, [database])), registry=THINGS)
        with store.begin(write=True) as uow:
            uow.repository(Maker).add(MAKER)
            uow.commit()
        for unit in [store.begin(write=False) for _ in range(4)]:
            unit.rollback()

        server.kill()
        with pytest.raises(StoreUnavailable):
            renamed(store, "not there")
        server.start()
        began = time.monotonic()
        while True:
            try:
                renamed(store, "there again")
            except CrmError:
                time.sleep(0.05)
            else:
                break

        assert time.monotonic() - began < 5
        store.close()
