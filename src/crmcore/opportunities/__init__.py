"""Opportunities: possible sales, the pipelines they run through, and how they end.

Knows contacts and leads. Quotes, orders and what a forecast makes of all this lie above.
"""

from crmcore.opportunities.conversion import (
    carried_attributes,
    convert,
    convert_into,
    convert_to_role,
    default_account,
)
from crmcore.opportunities.converted import LeadConversion
from crmcore.opportunities.events import (
    EVENTS,
    OpportunityEdited,
    OpportunityLost,
    OpportunityOpened,
    OpportunityReopened,
    OpportunityWon,
    StageAdvanced,
)
from crmcore.opportunities.invariants import INVARIANTS
from crmcore.opportunities.lifecycle import (
    NO_ACTIVE_QUOTE,
    NO_ORDER,
    OPPORTUNITY_LIFECYCLE,
    OpportunityFacts,
)
from crmcore.opportunities.model import (
    OPPORTUNITY,
    LostReason,
    Opportunity,
    OpportunityId,
    OpportunityStatus,
    StageEntry,
)
from crmcore.opportunities.pipeline import DEFAULT_PIPELINE, ForecastCategory, Pipeline, Stage
from crmcore.opportunities.verbs import (
    PROTECTED,
    advance,
    edit,
    lose,
    open_opportunity,
    reopen,
    win,
)

__all__ = [
    "DEFAULT_PIPELINE",
    "EVENTS",
    "INVARIANTS",
    "NO_ACTIVE_QUOTE",
    "NO_ORDER",
    "OPPORTUNITY",
    "OPPORTUNITY_LIFECYCLE",
    "PROTECTED",
    "ForecastCategory",
    "LeadConversion",
    "LostReason",
    "Opportunity",
    "OpportunityEdited",
    "OpportunityFacts",
    "OpportunityId",
    "OpportunityLost",
    "OpportunityOpened",
    "OpportunityReopened",
    "OpportunityStatus",
    "OpportunityWon",
    "Pipeline",
    "Stage",
    "StageAdvanced",
    "StageEntry",
    "advance",
    "carried_attributes",
    "convert",
    "convert_into",
    "convert_to_role",
    "default_account",
    "edit",
    "lose",
    "open_opportunity",
    "reopen",
    "win",
]
