"""What a scoring model is made of: rules, groups with a cap, grades and a threshold.

All of it is data, checked when it is made; whether the conditions fit the entities is checked when
a model is loaded (`crmcore.leads.scoring.binding`).
"""

from collections.abc import Iterator, Mapping

import attrs

from crmcore.errors import CrmError, InvalidValue, WrongType, raise_collected
from crmcore.grammar.query import Condition
from crmcore.values import text_fault

MAX_POINTS = 1000
"""So many points a rule gives at most, or takes off."""
MAX_DAYS = 36_500
"""So many days a window or a half-life has at most."""
MAX_CAP = 1_000_000
"""The largest cap, frequency and threshold."""
MAX_NAME = 200
"""So many characters the name of a model, a rule or a group has at most."""
THOUSANDTHS = 1000
"""Points are counted in thousandths, so that decayed ones stay whole numbers."""


def name_faults(field: str, value: object) -> Iterator[CrmError]:
    """What is wrong with a name."""
    if (fault := text_fault(field, value, MAX_NAME, lines=False)) is not None:
        yield fault
    elif not str(value).strip():
        yield InvalidValue(field, "must not be empty")


def whole_faults(field: str, value: object, least: int, most: int) -> Iterator[CrmError]:
    """What is wrong with a whole number; the value itself is never shown, it may be endless."""
    if type(value) is not int or not least <= value <= most:
        yield InvalidValue(field, f"a whole number from {least} to {most}")


def limit_faults(given: object, limits: Mapping[str, tuple[int, int]]) -> Iterator[CrmError]:
    """What is wrong with fields that may be None or hold a whole number within bounds."""
    for field, (least, most) in limits.items():
        if (value := getattr(given, field)) is not None:
            yield from whole_faults(field, value, least, most)


def _rule_faults(rule: "ScoreRule | EngagementRule") -> Iterator[CrmError]:
    yield from name_faults("name", rule.name)
    yield from whole_faults("points", rule.points, -MAX_POINTS, MAX_POINTS)
    when: object = rule.when
    if not isinstance(when, Condition):
        yield WrongType("when", "a condition", type(when).__name__)
    if rule.group is not None:
        yield from name_faults("group", rule.group)


@attrs.frozen
class ScoreRule:
    """So many points when a condition holds on a lead: who it is, and what is known of it.

    Attributes:
        name: What the rule is called in explanations.
        points: What it gives; negative points are fine.
        when: A condition on a lead; it may follow references (``F.contact.email``) and ask for
            children (``F.answers.any(...)``).
        group: The group whose cap it counts under.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """

    name: str
    points: int
    when: Condition
    group: str | None = None

    def __attrs_post_init__(self) -> None:
        raise_collected([*_rule_faults(self)])


@attrs.frozen
class EngagementRule:
    """So many points for each engagement that fulfils a condition: what the contact did.

    The newest engagements count first when only some of them may.

    Attributes:
        name: What the rule is called in explanations.
        points: What one engagement gives before decay; negative points are fine.
        when: A condition on an engagement.
        group: The group whose cap it counts under.
        within: Only the last so many days count.
        most: So many engagements count at most.
        most_per_object: So many of the same object count at most: 1, and a white paper that was
            downloaded five times counts once. Engagements without an object are not limited.
        half_life: After so many days an engagement gives half of its points, after twice as many a
            quarter; None when it keeps them.
        cap: What the rule gives, or takes off, at most.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """

    name: str
    points: int
    when: Condition
    group: str | None = attrs.field(default=None, kw_only=True)
    within: int | None = attrs.field(default=None, kw_only=True)
    most: int | None = attrs.field(default=None, kw_only=True)
    most_per_object: int | None = attrs.field(default=None, kw_only=True)
    half_life: int | None = attrs.field(default=None, kw_only=True)
    cap: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        limits = {"within": (1, MAX_DAYS), "most": (1, MAX_CAP), "most_per_object": (1, MAX_CAP)}
        limits |= {"half_life": (1, MAX_DAYS), "cap": (0, MAX_CAP)}
        raise_collected([*_rule_faults(self), *limit_faults(self, limits)])


@attrs.frozen
class Group:
    """Rules that together give no more than a cap.

    Attributes:
        name: What the rules call it.
        cap: What they give at most; it bounds from above only.
    """

    name: str
    cap: int

    def __attrs_post_init__(self) -> None:
        cap = whole_faults("cap", self.cap, 0, MAX_CAP)
        raise_collected([*name_faults("name", self.name), *cap])


def _pair_faults(field: str, value: object) -> Iterator[CrmError]:
    match value:
        case (int() as upper, int() as lower) if isinstance(value, tuple):
            faults = [*whole_faults(field, upper, -MAX_CAP, MAX_CAP)]
            faults = faults or [*whole_faults(field, lower, -MAX_CAP, MAX_CAP)]
            yield from faults
            if not faults and upper <= lower:
                yield InvalidValue(field, "the better grade needs more points")
        case _:
            yield InvalidValue(field, "two whole numbers")


@attrs.frozen(kw_only=True)
class Grades:
    """From how many points on a lead has which grade, ``A1`` being the best and ``C3`` the least.

    Attributes:
        fit: From how many points of fit on it is an A, and from how many a B.
        engagement: From how many points of engagement on it is a 1, and from how many a 2.
    """

    fit: tuple[int, int]
    engagement: tuple[int, int]

    def __attrs_post_init__(self) -> None:
        raise_collected(
            [*_pair_faults("fit", self.fit), *_pair_faults("engagement", self.engagement)]
        )

    def of(self, fit: int, engagement: int) -> str:
        """The grade for so many thousandths of points of fit and of engagement."""
        return "ABC"[_rank(fit, self.fit)] + "123"[_rank(engagement, self.engagement)]


def _rank(thousandths: int, bounds: tuple[int, int]) -> int:
    return sum(thousandths < bound * THOUSANDTHS for bound in bounds)


@attrs.frozen(kw_only=True)
class Threshold:
    """From how many points on a lead is ripe for sales (an MQL): all that are given are reached.

    Attributes:
        fit: The least points of fit.
        engagement: The least points of engagement.
        total: The least points in all.
    """

    fit: int | None = None
    engagement: int | None = None
    total: int | None = None

    def __attrs_post_init__(self) -> None:
        any_size = (-MAX_CAP, MAX_CAP)
        bounds = {"fit": any_size, "engagement": any_size, "total": any_size}
        faults = [*limit_faults(self, bounds)]
        if all(getattr(self, field) is None for field in bounds):
            faults.append(InvalidValue("total", "a threshold needs at least one number"))
        raise_collected(faults)

    def reached(self, fit: int, engagement: int) -> bool:
        """Whether so many thousandths of points of fit and of engagement reach all of it."""
        pairs = ((self.fit, fit), (self.engagement, engagement), (self.total, fit + engagement))
        return all(least is None or has >= least * THOUSANDTHS for least, has in pairs)
