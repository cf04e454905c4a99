"""Every error this library raises, in one tree.

::

    CrmError
    ├── NotValid      what was given cannot be right          (also a ValueError)
    ├── NotAllowed    right in form, but refused here and now
    ├── NotFound      what was named does not exist           (also a LookupError)
    ├── Conflict      somebody else was faster, or it is there already
    └── StoreFailure  the place where the data lies said no

Errors are data: a stable ``code``, typed fields, and a message computed from the fields. They carry
names of fields and ids, never the values of a person. They are positional attrs classes, so that
they survive pickling into a worker pool and back. No other module of the core defines an error.
"""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

import attrs


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "nothing"


def _hint(suggestion: str | None) -> str:
    return f"; did you mean {suggestion!r}?" if suggestion else ""


@attrs.define(slots=False, eq=False)
class CrmError(Exception):
    """The root: catch this to catch everything the library raises on purpose."""

    code: ClassVar[str] = "crm-error"

    @property
    def message(self) -> str:
        """The error in one plain English sentence, computed from its fields."""
        return "something went wrong"

    def __str__(self) -> str:
        return self.message


@attrs.define(slots=False, eq=False)
class NotValid(CrmError, ValueError):
    """What was given cannot be right, whatever the state of the store."""

    code: ClassVar[str] = "not-valid"


@attrs.define(slots=False, eq=False)
class NotAllowed(CrmError):
    """What was asked is well formed, but refused in the present state."""

    code: ClassVar[str] = "not-allowed"


@attrs.define(slots=False, eq=False)
class NotFound(CrmError, LookupError):
    """What was named does not exist (for this tenant)."""

    code: ClassVar[str] = "not-found"


@attrs.define(slots=False, eq=False)
class Conflict(CrmError):
    """The store holds something newer, or already holds what was to be added."""

    code: ClassVar[str] = "conflict"


@attrs.define(slots=False, eq=False)
class StoreFailure(CrmError):
    """The store could not do its work, or must not be used as it is set up."""

    code: ClassVar[str] = "store-failure"


# --- not valid -----------------------------------------------------------------------------------


@attrs.define(slots=False, eq=False)
class InvalidValue(NotValid):
    """The value of one field breaks a rule of that field."""

    code: ClassVar[str] = "invalid-value"
    field: str
    reason: str

    @property
    def message(self) -> str:
        """Names the field and the rule."""
        return f"{self.field}: {self.reason}"


@attrs.define(slots=False, eq=False)
class InexactNumber(NotValid):
    """A float was given where an exact number is needed."""

    code: ClassVar[str] = "inexact-number"
    field: str

    @property
    def message(self) -> str:
        """Names the field and says what to give instead."""
        return f"{self.field}: floats are not exact; give a str, an int or a Decimal"


@attrs.define(slots=False, eq=False)
class NaiveTime(NotValid):
    """A time without a zone was given."""

    code: ClassVar[str] = "naive-time"
    field: str

    @property
    def message(self) -> str:
        """Names the field and says what to give instead."""
        return f"{self.field}: the time has no zone; give an aware datetime, best in UTC"


@attrs.define(slots=False, eq=False)
class CurrencyMismatch(NotValid):
    """Amounts in different currencies met where only one is possible."""

    code: ClassVar[str] = "currency-mismatch"
    field: str
    expected: str
    actual: str

    @property
    def message(self) -> str:
        """Names the field and both currencies."""
        return f"{self.field}: {self.actual} cannot be mixed with {self.expected}"


@attrs.define(slots=False, eq=False)
class InvalidText(NotValid):
    """A text is too long, or holds a character no store may keep."""

    code: ClassVar[str] = "invalid-text"
    field: str
    reason: str

    @property
    def message(self) -> str:
        """Names the field and the rule."""
        return f"{self.field}: {self.reason}"


@attrs.define(slots=False, eq=False)
class WrongType(NotValid):
    """A value is of another type than its field."""

    code: ClassVar[str] = "wrong-type"
    field: str
    expected: str
    actual: str

    @property
    def message(self) -> str:
        """Names the field and both types."""
        return f"{self.field}: expected {self.expected}, got {self.actual}"


@attrs.define(slots=False, eq=False)
class UnknownField(NotValid):
    """A path names a field that the entity does not have."""

    code: ClassVar[str] = "unknown-field"
    entity: str
    field: str
    suggestion: str | None = None

    @property
    def message(self) -> str:
        """Names the entity and the field, with the nearest name that exists."""
        return f"{self.entity} has no field {self.field!r}{_hint(self.suggestion)}"


@attrs.define(slots=False, eq=False)
class UnknownName(NotValid):
    """A name is not among the known ones (an entity, an event, a stage, an operator …)."""

    code: ClassVar[str] = "unknown-name"
    kind: str
    name: str
    suggestion: str | None = None

    @property
    def message(self) -> str:
        """Names what was looked for, with the nearest name that exists."""
        return f"there is no {self.kind} called {self.name!r}{_hint(self.suggestion)}"


