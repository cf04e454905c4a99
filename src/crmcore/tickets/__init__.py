"""Tickets: what requesters bring to us, and how it is answered.

Knows contacts only.
"""

from crmcore.tickets.events import (
    EVENTS,
    MessageAdded,
    TicketAssigned,
    TicketEdited,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from crmcore.tickets.invariants import INVARIANTS
from crmcore.tickets.lifecycle import TICKET_LIFECYCLE
from crmcore.tickets.model import (
    TICKET,
    Channel,
    Message,
    MessageKind,
    Priority,
    Ticket,
    TicketId,
    TicketStatus,
)
from crmcore.tickets.verbs import (
    PROTECTED,
    assign,
    automatic,
    edit,
    note,
    open_ticket,
    reopen,
    reply,
    resolve,
)

__all__ = [
    "EVENTS",
    "INVARIANTS",
    "PROTECTED",
    "TICKET",
    "TICKET_LIFECYCLE",
    "Channel",
    "Message",
    "MessageAdded",
    "MessageKind",
    "Priority",
    "Ticket",
    "TicketAssigned",
    "TicketEdited",
    "TicketId",
    "TicketOpened",
    "TicketReopened",
    "TicketResolved",
    "TicketStatus",
    "assign",
    "automatic",
    "edit",
    "note",
    "open_ticket",
    "reopen",
    "reply",
    "resolve",
]
