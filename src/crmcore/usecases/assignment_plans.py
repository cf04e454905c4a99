"""``crm.assignment.plan``: who would be given which lead, and why; nothing is stored."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.leads import Assignment, AssignmentPlan, verbs
from crmcore.leads.assignment import points_of
from crmcore.usecases.arguments import commands
from crmcore.usecases.assigning import (
    as_it_is,
    carried_out,
    check_limit,
    chosen,
    first_in_turn,
    planned,
)
from crmcore.usecases.finding_leads import newest_lead
from crmcore.usecases.plans import Plans


@commands
class AssignmentPlans(Plans):
    """Dry runs of the commands of ``crm.assignment``, by the same names."""

    of = "assignment"

    def assign(self, id: UUID, *, at: datetime | None = None) -> Assignment:
        """Who `Assignments.assign` would give the lead to, given the same; ``explain()`` tells it.

        Raises:
            NothingFound, MoveForbidden: as the command would.
        """
        with self._desk.looking() as work:
            lead = newest_lead(work, id)
            if lead.owner is not None:
                verbs.assign(lead, lead.owner, self._desk.at(at))
                return as_it_is(self._desk, work, lead)
            _, choice = chosen(self._desk, work, lead, at)
            carried_out(lead, choice)
            return choice

    def run(
        self,
        where: Condition = EVERYTHING,
        *,
        limit: int | None = None,
        scores: Mapping[UUID, int | Decimal] | None = None,
        at: datetime | None = None,
    ) -> AssignmentPlan:
        """Who `Assignments.run` would give each waiting lead to, given the same; ``explain()`` tells it.

        All of it is looked at in one go: say a ``limit`` where very many wait.

        Raises:
            InvalidValue, WrongType: as the command would.
        """
        points = points_of(scores)
        check_limit(limit)
        with self._desk.looking() as work:
            leads = first_in_turn(work, where, points, limit)
            return planned(self._desk, work, leads, points, at)[1]
