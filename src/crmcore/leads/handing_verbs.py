"""What becomes of a lead that needs somebody: it is queued with a reason, or handed over to sales.

Plain assignment is in `verbs`; whom a policy chooses, `assignment` says.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change, Event, changed
from crmcore.leads.events import LeadAssigned, LeadHandedOver, LeadQueued
from crmcore.leads.lifecycle import LEAD_LIFECYCLE, LeadFacts
from crmcore.leads.model import Lead, LeadStatus
from crmcore.values import instant

_WITH_MARKETING = frozenset({LeadStatus.NEW, LeadStatus.NURTURE, LeadStatus.RECYCLED})


def queue(lead: Lead, reason: str, at: datetime) -> Change[Lead]:
    """The lead waits, because nobody can be given it; nothing changes for the same reason again.

    Raises:
        InvalidValue: the reason is blank, or the lead has an owner.
        MoveForbidden: it is closed.
    """
    at = instant(at)
    LEAD_LIFECYCLE.after(lead.status, "queue", LeadFacts(lead=lead), lead.id)
    why = _reason(reason)
    if lead.queue_reason == why:
        return Change(lead)
    return Change(changed(lead, at, queue_reason=why), (LeadQueued(lead=lead.id, at=at),))


def hand_over(
    lead: Lead,
    owner: UUID | None,
    at: datetime,
    *,
    note: str | None = None,
    queue_reason: str | None = None,
) -> Change[Lead]:
    """Marketing has handed the lead to sales: to an owner, or into the queue.

    Args:
        lead: The lead; whoever owned it before does so no more.
        owner: Who follows it up from now on; None when nobody can be given it.
        at: When.
        note: What sales should know.
        queue_reason: Why there is no owner; needed then.

    Raises:
        InvalidValue: there is neither an owner nor a reason, or the time lies before its capture.
        MoveForbidden: it is closed.
    """
    at = instant(at)
    LEAD_LIFECYCLE.after(lead.status, "hand_over", LeadFacts(lead=lead), lead.id)
    if at < lead.captured_at:
        raise InvalidValue("at", "must not be before the lead was captured")
    fields: dict[str, Any] = {
        "handed_over_at": at,
        "handover_note": (note or "").strip() or None,
        "queue_reason": _reason(queue_reason or "") if owner is None else None,
    }
    events: list[Event] = [LeadHandedOver(lead=lead.id, owner=owner, at=at)]
    if owner != lead.owner:
        fields |= {"owner": owner, "assigned_at": None if owner is None else at}
        events.append(LeadAssigned(lead=lead.id, owner=owner, at=at))
    return Change(changed(lead, at, **fields), tuple(events))


def is_with_sales(lead: Lead) -> bool:
    """Whether it was handed over, and not given back to marketing or begun anew since."""
    handed = lead.handed_over_at
    return handed is not None and not any(
        entry.since > handed and entry.status in _WITH_MARKETING for entry in lead.status_log
    )


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidValue("queue_reason", "say why nobody can be given it")
    return text.strip()
