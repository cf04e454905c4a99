"""What happened to opportunities.

Ids, keys, amounts and days only; titles and notes stay with the entity.
"""

from datetime import date

import attrs

from crmcore.contacts import ContactId
from crmcore.grammar.change import Event
from crmcore.opportunities.model import LeadId, LostReason, OpportunityId
from crmcore.values import Money


@attrs.frozen(kw_only=True)
class OpportunityOpened(Event):
    """A deal with an account began, in a stage of a pipeline."""

    opportunity: OpportunityId
    account: ContactId | None = None
    owner: ContactId | None = None
    lead: LeadId | None = None
    pipeline: str
    stage: str
    amount: Money | None = None


@attrs.frozen(kw_only=True)
class OpportunityEdited(Event):
    """Plain fields of a deal changed; ``fields`` are their sorted names."""

    opportunity: OpportunityId
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class StageAdvanced(Event):
    """An open deal went from one stage to another, forward or backward."""

    opportunity: OpportunityId
    from_stage: str
    to_stage: str
    amount: Money | None = None


@attrs.frozen(kw_only=True)
class OpportunityWon(Event):
    """A deal was won in the stage named."""

    opportunity: OpportunityId
    stage: str
    amount: Money | None = None
    closed_on: date


@attrs.frozen(kw_only=True)
class OpportunityLost(Event):
    """A deal was lost in the stage named, for a reason."""

    opportunity: OpportunityId
    stage: str
    amount: Money | None = None
    closed_on: date
    reason: LostReason


@attrs.frozen(kw_only=True)
class OpportunityReopened(Event):
    """A closed deal is open again, in the stage it had last."""

    opportunity: OpportunityId
    stage: str


EVENTS: tuple[type[Event], ...] = (
    OpportunityOpened,
    OpportunityEdited,
    StageAdvanced,
    OpportunityWon,
    OpportunityLost,
    OpportunityReopened,
)
"""Every event of this room."""
