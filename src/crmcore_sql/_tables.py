"""The tables of a registry in a database: what follows from both, made once, and making them."""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

import hashlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import lru_cache

import attrs

from crmcore.errors import Contention, StoreUnavailable, UnsafeStore
from crmcore.grammar.registry import Registry
from crmcore_sql._beside import Beside
from crmcore_sql._compile import Compiler
from crmcore_sql._dialects import dialect_for
from crmcore_sql._link import Link
from crmcore_sql._making import Making, making
from crmcore_sql._schema import SCHEMA, VERSION, schema_of
from crmcore_sql._seals import flaws, telling
from crmcore_sql._sheets import EntityTable

_NEEDED = f"{VERSION} (python -m crmcore_sql upgrade)"
_WHOLE = "upgraded whole (python -m crmcore_sql upgrade)"
_MAKEABLE = "a trigger that can be made; the user needs the right to"
_ALONE_SECONDS = 30
FILLING = "fill "
"""How the marks begin of what an upgrade has added and not filled yet."""
LOCK_NAME = "crm__schema"
LOCK_NUMBER = int.from_bytes(hashlib.sha256(LOCK_NAME.encode()).digest()[:8], signed=True)


@attrs.frozen(eq=False)
class Prepared:
    """What follows from a registry and a database alone, and takes a while to make.

    Attributes:
        compiler: How to ask.
        tables: The entity types in the database, those that are referred to first.
        beside: What lies beside them.
        making: By table, what makes it.
        fingerprint: What tells these tables from others.
    """

    compiler: Compiler
    tables: Mapping[str, EntityTable]
    beside: Beside
    making: Mapping[str, Making]
    fingerprint: str


@lru_cache(maxsize=16)
def prepared(registry: Registry, name: str) -> Prepared:
    """What follows from a registry and the database that SQLAlchemy calls so."""
    schema, dialect = schema_of(registry), dialect_for(name)
    tables = {
        name: EntityTable(registry.named(name), order, layout, registry, dialect)
        for order, (name, layout) in enumerate(schema.layouts.items())
    }
    made = making(schema, dialect)
    text = "\n".join(part for each in made.values() for part in each.everything())
    mark = hashlib.sha256(text.encode()).hexdigest()
    compiler = Compiler(schema, dialect)
    return Prepared(compiler, tables, Beside(registry, dialect), made, mark)


def check_tables(link: Link, prepared: Prepared) -> bool:
    """Whether the tables are known to be those of the registry.

    Raises:
        UnsafeStore: they are of another version of this library.
    """
    return _marks(link, prepared)[1].get("fingerprint") == prepared.fingerprint


def make_tables(link: Link, prepared: Prepared, *, missing: bool) -> None:
    """Afterwards every table is there, with the columns it needs; several at once take turns.

    So are the triggers of seals; one of another declaration is replaced, one that is not known stays.

    Args:
        link: A connection; its transaction is begun and ended here.
        prepared: The tables.
        missing: Whether to make those that are missing.

    Raises:
        UnsafeStore: a table is not as it has to be, or is missing and was not to be made.
    """
    with _alone(link, prepared.compiler.dialect.name):
        there, marks = _marks(link, prepared)
        if unfilled := sorted(name for name in marks if name.startswith(FILLING)):
            raise UnsafeStore(unfilled[0].removeprefix(FILLING), "upgraded in part", _WHOLE)
        lacking = [name for name in prepared.making if name not in there]
        for name in there & prepared.making.keys():
            _check_columns(link, prepared, name)
        if not missing:
            for name in lacking:
                raise UnsafeStore(name, "missing", "there")
            _seal(link, prepared, missing=False)
            return
        for name in lacking:
            for statement in prepared.making[name].statements:
                link.run(statement)
        for name in lacking:
            for statement in prepared.making[name].links:
                link.run(statement)
        _seal(link, prepared, missing=True)
        link.run(f"DELETE FROM {SCHEMA}")
        rows = [("version", VERSION), ("fingerprint", prepared.fingerprint)]
        link.batch([(f"INSERT INTO {SCHEMA} (name, value) VALUES (?, ?)", rows)])
        link.commit()


def _seal(link: Link, prepared: Prepared, *, missing: bool) -> None:
    seals = [seal for made in prepared.making.values() for seal in made.seals]
    if not seals:
        return
    rows = link.rows(telling(prepared.compiler.dialect))
    told = [(str(table), str(name), str(text)) for table, name, text in rows]
    for flaw in flaws(seals, told, prepared.making):
        if flaw.seal is None:
            continue
        if not missing:
            raise UnsafeStore(flaw.name, flaw.what, "there, as it is declared")
        try:
            for statement in flaw.seal.statements:
                link.run(statement)
        except StoreUnavailable as failure:
            reason = failure.reason
        else:
            continue
        raise UnsafeStore(flaw.name, f"refused by the database ({reason})", _MAKEABLE)


@contextmanager
def _alone(link: Link, name: str) -> Generator[None]:
    """A writing transaction, while which nobody else is in this place."""
    link.begin(write=True)
    if name == "postgresql":
        link.run("SET LOCAL lock_timeout = 0")
        link.rows("SELECT pg_advisory_xact_lock(?)", (LOCK_NUMBER,))
    if name != "mariadb":
        yield
        return
    # Tables are made outside of transactions here, so the lock has to outlast them.
    if link.rows("SELECT GET_LOCK(CONCAT(DATABASE(), '.', ?), ?)", (LOCK_NAME, _ALONE_SECONDS)) != [
        (1,)
    ]:
        raise Contention("GET_LOCK")
    try:
        yield
    finally:
        link.rows("SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.', ?))", (LOCK_NAME,))


def _marks(link: Link, prepared: Prepared) -> tuple[set[str], dict[str, str]]:
    there = {str(row[0]) for row in link.rows(prepared.compiler.dialect.tables)}
    if SCHEMA not in there:
        return there, {}
    marks = {
        str(name): str(value) for name, value in link.rows(f"SELECT name, value FROM {SCHEMA}")
    }
    version = marks.get("version", VERSION)
    if version != VERSION:
        needed = _NEEDED if version < VERSION else f"{VERSION}; a newer library made them"
        raise UnsafeStore("the version of the tables", version, needed)
    return there, marks


def _check_columns(link: Link, prepared: Prepared, name: str) -> None:
    compiler = prepared.compiler
    columns = {str(row[0]) for row in link.rows(compiler.dialect.columns, (name,))}
    needed = {column.name for column in compiler.schema.metadata.tables[name].columns}
    if lacking := sorted(needed - columns):
        raise UnsafeStore(name, f"without {', '.join(lacking)}", "with all its columns")
