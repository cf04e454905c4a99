"""What a KPI is: a declaration in the expression language, from which everything else follows.

A measure names facts and how they are counted; it computes nothing itself. Which measures this
library brings is in ``catalogue``; how they are evaluated is told in ``evaluate`` and by the stores.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeAlias

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.field import Expression, Field, operand_of, path_of
from crmcore.grammar.naming import NAME
from crmcore.grammar.query import (
    EVERYTHING,
    Aggregate,
    AggregateQuery,
    Compare,
    Condition,
    Operand,
    Path,
)
from crmcore.values import Period

Groupable: TypeAlias = Expression | Operand | str
"""What groups are made by: an expression of ``F``, its node, or a dotted name."""

By: TypeAlias = Groupable | Sequence[Groupable] | None
"""One or several of those; None for a measure's own grouping, an empty tuple for none."""

During: TypeAlias = Period | str | None
"""A window of days, given as such or as ``"2017-Q2"``; None for all time."""

NUMERATOR = "numerator"
"""What the first aggregate of a measure's query is called."""

DENOMINATOR = "denominator"
"""What the second aggregate of a measure's query is called."""

_AVERAGES = frozenset({"avg", "median"})


class Unit(StrEnum):
    """What the value of a measure counts."""

    SHARE = "share"
    DAYS = "days"
    HOURS = "hours"
    MONEY = "money"
    COUNT = "count"


def grouping_of(by: By) -> tuple[Operand, ...]:
    """The operands that people mean by ``by``; none for None."""
    if by is None:
        return ()
    if isinstance(by, str) or not isinstance(by, Sequence):
        return (operand_of(by),)
    return tuple(operand_of(each) for each in by)


def window_of(during: During) -> Period | None:
    """The period that people mean by ``during``."""
    return Period.parse(during) if isinstance(during, str) else during


def _optional_path(path: Field | Path | str | None) -> Path | None:
    return path if path is None or isinstance(path, Path) else path_of(path)


def _known_name(_measure: "Measure", _field: object, name: str) -> None:
    if not NAME.fullmatch(name):
        raise InvalidValue("name", "is lower-case letters, digits and underscores")


def _at_least_one(_measure: "Measure", _field: object, scale: int) -> None:
    if scale < 1:
        raise InvalidValue("scale", "must be at least 1")


@attrs.frozen(kw_only=True)
class Measure:
    """The declaration of one KPI.

    Attributes:
        name: What it is called in code.
        title: What it is called in front of people.
        entity: The name of the entity type whose facts it rests on.
        numerator: What is counted, summed or averaged.
        denominator: By what that is divided, if by anything; an average divides by itself.
        population: Which entities take part at all.
        dated: The date that decides whether an entity lies in a window; None when the measure is a
            state of the present and has no windows.
        by: The grouping when nobody asks for another.
        optional: Fields that plain rows need not have; then the value is missing.
        unit: What its value counts.
        scale: By what the stored unit is divided further, such as milliseconds to hours.
        definition: Population, numerator, denominator and date basis in one sentence.
        formula: The same as a formula.
        edge_cases: What happens at the edges.
        source: Where the definition comes from.
    """

    name: str = attrs.field(validator=_known_name)
    title: str
    entity: str
    numerator: Aggregate
    denominator: Aggregate | None = None
    population: Condition = EVERYTHING
    dated: Path | None = attrs.field(default=None, converter=_optional_path)
    by: tuple[Operand, ...] = attrs.field(default=(), converter=grouping_of)
    optional: frozenset[str] = frozenset()
    unit: Unit
    scale: int = attrs.field(default=1, validator=_at_least_one)
    definition: str
    formula: str = ""
    edge_cases: str = ""
    source: str = ""

    def __attrs_post_init__(self) -> None:
        if self.denominator is not None and self.is_average:
            raise InvalidValue("denominator", "an average or a median has its own")

    @property
    def is_average(self) -> bool:
        """Whether its one aggregate is a quotient already."""
        return self.numerator.function in _AVERAGES


def query_of(
    measure: Measure, *, by: By = None, during: During = None, where: Condition | None = None
) -> AggregateQuery:
    """The question behind a measure, ready to be bound and asked of any store.

    Args:
        measure: The measure.
        by: What to group by; None for the measure's own grouping, ``()`` for one row of everything.
        during: The window, half-open, in days of UTC; None for all time.
        where: Which entities of the population only.

    Raises:
        InvalidValue: a window is asked of a measure without a date basis.
    """
    wanted = measure.population
    if (window := window_of(during)) is not None:
        wanted = wanted & _inside(measure, window)
    if where is not None:
        wanted = wanted & where
    measures = {NUMERATOR: measure.numerator}
    if measure.denominator is not None:
        measures[DENOMINATOR] = measure.denominator
    grouping = measure.by if by is None else grouping_of(by)
    return AggregateQuery(entity=measure.entity, measures=measures, by=grouping, where=wanted)


def _inside(measure: Measure, window: Period) -> Condition:
    if measure.dated is None:
        raise InvalidValue("during", f"{measure.name} is a state of the present, without windows")
    first = Compare("ge", measure.dated, window.start)
    return first & Compare("lt", measure.dated, window.end)
