"""What holds for opportunities and the leads they were born from, whatever commands were called."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from crmcore.checking import Breach, Invariant, Law, Referred
from crmcore.contacts import INTERESTED, Contact
from crmcore.leads import OPEN_STATUSES, Lead
from crmcore.opportunities.model import Opportunity, OpportunityStatus
from crmcore.values import Share

_CERTAIN = {OpportunityStatus.WON: Share(1), OpportunityStatus.LOST: Share(0)}


def stage_breaches(opportunity: Opportunity) -> Iterator[Breach]:
    """Where the stage log does not lead, step by step, to the stage of the deal."""
    log = opportunity.stage_log
    last = log[-1].stage if log else None
    if last != opportunity.stage:
        yield Breach(
            text="the stage log does not end in the stage of the deal",
            expected=opportunity.stage,
            found=last,
        )
    before = [None, *(entry.stage for entry in log[:-1])]
    for entry, stage in zip(log, before, strict=False):
        if entry.from_stage != stage:
            text = "the stage log has a step from where the deal was not"
            yield Breach(text=text, expected=stage, found=entry.from_stage)
    if any(then.since < first.since for first, then in pairwise(log)):
        yield Breach(text="the stage log is not in the order of time")


def outcome_breaches(opportunity: Opportunity) -> Iterator[Breach]:
    """What a deal has, or lacks, against its outcome."""
    if (opportunity.closed_at is None) is not opportunity.is_open:
        has = "has a" if opportunity.is_open else "has no"
        yield Breach(text=f"is {opportunity.status} and {has} closed_at")
    certain = _CERTAIN.get(opportunity.status)
    if certain is not None and opportunity.probability != certain:
        yield Breach(
            text=f"is {opportunity.status} with a probability of something else",
            expected=certain,
            found=opportunity.probability,
        )


def birth_breaches(opportunity: Opportunity, leads: Sequence[Lead]) -> Iterator[Breach]:
    """Where a deal names a lead that does not name the deal.

    Args:
        opportunity: The deal.
        leads: The lead it names, if it does.
    """
    for lead in leads:
        if lead.opportunity != opportunity.id:
            text = f"names lead {lead.id}, which became another deal or none"
            yield Breach(text=text, expected=opportunity.id, found=lead.opportunity)


def conversion_breaches(lead: Lead, opportunities: Sequence[Opportunity]) -> Iterator[Breach]:
    """Where a lead became a deal that names no lead.

    A deal names the lead it was born from; others may have joined it since.

    Args:
        lead: The lead.
        opportunities: The deal it became, if it did.
    """
    for opportunity in opportunities:
        if opportunity.lead is None:
            text = f"became opportunity {opportunity.id}, which names no lead"
            yield Breach(text=text, expected=lead.id, found=None)


def interest_breaches(lead: Lead, contacts: Sequence[Contact]) -> Iterator[Breach]:
    """Where an open lead is of a contact who never was one, nor more than that.

    The role may have ended since: a customer who is lost may still have an open lead.

    Args:
        lead: The lead.
        contacts: Its contact.
    """
    for contact in contacts:
        if lead.status in OPEN_STATUSES and not any(map(contact.role, INTERESTED)):
            yield Breach(text="is open, and its contact never was a lead, prospect or customer")


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="opportunity-stages",
        law="the stage log of a deal leads, in the order of time, to its stage",
        entity="opportunity",
        check=stage_breaches,
    ),
    Invariant(
        name="opportunity-outcome",
        law="a deal has the time of closing and the probability that its outcome needs",
        entity="opportunity",
        check=outcome_breaches,
    ),
    Invariant(
        name="opportunity-lead",
        law="the lead that a deal was born from became that deal",
        entity="opportunity",
        check=birth_breaches,
        beside={"leads": Referred("lead", "lead")},
    ),
    Invariant(
        name="lead-contact",
        law="the contact of an open lead is, or was, a lead, a prospect or a customer",
        entity="lead",
        check=interest_breaches,
        beside={"contacts": Referred("contact", "contact")},
    ),
    Invariant(
        name="lead-opportunity",
        law="the deal that a lead became was born from that lead, or from one before it",
        entity="lead",
        check=conversion_breaches,
        beside={"opportunities": Referred("opportunity", "opportunity")},
    ),
)
"""The laws of opportunities."""
