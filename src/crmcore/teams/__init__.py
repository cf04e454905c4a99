"""The teams room: teams of employees, who leads them, and how persons join and leave.

Built on contacts; memberships are kept on the persons.
"""

from crmcore.contacts import TeamId
from crmcore.teams.events import (
    EVENTS,
    ManagerAppointed,
    TeamDissolved,
    TeamEdited,
    TeamFormed,
    TeamJoined,
    TeamLeft,
)
from crmcore.teams.invariants import INVARIANTS
from crmcore.teams.lifecycle import JOIN_GUARDS, TEAM_LIFECYCLE, JoinFacts, TeamFacts
from crmcore.teams.model import TEAM, Team, TeamStatus
from crmcore.teams.verbs import PROTECTED, appoint, dissolve, edit, form, join, leave

__all__ = [
    "EVENTS",
    "INVARIANTS",
    "JOIN_GUARDS",
    "PROTECTED",
    "TEAM",
    "TEAM_LIFECYCLE",
    "JoinFacts",
    "ManagerAppointed",
    "Team",
    "TeamDissolved",
    "TeamEdited",
    "TeamFacts",
    "TeamFormed",
    "TeamId",
    "TeamJoined",
    "TeamLeft",
    "TeamStatus",
    "appoint",
    "dissolve",
    "edit",
    "form",
    "join",
    "leave",
]
