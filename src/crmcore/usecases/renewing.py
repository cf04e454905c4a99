"""How due periods of subscriptions become orders and draft invoices: each in a transaction of its own.

The ledger of a subscription is what makes a repeat harmless: what is in it is not due any more, and two
who bill the same period at once are told apart by the revision of the subscription.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from crmcore.contacts import Activity, Contact, become_customer, require
from crmcore.errors import InvalidValue, NotAllowed, NotFound, NotValid
from crmcore.grammar.change import Change
from crmcore.grammar.field import F
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.ports import Progress
from crmcore.subscriptions import (
    RUNNING,
    RenewalIds,
    Subscription,
    advance,
    bill_renewal,
    next_renewal,
)
from crmcore.usecases.finding import Collection, Found
from crmcore.usecases.numbering import numbered, numbers_of
from crmcore.usecases.renewal_results import BilledRenewal, RefusedRenewal, RenewalRun
from crmcore.usecases.settings import ORDERS
from crmcore.usecases.work import Desk, Work

AHEAD = timedelta(days=366)
"""Periods that are due so much later can be billed already."""


def running(desk: Desk, where: Condition = EVERYTHING) -> Found[Subscription]:
    """The subscriptions of which days go by that may have to be billed."""
    return Collection(desk, Subscription).find(F.status.in_(RUNNING) & where)


def run(
    desk: Desk,
    where: Condition,
    until: date | None,
    at: datetime | None,
    progress: Progress | None,
) -> RenewalRun:
    """What became of every subscription of which a period is due, or which the day moves on."""
    moment = desk.at(at)
    on, last = desk.day(moment), last_day(desk, until, at)
    due = [(each.id, each.title) for each in running(desk, where) if _moves(each, last, on, moment)]
    billed: list[BilledRenewal] = []
    refused: list[RefusedRenewal] = []
    for place, (id, title) in enumerate(due, start=1):
        try:
            while (done := bill_next(desk, id, last, at)) is not None:
                billed.append(done)
        except (NotAllowed, NotFound, NotValid) as error:
            refused.append(RefusedRenewal(subscription=id, title=title, error=error))
        if progress is not None:
            progress(place, len(due))
    return RenewalRun(until=last, billed=tuple(billed), refused=tuple(refused))


def last_day(desk: Desk, until: date | None, at: datetime | None) -> date:
    """The last day on which periods are due that are to be billed: today, unless told.

    Raises:
        InvalidValue: it lies too far ahead, such as by a slip of the keyboard.
    """
    on = desk.day(desk.at(at))
    if until is not None and until > on + AHEAD:
        raise InvalidValue("until", f"must not lie more than {AHEAD.days} days ahead")
    return on if until is None else until


def bill_next(desk: Desk, id: UUID, until: date, at: datetime | None) -> BilledRenewal | None:
    """The first due period of a subscription, billed in a transaction of its own; None without one."""
    return desk.carry_out(lambda work: _bill_next(work, desk, id, until, at))


def _moves(subscription: Subscription, until: date, on: date, at: datetime) -> bool:
    present = advance(subscription, on, at)
    return not present.is_empty or next_renewal(present.entity, until, as_of=on) is not None


def _bill_next(
    work: Work, desk: Desk, id: UUID, until: date, at: datetime | None
) -> BilledRenewal | None:
    moment = desk.at(at)
    on = desk.day(moment)
    present = advance(work.get(Subscription, id), on, moment)
    renewal = next_renewal(present.entity, until, as_of=on)
    if renewal is None:
        work.apply(present)
        return None
    account = work.get(Contact, present.entity.account)
    if not renewal.is_free:
        require(account, Activity.ORDER)
    ids = _ids(work, len(renewal.lines))
    done = bill_renewal(present.entity, renewal, ids, moment, on=on)
    if done.order is not None and done.invoice is not None:
        work.apply(become_customer(account, moment))
        numbers = numbers_of(desk, ORDERS, moment, within=True)
        work.apply(numbered(work, done.order, numbers, on))
        work.apply(done.invoice)
    told = (*present.events, *done.subscription.events)
    work.apply(Change(done.subscription.entity, told))
    if done.order is None:
        return BilledRenewal(renewal=renewal)
    return BilledRenewal(renewal=renewal, order=ids.order, invoice=ids.invoice)


def _ids(work: Work, lines: int) -> RenewalIds:
    new = work.ids.new
    return RenewalIds(
        order=new(),
        order_lines=[new() for _ in range(lines)],
        invoice=new(),
        invoice_lines=[new() for _ in range(lines)],
    )
