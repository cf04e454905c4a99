"""Which numbers of a series are missing: of the store's own documents, or of a list from elsewhere.

Only computes. Whether a number may be missing is a matter of the settings; why one is missing, of
whoever did it.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Self

import attrs

from crmcore.errors import InvalidValue, WrongType
from crmcore.values import NumberPattern, as_int, html_table

MAX_FOREIGN = 1_000
"""So many numbers that are not of the pattern, or come twice, are kept; others are only counted."""

_LONGEST = 100


@attrs.frozen(kw_only=True)
class Gap:
    """Numbers of one period that are missing, one after the other.

    Attributes:
        series: The series; empty where the list came from elsewhere.
        period: The period of the series.
        first: The first missing number within the period.
        last: The last one.
        pattern: How they are written; None where nobody knows any more.
    """

    series: str = ""
    period: str = ""
    first: int
    last: int
    pattern: NumberPattern | None = None

    @property
    def missing(self) -> int:
        """How many numbers are missing."""
        return self.last - self.first + 1

    @property
    def numbers(self) -> str:
        """The missing numbers as they would be written: the first, and the last of several."""
        ends = dict.fromkeys((self.first, self.last))
        return " to ".join(self._written(each) for each in ends)

    def __str__(self) -> str:
        return f"{self.numbers} ({self.missing:,})"

    def _written(self, sequence: int) -> str:
        if self.pattern is None:
            return " ".join(part for part in (self.series, self.period, str(sequence)) if part)
        return self.pattern.render(sequence, _first_day(self.period))


@attrs.frozen(kw_only=True, repr=False)
class GapReport:
    """What is missing in one or several series; true when nothing is.

    Attributes:
        examined: How many numbers were looked at.
        gaps: What is missing, by series, period and number.
        repeated: Numbers that came more than once, `MAX_FOREIGN` of them at most.
        foreign: Numbers that are not written by the pattern, `MAX_FOREIGN` of them at most.
    """

    examined: int
    gaps: tuple[Gap, ...] = ()
    repeated: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """How many numbers are missing."""
        return sum(gap.missing for gap in self.gaps)

    def __bool__(self) -> bool:
        return not (self.gaps or self.repeated or self.foreign)

    def explain(self) -> str:
        """Every gap in a line, and what else is odd."""
        told = (
            *(f"missing: {gap}" for gap in self.gaps),
            *(f"twice: {number}" for number in self.repeated),
            *(f"not of this series: {number!r}" for number in self.foreign),
        )
        head = f"{self.examined:,} numbers, {len(self.gaps):,} gaps, {self.missing:,} missing"
        return "\n".join((head, *told))

    def __repr__(self) -> str:
        return f"<GapReport {self.explain().splitlines()[0]}>"

    def _repr_html_(self) -> str:
        rows = ((gap.series, gap.period, gap.numbers, gap.missing) for gap in self.gaps)
        head = ("series", "period", "numbers", "missing")
        return html_table(self.explain().splitlines()[0], head, rows)


def gap_report(
    numbers: Iterable[str],
    pattern: NumberPattern,
    *,
    start: int | None = None,
    restarts: bool = True,
) -> GapReport:
    """What is missing in a list of numbers, such as that of a system that is being replaced.

    Args:
        numbers: The numbers as they were written, in any order; blanks around them do not count.
        pattern: How they were written.
        start: The first number of the first period; the lowest that is there when left out. Later
            periods begin at 1.
        restarts: Whether the counter restarts with each period of the pattern.

    Raises:
        InvalidValue: the start is below one.
        WrongType: a number is no text.
    """
    if start is not None and as_int("start", start) < 1:
        raise InvalidValue("start", "must be at least 1")
    read = _Read.of(numbers, pattern, restarts=restarts)
    gaps: list[Gap] = []
    for place, (period, found) in enumerate(sorted(read.seen.items())):
        begin = 1 if place else (start or min(found))
        written = pattern if restarts else None
        gaps += gaps_of(sorted(found), start=begin, period=period, pattern=written)
    return GapReport(
        examined=read.examined,
        gaps=tuple(gaps),
        repeated=tuple(read.repeated),
        foreign=tuple(read.foreign),
    )


def gaps_of(
    sequences: Iterable[int],
    *,
    start: int = 1,
    end: int = 0,
    series: str = "",
    period: str = "",
    pattern: NumberPattern | None = None,
) -> Iterator[Gap]:
    """The gaps among ascending numbers of one period.

    Args:
        sequences: The numbers that are there, ascending.
        start: The first that must be there.
        end: The last that must be there; the last one there when it is lower.
        series: The series, for the gaps.
        period: The period, for the gaps.
        pattern: How numbers are written, for the gaps.
    """
    wanted = start
    for each in sequences:
        if each > wanted:
            yield Gap(series=series, period=period, first=wanted, last=each - 1, pattern=pattern)
        wanted = max(wanted, each + 1)
    if end >= wanted:
        yield Gap(series=series, period=period, first=wanted, last=end, pattern=pattern)


@attrs.define(eq=False)
class _Read:
    """A list of numbers, read."""

    seen: dict[str, set[int]] = attrs.field(factory=dict[str, set[int]])
    repeated: dict[str, None] = attrs.field(factory=dict[str, None])
    foreign: list[str] = attrs.field(factory=list[str])
    examined: int = 0

    @classmethod
    def of(cls, numbers: Iterable[str], pattern: NumberPattern, *, restarts: bool) -> Self:
        done = cls()
        for text in _stripped(numbers):
            done.examined += 1
            read = pattern.read(text)
            if read is None:
                done.foreign += [text[:_LONGEST]] * (len(done.foreign) < MAX_FOREIGN)
                continue
            those = done.seen.setdefault(read[0] if restarts else "", set())
            if read[1] in those and len(done.repeated) < MAX_FOREIGN:
                done.repeated[text] = None
            those.add(read[1])
        return done


def _stripped(numbers: Iterable[object]) -> Iterator[str]:
    for place, number in enumerate(numbers):
        if not isinstance(number, str):
            raise WrongType(f"numbers[{place}]", "str", type(number).__name__)
        if text := number.strip():
            yield text


def _first_day(period: str) -> date:
    year, _, month = period.partition("-")
    return date(int(year or 2000), int(month or 1), 1)
