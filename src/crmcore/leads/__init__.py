"""The leads room: interests of contacts, from their capture to conversion or disqualification.

Built on contacts. Opportunities are made of leads elsewhere; leads only keep the reference.
"""

from crmcore.leads.events import (
    EVENTS,
    LeadAssigned,
    LeadCaptured,
    LeadConverted,
    LeadDisqualified,
    LeadQualified,
    LeadReopened,
)
from crmcore.leads.invariants import INVARIANTS
from crmcore.leads.lifecycle import LEAD_LIFECYCLE
from crmcore.leads.model import LEAD, Lead, LeadId, LeadStatus, OpportunityId
from crmcore.leads.scoring import (
    DEFAULT_SCORING,
    Contribution,
    Score,
    Scorer,
    ScoreRule,
    ScoringModel,
    look_among,
    scorer,
)
from crmcore.leads.verbs import (
    assign,
    capture,
    disqualify,
    mark_converted,
    qualify,
    reopen,
)

__all__ = [
    "DEFAULT_SCORING",
    "EVENTS",
    "INVARIANTS",
    "LEAD",
    "LEAD_LIFECYCLE",
    "Contribution",
    "Lead",
    "LeadAssigned",
    "LeadCaptured",
    "LeadConverted",
    "LeadDisqualified",
    "LeadId",
    "LeadQualified",
    "LeadReopened",
    "LeadStatus",
    "OpportunityId",
    "Score",
    "ScoreRule",
    "Scorer",
    "ScoringModel",
    "assign",
    "capture",
    "disqualify",
    "look_among",
    "mark_converted",
    "qualify",
    "reopen",
    "scorer",
]
