"""Engines: ours, set up so that nothing is lost, and what is asked of the application's own.

Which settings a database needs is decided here, once. An engine of the application's own stays as
it is; when it lacks them, it is refused.
"""

import re
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from inspect import signature
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from crmcore.errors import (
    CrmError,
    InvalidValue,
    MissingExtra,
    StoreUnavailable,
    UnknownStore,
    UnsafeStore,
)
from crmcore.values import discreet
from crmcore_sql._errors import Told, failure_of
from crmcore_sql._link import Link
from crmcore_sql._types import BUSY_SECONDS

# --- engines of our own --------------------------------------------------------------------------

_SERVED = ("mariadb+pymysql", "postgresql+psycopg", "sqlite")
_FULL_NAMES = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mariadb": "mariadb+pymysql",
    "mariadb+pymysql": "mariadb+pymysql",
    "mysql": "mysql+pymysql",
    "mysql+pymysql": "mysql+pymysql",
}
# What SQLAlchemy takes from a URL for pymysql and what no text can be for it; what a file that is
# opened as a URI may be told.
_OF_DIALECT = frozenset({"ssl_capath", "ssl_cipher", "ssl_check_hostname"})
_NO_TEXTS = frozenset({"auth_plugin_map", "conv", "cursorclass", "defer_connect", "ssl"})
_SECRET = re.compile("passw|secret|token")
_OF_FILES, _MODES = frozenset({"uri", "mode"}), ("rw", "rwc")
_KEPT, _MORE = 10, 20
_CONNECT_SECONDS = 10

