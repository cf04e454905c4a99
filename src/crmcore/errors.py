"""Every error this library raises, in one tree.

::

    CrmError
    ├── NotValid      what was given cannot be right          (also a ValueError)
    ├── NotAllowed    right in form, but refused here and now
    ├── NotFound      what was named does not exist           (also a LookupError)
    ├── Conflict      somebody else was faster, or it is there already
    └── StoreFailure  the place where the data lies said no

Errors are data: a stable ``code``, typed fields, a message computed from them; names of fields and
ids, never the values of a person. They are positional attrs classes, so that they survive pickling.
"""

import re
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import attrs


def _shown(value: Any) -> Any:
    match value:
        case None | ():
            return "nothing"
        case (CrmError(), *_):
            return "; ".join(map(str, value))
        case (_, *_):
            return ", ".join(map(str, value))
        case _:
            return value


@attrs.define(slots=False, eq=False)
class CrmError(Exception):
    """The root: catch this to catch everything the library raises on purpose.

    Its ``code`` is the class's name in kebab case; the message fills its ``template``.
    """

    code: ClassVar[str] = "crm-error"
    template: ClassVar[str] = "something went wrong"

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @property
    def message(self) -> str:
        """The error in one plain English sentence, computed from its fields."""
        values = {each.name: getattr(self, each.name) for each in attrs.fields(type(self))}
        shown = {name: _shown(value) for name, value in values.items()}
        suggestion = values.get("suggestion")
        hint = f"; did you mean {suggestion!r}?" if suggestion else ""
        return self.template.format(**shown, hint=hint)

    def __str__(self) -> str:
        return self.message


@attrs.define(slots=False, eq=False)
class NotValid(CrmError, ValueError):
    """What was given cannot be right, whatever the state of the store."""


@attrs.define(slots=False, eq=False)
class NotAllowed(CrmError):
    """What was asked is well formed, but refused in the present state."""


@attrs.define(slots=False, eq=False)
class NotFound(CrmError, LookupError):
    """What was named does not exist (for this tenant)."""


@attrs.define(slots=False, eq=False)
class Conflict(CrmError):
    """The store holds something newer, or already holds what was to be added."""


@attrs.define(slots=False, eq=False)
class StoreFailure(CrmError):
    """The store could not do its work, or must not be used as it is set up."""


@attrs.define(slots=False, eq=False)
class InvalidValue(NotValid):
    """The value of one field breaks a rule of that field."""

    template: ClassVar[str] = "{field}: {reason}"
    field: str
    reason: str


@attrs.define(slots=False, eq=False)
class InexactNumber(NotValid):
    """A float was given where an exact number is needed."""

    template: ClassVar[str] = "{field}: floats are not exact; give a str, an int or a Decimal"
    field: str


@attrs.define(slots=False, eq=False)
class NaiveTime(NotValid):
    """A time without a zone was given."""

    template: ClassVar[str] = "{field}: the time has no zone; give an aware datetime, best in UTC"
    field: str


@attrs.define(slots=False, eq=False)
class CurrencyMismatch(NotValid):
    """Amounts in different currencies met where only one is possible."""

    template: ClassVar[str] = "{field}: {actual} cannot be mixed with {expected}"
    field: str
    expected: str
    actual: str


@attrs.define(slots=False, eq=False)
class InvalidText(NotValid):
    """A text is too long, or holds a character no store may keep."""

    template: ClassVar[str] = "{field}: {reason}"
    field: str
    reason: str


@attrs.define(slots=False, eq=False)
class WrongType(NotValid):
    """A value is of another type than its field."""

    template: ClassVar[str] = "{field}: expected {expected}, got {actual}"
    field: str
    expected: str
    actual: str


@attrs.define(slots=False, eq=False)
class UnknownField(NotValid):
    """A path names a field that the entity does not have."""

    template: ClassVar[str] = "{entity} has no field {field!r}{hint}"
    entity: str
    field: str
    suggestion: str | None = None


@attrs.define(slots=False, eq=False)
class UnknownName(NotValid):
    """A name is not among the known ones (an entity, an event, a stage, an operator …)."""

    template: ClassVar[str] = "there is no {kind} called {name!r}{hint}"
    kind: str
    name: str
    suggestion: str | None = None


@attrs.define(slots=False, eq=False)
class ExpressionTooLarge(NotValid):
    """An expression is deeper or longer than the language allows."""

    template: ClassVar[str] = "the expression exceeds the limit of {limit} {measure}"
    measure: str
    limit: int


@attrs.define(slots=False, eq=False)
class LifecycleNotSound(NotValid):
    """A lifecycle table has a state nobody reaches, a dead end, or a move twice."""

    template: ClassVar[str] = "lifecycle {lifecycle}: {faults}"
    lifecycle: str
    faults: tuple[str, ...]


@attrs.define(slots=False, eq=False)
class MalformedFile(NotValid):
    """A file from outside is missing, too large, or not of the form it should have."""

    file: str
    line: int | None
    column: str | None
    reason: str

    @property
    def message(self) -> str:
        """Names the file, where known the line and the column, and the fault."""
        line = f", line {self.line}" if self.line else ""
        column = f", column {self.column!r}" if self.column else ""
        return f"{self.file}{line}{column}: {self.reason}"


@attrs.define(slots=False, eq=False)
class ManyFaults(NotValid):
    """Input from outside has several faults; all of them are here."""

    template: ClassVar[str] = "{faults}"
    faults: tuple[CrmError, ...]


