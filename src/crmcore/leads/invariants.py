"""What holds for leads, whatever commands were called."""

from collections.abc import Iterator

from crmcore.checking import Breach, Invariant, Law
from crmcore.leads.model import Lead, LeadStatus

_CLOSED = frozenset({LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED})


def status_breaches(lead: Lead) -> Iterator[Breach]:
    """What a lead has, or lacks, against its status."""
    facts = (
        ("closed_at", lead.closed_at, lead.status in _CLOSED),
        ("disqualified_reason", lead.disqualified_reason, lead.status is LeadStatus.DISQUALIFIED),
        ("opportunity", lead.opportunity, lead.status is LeadStatus.CONVERTED),
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


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="lead-status",
        law="a lead has the times, the reason and the opportunity that its status needs, no others",
        entity="lead",
        check=status_breaches,
    ),
)
"""The laws of leads."""
