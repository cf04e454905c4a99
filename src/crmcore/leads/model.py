"""Leads: one stated or supposed interest of a contact, from its capture to its end.

A contact may bring several leads over the years. How promising one is, `scoring` computes; what
becomes of a good one is told in the room of the opportunities.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.contacts import ContactId
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Text
from crmcore.values import instant, optional_instant

LeadId = Annotated[UUID, Ref("lead")]
"""The id of a lead."""

OpportunityId = Annotated[UUID, Ref("opportunity")]
"""The id of an opportunity, as leads refer to it."""


class LeadStatus(StrEnum):
    """How far a lead has come."""

    NEW = "new"
    QUALIFIED = "qualified"
    DISQUALIFIED = "disqualified"
    CONVERTED = "converted"


def _set_iff_converted(lead: "Lead", _field: object, opportunity: UUID | None) -> None:
    if (opportunity is not None) != (lead.status is LeadStatus.CONVERTED):
        raise InvalidValue("opportunity", "must be set on a converted lead, and only there")


@attrs.frozen(kw_only=True, repr=False)
class Lead(Entity):
    """One interest of a contact, to be followed up.

    Attributes:
        contact: Whose interest it is.
        source: Where it came from: a web form, a fair, a referral.
        campaign: What drew it.
        status: How far it has come.
        owner: The employee who follows it up.
        captured_at: When the interest was noticed.
        qualified_at: When it was found to fit.
        closed_at: When it was converted or disqualified.
        disqualified_reason: Why it does not fit.
        opportunity: What it was converted to; set exactly when it is converted.
        external_id: The id in the system it came from.
    """

    contact: ContactId
    source: Annotated[str, Text(min=1, max=100)]
    campaign: Annotated[str, Text(max=100)] | None = None
    status: LeadStatus = LeadStatus.NEW
    owner: ContactId | None = None
    captured_at: datetime = attrs.field(converter=instant)
    qualified_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    closed_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    disqualified_reason: Annotated[str, Text(max=500)] | None = None
    opportunity: OpportunityId | None = attrs.field(default=None, validator=_set_iff_converted)
    external_id: Annotated[str, Text(max=255)] | None = None


def _label(lead: Lead) -> str:
    return f"{lead.source} {lead.captured_at:%Y-%m-%d}"


LEAD = EntityType(name="lead", cls=Lead, unique=(("external_id",),), label=_label)
"""Leads as a store keeps them."""
