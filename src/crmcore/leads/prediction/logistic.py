"""Logistic regression: the log-odds as a weighted sum of what is known; the weights are data.

scikit-learn finds the weights and is needed for nothing else. A weight is kept as the difference
from the average closed lead, so that the base is the log-odds of that lead, and each factor tells
what its value changes: for linear models these are the Shapley values of the facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from crmcore.errors import InvalidValue
from crmcore.leads.prediction.columns import (
    NUMBER,
    Column,
    Layout,
    Level,
    Scale,
    columns_of,
    layouts_of,
    level_among,
    row_of,
    telling_tags,
    with_team,
)
from crmcore.leads.prediction.fitting import coefficients
from crmcore.leads.prediction.naive_bayes import MINIMUM_TAG
from crmcore.leads.prediction.odds import EXACT, ZERO, rounded, total
from crmcore.leads.prediction.result import Factor, Prediction
from crmcore.leads.prediction.samples import TAGS, Case, FactValue, Sample, late_facts
from crmcore.values import Ratio, as_exact, as_int

FEW = 10
"""Levels that fewer samples have are counted as one rare level."""


def _names(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(given)))


@attrs.frozen(kw_only=True)
class Logistic:
    """How to fit; needs the extra ``ml``.

    Attributes:
        excluded: Facts that count for nothing, by name: what was found out after the decision.
        rare: Levels of a text that fewer samples have are one level.
        minimum_tag: A tag that fewer leads have says nothing.
        strength: How far the weights may grow: the inverse of the weight of the L2 penalty.
    """

    excluded: tuple[str, ...] = attrs.field(default=(), converter=_names)
    rare: int = FEW
    minimum_tag: int = MINIMUM_TAG
    strength: Decimal = Decimal(1)

    def __attrs_post_init__(self) -> None:
        for name in ("rare", "minimum_tag"):
            if as_int(name, getattr(self, name)) < 1:
                raise InvalidValue(name, "must be at least 1")
        if as_exact("strength", self.strength) <= 0:
            raise InvalidValue("strength", "must be more than 0")

    def train(self, samples: Sequence[Sample]) -> "LogisticModel":
        """The model fitted to these samples; the same for every order of them.

        Raises:
            InvalidValue: none of them was won, or none lost.
            MissingExtra: scikit-learn is not installed.
        """
        won = [sample.won for sample in samples]
        if len(set(won)) < len((True, False)):
            raise InvalidValue("samples", "at least one must be won, and one lost")
        cases = [sample.case().without(self.excluded) for sample in samples]
        layouts = layouts_of(cases, self.rare)
        tags = telling_tags(cases, self.minimum_tag)
        columns = columns_of(layouts, tags)
        rows = [row_of(case, layouts, columns) for case in cases]
        intercept, found = coefficients(rows, won, len(columns), float(self.strength))
        weights = {column: _decimal(found[place]) for column, place in columns.items()}
        terms = {field: _term(field, layout, weights) for field, layout in layouts.items()}
        shifts = [_average(field, layout, weights) for field, layout in layouts.items()]
        return LogisticModel(
            base=rounded(total(shifts, _decimal(intercept))),
            terms=terms,
            tags={tag: rounded(weights[TAGS, ("value", tag)]) for tag in tags},
            won=sum(won),
            samples=len(won),
            excluded=self.excluded,
            late=late_facts(samples),
        )


@attrs.frozen
class Term:
    """What one field adds.

    Attributes:
        levels: The weight of every level, against the average; of numbers, per standard deviation.
        scale: How its numbers are standardised; None for texts.
        offset: What every number adds besides.
    """

    levels: Mapping[Level, Decimal]
    scale: Scale | None = None
    offset: Decimal = ZERO

    def log_odds(self, field: str, value: FactValue) -> Decimal | None:
        """What a value adds; None when there is nothing to say about it.

        Raises:
            WrongType: a text where all samples had numbers.
        """
        level = level_among(self.levels, field, value, is_number=self.scale is not None)
        if level is None:
            return None
        weight = self.levels[level]
        if self.scale is None or not isinstance(value, Decimal):
            return weight
        return rounded(EXACT.fma(weight, self.scale.of(value), self.offset))


@attrs.frozen(kw_only=True, repr=False)
class LogisticModel:
    """A fitted model.

    Attributes:
        base: The log-odds of the average closed lead.
        terms: What each field adds.
        tags: What each tag adds.
        won: How many of the samples were won.
        samples: How many there were.
        excluded: Facts that count for nothing.
        late: How many facts the guard left out, by field.
    """

    base: Decimal
    terms: Mapping[str, Term]
    tags: Mapping[str, Decimal]
    won: int
    samples: int
    excluded: tuple[str, ...] = ()
    late: Mapping[str, int] = attrs.field(factory=dict[str, int])

    @property
    def name(self) -> str:
        """What kind of model it is."""
        return "logistic regression"

    def predict(
        self, facts: Mapping[str, Any], team: str | None = None, tags: Iterable[str] = ()
    ) -> Prediction:
        """How probable it is that a lead of which this is known is won.

        Args:
            facts: The values by name. None is missing; what is not there counts as the average.
            team: Whose lead it is.
            tags: Its tags.

        Raises:
            WrongType: a text where all samples had numbers.
        """
        return self._predicted(Case.of(facts, team, tags))

    def predict_many(self, cases: Iterable[Case]) -> tuple[Prediction, ...]:
        """The same for many leads, in their order."""
        return tuple(self._predicted(case) for case in cases)

    def to_json(self) -> dict[str, Any]:
        """The model as plain JSON values; `crmcore.leads.prediction.from_json` reads them."""
        return {
            "kind": "logistic",
            "version": 1,
            "base": f"{self.base:f}",
            "terms": {field: _term_to_json(term) for field, term in self.terms.items()},
            "tags": {tag: f"{weight:f}" for tag, weight in self.tags.items()},
            "won": self.won,
            "samples": self.samples,
            "excluded": list(self.excluded),
            "late": dict(self.late),
        }

    def __repr__(self) -> str:
        return f"<LogisticModel of {self.samples} closed leads, {len(self.terms)} fields>"

    def _predicted(self, given: Case) -> Prediction:
        case = given.without(self.excluded)
        left_out = dict.fromkeys((f for f in given.facts if f not in case.facts), "is excluded")
        factors: list[Factor] = []
        for field, value in with_team(case).items():
            term = self.terms.get(field)
            log_odds = None if term is None else term.log_odds(field, value)
            if log_odds is None:
                left_out[field] = "no closed lead had such a value"
            else:
                factors.append(Factor(field, value, log_odds))
        factors += [Factor(TAGS, tag, self.tags[tag]) for tag in case.tags if tag in self.tags]
        left_out |= {
            f"{TAGS} = {tag}": "too few closed leads have it"
            for tag in case.tags
            if tag not in self.tags
        }
        return Prediction(
            base=self.base,
            factors=tuple(factors),
            base_rate=Ratio(self.won, self.samples),
            model=self.name,
            left_out=dict(sorted(left_out.items())),
        )


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))


def _average(field: str, layout: Layout, weights: Mapping[Column, Decimal]) -> Decimal:
    """What a field adds on average; a standardised number is 0 on average."""
    parts = (
        EXACT.multiply(weights[field, level], Decimal(count))
        for level, count in layout.levels.items()
        if level != NUMBER
    )
    return EXACT.divide(total(parts), Decimal(layout.told))


def _term(field: str, layout: Layout, weights: Mapping[Column, Decimal]) -> Term:
    average = _average(field, layout, weights)
    levels = {
        level: rounded(EXACT.subtract(weights[field, level], ZERO if level == NUMBER else average))
        for level in layout.levels
    }
    return Term(levels, layout.scale, rounded(EXACT.minus(average)) if layout.scale else ZERO)


def _term_to_json(term: Term) -> dict[str, Any]:
    levels = term.levels
    of_kind = {kind: f"{weight:f}" for (kind, _), weight in levels.items() if kind != "value"}
    values = {text: f"{weight:f}" for (kind, text), weight in levels.items() if kind == "value"}
    scale = term.scale
    if scale is None:
        return {**of_kind, "values": values}
    scaled = {"mean": scale.mean, "deviation": scale.deviation, "offset": term.offset}
    return {**of_kind, **{name: f"{number:f}" for name, number in scaled.items()}}
