"""Which state of a ticket may follow which.

Notes and automatic messages are not in the table: they may be added in every state and change none.
"""

from crmcore.grammar.lifecycle import Lifecycle, move
from crmcore.tickets.model import Ticket, TicketStatus

_S = TicketStatus

TICKET_LIFECYCLE: Lifecycle[TicketStatus, Ticket] = Lifecycle(
    name="ticket",
    states=tuple(_S),
    initial=frozenset({_S.NEW}),
    final=frozenset({_S.RESOLVED}),
    moves=(
        move("assign", (_S.NEW, _S.OPEN), _S.OPEN),
        move("reply", (_S.NEW, _S.OPEN), _S.OPEN),
        # What the requester adds does not make an untouched ticket a touched one.
        move("write", _S.NEW, _S.NEW),
        move("write", _S.OPEN, _S.OPEN),
        move("resolve", (_S.NEW, _S.OPEN), _S.RESOLVED),
        move("reopen", _S.RESOLVED, _S.OPEN),
    ),
)
"""New tickets are taken up and resolved; a resolved one takes no more words before it is reopened."""