BEGIN_OPTION = "crmcore_begin"
_SETTINGS = (
    f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


def new_engine(url: str | URL) -> Engine:
    """An engine for a database, with the settings under which nothing is lost.

    It is one like any other, for statements of the application's own as well. Its pool keeps a few
    connections and opens some more while many threads work; whoever finds none free waits.

    Args:
        url: Such as ``sqlite:///crm.db``, ``postgresql+psycopg://user:password@host/crm`` or
            ``mariadb+pymysql://user:password@host/crm``; the names of the drivers may be left out.

    Raises:
        InvalidValue: it is no URL of a database, or has options that mean nothing here.
        UnknownStore: it is for another database or driver.
        MissingExtra: the driver is not installed.
        UnsafeStore: it names no file of SQLite.
    """
    parsed = _parsed(url)
    name = _FULL_NAMES.get(parsed.drivername)
    if name is None:
        raise UnknownStore(parsed.drivername, _SERVED, _nearest(parsed.drivername))
    if name == "sqlite":
        return sqlite_engine(parsed)
    if name == "postgresql+psycopg":
        _need("psycopg", "postgres")
        return _of_server(parsed.set(drivername=name), {}, _options_of_psycopg())
    _need("pymysql", "mariadb")
    return _of_server(parsed.set(drivername=name), {"charset": "utf8mb4"}, _options_of_pymysql())


def said(engine: Engine, error: Exception) -> str:
    """What an error says that came of connecting: without passwords, nor any statement's values."""
    query = engine.url.query
    given = (engine.url.password, *(query[name] for name in query if _SECRET.search(name)))
    secrets = [each for each in given if isinstance(each, str)]
    secrets += [escaped(each) for each in secrets for escaped in (quote_plus, quote)]
    text = next((each for each in reversed(error.args) if isinstance(each, str)), "")
    return discreet(text, secrets)


def unreached(engine: Engine, told: Told, error: Exception) -> CrmError:
    """The error of the library for one of the driver that came of connecting."""
    failure = failure_of(told)
    if not isinstance(failure, StoreUnavailable):
        return failure
    return StoreUnavailable(f"{failure.reason}: {said(engine, error)}")


def _nearest(name: str) -> str | None:
    same = (each for each in _SERVED if name.startswith(each.partition("+")[0][:8]))
    return next(same, None)


def _parsed(url: str | URL) -> URL:
    try:
        return make_url(url)
    except (SQLAlchemyError, ValueError):
        fault = InvalidValue("url", "is no URL of a database")
    raise fault  # here, so that the URL, which may hold a password, is left behind


def _need(package: str, extra: str) -> None:
    try:
        import_module(package)
    except ImportError:
        missing = MissingExtra(extra, package)
    else:
        return
    raise missing


def _options_of_psycopg() -> frozenset[str]:
    known: Any = import_module("psycopg.pq").Conninfo.get_defaults()
    return frozenset(each.keyword.decode() for each in known)


def _options_of_pymysql() -> frozenset[str]:
    cls: Any = import_module("pymysql.connections").Connection
    return frozenset(signature(cls).parameters) - _NO_TEXTS | _OF_DIALECT


def _check_options(url: URL, known: Collection[str]) -> None:
    """Return when all options of a URL are understood: none is silently without effect."""
    unknown = sorted(url.query.keys() - known)
    if unknown:
        # Their names only: a value may be a password.
        raise InvalidValue("url", f"has options that mean nothing here: {', '.join(unknown)}")


def _of_server(url: URL, arguments: Mapping[str, Any], known: Collection[str]) -> Engine:
    _check_options(url, known)
    wanted = {"connect_timeout": _CONNECT_SECONDS, **arguments}
    try:
        return create_engine(
            url,
            pool_size=_KEPT,
            max_overflow=_MORE,
            pool_timeout=BUSY_SECONDS,
            hide_parameters=True,
            connect_args={name: value for name, value in wanted.items() if name not in url.query},
        )
    except (TypeError, ValueError):
        fault = InvalidValue("url", "has an option with a value of another type")
    raise fault


def sqlite_engine(url: str | URL) -> Engine:
    """An engine for a file of SQLite with the settings under which nothing is lost.

    Its transactions begin with ``BEGIN``; the execution option ``crmcore_begin`` asks for another
    statement, such as ``BEGIN IMMEDIATE``.

    Raises:
        InvalidValue: it is no URL of a database, or has options that mean nothing here.
        UnknownStore: it is for another database or driver.
        UnsafeStore: it names no file.
    """
    parsed = _parsed(url)
    if _FULL_NAMES.get(parsed.drivername) != "sqlite":
        raise UnknownStore(parsed.drivername, ("sqlite",))
    if parsed.database in {None, "", ":memory:"} or parsed.query.get("mode") == "memory":
        raise UnsafeStore("database", "in memory", "a file (memory:// is the store without one)")
    # Others of SQLite's own would weaken what is set up here, or be overruled by it.
    _check_options(parsed, _OF_FILES if parsed.query.get("uri") == "true" else ())
    if parsed.query.get("mode", "rw") not in _MODES:
        raise InvalidValue("url", f"has a mode other than {' and '.join(_MODES)}")
    engine = create_engine(
        parsed,
        poolclass=QueuePool,
        max_overflow=-1,
        hide_parameters=True,
        connect_args={
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": BUSY_SECONDS,
            "cached_statements": 512,
        },
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for setting in _SETTINGS:
        cursor.execute(setting)
    cursor.close()


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN_OPTION, "BEGIN"))


# --- what is asked of every engine ---------------------------------------------------------------

_DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg", "mariadb": "pymysql", "mysql": "pymysql"}


def check_driver(engine: Engine) -> str:
    """The name of the engine's database as SQLAlchemy calls it.

    Raises:
        UnknownStore: the database, or this driver of it, is not served.
        UnsafeStore: the engine commits every statement by itself.
    """
    name, driver = engine.dialect.name, engine.dialect.driver
    if _DRIVERS.get(name) != driver:
        raise UnknownStore(name if name not in _DRIVERS else f"{name}+{driver}", _SERVED)
    isolation = engine.get_execution_options().get("isolation_level")
    if isolation == "AUTOCOMMIT" and name != "sqlite":
        raise _by_itself()
    return name


def _by_itself() -> UnsafeStore:
    return UnsafeStore("isolation_level", "AUTOCOMMIT", "one with transactions")


def verify(link: Link, name: str) -> None:
    """Return when a connection is set up so that nothing acknowledged is ever lost.

    Raises:
        UnsafeStore: naming the setting, what it is and what it must be.
    """
    _VERIFIERS[name](link)


