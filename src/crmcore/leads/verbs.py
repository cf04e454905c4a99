"""What can be done with leads: capture, qualify, disqualify, reopen, assign, mark as converted.

Making the opportunity of a lead is not done here but where opportunities are born.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from crmcore.contacts import Activity, Contact, require
from crmcore.errors import InvalidValue
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, changed
from crmcore.leads.events import (
    LeadAssigned,
    LeadCaptured,
    LeadConverted,
    LeadDisqualified,
    LeadQualified,
    LeadReopened,
)
from crmcore.leads.lifecycle import LEAD_LIFECYCLE
from crmcore.leads.model import Lead, LeadStatus
from crmcore.values import instant


def capture(
    id: UUID,
    *,
    contact: Contact,
    source: str,
    at: datetime,
    campaign: str | None = None,
    owner: UUID | None = None,
    external_id: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[Lead]:
    """The interest of a contact is a new lead.

    Args:
        id: The new identity.
        contact: Whose interest it is; a lead, prospect or customer of ours.
        source: Where it came from.
        at: When it was noticed.
        campaign: What drew it.
        owner: The employee who follows it up.
        external_id: The id in the system it came from.
        attributes: The customer's own fields.

    Raises:
        ActivityNotAllowed: the contact holds no role in which it can be qualified.
    """
    at = instant(at)
    require(contact, Activity.QUALIFY)
    lead = Lead(
        id=id,
        created_at=at,
        updated_at=at,
        contact=contact.id,
        source=source,
        campaign=campaign,
        owner=owner,
        captured_at=at,
        external_id=external_id,
        attributes=attributes,
    )
    return Change(lead, (LeadCaptured(lead=id, contact=contact.id, owner=owner, at=at),))


def qualify(lead: Lead, at: datetime) -> Change[Lead]:
    """The lead was found to fit.

    Raises:
        MoveForbidden: it is not new.
    """
    at = instant(at)
    status = _after(lead, "qualify")
    after = changed(lead, at, status=status, qualified_at=at)
    return Change(after, (LeadQualified(lead=lead.id, at=at),))


def disqualify(lead: Lead, reason: str, at: datetime) -> Change[Lead]:
    """The lead was found not to fit, and is closed.

    Raises:
        InvalidValue: the reason is blank.
        MoveForbidden: it is closed already.
    """
    at = instant(at)
    if not reason.strip():
        raise InvalidValue("disqualified_reason", "say why the lead does not fit")
    status = _after(lead, "disqualify")
    after = changed(lead, at, status=status, closed_at=at, disqualified_reason=reason.strip())
    return Change(after, (LeadDisqualified(lead=lead.id, at=at),))


def reopen(lead: Lead, at: datetime) -> Change[Lead]:
    """The disqualified lead is new again.

    Raises:
        MoveForbidden: it is not disqualified.
    """
    at = instant(at)
    status = _after(lead, "reopen")
    after = changed(
        lead, at, status=status, qualified_at=None, closed_at=None, disqualified_reason=None
    )
    return Change(after, (LeadReopened(lead=lead.id, at=at),))


def assign(lead: Lead, owner: UUID | None, at: datetime) -> Change[Lead]:
    """The lead is followed up by ``owner``, or by nobody for None.

    Raises:
        MoveForbidden: it is closed.
    """
    at = instant(at)
    _after(lead, "assign")
    if lead.owner == owner:
        return Change(lead)
    return Change(changed(lead, at, owner=owner), (LeadAssigned(lead=lead.id, owner=owner, at=at),))


def mark_converted(lead: Lead, opportunity: UUID, at: datetime) -> Change[Lead]:
    """The lead became the opportunity, and is closed; nothing changes on a repeat.

    Raises:
        MoveForbidden: it is disqualified, or became another opportunity.
    """
    at = instant(at)
    if lead.opportunity == opportunity:
        return Change(lead)
    status = _after(lead, "convert")
    after = changed(lead, at, status=status, closed_at=at, opportunity=opportunity)
    event = LeadConverted(lead=lead.id, opportunity=opportunity, at=at)
    return Change(after, (event,))


def _after(lead: Lead, action: str) -> LeadStatus:
    return LEAD_LIFECYCLE.after(lead.status, action, None, lead.id)
