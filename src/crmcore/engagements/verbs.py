"""What can be done with engagements: record them. Nothing takes one back or changes it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from crmcore.engagements.events import EngagementRecorded
from crmcore.engagements.model import Engagement
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change
from crmcore.values import instant


def record(
    id: UUID,
    *,
    contact: UUID,
    kind: str,
    at: datetime,
    object: str | None = None,
    occurred_at: datetime | None = None,
    lead: UUID | None = None,
    source: str | None = None,
    campaign: str | None = None,
    external_id: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[Engagement]:
    """What the contact did is a line of the log.

    Args:
        id: The new identity.
        contact: Who did it.
        kind: What was done, as a key of your own.
        at: When it became known.
        object: With what.
        occurred_at: When it was done; when it became known if left out.
        lead: The lead it was for.
        source: Where the knowledge comes from.
        campaign: What drew the contact.
        external_id: The id in the system it came from.
        attributes: The customer's own fields.

    Raises:
        InvalidValue: the kind is no key, or it is said to happen in the future.
    """
    at = instant(at)
    engagement = Engagement(
        id=id,
        created_at=at,
        updated_at=at,
        contact=contact,
        kind=kind,
        object=object,
        occurred_at=at if occurred_at is None else instant(occurred_at, "occurred_at"),
        lead=lead,
        source=source,
        campaign=campaign,
        external_id=external_id,
        attributes=attributes,
    )
    event = EngagementRecorded(engagement=id, contact=contact, kind=kind, lead=lead, at=at)
    return Change(engagement, (event,))


def same_fact(one: Engagement, other: Engagement) -> bool:
    """Whether both tell the same: the same contact did the same with the same object.

    The time is no part of it: who reports a fact again without a time reports it later.
    """
    return (one.contact, one.kind, one.object) == (other.contact, other.kind, other.object)
