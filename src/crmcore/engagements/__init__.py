"""The engagements room: what contacts did, such as visiting a page or attending an event.

Built on contacts. What it says about somebody's interest is judged elsewhere; nothing is counted here.
"""

from crmcore.engagements.events import EVENTS, EngagementRecorded
from crmcore.engagements.invariants import INVARIANTS
from crmcore.engagements.model import AHEAD, ENGAGEMENT, Engagement, LeadId
from crmcore.engagements.verbs import record, same_fact

__all__ = [
    "AHEAD",
    "ENGAGEMENT",
    "EVENTS",
    "INVARIANTS",
    "Engagement",
    "EngagementRecorded",
    "LeadId",
    "record",
    "same_fact",
]
