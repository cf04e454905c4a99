"""What happened to leads: facts in the past tense, ids and choices; reasons stay on the lead.

That an opportunity came to be is told by the opportunities' own events.
"""

from datetime import datetime
from uuid import UUID

import attrs

from crmcore.grammar.change import Event
from crmcore.leads.model import AnswerState
from crmcore.values import Share, optional_instant


@attrs.frozen(kw_only=True)
class LeadCaptured(Event):
    """An interest of a contact was noticed."""

    lead: UUID
    contact: UUID
    owner: UUID | None = None


@attrs.frozen(kw_only=True)
class LeadContacted(Event):
    """One of us got in touch; ``is_first`` when nobody had before."""

    lead: UUID
    is_first: bool


@attrs.frozen(kw_only=True)
class LeadNurtured(Event):
    """A lead that is not ripe is kept warm."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadQualified(Event):
    """A lead was found to fit."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadRecycled(Event):
    """Sales gave a lead back to marketing."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadDisqualified(Event):
    """A lead was found not to fit."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadDiscarded(Event):
    """A lead was found to be junk: it never was one."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadReopened(Event):
    """A disqualified or discarded lead is followed up again."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadAssigned(Event):
    """A lead has another owner, or none."""

    lead: UUID
    owner: UUID | None


@attrs.frozen(kw_only=True)
class LeadQueued(Event):
    """Nobody could be given a lead; why, stays with the lead."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadHandedOver(Event):
    """Marketing handed a lead to sales: to an owner, or for None to whoever is free next."""

    lead: UUID
    owner: UUID | None


@attrs.frozen(kw_only=True)
class LeadFollowUpSet(Event):
    """A lead is to be looked at again at another time, or at none."""

    lead: UUID
    resurface_at: datetime | None = attrs.field(default=None, converter=optional_instant)


@attrs.frozen(kw_only=True)
class LeadAnswered(Event):
    """What is known about an item of the checklist changed; what was said stays with the lead."""

    lead: UUID
    item: str
    state: AnswerState
    before: AnswerState


@attrs.frozen(kw_only=True)
class LeadEstimated(Event):
    """A person said how probable it is that a lead is won; why, stays with the lead."""

    lead: UUID
    probability: Share


@attrs.frozen(kw_only=True)
class LeadEstimateWithdrawn(Event):
    """A person's estimate does not stand any more."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadBecameMql(Event):
    """The score of a lead came to the threshold of its model; told once per crossing."""

    lead: UUID
    model: str
    version: int


@attrs.frozen(kw_only=True)
class LeadNoLongerMql(Event):
    """The score of a lead fell below the threshold of its model."""

    lead: UUID
    model: str
    version: int


@attrs.frozen(kw_only=True)
class LeadConverted(Event):
    """A lead became an opportunity; for None a customer or prospect only."""

    lead: UUID
    opportunity: UUID | None


EVENTS: tuple[type[Event], ...] = (
    LeadCaptured,
    LeadContacted,
    LeadNurtured,
    LeadQualified,
    LeadRecycled,
    LeadDisqualified,
    LeadDiscarded,
    LeadReopened,
    LeadAssigned,
    LeadQueued,
    LeadHandedOver,
    LeadFollowUpSet,
    LeadAnswered,
    LeadEstimated,
    LeadEstimateWithdrawn,
    LeadBecameMql,
    LeadNoLongerMql,
    LeadConverted,
)
"""Every event of this room."""
