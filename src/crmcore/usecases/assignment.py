"""``crm.assignment``: who follows up which lead, by the policy of the settings, and why.

Two picks at once never take the same turn: each depends on the employee it picked being unchanged,
so one of them is refused by the store, taken again, and finds the next in turn.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from heapq import nsmallest
from uuid import UUID

import attrs

from crmcore.contacts import Contact
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.grammar.field import F, order_of
from crmcore.grammar.query import EVERYTHING, Condition
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
    handing,
    is_with_sales,
    plan_assignments,
    service_order,
    verbs,
)
from crmcore.leads.assignment import Points, points_of
from crmcore.ports import Progress
from crmcore.teams import Candidate
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection, Found
from crmcore.usecases.finding_leads import newest_lead
from crmcore.usecases.gathering import References
from crmcore.usecases.handover import Handover, dossier
from crmcore.usecases.present import SKEW
from crmcore.usecases.scoring import ready as scoring_ready
from crmcore.usecases.staffing import Staff, employee, staff
from crmcore.usecases.work import Desk, Work
from crmcore.values import as_int

PAGE = 100
"""So many leads are assigned in one transaction of `Assignments.run`."""
PLANNED = 1000
"""So many leads a plan looks at unless told otherwise."""

_TICK = timedelta(milliseconds=1)
_TO_SERVE = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED)
# Leads kept warm by marketing wait for nobody, unless they were queued.
_WAITING = F.owner.is_missing() & IS_OPEN & (F.status.in_(_TO_SERVE) | ~F.queue_reason.is_missing())


@attrs.frozen(kw_only=True)
class AssignmentRun:
    """What a run over the queue did.

    Attributes:
        assigned: How many leads have an owner now.
        queued: How many still wait.
        by_owner: How many each owner was given.
    """

    assigned: int = 0
    queued: int = 0
    by_owner: Mapping[UUID, int] = attrs.field(factory=dict[UUID, int])

    def after(self, plan: AssignmentPlan) -> "AssignmentRun":
        """This run with one more page."""
        return AssignmentRun(
            assigned=self.assigned + len(plan.assigned),
            queued=self.queued + len(plan.queued),
            by_owner={**(Counter(self.by_owner) + Counter(plan.by_owner))},
        )


@attrs.frozen(eq=False)
class _Ready:
    """A policy made ready for leads in a store."""

    assigner: Assigner
    references: References


@lru_cache(maxsize=32)
def _ready(policy: AssignmentPolicy, registry: Registry) -> _Ready:
    made, kind = assigner(policy, registry), registry.of_class(Lead)
    conditions = [rule.when for rule in policy.rules]
    conditions += [preference.when for preference in policy.preferences]
    return _Ready(made, References.of(conditions, kind, registry))


@commands
class Assignments:
    """The owners of leads, chosen by the rules of the company."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def assign(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Assignment:
        """Who follows up the lead from now on; when nobody can, it is queued with the reason.

        A lead that has an owner keeps them.

        Args:
            id: The lead, or its contact.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            NothingFound: when there is no such lead.
            MoveForbidden: when it is closed.
            Busy: when others were in the way until the deadline.
        """
        asked = locals()
        made: list[Assignment] = []

        def step(work: Work) -> Lead:
            lead = newest_lead(work, id)
            if lead.owner is not None:
                return work.apply(verbs.assign(lead, lead.owner, self._desk.at(at)))
            choice = self._chosen(work, lead, at)
            made.append(choice)
            return work.apply(_carried_out(lead, choice))

        return self._told(self._desk.run("assignment.assign", Lead, key, asked, step), made)

    def plan(
        self,
        where: Condition = EVERYTHING,
        *,
        as_of: datetime | None = None,
        limit: int = PLANNED,
        scores: Mapping[UUID, int | Decimal] | None = None,
    ) -> AssignmentPlan:
        """Who would be given which waiting lead, and why; nothing is changed.

        Args:
            where: Which of the waiting leads; all of them when left out.
            as_of: As of when; now if left out.
            limit: How many leads at most, the first in turn.
            scores: Points by lead: most points come first, then what was captured first.

        Raises:
            InvalidValue: when the limit is less than one.
            WrongType: when points are no exact numbers.
        """
        if as_int("limit", limit) < 1:
            raise InvalidValue("limit", "must be at least 1")
        points = points_of(scores)
        oldest = (order_of("captured_at"),)
        with self._desk.looking() as work:
            found = work.find(Lead, _WAITING & where, oldest, None if points else limit)
            leads = nsmallest(limit, found, key=lambda lead: service_order(lead, points))
            return self._planned(work, leads, points, as_of)[1]

    def run(
        self,
        where: Condition = EVERYTHING,
        *,
        scores: Mapping[UUID, int | Decimal] | None = None,
        at: datetime | None = None,
        progress: Progress | None = None,
    ) -> AssignmentRun:
        """Afterwards every waiting lead has an owner, or a reason why it has none.

        Pages of leads are assigned in transactions of their own, in the order of `plan`; who gets
        what is decided anew, as things stand then. Repeating it is harmless: what has an owner is
        left alone.

        Args:
            where: Which of the waiting leads; all of them when left out.
            scores: Points by lead: most points come first, then what was captured first.
            at: When; now if left out.
            progress: Called with how many leads are done, of how many.

        Raises:
            WrongType: when points are no exact numbers.
            Busy: when others were in the way until the deadline; earlier pages stay assigned.
        """
        points = points_of(scores)
        order = sorted(service_order(lead, points) for lead in self.queue(where))
        ids = [place[-1] for place in order]
        done, turns = AssignmentRun(), tuple[Candidate, ...]()
        for start in range(0, len(ids), PAGE):
            page = ids[start : start + PAGE]
            serve = partial(self._served, ids=page, points=points, at=at, turns=turns)
            plan = self._desk.carry_out(serve)
            done, turns = done.after(plan), plan.candidates
            if progress is not None:
                progress(start + len(page), len(ids))
        return done

    def hand_over(
        self,
        id: UUID,
        *,
        to: UUID | None = None,
        note: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Handover:
        """The lead is with sales, and here is what is known of it.

        The policy chooses the owner unless one is given; when it finds nobody, the lead is queued. A
        lead that is with sales already, and was not given back since, stays where it is.

        Args:
            id: The lead, or its contact.
            to: The employee who follows it up from now on; capacity and quota do not matter then.
            note: What sales should know.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            NothingFound: when there is no such lead.
            EntityNotFound: when there is no such employee.
            ActivityNotAllowed: when who is named is no employee, or not at work.
            MoveForbidden: when it is closed.
            Busy: when others were in the way until the deadline.
        """
        asked = locals()
        settings = self._desk.settings
        # A model with a fault is refused before anything happens.
        scoring = scoring_ready(settings.scoring, self._desk.store.registry)

        def step(work: Work) -> Lead:
            lead = newest_lead(work, id)
            if lead.owner is not None and is_with_sales(lead) and to in {None, lead.owner}:
                return work.apply(Change(lead))
            if to is not None:
                owner = employee(work, to).id
                return work.apply(handing.hand_over(lead, owner, self._desk.at(at), note=note))
            choice = self._chosen(work, lead, at)
            reason = choice.queue_reason
            change = handing.hand_over(
                lead, choice.owner, choice.at, note=note, queue_reason=reason
            )
            return work.apply(change)

        lead = self._desk.run("assignment.hand_over", Lead, key, asked, step)
        with self._desk.looking() as work:
            return dossier(work, lead, settings.checklist, scoring)

    def queue(self, where: Condition = EVERYTHING) -> Found[Lead]:
        """The leads that wait for an owner, captured first come first.

        Open ones without an owner: new, contacted or qualified, and others that were queued.

        Args:
            where: Which of them; all when left out.
        """
        return Collection(self._desk, Lead).find(_WAITING & where, order_by="captured_at")

    def _chosen(self, work: Work, lead: Lead, at: datetime | None) -> Assignment:
        made = self._ready(work)
        look = made.references.look(work, [lead])
        crew = staff(work, made.assigner.applying(lead, look), self._desk.at(at))
        moment = self._moment(at, crew)
        choice = made.assigner.choose(lead, crew.candidates, look, moment)
        _guard(work, crew, [choice])
        return choice

    def _served(
        self,
        work: Work,
        *,
        ids: Sequence[UUID],
        points: Points,
        at: datetime | None,
        turns: tuple[Candidate, ...],
    ) -> AssignmentPlan:
        found = work.find(Lead, F.id.in_(ids))
        leads = {lead.id: lead for lead in found if lead.owner is None and lead.is_open}
        crew, plan = self._planned(work, [*leads.values()], points, at, turns=turns)
        _guard(work, crew, plan.assignments)
        for choice in plan.assignments:
            change = _carried_out(leads[choice.lead], choice)
            if not change.is_empty:
                work.apply(change)
        return plan

    def _planned(
        self,
        work: Work,
        leads: Sequence[Lead],
        points: Points,
        at: datetime | None,
        *,
        turns: tuple[Candidate, ...] = (),
    ) -> tuple[Staff, AssignmentPlan]:
        made = self._ready(work)
        look = made.references.look(work, leads)
        crew = staff(work, made.assigner.policy.rules, self._desk.at(at))
        candidates = _in_turn(crew.candidates, turns)
        moment = self._moment(at, crew)
        return crew, plan_assignments(leads, candidates, made.assigner, look, moment, scores=points)

    def _ready(self, work: Work) -> _Ready:
        return _ready(self._desk.settings.assignment, work.registry)

    def _moment(self, at: datetime | None, crew: Staff) -> datetime:
        """When it happens: unless told, later than what any of them was given last.

        Clocks of machines are apart, and an instant is a whole millisecond: two picks within one
        would leave it open whose turn came first.
        """
        moment, last = self._desk.at(at), crew.last_assigned_at
        if at is not None or last is None or not moment <= last <= moment + SKEW:
            return moment
        return last + _TICK

    def _told(self, lead: Lead, made: Sequence[Assignment]) -> Assignment:
        if made and (made[-1].owner, made[-1].queue_reason) == (lead.owner, lead.queue_reason):
            return made[-1]
        with self._desk.looking() as work:
            owner = None if lead.owner is None else work.get(Contact, lead.owner)
        return Assignment(
            lead=lead.id,
            label=LEAD.label(lead),
            owner=lead.owner,
            owner_name="" if owner is None else owner.name,
            queue_reason=lead.queue_reason,
            at=lead.assigned_at or lead.updated_at,
            version=self._desk.settings.assignment.version,
        )


def _carried_out(lead: Lead, choice: Assignment) -> Change[Lead]:
    if choice.queue_reason is not None:
        return handing.queue(lead, choice.queue_reason, choice.at)
    return verbs.assign(lead, choice.owner, choice.at)


def _guard(work: Work, crew: Staff, choices: Sequence[Assignment]) -> None:
    for owner in sorted({choice.owner for choice in choices if choice.owner is not None}):
        work.guard(crew.people[owner])


def _in_turn(candidates: Sequence[Candidate], turns: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates, who keep the turn they had within the instant of the page before."""
    before = {each.employee: each for each in turns}

    def kept(each: Candidate) -> Candidate:
        then = before.get(each.employee)
        if then is None or then.last_assigned_at != each.last_assigned_at:
            return each
        return attrs.evolve(each, turn=then.turn)

    return tuple(map(kept, candidates))
