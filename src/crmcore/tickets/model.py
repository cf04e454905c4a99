"""What a ticket is: a question or fault of a requester, with everything that was written about it.

How it is answered is in ``verbs``; who should answer it and by when is for the calculators.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.contacts import ContactId
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Text
from crmcore.values import instant, optional_instant

TicketId = Annotated[UUID, Ref("ticket")]
"""The id of a ticket."""


class Channel(StrEnum):
    """The way a ticket came in."""

    EMAIL = "email"
    PHONE = "phone"
    WEB = "web"
    CHAT = "chat"
    PORTAL = "portal"


class Priority(StrEnum):
    """How urgent a ticket is, the least urgent first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class TicketStatus(StrEnum):
    """Where a ticket stands: untouched, in work, or resolved."""

    NEW = "new"
    OPEN = "open"
    RESOLVED = "resolved"


class MessageKind(StrEnum):
    """Who wrote a message, and who may read it.

    REQUEST comes from the requester, REPLY is public and from a human agent, AUTOMATIC is public and
    from a machine (it never counts as a first response), NOTE is internal.
    """

    REQUEST = "request"
    REPLY = "reply"
    AUTOMATIC = "automatic"
    NOTE = "note"


@attrs.frozen(kw_only=True)
class Message:
    """One message of a ticket.

    Attributes:
        at: When it was written.
        kind: Who wrote it and who may read it.
        author: The contact who wrote it; None for a machine.
        body: Its text.
    """

    at: datetime = attrs.field(converter=instant)
    kind: MessageKind
    author: ContactId | None = None
    body: Annotated[str, Text(max=100_000, lines=True)] = attrs.field(repr=False)


@attrs.frozen(kw_only=True, repr=False)
class Ticket(Entity):
    """A question or fault that somebody brought to us.

    Attributes:
        requester: Who brought it.
        subject: What it is about, in one line.
        channel: The way it came in.
        priority: How urgent it is.
        status: Where it stands.
        assignee: The employee who answers it.
        opened_at: When it came in.
        first_responded_at: When a human agent first replied in public; a reopening keeps it.
        resolved_at: When it was resolved; None while it is not.
        reopened: How often it was opened again.
        messages: Everything written, oldest first.
        external_id: Its name in another system.

    Raises:
        InvalidValue: when it is resolved without a time or has one without being resolved, or was
            answered before it was opened.
    """

    requester: ContactId
    subject: Annotated[str, Text(min=1, max=300, searchable=True)]
    channel: Channel
    priority: Priority = Priority.NORMAL
    status: TicketStatus = TicketStatus.NEW
    assignee: ContactId | None = None
    opened_at: datetime = attrs.field(converter=instant)
    first_responded_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    resolved_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    reopened: int = 0
    messages: tuple[Message, ...] = ()
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        if (self.resolved_at is None) is (self.status is TicketStatus.RESOLVED):
            raise InvalidValue("resolved_at", "is set exactly when the ticket is resolved")
        if self.first_responded_at is not None and self.first_responded_at < self.opened_at:
            raise InvalidValue("first_responded_at", "must not be before opened_at")

    @property
    def is_resolved(self) -> bool:
        """Whether nothing is left to do."""
        return self.status is TicketStatus.RESOLVED


def _label(ticket: Ticket) -> str:
    return ticket.subject


TICKET = EntityType(name="ticket", cls=Ticket, unique=(("external_id",),), label=_label)
"""How stores keep tickets."""
