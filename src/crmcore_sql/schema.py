"""The tables as a whole: made, brought up to date, and compared with what they should be.

Two things change tables. How *any* entity is kept changes with the library; those changes are the
revisions in `crmcore_sql.migrations`, and the database notes the last one in a table of its own,
``crm_alembic_version``, beside whatever other tables it has. Which entities and fields there are
changes with the registry; `upgrade` adds what is missing of it, and never takes anything away.
"""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Engine, delete, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from crmcore.errors import Contention, CrmError, StoreUnavailable, UnsafeStore
from crmcore.grammar.registry import Registry
from crmcore_sql._dialects import dialect_for
from crmcore_sql._drivers import Driver, driver_of
from crmcore_sql._engines import BEGIN_OPTION, check_driver, new_engine, unreached, verify
from crmcore_sql._errors import failure_of
from crmcore_sql._growing import VERSION_TABLE, context, grown, lines
from crmcore_sql._link import Link
from crmcore_sql._schema import SCHEMA, VERSION, Schema, schema_of
from crmcore_sql._store import SqlStore, default_registry
from crmcore_sql._tables import LOCK_NAME, LOCK_NUMBER

__all__ = ["VERSION_TABLE", "check", "create", "upgrade"]

_KNOWN = "one that this version of the library knows; a newer one made them"
_SCRIPTS = "crmcore_sql:migrations"
_REVISIONS = {"1": "0001", VERSION: "0002"}
"""The revision that tables of a version have, for databases in which none is noted yet."""


def create(engine: Engine | URL | str, registry: Registry | None = None) -> tuple[str, ...]:
    """Afterwards every table that was missing is there; those of an older version are refused.

    Args:
        engine: Where; an engine of the application's own, or a URL.
        registry: For which entity types; the library's own when not given.

    Returns:
        The names of the tables that were missing.

    Raises:
        UnsafeStore: tables are there already that are not those of the registry.
        StoreFailure: the database cannot be reached or is not set up safely.
    """
    registry = default_registry() if registry is None else registry
    with _connected(engine) as connection:
        there = {*inspect(connection).get_table_names()}
    SqlStore(engine, registry=registry).close()
    return tuple(sorted(schema_of(registry).metadata.tables.keys() - there))


def upgrade(engine: Engine | URL | str, registry: Registry | None = None) -> tuple[str, ...]:
    """Afterwards the tables are those of the registry, and nothing in them is lost.

    Applies the revisions that are missing, then adds tables, columns, indexes and references, what
    has to be unique, values to columns that allow certain ones only, and the triggers of seals. A
    column that has to be filled is, with the default of its field; values that were renamed are.
    It can be taken up again where it was cut off, and two at once take turns. Arguments as for
    `create`.

    Returns:
        What was done, line by line; nothing when everything was up to date.

    Raises:
        UnsafeStore: something differs that cannot be added without a decision of yours, such as a
            column that has to be filled by a field without a default; what could be added was.
        DamagedRecord: an entity cannot be read, so nobody can tell what is to be filled in.
        Contention: another upgrade runs, and did not end.
        StoreFailure: the database cannot be reached or is not set up safely.
    """
    schema = schema_of(default_registry() if registry is None else registry)
    with _connected(engine) as connection:
        with _alone(connection):
            done = [*_revised(connection, schema), *_grown(connection, schema)]
        if done or not _is_there(connection):
            create(connection.engine, registry)
            _noted(connection, schema)
        left = [*lines(connection, schema)]
    if left:
        raise UnsafeStore("the database", "; ".join(left), "without these differences")
    return tuple(done)


def check(engine: Engine | URL | str, registry: Registry | None = None) -> tuple[str, ...]:
    """How the tables differ from those of the registry, line by line; nothing is changed.

    Tables of the application's own are not looked at. Arguments and errors as for `create`.
    """
    schema = schema_of(default_registry() if registry is None else registry)
    with _connected(engine) as connection:
        return tuple(lines(connection, schema))


