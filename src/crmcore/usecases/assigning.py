"""Who is to follow up which lead: decided in one place, for ``crm.assignment`` and for its dry runs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import nsmallest

import attrs

from crmcore.contacts import Contact
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.grammar.field import F, order_of
from crmcore.grammar.query import Condition
from crmcore.grammar.registry import Registry
from crmcore.leads import (
    IS_OPEN,
    LEAD,
    Assigner,
    Assignment,
    AssignmentPlan,
    AssignmentPolicy,
    Lead,
    LeadStatus,
    assigner,
    plan_assignments,
    queue,
    service_order,
    verbs,
)
from crmcore.leads.assignment import Points
from crmcore.teams import Candidate
from crmcore.usecases.gathering import References
from crmcore.usecases.present import SKEW
from crmcore.usecases.staffing import Staff, staff
from crmcore.usecases.work import Desk, Work
from crmcore.values import as_int

_TICK = timedelta(milliseconds=1)
_TO_SERVE = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED)
# Leads kept warm by marketing wait for nobody, unless they were queued.
WAITING = F.owner.is_missing() & IS_OPEN & (F.status.in_(_TO_SERVE) | ~F.queue_reason.is_missing())
"""Leads that wait for an owner."""


@attrs.frozen(eq=False)
class _Ready:
    """A policy made ready for leads in a store."""

    assigner: Assigner
    references: References


@lru_cache(maxsize=32)
def _made_ready(policy: AssignmentPolicy, registry: Registry) -> _Ready:
    made, kind = assigner(policy, registry), registry.of_class(Lead)
    conditions = [rule.when for rule in policy.rules]
    conditions += [preference.when for preference in policy.preferences]
    return _Ready(made, References.of(conditions, kind, registry))


def _ready(desk: Desk, work: Work) -> _Ready:
    return _made_ready(desk.settings.assignment, work.registry)


def check_limit(limit: int | None) -> int | None:
    """How many leads are served at most; None for all.

    Raises:
        InvalidValue: it is less than one.
    """
    if limit is not None and as_int("limit", limit) < 1:
        raise InvalidValue("limit", "must be at least 1")
    return limit


def first_in_turn(
    work: Work, where: Condition, points: Points, limit: int | None
) -> Sequence[Lead]:
    """The waiting leads, in the order in which they are served."""
    oldest = (order_of("captured_at"),)
    found = work.find(Lead, WAITING & where, oldest, None if points else limit)
    return nsmallest(limit or len(found), found, key=lambda lead: service_order(lead, points))


def chosen(desk: Desk, work: Work, lead: Lead, at: datetime | None) -> tuple[Staff, Assignment]:
    """Who the policy gives a lead to, and everybody it could choose from."""
    made = _ready(desk, work)
    look = made.references.look(work, [lead])
    crew = staff(work, made.assigner.applying(lead, look), desk.at(at))
    return crew, made.assigner.choose(lead, crew.candidates, look, _moment(desk, at, crew))


def planned(
    desk: Desk,
    work: Work,
    leads: Sequence[Lead],
    points: Points,
    at: datetime | None,
    *,
    turns: Sequence[Candidate] = (),
) -> tuple[Staff, AssignmentPlan]:
    """Who the policy gives each lead to, every load being carried along.

    Args:
        desk: Where it is decided.
        work: The work it is a part of.
        leads: The leads.
        points: How promising they are.
        at: When; now if left out.
        turns: Everybody as an earlier plan of the same instant left them.
    """
    made = _ready(desk, work)
    look = made.references.look(work, leads)
    crew = staff(work, made.assigner.policy.rules, desk.at(at))
    candidates, moment = _in_turn(crew.candidates, turns), _moment(desk, at, crew)
    return crew, plan_assignments(leads, candidates, made.assigner, look, moment, scores=points)


def guard(work: Work, crew: Staff, choices: Sequence[Assignment]) -> None:
    """Make the work depend on those who were chosen staying as they were read."""
    for owner in sorted({choice.owner for choice in choices if choice.owner is not None}):
        work.guard(crew.people[owner])


def carried_out(lead: Lead, choice: Assignment) -> Change[Lead]:
    """The lead given to whom was chosen, or queued with the reason.

    Raises:
        MoveForbidden: it is closed.
    """
    if choice.queue_reason is not None:
        return queue(lead, choice.queue_reason, choice.at)
    return verbs.assign(lead, choice.owner, choice.at)


def as_it_is(desk: Desk, work: Work, lead: Lead) -> Assignment:
    """Who follows up a lead, or why nobody does, as it is stored; how that came is not known any more."""
    owner = None if lead.owner is None else work.get(Contact, lead.owner)
    return Assignment(
        lead=lead.id,
        label=LEAD.label(lead),
        owner=lead.owner,
        owner_name="" if owner is None else owner.name,
        queue_reason=lead.queue_reason,
        at=lead.assigned_at or lead.updated_at,
        version=desk.settings.assignment.version,
    )


def _moment(desk: Desk, at: datetime | None, crew: Staff) -> datetime:
    """When it happens: unless told, later than what any of them was given last.

    Clocks of machines are apart, and an instant is a whole millisecond: two picks within one
    would leave it open whose turn came first.
    """
    moment, last = desk.at(at), crew.last_assigned_at
    if at is not None or last is None or not moment <= last <= moment + SKEW:
        return moment
    return last + _TICK


def _in_turn(candidates: Sequence[Candidate], turns: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates, who keep the turn they had within the instant of the page before."""
    before = {each.employee: each for each in turns}

    def kept(each: Candidate) -> Candidate:
        then = before.get(each.employee)
        if then is None or then.last_assigned_at != each.last_assigned_at:
            return each
        return attrs.evolve(each, turn=then.turn)

    return tuple(map(kept, candidates))
