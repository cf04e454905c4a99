"""What a person says the chance to win a lead is: it stands beside every model until withdrawn."""

from datetime import datetime

from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change, changed
from crmcore.leads.events import LeadEstimated, LeadEstimateWithdrawn
from crmcore.leads.lifecycle import LEAD_LIFECYCLE, LeadFacts
from crmcore.leads.model import Lead
from crmcore.leads.prediction.result import open_probability
from crmcore.values import Share, instant


def estimate(lead: Lead, probability: Share, reason: str, at: datetime) -> Change[Lead]:
    """A person's estimate of the lead is this, whatever any model says and said before.

    Args:
        lead: The lead.
        probability: The chance to win it.
        reason: What the estimate rests on.
        at: When it was made.

    Raises:
        MoveForbidden: the lead is closed.
        InvalidValue: the reason is blank, or the probability is 0 or 1.
    """
    at = instant(at)
    _check_open(lead)
    open_probability(probability)
    why = reason.strip()
    if not why:
        raise InvalidValue("probability_reason", "say what the estimate rests on")
    if (lead.probability, lead.probability_reason) == (probability, why):
        return Change(lead)
    after = changed(lead, at, probability=probability, probability_reason=why)
    return Change(after, (LeadEstimated(lead=lead.id, probability=probability, at=at),))


def withdraw_estimate(lead: Lead, at: datetime) -> Change[Lead]:
    """No person's estimate stands in front of the models any more.

    Raises:
        MoveForbidden: the lead is closed.
    """
    at = instant(at)
    _check_open(lead)
    if lead.probability is None:
        return Change(lead)
    after = changed(lead, at, probability=None, probability_reason=None)
    return Change(after, (LeadEstimateWithdrawn(lead=lead.id, at=at),))


def _check_open(lead: Lead) -> None:
    LEAD_LIFECYCLE.after(lead.status, "estimate", LeadFacts(lead=lead), lead.id)
