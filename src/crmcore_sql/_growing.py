"""Tables that are there grow into those of the registry, and nothing in them is lost.

What differs is told by Alembic, and by the rooms for what it does not compare. What a database cannot
undo is marked before, so that an upgrade that was cut off is taken up again where it was.
"""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    and_,
    delete,
    exists,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import Connection

from crmcore_sql._altering import add, require, settle
from crmcore_sql._choices import differing_choices, mend
from crmcore_sql._dialects import dialect_for
from crmcore_sql._filling import fill
from crmcore_sql._gaps import Gaps, named
from crmcore_sql._link import Link
from crmcore_sql._making import making
from crmcore_sql._schema import SCHEMA, Schema
from crmcore_sql._seals import PREFIX, Flaw, flaws, removal, telling
from crmcore_sql._tables import FILLING, prepared

VERSION_TABLE = "crm_alembic_version"
"""Where the database notes which revision its tables have."""

_Asking = UniqueConstraint | ForeignKeyConstraint

Difference = tuple[Any, ...]
"""What Alembic says of one thing that differs: the word for it, then what it is about."""


def context(connection: Connection, metadata: MetaData | None = None) -> MigrationContext:
    """What Alembic needs to compare, or to note a revision; it looks at our tables only."""

    def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or metadata is None or name in metadata.tables

    return MigrationContext.configure(
        connection,
        opts={"version_table": VERSION_TABLE, "include_name": is_ours, "compare_type": True},
    )


def lines(connection: Connection, schema: Schema) -> Iterator[str]:
    """How the tables differ from those of the registry."""
    yield from (_line(each) for each in _differences(connection, schema.metadata))
    yield from (str(each) for each in differing_choices(connection, schema.metadata))
    yield from map(str, _flaws(connection, schema))


def grown(connection: Connection, schema: Schema, link: Link) -> Iterator[str]:
    """Makes of the tables what they should be, as far as nobody has to decide anything.

    Args:
        connection: To a place that has tables.
        schema: What they should be.
        link: The same connection.

    Returns:
        What was done, line by line.
    """
    growth = _Growth(connection, schema, link)
    yield from growth.tables()
    yield from growth.columns()
    yield from growth.choices()
    growth.fill()
    yield from growth.constraints()
    yield from growth.seals()


