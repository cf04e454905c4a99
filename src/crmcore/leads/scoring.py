"""How promising a lead is: points from rules in the expression language, every point explained.

A model is data: its rules are conditions on a lead, and may follow references
(``F.contact.email``). A score is a pure function of the lead, what its references lead to, the
model and an instant; nothing is stored that could drift. Decay and engagement are not in here.
"""

import html
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import CrmError, InvalidValue, raise_collected
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.change import Entity
from crmcore.grammar.compiling import (
    Look,
    compile_condition,
    compile_operand,
    compile_points,
)
from crmcore.grammar.field import F
from crmcore.grammar.query import Condition, Operand, operands
from crmcore.grammar.registry import Registry
from crmcore.leads.model import Lead
from crmcore.values import instant

MAX_RULES = 1000
LARGE = 250
"""From so many employees on, a company is large in the EU's sense (recommendation 2003/361)."""
MAX_POINTS = 1000


@attrs.frozen
class ScoreRule:
    """So many points when a condition holds.

    Attributes:
        name: What the rule is called in explanations.
        points: What it gives; negative points are fine.
        when: A condition on a lead.
    """

    name: str
    points: int
    when: Condition

    def __attrs_post_init__(self) -> None:
        if type(self.points) is not int or abs(self.points) > MAX_POINTS:
            raise InvalidValue("points", f"a whole number from -{MAX_POINTS} to {MAX_POINTS}")


@attrs.frozen
class ScoringModel:
    """Rules that together make a score.

    Attributes:
        name: What the model is called.
        version: Raised whenever a rule changes, so that old scores can be told apart.
        rules: The rules, each with a name of its own.
    """

    name: str
    version: int
    rules: tuple[ScoreRule, ...]

    def __attrs_post_init__(self) -> None:
        if len(self.rules) > MAX_RULES:
            raise InvalidValue("rules", f"a model has at most {MAX_RULES}")
        if len({rule.name for rule in self.rules}) < len(self.rules):
            raise InvalidValue("rules", "two rules share a name")


@attrs.frozen
class Contribution:
    """What one rule gave, and on what evidence: the values the rule looked at."""

    rule: str
    points: int
    evidence: tuple[tuple[str, object], ...]


@attrs.frozen
class Score:
    """A number with its reasons; the points of the trace sum exactly to the value.

    Attributes:
        value: The points in all.
        lead: Whose score.
        model: The name of the model.
        version: The version of the model.
        at: As of when.
        trace: The rules that applied, in the model's order.
    """

    value: int
    lead: UUID
    model: str
    version: int
    at: datetime
    trace: tuple[Contribution, ...] = attrs.field(repr=False)

    def explain(self) -> str:
        """The score as lines of text: each rule that applied, its points and its evidence."""
        head = f"{self.value} points by {self.model} (version {self.version})"
        lines = [f"{each.points:+5d}  {each.rule}: {_shown(each)}" for each in self.trace]
        return "\n".join([head, *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{each.points:+d}</td><td>{html.escape(each.rule)}</td>"
            f"<td>{html.escape(_shown(each))}</td></tr>"
            for each in self.trace
        )
        title = f"{self.value} points by {html.escape(self.model)} (version {self.version})"
        return f"<table><caption>{title}</caption>{rows}</table>"


def _shown(contribution: Contribution) -> str:
    return ", ".join(f"{path} = {value}" for path, value in contribution.evidence)


@attrs.frozen
class _Evidence:
    label: str
    value: Callable[[Any, Look], Any]


@attrs.frozen
class _Rule:
    name: str
    points: int
    holds: Callable[[Any, Look], bool]
    evidence: tuple[_Evidence, ...]


@attrs.frozen(eq=False)
class Scorer:
    """A model made ready: checked against the registry, its rules compiled.

    Attributes:
        model: The model.
        points: The bare points of a lead, without a trace; about as fast as code by hand.
    """

    model: ScoringModel
    points: Callable[[Lead, Look], int]
    _rules: tuple[_Rule, ...]

    def score(self, lead: Lead, look: Look, at: datetime) -> Score:
        """The score of a lead with its trace.

        Args:
            lead: The lead.
            look: Finds what references lead to, by entity name and id (see `look_among`).
            at: As of when; kept with the score.
        """
        applied = [rule for rule in self._rules if rule.holds(lead, look)]
        return Score(
            value=sum(rule.points for rule in applied),
            lead=lead.id,
            model=self.model.name,
            version=self.model.version,
            at=instant(at),
            trace=tuple(_contribution(rule, lead, look) for rule in applied),
        )


def _contribution(rule: _Rule, lead: Lead, look: Look) -> Contribution:
    seen = tuple((each.label, each.value(lead, look)) for each in rule.evidence)
    return Contribution(rule.name, rule.points, seen)


def scorer(model: ScoringModel, registry: Registry) -> Scorer:
    """A model checked and compiled.

    Raises:
        CrmError: the one fault of its rules, or `ManyFaults` with all of them.
    """
    scope = Scope.of(registry.of_class(Lead), registry)
    faults: list[CrmError] = []
    bound: list[tuple[ScoreRule, Condition]] = []
    for rule in model.rules:
        try:
            bound.append((rule, bind(rule.when, scope)))
        except CrmError as fault:
            faults.append(fault)
    raise_collected(faults)
    rules = tuple(
        _Rule(rule.name, rule.points, compile_condition(when, scope), _evidence(when, scope))
        for rule, when in bound
    )
    return Scorer(
        model, compile_points([(when, rule.points) for rule, when in bound], scope), rules
    )


def _evidence(condition: Condition, scope: Scope) -> tuple[_Evidence, ...]:
    seen: dict[Operand, None] = dict.fromkeys(operands(condition))
    return tuple(_Evidence(str(each), compile_operand(each, scope)) for each in seen)


def look_among(related: Iterable[Entity], registry: Registry) -> Look:
    """A look-up of references among a few entities at hand; None for all others."""
    known = {(registry.of_class(type(each)).name, each.id): each for each in related}

    def look(entity: str, id: UUID | None) -> Any:
        return None if id is None else known.get((entity, id))

    return look


DEFAULT_SCORING = ScoringModel(
    name="first impression",
    version=1,
    rules=(
        ScoreRule("came by referral", 25, F.source == "referral"),
        ScoreRule("asked on the website", 15, F.source == "web-form"),
        ScoreRule("met at a fair", 10, F.source == "fair"),
        ScoreRule("can be mailed", 10, ~F.contact.email.is_missing()),
        ScoreRule("can be called", 10, ~F.contact.phone.is_missing()),
        ScoreRule("works for a company", 15, ~F.contact.employer.is_missing()),
        ScoreRule("a large company", 20, F.contact.employer.employees >= LARGE),
        ScoreRule("from our home markets", 5, F.contact.address.country.in_(["DE", "AT", "CH"])),
        ScoreRule(
            "no way to reach", -20, F.contact.email.is_missing() & F.contact.phone.is_missing()
        ),
    ),
)
"""A plain model to begin with; give your own in the settings."""
