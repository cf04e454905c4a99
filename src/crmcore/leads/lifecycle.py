"""Which state of a lead may follow which.

Converting makes an opportunity of it; the table only says when that may happen.
"""

from crmcore.grammar.lifecycle import Lifecycle, move
from crmcore.leads.model import LeadStatus

_OPEN = (LeadStatus.NEW, LeadStatus.QUALIFIED)

LEAD_LIFECYCLE = Lifecycle[LeadStatus, None](
    name="lead",
    states=LeadStatus,
    initial={LeadStatus.NEW},
    final={LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED},
    moves=(
        move("qualify", LeadStatus.NEW, LeadStatus.QUALIFIED),
        move("assign", LeadStatus.NEW, LeadStatus.NEW),
        move("assign", LeadStatus.QUALIFIED, LeadStatus.QUALIFIED),
        move("convert", _OPEN, LeadStatus.CONVERTED),
        move("disqualify", _OPEN, LeadStatus.DISQUALIFIED),
        move("reopen", LeadStatus.DISQUALIFIED, LeadStatus.NEW),
    ),
)
"""A lead is new, then perhaps qualified, and ends converted or disqualified; it has no guards."""
