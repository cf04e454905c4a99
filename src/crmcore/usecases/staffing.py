"""Who works here and how busy they are, as the store says: candidates for those who pick.

The employees are read first and their loads afterwards, so that whoever guards the employee that was
picked notices every pick of the same one that came between.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import attrs

from crmcore.contacts import Activity, Contact, Person, Role, RoleState, require
from crmcore.grammar.aggregating import bind_aggregates
from crmcore.grammar.binding import Scope
from crmcore.grammar.field import F, count, largest, operand_of
from crmcore.grammar.query import EVERYTHING, MAX_VALUES, AggregateQuery, Condition, Group
from crmcore.leads import IS_OPEN, LEAD, AssignmentRule
from crmcore.teams import QUOTA_WINDOW, Candidate
from crmcore.usecases.work import Work

_EMPLOYED = F.roles.any((F.kind == Role.EMPLOYEE) & F.until.is_missing())

_NO_LOAD: Mapping[str, object] = {}


def employee(work: Work, id: UUID) -> Contact:
    """Who may be given leads: somebody who works here and is not on leave, and is that at the commit.

    Raises:
        EntityNotFound: there is no such contact.
        ActivityNotAllowed: it is no employee, or one who is not at work.
    """
    found = work.get(Contact, id)
    require(found, Activity.SELL)
    work.guard(found)
    return found


@attrs.frozen(eq=False)
class Staff:
    """Employees as they were read, and as candidates.

    Attributes:
        people: The employees by id.
        candidates: The same ones with what they have to do.
    """

    people: Mapping[UUID, Person]
    candidates: tuple[Candidate, ...]

    @property
    def last_assigned_at(self) -> datetime | None:
        """When any of them was last given a lead."""
        times = (each.last_assigned_at for each in self.candidates)
        return max((at for at in times if at is not None), default=None)


def staff(work: Work, rules: Iterable[AssignmentRule], at: datetime) -> Staff:
    """Everybody the rules may speak of, as things stand.

    Args:
        work: The work of the command.
        rules: The rules that may come into play.
        at: The quota counts what was given within 24 hours before; for later, a little more.
    """
    people = {each.id: each for each in work.find(Person, _EMPLOYED & _pools(tuple(rules)))}
    loads = {group.key[0]: group for group in _loads(work, tuple(people), at)} if people else {}
    candidates = tuple(_candidate(each, loads.get(each.id)) for each in people.values())
    return Staff(people, candidates)


def _pools(rules: tuple[AssignmentRule, ...]) -> Condition:
    if not all(rule.team or rule.owners for rule in rules):
        return EVERYTHING
    teams = {rule.team for rule in rules if rule.team is not None}
    owners = {owner for rule in rules if rule.team is None for owner in rule.owners}
    if max(len(teams), len(owners)) > MAX_VALUES:
        return EVERYTHING
    return F.team.in_(sorted(teams)) | F.id.in_(sorted(owners))


def _loads(work: Work, owners: tuple[UUID, ...], at: datetime) -> tuple[Group, ...]:
    few = len(owners) <= MAX_VALUES
    query = AggregateQuery(
        entity=LEAD.name,
        measures={
            "open": count(IS_OPEN),
            "today": count(F.assigned_at > at - QUOTA_WINDOW),
            "last": largest(F.assigned_at),
        },
        by=(operand_of(F.owner),),
        where=F.owner.in_(sorted(owners)) if few else ~F.owner.is_missing(),
    )
    return work.unit.aggregate(bind_aggregates(query, Scope.of(LEAD, work.registry)))


def _candidate(person: Person, load: Group | None) -> Candidate:
    held = person.role(Role.EMPLOYEE)
    values = _NO_LOAD if load is None else load.values
    last = values.get("last")
    return Candidate(
        employee=person.id,
        name=person.name,
        team=person.team,
        capacity=person.capacity,
        daily_quota=person.daily_quota,
        skills=frozenset(skill.name for skill in person.skills),
        open=_number(values.get("open")),
        today=_number(values.get("today")),
        last_assigned_at=last if isinstance(last, datetime) else None,
        is_available=held is not None and held.state is RoleState.ACTIVE,
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
