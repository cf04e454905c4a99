"""What happened to contacts: facts in the past tense, without names, addresses or reasons.

What happened in teams is told by the teams' own events.
"""

from uuid import UUID

import attrs

from crmcore.contacts.model import Role, RoleState
from crmcore.grammar.change import Event


@attrs.frozen(kw_only=True)
class PersonAdded(Event):
    """A person came to be known."""

    contact: UUID


@attrs.frozen(kw_only=True)
class OrganizationAdded(Event):
    """An organization came to be known."""

    contact: UUID


@attrs.frozen(kw_only=True)
class ContactEdited(Event):
    """Fields of a contact were changed by hand.

    Attributes:
        contact: The contact.
        fields: The names of the changed fields, sorted.
    """

    contact: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ContactEnriched(Event):
    """Empty fields of a contact were filled from outside.

    Attributes:
        contact: The contact.
        fields: The names of the filled fields, sorted.
        source: Who said it.
    """

    contact: UUID
    fields: tuple[str, ...]
    source: str


@attrs.frozen(kw_only=True)
class RoleBegun(Event):
    """A contact took up a role, for the first time or anew.

    Attributes:
        contact: The contact.
        kind: The role.
        receivable: What made it a debtor, when it is that role.
    """

    contact: UUID
    kind: Role
    receivable: UUID | None = None


@attrs.frozen(kw_only=True)
class RoleMoved(Event):
    """A role of a contact went from one state to another.

    Attributes:
        contact: The contact.
        kind: The role.
        action: The move of the role's lifecycle.
        before: The state before.
        after: The state since then.
        receivable: What made it a debtor again, when it is that move.
    """

    contact: UUID
    kind: Role
    action: str
    before: RoleState
    after: RoleState
    receivable: UUID | None = None


EVENTS: tuple[type[Event], ...] = (
    PersonAdded,
    OrganizationAdded,
    ContactEdited,
    ContactEnriched,
    RoleBegun,
    RoleMoved,
)
"""Every event of this room."""
