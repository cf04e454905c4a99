"""Columns that allow certain values only: what they allow in the database, and how that is mended.

Alembic does not compare such constraints. Values that were renamed are renamed in the rows too.
"""

import re
from collections.abc import Iterator
from typing import Any

import attrs
from sqlalchemy import CheckConstraint, Column, MetaData, Table, inspect, update
from sqlalchemy.engine import Connection

from crmcore.grammar.specification import Renamed
from crmcore_sql._altering import SQLITE, add, change_check, drop_check, settle
from crmcore_sql._columns import RENAMED

_VALUE = re.compile(r"'((?:[^']|'')*)'")
_ESCAPED = re.compile(r"'((?:[^'\\]|''|\\.)*)'")
"""On MariaDB, a backslash takes the next character as it is."""


@attrs.frozen
class Choice:
    """A column whose constraint does not allow the values that it should.

    Attributes:
        table: Its table.
        name: The name of its constraint.
        constraint: What it should be.
        condition: What it should ask.
        missing: The values it should allow, and does not.
        unknown: The values it allows, and should not.
        is_there: Whether there is such a constraint.
    """

    table: Table
    name: str
    constraint: CheckConstraint
    condition: str
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    is_there: bool

    @property
    def renamed(self) -> tuple[tuple[Column[Any], Renamed], ...]:
        """The columns with values that were called otherwise before."""
        columns = [self.table.columns[each.name] for each in self.constraint.columns]
        return tuple((each, name) for each in columns for name in each.info.get(RENAMED, ()))

    @property
    def is_clear(self) -> bool:
        """Whether no row can hold a value that has become nothing."""
        return {*self.unknown} <= {name.old for _, name in self.renamed}

    def __str__(self) -> str:
        if not self.is_there:
            return f"{self.table.name}: {self.name} is missing"
        parts = (("does not allow", self.missing), ("allows the unknown", self.unknown))
        said = "; ".join(f"{what} {', '.join(values)}" for what, values in parts if values)
        return f"{self.table.name}: {self.name} {said}"


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
                if wanted != found or name not in kept:
                    yield Choice(
                        table=table,
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
    """The constraints on columns that are there, with their conditions."""
    preparer = connection.dialect.identifier_preparer
    for each in table.constraints:
        if isinstance(each, CheckConstraint) and {one.name for one in each.columns} <= columns:
            compiled = each.sqltext.compile(
                dialect=connection.dialect, compile_kwargs={"literal_binds": True}
            )
            name = preparer.format_constraint(each)
            if name is not None:
                yield each, preparer.unformat_identifiers(name)[0], str(compiled)


def _values(condition: str, connection: Connection) -> set[str]:
    if connection.dialect.name not in {"mariadb", "mysql"}:
        return {found.replace("''", "'") for found in _VALUE.findall(condition)}
    found = (each.replace("''", "'") for each in _ESCAPED.findall(condition))
    return {re.sub(r"\\(.)", r"\1", each) for each in found}


def mend(connection: Connection, choice: Choice) -> None:
    """Afterwards the column allows what it should, and holds no value under an old name.

    Whatever it holds must be allowed, or have been renamed.
    """
    if connection.dialect.name == SQLITE and choice.is_there:
        # What the rows hold is not looked at here, only what is written.
        change_check(connection, choice.table, choice.name, choice.condition)
        _rename(connection, choice)
        return
    if choice.is_there:
        drop_check(connection, choice.constraint)
    _rename(connection, choice)
    settle(connection)
    add(connection, choice.table, choice.constraint)


def _rename(connection: Connection, choice: Choice) -> None:
    for column, name in choice.renamed:
        change = update(choice.table).where(column == name.old).values({column: name.new})
        connection.execute(change)
