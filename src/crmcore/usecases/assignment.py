"""``crm.assignment``: who follows up which lead, by the policy of the settings, and why.

Two picks at once never take the same turn: each depends on the employee it picked being unchanged,
so one of them is refused by the store, taken again, and finds the next in turn.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

import attrs

from crmcore.grammar.change import Change
from crmcore.grammar.field import F
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.leads import (
    Assignment,
    AssignmentPlan,
    Lead,
    hand_over,
    is_with_sales,
    service_order,
    verbs,
)
from crmcore.leads.assignment import Points, points_of
from crmcore.ports import Progress
from crmcore.teams import Candidate
from crmcore.usecases.arguments import commands
from crmcore.usecases.assigning import (
    WAITING,
    as_it_is,
    carried_out,
    check_limit,
    chosen,
    guard,
    planned,
)
from crmcore.usecases.assignment_plans import AssignmentPlans
from crmcore.usecases.finding import Collection, Found
from crmcore.usecases.finding_leads import newest_lead
from crmcore.usecases.handover import Handover, dossier
from crmcore.usecases.scoring import ready as scoring_ready
from crmcore.usecases.staffing import employee
from crmcore.usecases.work import Desk, Work

PAGE = 100
"""So many leads are assigned in one transaction of `Assignments.run`."""


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


@commands
class Assignments:
    """The owners of leads, chosen by the rules of the company.

    Attributes:
        plan: What commands would do, without doing it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.plan = AssignmentPlans(desk)

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
            return work.apply(carried_out(lead, choice))

        return self._told(self._desk.run("assignment.assign", Lead, key, asked, step), made)

    def run(
        self,
        where: Condition = EVERYTHING,
        *,
        limit: int | None = None,
        scores: Mapping[UUID, int | Decimal] | None = None,
        at: datetime | None = None,
        progress: Progress | None = None,
    ) -> AssignmentRun:
        """Afterwards every waiting lead has an owner, or a reason why it has none.

        Pages of leads are assigned in transactions of their own, in the order of ``plan.run``;
        who gets what is decided anew, as things stand then. Repeating it is harmless: what has an owner is
        left alone.

        Args:
            where: Which of the waiting leads; all of them when left out.
            limit: How many of them at most, the first in turn; all of them when left out.
            scores: Points by lead: most points come first, then what was captured first.
            at: When; now if left out.
            progress: Called with how many leads are done, of how many.

        Raises:
            InvalidValue: when the limit is less than one.
            WrongType: when points are no exact numbers.
            Busy: when others were in the way until the deadline; earlier pages stay assigned.
        """
        points = points_of(scores)
        check_limit(limit)
        order = sorted(service_order(lead, points) for lead in self.queue(where))
        ids = [place[-1] for place in order[:limit]]
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
                return work.apply(hand_over(lead, owner, self._desk.at(at), note=note))
            choice = self._chosen(work, lead, at)
            reason = choice.queue_reason
            change = hand_over(lead, choice.owner, choice.at, note=note, queue_reason=reason)
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
        return Collection(self._desk, Lead).find(WAITING & where, order_by="captured_at")

    def _chosen(self, work: Work, lead: Lead, at: datetime | None) -> Assignment:
        crew, choice = chosen(self._desk, work, lead, at)
        guard(work, crew, [choice])
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
        crew, plan = planned(self._desk, work, [*leads.values()], points, at, turns=turns)
        guard(work, crew, plan.assignments)
        for choice in plan.assignments:
            change = carried_out(leads[choice.lead], choice)
            if not change.is_empty:
                work.apply(change)
        return plan

    def _told(self, lead: Lead, made: Sequence[Assignment]) -> Assignment:
        if made and (made[-1].owner, made[-1].queue_reason) == (lead.owner, lead.queue_reason):
            return made[-1]
        with self._desk.looking() as work:
            return as_it_is(self._desk, work, lead)
