"""The numbers that documents get when they are issued: drawn with the work, or ahead of it."""

from datetime import date

import attrs

from crmcore.usecases.work import Desk, Work
from crmcore.values import NumberPattern


@attrs.frozen(kw_only=True)
class Numbered:
    """A number of a document: its series and period, its place in them, how it is written, its day."""

    on: date
    series: str
    period: str
    sequence: int
    number: str


@attrs.frozen(kw_only=True)
class Numbering:
    """Where a document gets its number from.

    Attributes:
        series: The series.
        on: The day for which a number was drawn ahead.
        pattern: How its numbers are written.
        ahead: The number drawn ahead; None when it is drawn with the work.
    """

    series: str
    on: date
    pattern: NumberPattern
    ahead: int | None

    def draw(self, work: Work, day: date) -> Numbered:
        """The number for a day; one drawn ahead keeps the day for which it was drawn.

        To be called last: others of a gapless series wait from here on.
        """
        on = day if self.ahead is None else self.on
        period = self.pattern.period(on)
        sequence = work.draw(self.series, period) if self.ahead is None else self.ahead
        return Numbered(
            on=on,
            series=self.series,
            period=period,
            sequence=sequence,
            number=self.pattern.render(sequence, on),
        )


def numbering(desk: Desk, series: str, on: date) -> Numbering:
    """Where a document issued on a day gets its number from.

    A number of a series that may have gaps is drawn here, by a commit of its own: whoever issues
    at the same time need not wait for this work to end. Inside a transaction that is not
    possible, and the number is drawn with it.

    Raises:
        UnknownName: the settings have no such series.
    """
    pattern, ahead = desk.settings.pattern(series), None
    if not pattern.gapless and desk.held is None:
        period = pattern.period(on)
        ahead = desk.carry_out(lambda work: work.draw(series, period))
    return Numbering(series=series, on=on, pattern=pattern, ahead=ahead)
