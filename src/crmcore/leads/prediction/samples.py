"""Closed leads to learn from: what was known of each when it was decided, and how that went.

A fact that became known later than the decision tells the outcome instead of foretelling it; the
guard here leaves it out, and counts it. Nothing is learned or estimated in this module.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from math import isfinite, isnan
from typing import Any, TypeAlias

import attrs

from crmcore.errors import InvalidValue, WrongType
from crmcore.values import as_exact, instant, optional_instant

FactValue: TypeAlias = str | Decimal | None
"""A text that is one of a few, a number, or None for what is missing."""

TAGS = "tags"
"""What the tags of a lead are called among its facts; no fact of another kind may be called so."""

TEAM = "team"
"""What the team of a lead is called among its facts; likewise."""

_RESERVED = frozenset({TAGS, TEAM})
_FLOAT_PLACES = 9


def fact_value(field: str, value: object) -> FactValue:
    """A value as predictors take it: truth is "yes" or "no", a float a number, nan is missing.

    Raises:
        WrongType: it is neither a text, a number, a truth value nor None.
        InvalidValue: it is an infinite or huge number.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return _of_float(field, value)
    if isinstance(value, int | Decimal):
        return as_exact(field, value)
    raise WrongType(field, "a text, a number, True, False or None", type(value).__name__)


def _of_float(field: str, value: float) -> FactValue:
    # Measurements come as floats, with nan for missing, out of every data frame.
    if isnan(value):
        return None
    if not isfinite(value):
        raise InvalidValue(field, "must be a finite number")
    return as_exact(field, Decimal(repr(round(value, _FLOAT_PLACES))))


def _plain(value: str | Decimal | int | float | bool | None) -> FactValue:  # noqa: PYI041
    return fact_value("value", value)


@attrs.frozen
class Fact:
    """One thing known of a lead.

    Attributes:
        value: A text, a number, or None when it is known to be missing.
        known_at: Since when this value was known; None for always.
    """

    value: FactValue = attrs.field(converter=_plain)
    known_at: datetime | None = attrs.field(default=None, converter=optional_instant)


def _fact(name: str, given: object) -> Fact:
    return given if isinstance(given, Fact) else Fact(fact_value(name, given))


def _facts(given: Mapping[str, Any]) -> Mapping[str, Fact]:
    for name in given:
        if name in _RESERVED:
            raise InvalidValue("facts", f"no fact is called {name}: give it beside the facts")
    return {name: _fact(name, given[name]) for name in sorted(given)}


def _tags(given: Iterable[Any]) -> tuple[Fact, ...]:
    facts = {str(fact.value): fact for fact in (_fact(TAGS, each) for each in given)}
    return tuple(facts[value] for value in sorted(facts))


@attrs.frozen
class Case:
    """What is known of one lead at one instant.

    A fact that is None is known to be missing; one that is not there at all, nobody knows about:
    it speaks neither for nor against.

    Attributes:
        facts: The values by name.
        team: Whose lead it is.
        tags: Its tags.
    """

    facts: Mapping[str, FactValue]
    team: str | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, facts: Mapping[str, Any], team: str | None, tags: Iterable[str]) -> "Case":
        """The case of plain values, or of `Fact` values whatever their time."""
        plain = {name: fact.value for name, fact in _facts(facts).items()}
        return cls(plain, team, tuple(str(fact.value) for fact in _tags(tags)))

    def without(self, fields: Iterable[str]) -> "Case":
        """The case as if nobody knew of some fields."""
        gone = frozenset(fields)
        facts = {name: value for name, value in self.facts.items() if name not in gone}
        return Case(facts, None if TEAM in gone else self.team, () if TAGS in gone else self.tags)


@attrs.frozen
class Sample:
    """A closed lead: what was known, and whether it was won.

    Attributes:
        facts: By name, each a `Fact`; bare values are facts that were always known.
        won: Whether it was converted.
        decided_at: When that was decided. Without it, no fact whose time is stated counts.
        team: Whose lead it was.
        tags: Its tags, bare or as `Fact` with the time each was given.
        key: Which lead it is. Samples of one key never judge each other.
    """

    facts: Mapping[str, Fact] = attrs.field(converter=_facts)
    won: bool
    decided_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    team: str | None = None
    tags: tuple[Fact, ...] = attrs.field(default=(), converter=_tags)
    key: str | None = None

    def __attrs_post_init__(self) -> None:
        if type(self.won) is not bool:
            raise WrongType("won", "bool", type(self.won).__name__)

    @property
    def late(self) -> tuple[str, ...]:
        """The facts that became known after the decision only, and so do not count."""
        fields = [name for name, fact in self.facts.items() if not self._counts(fact)]
        return (*fields, *(TAGS for fact in self.tags if not self._counts(fact)))

    def case(self) -> Case:
        """What was known when it was decided."""
        facts = {name: fact.value for name, fact in self.facts.items() if self._counts(fact)}
        tags = tuple(str(fact.value) for fact in self.tags if self._counts(fact))
        return Case(facts, self.team, tags)

    def _counts(self, fact: Fact) -> bool:
        if fact.known_at is None:
            return True
        return self.decided_at is not None and fact.known_at <= self.decided_at


def late_facts(samples: Iterable[Sample]) -> dict[str, int]:
    """How many facts became known too late to count, by field."""
    counts: dict[str, int] = {}
    for sample in samples:
        for name in sample.late:
            counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))


def decided_before(samples: Iterable[Sample], at: datetime) -> tuple[list[Sample], list[Sample]]:
    """The samples decided before an instant, and those decided then or later.

    Raises:
        InvalidValue: of a sample nobody knows when it was decided.
    """
    moment = instant(at)
    parts: tuple[list[Sample], list[Sample]] = ([], [])
    for sample in samples:
        if sample.decided_at is None:
            raise InvalidValue("decided_at", "must be known of every sample")
        parts[sample.decided_at >= moment].append(sample)
    return parts
