"""The store as applications meet it: its engine, its tables, and whose turn it is."""

from importlib import import_module
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crmcore.errors import Busy, Closed, CrmError, InvalidValue, StoreUnavailable
from crmcore.grammar.naming import checked_tenant
from crmcore.grammar.registry import Registry
from crmcore_sql._drivers import driver_of
from crmcore_sql._engines import check_driver, new_engine, said, unreached, verify
from crmcore_sql._hold import Hold, Surroundings
from crmcore_sql._link import Link
from crmcore_sql._tables import check_tables, make_tables, prepared
from crmcore_sql._turns import Crowd, Turn, Turns
from crmcore_sql._types import BUSY_SECONDS
from crmcore_sql._unit_of_work import SqlUnitOfWork
from crmcore_sql._writing import put_down

# Engines are shared by the stores of several tenants, and so is the turn to write.
_turns: WeakKeyDictionary[Engine, Turns] = WeakKeyDictionary()
_mutex = Lock()

_STALE = 100
"""How many connections may turn out to be gone, one after the other, before that is an error."""


class SqlStore:
    """A store in a database: SQLite, PostgreSQL 14 or later, or MariaDB 10.6 or later.

    Args:
        engine: A URL, such as ``sqlite:///crm.db``, ``postgresql+psycopg://user@host/crm`` or
            ``mariadb+pymysql://user@host/crm``; or an engine of the application's own, which stays
            its own and is used as it is set up.
        tenant: Whose data.
        registry: The entity types, events and own attributes; the library's own when not given.
        schema: Whether to make the tables that are missing.

    Raises:
        InvalidText, InvalidValue: the tenant has a name no store may keep, or the URL is none, or
            has options that the driver does not understand.
        MissingExtra: the driver of the database is not installed.
        UnsafeStore: the engine is set up so that acknowledged work could be lost, or the tables
            in the database are not those of the registry, or of an older version.
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
        self._registry = default_registry() if registry is None else registry
        self._is_owner = not isinstance(engine, Engine)
        self._engine = engine if isinstance(engine, Engine) else new_engine(engine)
        self._name = check_driver(self._engine)
        self._driver = driver_of(self._name)
        self._failed: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        self._prepared = made = prepared(self._registry, self._name)
        self._around = Surroundings(made.compiler, made.tables, made.beside, self._tenant)
        with _mutex:
            turns = Crowd() if self._driver.many else Turn()
            self._turns = _turns.setdefault(self._engine, turns)
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
            Busy: its turn, or a connection, did not come within the deadline.
            NestedTransaction: the calling thread holds a writing one already.
            StoreUnavailable: the database cannot be reached.
        """
        if not self._is_open:
            raise Closed("store")
        release = self._turns.take(BUSY_SECONDS) if write else None
        try:
            link = self._begun(write=write)
        except BaseException:
            if release is not None:
                release()
            raise
        return SqlUnitOfWork(Hold(link, self._around, put_down, release))

    def close(self) -> None:
        """Give back the connections of an engine that the store made itself."""
        self._is_open = False
        if self._is_owner:
            self._engine.dispose()

    def __repr__(self) -> str:
        return f"<SqlStore {self._tenant!r} {self._engine.url.set(query={})!r}>"

    def _link(self) -> Link:
        try:
            connection = self._engine.raw_connection()
            adapt = self._prepared.compiler.dialect.adapt
            return Link(connection, self._driver, self._failed, adapt)
        except self._failed as error:
            failure: CrmError = unreached(self._engine, self._driver.told(error), error)
        except PoolTimeout:
            failure = Busy(BUSY_SECONDS)
        except SQLAlchemyError as error:
            failure = StoreUnavailable(f"{type(error).__name__}: {said(self._engine, error)}")
        except (TypeError, ValueError):
            if not self._is_owner:
                raise
            failure = InvalidValue("url", "has an option with a value that the driver cannot take")
        raise failure

    def _begun(self, *, write: bool) -> Link:
        """A connection whose transaction has begun.

        Connections that have gone since they were used last, as all do when a server starts anew,
        are thrown away; that costs nothing while all is well, unlike asking each one beforehand.
        """
        for left in range(_STALE, -1, -1):
            link = self._link()
            try:
                link.begin(write=write)
            except BaseException as error:
                link.rollback()
                link.close()
                if not left or not link.is_lost or not isinstance(error, StoreUnavailable):
                    raise
            else:
                return link
        raise AssertionError

    def _set_up(self, *, schema: bool) -> None:
        link = self._begun(write=False)
        try:
            link.rollback()
            verify(link, self._name)
            link.rollback()
            link.begin(write=False)
            is_known = check_tables(link, self._prepared)
            link.rollback()
            if not is_known:
                make_tables(link, self._prepared, missing=schema)
        finally:
            link.rollback()
            link.close()


def open_url(url: str, /, *, registry: Registry, tenant: str) -> SqlStore:
    """The store in the database that a URL such as ``sqlite:///crm.db`` names; its tables exist."""
    return SqlStore(url, registry=registry, tenant=tenant)


def default_registry() -> Registry:
    """The entity types and events of the library itself."""
    # Only here, and only when needed: whoever brings an own registry does without our subjects.
    registry: Registry = import_module("crmcore.subjects").SUBJECTS
    return registry
