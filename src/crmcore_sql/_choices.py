"""Columns that allow certain values only: what they allow in the database, and how that is widened.

Alembic does not compare such constraints, and SQLite cannot alter them; its manual tells to rewrite
the text of the table then, which is safe where the rows stay valid
(https://www.sqlite.org/lang_altertable.html, section 7).
"""

import re
from collections.abc import Callable, Iterator

import attrs
from sqlalchemy import DDL, CheckConstraint, MetaData, Table, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.schema import AddConstraint, DropConstraint

_VALUE = re.compile(r"'((?:[^']|'')*)'")
_ESCAPED = re.compile(r"'((?:[^'\\]|''|\\.)*)'")
"""On MariaDB, a backslash takes the next character as it is."""
_CHECK = r"CONSTRAINT [\"`]?{name}[\"`]? CHECK \((?:[^()']|'(?:[^']|'')*'|\((?:[^()']|'(?:[^']|'')*')*\))*\)"
_DDL: Callable[..., DDL] = DDL


@attrs.frozen
class Choice:
    """A column whose constraint does not allow the values that it should.

    Attributes:
        table: The name of its table.
        name: The name of its constraint.
        constraint: What it should be.
        condition: What it should ask.
        missing: The values it should allow, and does not.
        unknown: The values it allows, and should not.
        is_there: Whether there is such a constraint.
    """

    table: str
    name: str
    constraint: CheckConstraint
    condition: str
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    is_there: bool

    def __str__(self) -> str:
        if not self.is_there:
            return f"{self.table}: {self.name} is missing"
        parts = (("does not allow", self.missing), ("allows the unknown", self.unknown))
        said = "; ".join(f"{what} {', '.join(values)}" for what, values in parts if values)
        return f"{self.table}: {self.name} {said}"


def differing_choices(connection: Connection, metadata: MetaData) -> Iterator[Choice]:
    """The columns of tables that are there whose constraints should allow other values."""
    inspector = inspect(connection)
    present = {*inspector.get_table_names()}
    for table in metadata.tables.values():
        if table.name in present:
            kept = {
                str(each["name"]): str(each["sqltext"])
                for each in inspector.get_check_constraints(table.name)
            }
            columns = {each["name"] for each in inspector.get_columns(table.name)}
            for constraint, name, condition in _choices(table, columns, connection):
                wanted = _values(condition, connection)
                found = _values(kept.get(name, ""), connection)
                if wanted != found:
                    yield Choice(
                        table=table.name,
                        name=name,
                        constraint=constraint,
                        condition=condition,
                        missing=tuple(sorted(wanted - found)),
                        unknown=tuple(sorted(found - wanted)),
                        is_there=name in kept,
                    )


def _choices(
    table: Table, columns: set[str], connection: Connection
) -> Iterator[tuple[CheckConstraint, str, str]]:
    """The constraints on texts of columns that are there, with their conditions."""
    preparer = connection.dialect.identifier_preparer
    for each in table.constraints:
        if isinstance(each, CheckConstraint) and {one.name for one in each.columns} <= columns:
            compiled = each.sqltext.compile(
                dialect=connection.dialect, compile_kwargs={"literal_binds": True}
            )
            name = preparer.format_constraint(each)
            if name is not None and _VALUE.search(str(compiled)):
                yield each, preparer.unformat_identifiers(name)[0], str(compiled)


def _values(condition: str, connection: Connection) -> set[str]:
    if connection.dialect.name not in {"mariadb", "mysql"}:
        return {found.replace("''", "'") for found in _VALUE.findall(condition)}
    found = (each.replace("''", "'") for each in _ESCAPED.findall(condition))
    return {re.sub(r"\\(.)", r"\1", each) for each in found}


def widen(connection: Connection, choice: Choice) -> None:
    """Afterwards the column allows what it should; what it allowed before must be part of that."""
    if connection.dialect.name == "sqlite":
        _rewrite(connection, choice)
        return
    if choice.is_there:
        connection.execute(DropConstraint(choice.constraint))
    connection.execute(AddConstraint(choice.constraint, isolate_from_table=False))


def _rewrite(connection: Connection, choice: Choice) -> None:
    quoted = connection.dialect.identifier_preparer.quote(choice.name)
    added = f"CONSTRAINT {quoted} CHECK ({choice.condition})"
    where = {"name": choice.table}
    one = text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :name")
    before = str(connection.scalar(one, where))
    if choice.is_there:
        old = re.compile(_CHECK.format(name=re.escape(choice.name)))
        after = old.sub(lambda _: added, before, count=1)
    else:
        head, _, tail = before.rpartition(")")
        after = f"{head}, {added}){tail}"
    version = int(connection.scalar(text("PRAGMA schema_version")) or 0)
    connection.execute(text("PRAGMA writable_schema = ON"))
    try:
        change = text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :name")
        connection.execute(change, {**where, "sql": after})
        # Otherwise other connections would go on with what they know of the table.
        connection.execute(_DDL("PRAGMA schema_version = %(next)d", context={"next": version + 1}))
    finally:
        connection.execute(text("PRAGMA writable_schema = OFF"))
