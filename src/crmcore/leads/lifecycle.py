"""Which status of a lead may follow which.

Converting makes an opportunity or a customer of it; the table only says when that may happen. What
must be known before a lead is qualified, the checklist says.
"""

import attrs

from crmcore.grammar.field import F
from crmcore.grammar.lifecycle import Guard, Lifecycle, Move, move
from crmcore.leads.checklist import BANT, Checklist
from crmcore.leads.model import OPEN_STATUSES, Lead, LeadStatus


@attrs.frozen(kw_only=True)
class LeadFacts:
    """What the guard of a lead looks at.

    Attributes:
        lead: The lead.
        checklist: What must be known before it is qualified.
    """

    lead: Lead
    checklist: Checklist = BANT


def _is_reached(facts: LeadFacts) -> bool:
    return facts.checklist.reached(facts.lead).is_enough


def _shortfall(facts: LeadFacts) -> str:
    return facts.checklist.reached(facts.lead).shortfall()


CHECKLIST_REACHED = Guard[LeadFacts](
    "checklist_reached", "the checklist is not reached", _is_reached, _shortfall
)
"""A lead is qualified only when the configured minimum is reached; the reason names what is not."""

_S = LeadStatus
_OPEN = tuple(status for status in LeadStatus if status in OPEN_STATUSES)

IS_OPEN = F.status.in_(_OPEN)
"""The condition of leads that are worked on."""

IS_CLOSED = F.status.in_(tuple(status for status in LeadStatus if status not in OPEN_STATUSES))
"""The condition of leads that came to an end, whichever."""


def _staying(action: str) -> tuple[Move[LeadStatus, LeadFacts], ...]:
    return tuple(move(action, status, status) for status in _OPEN)


LEAD_LIFECYCLE: Lifecycle[LeadStatus, LeadFacts] = Lifecycle(
    name="lead",
    states=tuple(_S),
    initial=frozenset({_S.NEW}),
    final=frozenset({_S.CONVERTED, _S.DISQUALIFIED, _S.JUNK}),
    moves=(
        move("contact", (_S.NEW, _S.CONTACTED, _S.NURTURE, _S.RECYCLED), _S.CONTACTED),
        # Sales calls leads that fit before anybody did: that stops the clock, and takes nothing back.
        move("contact", _S.QUALIFIED, _S.QUALIFIED),
        move("nurture", (_S.NEW, _S.CONTACTED, _S.QUALIFIED, _S.RECYCLED), _S.NURTURE),
        move(
            "qualify",
            (_S.NEW, _S.CONTACTED, _S.NURTURE, _S.RECYCLED),
            _S.QUALIFIED,
            CHECKLIST_REACHED,
        ),
        move("recycle", (_S.CONTACTED, _S.QUALIFIED), _S.RECYCLED),
        move("convert", _OPEN, _S.CONVERTED),
        move("disqualify", _OPEN, _S.DISQUALIFIED),
        move("discard", _OPEN, _S.JUNK),
        move("reopen", (_S.DISQUALIFIED, _S.JUNK), _S.NEW),
        *_staying("assign"),
        *_staying("queue"),
        *_staying("hand_over"),
        *_staying("follow_up"),
        *_staying("answer"),
        *_staying("estimate"),
    ),
)
"""A lead is contacted, kept warm, found to fit and converted, or closed with a reason."""
