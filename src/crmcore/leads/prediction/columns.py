"""Cases as numbers for a linear model: what each fact becomes, and the way back to weights.

A text becomes one column per level, those few leads have sharing a rare one; what is missing is a
level of its own; a number is standardised and cut off. A fact nobody knows about gets the average
of its columns, so that it neither speaks for nor against, and nothing can be learned from its
absence.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import fsum, sqrt
from typing import TypeAlias

import attrs

from crmcore.errors import WrongType
from crmcore.leads.prediction.odds import EXACT
from crmcore.leads.prediction.result import shown
from crmcore.leads.prediction.samples import TAGS, TEAM, Case, FactValue
from crmcore.values import round_half_up

CUT = Decimal(3)
"""Numbers count as at most so many standard deviations from their mean."""

_PLACES = 9
_BELOW = Decimal(-3)

Level: TypeAlias = tuple[str, str]
"""A level of a field: what kind it is, and the text of a value, empty for the other kinds."""

NUMBER: Level = ("number", "")
MISSING: Level = ("missing", "")
RARE: Level = ("rare", "")


@attrs.frozen
class Scale:
    """How a number is standardised: its mean and standard deviation among the samples."""

    mean: Decimal
    deviation: Decimal

    def of(self, value: Decimal) -> Decimal:
        """The number in standard deviations from the mean, cut off at three."""
        steps = EXACT.divide(EXACT.subtract(value, self.mean), self.deviation)
        return max(_BELOW, min(CUT, steps))


@attrs.frozen
class Layout:
    """What the facts of one field become.

    Attributes:
        levels: How often each level was met, of all samples that tell the field.
        scale: How its numbers are standardised; None for texts.
    """

    levels: Mapping[Level, int]
    scale: Scale | None = None

    @classmethod
    def of(cls, values: Sequence[FactValue], rare: int) -> "Layout":
        """The layout for the values of one field."""
        present = [value for value in values if value is not None]
        numbers = [value for value in present if isinstance(value, Decimal)]
        levels: Counter[Level] = Counter({MISSING: len(values) - len(present)})
        if numbers and len(numbers) == len(present):
            levels[NUMBER] = len(numbers)
            return cls(_met(levels), _scale(numbers))
        for text, count in Counter(map(shown, present)).items():
            levels[("value", text) if count >= rare else RARE] += count
        return cls(_met(levels))

    def level(self, field: str, value: FactValue) -> Level | None:
        """The level a value has; None when there is nothing to say about it.

        Raises:
            WrongType: it is a text, and all samples had numbers.
        """
        return level_among(self.levels, field, value, is_number=self.scale is not None)

    @property
    def told(self) -> int:
        """How many samples tell the field."""
        return sum(self.levels.values())


def level_among(
    levels: Container[Level], field: str, value: FactValue, *, is_number: bool
) -> Level | None:
    """The level that a value has among these; None when it has none.

    Raises:
        WrongType: it is a text, and the field is a number.
    """
    if value is None:
        return MISSING if MISSING in levels else None
    if is_number:
        if not isinstance(value, Decimal):
            raise WrongType(field, "a number", type(value).__name__)
        return NUMBER
    level = ("value", shown(value))
    if level in levels:
        return level
    return RARE if RARE in levels else None


def _met(levels: Mapping[Level, int]) -> Mapping[Level, int]:
    return {level: levels[level] for level in sorted(levels) if levels[level]}


def _scale(numbers: Sequence[Decimal]) -> Scale:
    floats = [float(number) for number in numbers]
    # fsum is exact, whatever the order.
    mean = fsum(floats) / len(floats)
    deviation = sqrt(fsum((each - mean) ** 2 for each in floats) / len(floats))
    kept = _decimal(deviation)
    return Scale(_decimal(mean), kept or Decimal(1))


def _decimal(value: float) -> Decimal:
    return round_half_up(Decimal(repr(value)), _PLACES)


def with_team(case: Case) -> dict[str, FactValue]:
    """The facts of a case and, where known, its team among them."""
    team = {} if case.team is None else {TEAM: case.team}
    return {**case.facts, **team}


def layouts_of(cases: Sequence[Case], rare: int) -> dict[str, Layout]:
    """The layout of every field that some case tells."""
    values: dict[str, list[FactValue]] = {}
    for case in cases:
        for field, value in with_team(case).items():
            values.setdefault(field, []).append(value)
    return {field: Layout.of(values[field], rare) for field in sorted(values)}


def telling_tags(cases: Iterable[Case], minimum: int) -> list[str]:
    """The tags that so many cases have."""
    counts = Counter(tag for case in cases for tag in case.tags)
    return sorted(tag for tag, count in counts.items() if count >= minimum)


Column: TypeAlias = tuple[str, Level]
"""A column: a field and one of its levels; for tags the field is `TAGS`, the level its text."""


def columns_of(layouts: Mapping[str, Layout], tags: Iterable[str]) -> dict[Column, int]:
    """The place of every column."""
    names = [(field, level) for field, layout in layouts.items() for level in layout.levels]
    names += [(TAGS, ("value", tag)) for tag in tags]
    return {name: place for place, name in enumerate(names)}


def row_of(
    case: Case, layouts: Mapping[str, Layout], columns: Mapping[Column, int]
) -> tuple[tuple[int, float], ...]:
    """The cells of a case that are not 0: place and number."""
    facts = with_team(case)
    cells: dict[int, float] = {}
    for field, layout in layouts.items():
        told = facts.get(field, layout)
        cells.update(
            {columns[field, level]: number for level, number in _cells(field, told, layout)}
        )
    for tag in case.tags:
        place = columns.get((TAGS, ("value", tag)))
        if place is not None:
            cells[place] = 1.0
    return tuple(sorted((place, number) for place, number in cells.items() if number))


def _cells(field: str, value: FactValue | Layout, layout: Layout) -> Iterator[tuple[Level, float]]:
    """The columns of one field; of a layout in place of a value the average."""
    if isinstance(value, Layout):
        told = value.told
        yield from ((level, n / told) for level, n in value.levels.items() if level != NUMBER)
        return
    level = layout.level(field, value)
    if level is None:
        return
    if layout.scale is not None and isinstance(value, Decimal):
        yield level, float(layout.scale.of(value))
    else:
        yield level, 1.0
