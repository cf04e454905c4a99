"""What can be done with leads: capture, contact, nurture, qualify, recycle, close, reopen, assign.

Every move leaves a line in the status log. What is found out about a lead is in `qualifying_verbs`; making
the opportunity of a lead is not done here but where opportunities are born.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from crmcore.contacts import Activity, Contact, Role, require
from crmcore.errors import InvalidValue
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, Event, changed
from crmcore.leads.checklist import BANT, Checklist
from crmcore.leads.events import (
    LeadAssigned,
    LeadCaptured,
    LeadContacted,
    LeadConverted,
    LeadDiscarded,
    LeadDisqualified,
    LeadFollowUpSet,
    LeadNurtured,
    LeadQualified,
    LeadRecycled,
    LeadReopened,
)
from crmcore.leads.lifecycle import LEAD_LIFECYCLE, LeadFacts
from crmcore.leads.model import Lead, LeadStatus, StatusEntry
from crmcore.values import instant, optional_instant


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
        status_log=(StatusEntry(status=LeadStatus.NEW, since=at),),
        owner=owner,
        assigned_at=None if owner is None else at,
        captured_at=at,
        external_id=external_id,
        attributes=attributes,
    )
    return Change(lead, (LeadCaptured(lead=id, contact=contact.id, owner=owner, at=at),))


def contact(lead: Lead, at: datetime, *, by: UUID | None = None) -> Change[Lead]:
    """One of us got in touch: the first time counts as the response, and a due follow-up is done.

    A lead that is qualified stays so; one that was contacted before stays as it is.

    Args:
        lead: The lead.
        at: When somebody got in touch.
        by: Who did.

    Raises:
        MoveForbidden: it is closed.
        InvalidValue: the time lies before it entered its status.
    """
    at = instant(at)
    status = _after(lead, "contact")
    fields = _entering(lead, status, at, by=by)
    is_first = lead.responded_at is None
    if is_first:
        fields["responded_at"] = at
    if lead.resurface_at is not None and lead.resurface_at <= at:
        fields |= _NO_FOLLOW_UP
    if not fields:
        return Change(lead)
    return _told(lead, LeadContacted(lead=lead.id, is_first=is_first, at=at), fields)


def nurture(
    lead: Lead,
    at: datetime,
    *,
    resurface_at: datetime | None = None,
    reason: str | None = None,
    by: UUID | None = None,
) -> Change[Lead]:
    """The lead is not ripe, and kept warm.

    Args:
        lead: The lead.
        at: When that was decided.
        resurface_at: When it is to be looked at again; what was planned so far stays when left out.
        reason: Why; kept with the status and with the follow-up.
        by: Who decided.

    Raises:
        MoveForbidden: it is closed, or nurtured already.
        InvalidValue: it should resurface in the past, or the time lies before it entered its status.
    """
    at = instant(at)
    fields = _entering(lead, _after(lead, "nurture"), at, reason=reason, by=by)
    if resurface_at is not None:
        fields |= _follow_up(resurface_at, reason, at)
    return _told(lead, LeadNurtured(lead=lead.id, at=at), fields)


def qualify(
    lead: Lead, at: datetime, *, checklist: Checklist = BANT, by: UUID | None = None
) -> Change[Lead]:
    """The lead was found to fit.

    Args:
        lead: The lead.
        at: When.
        checklist: What must be known; its minimum has to be reached.
        by: Who found so.

    Raises:
        MoveForbidden: it is closed, or qualified already.
        GuardRefused: the checklist is not reached; the reason names what is missing.
        InvalidValue: the time lies before it entered its status.
    """
    at = instant(at)
    status = _after(lead, "qualify", checklist)
    fields = {**_entering(lead, status, at, by=by), "qualified_at": at}
    return _told(lead, LeadQualified(lead=lead.id, at=at), fields)


def recycle(lead: Lead, reason: str, at: datetime, *, by: UUID | None = None) -> Change[Lead]:
    """The lead is given back by sales to marketing.

    Raises:
        InvalidValue: the reason is blank, or the time lies before it entered its status.
        MoveForbidden: it is neither contacted nor qualified.
    """
    at = instant(at)
    why = _needed("reason", reason, "say why the lead is given back")
    fields = _entering(lead, _after(lead, "recycle"), at, reason=why, by=by)
    return _told(lead, LeadRecycled(lead=lead.id, at=at), fields)


def disqualify(lead: Lead, reason: str, at: datetime, *, by: UUID | None = None) -> Change[Lead]:
    """The lead was found not to fit, and is closed.

    Raises:
        InvalidValue: the reason is blank, or the time lies before it entered its status.
        MoveForbidden: it is closed already.
    """
    at = instant(at)
    why = _needed("disqualified_reason", reason, "say why the lead does not fit")
    fields = _closing(lead, _after(lead, "disqualify"), at, reason=why, by=by)
    event = LeadDisqualified(lead=lead.id, at=at)
    return _told(lead, event, {**fields, "disqualified_reason": why})


def discard(lead: Lead, reason: str, at: datetime, *, by: UUID | None = None) -> Change[Lead]:
    """The lead was found to be junk, such as spam, and is closed.

    Raises:
        InvalidValue: the reason is blank, or the time lies before it entered its status.
        MoveForbidden: it is closed already.
    """
    at = instant(at)
    why = _needed("disqualified_reason", reason, "say why the lead is junk")
    fields = _closing(lead, _after(lead, "discard"), at, reason=why, by=by)
    event = LeadDiscarded(lead=lead.id, at=at)
    return _told(lead, event, {**fields, "disqualified_reason": why})


def reopen(lead: Lead, at: datetime, *, by: UUID | None = None) -> Change[Lead]:
    """The disqualified or discarded lead is new again; what is known about it stays.

    Raises:
        MoveForbidden: it is neither disqualified nor junk.
        InvalidValue: the time lies before it was closed.
    """
    at = instant(at)
    fields = _entering(lead, _after(lead, "reopen"), at, by=by)
    fields |= {"qualified_at": None, "closed_at": None, "disqualified_reason": None}
    return _told(lead, LeadReopened(lead=lead.id, at=at), fields)


def assign(lead: Lead, owner: UUID | None, at: datetime) -> Change[Lead]:
    """The lead is followed up by ``owner``, or by nobody for None.

    Raises:
        MoveForbidden: it is closed.
    """
    at = instant(at)
    _after(lead, "assign")
    if lead.owner == owner:
        return Change(lead)
    since = None if owner is None else at
    fields = {"owner": owner, "assigned_at": since, "queue_reason": None}
    return _told(lead, LeadAssigned(lead=lead.id, owner=owner, at=at), fields)


def follow_up(
    lead: Lead, resurface_at: datetime | None, at: datetime, *, reason: str | None = None
) -> Change[Lead]:
    """The lead is to be looked at again at a time (Wiedervorlage), or at none for None.

    Raises:
        MoveForbidden: it is closed.
        InvalidValue: the time lies in the past, or there is a reason without a time.
    """
    at = instant(at)
    _after(lead, "follow_up")
    fields = _follow_up(resurface_at, reason, at)
    if all(getattr(lead, name) == value for name, value in fields.items()):
        return Change(lead)
    event = LeadFollowUpSet(lead=lead.id, resurface_at=fields["resurface_at"], at=at)
    return _told(lead, event, fields)


def mark_converted(
    lead: Lead,
    opportunity: UUID | None,
    at: datetime,
    *,
    role: Role | None = None,
    by: UUID | None = None,
) -> Change[Lead]:
    """The lead became the opportunity, and is closed; nothing changes on a repeat.

    Args:
        lead: The lead.
        opportunity: What it became; None when its account got a role and no deal was opened.
        at: When.
        role: That role; needed without an opportunity.
        by: Who converted it.

    Raises:
        MoveForbidden: it is disqualified or junk, or became something else.
        InvalidValue: it became nothing at all, or the time lies before it entered its status.
    """
    at = instant(at)
    if lead.status is LeadStatus.CONVERTED and lead.opportunity == opportunity:
        return Change(lead)
    if opportunity is None and role is None:
        raise InvalidValue("role", "is needed when there is no opportunity")
    status = _after(lead, "convert")
    reason = None if opportunity is not None else f"became a {role} without a deal"
    fields = _closing(lead, status, at, reason=reason, by=by)
    event = LeadConverted(lead=lead.id, opportunity=opportunity, at=at)
    return _told(lead, event, {**fields, "opportunity": opportunity})


_NO_FOLLOW_UP: dict[str, Any] = {"resurface_at": None, "resurface_reason": None}


def _after(lead: Lead, action: str, checklist: Checklist = BANT) -> LeadStatus:
    facts = LeadFacts(lead=lead, checklist=checklist)
    return LEAD_LIFECYCLE.after(lead.status, action, facts, lead.id)


def _told(lead: Lead, event: Event, fields: dict[str, Any]) -> Change[Lead]:
    return Change(changed(lead, event.at, **fields), (event,))


def _entering(
    lead: Lead,
    status: LeadStatus,
    at: datetime,
    *,
    reason: str | None = None,
    by: UUID | None = None,
) -> dict[str, Any]:
    # Leads from before there was a log have an empty one.
    latest = lead.status_log[-1].since if lead.status_log else lead.captured_at
    if at < latest:
        raise InvalidValue("at", "must not be before the lead entered its status")
    if status is lead.status:
        return {}
    entry = StatusEntry(
        status=status, since=at, from_status=lead.status, reason=_stripped(reason), by=by
    )
    return {"status": status, "status_log": (*lead.status_log, entry)}


def _closing(
    lead: Lead, status: LeadStatus, at: datetime, *, reason: str | None, by: UUID | None
) -> dict[str, Any]:
    entering = _entering(lead, status, at, reason=reason, by=by)
    return {**entering, **_NO_FOLLOW_UP, "closed_at": at, "queue_reason": None}


def _follow_up(resurface_at: datetime | None, reason: str | None, at: datetime) -> dict[str, Any]:
    when = optional_instant(resurface_at)
    why = _stripped(reason)
    if when is None and why is not None:
        raise InvalidValue("resurface_reason", "there is no time that it is for")
    if when is not None and when < at:
        raise InvalidValue("resurface_at", "must not lie in the past")
    return {"resurface_at": when, "resurface_reason": why}


def _stripped(text: str | None) -> str | None:
    return None if text is None else text.strip() or None


def _needed(field: str, reason: str, what: str) -> str:
    if not reason.strip():
        raise InvalidValue(field, what)
    return reason.strip()
