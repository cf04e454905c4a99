"""What each database says in its own way: one class per database, one shape for all.

Statements are written with ``?`` for a parameter, and for nothing else; `_link` puts in its place
what the driver wants. What columns keep of values is told in `_types`, what conditions mean in
`_compile`.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any

import sqlalchemy
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from crmcore.errors import UnknownStore
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.query import BucketUnit
from crmcore_sql._types import MariadbValues, PostgresValues, Values, places_of

SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
"""The comparisons of the language, as all databases write them."""


class Dialect:
    """How a database says what every database says differently.

    Operands come as SQL text without parameters; a ``?`` in an answer is one parameter.

    Attributes:
        name: As SQLAlchemy calls the database.
        values: What its columns keep of values.
        of_tables: SQLAlchemy's own knowledge of it, for the statements that make tables.
        quote: Makes a name safe to stand in a statement.
        tables: Asks for the names of the tables.
        columns: Asks for the names of the columns of a table.
        defers: Whether references are checked at the commit; otherwise at once, whatever follows.
        rows: Whether a row of values, ``(a, b) > (?, ?)``, is the quickest way to enter a page.
    """

    name: str
    tables: str
    columns: str
    defers = True
    rows = False

    _contains: str
    _starts = "left({0}, {1}) = ?"
    _ends = "right({0}, {1}) = ?"
    _attributes: Mapping[Kind, str]
    _days: str
    _milliseconds: str
    _day_of_date: str
    _day_of_instant: str
    _quarter = "(substr({0}, 1, 4) || '-Q' || ((CAST(substr({0}, 6, 2) AS INTEGER) + 2) / 3))"
    _ascending = "{0} NULLS FIRST"
    _descending = "{0} DESC NULLS FIRST"
    _draw: str

    def __init__(self, values: Values, of_tables: sqlalchemy.Dialect) -> None:
        self.values = values
        self.of_tables = of_tables
        self.quote: Callable[[str], str] = of_tables.identifier_preparer.quote

    def adapt(self, cursor: Any) -> None:
        """Afterwards a new cursor of the driver answers with what the loaders of values expect."""

    # --- texts, by code point: LIKE would not tell cases apart

    def contains(self, text: str) -> str:
        """Whether a text contains the parameter."""
        return self._contains.format(text)

    def starts(self, text: str, length: int) -> str:
        """Whether a text starts with the parameter of that length."""
        return self._starts.format(text, length)

    def ends(self, text: str, length: int) -> str:
        """Whether a text ends with the parameter of that length, not 0."""
        return self._ends.format(text, length)

    # --- own attributes, which lie in JSON as `Values` keeps them

    def attribute(self, column: str, spec: FieldSpec) -> str:
        """The own attribute in a column of attributes, as a column of its own would hold it."""
        template = self._attributes.get(spec.kind, self._attributes[Kind.TEXT])
        smallest = Decimal((0, (1,), -places_of(spec)))
        return template.format(column, spec.name, f"{smallest:f}")

    # --- times

    def elapsed(self, start: str, end: str, kind: Kind) -> str:
        """The whole days from one date to another, or the milliseconds between two instants."""
        template = self._days if kind is Kind.DATE else self._milliseconds
        return template.format(start, end)

    def bucket(self, time: str, kind: Kind, unit: BucketUnit) -> str:
        """The calendar unit of a date or an instant."""
        template = self._day_of_date if kind is Kind.DATE else self._day_of_instant
        return self._unit(template.format(time), unit)

    def start(self, time: str, kind: Kind, unit: BucketUnit) -> tuple[str, str] | None:  # noqa: ARG002
        """When the calendar unit begins, and the unit made of that; None where that is more work.

        It is what to group by: so the texts are made once for each group.
        """
        return None

    def _unit(self, day: str, unit: BucketUnit) -> str:
        match unit:
            case "day":
                return f"substr({day}, 1, 10)"
            case "month":
                return f"substr({day}, 1, 7)"
            case "year":
                return f"substr({day}, 1, 4)"
            case "quarter":
                return self._quarter.format(day)

    # --- numbers

    def compared(self, op: str, left: str, right: str, finer: int) -> str:  # noqa: ARG002
        """The comparison of two numbers; the left one has so many places more, or none."""
        return f"{left} {SIGNS[op]} {right}"

    def halves(self, number: str) -> tuple[str, str]:
        """A whole number as two whose sums stay within 64 bits: times 2**32, and the rest."""
        return f"{number} >> 32", f"{number} & 4294967295"

    # --- order

    def ordered(self, key: str, *, descending: bool, may_be_missing: bool) -> str:
        """A key of an order, missing values first."""
        if not may_be_missing:
            return f"{key} DESC" if descending else key
        return (self._descending if descending else self._ascending).format(key)

    # --- statements

    def draw(self, table: str) -> str:
        """The statement that draws the next number: tenant, series, period in, the number out."""
        return self._draw.format(
            f"INSERT INTO {table} (tenant, series, period, value) VALUES (?, ?, ?, 1)", table
        )


# --- SQLite --------------------------------------------------------------------------------------

_SINCE_EPOCH = (
    "(CAST(strftime('%s', substr({0}, 1, 19)) AS INTEGER) * 1000"
    " + CAST(substr({0}, 21, 3) AS INTEGER))"
)


class Sqlite(Dialect):
    """SQLite, through the driver of Python's own library."""

    name = "sqlite"
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    columns = "SELECT name FROM pragma_table_info(?)"

    _contains = "instr({0}, ?) > 0"
    _starts = "substr({0}, 1, {1}) = ?"
    _ends = "substr({0}, -{1}) = ?"
    _attributes: Mapping[Kind, str] = {Kind.TEXT: "json_extract({0}, '$.{1}')"}
    _days = "CAST(julianday({1}) - julianday({0}) AS INTEGER)"
    _milliseconds = f"({_SINCE_EPOCH.format('{1}')} - {_SINCE_EPOCH.format('{0}')})"
    _day_of_date = "{0}"
    _day_of_instant = "{0}"
    _ascending = "{0}"  # it puts missing values first by itself
    _draw = (
        "{0} ON CONFLICT (tenant, series, period) DO UPDATE SET value = value + 1 RETURNING value"
    )

    def __init__(self) -> None:
        super().__init__(Values(), SQLiteDialect())

    def compared(self, op: str, left: str, right: str, finer: int) -> str:
        """The comparison of two numbers; the left one has so many places more, or none.

        Both are whole numbers of their smallest parts, and none may leave the 64 bits.
        """
        if not finer:
            return super().compared(op, left, right, finer)
        factor = 10**finer
        low = f"({left} / {factor} - ({left} % {factor} < 0))"
        high = f"({left} / {factor} + ({left} % {factor} > 0))"
        match op:
            case "eq":
                return f"({low} = {right} AND {high} = {right})"
            case "ne":
                return f"({low} <> {right} OR {high} <> {right})"
            case "lt" | "ge":
                return f"{low} {SIGNS[op]} {right}"
            case _:
                return f"{high} {SIGNS[op]} {right}"


