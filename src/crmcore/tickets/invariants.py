"""What holds for tickets, whatever commands were called.

How many open tickets somebody has is counted when it is asked for and kept nowhere, so there is
nothing that could disagree with it.
"""

from collections.abc import Iterator
from itertools import pairwise

from crmcore.checking import Breach, Invariant, Law
from crmcore.tickets.model import MessageKind, Ticket, TicketStatus


def status_breaches(ticket: Ticket) -> Iterator[Breach]:
    """What a ticket has against its status."""
    if ticket.status is TicketStatus.NEW:
        if ticket.assignee is not None:
            yield Breach(text="is new and has an assignee")
        if ticket.reopened:
            yield Breach(text="is new and was reopened", expected=0, found=ticket.reopened)
    if ticket.reopened < 0:
        yield Breach(text="was reopened less than never", expected=0, found=ticket.reopened)
    if ticket.resolved_at is not None and ticket.resolved_at < ticket.opened_at:
        yield Breach(text="was resolved before it was opened")


def message_breaches(ticket: Ticket) -> Iterator[Breach]:
    """Messages out of order or of the wrong author, and a first response that is none of them."""
    times = [ticket.opened_at, *(message.at for message in ticket.messages)]
    if any(then < first for first, then in pairwise(times)):
        yield Breach(text="the messages are not in the order of time")
    replies = [each.at for each in ticket.messages if each.kind is MessageKind.REPLY]
    first = replies[0] if replies else None
    if ticket.first_responded_at != first:
        text = "the first response is not the first public reply"
        yield Breach(text=text, expected=first, found=ticket.first_responded_at)
    for message in ticket.messages:
        if message.kind is MessageKind.REQUEST and message.author != ticket.requester:
            yield Breach(text="a request is not by the requester")
        if message.kind is MessageKind.AUTOMATIC and message.author is not None:
            yield Breach(text="an automatic message has an author")


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="ticket-status",
        law="a ticket has the assignee and the times that its status allows",
        entity="ticket",
        check=status_breaches,
    ),
    Invariant(
        name="ticket-messages",
        law="messages are in order, by the right authors, and the first reply is the response",
        entity="ticket",
        check=message_breaches,
    ),
)
"""The laws of tickets."""
