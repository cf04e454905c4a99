"""The numbers documents get: drawn with the work that makes them, or ahead of it.

How an invoice is issued under its number is in ``issuing``.
"""

from datetime import date, datetime
from typing import TypeVar

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.sales import DeliveryNote, Order
from crmcore.usecases.settings import OF_OTHERS
from crmcore.usecases.work import Desk, Work
from crmcore.values import NumberPattern

N = TypeVar("N", Order, DeliveryNote)


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

    def day(self, day: date) -> date:
        """The day of a document: a number drawn ahead keeps the one for which it was drawn."""
        return day if self.ahead is None else self.on

    def draw(self, work: Work, day: date) -> Numbered:
        """The number for a day; one drawn ahead keeps the day for which it was drawn.

        To be called last: others of a gapless series wait from here on.
        """
        on = self.day(day)
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


def numbers_of(
    desk: Desk, series: str | None, moment: datetime, *, within: bool = False
) -> Numbering | None:
    """Where documents of a series get their numbers from; None where they are not numbered.

    Args:
        desk: The desk.
        series: The series.
        moment: When.
        within: Whether a unit of work is open already, so that nothing can be drawn ahead of it.
    """
    if series is None or series not in desk.settings.numbering:
        return None
    on = desk.day(moment)
    if not within:
        return numbering(desk, series, on)
    return Numbering(series=series, on=on, pattern=desk.settings.pattern(series), ahead=None)


def numbered(work: Work, change: Change[N], numbers: Numbering | None, day: date) -> Change[N]:
    """The change of a new document that has its number, where such documents are numbered.

    To be asked for last: others of a gapless series wait from here on.
    """
    if numbers is None:
        return change
    number = numbers.draw(work, day).number
    return attrs.evolve(change, entity=attrs.evolve(change.entity, number=number))


def series_of_invoices(series: str) -> str:
    """The series, when documents that are sealed may be numbered in it.

    Raises:
        InvalidValue: it belongs to quotes, orders or deliveries.
    """
    if series in OF_OTHERS:
        raise InvalidValue("series", f"{series} belongs to other documents")
    return series