# --- PostgreSQL and MariaDB ----------------------------------------------------------------------


def _of_tables(cls: Callable[..., sqlalchemy.Dialect]) -> sqlalchemy.Dialect:
    # A style of parameters under which SQLAlchemy does not double the percent signs of others.
    return cls(paramstyle="named")


class _PostgresTables(PGDialect):
    """PostgreSQL as SQLAlchemy 2.1 knows it also without a connection: backslashes stay single."""

    _backslash_escapes = False


class Postgres(Dialect):
    """PostgreSQL, through psycopg 3."""

    name = "postgresql"
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    columns = (
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = ?"
    )
    rows = True

    _contains = "strpos({0}, ?) > 0"
    _attributes: Mapping[Kind, str] = {
        Kind.TEXT: "(({0} ->> '{1}') COLLATE \"C\")",
        Kind.INTEGER: "CAST({0} ->> '{1}' AS bigint)",
        Kind.DECIMAL: "(CAST({0} ->> '{1}' AS numeric) * {2})",
        Kind.BOOLEAN: "(({0} ->> '{1}') = '1')",
        Kind.DATE: "CAST({0} ->> '{1}' AS date)",
        Kind.INSTANT: "CAST({0} ->> '{1}' AS timestamptz)",
    }
    _days = "({1} - {0})"
    _milliseconds = "CAST((extract(epoch FROM {1}) - extract(epoch FROM {0})) * 1000 AS bigint)"
    _date, _instant = "CAST({0} AS timestamp)", "({0} AT TIME ZONE 'UTC')"
    _day = "(to_char({0}, 'YYYY-MM-DD') COLLATE \"C\")"
    _day_of_date, _day_of_instant = _day.format(_date), _day.format(_instant)
    _draw = (
        "{0} ON CONFLICT (tenant, series, period) "
        "DO UPDATE SET value = {1}.value + 1 RETURNING value"
    )

    def __init__(self) -> None:
        super().__init__(PostgresValues(), _of_tables(_PostgresTables))

    def start(self, time: str, kind: Kind, unit: BucketUnit) -> tuple[str, str]:
        """When the calendar unit begins, and the unit made of that; to group by the former."""
        moment = self._date if kind is Kind.DATE else self._instant
        start = f"date_trunc('{unit}', {moment.format(time)})"
        return start, self._unit(self._day.format(start), unit)

    def adapt(self, cursor: Any) -> None:
        """Afterwards a new cursor answers with text for ids and for JSON."""
        for name in ("uuid", "jsonb"):
            cursor.adapters.register_loader(name, _text_loader())


