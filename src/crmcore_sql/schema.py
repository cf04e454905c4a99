"""The tables as a whole: made, brought up to date, and compared with what they should be.

Two things change tables. How *any* entity is kept changes with the library; those changes are the
revisions in `crmcore_sql.migrations`, and the database notes the last one in a table of its own,
``crm_alembic_version``, beside whatever other tables it has. Which entities and fields there are
changes with the registry; `upgrade` adds what is missing of it, and never takes anything away.
"""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any, cast

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.util import CommandError
from sqlalchemy import URL, Column, Engine, Index, MetaData, Table, delete, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from crmcore.errors import Contention, CrmError, StoreUnavailable, UnsafeStore
from crmcore.grammar.registry import Registry
from crmcore_sql._choices import differing_choices, widen
from crmcore_sql._dialects import dialect_for
from crmcore_sql._drivers import Driver, driver_of
from crmcore_sql._engines import BEGIN_OPTION, check_driver, new_engine, unreached, verify
from crmcore_sql._errors import failure_of
from crmcore_sql._link import Link
from crmcore_sql._schema import SCHEMA, VERSION, Schema, schema_of
from crmcore_sql._store import SqlStore, default_registry
from crmcore_sql._tables import LOCK_NAME, LOCK_NUMBER

__all__ = ["VERSION_TABLE", "check", "create", "upgrade"]

VERSION_TABLE = "crm_alembic_version"
"""Where the database notes which revision its tables have."""

Difference = tuple[Any, ...]
"""What Alembic says of one thing that differs: the word for it, then what it is about."""

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

    Applies the revisions that are missing, then adds columns that may be empty, indexes, tables, and
    values to columns that allow certain ones only.
    It can be taken up again where it was cut off, and two at once take turns. Arguments as for
    `create`.

    Returns:
        What was done, line by line; nothing when everything was up to date.

    Raises:
        UnsafeStore: something differs that cannot be added without a decision of yours, such as a
            column that has to be filled; what could be added was.
        Contention: another upgrade runs, and did not end.
        StoreFailure: the database cannot be reached or is not set up safely.
    """
    schema = schema_of(default_registry() if registry is None else registry)
    with _connected(engine) as connection:
        with _alone(connection):
            done = [*_revised(connection, schema), *_grown(connection, schema.metadata)]
        if done or not _is_there(connection):
            create(connection.engine, registry)
            _noted(connection, schema)
        left = [*_lines(connection, schema.metadata)]
    if left:
        raise UnsafeStore("the database", "; ".join(left), "without these differences")
    return tuple(done)


def check(engine: Engine | URL | str, registry: Registry | None = None) -> tuple[str, ...]:
    """How the tables differ from those of the registry, line by line; nothing is changed.

    Tables of the application's own are not looked at. Arguments and errors as for `create`.
    """
    schema = schema_of(default_registry() if registry is None else registry)
    with _connected(engine) as connection:
        return tuple(_lines(connection, schema.metadata))


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
    revision = _context(connection).get_current_revision()
    connection.commit()
    return revision


# --- what the registry asks for


def _context(connection: Connection, metadata: MetaData | None = None) -> MigrationContext:
    def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or metadata is None or name in metadata.tables

    return MigrationContext.configure(
        connection,
        opts={"version_table": VERSION_TABLE, "include_name": is_ours, "compare_type": True},
    )


def _differences(connection: Connection, metadata: MetaData) -> list[Difference]:
    compared: list[Any] = compare_metadata(_context(connection, metadata), metadata)
    # Changes of one column come as a list of their own.
    lists: list[list[Difference]] = [
        cast("list[Difference]", each) if isinstance(each, list) else [each] for each in compared
    ]
    found = [one for each in lists for one in each]
    # MariaDB does not know when a reference is checked, and does not tell; so one is "removed" and
    # the same one "added".
    links = [{_link(one) for one in found if one[0] == kind} for kind in ("add_fk", "remove_fk")]
    same = links[0] & links[1]
    return [each for each in found if not (each[0].endswith("_fk") and _link(each) in same)]


def _link(difference: Difference) -> tuple[str, ...]:
    """What a foreign key is, apart from when it is checked."""
    key = difference[1]
    targets = (element.target_fullname for element in key.elements)
    return (key.table.name, *key.column_keys, *targets, str(key.ondelete or "").upper())


def _grown(connection: Connection, metadata: MetaData) -> Iterator[str]:
    """Adds the columns, indexes and values that are missing of tables that are there."""
    if not _is_there(connection):
        return
    operations = Operations(_context(connection))
    found = _differences(connection, metadata)
    missing = {each[1].name for each in found if each[0] == "add_table"}
    for each in found:
        line = _line(each)
        match each:
            case ("add_index", Index(table=Table(name=name))) if name in missing:
                continue  # it is made with its table
            case ("add_column", _, str() as name, Column() as column) if column.nullable:
                operations.add_column(name, Column(column.name, column.type, nullable=True))
            case ("add_index", Index() as index):
                index.create(connection)
            case ("add_table", Table() as table):
                yield f"make {table.name}"
                continue
            case _:
                continue
        yield line
    for choice in [*differing_choices(connection, metadata)]:
        if choice.missing and not choice.unknown:
            widen(connection, choice)
            yield str(choice)


def _lines(connection: Connection, metadata: MetaData) -> Iterator[str]:
    yield from (_line(each) for each in _differences(connection, metadata))
    yield from (str(each) for each in differing_choices(connection, metadata))


def _line(difference: Difference) -> str:
    match difference:
        case ("add_table", Table() as table):
            return f"{table.name} is missing"
        case ("add_column", _, str() as name, Column() as column):
            return f"{name}.{column.name} is missing"
        case ("remove_column", _, str() as name, Column() as column):
            return f"{name}.{column.name} is not known"
        case (str() as what, _, str() as name, str() as column, *_):
            return f"{name}.{column}: {what.replace('_', ' ')}"
        case (str() as what, thing, *_):
            holder: Any = getattr(thing, "table", None)
            name = "" if holder is None else f"{holder.name}: "
            return f"{name}{what.replace('_', ' ')} {getattr(thing, 'name', thing)}"
        case _:
            return str(difference)
