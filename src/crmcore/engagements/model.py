"""Engagements: one thing that a contact did, as one line of a log that only grows.

Behaviour belongs to the contact, so it stays what it is when a lead is closed or converted. Two logs
of the same contact are merged as the union by id; there is no total that could be added up twice.
"""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.contacts import ContactId
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Text
from crmcore.grammar.naming import hyphenated
from crmcore.values import instant

LeadId = Annotated[UUID, Ref("lead")]
"""The id of a lead, as engagements refer to it."""

AHEAD = timedelta(days=1)
"""So far may the clock of the system that noticed an engagement be ahead of ours."""


@attrs.frozen(kw_only=True, repr=False)
class Engagement(Entity):
    """What a contact did, once; never changed.

    Attributes:
        contact: Who did it.
        kind: What was done, as a key of your own: ``"page-visit"``, ``"download"``, ``"mail-click"``.
        object: With what: the page, the white paper, the mailing.
        occurred_at: When.
        lead: The lead it was for, where that is known.
        source: Where the knowledge comes from, such as the web analytics.
        campaign: What drew the contact.
        external_id: The id in the system it came from.

    Raises:
        InvalidValue: the kind is no key, or it happened more than `AHEAD` after it was recorded.
    """

    contact: ContactId
    kind: Annotated[str, Text(min=1, max=64)] = attrs.field(validator=hyphenated)
    object: Annotated[str, Text(min=1, max=200)] | None = None
    occurred_at: datetime = attrs.field(converter=instant)
    lead: LeadId | None = None
    source: Annotated[str, Text(min=1, max=100)] | None = None
    campaign: Annotated[str, Text(min=1, max=100)] | None = None
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        if self.occurred_at - self.created_at > AHEAD:
            raise InvalidValue("occurred_at", "lies in the future: record what has happened")


def _label(engagement: Engagement) -> str:
    return f"{engagement.kind} {engagement.occurred_at:%Y-%m-%d}"


ENGAGEMENT = EntityType(name="engagement", cls=Engagement, unique=(("external_id",),), label=_label)
"""Engagements as a store keeps them."""