def _demand(setting: str, found: object, needed: str, *, is_met: bool) -> None:
    if not is_met:
        raise UnsafeStore(setting, str(found), needed)


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, without what a distribution added."""
    return tuple(int(part) for part in version.partition("-")[0].split(".") if part.isdigit())


# --- SQLite

_OLDEST_SQLITE = (3, 38, 0)
_LASTING = frozenset({"wal", "delete", "truncate", "persist"})
_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
_FULL = 2


def _verify_sqlite(link: Link) -> None:
    def setting(sql: str) -> Any:
        return link.rows(sql)[0][0]

    version = str(setting("SELECT sqlite_version()"))
    _demand("SQLite", version, "3.38 or later", is_met=_numbers(version) >= _OLDEST_SQLITE)
    journal = str(setting("PRAGMA journal_mode"))
    needed = "WAL, DELETE, TRUNCATE or PERSIST"
    _demand("journal_mode", journal.upper(), needed, is_met=journal in _LASTING)
    _demand("foreign_keys", "OFF", "ON", is_met=setting("PRAGMA foreign_keys") == 1)
    synchronous = int(setting("PRAGMA synchronous"))
    found = _SYNCHRONOUS[synchronous]
    _demand("synchronous", found, "FULL or EXTRA", is_met=synchronous >= _FULL)


# --- PostgreSQL

_OLDEST_POSTGRESQL = 14
_POSTGRESQL = (
    "SELECT current_setting('server_version_num'), current_setting('server_version'), "
    "pg_is_in_recovery(), current_setting('transaction_read_only'), "
    "current_setting('server_encoding'), current_setting('client_encoding'), "
    "current_setting('fsync'), current_setting('synchronous_commit'), "
    "current_setting('session_replication_role')"
)


def _verify_postgresql(link: Link) -> None:
    if link.commits_by_itself:
        raise _by_itself()
    row = link.rows(_POSTGRESQL)[0]
    number, version, in_recovery, read_only, server, client, fsync, synchronous, role = row
    is_met = int(number) // 10_000 >= _OLDEST_POSTGRESQL
    _demand("PostgreSQL", version, f"{_OLDEST_POSTGRESQL} or later", is_met=is_met)
    _demand("pg_is_in_recovery", "true", "false", is_met=not in_recovery)
    _demand("transaction_read_only", read_only, "off", is_met=read_only == "off")
    _demand("server_encoding", server, "UTF8", is_met=server == "UTF8")
    _demand("client_encoding", client, "UTF8", is_met=client == "UTF8")
    _demand("fsync", fsync, "on", is_met=fsync == "on")
    _demand("synchronous_commit", synchronous, "on", is_met=synchronous != "off")
    # As a replica, the server checks no reference.
    _demand("session_replication_role", role, "origin", is_met=role != "replica")


# --- MariaDB

_OLDEST_MARIADB = (10, 6)
_FOUND_ROWS = 2
_CHARACTER_SETS = (
    "character_set_client",
    "character_set_connection",
    "character_set_results",
)
_MARIADB = "SELECT @@version, @@read_only, @@innodb_flush_log_at_trx_commit, " + ", ".join(
    f"@@{name}" for name in _CHARACTER_SETS
)


def _verify_mariadb(link: Link) -> None:
    if link.commits_by_itself:
        raise _by_itself()
    # Without the flag, an update that changes nothing counts as one that found nothing.
    found_rows = bool(link.driver.raw.client_flag & _FOUND_ROWS)
    _demand("client_flag", "without FOUND_ROWS", "with FOUND_ROWS", is_met=found_rows)
    version, read_only, flush, *sets = link.rows(_MARIADB)[0]
    version = str(version)
    needed = ".".join(map(str, _OLDEST_MARIADB)) + " or later"
    _demand("the server", version, f"MariaDB {needed}", is_met="mariadb" in version.lower())
    _demand("MariaDB", version, needed, is_met=_numbers(version) >= _OLDEST_MARIADB)
    is_writable = str(read_only) in {"0", "OFF"}
    _demand("read_only", read_only, "OFF", is_met=is_writable)
    _demand("innodb_flush_log_at_trx_commit", flush, "1", is_met=int(flush) == 1)
    for name, found in zip(_CHARACTER_SETS, sets, strict=True):
        _demand(name, found, "utf8mb4", is_met=found == "utf8mb4")


_VERIFIERS: dict[str, Callable[[Link], None]] = {
    "sqlite": _verify_sqlite,
    "postgresql": _verify_postgresql,
    "mariadb": _verify_mariadb,
    "mysql": _verify_mariadb,
}
