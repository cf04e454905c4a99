"""What a store says no to: somebody was faster, it is there already, or the place itself failed."""

from typing import ClassVar, Self
from uuid import UUID

import attrs

from crmcore.errors.root import Conflict, CrmError, NotAllowed, StoreFailure


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
class KeyTaken(Duplicate):
    """The idempotency key was taken meanwhile; under it lies what the same command did."""


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
class DamagedRecord(NotAllowed):
    """Something stored cannot be put together, so it is not handed out; all else can still be read.

    The store works, so it is no `StoreFailure`, and the unit of work goes on. What was given is
    right, so it is not `NotValid`; it is there, so it is not `NotFound`, after which some would add
    it anew; and it stays so however often it is asked for, so it is no `Conflict`.
    """

    template: ClassVar[str] = "what is stored of {entity} cannot be read ({reason}); id: {id}"
    entity: str
    id: UUID | None
    reason: str

    @classmethod
    def after(cls, entity: str, id: UUID | None, error: Exception) -> Self:
        """The same for whatever a damaged record raised.

        Of a foreign error only the class is told: its text may hold the values of people.
        """
        reason = error.message if isinstance(error, CrmError) else type(error).__name__
        return cls(entity, id, reason)


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


@attrs.define(slots=False, eq=False)
class Contention(StoreFailure):
    """Others were in the way; the same steps may succeed when taken again from the beginning."""

    template: ClassVar[str] = "others were in the way ({reason}); try again"
    reason: str


@attrs.define(slots=False, eq=False)
class OutcomeUnknown(StoreFailure):
    """The store's answer to a commit was lost: all of it was stored, or nothing.

    Ask again with the same idempotency key to learn which, without doing anything twice.
    """

    template: ClassVar[str] = "whether it was stored is unknown: {reason}"
    reason: str
