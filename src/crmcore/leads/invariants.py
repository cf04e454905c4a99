"""What holds for leads, whatever commands were called.

Leads from before there was a status log have an empty one, or one that begins in the middle.
"""

from collections.abc import Iterator
from itertools import pairwise

from crmcore.checking import Breach, Invariant, Law
from crmcore.leads.model import OPEN_STATUSES, Lead, LeadStatus

_UNFIT = frozenset({LeadStatus.DISQUALIFIED, LeadStatus.JUNK})


def status_breaches(lead: Lead) -> Iterator[Breach]:
    """What a lead has, or lacks, against its status."""
    facts = (
        ("closed_at", lead.closed_at, lead.status not in OPEN_STATUSES),
        ("disqualified_reason", lead.disqualified_reason, lead.status in _UNFIT),
    )
    for name, value, needed in facts:
        if (value is not None) is not needed:
            has = "has no" if needed else "has a"
            yield Breach(text=f"is {lead.status} and {has} {name}")
    # How a lead that is closed was found before, is kept.
    if lead.status is LeadStatus.NEW and lead.qualified_at is not None:
        yield Breach(text="is new and has a qualified_at")
    if lead.status is LeadStatus.QUALIFIED and lead.qualified_at is None:
        yield Breach(text="is qualified and has no qualified_at")
    # Converted to a role only, it says so in its log.
    is_told = bool(lead.status_log and lead.status_log[-1].reason)
    if lead.status is LeadStatus.CONVERTED and lead.opportunity is None and not is_told:
        yield Breach(text="is converted and has no opportunity, nor says what it became")


def log_breaches(lead: Lead) -> Iterator[Breach]:
    """Where the status log does not lead, step by step, to the status of the lead."""
    log = lead.status_log
    if not log:
        return
    if log[-1].status is not lead.status:
        yield Breach(
            text="the status log does not end in the status of the lead",
            expected=lead.status,
            found=log[-1].status,
        )
    for before, after in pairwise(log):
        if after.from_status is not before.status:
            text = "the status log has a step from where the lead was not"
            yield Breach(text=text, expected=before.status, found=after.from_status)
    if any(after.since < before.since for before, after in pairwise(log)):
        yield Breach(text="the status log is not in the order of time")


def care_breaches(lead: Lead) -> Iterator[Breach]:
    """What was done about a lead that cannot be, or not yet, or not any more."""
    for name in ("responded_at", "handed_over_at"):
        then = getattr(lead, name)
        if then is not None and then < lead.captured_at:
            text = f"has a {name} before it was captured"
            yield Breach(text=text, expected=lead.captured_at, found=then)
    if lead.owner is None and lead.assigned_at is not None:
        yield Breach(text="has no owner and an assigned_at")
    for name in ("resurface_at", "queue_reason"):
        if lead.status not in OPEN_STATUSES and getattr(lead, name) is not None:
            yield Breach(text=f"is {lead.status} and has a {name}")
    if lead.resurface_at is None and lead.resurface_reason is not None:
        yield Breach(text="has a resurface_reason and no resurface_at")


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="lead-status",
        law="a lead has the times, the reason and the opportunity that its status needs, no others",
        entity="lead",
        check=status_breaches,
    ),
    Invariant(
        name="lead-log",
        law="the status log of a lead leads, in the order of time, to its status",
        entity="lead",
        check=log_breaches,
    ),
    Invariant(
        name="lead-care",
        law="a lead is answered and handed over after its capture, and waits for somebody or for a "
        "time only while it is open",
        entity="lead",
        check=care_breaches,
    ),
)
"""The laws of leads."""
