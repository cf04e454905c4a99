"""What a scoring model gives, rule by rule and engagement by engagement, and what caps cut off.

The same numbers as those of `crmcore.leads.scoring.compiled`, found in another way.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

import attrs

from crmcore.engagements import Engagement
from crmcore.grammar.compiling import Look, Predicate, compile_condition
from crmcore.leads.model import Lead
from crmcore.leads.scoring.binding import BoundRules
from crmcore.leads.scoring.compiled import newest, since
from crmcore.leads.scoring.decay import SCALE, factor_at, faded
from crmcore.leads.scoring.evidence import Witness, compile_evidence
from crmcore.leads.scoring.model import ScoringModel
from crmcore.leads.scoring.result import Contribution, Part, contribution_factor
from crmcore.leads.scoring.rules import THOUSANDTHS, EngagementRule, ScoreRule


@attrs.frozen
class _Fit:
    rule: ScoreRule
    holds: Predicate
    witness: Witness


@attrs.frozen
class _Engaged:
    rule: EngagementRule
    holds: Predicate
    witness: Witness


@attrs.frozen(eq=False)
class Tracer:
    """The rules of a model, each compiled on its own."""

    model: ScoringModel
    _fit: tuple[_Fit, ...]
    _engaged: tuple[_Engaged, ...]

    def fit(self, lead: Lead, look: Look) -> tuple[Contribution, ...]:
        """What the lead gets for who it is."""
        given = [
            Contribution(
                part="fit",
                thousandths=each.rule.points * THOUSANDTHS,
                rule=each.rule.name,
                group=each.rule.group,
                raw=each.rule.points,
                evidence=each.witness(lead, look),
            )
            for each in self._fit
            if each.holds(lead, look)
        ]
        return (*given, *self._cut("fit", given, self.model.fit_cap))

    def engagement(
        self, events: Iterable[Engagement], look: Look, as_of: datetime
    ) -> tuple[Contribution, ...]:
        """What the lead gets for what its contact did."""
        before: dict[UUID, Engagement] = {}
        for event in events:
            if event.occurred_at <= as_of:
                before.setdefault(event.id, event)
        given: list[Contribution] = []
        for each in self._engaged:
            chosen = [*_counting(each, before, look, as_of)]
            entries = [_entry(each, event, look, as_of) for event in chosen]
            given += [*entries, *_cut_by_rule(each.rule, entries)]
        return (*given, *self._cut("engagement", given, self.model.engagement_cap))

    def _cut(
        self, part: Part, given: Sequence[Contribution], cap: int | None
    ) -> Iterator[Contribution]:
        left = summed(given)
        for group in self.model.groups:
            over = summed(each for each in given if each.group == group.name)
            over -= group.cap * THOUSANDTHS
            if over > 0:
                left -= over
                yield Contribution(part=part, thousandths=-over, group=group.name, cut="group")
        if cap is not None and left > cap * THOUSANDTHS:
            yield Contribution(part=part, thousandths=cap * THOUSANDTHS - left, cut="part")


def summed(trace: Iterable[Contribution]) -> int:
    """All of them together, in thousandths."""
    return sum(each.thousandths for each in trace)


def tracer(model: ScoringModel, rules: BoundRules) -> Tracer:
    """The model made ready to be traced."""
    fit, scope = rules.fit_scope, rules.engagement_scope
    return Tracer(
        model,
        tuple(
            _Fit(rule, compile_condition(rule.when, fit), compile_evidence(rule.when, fit))
            for rule in rules.fit
        ),
        tuple(
            _Engaged(rule, compile_condition(rule.when, scope), compile_evidence(rule.when, scope))
            for rule in rules.engagement
            if scope is not None
        ),
    )


def _counting(
    each: _Engaged, events: dict[UUID, Engagement], look: Look, as_of: datetime
) -> Iterator[Engagement]:
    """The engagements that count for a rule, newest first."""
    rule = each.rule
    start = None if rule.within is None else since(as_of, rule.within)
    seen = [
        (event.occurred_at, event.id, event.object)
        for event in events.values()
        if (start is None or event.occurred_at > start) and each.holds(event, look)
    ]
    return (events[id] for _, id, _ in newest(seen, rule.most, rule.most_per_object))


def _entry(each: _Engaged, event: Engagement, look: Look, as_of: datetime) -> Contribution:
    rule = each.rule
    fades = rule.half_life is not None
    factor = factor_at(as_of - event.occurred_at, rule.half_life) if rule.half_life else SCALE
    return Contribution(
        part="engagement",
        thousandths=faded(rule.points, factor),
        rule=rule.name,
        group=rule.group,
        raw=rule.points,
        decay=contribution_factor(factor) if fades else None,
        event=event.id,
        occurred_at=event.occurred_at,
        evidence=each.witness(event, look),
    )


def _cut_by_rule(rule: EngagementRule, given: Sequence[Contribution]) -> Iterator[Contribution]:
    total = summed(given)
    over = 0 if rule.cap is None else abs(total) - rule.cap * THOUSANDTHS
    if over > 0:
        yield Contribution(
            part="engagement",
            thousandths=-over if total > 0 else over,
            rule=rule.name,
            group=rule.group,
            cut="rule",
        )
