"""Who of several takes one more piece of work: the choice itself, with every reason.

It names no lead and no ticket. What somebody has open and was given lately comes in as facts; ties
are broken by a digest of a seed and two ids, never by chance, so that every choice can be repeated.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.values import instant, optional_instant

QUOTA_WINDOW = timedelta(hours=24)
"""The time before a choice of which a daily quota speaks."""

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Strategy(StrEnum):
    """Who comes first of those who may.

    ROUND_ROBIN: who has waited longest since they were given something, then who was given fewest
    within 24 hours. LEAST_LOADED: who has fewest open in relation to their capacity.
    """

    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"


class Barrier(StrEnum):
    """Why somebody cannot be given anything."""

    AWAY = "on leave"
    FULL = "over capacity"
    QUOTA = "quota used up"
    SKILL = "lacks skill"


@attrs.frozen
class Obstacle:
    """One reason why somebody was passed over.

    Attributes:
        barrier: What kind of reason.
        detail: The figures, or the name of the skill.
    """

    barrier: Barrier
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.barrier} {self.detail}".rstrip()


def _not_negative(_candidate: object, field: "attrs.Attribute[int]", number: int | None) -> None:
    if number is not None and number < 0:
        raise InvalidValue(field.name, "must not be negative")


@attrs.frozen(kw_only=True)
class Candidate:
    """Somebody who may be given work, as things stand.

    Attributes:
        employee: Who.
        name: How to call them in explanations.
        team: The team they are in.
        capacity: How many pieces they can have open; None for no limit.
        daily_quota: How many they can be given within 24 hours; None for no limit.
        skills: What they can do.
        open: How many they have open.
        today: How many they were given within the last 24 hours.
        last_assigned_at: When they were last given something; None for never.
        turn: Which of several choices of that same instant it was; counts on within a plan.
        is_available: Whether they are there.
    """

    employee: UUID
    name: str = ""
    team: UUID | None = None
    capacity: int | None = attrs.field(default=None, validator=_not_negative)
    daily_quota: int | None = attrs.field(default=None, validator=_not_negative)
    skills: frozenset[str] = frozenset()
    open: int = attrs.field(default=0, validator=_not_negative)
    today: int = attrs.field(default=0, validator=_not_negative)
    last_assigned_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    turn: int = 0
    is_available: bool = True

    @property
    def label(self) -> str:
        """The name, or the id where there is none."""
        return self.name or str(self.employee)

    def obstacles(self, needs: frozenset[str] = frozenset()) -> tuple[Obstacle, ...]:
        """Every reason why they cannot be given a piece that needs these skills; none if they can."""
        found: list[Obstacle] = []
        if not self.is_available:
            found.append(Obstacle(Barrier.AWAY))
        if self.capacity is not None and self.open >= self.capacity:
            found.append(Obstacle(Barrier.FULL, f"({self.open} open of {self.capacity})"))
        if self.daily_quota is not None and self.today >= self.daily_quota:
            found.append(Obstacle(Barrier.QUOTA, f"({self.today} of {self.daily_quota} in 24 h)"))
        found.extend(Obstacle(Barrier.SKILL, skill) for skill in sorted(needs - self.skills))
        return tuple(found)


@attrs.frozen(kw_only=True)
class Ranked:
    """Somebody who could have been given it, and what their place rests on.

    Attributes:
        candidate: Who, as they stood.
        is_preferred: Whether it is of a kind they are to be given first.
        load: What they have open as a part of their capacity; of the largest capacity in the pool
            for somebody without a limit.
    """

    candidate: Candidate
    is_preferred: bool
    load: Fraction

    def told(self, strategy: Strategy) -> str:
        """What the place rests on, in one line."""
        candidate = self.candidate
        prefix = "preferred, " if self.is_preferred else ""
        if strategy is Strategy.LEAST_LOADED:
            limit = "no limit" if candidate.capacity is None else f"of {candidate.capacity}"
            return f"{candidate.label}: {prefix}{candidate.open} open, {limit}"
        last = candidate.last_assigned_at
        since = "never given one" if last is None else f"last given one {last:%Y-%m-%d %H:%M:%S}"
        return f"{candidate.label}: {prefix}{since}, {candidate.today} in 24 h"


@attrs.frozen
class PassedOver:
    """Somebody who could not be given it, and why."""

    candidate: Candidate
    obstacles: tuple[Obstacle, ...]

    def told(self) -> str:
        """The reasons, in one line."""
        return f"{self.candidate.label}: {', '.join(map(str, self.obstacles))}"


@attrs.frozen
class Pick:
    """A choice with its reasons.

    Attributes:
        strategy: By what those who could were put in order.
        ranked: Those who could be given it, the chosen one first.
        passed_over: Those who could not.
    """

    strategy: Strategy
    ranked: tuple[Ranked, ...]
    passed_over: tuple[PassedOver, ...]

    @property
    def chosen(self) -> Candidate | None:
        """Who is given it; None when nobody can be."""
        return self.ranked[0].candidate if self.ranked else None

    @property
    def reason(self) -> str:
        """Why nobody can be given it, as counts of what stands in the way; names nobody."""
        if self.ranked:
            return ""
        if not self.passed_over:
            return "nobody is in the pool"
        kinds = [
            str(each) if each.barrier is Barrier.SKILL else str(each.barrier)
            for passed in self.passed_over
            for each in passed.obstacles
        ]
        return ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted({*kinds}))

    def explain(self) -> str:
        """Everybody who was looked at, in their order, and then who was passed over, with reasons."""
        ranked = [
            f"{place}. {each.told(self.strategy)}" for place, each in enumerate(self.ranked, 1)
        ]
        return "\n".join([*ranked, *(f"-  {each.told()}" for each in self.passed_over)])


def pick(
    item: UUID,
    pool: Iterable[Candidate],
    *,
    strategy: Strategy = Strategy.ROUND_ROBIN,
    needs: frozenset[str] = frozenset(),
    preferred: frozenset[UUID] = frozenset(),
    seed: int = 0,
) -> Pick:
    """Who of a pool is given an item; the order of the pool does not matter.

    Eligible is who is there, has capacity and quota left, and every skill that is needed. Whoever
    is preferred comes first, then the strategy decides, then a digest of seed, item and employee.

    Args:
        item: The id of what is to be given.
        pool: Those who are looked at, each once.
        strategy: Who comes first of those who may.
        needs: The skills that are needed.
        preferred: Those for whose kind of work this is.
        seed: Another one breaks ties in another way.
    """
    everybody = sorted(pool, key=lambda each: each.employee)
    limit = max((each.capacity or 0 for each in everybody), default=0)
    looked_at = [(each, each.obstacles(needs)) for each in everybody]
    ranked = [
        Ranked(
            candidate=each,
            is_preferred=each.employee in preferred,
            load=Fraction(each.open, each.capacity or limit or 1),
        )
        for each, obstacles in looked_at
        if not obstacles
    ]
    ranked.sort(key=lambda each: (*_place(each, strategy), _tie(seed, item, each)))
    passed = tuple(PassedOver(each, obstacles) for each, obstacles in looked_at if obstacles)
    return Pick(strategy, tuple(ranked), passed)


def _place(each: Ranked, strategy: Strategy) -> tuple[Any, ...]:
    candidate = each.candidate
    if strategy is Strategy.LEAST_LOADED:
        return (not each.is_preferred, each.load)
    last = candidate.last_assigned_at or _LONG_AGO
    return (not each.is_preferred, last, candidate.turn, candidate.today)


def _tie(seed: int, item: UUID, each: Ranked) -> bytes:
    return sha256(f"{seed} {item} {each.candidate.employee}".encode("ascii")).digest()


def after_pick(
    pool: Sequence[Candidate], chosen: Candidate | None, at: datetime
) -> tuple[Candidate, ...]:
    """The pool once the chosen one was given something: their load is carried along.

    Args:
        pool: Those who were looked at.
        chosen: Whom of them `pick` chose; nothing changes for None.
        at: When.
    """
    if chosen is None:
        return tuple(pool)
    at = instant(at)
    turns = (each.turn for each in pool if each.last_assigned_at == at)
    busier = attrs.evolve(
        chosen,
        open=chosen.open + 1,
        today=chosen.today + 1,
        last_assigned_at=at,
        turn=max(turns, default=0) + 1,
    )
    return tuple(busier if each.employee == chosen.employee else each for each in pool)