def raise_collected(faults: Sequence[CrmError]) -> None:
    """Raise nothing for no fault, the fault itself for one, `ManyFaults` with all for more."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise ManyFaults(tuple(faults))


@attrs.define(slots=False, eq=False)
class UnknownStore(NotValid):
    """No installed store answers to the scheme of a URL."""

    template: ClassVar[str] = "no store is installed for {scheme!r}; installed: {installed}"
    scheme: str
    installed: tuple[str, ...]


@attrs.define(slots=False, eq=False)
class MissingExtra(NotValid, ImportError):
    """A part was used whose optional dependencies are not installed."""

    template: ClassVar[str] = "{package} is not installed; run: pip install 'crmcore[{extra}]'"
    extra: str
    package: str


@attrs.define(slots=False, eq=False)
class MoveForbidden(NotAllowed):
    """The lifecycle has no such move from the present state."""

    template: ClassVar[str] = "{entity} {id} is {state}: cannot {action}; allowed: {allowed}"
    entity: str
    id: UUID | None
    state: str
    action: str
    allowed: tuple[str, ...]


@attrs.define(slots=False, eq=False)
class GuardRefused(NotAllowed):
    """The lifecycle has the move, but named conditions stand in its way."""

    template: ClassVar[str] = "{entity} {id}: cannot {action}: {reasons}"
    entity: str
    id: UUID | None
    action: str
    reasons: tuple[str, ...]


@attrs.define(slots=False, eq=False)
class ActivityNotAllowed(NotAllowed):
    """None of the roles a contact holds allows the activity."""

    template: ClassVar[str] = "contact {contact} holds {held}: {activity} needs one of {needed}"
    contact: UUID
    activity: str
    held: tuple[str, ...]
    needed: tuple[str, ...]


@attrs.define(slots=False, eq=False)
class FieldProtected(NotAllowed):
    """A field was set from outside that only the library may set."""

    template: ClassVar[str] = "{entity}.{field} is set by the library; use the verb that changes it"
    entity: str
    field: str


@attrs.define(slots=False, eq=False)
class LimitExceeded(NotAllowed):
    """More was asked than is open: to bill, to pay, to allocate."""

    template: ClassVar[str] = "{field}: asked for {asked}, but only {open} is open"
    field: str
    asked: str
    open: str


@attrs.define(slots=False, eq=False)
class NestedTransaction(NotAllowed):
    """A command was called on the store while the same thread holds a transaction on it."""

    template: ClassVar[str] = "a transaction is open in this thread; call the command on it instead"


@attrs.define(slots=False, eq=False)
class Closed(NotAllowed):
    """A store or a transaction was used after it was closed."""

    template: ClassVar[str] = "the {what} is closed"
    what: str


@attrs.define(slots=False, eq=False)
class EntityNotFound(NotFound):
    """No entity of this kind has this id."""

    template: ClassVar[str] = "there is no {entity} {id}"
    entity: str
    id: UUID


@attrs.define(slots=False, eq=False)
class ReferenceNotFound(NotFound):
    """A field refers to an entity that does not exist."""

    template: ClassVar[str] = "{entity}.{field} refers to {id}, which does not exist"
    entity: str
    field: str
    id: UUID


@attrs.define(slots=False, eq=False)
class NothingFound(NotFound):
    """A question that needs one answer has none (a price, a first row, a KPI name …)."""

    template: ClassVar[str] = "there is no {what}{hint}"
    what: str
    suggestion: str | None = None


@attrs.define(slots=False, eq=False)
class StaleRevision(Conflict):
    """What was saved rests on an older revision than the store holds."""

    template: ClassVar[str] = (
        "{entity} {id}: saved from revision {expected}, but the store holds {actual}"
    )
    entity: str
    id: UUID
    expected: int
    actual: int | None


@attrs.define(slots=False, eq=False)
class Duplicate(Conflict):
    """An entity with the same unique fields exists already."""

    template: ClassVar[str] = "another {entity} has the same {fields} ({existing})"
    entity: str
    fields: tuple[str, ...]
    existing: UUID | None = None


@attrs.define(slots=False, eq=False)
class SeveralFound(Conflict):
    """A question that needs one answer has several."""

    template: ClassVar[str] = "more than one {what} fulfils the condition"
    what: str


@attrs.define(slots=False, eq=False)
class StillReferenced(Conflict):
    """An entity cannot be removed because another one refers to it."""

    template: ClassVar[str] = "{entity} {id} is still referred to by {by}"
    entity: str
    id: UUID
    by: str


@attrs.define(slots=False, eq=False)
class IdempotencyMismatch(Conflict):
    """An idempotency key was used before, for a command with other arguments."""

    template: ClassVar[str] = "the key {key!r} was used for another {scope}"
    scope: str
    key: str


@attrs.define(slots=False, eq=False)
class Busy(StoreFailure):
    """The store did not get its turn within the deadline; try again."""

    template: ClassVar[str] = "the store was busy for {seconds:g} s; try again"
    seconds: float


@attrs.define(slots=False, eq=False)
class UnsafeStore(StoreFailure):
    """The store is set up so that acknowledged work could be lost."""

    template: ClassVar[str] = "{setting} is {found}, but must be {needed}"
    setting: str
    found: str
    needed: str


@attrs.define(slots=False, eq=False)
class StoreUnavailable(StoreFailure):
    """The store failed in a way the library cannot name better."""

    template: ClassVar[str] = "the store failed: {reason}"
    reason: str
