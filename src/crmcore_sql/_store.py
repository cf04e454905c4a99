"""The store as applications meet it: its engine, its tables, and whose turn it is.

Which settings SQLite needs so that nothing is lost is decided here, once; an engine of the
application's own is refused when it lacks them.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

import hashlib
from collections import deque
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from threading import Lock, get_ident
from typing import Any
from weakref import WeakKeyDictionary

import attrs
from sqlalchemy import URL, Engine, Table, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

from crmcore.errors import (
    Busy,
    Closed,
    NestedTransaction,
    StoreUnavailable,
    UnknownStore,
    UnsafeStore,
)
from crmcore.grammar.naming import checked_tenant
from crmcore.grammar.registry import Registry
from crmcore_sql._compile import Compiler
from crmcore_sql._errors import Link, translated
from crmcore_sql._repository import EntityTable
from crmcore_sql._schema import SCHEMA, VERSION, schema_of
from crmcore_sql._types import BUSY_SECONDS, Dialect
from crmcore_sql._unit_of_work import SqlUnitOfWork

# --- engines -------------------------------------------------------------------------------------

_OPTION = "crmcore_begin"
_OLDEST = (3, 38, 0)
_SETTINGS = (
    f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)
_LASTING = frozenset({"wal", "delete", "truncate", "persist"})
_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
_FULL = 2


def sqlite_engine(url: str | URL) -> Engine:
    """An engine for a file of SQLite with the settings under which nothing is lost.

    Its transactions begin with ``BEGIN``; the execution option ``crmcore_begin`` asks for another
    statement, such as ``BEGIN IMMEDIATE``.

    Raises:
        UnknownStore: the URL is for another database or driver.
        UnsafeStore: it names no file.
    """
    parsed = make_url(url)
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise UnknownStore(parsed.drivername, ("sqlite",))
    if parsed.database in {None, "", ":memory:"} or parsed.query.get("mode") == "memory":
        raise UnsafeStore("database", "in memory", "a file (memory:// is the store without one)")
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
    connection.exec_driver_sql(connection.get_execution_options().get(_OPTION, Dialect.read))


def verify(link: Link) -> None:
    """Return when a connection is set up so that nothing acknowledged is ever lost.

    Raises:
        UnsafeStore: naming the setting, what it is and what it must be.
    """
    version = str(_setting(link, "SELECT sqlite_version()"))
    if tuple(int(part) for part in version.split(".")) < _OLDEST:
        raise UnsafeStore("SQLite", version, "3.38 or later")
    journal = str(_setting(link, "PRAGMA journal_mode"))
    if journal not in _LASTING:
        raise UnsafeStore("journal_mode", journal.upper(), "WAL, DELETE, TRUNCATE or PERSIST")
    if _setting(link, "PRAGMA foreign_keys") != 1:
        raise UnsafeStore("foreign_keys", "OFF", "ON")
    synchronous = int(_setting(link, "PRAGMA synchronous"))
    if synchronous < _FULL:
        raise UnsafeStore("synchronous", _SYNCHRONOUS[synchronous], "FULL or EXTRA")


def _setting(link: Link, sql: str) -> Any:
    return link.rows(sql)[0][0]


# --- whose turn it is ----------------------------------------------------------------------------


class Turn:
    """Lets one thread after the other write, in the order in which they came.

    The database would do so too, but lets a thread wait that is unlucky, and cannot tell a thread
    that waits for itself.
    """

    def __init__(self) -> None:
        self._mutex = Lock()
        self._holder: int | None = None
        self._waiting: deque[tuple[int, Lock]] = deque()

    def take(self, seconds: float) -> None:
        """Afterwards the calling thread is the only writer.

        Raises:
            NestedTransaction: it is already.
            Busy: its turn did not come in time.
        """
        me, call = get_ident(), Lock()
        with self._mutex:
            if self._holder == me:
                raise NestedTransaction
            if self._holder is None:
                self._holder = me
                return
            call.acquire()
            self._waiting.append((me, call))
        if call.acquire(timeout=seconds):
            return
        with self._mutex:
            if self._holder == me:
                return
            self._waiting.remove((me, call))
        raise Busy(seconds)

    def give_back(self) -> None:
        """Afterwards it is the turn of whoever waits longest."""
        with self._mutex:
            self._holder = None
            if self._waiting:
                self._holder, call = self._waiting.popleft()
                call.release()


# --- tables --------------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class _Prepared:
    """What follows from a registry alone, and takes a while to make.

    Attributes:
        compiler: How to ask.
        tables: The entity types in the database.
        statements: By table, the statements that make it.
        fingerprint: What tells these tables from others.
    """

    compiler: Compiler
    tables: Mapping[str, EntityTable]
    statements: Mapping[str, tuple[str, ...]]
    fingerprint: str


@lru_cache(maxsize=16)
def _prepared(registry: Registry) -> _Prepared:
    schema, dialect = schema_of(registry), Dialect()
    tables = {
        name: EntityTable(registry.named(name), layout, registry, dialect.quote)
        for name, layout in schema.layouts.items()
    }
    statements = {
        table.name: tuple(_statements(table, dialect)) for table in schema.metadata.tables.values()
    }
    text = "\n".join(part for parts in statements.values() for part in parts)
    mark = hashlib.sha256(text.encode()).hexdigest()
    return _Prepared(Compiler(schema, dialect), tables, statements, mark)


def _statements(table: Table, dialect: Dialect) -> Iterator[str]:
    yield str(CreateTable(table).compile(dialect=dialect.of_tables))
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        yield str(CreateIndex(index).compile(dialect=dialect.of_tables))


def _marks(link: Link, dialect: Dialect) -> tuple[set[str], dict[str, str]]:
    there = {str(row[0]) for row in link.rows(dialect.tables)}
    if SCHEMA not in there:
        return there, {}
    return there, dict(link.rows(f"SELECT name, value FROM {SCHEMA}"))


def _make_tables(link: Link, prepared: _Prepared) -> None:
    """Afterwards every table is there; those that were must have the columns they need."""
    dialect = prepared.compiler.dialect
    link.run(dialect.write)
    there, marks = _marks(link, dialect)
    version = marks.get("version", VERSION)
    if version != VERSION:
        raise UnsafeStore("the version of the tables", version, VERSION)
    for name, statements in prepared.statements.items():
        if name not in there:
            for statement in statements:
                link.run(statement)
            continue
        columns = {str(row[0]) for row in link.rows(dialect.columns, (name,))}
        needed = [column.name for column in prepared.compiler.schema.metadata.tables[name].columns]
        missing = sorted(set(needed) - columns)
        if missing:
            raise UnsafeStore(name, f"without {', '.join(missing)}", "with all its columns")
    link.run(f"DELETE FROM {SCHEMA}")
    rows = [("version", VERSION), ("fingerprint", prepared.fingerprint)]
    link.many(f"INSERT INTO {SCHEMA} (name, value) VALUES (?, ?)", rows)
    link.commit()


# --- the store -----------------------------------------------------------------------------------

# Engines are shared by the stores of several tenants, and so is the turn to write.
_turns: WeakKeyDictionary[Engine, Turn] = WeakKeyDictionary()


class SqlStore:
    """A store in a database.

    Args:
        engine: The URL of a file of SQLite, such as ``sqlite:///crm.db``; or an engine of the
            application's own, which stays its own and is used as it is set up.
        tenant: Whose data.
        registry: The entity types, events and own attributes; the library's own when not given.
        schema: Whether to make the tables that are missing.

    Raises:
        InvalidText, InvalidValue: the tenant has a name no store may keep.
        UnsafeStore: the engine is set up so that acknowledged work could be lost, or the tables
            in the database are not those of the registry.
        UnknownStore: the engine is for a database that is not served.
        StoreUnavailable: the database cannot be reached.
    """

    def __init__(
        self,
        engine: Engine | URL | str,
        *,
        tenant: str = "main",
        registry: Registry | None = None,
        schema: bool = True,
    ) -> None:
        self._tenant = checked_tenant(tenant)
        self._registry = _subjects() if registry is None else registry
        self._is_owner = not isinstance(engine, Engine)
        self._engine = engine if isinstance(engine, Engine) else sqlite_engine(engine)
        if self._engine.dialect.name != "sqlite" or self._engine.dialect.driver != "pysqlite":
            raise UnknownStore(self._engine.dialect.name, ("sqlite",))
        self._prepared = _prepared(self._registry)
        self._turn = _turns.setdefault(self._engine, Turn())
        self._is_open = True
        try:
            self._set_up(schema=schema)
        except BaseException:
            self.close()
            raise

    @property
    def registry(self) -> Registry:
        """The entity types, events and own attributes it serves."""
        return self._registry

    @property
    def tenant(self) -> str:
        """Whose data; nothing leads to another tenant's."""
        return self._tenant

    def begin(self, *, write: bool) -> SqlUnitOfWork:
        """A new unit of work; only with ``write`` may it change anything.

        Raises:
            Closed: the store is closed.
            Busy: its turn did not come within the deadline.
            NestedTransaction: the calling thread holds a writing one already.
        """
        if not self._is_open:
            raise Closed("store")
        if write:
            self._turn.take(BUSY_SECONDS)
        try:
            link = self._begun(write=write)
        except BaseException:
            if write:
                self._turn.give_back()
            raise
        release = self._turn.give_back if write else None
        prepared = self._prepared
        return SqlUnitOfWork(link, prepared.compiler, prepared.tables, self._tenant, release)

    def close(self) -> None:
        """Give back the connections of an engine that the store made itself."""
        self._is_open = False
        if self._is_owner:
            self._engine.dispose()

    def __repr__(self) -> str:
        return f"<SqlStore {self._tenant!r} {self._engine.url!r}>"

    def _link(self) -> Link:
        driver = self._engine.dialect.loaded_dbapi
        try:
            return Link(self._engine.raw_connection(), driver.Error, driver.IntegrityError)
        except driver.Error as error:
            failure = translated(error)
        except SQLAlchemyError as error:
            failure = StoreUnavailable(type(error).__name__)
        raise failure

    def _begun(self, *, write: bool) -> Link:
        dialect, link = self._prepared.compiler.dialect, self._link()
        try:
            link.run(dialect.write if write else dialect.read)
            if not write:
                link.rows(dialect.pin)
        except BaseException:
            link.close()
            raise
        return link

    def _set_up(self, *, schema: bool) -> None:
        link = self._link()
        try:
            verify(link)
            _, marks = _marks(link, self._prepared.compiler.dialect)
            if schema and marks.get("fingerprint") != self._prepared.fingerprint:
                _make_tables(link, self._prepared)
        finally:
            link.rollback()
            link.close()


def open_url(url: str, /, *, registry: Registry, tenant: str) -> SqlStore:
    """The store in the file that a URL such as ``sqlite:///crm.db`` names; its tables exist."""
    return SqlStore(url, registry=registry, tenant=tenant)


def _subjects() -> Registry:
    # Only here, and only when needed: whoever brings an own registry does without our subjects.
    registry: Registry = import_module("crmcore.subjects").SUBJECTS
    return registry
