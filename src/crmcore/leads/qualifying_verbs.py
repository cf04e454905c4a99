"""What is found out about a lead, item by item of its checklist.

The last answer to an item stands; that there was another one before, its event tells.
"""

from datetime import datetime
from uuid import UUID

from crmcore.grammar.change import Change, changed
from crmcore.leads.checklist import Checklist
from crmcore.leads.events import LeadAnswered
from crmcore.leads.lifecycle import LEAD_LIFECYCLE, LeadFacts
from crmcore.leads.model import Answer, AnswerState, Lead
from crmcore.values import instant


def answer(
    lead: Lead,
    item: str,
    state: AnswerState,
    at: datetime,
    *,
    checklist: Checklist,
    evidence: str | None = None,
    by: UUID | None = None,
) -> Change[Lead]:
    """What is known about an item of the checklist is this, whatever it was before.

    Args:
        lead: The lead.
        item: The key of the item.
        state: What is known.
        at: When it was found out.
        checklist: The checklist with the item.
        evidence: What it rests on; needed unless nothing is known.
        by: Who found it out.

    Raises:
        MoveForbidden: the lead is closed.
        UnknownName: the checklist has no such item; the error suggests the nearest.
        InvalidValue: there is no evidence.
    """
    at = instant(at)
    LEAD_LIFECYCLE.after(lead.status, "answer", LeadFacts(lead=lead, checklist=checklist), lead.id)
    key = checklist.item(item).key
    given = Answer(item=key, state=state, evidence=evidence, at=at, by=by)
    before = next((each for each in lead.answers if each.item == key), None)
    if before is not None and (before.state, before.evidence) == (state, evidence):
        return Change(lead)
    kept = tuple(given if each is before else each for each in lead.answers)
    answers = kept if before is not None else (*kept, given)
    event = LeadAnswered(lead=lead.id, item=key, state=state, before=lead.answer(key), at=at)
    return Change(changed(lead, at, answers=answers), (event,))