class _Growth:
    """One upgrade, on its way."""

    def __init__(self, connection: Connection, schema: Schema, link: Link) -> None:
        self._connection = connection
        self._schema = schema
        self._link = link
        self._dialect = dialect_for(connection.dialect.name)
        self._prepared = prepared(schema.registry, connection.dialect.name)
        self._marks = schema.metadata.tables[SCHEMA]
        self._found = _differences(connection, schema.metadata)
        self._missing = [each[1].name for each in self._found if each[0] == "add_table"]
        self._gaps = self._gaps_now()

    def _gaps_now(self) -> dict[str, Gaps]:
        """What came later and is not filled, of every entity type that was there before."""
        mark = self._marks.columns["name"]
        marked = self._connection.scalars(select(mark).where(mark.startswith(FILLING)))
        later = {str(each).removeprefix(FILLING) for each in marked} | {*self._missing}
        for each in self._found:
            match each:
                case ("add_column", _, str() as name, Column() as column):
                    later.add(named(name, column.name))
                case ("modify_nullable", _, str() as name, str() as column, _, True, False):
                    later.add(named(name, column))
                case _:
                    pass
        tables = self._prepared.tables.values()
        gaps = [Gaps(table, later) for table in tables if table.layout.name not in self._missing]
        return {each.table.name: each for each in gaps if each.are_wanted()}

    def tables(self) -> Iterator[str]:
        """Make the tables that are missing."""
        making = self._prepared.making
        made = [each for name, each in making.items() if name in self._missing]
        self._mark()
        for statement in (
            *(statement for each in made for statement in each.statements),
            *(statement for each in made for statement in each.links),
        ):
            self._connection.exec_driver_sql(statement)
        yield from (f"make {name}" for name in self._missing)

    def _mark(self) -> None:
        """Note what is to be filled, for whoever has to take this up again."""
        name = self._marks.columns["name"]
        there = {str(each) for each in self._connection.scalars(select(name))}
        for gaps in self._fillable():
            names = {each.name for each in gaps.table.layout.everything()}
            for each in sorted(gaps.later):
                if each.partition(".")[0] in names and FILLING + each not in there:
                    values = {"name": FILLING + each, "value": ""}
                    self._connection.execute(insert(self._marks).values(values))

    def _fillable(self) -> list[Gaps]:
        return [each for each in self._gaps.values() if each.are_fillable()]

    def columns(self) -> Iterator[str]:
        """Add the columns that are missing, empty as yet."""
        operations = Operations(context(self._connection))
        filled = {each for gaps in self._fillable() for each in _columns_of(gaps)}
        for each in self._found:
            match each:
                case ("add_column", _, str() as name, Column() as column) if (
                    column.nullable or named(name, column.name) in filled
                ):
                    operations.add_column(name, Column(column.name, column.type, nullable=True))
                    yield f"{name}.{column.name} is missing"
                case _:
                    pass

    def choices(self) -> Iterator[str]:
        """Let columns hold what they should, and rename what is called otherwise now."""
        found = [*differing_choices(self._connection, self._schema.metadata)]
        clear = [choice for choice in found if choice.is_clear]
        self._unseal({choice.table.name for choice in clear if choice.renamed})
        for choice in clear:
            mend(self._connection, choice)
            yield str(choice)

    def fill(self) -> None:
        """Fill what came later, and let it never be empty again where it must not be."""
        for gaps in self._fillable():
            layouts = [*gaps.table.layout.everything()]
            self._unseal({layout.name for layout in layouts})
            fill(self._link, self._prepared, gaps)
            settle(self._connection)
            for layout in layouts:
                table = self._schema.metadata.tables[layout.name]
                later = [
                    column
                    for column in table.columns
                    if not column.nullable and named(table.name, column.name) in gaps.later
                ]
                if later:
                    require(self._connection, table, later)
        mark = self._marks.columns["name"]
        self._connection.execute(delete(self._marks).where(mark.startswith(FILLING)))

    def _unseal(self, tables: set[str]) -> None:
        for table, name, _ in _told(self._connection):
            if table in tables and name.startswith(PREFIX):
                self._connection.exec_driver_sql(removal(self._dialect, table, name))

    def constraints(self) -> Iterator[str]:
        """Add indexes, then what only whole tables may be asked for."""
        for each in self._found:
            match each:
                case ("add_index", Index(table=Table() as table) as index) if self._has(
                    table, index.columns
                ):
                    index.create(self._connection)
                    yield f"{table.name}: add index {index.name}"
                case _:
                    pass
        for kind in ("add_constraint", "add_fk"):
            for each in self._found:
                constraint = self._own(each[1]) if each[0] == kind else None
                if constraint is not None and self._holds(constraint):
                    add(self._connection, constraint.table, constraint)
                    yield _line(each)

    def _has(self, table: Table, columns: Iterable[Column[Any]]) -> bool:
        """Whether columns are there, in a table that was there before."""
        if table.name in self._missing:
            return False
        there = {each["name"] for each in inspect(self._connection).get_columns(table.name)}
        return there >= {column.name for column in columns}

    def _own(self, told: _Asking) -> _Asking | None:
        """The constraint of the registry's table that Alembic tells of; it makes one of its own."""
        table = self._schema.metadata.tables[told.table.name]
        names = [column.name for column in told.columns]
        if not self._has(table, told.columns):
            return None
        for each in table.constraints:
            if isinstance(each, UniqueConstraint | ForeignKeyConstraint):
                same = isinstance(told, UniqueConstraint) is isinstance(each, UniqueConstraint)
                if same and [column.name for column in each.columns] == names:
                    return each
        return None

    def _holds(self, constraint: _Asking) -> bool:
        """Whether all rows fulfil a constraint that they were never asked for."""
        columns = [*constraint.columns]
        filled = and_(*(column.is_not(None) for column in columns))
        if isinstance(constraint, UniqueConstraint):
            twice = select(func.count()).where(filled).group_by(*columns).having(func.count() > 1)
            return self._connection.scalar(twice.limit(1)) is None
        there = constraint.elements[0].column.table.alias("there")
        same = (there.columns[each.column.name] == each.parent for each in constraint.elements)
        astray = select(columns[0]).where(filled, ~exists().where(and_(*same))).limit(1)
        return self._connection.scalar(astray) is None

    def seals(self) -> Iterator[str]:
        """Make the triggers of seals that are missing or others."""
        for flaw in _flaws(self._connection, self._schema):
            table = self._schema.metadata.tables[flaw.table]
            there = {each["name"] for each in inspect(self._connection).get_columns(table.name)}
            # A trigger may name any of them.
            if flaw.seal is not None and there >= {column.name for column in table.columns}:
                for statement in flaw.seal.statements:
                    self._connection.exec_driver_sql(statement)
                yield str(flaw)


def _columns_of(gaps: Gaps) -> Iterator[str]:
    """The columns of an entity type that are filled with it, shadows of texts included."""
    for layout in gaps.table.layout.everything():
        for cell in layout.cells:
            yield named(layout.name, cell.name)
        for shadow in layout.shadows:
            source = named(layout.name, layout.cells[shadow.source].name)
            if source in gaps.later:
                yield named(layout.name, shadow.name)


# --- what differs --------------------------------------------------------------------------------


def _differences(connection: Connection, metadata: MetaData) -> list[Difference]:
    compared: list[Any] = compare_metadata(context(connection, metadata), metadata)
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


def _flaws(connection: Connection, schema: Schema) -> list[Flaw]:
    """How the triggers of seals differ, on the tables that are there."""
    seals = [
        seal
        for made in making(schema, dialect_for(connection.dialect.name)).values()
        for seal in made.seals
    ]
    tables = {*inspect(connection).get_table_names()} & schema.metadata.tables.keys()
    return [*flaws(seals, _told(connection), tables)]


def _told(connection: Connection) -> list[tuple[str, str, str]]:
    rows = connection.exec_driver_sql(telling(dialect_for(connection.dialect.name)))
    return [(str(table), str(name), str(told)) for table, name, told in rows]


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
