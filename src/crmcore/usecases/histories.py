"""Closed leads of a store as samples, and open ones as cases: what was known of each, and when.

A fact is only as old as the last change of whatever it was read from: nothing proves that it was
known before. Nothing is learned or estimated here.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import attrs

from crmcore.contacts import Person
from crmcore.errors import InvalidValue, WrongType
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.change import Entity
from crmcore.grammar.compiling import Getter, Look, compile_operand
from crmcore.grammar.entity import EntityType
from crmcore.grammar.field import Expression, operand_of
from crmcore.grammar.query import Bucket, Elapsed, Folded, Missing, Operand, Path
from crmcore.grammar.registry import Registry
from crmcore.leads import Lead, LeadStatus
from crmcore.leads.prediction import Case, Fact, FactValue, Sample, fact_value
from crmcore.usecases.gathering import References, Ways, paths_of
from crmcore.usecases.work import Work
from crmcore.values import Share

STAGE = "stage"
"""What the farthest stage of a lead is called among its facts."""

OUTCOME = frozenset(
    """
    closed_at disqualified_reason opportunity probability probability_reason queue_reason
    resurface_at resurface_reason revision status status_log updated_at
    """.split()  # noqa: SIM905 - a list to be read
)
"""Fields of a lead that its closing sets or empties: they tell the outcome."""

_TOUCHED = frozenset({"revision", "roles", "updated_at"})
"""Fields of contacts that a conversion changes in the same moment."""

_OWNERS = Path(("owner", "team"))


@attrs.frozen(eq=False)
class _Reader:
    """One fact: its name, how it is read, and what lies on the way to it."""

    name: str
    read: Getter
    ways: Ways


@attrs.frozen(eq=False)
class Histories:
    """How facts of leads are read, checked against the registry and compiled.

    Attributes:
        fields: What is read.
        stages: The statuses that count as stages, in the order of the way to winning.
        by_team: Whether the team of the owner is told.
    """

    fields: tuple[Operand, ...]
    stages: tuple[str, ...]
    by_team: bool
    _readers: tuple[_Reader, ...]
    _references: References

    @classmethod
    def of(
        cls,
        fields: Sequence[Expression | Operand | str],
        registry: Registry,
        *,
        stages: Sequence[str] = (),
        by_team: bool = True,
    ) -> "Histories":
        """The way to read these fields.

        Raises:
            UnknownField: a path does not exist, with a suggestion.
            InvalidValue: a field tells the outcome, or is asked for twice.
        """
        kind = registry.of_class(Lead)
        scope = Scope.of(kind, registry)
        wanted = [Missing(operand_of(field)) for field in fields]
        asked = [bind(each, scope) for each in wanted]
        operands = [each.left for each in wanted]
        names = [name_of(operand) for operand in operands]
        if len(set(names)) < len(names):
            raise InvalidValue("fields", "the same field is asked for twice")
        for operand, name in zip(operands, names, strict=True):
            if any(tells_outcome(path) for path in paths_of(operand)):
                raise InvalidValue("fields", f"{name} tells the outcome of a lead")
        readers = tuple(
            _Reader(name, compile_operand(operand, scope), _ways(operand, kind, registry))
            for operand, name in zip(operands, names, strict=True)
        )
        owner = [Missing(_OWNERS)] if by_team else []
        references = References.of([*asked, *owner], kind, registry)
        return cls(tuple(operands), tuple(stages), by_team, readers, references)

    def samples(self, work: Work, leads: Sequence[Lead]) -> Iterator[Sample]:
        """Closed leads, each with what was known when it was closed."""
        look = self._references.look(work, leads)
        for lead in leads:
            yield Sample(
                facts=self._facts(lead, look),
                won=lead.status is LeadStatus.CONVERTED,
                decided_at=lead.closed_at,
                team=self._team(lead, look),
                key=str(lead.id),
            )

    def cases(
        self, work: Work, leads: Sequence[Lead], as_of: datetime | None = None
    ) -> Iterator[Case]:
        """Leads, each with what is known of it now, or what was surely so at an instant."""
        look = self._references.look(work, leads)
        for lead in leads:
            facts = self._facts(lead, look, as_of)
            yield Case.of(facts, self._team(lead, look, as_of), ())

    def _facts(self, lead: Lead, look: Look, as_of: datetime | None = None) -> Mapping[str, Fact]:
        """The facts, without those that nothing proves to have been so at the instant."""
        facts = {
            each.name: Fact(
                plain(each.name, each.read(lead, look)), self._changed_at(lead, each.ways, look)
            )
            for each in self._readers
        }
        if as_of is not None:
            facts = {name: fact for name, fact in facts.items() if _was_known(fact, as_of)}
        if self.stages:
            facts[STAGE] = Fact(self._stage(lead, as_of))
        return facts

    def _stage(self, lead: Lead, as_of: datetime | None) -> str | None:
        """The farthest stage it reached, by the instant."""
        log = lead.status_log
        entered = {each.status.value for each in log if as_of is None or each.since <= as_of}
        if as_of is None:
            entered.add(lead.status.value)
        return next((stage for stage in reversed(self.stages) if stage in entered), None)

    def _changed_at(self, lead: Lead, ways: Ways, look: Look) -> datetime:
        """When what lies on the ways last changed."""
        latest = lead.updated_at
        for way in ways:
            found = self._references.reached(lead, way, look)
            if isinstance(found, Entity):
                latest = max(latest, found.updated_at)
        return latest

    def _team(self, lead: Lead, look: Look, as_of: datetime | None = None) -> str | None:
        """The team its owner was in at the instant, or when it was closed; is in, while open."""
        owner = look("contact", lead.owner) if self.by_team else None
        if not isinstance(owner, Person):
            return None
        if as_of is not None and (lead.assigned_at or lead.updated_at) > as_of:
            return None
        ends = [each for each in (lead.closed_at, as_of) if each is not None]
        at = min(ends, default=None)
        if at is None:
            return None if owner.team is None else str(owner.team)
        held: Iterator[UUID] = (
            each.team
            for each in owner.memberships
            if each.since <= at and (each.until is None or at < each.until)
        )
        team = next(held, None)
        return None if team is None else str(team)


def _was_known(fact: Fact, at: datetime) -> bool:
    return fact.known_at is None or fact.known_at <= at


def tells_outcome(path: Path) -> bool:
    """Whether what lies there is set by the closing of a lead, on it or on its contacts."""
    return path.names[0] in OUTCOME or not _TOUCHED.isdisjoint(path.names)


def name_of(operand: Operand) -> str:
    """What a fact is called, after where it is read from."""
    match operand:
        case Path():
            return str(operand)
        case Folded(path):
            return f"{path} (in any case)"
        case Bucket(path, unit):
            return f"{unit} of {path}"
        case Elapsed(start, end):
            return f"time from {start} to {end}"


def plain(field: str, value: Any) -> FactValue:
    """What was read from a lead as a fact.

    Raises:
        WrongType: it is an amount or a time: ask for its value, or for the month it lies in.
    """
    match value:
        case StrEnum() | UUID():
            return str(value)
        case Share():
            return value.value
        case None | bool() | str() | int():
            return fact_value(field, value)
        case _:
            try:
                return fact_value(field, value)
            except WrongType:
                expected = "a text, a choice or a number, such as amount.value or a month"
                raise WrongType(field, expected, type(value).__name__) from None


def _ways(operand: Operand, kind: EntityType, registry: Registry) -> Ways:
    return References.of([Missing(operand)], kind, registry).ways
