"""What a driver's error means, told by codes, and which promise a refused change would have broken.

Never by reading messages. Reasons name codes only: a driver's message may hold values of people.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import attrs
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import PoolProxiedConnection

from crmcore.errors import (
    Busy,
    CrmError,
    Duplicate,
    ReferenceNotFound,
    StaleRevision,
    StillReferenced,
    StoreUnavailable,
)
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType
from crmcore.grammar.registry import reference_values
from crmcore_sql._schema import Layout, Schema
from crmcore_sql._types import BUSY_SECONDS, id_of

_PRIMARY = 0xFF
_BUSY, _LOCKED = 5, 6

OVERFLOW = "SQLITE_ERROR"
"""The reason of a failure that may be a sum beyond 64 bits; that of a lost connection never is."""

Row = tuple[Any, ...]

Ask = Callable[[str, Sequence[Any]], list[Row]]
"""Asks the database and returns all rows."""


def translated(error: Exception) -> CrmError:
    """The error of the library for a driver's error, without any value of the failed statement."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int) and code & _PRIMARY in {_BUSY, _LOCKED}:
        return Busy(BUSY_SECONDS)
    return StoreUnavailable(str(getattr(error, "sqlite_errorname", type(error).__name__)))


# --- the connection ------------------------------------------------------------------------------


class Link:
    """One connection for the time of one unit of work; its driver's errors leave it as ours.

    The cursor of the driver is used directly, because the layers above it cost several times what
    the driver itself does.

    Args:
        connection: From the pool.
        failed: The class of all errors of the driver.
        refused: The class of those that say a constraint was broken; it passes through as it is.
    """

    def __init__(
        self,
        connection: PoolProxiedConnection,
        failed: type[Exception],
        refused: type[Exception],
    ) -> None:
        self.refused = refused
        self._failed = failed
        self._connection = connection
        self._cursor: DBAPICursor = connection.cursor()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """What a statement answers."""
        try:
            self._cursor.execute(sql, values)
            return cast("list[Row]", self._cursor.fetchall())
        except self.refused:
            raise
        except self._failed as error:
            failure = translated(error)
        raise failure  # here, so that the driver's error, which may quote values, is left behind

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """How many rows a statement changed."""
        try:
            self._cursor.execute(sql, values)
        except self.refused:
            raise
        except self._failed as error:
            failure = translated(error)
        else:
            return self._cursor.rowcount
        raise failure

    def many(self, sql: str, rows: Sequence[Row]) -> None:
        """Carry out a statement for each of the rows."""
        try:
            self._cursor.executemany(sql, rows)
        except self.refused:
            raise
        except self._failed as error:
            failure = translated(error)
        else:
            return
        raise failure

    def commit(self) -> None:
        """Make what was done last."""
        try:
            self._connection.commit()
        except self.refused:
            raise
        except self._failed as error:
            failure = translated(error)
        else:
            return
        raise failure

    def rollback(self) -> None:
        """Undo what was done; a connection that cannot even do that is thrown away."""
        try:
            self._connection.rollback()
        except self._failed:
            self._connection.invalidate()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


# --- what was wrong ------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class Touched:
    """One entity that a unit of work added, saved or removed.

    Attributes:
        kind: Its type.
        layout: Where its values lie.
        id: Its id, as text.
        entity: What it was to become; None when it was to go.
        row: The same as a row.
        expected: The revision it was found at; None when it was not in the database before.
    """

    kind: EntityType
    layout: Layout
    id: str
    entity: Entity | None
    row: Row | None
    expected: int | None


def diagnosed(
    ask: Ask, quote: Callable[[str], str], schema: Schema, tenant: str, touched: Sequence[Touched]
) -> CrmError:
    """Why a database refused some changes, found out by asking it, after they were undone."""
    question = _Question(ask, quote, schema, tenant, {(t.kind.name, t.id): t for t in touched})
    faults = (
        *(question.stale, question.taken_ids, question.taken, question.shared),
        *(question.lost, question.referred, question.passing),
    )
    for look in faults:
        for fault in look():
            return fault
    return StoreUnavailable("a constraint refused the changes")


@attrs.frozen(eq=False)
class _Question:
    ask: Ask
    quote: Callable[[str], str]
    schema: Schema
    tenant: str
    touched: dict[tuple[str, str], Touched]

    def stale(self) -> Iterator[CrmError]:
        for each in self.touched.values():
            if each.expected is None:
                continue
            found = self._select("revision", each.layout.name, ("id",), (each.id,))
            actual = found[0] if found else None
            if actual != each.expected:
                yield StaleRevision(each.kind.name, id_of(each.id), each.expected, actual)

    def taken_ids(self) -> Iterator[CrmError]:
        for each in self.touched.values():
            if each.expected is None and self._select("id", each.layout.name, ("id",), (each.id,)):
                yield Duplicate(each.kind.name, ("id",), id_of(each.id))

    def taken(self) -> Iterator[CrmError]:
        """Unique values that somebody holds who stays as he is."""
        for each, fields, holder in self._holders():
            if (each.kind.name, holder) not in self.touched:
                yield Duplicate(each.kind.name, fields, id_of(holder))

    def shared(self) -> Iterator[CrmError]:
        """Unique values that two of the changed entities would have in common."""
        seen: dict[tuple[Any, ...], str] = {}
        for each in self.touched.values():
            for fields, values, _ in _unique_values(each):
                first = seen.setdefault((each.kind.name, fields, values), each.id)
                if first != each.id:
                    yield Duplicate(each.kind.name, fields, id_of(first))

    def passing(self) -> Iterator[CrmError]:
        """Unique values whose holder would have given them up, but only afterwards."""
        for each, fields, holder in self._holders():
            yield Duplicate(each.kind.name, fields, id_of(holder))

    def lost(self) -> Iterator[CrmError]:
        for each in self.touched.values():
            if each.entity is None:
                continue
            for path, target, id in reference_values(each.entity, each.kind):
                other = self.touched.get((target, str(id)))
                if other is not None and other.entity is not None:
                    continue
                table = self.schema.layouts[target].name
                if other is not None or not self._select("id", table, ("id",), (str(id),)):
                    yield ReferenceNotFound(each.kind.name, path, id)

    def referred(self) -> Iterator[CrmError]:
        for each in self.touched.values():
            if each.entity is not None:
                continue
            for by, table, owner, column in self.schema.referring.get(each.kind.name, ()):
                owners = self._select(owner, table, (column,), (each.id,))
                if any((by, other) not in self.touched for other in owners):
                    yield StillReferenced(each.kind.name, id_of(each.id), by)

    def _holders(self) -> Iterator[tuple[Touched, tuple[str, ...], str]]:
        for each in self.touched.values():
            for fields, values, columns in _unique_values(each):
                for holder in self._select("id", each.layout.name, columns, values):
                    if holder != each.id:
                        yield each, fields, holder

    def _select(
        self, wanted: str, table: str, columns: Sequence[str], values: Sequence[Any]
    ) -> list[Any]:
        where = " AND ".join(f"{self.quote(name)} = ?" for name in (*columns, "tenant"))
        sql = f"SELECT {self.quote(wanted)} FROM {self.quote(table)} WHERE {where}"
        return [row[0] for row in self.ask(sql, (*values, self.tenant))]


def _unique_values(
    touched: Touched,
) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...], tuple[str, ...]]]:
    if touched.row is None:
        return
    for fields, indexes in touched.layout.unique:
        values = tuple(touched.row[index] for index in indexes)
        if None not in values:
            yield fields, values, tuple(touched.layout.cells[index].name for index in indexes)
