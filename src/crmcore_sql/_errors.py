"""What a driver's error means, told by codes, and which promise a refused change would have broken.

Never by reading messages. Reasons name codes only: a driver's message may hold values of people.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any

import attrs

from crmcore.errors import (
    Busy,
    Contention,
    CrmError,
    Duplicate,
    ImmutableDocument,
    KeyTaken,
    OutcomeUnknown,
    ReferenceNotFound,
    StaleRevision,
    StillReferenced,
    StoreUnavailable,
)
from crmcore.grammar.change import Entity, differing
from crmcore.grammar.entity import EntityType
from crmcore.grammar.registry import reference_values
from crmcore_sql._schema import EVENT, KEY, PLAIN, Layout, Schema
from crmcore_sql._types import BUSY_SECONDS, id_of

Row = tuple[Any, ...]

Ask = Callable[[str, Sequence[Any]], list[Row]]
"""Asks the database and returns all rows."""

# --- what a code means ---------------------------------------------------------------------------


class Verdict(Enum):
    """What an error of a driver comes to.

    Members:
        REFUSED: A constraint was broken; the database can be asked which.
        STOPPED: A trigger said no: one of a seal, or of the application.
        CONTENDED: Others were in the way.
        BUSY: The lock of the whole database was not free in time.
        OVERFLOWN: Perhaps a number was too large for the database.
        LOST: The connection is gone, or the file failed.
        FAILED: Something else.
    """

    REFUSED = "refused"
    STOPPED = "stopped"
    CONTENDED = "contended"
    BUSY = "busy"
    OVERFLOWN = "overflown"
    LOST = "lost"
    FAILED = "failed"


Told = tuple[Verdict, str]
"""What an error comes to, and its code."""

SEALED = "SEALD"
"""What PostgreSQL tells when a trigger of a seal said no."""

_PRIMARY = 0xFF
_SQLITE_TRIGGER = 1811
_MARIADB_SIGNAL = 1644
# After the file failed (10) nobody knows what of a commit reached it.
_SQLITE = {
    1: Verdict.OVERFLOWN,
    5: Verdict.BUSY,
    6: Verdict.BUSY,
    10: Verdict.LOST,
    19: Verdict.REFUSED,
}

# Serialization failure, deadlock, lock timeout; cancelled by a timeout of statement, idling, or the
# whole transaction: in all of them the server rolled back.
_POSTGRESQL_CONTENDED = frozenset({"40001", "40P01", "55P03", "57014", "25P03", "25P04"})
_POSTGRESQL_LOST = frozenset({"57P01", "57P02", "57P03", "57P05"})

# Snapshot conflict, lock wait timeout, deadlock, statement timeout.
_MARIADB_CONTENDED = frozenset({1020, 1205, 1213, 1969})
# NULL, duplicates, references in either direction, checks.
_MARIADB_REFUSED = frozenset({1048, 1062, 1169, 1216, 1217, 1451, 1452, 1586, 1761, 1762, 4025})
# Closed here (0), shut down, killed, cut off.
_MARIADB_LOST = frozenset({0, 1053, 1152, 1158, 1159, 1160, 1161, 1927, 2003, 2006, 2013, 2055})


def sqlite_told(error: Exception) -> Told:
    """What an error of SQLite comes to."""
    name = str(getattr(error, "sqlite_errorname", type(error).__name__))
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return Verdict.FAILED, name
    if code == _SQLITE_TRIGGER:
        return Verdict.STOPPED, name
    return _SQLITE.get(code & _PRIMARY, Verdict.FAILED), name


def postgresql_told(error: Exception) -> Told:
    """What an error of PostgreSQL comes to; one without a code was never sent by the server."""
    code = getattr(error, "sqlstate", None)
    if not isinstance(code, str):
        name = type(error).__name__
        return (Verdict.LOST if name == "OperationalError" else Verdict.FAILED), name
    if code in _POSTGRESQL_CONTENDED:
        return Verdict.CONTENDED, code
    if code == SEALED:
        return Verdict.STOPPED, code
    if code.startswith("23"):
        return Verdict.REFUSED, code
    lost = code in _POSTGRESQL_LOST or code.startswith("08")
    return (Verdict.LOST if lost else Verdict.FAILED), code


def mariadb_told(error: Exception) -> Told:
    """What an error of MariaDB comes to."""
    code = error.args[0] if error.args else None
    if not isinstance(code, int):
        return Verdict.FAILED, type(error).__name__
    if code == _MARIADB_SIGNAL:
        return Verdict.STOPPED, str(code)
    for codes, verdict in (
        (_MARIADB_CONTENDED, Verdict.CONTENDED),
        (_MARIADB_REFUSED, Verdict.REFUSED),
        (_MARIADB_LOST, Verdict.LOST),
    ):
        if code in codes:
            return verdict, str(code)
    return Verdict.FAILED, str(code)


class Refused(StoreUnavailable):
    """A constraint was broken; which one is yet to be found out. Never leaves this package."""


class Stopped(Refused):
    """A trigger said no; whose is yet to be found out. Never leaves this package."""


class Overflown(StoreUnavailable):
    """A sum may have been too large for the database. Never leaves this package."""


def failure_of(told: Told, *, committing: bool = False) -> CrmError:
    """The error of the library for a driver's error, without any value of the failed statement."""
    verdict, code = told
    match verdict:
        case Verdict.REFUSED:
            return Refused(code)
        case Verdict.STOPPED:
            return Stopped(code)
        case Verdict.OVERFLOWN:
            return Overflown(code)
        case Verdict.CONTENDED:
            return Contention(code)
        case Verdict.BUSY:
            return Busy(BUSY_SECONDS)
        case Verdict.LOST if committing:
            return OutcomeUnknown(code)
        case _:
            return StoreUnavailable(code)


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
        before: What it was found as; None when it was not in the database before.
    """

    kind: EntityType
    layout: Layout
    id: str
    entity: Entity | None
    row: Row | None
    expected: int | None
    before: Entity | None


@attrs.frozen(eq=False)
class Attempt:
    """All that a unit of work tried to change.

    Attributes:
        touched: The entities.
        keys: The scopes and keys that it remembered.
        events: The ids of the events that it recorded, as text.
        stopped: The code of the trigger that said no; None when it was a constraint.
    """

    touched: Sequence[Touched]
    keys: Sequence[tuple[str, str]] = ()
    events: Sequence[str] = ()
    stopped: str | None = None


def diagnosed(
    ask: Ask, quote: Callable[[str], str], schema: Schema, tenant: str, attempt: Attempt
) -> CrmError:
    """Why a database refused some changes, found out by asking it, after they were undone."""
    touched = {(each.kind.name, each.id): each for each in attempt.touched}
    question = _Question(ask, quote, schema, tenant, touched, attempt)
    faults = (
        *(question.stale, question.taken_ids, question.taken, question.shared),
        *(question.lost, question.referred, question.passing),
        *(question.remembered, question.recorded, question.sealed),
    )
    for look in faults:
        for fault in look():
            return fault
    if attempt.stopped is not None:
        return StoreUnavailable(f"a trigger said no: {attempt.stopped}")
    # What was in the way is gone again.
    return Contention("constraint")


@attrs.frozen(eq=False)
class _Question:
    ask: Ask
    quote: Callable[[str], str]
    schema: Schema
    tenant: str
    touched: dict[tuple[str, str], Touched]
    attempt: Attempt

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

    def remembered(self) -> Iterator[CrmError]:
        for place in self.attempt.keys:
            for id in self._select("entity_id", KEY, ("scope", "key"), place):
                yield KeyTaken("idempotency key", ("scope", "key"), id_of(id))

    def recorded(self) -> Iterator[CrmError]:
        for event in self.attempt.events:
            if self._select("id", EVENT, ("id",), (event,)):
                yield Duplicate("event", ("id",), id_of(event))

    def sealed(self) -> Iterator[CrmError]:
        """What the database holds sealed, though it was found without, or with more open."""
        for each in self.touched.values():
            if self.attempt.stopped is None or each.kind.sealed is None or each.before is None:
                continue
            by = each.layout.cells[each.layout.at[(each.kind.sealed.by,), PLAIN]].name
            if any(
                value is not None
                for value in self._select(by, each.layout.name, ("id",), (each.id,))
            ):
                names = () if each.entity is None else differing(each.before, each.entity)
                yield ImmutableDocument(each.kind.name, id_of(each.id), names)

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