@attrs.define(slots=False, eq=False)
class ExpressionTooLarge(NotValid):
    """An expression is deeper or longer than the language allows."""

    code: ClassVar[str] = "expression-too-large"
    measure: str
    limit: int

    @property
    def message(self) -> str:
        """Names the measure and its limit."""
        return f"the expression exceeds the limit of {self.limit} {self.measure}"


@attrs.define(slots=False, eq=False)
class LifecycleNotSound(NotValid):
    """A lifecycle table has a state nobody reaches, a dead end, or a move twice."""

    code: ClassVar[str] = "lifecycle-not-sound"
    lifecycle: str
    faults: tuple[str, ...]

    @property
    def message(self) -> str:
        """Names the lifecycle and every fault of its table."""
        return f"lifecycle {self.lifecycle}: {'; '.join(self.faults)}"


@attrs.define(slots=False, eq=False)
class MalformedFile(NotValid):
    """A file from outside is missing, too large, or not of the form it should have."""

    code: ClassVar[str] = "malformed-file"
    file: str
    line: int | None
    column: str | None
    reason: str

    @property
    def message(self) -> str:
        """Names the file, where known the line and the column, and the fault."""
        line = "" if self.line is None else f", line {self.line}"
        column = "" if self.column is None else f", column {self.column!r}"
        return f"{self.file}{line}{column}: {self.reason}"


@attrs.define(slots=False, eq=False)
class ManyFaults(NotValid):
    """Input from outside has several faults; all of them are here."""

    code: ClassVar[str] = "many-faults"
    faults: tuple[CrmError, ...]

    @property
    def message(self) -> str:
        """Lists every fault."""
        return f"{len(self.faults)} faults: " + "; ".join(str(fault) for fault in self.faults)


def raise_collected(faults: Sequence[CrmError]) -> None:
    """Raise what was collected: nothing for no fault, the fault itself for one, else all at once.

    Raises:
        CrmError: the only fault of ``faults``.
        ManyFaults: when there are several.
    """
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise ManyFaults(tuple(faults))


@attrs.define(slots=False, eq=False)
class UnknownStore(NotValid):
    """No installed store answers to the scheme of a URL."""

    code: ClassVar[str] = "unknown-store"
    scheme: str
    installed: tuple[str, ...]

    @property
    def message(self) -> str:
        """Names the scheme and what is installed."""
        return f"no store is installed for {self.scheme!r}; installed: {_listed(self.installed)}"


@attrs.define(slots=False, eq=False)
class MissingExtra(NotValid, ImportError):
    """A part was used whose optional dependencies are not installed."""

    code: ClassVar[str] = "missing-extra"
    extra: str
    package: str

    @property
    def message(self) -> str:
        """Names the package and the extra that brings it."""
        return f"{self.package} is not installed; run: pip install 'crmcore[{self.extra}]'"


# --- not allowed ---------------------------------------------------------------------------------


@attrs.define(slots=False, eq=False)
class MoveForbidden(NotAllowed):
    """The lifecycle has no such move from the present state."""

    code: ClassVar[str] = "move-forbidden"
    entity: str
    id: UUID | None
    state: str
    action: str
    allowed: tuple[str, ...]

    @property
    def message(self) -> str:
        """Names entity, state and action, and lists what is allowed."""
        return (
            f"{self.entity} {self.id} is {self.state}: cannot {self.action}; "
            f"allowed: {_listed(self.allowed)}"
        )


@attrs.define(slots=False, eq=False)
class GuardRefused(NotAllowed):
    """The lifecycle has the move, but named conditions stand in its way."""

    code: ClassVar[str] = "guard-refused"
    entity: str
    id: UUID | None
    action: str
    reasons: tuple[str, ...]

    @property
    def message(self) -> str:
        """Names entity and action, and lists the reasons."""
        return f"{self.entity} {self.id}: cannot {self.action}: {'; '.join(self.reasons)}"


@attrs.define(slots=False, eq=False)
class ActivityNotAllowed(NotAllowed):
    """None of the roles a contact holds allows the activity."""

    code: ClassVar[str] = "activity-not-allowed"
    contact: UUID
    activity: str
    held: tuple[str, ...]
    needed: tuple[str, ...]

    @property
    def message(self) -> str:
        """Names the activity, the roles held, and the roles that would do."""
        return (
            f"contact {self.contact} holds {_listed(self.held)}: {self.activity} needs one of "
            f"{_listed(self.needed)}"
        )


@attrs.define(slots=False, eq=False)
class FieldProtected(NotAllowed):
    """A field was set from outside that only the library may set."""

    code: ClassVar[str] = "field-protected"
    entity: str
    field: str

    @property
    def message(self) -> str:
        """Names the entity and the field."""
        return f"{self.entity}.{self.field} is set by the library; use the verb that changes it"


