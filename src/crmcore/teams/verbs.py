"""What can be done with teams: form, edit, lead and dissolve them; join and leave them; share work.

Joining and leaving change the person, not the team: so two people join at once without a conflict.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.contacts import Person, Role, Skill, TeamMembership
from crmcore.errors import GuardRefused
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, Event, changed, differing, edited
from crmcore.teams.events import (
    ManagerAppointed,
    TeamDissolved,
    TeamEdited,
    TeamFormed,
    TeamJoined,
    TeamLeft,
    WorkloadSet,
)
from crmcore.teams.lifecycle import JOIN_GUARDS, TEAM_LIFECYCLE, JoinFacts, TeamFacts
from crmcore.teams.model import Team, TeamStatus
from crmcore.values import instant

PROTECTED = frozenset({"manager", "status"})
"""Fields of a team that `edit` does not set: they have verbs of their own."""


def form(
    id: UUID,
    *,
    name: str,
    at: datetime,
    region: str | None = None,
    manager: UUID | None = None,
    external_id: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[Team]:
    """The team works, and has no members yet.

    Args:
        id: The new identity.
        name: How it is called.
        at: When.
        region: Where it works.
        manager: Who leads it.
        external_id: The id in the system it came from.
        attributes: The customer's own fields.
    """
    at = instant(at)
    team = Team(
        id=id,
        created_at=at,
        updated_at=at,
        name=name,
        region=region,
        manager=manager,
        external_id=external_id,
        attributes=attributes,
    )
    return Change(team, (TeamFormed(team=id, manager=manager, at=at),))


def edit(team: Team, fields: dict[str, Any], at: datetime) -> Change[Team]:
    """The team has the given field values.

    Raises:
        UnknownField: for a name the team does not have.
        FieldProtected: for a field the library owns.
    """
    at = instant(at)
    after = edited(team, at, fields, PROTECTED)
    names = tuple(sorted(differing(team, after)))
    if not names:
        return Change(team)
    return Change(after, (TeamEdited(team=team.id, fields=names, at=at),))


def appoint(team: Team, manager: UUID | None, at: datetime) -> Change[Team]:
    """The team is led by ``manager``, or by nobody for None.

    Raises:
        MoveForbidden: the team is dissolved.
    """
    at = instant(at)
    TEAM_LIFECYCLE.after(team.status, "appoint", TeamFacts(), team.id)
    if team.manager == manager:
        return Change(team)
    event = ManagerAppointed(team=team.id, manager=manager, at=at)
    return Change(changed(team, at, manager=manager), (event,))


def dissolve(team: Team, members: int, at: datetime) -> Change[Team]:
    """The team is no more.

    Args:
        team: The team.
        members: How many persons are in it now.
        at: When.

    Raises:
        MoveForbidden: it is dissolved already.
        GuardRefused: members are still in it.
    """
    at = instant(at)
    facts = TeamFacts(members=members)
    status = TEAM_LIFECYCLE.after(team.status, "dissolve", facts, team.id)
    return Change(changed(team, at, status=status), (TeamDissolved(team=team.id, at=at),))


def join(person: Person, team: Team, at: datetime) -> Change[Person]:
    """The person is in the team, and no longer in the one before; nothing changes on a repeat.

    Raises:
        GuardRefused: the person is no employee, or the team is dissolved.
        InvalidValue: ``at`` lies before the person joined the team before.
    """
    at = instant(at)
    if person.team == team.id:
        return Change(person)
    facts = JoinFacts(
        is_employee=person.holds(Role.EMPLOYEE), is_active=team.status is TeamStatus.ACTIVE
    )
    reasons = tuple(guard.reason for guard in JOIN_GUARDS if not guard.holds(facts))
    if reasons:
        raise GuardRefused("contact", person.id, "join", reasons)
    memberships = (*_closed(person, at), TeamMembership(team=team.id, since=at))
    joined = TeamJoined(contact=person.id, team=team.id, at=at)
    after = changed(person, at, team=team.id, memberships=memberships)
    return Change(after, (*_left(person, at), joined))


def leave(person: Person, at: datetime) -> Change[Person]:
    """The person is in no team; nothing changes when that was so before.

    Raises:
        InvalidValue: ``at`` lies before the person joined.
    """
    at = instant(at)
    if person.team is None:
        return Change(person)
    after = changed(person, at, team=None, memberships=_closed(person, at))
    return Change(after, _left(person, at))


def set_workload(
    person: Person,
    at: datetime,
    *,
    capacity: int | None = None,
    daily_quota: int | None = None,
    skills: Iterable[str] = (),
) -> Change[Person]:
    """How much the person can take on and can do is as told here, and nothing of before stands.

    Args:
        person: An employee.
        at: When.
        capacity: How many open pieces of work at a time; None for no limit.
        daily_quota: How many new ones within 24 hours; None for no limit.
        skills: What the person can do.

    Raises:
        GuardRefused: the person is no employee.
        InvalidValue: a number is negative, or a skill is named twice.
    """
    at = instant(at)
    if not person.holds(Role.EMPLOYEE):
        reason = "only an employee is given work"
        raise GuardRefused("contact", person.id, "set_workload", (reason,))
    after = changed(
        person,
        at,
        capacity=capacity,
        daily_quota=daily_quota,
        skills=tuple(Skill(name=name) for name in sorted(skills, key=str)),
    )
    if not differing(person, after):
        return Change(person)
    event = WorkloadSet(contact=person.id, capacity=capacity, daily_quota=daily_quota, at=at)
    return Change(after, (event,))


def _closed(person: Person, at: datetime) -> tuple[TeamMembership, ...]:
    return tuple(
        attrs.evolve(membership, until=at) if membership.until is None else membership
        for membership in person.memberships
    )


def _left(person: Person, at: datetime) -> tuple[Event, ...]:
    return () if person.team is None else (TeamLeft(contact=person.id, team=person.team, at=at),)