@cache
def _text_loader() -> Any:
    # Only here, because whoever serves another database does without this driver.
    return import_module("psycopg.types.string").TextLoader


_AS_TEXT = "CAST({0} AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_nopad_bin"


class Mariadb(Dialect):
    """MariaDB, through PyMySQL."""

    name = "mariadb"
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
    columns = (
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = DATABASE() AND table_name = ?"
    )
    defers = False

    _contains = "LOCATE(?, {0}) > 0"
    _attributes: Mapping[Kind, str] = {
        Kind.TEXT: "JSON_VALUE({0}, '$.{1}')",
        Kind.INTEGER: "CAST(JSON_VALUE({0}, '$.{1}') AS SIGNED)",
        Kind.DECIMAL: "(CAST(JSON_VALUE({0}, '$.{1}') AS DECIMAL(18, 0)) * {2})",
        Kind.BOOLEAN: "CAST(JSON_VALUE({0}, '$.{1}') AS SIGNED)",
        Kind.DATE: "CAST(JSON_VALUE({0}, '$.{1}') AS DATE)",
        Kind.INSTANT: "CAST(LEFT(JSON_VALUE({0}, '$.{1}'), 23) AS DATETIME(3))",
    }
    _days = "DATEDIFF({1}, {0})"
    _milliseconds = "(TIMESTAMPDIFF(MICROSECOND, {0}, {1}) DIV 1000)"
    _day_of_date = _AS_TEXT
    _day_of_instant = _AS_TEXT
    _quarter = "CONCAT(substr({0}, 1, 4), '-Q', (CAST(substr({0}, 6, 2) AS SIGNED) + 2) DIV 3)"
    _ascending = "{0}"  # it puts missing values first by itself
    _descending = "({0} IS NULL) DESC, {0} DESC"
    _draw = "{0} ON DUPLICATE KEY UPDATE value = value + 1 RETURNING value"

    def __init__(self) -> None:
        super().__init__(MariadbValues(), _of_tables(MariaDBDialect))


# --- which one -----------------------------------------------------------------------------------

_DIALECTS: Mapping[str, type[Sqlite | Postgres | Mariadb]] = {
    "sqlite": Sqlite,
    "postgresql": Postgres,
    "mariadb": Mariadb,
    "mysql": Mariadb,
}


@cache
def dialect_for(name: str) -> Dialect:
    """The dialect of the database that SQLAlchemy calls so.

    Raises:
        UnknownStore: it is not served.
    """
    cls = _DIALECTS.get(name)
    if cls is None:
        raise UnknownStore(name, ("mariadb", "postgresql", "sqlite"))
    return cls()
