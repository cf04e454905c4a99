"""The teams room: teams of employees, who leads them, and how persons join and leave.

Built on contacts; memberships are kept on the persons. Who of several is given work is picked here.
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
    WorkloadSet,
)
from crmcore.teams.invariants import INVARIANTS
from crmcore.teams.lifecycle import JOIN_GUARDS, TEAM_LIFECYCLE, JoinFacts, TeamFacts
from crmcore.teams.model import TEAM, Team, TeamStatus
from crmcore.teams.picking import (
    QUOTA_WINDOW,
    Barrier,
    Candidate,
    Obstacle,
    PassedOver,
    Pick,
    Ranked,
    Strategy,
    after_pick,
    pick,
)
from crmcore.teams.verbs import (
    PROTECTED,
    appoint,
    dissolve,
    edit,
    form,
    join,
    leave,
    set_workload,
)

__all__ = [
    "EVENTS",
    "INVARIANTS",
    "JOIN_GUARDS",
    "PROTECTED",
    "QUOTA_WINDOW",
    "TEAM",
    "TEAM_LIFECYCLE",
    "Barrier",
    "Candidate",
    "JoinFacts",
    "ManagerAppointed",
    "Obstacle",
    "PassedOver",
    "Pick",
    "Ranked",
    "Strategy",
    "Team",
    "TeamDissolved",
    "TeamEdited",
    "TeamFacts",
    "TeamFormed",
    "TeamId",
    "TeamJoined",
    "TeamLeft",
    "TeamStatus",
    "WorkloadSet",
    "after_pick",
    "appoint",
    "dissolve",
    "edit",
    "form",
    "join",
    "leave",
    "pick",
    "set_workload",
]
