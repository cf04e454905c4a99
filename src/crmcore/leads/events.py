"""What happened to leads: facts in the past tense, ids only; reasons stay on the lead.

That an opportunity came to be is told by the opportunities' own events.
"""

from uuid import UUID

import attrs

from crmcore.grammar.change import Event


@attrs.frozen(kw_only=True)
class LeadCaptured(Event):
    """An interest of a contact was noticed."""

    lead: UUID
    contact: UUID
    owner: UUID | None = None


@attrs.frozen(kw_only=True)
class LeadQualified(Event):
    """A lead was found to fit."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadDisqualified(Event):
    """A lead was found not to fit."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadReopened(Event):
    """A disqualified lead is followed up again."""

    lead: UUID


@attrs.frozen(kw_only=True)
class LeadAssigned(Event):
    """A lead has another owner, or none."""

    lead: UUID
    owner: UUID | None


@attrs.frozen(kw_only=True)
class LeadConverted(Event):
    """A lead became an opportunity."""

    lead: UUID
    opportunity: UUID


EVENTS: tuple[type[Event], ...] = (
    LeadCaptured,
    LeadQualified,
    LeadDisqualified,
    LeadReopened,
    LeadAssigned,
    LeadConverted,
)
"""Every event of this room."""
