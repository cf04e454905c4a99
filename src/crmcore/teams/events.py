"""What happened to teams, and to persons in them: facts in the past tense, ids only.

The last three are told of the person, because membership and workload are kept there.
"""

from uuid import UUID

import attrs

from crmcore.grammar.change import Event


@attrs.frozen(kw_only=True)
class TeamFormed(Event):
    """A team began its work."""

    team: UUID
    manager: UUID | None = None


@attrs.frozen(kw_only=True)
class TeamEdited(Event):
    """Fields of a team were changed by hand.

    Attributes:
        team: The team.
        fields: The names of the changed fields, sorted.
    """

    team: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ManagerAppointed(Event):
    """A team has another manager, or none."""

    team: UUID
    manager: UUID | None


@attrs.frozen(kw_only=True)
class TeamDissolved(Event):
    """A team ended its work."""

    team: UUID


@attrs.frozen(kw_only=True)
class TeamJoined(Event):
    """A person came into a team."""

    contact: UUID
    team: UUID


@attrs.frozen(kw_only=True)
class TeamLeft(Event):
    """A person went out of a team."""

    contact: UUID
    team: UUID


@attrs.frozen(kw_only=True)
class WorkloadSet(Event):
    """How much a person can take on, or what they can do, was said anew.

    Attributes:
        contact: The person.
        capacity: How many open pieces of work at a time; None for no limit.
        daily_quota: How many new ones within 24 hours; None for no limit.
    """

    contact: UUID
    capacity: int | None = None
    daily_quota: int | None = None


EVENTS: tuple[type[Event], ...] = (
    TeamFormed,
    TeamEdited,
    ManagerAppointed,
    TeamDissolved,
    TeamJoined,
    TeamLeft,
    WorkloadSet,
)
"""Every event of this room."""
