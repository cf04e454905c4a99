"""What can be done with a ticket: open, edit, assign, reply, note, resolve, reopen.

Each verb is a pure decision. Time runs forward: nothing happens to a ticket before what already
happened to it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from crmcore.contacts import Activity, Contact, require
from crmcore.errors import InvalidValue
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, Event, changed, differing, edited
from crmcore.tickets.events import (
    MessageAdded,
    TicketAssigned,
    TicketEdited,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from crmcore.tickets.lifecycle import TICKET_LIFECYCLE
from crmcore.tickets.model import Channel, Message, MessageKind, Priority, Ticket, TicketStatus
from crmcore.values import instant

PROTECTED = frozenset(
    {
        "assignee",
        "first_responded_at",
        "messages",
        "opened_at",
        "reopened",
        "requester",
        "resolved_at",
        "status",
    }
)
"""Fields of a ticket that only verbs change."""


def open_ticket(
    id: UUID,
    *,
    requester: UUID,
    subject: str,
    channel: Channel,
    at: datetime,
    priority: Priority = Priority.NORMAL,
    body: str | None = None,
    external_id: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[Ticket]:
    """A new ticket waits for somebody to take it up.

    Args:
        id: The id of the new ticket.
        requester: Who brought it.
        subject: What it is about, in one line.
        channel: The way it came in.
        at: When it came in.
        priority: How urgent it is.
        body: What the requester wrote; becomes the first message.
        external_id: Its name in another system.
        attributes: The customer's own fields.
    """
    at = instant(at)
    first = Message(at=at, kind=MessageKind.REQUEST, author=requester, body=body or "")
    ticket = Ticket(
        id=id,
        created_at=at,
        updated_at=at,
        attributes=attributes,
        requester=requester,
        subject=subject,
        channel=channel,
        priority=priority,
        opened_at=at,
        messages=() if body is None else (first,),
        external_id=external_id,
    )
    event = TicketOpened(at=at, ticket=id, requester=requester, channel=channel, priority=priority)
    return Change(ticket, (event,))


def edit(ticket: Ticket, fields: dict[str, Any], at: datetime) -> Change[Ticket]:
    """Plain fields of the ticket have new values.

    Args:
        ticket: The ticket.
        fields: New values by field name.
        at: When it changes.

    Raises:
        UnknownField: for a name the entity does not have.
        FieldProtected: for a field that verbs change.
    """
    at = instant(at)
    after = edited(ticket, at, fields, PROTECTED)
    names = tuple(sorted(differing(ticket, after)))
    if not names:
        return Change(ticket)
    event = TicketEdited(at=at, ticket=ticket.id, fields=names, priority=after.priority)
    return Change(after, (event,))


def assign(ticket: Ticket, assignee: Contact, at: datetime) -> Change[Ticket]:
    """The employee answers the ticket from now on; a second assignment to the same changes nothing.

    Args:
        ticket: The ticket.
        assignee: Who answers it.
        at: When it is assigned.

    Raises:
        MoveForbidden: when the ticket is resolved.
        ActivityNotAllowed: when no role of the assignee lets them answer tickets.
        InvalidValue: when the time lies before what already happened.
    """
    at = _later(ticket, at)
    status = _after(ticket, "assign")
    require(assignee, Activity.ANSWER)
    if ticket.assignee == assignee.id and ticket.status is status:
        return Change(ticket)
    after = changed(ticket, at, status=status, assignee=assignee.id)
    return Change(after, (TicketAssigned(at=at, ticket=ticket.id, assignee=assignee.id),))


def reply(ticket: Ticket, body: str, author: Contact, at: datetime) -> Change[Ticket]:
    """The ticket has one more message: a request when the requester wrote it, else a public reply.

    The first reply of a human agent is the first response.

    Args:
        ticket: The ticket.
        body: What was written.
        author: The requester, or somebody who may answer.
        at: When it was written.

    Raises:
        MoveForbidden: when the ticket is resolved; reopen it first.
        ActivityNotAllowed: when the author is not the requester and may not answer tickets.
        InvalidValue: when the time lies before what already happened.
    """
    at = _later(ticket, at)
    if author.id == ticket.requester:
        status = _after(ticket, "write")
        return _with_message(ticket, MessageKind.REQUEST, body, author.id, at, status=status)
    status = _after(ticket, "reply")
    require(author, Activity.ANSWER)
    first = at if ticket.first_responded_at is None else ticket.first_responded_at
    return _with_message(
        ticket, MessageKind.REPLY, body, author.id, at, status=status, first_responded_at=first
    )


def note(ticket: Ticket, body: str, author: Contact, at: datetime) -> Change[Ticket]:
    """The ticket has one more internal note, which the requester never sees.

    Args:
        ticket: The ticket, in any state.
        body: What was written.
        author: Somebody who may answer tickets.
        at: When it was written.

    Raises:
        ActivityNotAllowed: when the author may not answer tickets.
        InvalidValue: when the time lies before what already happened.
    """
    at = _later(ticket, at)
    require(author, Activity.ANSWER)
    return _with_message(ticket, MessageKind.NOTE, body, author.id, at)


def automatic(ticket: Ticket, body: str, at: datetime) -> Change[Ticket]:
    """The ticket has one more public message from a machine, which is no response to anything.

    Args:
        ticket: The ticket, in any state.
        body: What was written.
        at: When it was written.

    Raises:
        InvalidValue: when the time lies before what already happened.
    """
    return _with_message(ticket, MessageKind.AUTOMATIC, body, None, _later(ticket, at))


def resolve(ticket: Ticket, at: datetime) -> Change[Ticket]:
    """The ticket is resolved.

    Args:
        ticket: The ticket.
        at: When it was resolved.

    Raises:
        MoveForbidden: when it is resolved already.
        InvalidValue: when the time lies before what already happened.
    """
    at = _later(ticket, at)
    after = changed(ticket, at, status=_after(ticket, "resolve"), resolved_at=at)
    return Change(after, (TicketResolved(at=at, ticket=ticket.id, assignee=ticket.assignee),))


def reopen(ticket: Ticket, at: datetime, reason: str | None = None) -> Change[Ticket]:
    """The resolved ticket is open again; its first response stays what it was.

    Args:
        ticket: The ticket.
        at: When it was opened again.
        reason: Why; becomes an internal note without an author.

    Raises:
        MoveForbidden: when it is not resolved.
        InvalidValue: when the time lies before what already happened.
    """
    at = _later(ticket, at)
    status = _after(ticket, "reopen")
    count = ticket.reopened + 1
    noted = () if reason is None else (Message(at=at, kind=MessageKind.NOTE, body=reason),)
    after = changed(
        ticket,
        at,
        status=status,
        resolved_at=None,
        reopened=count,
        messages=(*ticket.messages, *noted),
    )
    return Change(after, (TicketReopened(at=at, ticket=ticket.id, reopened=count),))


def _after(ticket: Ticket, action: str) -> TicketStatus:
    return TICKET_LIFECYCLE.after(ticket.status, action, ticket, ticket.id)


def _later(ticket: Ticket, at: datetime) -> datetime:
    at = instant(at)
    happened = [ticket.opened_at, *(message.at for message in ticket.messages[-1:])]
    if ticket.resolved_at is not None:
        happened.append(ticket.resolved_at)
    if at < max(happened):
        raise InvalidValue("at", "must not be before what already happened to the ticket")
    return at


def _with_message(
    ticket: Ticket, kind: MessageKind, body: str, author: UUID | None, at: datetime, **fields: Any
) -> Change[Ticket]:
    message = Message(at=at, kind=kind, author=author, body=body)
    after = changed(ticket, at, messages=(*ticket.messages, message), **fields)
    event: Event = MessageAdded(at=at, ticket=ticket.id, kind=kind, author=author)
    return Change(after, (event,))
