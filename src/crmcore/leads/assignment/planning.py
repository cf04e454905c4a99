"""Who would be given which of many leads: a dry run that carries every load along.

Pure: the same leads, candidates, policy and instant give the same plan, in whatever order they come
in. Planning leads one by one, each with the candidates the one before left, gives the same as
planning them at once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

import attrs

from crmcore.errors import CrmError, InvalidValue, WrongType, raise_collected
from crmcore.grammar.compiling import Look
from crmcore.leads.assignment.choice import Assigner, Assignment
from crmcore.leads.model import Lead
from crmcore.teams import Candidate, after_pick
from crmcore.values import html_table, instant

Points: TypeAlias = Mapping[UUID, int | Decimal]
"""How promising leads are, by lead."""

_MOST_FAULTS = 20


@attrs.frozen(kw_only=True)
class AssignmentPlan:
    """Who would be given what, and why; nothing has happened yet.

    Attributes:
        at: As of when.
        version: The version of the policy.
        assignments: What becomes of each lead, in the order in which they were served.
        candidates: Everybody as they would stand afterwards, by id.
    """

    at: datetime = attrs.field(converter=instant)
    version: int
    assignments: tuple[Assignment, ...]
    candidates: tuple[Candidate, ...] = attrs.field(repr=False)

    @property
    def assigned(self) -> tuple[Assignment, ...]:
        """The leads that somebody is given."""
        return tuple(each for each in self.assignments if each.owner is not None)

    @property
    def queued(self) -> tuple[Assignment, ...]:
        """The leads that nobody can be given."""
        return tuple(each for each in self.assignments if each.owner is None)

    @property
    def by_owner(self) -> Mapping[UUID, int]:
        """How many leads each one is given; those who get none are left out."""
        return Counter(each.owner for each in self.assignments if each.owner is not None)

    def explain(self) -> str:
        """Who gets how many, then what becomes of each lead; `Assignment.explain` tells one fully."""
        return "\n".join([self._head(), *self._shares(), *map(_line, self.assignments)])

    def _repr_html_(self) -> str:
        rows = ((each.label, each.score, each.verdict) for each in self.assignments)
        return html_table(self._head(), ("lead", "points", "becomes"), rows)

    def _head(self) -> str:
        given, queued = len(self.assigned), len(self.queued)
        return f"{given} assigned, {queued} queued, by version {self.version} of the policy"

    def _shares(self) -> list[str]:
        shares = self.by_owner
        return [
            f"{shares[each.employee]:>6}  {each.label}"
            for each in self.candidates
            if each.employee in shares
        ]


def _line(assignment: Assignment) -> str:
    points = "" if assignment.score is None else f" ({assignment.score} points)"
    return f"{assignment.label}{points} {assignment.verdict}"


def plan_assignments(
    leads: Iterable[Lead],
    candidates: Iterable[Candidate],
    ready: Assigner,
    look: Look,
    at: datetime,
    *,
    scores: Points | None = None,
) -> AssignmentPlan:
    """Who would be given which lead, were they all assigned now.

    The leads with the most points are served first, then those captured first.

    Args:
        leads: The leads, in any order; who owns them now does not matter.
        candidates: Everybody who works here, as things stand, in any order.
        ready: The policy made ready, see `assigner`.
        look: Finds what references lead to, by entity name and id.
        at: As of when.
        scores: Points by lead, by whatever model; leads that are not here come last.

    Raises:
        WrongType: a key is no id, or what it leads to no exact number; `ManyFaults` for several.
    """
    at = instant(at)
    points = points_of(scores)
    pool = tuple(sorted(candidates, key=lambda each: each.employee))
    assignments: list[Assignment] = []
    for lead in sorted(leads, key=lambda each: service_order(each, points)):
        assignment = ready.choose(lead, pool, look, at, points.get(lead.id))
        assignments.append(assignment)
        pool = after_pick(pool, assignment.chosen, at)
    return AssignmentPlan(
        at=at, version=ready.policy.version, assignments=tuple(assignments), candidates=pool
    )


def points_of(scores: Points | None) -> Points:
    """The points by lead, which leads can be put in order by; none for None.

    Raises:
        WrongType: a key is no id, or what it leads to no exact number; `ManyFaults` for several.
        InvalidValue: a number is none that can be compared.
    """
    if scores is None:
        return {}
    faults: list[CrmError] = []
    for lead, points in scores.items():
        fault = _fault(lead, points)
        if fault is not None:
            faults.append(fault)
        if len(faults) == _MOST_FAULTS:
            break
    raise_collected(faults)
    return scores


def _fault(lead: object, points: object) -> CrmError | None:
    if not isinstance(lead, UUID):
        return WrongType("scores", "ids of leads", type(lead).__name__)
    if isinstance(points, bool) or not isinstance(points, int | Decimal):
        return WrongType(f"scores[{lead}]", "int or Decimal", type(points).__name__)
    if isinstance(points, Decimal) and not points.is_finite():
        return InvalidValue(f"scores[{lead}]", "must be a finite number")
    return None


def service_order(lead: Lead, points: Points) -> tuple[bool, int | Decimal, datetime, UUID]:
    """What leads are sorted by: most points first, then captured first; without points last."""
    known = lead.id in points
    return (not known, -points.get(lead.id, 0), lead.captured_at, lead.id)
