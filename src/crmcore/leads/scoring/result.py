"""A score with its reasons: what each rule gave, on what evidence, and what a cap cut off."""

import html
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import attrs

from crmcore.leads.scoring.decay import SCALE
from crmcore.leads.scoring.rules import THOUSANDTHS
from crmcore.values.numbers import as_exact

Part = Literal["fit", "engagement"]
"""Which half of a score."""

_WIDTH = 5


def exact(number: int, unit: int = THOUSANDTHS) -> Decimal:
    """So many thousandths (or other parts that are a power of ten) as an exact number."""
    digits = tuple(map(int, str(abs(number))))
    return as_exact("points", Decimal((int(number < 0), digits, 1 - len(str(unit)))))


def signed(points: Decimal) -> str:
    """Points as people write what is added or taken off: ``+15``, ``-2.5``."""
    return f"{points:+f}"


@attrs.frozen(kw_only=True)
class Contribution:
    """What one rule gave once, or what a cap cut off again; the points of all sum to the score.

    Attributes:
        part: Fit or engagement.
        thousandths: What it adds to the score, in thousandths of a point.
        rule: The rule; None where the cap of a group or a part cut off.
        group: The group of the rule, or whose cap cut off.
        raw: What the rule says, before decay; None where a cap cut off.
        decay: What was left of that, from 1 to 0, in the thousand-millionths it is counted with;
            None where nothing decays.
        event: The engagement it was given for.
        occurred_at: When that was.
        evidence: The values that the rule looked at.
        cut: Whose cap cut something off; None when this is what a rule gave.
    """

    part: Part
    thousandths: int
    rule: str | None = None
    group: str | None = None
    raw: int | None = None
    decay: Decimal | None = None
    event: UUID | None = None
    occurred_at: datetime | None = None
    evidence: tuple[tuple[str, object], ...] = attrs.field(default=(), repr=False)
    cut: Literal["rule", "group", "part"] | None = None

    @property
    def points(self) -> Decimal:
        """What it adds to the score."""
        return exact(self.thousandths)

    @property
    def reason(self) -> str:
        """What it was given for, or why it was taken off, in one line."""
        if self.cut is not None:
            named = {"rule": self.rule, "group": self.group, "part": self.part}[self.cut]
            return f"cap of the {self.cut} {named}"
        seen = ", ".join(f"{path} = {value}" for path, value in self.evidence)
        if self.occurred_at is not None:
            seen = f"{seen} on {self.occurred_at:%Y-%m-%d}"
        if self.decay is not None and self.raw is not None:
            seen = f"{seen}; {self.raw} points, {self.decay:.4f} of them left"
        return f"{self.rule}: {seen}"


def contribution_factor(factor: int) -> Decimal:
    """What is left, by a factor of the table of decay."""
    return exact(factor, SCALE)


@attrs.frozen(kw_only=True)
class Score:
    """A number with its reasons; the points of the trace sum exactly to the value.

    It follows from the lead and what its references lead to, from what its contact did, from the
    model and from an instant, and from nothing else: the same again whenever it is asked for.

    Attributes:
        value: The points in all.
        fit: The points for who the lead is.
        engagement: The points for what its contact did.
        grade: Both as a grade, from ``A1`` to ``C3``; None when the model has no grades.
        is_mql: Whether the model's threshold is reached.
        lead: Whose score.
        model: The name of the model.
        version: The version of the model.
        at: As of when.
        trace: What each rule gave and what caps cut off: fit first, in the model's order; the
            engagements of a rule newest first.
    """

    value: Decimal
    fit: Decimal
    engagement: Decimal
    grade: str | None
    is_mql: bool
    lead: UUID
    model: str
    version: int
    at: datetime
    trace: tuple[Contribution, ...] = attrs.field(repr=False)

    def explain(self) -> str:
        """The score as lines of text: what each rule gave and on what evidence."""
        shown = [signed(each.points) for each in self.trace]
        width = max([_WIDTH, *map(len, shown)])
        pairs = zip(shown, self.trace, strict=True)
        return "\n".join([self._title(), *(f"{p:>{width}}  {each.reason}" for p, each in pairs)])

    def _repr_html_(self) -> str:
        title = f"<caption>{html.escape(self._title())}</caption>"
        return f"<table>{title}{_rows(self.trace)}</table>"

    def _title(self) -> str:
        head = f"{self.value:f} points by {self.model} (version {self.version})"
        parts = [f"fit {self.fit:f}, engagement {self.engagement:f}"] if self._has_parts else []
        parts += [f"grade {self.grade}"] if self.grade else []
        parts += ["ripe for sales"] if self.is_mql else []
        return ": ".join([head, ", ".join(parts)]) if parts else head

    @property
    def _has_parts(self) -> bool:
        return any(each.part == "engagement" for each in self.trace)


def _rows(trace: Sequence[Contribution]) -> str:
    return "".join(
        f"<tr><td>{signed(each.points)}</td><td>{html.escape(each.reason)}</td></tr>"
        for each in trace
    )
