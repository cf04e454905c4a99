"""How a draft invoice is issued: its facts, its number, and the seal of the document before it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.contacts import Activity, Contact, begin_debtor, require
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
    issue,
    prepare_issue,
    rate_of,
    totals_of,
)
from crmcore.usecases.numbering import Numbered, Numbering
from crmcore.usecases.outside import asked_rates
from crmcore.usecases.work import Desk, Work


@attrs.frozen(kw_only=True)
class IssueWish:
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


def issue_draft(
    desk: Desk, work: Work, draft: Invoice, numbers: Numbering, *, wish: IssueWish, at: datetime
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
        rate = rate_of(asked_rates(settings.rates), draft.currency, settings.currency, on)
    facts = IssueFacts(
        on=on,
        buyer=buyer_of(account),
        seller=settings.seller,
        terms=settings.payment_terms(wish.terms),
        delivered_on=wish.delivered_on,
        delivered_from=wish.delivered_from,
        accounting=settings.currency,
        rate=rate,
    )
    draft, payments = _less_prepaid(work, draft, wish.prepaid, at)
    # Asked before anything is written: a refusal afterwards would end the whole transaction.
    prepare_issue(draft, facts, at)
    for change in payments:
        work.apply(change)
    if not draft.totals.payable.is_zero:
        work.apply(begin_debtor(account, draft.id, at))
    return work.apply(issue(draft, facts, drawn(work, numbers, on), at))


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
