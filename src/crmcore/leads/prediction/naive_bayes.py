"""Naive Bayes: how a lead ends, from how often each of its values went with winning and losing.

For counts w and l of a value, and W and L of everything, in one table::

    base       = ln( (W + 0.1) / (L + 0.1) )
    of a value = ln( (w + 0.1) / sum(w' + 0.1) ) - ln( (l + 0.1) / sum(l' + 0.1) )

with the sums over all values of the field; for a stage they are W + 0.1 and L + 0.1. The fractions
are exact, each logarithm is rounded to six digits. The way of counting is that of Odoo's predictive
lead scoring; its sources are named in the reference.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

import attrs

from crmcore.errors import InvalidValue
from crmcore.leads.prediction.counts import NOTHING, Cell, Table, Tally, summed
from crmcore.leads.prediction.odds import log_of
from crmcore.leads.prediction.result import Factor, Prediction
from crmcore.leads.prediction.samples import (
    TAGS,
    Case,
    FactValue,
    Sample,
    fact_value,
    late_facts,
)
from crmcore.values import Ratio, as_int

K = TypeVar("K")
V = TypeVar("V")

MINIMUM_TAG = 50
"""A tag that fewer leads have than this says nothing."""

_Weight: TypeAlias = tuple[Decimal, str]


def _names(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(given)))


def _edges(given: Mapping[str, Iterable[Any]]) -> Mapping[str, tuple[Decimal, ...]]:
    bins: dict[str, tuple[Decimal, ...]] = {}
    for field in sorted(given):
        values = [fact_value(field, edge) for edge in given[field]]
        edges = tuple(value for value in values if isinstance(value, Decimal))
        ascending = all(before < after for before, after in pairwise(edges))
        if not edges or len(edges) < len(values) or not ascending:
            raise InvalidValue(f"bins.{field}", "must be numbers, each larger than the one before")
        bins[field] = edges
    return bins


@attrs.frozen(kw_only=True)
class NaiveBayes:
    """How to count.

    Attributes:
        excluded: Facts that count for nothing, by name: what was found out after the decision.
        bins: For facts that are numbers, the edges between which they count as the same value;
            numbers without edges are left out.
        stages: The stages of the way to winning, the first one first. A lead that was won counts for
            all of them, one that was lost for those up to the one it reached.
        stage_field: The fact that names the stage reached.
        minimum_tag: A tag that fewer leads have says nothing.
        minimum_team: A team with fewer closed leads has no history of its own yet, nor has one that
            has won none or lost none; that of everybody is used then.
    """

    excluded: tuple[str, ...] = attrs.field(default=(), converter=_names)
    bins: Mapping[str, tuple[Decimal, ...]] = attrs.field(
        factory=dict[str, tuple[Decimal, ...]], converter=_edges
    )
    stages: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    stage_field: str = "stage"
    minimum_tag: int = MINIMUM_TAG
    minimum_team: int = 2

    def __attrs_post_init__(self) -> None:
        for name in ("minimum_tag", "minimum_team"):
            if as_int(name, getattr(self, name)) < 0:
                raise InvalidValue(name, "must not be negative")
        if len(set(self.stages)) < len(self.stages):
            raise InvalidValue("stages", "the same stage is there twice")

    def train(self, samples: Sequence[Sample]) -> "NaiveBayesModel":
        """The counts of these samples.

        Raises:
            InvalidValue: none of them was won, or none lost.
        """
        model = NaiveBayesModel(recipe=self).learn(*samples)
        if not model.overall.is_telling:
            raise InvalidValue("samples", "at least one must be won, and one lost")
        return model

    def marks(self, case: Case, *, won: bool | None = None) -> Iterator[tuple[str, str]]:
        """What a case counts for; won or lost for a closed one, None to ask for an open one."""
        for field, value in case.facts.items():
            if field == self.stage_field and self.stages:
                continue
            text = self.text_of(field, value)
            if text is not None:
                yield field, text
        yield from ((TAGS, tag) for tag in case.tags)
        yield from ((self.stage_field, stage) for stage in self._stages(case, won))

    def text_of(self, field: str, value: FactValue) -> str | None:
        """The value as it is counted; None when it is not."""
        if not isinstance(value, Decimal):
            return value
        edges = self.bins.get(field)
        if edges is None:
            return None
        place = sum(value >= edge for edge in edges)
        if place == 0:
            return f"below {edges[0]:f}"
        if place == len(edges):
            return f"{edges[-1]:f} or more"
        return f"{edges[place - 1]:f} to below {edges[place]:f}"

    def _stages(self, case: Case, won: bool | None) -> Sequence[str]:
        if won or not self.stages:
            return self.stages
        reached = case.facts.get(self.stage_field)
        if not isinstance(reached, str) or reached not in self.stages:
            return ()
        return (reached,) if won is None else self.stages[: self.stages.index(reached) + 1]


@attrs.frozen(kw_only=True, repr=False)
class NaiveBayesModel:
    """What was counted, per team.

    Attributes:
        recipe: How it is counted.
        tables: The counts of each team; those of leads without a team under None.
        late: How many facts the guard left out, by field.
    """

    recipe: NaiveBayes
    tables: Mapping[str | None, Table] = attrs.field(factory=dict[str | None, Table])
    late: Mapping[str, int] = attrs.field(factory=dict[str, int])
    _known: dict[tuple[str | None, str, str], _Weight | None] = attrs.field(
        factory=dict[tuple[str | None, str, str], _Weight | None], init=False, eq=False
    )
    _sums: dict[tuple[str | None, str], Cell] = attrs.field(
        factory=dict[tuple[str | None, str], Cell], init=False, eq=False
    )
    overall: Table = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        # Kept beside the parts it is the sum of, as every prediction without a team needs it.
        object.__setattr__(self, "overall", summed(self.tables.values()))

    @property
    def name(self) -> str:
        """What kind of model it is."""
        return "naive Bayes"

    def learn(self, *samples: Sample) -> "NaiveBayesModel":
        """The model that has counted these samples too."""
        return self._counted(samples, 1)

    def forget(self, *samples: Sample) -> "NaiveBayesModel":
        """The model as if it had never counted these samples: for a lead that is open again.

        Raises:
            InvalidValue: it never did.
        """
        return self._counted(samples, -1)

    def predict(
        self, facts: Mapping[str, Any], team: str | None = None, tags: Iterable[str] = ()
    ) -> Prediction:
        """How probable it is that a lead of which this is known is won.

        Args:
            facts: The values by name.
            team: Whose lead it is. The counts of the team are used when it has won and lost leads,
                else those of everybody.
            tags: Its tags.

        Raises:
            InvalidValue: the model knows no won lead, or no lost one.
        """
        return self._predicted(Case.of(facts, team, tags))

    def predict_many(self, cases: Iterable[Case]) -> tuple[Prediction, ...]:
        """The same for many leads, in their order."""
        return tuple(self._predicted(case) for case in cases)

    def to_json(self) -> dict[str, Any]:
        """The model as plain JSON values; `crmcore.leads.prediction.from_json` reads them."""
        recipe = self.recipe
        return {
            "kind": "naive-bayes",
            "version": 1,
            "excluded": list(recipe.excluded),
            "bins": {field: [f"{e:f}" for e in edges] for field, edges in recipe.bins.items()},
            "stages": list(recipe.stages),
            "stage_field": recipe.stage_field,
            "minimum_tag": recipe.minimum_tag,
            "minimum_team": recipe.minimum_team,
            "late": dict(self.late),
            "tables": [
                {"team": team, "won": table.won, "lost": table.lost, "cells": _plain(table)}
                for team, table in self.tables.items()
            ],
        }

    def __repr__(self) -> str:
        return f"<NaiveBayesModel of {self.overall.won} won and {self.overall.lost} lost leads>"

    def _counted(self, samples: Sequence[Sample], by: int) -> "NaiveBayesModel":
        tallies = {team: Tally(table) for team, table in self.tables.items()}
        for sample in samples:
            case = sample.case().without(self.recipe.excluded)
            marks = self.recipe.marks(case, won=sample.won)
            tallies.setdefault(case.team, Tally()).count(marks, by, won=sample.won)
        tables = {team: tallies[team].table() for team in sorted(tallies, key=_team_order)}
        late = _moved(self.late, late_facts(samples), by)
        kept = {team: table for team, table in tables.items() if not table.is_empty}
        return NaiveBayesModel(recipe=self.recipe, tables=kept, late=late)

    def _predicted(self, given: Case) -> Prediction:
        case = given.without(self.recipe.excluded)
        team, table = self._table(case.team)
        if not table.is_telling:
            raise InvalidValue("samples", "at least one must be won, and one lost")
        factors: list[Factor] = []
        left_out = _left_out(given, case, self.recipe)
        for field, value in self.recipe.marks(case):
            weight = self._weight(team, table, field, value)
            if weight is None:
                left_out[f"{field} = {value}" if field == TAGS else field] = self._why(field)
            else:
                factors.append(Factor(field, value, *weight))
        return Prediction(
            base=log_of(10 * table.won + 1, 10 * table.lost + 1),
            factors=tuple(factors),
            base_rate=Ratio(table.won, table.won + table.lost),
            model=self.name,
            table=team,
            left_out=left_out,
        )

    def _table(self, team: str | None) -> tuple[str | None, Table]:
        own = None if team is None else self.tables.get(team)
        if own is None or not own.is_telling or own.won + own.lost < self.recipe.minimum_team:
            return None, self.overall
        return team, own

    def _why(self, field: str) -> str:
        if field == TAGS:
            return f"fewer than {self.recipe.minimum_tag} closed leads have it"
        return "no closed lead has this value"

    def _weight(self, team: str | None, table: Table, field: str, value: str) -> _Weight | None:
        return _kept(
            self._known, (team, field, value), lambda: self._weighed(team, table, field, value)
        )

    def _weighed(self, team: str | None, table: Table, field: str, value: str) -> _Weight | None:
        won, lost = table.cells.get(field, {}).get(value, NOTHING)
        if not self._tells(field, won + lost):
            return None
        # Tenths, so that the 0.1 added to every count is a whole number.
        all_won, all_lost = _kept(self._sums, (team, field), lambda: self._sum(table, field))
        log_odds = log_of((10 * won + 1) * all_lost, (10 * lost + 1) * all_won)
        return log_odds, f"{won} won, {lost} lost"

    def _sum(self, table: Table, field: str) -> Cell:
        if field == self.recipe.stage_field and self.recipe.stages:
            return 10 * table.won + 1, 10 * table.lost + 1
        cells = table.cells.get(field, {}).values()
        telling = [cell for cell in cells if self._tells(field, sum(cell))]
        return sum(10 * won + 1 for won, _ in telling), sum(10 * lost + 1 for _, lost in telling)

    def _tells(self, field: str, count: int) -> bool:
        return count >= (max(1, self.recipe.minimum_tag) if field == TAGS else 1)


def _team_order(team: str | None) -> tuple[bool, str]:
    return (team is not None, team or "")


def _kept(memory: dict[K, V], key: K, made: Callable[[], V]) -> V:
    if key not in memory:
        memory[key] = made()
    return memory[key]


def _plain(table: Table) -> dict[str, dict[str, list[int]]]:
    return {
        field: {value: list(cell) for value, cell in values.items()}
        for field, values in table.cells.items()
    }


def _moved(counts: Mapping[str, int], more: Mapping[str, int], by: int) -> dict[str, int]:
    after = {name: counts.get(name, 0) + by * more.get(name, 0) for name in {**counts, **more}}
    return {name: after[name] for name in sorted(after) if after[name]}


def _left_out(given: Case, case: Case, recipe: NaiveBayes) -> dict[str, str]:
    reasons = dict.fromkeys((name for name in given.facts if name not in case.facts), "is excluded")
    for field, value in case.facts.items():
        if value is None:
            reasons[field] = "is missing"
        elif recipe.text_of(field, value) is None:
            reasons[field] = "is a number without bins"
        elif field == recipe.stage_field and recipe.stages and value not in recipe.stages:
            reasons[field] = "is no stage of the model"
    return dict(sorted(reasons.items()))
