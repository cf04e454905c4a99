"""The numbers that documents get when they are issued: drawn with the work, or ahead of it.

Here too: how a draft invoice is issued, and which seal comes before that of a document.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.contacts import Activity, Contact, begin_debtor, require
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.grammar.field import F, order_of
from crmcore.receivables import Payment, prepay
from crmcore.sales import (
    INVOICE_LIFECYCLE,
    DrawnNumber,
    Invoice,
    InvoiceFacts,
    IssueFacts,
    buyer_of,
    issue_by,
    prepare_issue,
    rate_of,
    totals_of,
)
from crmcore.usecases.settings import OF_OTHERS
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


@attrs.frozen(kw_only=True)
class Wanted:
    """What is said of an invoice when it is issued.

    Attributes:
        terms: The name of the terms of payment; None for the days of the settings.
        delivered_on: The day of the supply, or the last day of its period.
        delivered_from: The first day of that period.
        prepaid: Payments of the account that came before, and are taken off what is payable.
    """

    terms: str | None = None
    delivered_on: date | None = None
    delivered_from: date | None = None
    prepaid: Sequence[UUID] = ()


def series_of_invoices(series: str) -> str:
    """The series, when documents that are sealed may be numbered in it.

    Raises:
        InvalidValue: it belongs to quotes, orders or deliveries.
    """
    if series in OF_OTHERS:
        raise InvalidValue("series", f"{series} belongs to other documents")
    return series


def issue_draft(
    desk: Desk, work: Work, draft: Invoice, numbers: Numbering, *, wanted: Wanted, at: datetime
) -> Invoice:
    """The draft as issued and stored, its account being a debtor.

    Raises:
        MoveForbidden, NotValid, NothingFound: as ``crm.sales.issue`` does.
    """
    account = work.get(Contact, draft.account)
    require(account, Activity.INVOICE)
    settings, on = desk.settings, numbers.day(desk.day(at))
    rate = None
    if draft.currency != settings.currency:
        rate = rate_of(settings.rates, draft.currency, settings.currency, on)
    facts = IssueFacts(
        on=on,
        buyer=buyer_of(account),
        seller=settings.seller,
        terms=settings.payment_terms(wanted.terms),
        delivered_on=wanted.delivered_on,
        delivered_from=wanted.delivered_from,
        accounting=settings.currency,
        rate=rate,
    )
    draft, payments = _less_prepaid(work, draft, wanted.prepaid, at)
    # Asked before anything is written: a refusal afterwards would end the whole transaction.
    prepare_issue(draft, facts, at)
    for change in payments:
        work.apply(change)
    if not draft.totals.payable.is_zero:
        work.apply(begin_debtor(account, draft.id, at))
    return work.apply(issue_by(draft, facts, drawn(work, numbers, on), at))


def _less_prepaid(
    work: Work, draft: Invoice, ids: Sequence[UUID], at: datetime
) -> tuple[Invoice, tuple[Change[Payment], ...]]:
    """The draft less what came in before, and the changes of the payments it came with."""
    if not ids:
        return draft, ()
    # What is no draft is refused as such, not for what was paid.
    INVOICE_LIFECYCLE.after(draft.status, "issue", InvoiceFacts(draft), draft.id)
    amount, changes = prepay([work.get(Payment, each) for each in ids], draft, at)
    totals = totals_of(draft.lines, draft.currency, draft.totals.rounding, amount)
    return attrs.evolve(draft, totals=totals), changes


def drawn(work: Work, numbers: Numbering, day: date) -> DrawnNumber:
    """The number for a document of a day, with the seal of the document before it.

    To be called last: others of a gapless series wait from here on.
    """
    given = numbers.draw(work, day)
    previous = _previous(work, given) if numbers.pattern.gapless else None
    return DrawnNumber(
        series=given.series,
        period=given.period,
        sequence=given.sequence,
        number=given.number,
        previous=previous,
    )


def _previous(work: Work, given: Numbered) -> str | None:
    """The seal before a number: that of the one below, or the last of an earlier period."""
    of_series = F.series == given.series
    if given.sequence > 1:
        below = of_series & (F.period == given.period) & (F.sequence == given.sequence - 1)
        one = work.first(Invoice, below)
        return None if one is None else one.digest
    earlier = of_series & (F.period < given.period)
    last = work.first(Invoice, earlier, (order_of("-period"), order_of("-sequence")))
    return None if last is None else last.digest
