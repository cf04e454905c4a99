"""What happened in the log of engagements: a line was added, told by ids and its kind."""

from uuid import UUID

import attrs

from crmcore.grammar.change import Event


@attrs.frozen(kw_only=True)
class EngagementRecorded(Event):
    """It became known that a contact did something.

    Attributes:
        engagement: The line of the log.
        contact: Who did it.
        kind: What was done, by its key.
        lead: The lead it was for, where that is known.
    """

    engagement: UUID
    contact: UUID
    kind: str
    lead: UUID | None = None


EVENTS: tuple[type[Event], ...] = (EngagementRecorded,)
"""Every event of this room."""
