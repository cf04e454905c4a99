"""What a driver's error means, told by codes, and which promise a refused change would have broken.

Never by reading messages, and no error of the driver is handed on: they quote values of people.
Reasons name codes only, save that of a server that was not found.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import attrs
from bson.errors import BSONError
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from crmcore.errors import (
    Contention,
    CrmError,
    Duplicate,
    KeyTaken,
    StaleRevision,
    StoreUnavailable,
)
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType
from crmcore.ports import Posted, Remembered
from crmcore.values import discreet
from crmcore_mongo._schema import EVENT, GUARDS, KEY, collection_name, key_of, tenant_of
from crmcore_mongo._types import Document, stored

_TRANSIENT, _UNKNOWN = "TransientTransactionError", "UnknownTransactionCommitResult"

_TAKEN = 11000
_CONTENDED = {
    24: "LockTimeout",
    50: "MaxTimeMSExpired",
    112: "WriteConflict",
    225: "TransactionTooOld",
    239: "SnapshotTooOld",
    246: "SnapshotUnavailable",
    251: "NoSuchTransaction",
    267: "PreparedTransactionInProgress",
    290: "TransactionExceededLifetimeLimitSeconds",
}

T = TypeVar("T")

Ask = Callable[[str, Mapping[str, Any]], list[Document]]
"""Asks for the documents of a collection that pass a filter."""


def translated(error: Exception, secrets: Sequence[str] = ()) -> CrmError | None:
    """The error of the library for a driver's error; None where a unique value is taken.

    Where no server could be found, what the driver says is told on, as no value can be in that.

    Args:
        error: The driver's.
        secrets: What must not be told on.
    """
    code = _code(error)
    if code == _TAKEN:
        return None
    if not isinstance(error, ConnectionFailure):
        transient = isinstance(error, PyMongoError) and error.has_error_label(_TRANSIENT)
        if transient or code in _CONTENDED:
            return Contention(reason_of(error))
    if isinstance(error, ServerSelectionTimeoutError):
        said, _, _ = str(error).partition(", Topology Description")
        return StoreUnavailable(f"{reason_of(error)}: {discreet(said, secrets)}")
    return StoreUnavailable(reason_of(error))


def asked(step: Callable[[], T], secrets: Sequence[str] = ()) -> T:
    """What a step gives that has nothing to do with a unit of work; its errors leave it as ours."""
    try:
        return step()
    except (PyMongoError, BSONError) as error:
        failure = translated(error, secrets) or Contention("DuplicateKey")
    raise failure


def is_unknown(error: PyMongoError) -> bool:
    """Whether after this error of a commit nobody knows whether it has happened."""
    return error.has_error_label(_UNKNOWN) or not error.has_error_label(_TRANSIENT)


def reason_of(error: Exception) -> str:
    """The code of an error by its name, and nothing that was said beside it."""
    name = (_details(error) or {}).get("codeName") or _CONTENDED.get(_code(error) or 0)
    return str(name or type(error).__name__)


def _details(error: Exception) -> Mapping[str, Any] | None:
    return error.details if isinstance(error, OperationFailure) else None


def _code(error: Exception) -> int | None:
    details = _details(error) or {}
    if isinstance(error, BulkWriteError) and details.get("writeErrors"):
        code: int | None = details["writeErrors"][0].get("code")
        return code
    return error.code if isinstance(error, OperationFailure) else None


# --- what was wrong ------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class Touched:
    """One entity that a unit of work added, saved, removed or guarded.

    Attributes:
        kind: Its type.
        id: Its id.
        entity: What it was to become; None when it was to go.
        expected: The revision and the guards it was found at; None when it was not there before.
    """

    kind: EntityType
    id: UUID
    entity: Entity | None
    expected: tuple[int, int] | None


@attrs.frozen(eq=False)
class Question:
    """Why a database refused some changes, found out by asking it, after they were undone.

    Attributes:
        ask: How to ask.
        tenant: Whose data.
        touched: The entities.
        keys: What was to be remembered.
        events: What was to be recorded.
    """

    ask: Ask
    tenant: str
    touched: Sequence[Touched]
    keys: Sequence[Remembered]
    events: Sequence[Posted]

    def answer(self) -> CrmError:
        """The first fault found; when none is there any more, others must have been in the way."""
        looks = (self._stale, self._taken_ids, self._taken, self._shared, self._passing)
        for look in (*looks, self._remembered, self._recorded):
            for fault in look():
                return fault
        return Contention("DuplicateKey")

    def _stale(self) -> Iterator[CrmError]:
        for each in self.touched:
            if each.expected is None:
                continue
            found = self._held(each)
            actual = int(found["revision"]) if found else None
            if found is None or (actual, int(found[GUARDS])) != each.expected:
                yield StaleRevision(each.kind.name, each.id, each.expected[0], actual)

    def _taken_ids(self) -> Iterator[CrmError]:
        for each in self.touched:
            if each.expected is None and each.entity is not None and self._held(each):
                yield Duplicate(each.kind.name, ("id",), each.id)

    def _taken(self) -> Iterator[CrmError]:
        """Unique values that somebody holds who stays as he is."""
        changed = {(each.kind.name, each.id) for each in self.touched}
        for each, fields, holder in self._holders():
            if (each.kind.name, holder) not in changed:
                yield Duplicate(each.kind.name, fields, holder)

    def _shared(self) -> Iterator[CrmError]:
        """Unique values that two of the changed entities would have in common."""
        seen: dict[tuple[Any, ...], UUID] = {}
        for each in self.touched:
            for fields, values in _unique_values(each):
                first = seen.setdefault((each.kind.name, fields, values), each.id)
                if first != each.id:
                    yield Duplicate(each.kind.name, fields, first)

    def _passing(self) -> Iterator[CrmError]:
        """Unique values whose holder would have given them up, but only afterwards."""
        for each, fields, holder in self._holders():
            yield Duplicate(each.kind.name, fields, holder)

    def _remembered(self) -> Iterator[CrmError]:
        for each in self.keys:
            place = {"tenant": self.tenant, "scope": each.scope, "key": each.key}
            for found in self.ask(KEY, {"_id": place}):
                yield KeyTaken("idempotency key", ("scope", "key"), found["entity_id"])

    def _recorded(self) -> Iterator[CrmError]:
        seen = set[UUID]()
        for each in (posted.recorded for posted in self.events):
            if each.id in seen or self.ask(EVENT, {"_id": key_of(self.tenant, each.id)}):
                yield Duplicate("event", ("id",), each.id)
            seen.add(each.id)

    def _held(self, each: Touched) -> Document | None:
        where = {"_id": key_of(self.tenant, each.id)}
        return next(iter(self.ask(collection_name(each.kind.name), where)), None)

    def _holders(self) -> Iterator[tuple[Touched, tuple[str, ...], UUID]]:
        for each in self.touched:
            for fields, values in _unique_values(each):
                where = tenant_of(self.tenant)
                for name, value in zip(fields, values, strict=True):
                    where[name] = {"$eq": stored(each.kind.fields[name], value)}
                for found in self.ask(collection_name(each.kind.name), where):
                    if found["_id"]["id"] != each.id:
                        yield each, fields, found["_id"]["id"]


def _unique_values(touched: Touched) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    for fields in touched.kind.unique:
        values = tuple(getattr(touched.entity, name, None) for name in fields)
        if None not in values and "id" not in fields:
            yield fields, values
