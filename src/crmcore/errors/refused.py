"""What was asked is well formed, but refused here and now, or about something that is not there."""

from typing import ClassVar
from uuid import UUID

import attrs

from crmcore.errors.root import NotAllowed, NotFound


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
class ImmutableDocument(NotAllowed):
    """Something that is sealed was to be changed or removed; it stays as it is.

    Attributes:
        entity: What it is.
        id: Which one.
        fields: What was to be changed; empty when it was to be removed.
    """

    entity: str
    id: UUID
    fields: tuple[str, ...]

    @property
    def message(self) -> str:
        """The entity and its id, and the sealed fields it was about or that it was to go."""
        what = f"change {', '.join(self.fields)}" if self.fields else "remove it"
        return f"{self.entity} {self.id} is sealed: cannot {what}"


@attrs.define(slots=False, eq=False)
class LimitExceeded(NotAllowed):
    """More was asked than is open: to bill, to pay, to allocate."""

    template: ClassVar[str] = "{field}: asked for {asked}, open is {open}"
    field: str
    asked: str
    open: str


@attrs.define(slots=False, eq=False)
class NestedTransaction(NotAllowed):
    """A command was called on the store while the same thread holds a transaction on it."""

    template: ClassVar[str] = "a transaction is open in this thread; call the command on it instead"


@attrs.define(slots=False, eq=False)
class OutsideFailed(NotAllowed):
    """What a host application connected gave no answer, or none that can be used.

    It is a source of rates, an ERP or an enricher; its own error is the cause. What was asked for
    was not done, and can be asked for again.
    """

    template: ClassVar[str] = "{asked} failed ({reason}); ask again"
    asked: str
    reason: str


@attrs.define(slots=False, eq=False)
class EnricherFailed(OutsideFailed):
    """Somebody outside who was asked about a contact gave no answer; the contact is as it was."""

    template: ClassVar[str] = "{asked} failed ({reason}); nothing was changed"


@attrs.define(slots=False, eq=False)
class Closed(NotAllowed):
    """A store or a transaction was used after it was closed."""

    template: ClassVar[str] = "the {what} is closed"
    what: str


@attrs.define(slots=False, eq=False)
class TenantNotEmpty(NotAllowed):
    """A dump was to be loaded for a tenant that has data already."""

    template: ClassVar[str] = "tenant {tenant!r} has {found} already; load into an empty one"
    tenant: str
    found: str


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
