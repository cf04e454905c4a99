"""Which numbers of a series are missing, or out of the order of time.

Of the store's own documents, or of a list from elsewhere. Only computes. Whether a number may be
missing is a matter of the settings; why one is missing, of whoever did it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Self, cast

import attrs

from crmcore.errors import InvalidValue, WrongType
from crmcore.values import NumberPattern, as_int, html_table

MAX_FOREIGN = 1_000
"""So many numbers that are not of the pattern, come twice, or are out of order, are kept."""

_LONGEST = 100
_PAIR = 2


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
        return _written(self.pattern, self.series, self.period, sequence)


@attrs.frozen(kw_only=True)
class Disorder:
    """A document whose day lies before that of a lower number (GoBD: recorded in order of time).

    Attributes:
        series: The series; empty where the list came from elsewhere.
        period: The period of the series.
        sequence: Its number within the period.
        on: Its day.
        behind: The lower number whose day is the latest.
        behind_on: The day of that.
        pattern: How they are written; None where nobody knows any more.
    """

    series: str = ""
    period: str = ""
    sequence: int
    on: date
    behind: int
    behind_on: date
    pattern: NumberPattern | None = None

    @property
    def number(self) -> str:
        """The number as it would be written."""
        return _written(self.pattern, self.series, self.period, self.sequence)

    @property
    def reason(self) -> str:
        """What is wrong with it."""
        below = _written(self.pattern, self.series, self.period, self.behind)
        return f"of {self.on.isoformat()}, after {below} of {self.behind_on.isoformat()}"

    def __str__(self) -> str:
        return f"{self.number} {self.reason}"


@attrs.frozen(kw_only=True, repr=False)
class GapReport:
    """What is missing in one or several series, or out of order; true when nothing is.

    Attributes:
        examined: How many numbers were looked at.
        gaps: What is missing, by series, period and number.
        repeated: Numbers that came more than once, `MAX_FOREIGN` of them at most.
        foreign: Numbers that are not written by the pattern, `MAX_FOREIGN` of them at most.
        disorder: Documents whose day lies before that of a lower number, as many at most.
    """

    examined: int
    gaps: tuple[Gap, ...] = ()
    repeated: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    disorder: tuple[Disorder, ...] = ()

    @property
    def missing(self) -> int:
        """How many numbers are missing."""
        return sum(gap.missing for gap in self.gaps)

    def __bool__(self) -> bool:
        return not (self.gaps or self.repeated or self.foreign or self.disorder)

    def explain(self) -> str:
        """Every gap in a line, and what else is odd."""
        told = (
            *(f"missing: {gap}" for gap in self.gaps),
            *(f"twice: {number}" for number in self.repeated),
            *(f"not of this series: {number!r}" for number in self.foreign),
            *(f"out of order: {each}" for each in self.disorder),
        )
        return "\n".join((self._head(), *told))

    def __repr__(self) -> str:
        return f"<GapReport {self._head()}>"

    def _head(self) -> str:
        told = f"{self.examined:,} numbers, {len(self.gaps):,} gaps, {self.missing:,} missing"
        return f"{told}, {len(self.disorder):,} out of order" if self.disorder else told

    def _repr_html_(self) -> str:
        rows = (
            *(
                (gap.series, gap.period, gap.numbers, f"{gap.missing:,} missing")
                for gap in self.gaps
            ),
            *(("", "", number, "twice") for number in self.repeated),
            *(("", "", number, "not of this series") for number in self.foreign),
            *((each.series, each.period, each.number, each.reason) for each in self.disorder),
        )
        return html_table(self._head(), ("series", "period", "numbers", "what is odd"), rows)


def gap_report(
    numbers: Iterable[str | tuple[str, date]],
    pattern: NumberPattern,
    *,
    start: int | None = None,
    restarts: bool = True,
) -> GapReport:
    """What is missing in a list of numbers, such as that of a system that is being replaced.

    Args:
        numbers: The numbers as they were written, in any order; blanks around them do not count.
            Where one comes with its day, as a pair, the order of the days is looked at too.
        pattern: How they were written.
        start: The first number of the first period; the lowest that is there when left out. Later
            periods begin at 1.
        restarts: Whether the counter restarts with each period of the pattern.

    Returns:
        The gaps, what is there twice or not of the pattern, and whose day lies before that of a
        lower number.

    Raises:
        InvalidValue: the start is below one.
        WrongType: it is one text, a number is no text, or a day no date.
    """
    if start is not None and as_int("start", start) < 1:
        raise InvalidValue("start", "must be at least 1")
    if isinstance(numbers, str):
        raise WrongType("numbers", "a list of numbers", "one text")
    read = _Read.of(numbers, pattern, restarts=restarts)
    found: list[GapReport] = []
    for place, (period, dated) in enumerate(sorted(read.seen.items())):
        begin = 1 if place else (start or min(dated))
        written = pattern if restarts else None
        found.append(
            period_report(sorted(dated.items()), start=begin, period=period, pattern=written)
        )
    return attrs.evolve(
        joined(found),
        examined=read.examined,
        repeated=tuple(read.repeated),
        foreign=tuple(read.foreign),
    )


def period_report(
    dated: Iterable[tuple[int, date | None]],
    *,
    start: int = 1,
    end: int = 0,
    series: str = "",
    period: str = "",
    pattern: NumberPattern | None = None,
) -> GapReport:
    """What is missing among ascending numbers of one period, and what is out of order.

    They are looked at once, and none of them is kept.

    Args:
        dated: The numbers that are there, ascending, with their days; None where a day is not known.
        start: The first that must be there.
        end: The last that must be there; the last one there when it is lower.
        series: The series, for what is told.
        period: The period, for what is told.
        pattern: How numbers are written, for what is told.
    """
    watch = _Watch(series=series, period=period, pattern=pattern)
    gaps = tuple(
        gaps_of(
            watch.passed(dated), start=start, end=end, series=series, period=period, pattern=pattern
        )
    )
    return GapReport(examined=watch.examined, gaps=gaps, disorder=tuple(watch.disorder))


def joined(reports: Iterable[GapReport]) -> GapReport:
    """What several reports tell, in one."""
    every = tuple(reports)
    return GapReport(
        examined=sum(each.examined for each in every),
        gaps=tuple(gap for each in every for gap in each.gaps),
        repeated=tuple(number for each in every for number in each.repeated)[:MAX_FOREIGN],
        foreign=tuple(number for each in every for number in each.foreign)[:MAX_FOREIGN],
        disorder=tuple(one for each in every for one in each.disorder)[:MAX_FOREIGN],
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


@attrs.define(eq=False, kw_only=True)
class _Watch:
    """Numbers of one period and their days, as they pass by."""

    series: str
    period: str
    pattern: NumberPattern | None
    examined: int = 0
    disorder: list[Disorder] = attrs.field(factory=list[Disorder])

    def passed(self, dated: Iterable[tuple[int, date | None]]) -> Iterator[int]:
        latest: tuple[int, date] | None = None
        for sequence, day in dated:
            self.examined += 1
            if day is not None and (latest is None or day >= latest[1]):
                latest = (sequence, day)
            elif day is not None and latest is not None and len(self.disorder) < MAX_FOREIGN:
                self.disorder.append(self._told(sequence, day, *latest))
            yield sequence

    def _told(self, sequence: int, on: date, behind: int, behind_on: date) -> Disorder:
        return Disorder(
            series=self.series,
            period=self.period,
            sequence=sequence,
            on=on,
            behind=behind,
            behind_on=behind_on,
            pattern=self.pattern,
        )


@attrs.define(eq=False)
class _Read:
    """A list of numbers, read."""

    seen: dict[str, dict[int, date | None]] = attrs.field(factory=dict[str, dict[int, date | None]])
    repeated: dict[str, None] = attrs.field(factory=dict[str, None])
    foreign: list[str] = attrs.field(factory=list[str])
    examined: int = 0

    @classmethod
    def of(
        cls, numbers: Iterable[str | tuple[str, date]], pattern: NumberPattern, *, restarts: bool
    ) -> Self:
        done = cls()
        for text, day in _stripped(numbers):
            done.examined += 1
            read = pattern.read(text)
            if read is None:
                done.foreign += [text[:_LONGEST]] * (len(done.foreign) < MAX_FOREIGN)
                continue
            those = done.seen.setdefault(read[0] if restarts else "", {})
            if read[1] in those and len(done.repeated) < MAX_FOREIGN:
                done.repeated[text] = None
            those.setdefault(read[1], day)
        return done


def _stripped(numbers: Iterable[object]) -> Iterator[tuple[str, date | None]]:
    for place, given in enumerate(numbers):
        path, name = f"numbers[{place}]", type(given).__name__
        pair = cast("tuple[object, ...]", given) if isinstance(given, tuple) else (given, None)
        number, day = pair if len(pair) == _PAIR else (None, None)
        if not isinstance(number, str):
            raise WrongType(path, "str", name)
        # A moment is no day: which one it is on depends on where.
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            raise WrongType(f"{path}[1]", "date", type(day).__name__)
        if text := number.strip():
            yield text, day


def _written(pattern: NumberPattern | None, series: str, period: str, sequence: int) -> str:
    if pattern is None:
        return " ".join(part for part in (series, period, str(sequence)) if part)
    return pattern.render(sequence, _first_day(period))


def _first_day(period: str) -> date:
    year, _, month = period.partition("-")
    return date(int(year or 2000), int(month or 1), 1)
