"""Engines for servers: what is refused, what is set back, what happens when a server goes away."""

import traceback

import psycopg
import pytest
from pymysql.constants import CLIENT
from sqlalchemy import create_engine, event, make_url, text

from crmcore.errors import Duplicate, StoreUnavailable, UnsafeStore
from crmcore_sql import SqlStore, new_engine, schema
from crmcore_sql._engines import check_driver
from crmcore_sql._errors import Verdict, mariadb_told, postgresql_told

from .things import NOW, THINGS, Maker, id_of

MAKER = Maker(id=id_of(1), created_at=NOW, updated_at=NOW, name="secret name")
SERVERS = ("postgresql", "mariadb")
SECRET = "hush/it"  # noqa: S105 - of nobody


@pytest.fixture(params=SERVERS)
def url(request):
    return request.getfixturevalue(f"{request.param}_url")


def engine_with(url, *statements, **arguments):
    """An engine of an application's, each connection of which says something first."""
    engine = create_engine(url, **arguments)

    @event.listens_for(engine, "connect")
    def prepared(connection, _record):
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        connection.commit()

    return engine


def refusal(engine):
    with pytest.raises(UnsafeStore) as caught:
        SqlStore(engine, registry=THINGS)
    engine.dispose()
    return caught.value


def added(store, maker=MAKER):
    with store.begin(write=True) as uow:
        uow.repository(Maker).add(maker)
        uow.commit()


def names(store):
    with store.begin(write=False) as uow:
        return [each.name for each in uow.repository(Maker).get_many([MAKER.id]).values()]


# --- engines of our own --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://a@h/x", "postgresql"),
        ("postgresql+psycopg://a@h/x", "postgresql"),
        ("mariadb://a@h/x", "mariadb"),
        ("mariadb+pymysql://a@h/x", "mariadb"),
        ("mysql://a@h/x", "mysql"),
        ("mysql+pymysql://a@h/x", "mysql"),
    ],
)
def test_the_driver_may_be_left_out_of_a_url(url, name):
    engine = new_engine(url)

    assert check_driver(engine) == name
    assert engine.hide_parameters


def test_a_setting_in_the_url_is_left_alone(mariadb_url):
    engine = new_engine(f"{mariadb_url}?charset=latin1")

    assert refusal(engine).setting == "character_set_client"


def test_a_server_that_is_not_there_is_unavailable():
    for url in ("postgresql://a@127.0.0.1:1/x", "mariadb://a@127.0.0.1:1/x"):
        with pytest.raises(StoreUnavailable) as caught:
            SqlStore(url, registry=THINGS)
        assert caught.value.__context__ is None


@pytest.mark.parametrize("scheme", SERVERS)
@pytest.mark.parametrize("asked", [SqlStore, schema.check])
def test_what_the_driver_says_of_a_server_that_is_not_there_is_told(scheme, asked):
    url = f"{scheme}://ada:hu%2Fsh@127.0.0.1:1/x"
    with pytest.raises(StoreUnavailable) as caught:
        asked(url)

    assert "127.0.0.1" in caught.value.reason
    assert "refused" in caught.value.reason
    told = "".join(traceback.format_exception(caught.value))
    assert not [form for form in ("hu%2Fsh", "hu/sh") if form in told]


def test_a_driver_that_quotes_the_password_is_not_repeated():
    def refuses():
        raise psycopg.OperationalError("at postgresql://a:hu%2Fsh@h/x, a, 'hu/sh', password=it")

    engine = create_engine("postgresql+psycopg://a:hu%2Fsh@h/x", creator=refuses)
    with pytest.raises(StoreUnavailable) as caught:
        SqlStore(engine, registry=THINGS)

    told = "OperationalError: at postgresql://***@h/x, a, '***', password=***"
    assert caught.value.reason == told


@pytest.mark.parametrize("scheme", SERVERS)
def test_a_wrong_password_is_told_but_not_shown(request, scheme):
    url = make_url(request.getfixturevalue(f"{scheme}_url"))
    wrong = url.set(username="nobody_known", password=SECRET)

    with pytest.raises(StoreUnavailable, match="nobody_known") as caught:
        SqlStore(wrong, registry=THINGS)

    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_as_many_threads_as_like_may_wait_for_a_connection(url):
    engine = new_engine(url)

    assert engine.pool.size() + engine.pool._max_overflow < 100
    assert engine.pool.timeout() >= 30


# --- engines of the application's ----------------------------------------------------------------


@pytest.mark.parametrize("how", ["engine", "options"])
def test_an_engine_that_commits_by_itself_is_refused(url, how):
    engine = create_engine(url, isolation_level="AUTOCOMMIT") if how == "engine" else None
    engine = engine or create_engine(url).execution_options(isolation_level="AUTOCOMMIT")

    assert refusal(engine).setting == "isolation_level"


