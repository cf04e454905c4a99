"""Which engines are trusted with data: ours, and another's only when nothing can get lost in it."""

import sqlite3
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.pool import StaticPool

import crmcore_sql
from crmcore.errors import (
    Closed,
    InvalidValue,
    MissingExtra,
    StoreUnavailable,
    UnknownStore,
    UnsafeStore,
)
from crmcore_sql import SqlStore, open_url, sqlite_engine

from .things import NOW, THINGS, Maker, id_of

MAKER = Maker(id=id_of(1), created_at=NOW, updated_at=NOW, name="secret name")


def own_engine(path: Path, *settings: str):
    """An engine as an application would make it, with some settings."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def prepared(connection, _record):
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")

    return engine


SAFE = ("foreign_keys = ON", "synchronous = FULL")


def test_the_library_s_own_engine_loses_nothing(tmp_path):
    engine = sqlite_engine(f"sqlite:///{tmp_path}/a.db")

    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "secure_delete",
                "busy_timeout",
            )
        }

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 30_000,
    }
    assert engine.hide_parameters
    engine.dispose()


def test_others_can_use_that_engine_as_any_other(tmp_path):
    engine = sqlite_engine(f"sqlite:///{tmp_path}/a.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (b)"))
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO a VALUES (1)"))
        connection.rollback()
    writing = engine.connect().execution_options(crmcore_begin="BEGIN IMMEDIATE")

    writing.begin()

    assert writing.execute(text("SELECT count(*) FROM a")).scalar() == 0
    other = sqlite3.connect(tmp_path / "a.db", timeout=0)
    with pytest.raises(sqlite3.OperationalError):
        other.execute("BEGIN IMMEDIATE")
    writing.close()
    other.close()
    engine.dispose()


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        (("synchronous = FULL",), "foreign_keys"),
        (("foreign_keys = ON", "synchronous = NORMAL"), "synchronous"),
        (("foreign_keys = ON", "synchronous = OFF"), "synchronous"),
        ((*SAFE, "journal_mode = OFF"), "journal_mode"),
        ((*SAFE, "journal_mode = MEMORY"), "journal_mode"),
    ],
)
def test_an_engine_that_could_lose_data_is_refused(tmp_path, settings, setting):
    engine = own_engine(tmp_path / "a.db", *settings)

    with pytest.raises(UnsafeStore) as caught:
        SqlStore(engine, registry=THINGS)

    assert caught.value.setting == setting
    engine.dispose()


@pytest.mark.parametrize("journal", ["DELETE", "TRUNCATE", "PERSIST", "WAL"])
def test_an_engine_of_the_application_s_own_is_used_and_stays_open(tmp_path, journal):
    engine = own_engine(tmp_path / "a.db", *SAFE, f"journal_mode = {journal}")
    store = SqlStore(engine, registry=THINGS)
    with store.begin(write=True) as uow:
        uow.repository(Maker).add(MAKER)
        uow.commit()

    store.close()

    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM crm_maker")).scalar() == 1
    engine.dispose()


def test_an_engine_that_begins_by_itself_is_used_too(tmp_path):
    engine = own_engine(tmp_path / "a.db", *SAFE)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    store = SqlStore(engine, registry=THINGS)

    with store.begin(write=True) as uow:
        uow.repository(Maker).add(MAKER)
        uow.commit()

    with store.begin(write=False) as uow:
        assert uow.repository(Maker).get(MAKER.id).name == MAKER.name
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:a?mode=memory"])
def test_a_database_in_memory_is_refused(url):
    with pytest.raises(UnsafeStore, match="memory://"):
        SqlStore(url, registry=THINGS)


def test_an_engine_in_memory_is_refused():
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA foreign_keys = ON"))

    with pytest.raises(UnsafeStore, match="journal_mode is MEMORY"):
        SqlStore(engine, registry=THINGS)
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    ["oracle://u:p@localhost/x", "postgresql+psycopg2://u:p@localhost/x", "mysql+mysqldb://x"],
)
def test_another_database_or_driver_is_unknown(url):
    with pytest.raises(UnknownStore):
        open_url(url, registry=THINGS, tenant="main")


@pytest.mark.parametrize("url", ["", "crm.db", "postgresql://u:hush@localhost:port/x"])
def test_what_is_no_url_is_refused_without_being_quoted(url):
    with pytest.raises(InvalidValue) as caught:
        open_url(url, registry=THINGS, tenant="main")

    assert "hush" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("sqlite:///{}/x.db?mode=ro", "mode"),
        ("sqlite:///{}/x.db?timeout=1&detect_types=3", "detect_types, timeout"),
        ("sqlite:///file:{}/x.db?uri=true&nolock=1", "nolock"),
        ("sqlite:///file:{}/x.db?uri=true&immutable=1&vfs=unix-none", "immutable, vfs"),
        ("postgresql://h/x?foo=hush&bar=1&sslmode=require", "bar, foo"),
        ("mariadb://h/x?foo=hush&charset=utf8mb4", "foo"),
        ("mariadb://h/x?cursorclass=DictCursor", "cursorclass"),
    ],
)
def test_options_that_mean_nothing_are_refused_by_their_names(tmp_path, url, names):
    with pytest.raises(InvalidValue) as caught:
        open_url(url.format(tmp_path), registry=THINGS, tenant="main")

    assert caught.value.reason == f"has options that mean nothing here: {names}"
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "url",
    [
        "mariadb://u:hush@127.0.0.1:1/x?connect_timeout=hush",
        "sqlite:///file:x.db?uri=true&mode=ro",
    ],
)
def test_an_option_of_another_value_is_refused_without_being_quoted(url):
    with pytest.raises(InvalidValue) as caught:
        open_url(url, registry=THINGS, tenant="main")

    assert "hush" not in "".join(traceback.format_exception(caught.value))


def test_a_file_may_be_opened_only_if_it_is_there(tmp_path):
    url = f"sqlite:///file:{tmp_path}/x.db?uri=true&mode=rw"
    with pytest.raises(StoreUnavailable, match="SQLITE_CANTOPEN"):
        SqlStore(url, registry=THINGS)

    SqlStore(f"sqlite:///{tmp_path}/x.db", registry=THINGS).close()

    SqlStore(url, registry=THINGS).close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql+asyncpg"])
def test_other_names_of_a_database_are_told_the_right_one(scheme):
    with pytest.raises(UnknownStore, match=r"did you mean 'postgresql\+psycopg'"):
        SqlStore(f"{scheme}://u:hush@h/x", registry=THINGS)


def test_another_driver_of_a_served_database_is_unknown_as_an_engine_too():
    engine = create_engine("sqlite+pysqlcipher://", module=sqlite3)

    with pytest.raises(UnknownStore, match="pysqlcipher"):
        SqlStore(engine, registry=THINGS)


def test_a_file_that_cannot_be_opened_is_told_with_its_code(tmp_path):
    with pytest.raises(StoreUnavailable, match="SQLITE_CANTOPEN: unable to open database file"):
        SqlStore(f"sqlite:///{tmp_path}/no/such/place.db", registry=THINGS)


def test_a_file_that_is_no_database_is_named_by_its_code(tmp_path):
    (tmp_path / "a.db").write_bytes(b"no database" * 1000)

    with pytest.raises(StoreUnavailable, match="SQLITE_NOTADB"):
        SqlStore(f"sqlite:///{tmp_path}/a.db", registry=THINGS)


def test_an_error_of_the_driver_leaves_no_value_behind(tmp_path):
    store = SqlStore(f"sqlite:///{tmp_path}/a.db", registry=THINGS)
    with sqlite3.connect(tmp_path / "a.db") as raw:
        raw.execute("DROP TABLE crm_maker")
    raw.close()

    with store.begin(write=True) as uow:
        uow.repository(Maker).add(MAKER)
        with pytest.raises(StoreUnavailable) as caught:
            uow.commit()

    whole = "".join(traceback.format_exception(caught.value))
    assert "secret" not in whole
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    store.close()


def test_a_closed_store_begins_nothing(tmp_path):
    store = open_url(f"sqlite:///{tmp_path}/a.db", registry=THINGS, tenant="main")

    store.close()
    store.close()

    with pytest.raises(Closed):
        store.begin(write=False)


def test_our_own_subjects_are_served_when_nothing_else_is_told(tmp_path):
    store = SqlStore(f"sqlite:///{tmp_path}/a.db")

    assert len(store.registry.entities) > 5
    assert store.tenant == "main"
    store.close()


def test_without_sqlalchemy_the_extra_is_named():
    program = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "from crmcore.errors import MissingExtra\n"
        "try:\n    import crmcore_sql\nexcept MissingExtra as missing:\n    print(missing)\n"
    )

    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "sqlalchemy is not installed; run: pip install 'crmcore[sql]'"


@pytest.mark.parametrize(
    ("driver", "url", "extra"),
    [
        ("psycopg", "postgresql://localhost/x", "postgres"),
        ("pymysql", "mariadb://localhost/x", "mariadb"),
    ],
)
def test_without_a_driver_its_extra_is_named(monkeypatch, driver, url, extra):
    monkeypatch.setitem(sys.modules, driver, None)

    with pytest.raises(MissingExtra) as caught:
        open_url(url, registry=THINGS, tenant="main")

    assert (caught.value.extra, caught.value.package) == (extra, driver)


def test_the_adapter_names_what_it_offers():
    assert crmcore_sql.__all__ == ["SqlStore", "new_engine", "open_url", "sqlite_engine"]
