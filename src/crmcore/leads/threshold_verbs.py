"""When a lead becomes a marketing qualified one: told once each time its score crosses the threshold.

Which score that is, the model says (`crmcore.leads.scoring.Threshold`); the score itself is never kept.
"""

from datetime import datetime

from crmcore.grammar.change import Change, changed
from crmcore.leads.events import LeadBecameMql, LeadNoLongerMql
from crmcore.leads.model import Lead
from crmcore.values import instant


def note_threshold(
    lead: Lead, at: datetime, *, is_reached: bool, model: str, version: int
) -> Change[Lead]:
    """The lead knows since when it is at the threshold; nothing changes unless it crossed it.

    A lead that is closed keeps what was known when it was, and one that is at the threshold since
    later than ``at`` stays there: an older judgement says nothing new.

    Args:
        lead: The lead.
        at: When that was looked at.
        is_reached: Whether its score is at the threshold.
        model: The name of the model.
        version: The version of the model.
    """
    at = instant(at)
    since = lead.mql_since
    if not lead.is_open or is_reached is (since is not None) or (since is not None and at < since):
        return Change(lead)
    event = LeadBecameMql if is_reached else LeadNoLongerMql
    after = changed(lead, at, mql_since=at if is_reached else None)
    return Change(after, (event(lead=lead.id, model=model, version=version, at=at),))