@attrs.define(slots=False, eq=False)
class LimitExceeded(NotAllowed):
    """More was asked than is open: to bill, to pay, to allocate."""

    code: ClassVar[str] = "limit-exceeded"
    field: str
    asked: str
    open: str

    @property
    def message(self) -> str:
        """Names what was asked and what is open."""
        return f"{self.field}: asked for {self.asked}, but only {self.open} is open"


@attrs.define(slots=False, eq=False)
class NestedTransaction(NotAllowed):
    """A command was called on the store while the same thread holds a transaction on it."""

    code: ClassVar[str] = "nested-transaction"

    @property
    def message(self) -> str:
        """Says what to do instead."""
        return "a transaction is open in this thread; call the command on it instead"


@attrs.define(slots=False, eq=False)
class Closed(NotAllowed):
    """A store or a transaction was used after it was closed."""

    code: ClassVar[str] = "closed"
    what: str

    @property
    def message(self) -> str:
        """Names what is closed."""
        return f"the {self.what} is closed"


# --- not found -----------------------------------------------------------------------------------


@attrs.define(slots=False, eq=False)
class EntityNotFound(NotFound):
    """No entity of this kind has this id."""

    code: ClassVar[str] = "entity-not-found"
    entity: str
    id: UUID

    @property
    def message(self) -> str:
        """Names the kind and the id."""
        return f"there is no {self.entity} {self.id}"


@attrs.define(slots=False, eq=False)
class ReferenceNotFound(NotFound):
    """A field refers to an entity that does not exist."""

    code: ClassVar[str] = "reference-not-found"
    entity: str
    field: str
    id: UUID

    @property
    def message(self) -> str:
        """Names the referring field and the id."""
        return f"{self.entity}.{self.field} refers to {self.id}, which does not exist"


@attrs.define(slots=False, eq=False)
class NothingFound(NotFound):
    """A question that needs one answer has none (a price, a first row, a KPI name …)."""

    code: ClassVar[str] = "nothing-found"
    what: str
    suggestion: str | None = None

    @property
    def message(self) -> str:
        """Names what was looked for."""
        return f"there is no {self.what}{_hint(self.suggestion)}"


# --- conflict ------------------------------------------------------------------------------------


@attrs.define(slots=False, eq=False)
class StaleRevision(Conflict):
    """What was saved rests on an older revision than the store holds."""

    code: ClassVar[str] = "stale-revision"
    entity: str
    id: UUID
    expected: int
    actual: int | None

    @property
    def message(self) -> str:
        """Names the entity and both revisions."""
        found = "it is gone" if self.actual is None else f"the store holds {self.actual}"
        return f"{self.entity} {self.id}: saved from revision {self.expected}, but {found}"


@attrs.define(slots=False, eq=False)
class Duplicate(Conflict):
    """An entity with the same unique fields exists already."""

    code: ClassVar[str] = "duplicate"
    entity: str
    fields: tuple[str, ...]
    existing: UUID | None = None

    @property
    def message(self) -> str:
        """Names the entity and the unique fields."""
        return f"another {self.entity} has the same {', '.join(self.fields)} ({self.existing})"


@attrs.define(slots=False, eq=False)
class StillReferenced(Conflict):
    """An entity cannot be removed because another one refers to it."""

    code: ClassVar[str] = "still-referenced"
    entity: str
    id: UUID
    by: str

    @property
    def message(self) -> str:
        """Names the entity and who refers to it."""
        return f"{self.entity} {self.id} is still referred to by {self.by}"


@attrs.define(slots=False, eq=False)
class IdempotencyMismatch(Conflict):
    """An idempotency key was used before, for a command with other arguments."""

    code: ClassVar[str] = "idempotency-mismatch"
    scope: str
    key: str

    @property
    def message(self) -> str:
        """Names the command and the key."""
        return f"the key {self.key!r} was used for another {self.scope}"


# --- store failure -------------------------------------------------------------------------------


@attrs.define(slots=False, eq=False)
class Busy(StoreFailure):
    """The store did not get its turn within the deadline; try again."""

    code: ClassVar[str] = "busy"
    seconds: float

    @property
    def message(self) -> str:
        """Says how long was waited."""
        return f"the store was busy for {self.seconds:g} s; try again"


@attrs.define(slots=False, eq=False)
class UnsafeStore(StoreFailure):
    """The store is set up so that acknowledged work could be lost."""

    code: ClassVar[str] = "unsafe-store"
    setting: str
    found: str
    needed: str

    @property
    def message(self) -> str:
        """Names the setting, what it is and what it must be."""
        return f"{self.setting} is {self.found}, but must be {self.needed}"


@attrs.define(slots=False, eq=False)
class StoreUnavailable(StoreFailure):
    """The store failed in a way the library cannot name better."""

    code: ClassVar[str] = "store-unavailable"
    reason: str

    @property
    def message(self) -> str:
        """Gives the reason without any values of the failed statement."""
        return f"the store failed: {self.reason}"
