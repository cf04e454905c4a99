"""What happened to tickets.

Ids and choices only; subjects and bodies stay with the entity.
"""

import attrs

from crmcore.contacts import ContactId
from crmcore.grammar.change import Event
from crmcore.tickets.model import Channel, MessageKind, Priority, TicketId


@attrs.frozen(kw_only=True)
class TicketOpened(Event):
    """A requester brought a ticket by a channel."""

    ticket: TicketId
    requester: ContactId
    channel: Channel
    priority: Priority


@attrs.frozen(kw_only=True)
class TicketEdited(Event):
    """Plain fields of a ticket changed; ``fields`` are their sorted names.

    ``priority`` is the one that holds from now on, so that deadlines can be judged by the priority
    of their time.
    """

    ticket: TicketId
    fields: tuple[str, ...]
    priority: Priority


@attrs.frozen(kw_only=True)
class TicketAssigned(Event):
    """An employee became the one who answers the ticket."""

    ticket: TicketId
    assignee: ContactId


@attrs.frozen(kw_only=True)
class MessageAdded(Event):
    """A message of some kind was added to the ticket."""

    ticket: TicketId
    kind: MessageKind
    author: ContactId | None = None


@attrs.frozen(kw_only=True)
class TicketResolved(Event):
    """The ticket was resolved while this employee was assigned."""

    ticket: TicketId
    assignee: ContactId | None = None


@attrs.frozen(kw_only=True)
class TicketReopened(Event):
    """A resolved ticket is open again, for the so-manieth time."""

    ticket: TicketId
    reopened: int


EVENTS: tuple[type[Event], ...] = (
    TicketOpened,
    TicketEdited,
    TicketAssigned,
    MessageAdded,
    TicketResolved,
    TicketReopened,
)
"""Every event of this room."""
