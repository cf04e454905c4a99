"""A scoring model as one generated function, for scores without a trace.

The lines around the conditions are written here; the conditions themselves are written by
`crmcore.grammar.compiling`. All counting is in thousandths of a point.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from crmcore.engagements import Engagement
from crmcore.grammar.compiling import Draft, Look
from crmcore.leads.model import Lead
from crmcore.leads.scoring.binding import BoundRules
from crmcore.leads.scoring.decay import LAST, SCALE, step_of, table
from crmcore.leads.scoring.model import ScoringModel
from crmcore.leads.scoring.rules import THOUSANDTHS, EngagementRule
from crmcore.values import instant

Seen = tuple[datetime, UUID, str | None]
"""When an engagement was, its id and its object."""

_PARAMETERS = "record, look, events, as_of"
_DEFAULTS = ((), None)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Counter(Protocol):
    """Counts the points of a lead, in thousandths, without a trace."""

    def __call__(
        self,
        lead: Lead,
        look: Look,
        events: Iterable[Engagement] = (),
        as_of: datetime | None = None,
        /,
    ) -> int:
        """The points; a model with rules for engagement needs ``as_of``."""
        ...


class PartsCounter(Protocol):
    """Counts fit and engagement apart, in thousandths, without a trace."""

    def __call__(
        self,
        lead: Lead,
        look: Look,
        events: Iterable[Engagement] = (),
        as_of: datetime | None = None,
        /,
    ) -> tuple[int, int]:
        """The points of fit and those of engagement."""
        ...


def since(as_of: datetime, days: int) -> datetime:
    """The moment so many days before, or the earliest there is."""
    try:
        return as_of - timedelta(days=days)
    except OverflowError:
        return _EARLIEST


def newest(seen: list[Seen], most: int | None, most_per_object: int | None) -> list[Seen]:
    """Those that count, newest first, where only so many count in all and for one object."""
    taken: list[Seen] = []
    of_object: dict[str, int] = {}
    for each in sorted(seen, key=_order, reverse=True):
        if len(taken) == most:
            break
        if most_per_object is not None and each[2] is not None:
            before = of_object.get(each[2], 0)
            if before >= most_per_object:
                continue
            of_object[each[2]] = before + 1
        taken.append(each)
    return taken


def _order(seen: Seen) -> tuple[datetime, UUID]:
    return seen[:2]


def compile_counter(model: ScoringModel, rules: BoundRules) -> Counter:
    """The model as a function that gives the points in all."""
    counter: Counter = _compiled(model, rules, "return fit + engagement")
    return counter


def compile_parts(model: ScoringModel, rules: BoundRules) -> PartsCounter:
    """The model as a function that gives fit and engagement apart."""
    counter: PartsCounter = _compiled(model, rules, "return fit, engagement")
    return counter


def _compiled(model: ScoringModel, rules: BoundRules, last: str) -> Any:
    draft = Draft(rules.fit_scope, fetch_once=True)
    lines = [*_fit_lines(draft, model, rules), "engagement = 0"]
    if rules.engagement:
        lines += _engagement_lines(draft, model, rules)
    made = draft.function([*lines, last], _PARAMETERS)
    made.__defaults__ = _DEFAULTS
    return made


def _fit_lines(draft: Draft, model: ScoringModel, rules: BoundRules) -> Iterator[str]:
    sums = _Sums(draft, model, "fit", [rule.group for rule in rules.fit])
    yield from sums.begin()
    for rule in rules.fit:
        holds = draft.condition(rule.when, "record", rules.fit_scope)
        yield f"if {holds}: {sums.of(rule.group)} += {int(rule.points) * THOUSANDTHS}"
    yield from sums.end(model.fit_cap)


class _Sums:
    """The variables that sum up a part: one of its own, and one for each of its groups."""

    def __init__(
        self, draft: Draft, model: ScoringModel, part: str, used: Sequence[str | None]
    ) -> None:
        self._part = part
        groups = [group for group in model.groups if group.name in used]
        self._caps = {group.name: (draft.temporary(), group.cap) for group in groups}

    def begin(self) -> Iterator[str]:
        """Lines that set all of them to nothing."""
        yield " = ".join([self._part, *(name for name, _ in self._caps.values()), "0"])

    def of(self, group: str | None) -> str:
        """The variable that a rule adds to."""
        return self._part if group is None else self._caps[group][0]

    def end(self, cap: int | None) -> Iterator[str]:
        """Lines that bound the groups, add them to the part, and bound the part."""
        for name, bound in self._caps.values():
            limit = bound * THOUSANDTHS
            yield f"{self._part} += {name} if {name} < {limit} else {limit}"
        if cap is not None:
            limit = cap * THOUSANDTHS
            yield f"if {self._part} > {limit}: {self._part} = {limit}"


def _engagement_lines(draft: Draft, model: ScoringModel, rules: BoundRules) -> list[str]:
    tallies = [_Tally(draft, rule) for rule in rules.engagement]
    sums = _Sums(draft, model, "engagement", [rule.group for rule in rules.engagement])
    checked = draft.constant(_checked)
    lines = [f"as_of = {checked}(as_of)", *sums.begin(), "seen = set()"]
    lines += [line for tally in tallies for line in tally.begin()]
    lines += [
        "for event in events:",
        "    at = event.occurred_at",
        "    id = event.id.int",
        "    if at > as_of or id in seen: continue",
        "    seen.add(id)",
    ]
    for tally in tallies:
        holds = draft.condition(tally.rule.when, "event", rules.engagement_scope)
        lines += [f"    {line}" for line in tally.each(holds)]
    for tally in tallies:
        lines += [*tally.end(), f"{sums.of(tally.rule.group)} += {tally.sum}"]
    return [*lines, *sums.end(model.engagement_cap)]


def _checked(as_of: object) -> datetime:
    return instant(as_of, "as_of")


class _Tally:
    """The lines that sum up one rule for engagement.

    Without decay only how many engagements count matters; with decay, and a limit on how many,
    they are gathered first, because the newest of them count.
    """

    def __init__(self, draft: Draft, rule: EngagementRule) -> None:
        self.rule = rule
        self.sum = draft.temporary()
        self._draft = draft
        self._start = draft.temporary()
        self._kept = draft.temporary()
        self._limited = rule.most is not None or rule.most_per_object is not None

    def begin(self) -> Iterator[str]:
        """Lines before the first engagement."""
        rule = self.rule
        yield f"{self.sum} = 0"
        if rule.within is not None:
            yield f"{self._start} = {self._draft.constant(since)}(as_of, {rule.within})"
        if rule.half_life is not None and self._limited:
            yield f"{self._kept} = []"
        elif rule.most_per_object is not None:
            yield f"{self._kept} = {{}}"

    def each(self, holds: str) -> Iterator[str]:
        """Lines for one engagement, ``event``, which was at ``at``."""
        rule = self.rule
        window = "" if rule.within is None else f"at > {self._start} and "
        yield f"if {window}{holds}:"
        if rule.half_life is not None and self._limited:
            yield f"    {self._kept}.append((at, event.id, event.object))"
        elif rule.half_life is not None:
            yield from self._fading("    ")
        elif rule.most_per_object is not None:
            count = self._draft.temporary()
            yield "    if event.object is None: " + f"{self.sum} += 1"
            yield f"    elif ({count} := {self._kept}.get(event.object, 0)) < {rule.most_per_object}:"
            yield f"        {self._kept}[event.object] = {count} + 1"
            yield f"        {self.sum} += 1"
        else:
            yield f"    {self.sum} += 1"

    def end(self) -> Iterator[str]:
        """Lines after the last engagement: the sum is in thousandths and bounded."""
        rule, total = self.rule, self.sum
        if rule.half_life is None:
            if rule.most is not None:
                yield f"if {total} > {rule.most}: {total} = {rule.most}"
            yield f"{total} *= {int(rule.points) * THOUSANDTHS}"
        elif self._limited:
            limits = f"{rule.most}, {rule.most_per_object}"
            yield f"for at, _, _ in {self._draft.constant(newest)}({self._kept}, {limits}):"
            yield from self._fading("    ")
        if rule.cap is not None:
            limit, sign = rule.cap * THOUSANDTHS, "-" if rule.points < 0 else ""
            worse = "<" if rule.points < 0 else ">"
            yield f"if {total} {worse} {sign}{limit}: {total} = {sign}{limit}"

    def _fading(self, indent: str) -> Iterator[str]:
        """Lines that add what is left of the points of an engagement that was at ``at``."""
        days = self.rule.half_life or 1
        step, factors = self._draft.constant(step_of(days)), self._draft.constant(table())
        points, sign = abs(self.rule.points) * THOUSANDTHS, "-" if self.rule.points < 0 else "+"
        yield f"{indent}q = (as_of - at) // {step}"
        left = f"({points} * {factors}[q] + {SCALE // 2}) // {SCALE}"
        yield f"{indent}if q < {LAST}: {self.sum} {sign}= {left}"
