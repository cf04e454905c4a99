"""Tables that are there get what a fresh one has: columns that are never empty, and constraints.

SQLite can alter neither; its manual tells to rewrite the text of the table then, which is safe where
the rows stay valid (https://www.sqlite.org/lang_altertable.html, section 7).
"""

import re
from collections.abc import Callable, Iterable

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    Constraint,
    Index,
    Table,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.schema import AddConstraint, DropConstraint

SQLITE = "sqlite"
_CHECK = r"CONSTRAINT [\"`]?{name}[\"`]? CHECK \((?:[^()']|'(?:[^']|'')*'|\((?:[^()']|'(?:[^']|'')*')*\))*\)"
_COLUMN = r"([(,]\s*[\"`]?{name}[\"`]? {type})(?=\s*[,)])"
_DDL: Callable[..., DDL] = DDL
_HIDDEN = text(
    "UPDATE sqlite_schema SET sql = NULL, name = 'sqlite_autoindex_' || tbl_name || '_' || ("
    "SELECT count(*) + 1 FROM sqlite_schema WHERE type = 'index' AND tbl_name = :table"
    " AND sql IS NULL) WHERE type = 'index' AND name = :name"
)


def settle(connection: Connection) -> None:
    """Check what is left to be checked at the end, because a table that waits cannot be altered."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def require(connection: Connection, table: Table, columns: Iterable[Column[object]]) -> None:
    """Afterwards these columns, which are filled everywhere, cannot be empty."""
    if connection.dialect.name == SQLITE:
        rewrite(connection, table.name, lambda sql: _required(sql, columns, connection))
        return
    operations = Operations(MigrationContext.configure(connection))
    for column in columns:
        operations.alter_column(table.name, column.name, nullable=False, existing_type=column.type)


def _required(sql: str, columns: Iterable[Column[object]], connection: Connection) -> str:
    for column in columns:
        kind = column.type.compile(dialect=connection.dialect)
        place = re.compile(_COLUMN.format(name=re.escape(column.name), type=re.escape(kind)))
        sql = place.sub(r"\1 NOT NULL", sql, count=1)
    return sql


def add(connection: Connection, table: Table, constraint: Constraint) -> None:
    """Afterwards a table has one more constraint, which all of its rows fulfil."""
    added = AddConstraint(constraint, isolate_from_table=False)
    if connection.dialect.name != SQLITE:
        connection.execute(added)
        return
    clause = str(added.compile(dialect=connection.dialect)).partition(" ADD ")[2]
    hidden = None
    if isinstance(constraint, UniqueConstraint) and not _is_unique(connection, table, constraint):
        # The database makes an index with such a constraint, of which it knows no text.
        index = Index(f"{constraint.name}", *constraint.columns, unique=True)
        index.create(connection)
        table.indexes.discard(index)
        hidden = index.name
    rewrite(connection, table.name, lambda sql: _ended(sql, clause), hidden)


def _is_unique(connection: Connection, table: Table, constraint: UniqueConstraint) -> bool:
    inspector = inspect(connection)
    sets = [
        inspector.get_pk_constraint(table.name)["constrained_columns"],
        *(each["column_names"] for each in inspector.get_unique_constraints(table.name)),
    ]
    return [column.name for column in constraint.columns] in sets


def drop_check(connection: Connection, constraint: CheckConstraint) -> None:
    """Afterwards a check is gone; not for SQLite."""
    connection.execute(DropConstraint(constraint))


def change_check(connection: Connection, table: Table, name: str, condition: str) -> None:
    """Afterwards a check of SQLite asks something else."""
    quoted = connection.dialect.identifier_preparer.quote(name)
    old = re.compile(_CHECK.format(name=re.escape(name)))
    asked = f"CONSTRAINT {quoted} CHECK ({condition})"
    rewrite(connection, table.name, lambda sql: old.sub(lambda _: asked, sql, count=1))


def _ended(sql: str, clause: str) -> str:
    head, _, tail = sql.rpartition(")")
    return f"{head.rstrip()}, \n\t{clause}\n){tail}"


def rewrite(
    connection: Connection, table: str, change: Callable[[str], str], hidden: str | None = None
) -> None:
    """Afterwards the text of a table of SQLite is another one, and everybody reads it anew.

    Args:
        connection: Within a transaction.
        table: The name of the table.
        change: Gives the new text for the one that is there.
        hidden: The index that has become one of a constraint in the text.
    """
    where = {"name": table}
    one = text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :name")
    after = change(str(connection.scalar(one, where)))
    version = int(connection.scalar(text("PRAGMA schema_version")) or 0)
    connection.execute(text("PRAGMA writable_schema = ON"))
    try:
        put = text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :name")
        connection.execute(put, {**where, "sql": after})
        if hidden is not None:
            connection.execute(_HIDDEN, {"name": hidden, "table": table})
        # Otherwise other connections would go on with what they know of the table.
        connection.execute(_DDL("PRAGMA schema_version = %(next)d", context={"next": version + 1}))
    finally:
        connection.execute(text("PRAGMA writable_schema = RESET"))
