"""Which state of a team may follow which, and what joining one needs.

A dissolved team stays dissolved: whoever wants it back forms a new one.
"""

import attrs

from crmcore.grammar.lifecycle import Guard, Lifecycle, move
from crmcore.teams.model import TeamStatus


@attrs.frozen(kw_only=True)
class TeamFacts:
    """What the guards of a team look at.

    Attributes:
        members: How many persons are in it now.
    """

    members: int = 0


_EMPTY = Guard[TeamFacts]("empty", "members are still in it", lambda facts: facts.members == 0)

TEAM_LIFECYCLE = Lifecycle[TeamStatus, TeamFacts](
    name="team",
    states=TeamStatus,
    initial={TeamStatus.ACTIVE},
    final={TeamStatus.DISSOLVED},
    moves=(
        move("appoint", TeamStatus.ACTIVE, TeamStatus.ACTIVE),
        move("dissolve", TeamStatus.ACTIVE, TeamStatus.DISSOLVED, _EMPTY),
    ),
)
"""A team works until it is dissolved; a manager is appointed only while it works."""


@attrs.frozen(kw_only=True)
class JoinFacts:
    """What the conditions of joining a team look at.

    Attributes:
        is_employee: Whether the person holds the role of an employee.
        is_active: Whether the team still works.
    """

    is_employee: bool
    is_active: bool


JOIN_GUARDS: tuple[Guard[JoinFacts], ...] = (
    Guard("is_employee", "only an employee can be in a team", lambda facts: facts.is_employee),
    Guard("team_is_active", "the team is dissolved", lambda facts: facts.is_active),
)
"""What must hold for a person to join a team."""