@pytest.mark.parametrize(
    ("statement", "setting"),
    [
        ("SET synchronous_commit = off", "synchronous_commit"),
        ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "transaction_read_only"),
        ("SET client_encoding = 'LATIN1'", "client_encoding"),
        ("SET session_replication_role = replica", "session_replication_role"),
    ],
)
def test_postgresql_that_could_lose_or_change_data_is_refused(postgresql_url, statement, setting):
    assert refusal(engine_with(postgresql_url, statement)).setting == setting


def test_a_database_of_another_encoding_is_refused(postgresql_url):
    admin = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    name = f"{admin.url.database}_latin"
    with admin.connect() as connection:
        connection.execute(
            text(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
        )

    fault = refusal(create_engine(admin.url.set(database=name)))

    assert (fault.setting, fault.found) == ("server_encoding", "LATIN1")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.mark.parametrize("setting", ["read_only", "innodb_flush_log_at_trx_commit"])
def test_mariadb_that_could_lose_data_is_refused(mariadb_url, setting):
    admin = create_engine(mariadb_url)
    before, weak = {"read_only": (0, 1), "innodb_flush_log_at_trx_commit": (1, 2)}[setting]
    try:
        with admin.connect() as connection:
            connection.execute(text(f"SET GLOBAL {setting} = {weak}"))

        assert refusal(create_engine(mariadb_url)).setting == setting
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"SET GLOBAL {setting} = {before}"))
        admin.dispose()


def test_mariadb_that_counts_only_rows_that_differ_is_refused(mariadb_url):
    engine = create_engine(mariadb_url)

    @event.listens_for(engine, "do_connect")
    def without(_dialect, _record, _arguments, parameters):
        parameters["client_flag"] &= ~CLIENT.FOUND_ROWS

    assert refusal(engine).setting == "client_flag"


def test_another_character_set_of_a_connection_is_refused(mariadb_url):
    engine = engine_with(mariadb_url, "SET NAMES utf8mb3")

    assert refusal(engine).setting == "character_set_client"


SESSION = {
    "postgresql": (
        ("SET lock_timeout = '7s'", "SET TIME ZONE 'Asia/Tokyo'"),
        (
            "SELECT current_setting('lock_timeout'), current_setting('TimeZone'), "
            "current_setting('transaction_isolation')"
        ),
    ),
    "mariadb": (
        (
            "SET sql_mode = 'ANSI_QUOTES', innodb_lock_wait_timeout = 77, time_zone = '+09:00'",
            "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        ),
        (
            "SELECT @@sql_mode, @@innodb_lock_wait_timeout, @@time_zone, @@tx_isolation, "
            "@@foreign_key_checks, @@collation_connection, @@idle_write_transaction_timeout"
        ),
    ),
}


def test_an_engine_of_the_application_s_stays_as_it_was_set_up(url):
    statements, question = SESSION[url.partition(":")[0].partition("+")[0]]
    engine = engine_with(url, *statements, pool_size=1, max_overflow=0)

    def settings():
        with engine.connect() as connection:
            first = connection.execute(text(question)).one()
            connection.rollback()
            driver = connection.connection.driver_connection
            return first, getattr(driver, "autocommit", None)

    before = settings()
    store = SqlStore(engine, registry=THINGS)
    added(store)
    assert names(store) == ["secret name"]
    store.begin(write=True).rollback()
    with pytest.raises(Duplicate):
        added(store)
    store.close()

    assert settings() == before
    engine.dispose()


def test_a_weak_mode_of_the_application_s_does_not_weaken_the_store(mariadb_url):
    engine = engine_with(mariadb_url, "SET sql_mode = ''")
    store = SqlStore(engine, registry=THINGS)

    with store.begin(write=True) as uow:
        modes = uow._hold.link.rows("SELECT @@sql_mode")[0][0]

    assert "STRICT_TRANS_TABLES" in modes
    engine.dispose()


# --- what codes mean -----------------------------------------------------------------------------


class Failed(Exception):
    """As psycopg tells an error of the server."""

    def __init__(self, sqlstate):
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("40001", Verdict.CONTENDED),
        ("40P01", Verdict.CONTENDED),
        ("55P03", Verdict.CONTENDED),
        ("57014", Verdict.CONTENDED),
        ("25P03", Verdict.CONTENDED),
        ("23505", Verdict.REFUSED),
        ("57P01", Verdict.LOST),
        ("08006", Verdict.LOST),
        ("42P01", Verdict.FAILED),
    ],
)
def test_codes_of_postgresql_tell_what_an_error_comes_to(code, verdict):
    assert postgresql_told(Failed(code)) == (verdict, code)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (1213, Verdict.CONTENDED),
        (1205, Verdict.CONTENDED),
        (1020, Verdict.CONTENDED),
        (1062, Verdict.REFUSED),
        (1452, Verdict.REFUSED),
        (2013, Verdict.LOST),
        (2006, Verdict.LOST),
        (1146, Verdict.FAILED),
    ],
)
def test_codes_of_mariadb_tell_what_an_error_comes_to(code, verdict):
    assert mariadb_told(Exception(code, "with a value of a person")) == (verdict, str(code))