@contextmanager
def _connected(place: Engine | URL | str) -> Generator[Connection, None, None]:
    """A connection to a database that is set up safely; its driver's errors leave it as ours."""
    engine = place if isinstance(place, Engine) else new_engine(place)
    failure: CrmError | None = None
    try:
        driver = _verified(engine)
        with engine.connect() as connection:
            try:
                # On SQLite a transaction that reads first could not be sure to write afterwards.
                yield connection.execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"})
            except DBAPIError as error:
                failure = failure_of(driver.told(cast("Exception", error.orig)))
    except SQLAlchemyError as error:
        failure = StoreUnavailable(type(error).__name__)
    except CommandError:
        failure = UnsafeStore("the revision of the tables", "not known", _KNOWN)
    finally:
        if engine is not place:
            engine.dispose()
    if failure is not None:
        raise failure


def _verified(engine: Engine) -> type[Driver]:
    """The driver of an engine, after asking the database whether it keeps what it acknowledges."""
    name = check_driver(engine)
    driver, failed = driver_of(name), engine.dialect.loaded_dbapi.Error
    try:
        connection = engine.raw_connection()
    except failed as error:
        failure = unreached(engine, driver.told(error), error)
    else:
        with closing(Link(connection, driver, failed, dialect_for(name).adapt)) as link:
            link.begin(write=False)
            link.rollback()
            verify(link, name)
            link.rollback()
        return driver
    raise failure


@contextmanager
def _alone(connection: Connection) -> Generator[None, None, None]:
    """A time in which nobody else makes or upgrades tables in this database."""
    name, lock = connection.dialect.name, {"name": LOCK_NAME, "number": LOCK_NUMBER}
    if name == "postgresql":
        connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": "300s"})
        connection.execute(text("SELECT pg_advisory_lock(:number)"), lock)
    if name in {"mariadb", "mysql"}:
        wait = text("SELECT GET_LOCK(CONCAT(DATABASE(), '.', :name), 300)")
        if connection.scalar(wait, lock) != 1:
            raise Contention("GET_LOCK")
    try:
        yield
        connection.commit()
    finally:
        connection.rollback()
        if name == "postgresql":
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), lock)
        if name in {"mariadb", "mysql"}:
            connection.execute(text("SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.', :name))"), lock)
        connection.commit()


def _is_there(connection: Connection) -> bool:
    is_there = inspect(connection).has_table(SCHEMA)
    connection.commit()  # what others make is seen in another transaction only
    return is_there


def _grown(connection: Connection, schema: Schema) -> list[str]:
    """Makes of tables that are there what the registry asks for."""
    if not _is_there(connection):
        return []
    engine = connection.engine
    name = check_driver(engine)
    failed = engine.dialect.loaded_dbapi.Error
    link = Link(connection.connection, driver_of(name), failed, dialect_for(name).adapt)
    try:
        return [*grown(connection, schema, link)]
    finally:
        link.hand_back()


# --- revisions


def _config(connection: Connection, schema: Schema) -> Config:
    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.attributes |= {
        "connection": connection,
        "schema": schema,
        "version_table": VERSION_TABLE,
    }
    return config


def _revised(connection: Connection, schema: Schema) -> Iterator[str]:
    """Applies the revisions that are missing; a place without tables needs none."""
    if not _is_there(connection):
        return
    before = _noted(connection, schema)
    command.upgrade(_config(connection, schema), "head")
    after = _revision(connection)
    # Somebody who was killed right here noted the revision, and left the mark of the version before.
    if _version(connection, schema) not in {None, VERSION}:
        connection.execute(delete(schema.metadata.tables[SCHEMA]))
        yield f"revision {before} to {after}"


def _noted(connection: Connection, schema: Schema) -> str | None:
    """The revision of the tables, which is noted afterwards."""
    if _revision(connection) is None:
        version = _version(connection, schema) or VERSION
        revision = _REVISIONS.get(version)
        if revision is None:
            raise UnsafeStore("the version of the tables", version, _KNOWN)
        command.stamp(_config(connection, schema), revision)
        connection.commit()
    return _revision(connection)


def _version(connection: Connection, schema: Schema) -> str | None:
    marks = schema.metadata.tables[SCHEMA].columns
    found = connection.scalar(select(marks["value"]).where(marks["name"] == "version"))
    return None if found is None else str(found)


def _revision(connection: Connection) -> str | None:
    revision = context(connection).get_current_revision()
    connection.commit()
    return revision
