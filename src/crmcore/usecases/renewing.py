"""How due periods of subscriptions become orders and draft invoices: each in a transaction of its own.

The ledger of a subscription is what makes a repeat harmless: what is in it is not due any more, and two
who bill the same period at once are told apart by the revision of the subscription.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

import attrs

from crmcore.contacts import Activity, Contact, become_customer, require
from crmcore.errors import CrmError, InvalidValue, NotAllowed, NotFound, NotValid
from crmcore.grammar.change import Change
from crmcore.grammar.field import F
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.ports import Progress
from crmcore.subscriptions import (
    RUNNING,
    Renewal,
    RenewalIds,
    RenewalPlan,
    Subscription,
    advance,
    bill_renewal,
    next_renewal,
    renewals,
)
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection
from crmcore.usecases.orders import numbered, numbers_of
from crmcore.usecases.settings import ORDERS
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money, html_table

AHEAD = timedelta(days=366)
"""Periods that are due so much later can be billed already."""


@attrs.frozen(kw_only=True)
class BilledRenewal:
    """A period that went through the books.

    Attributes:
        renewal: The period, and what it came to.
        order: The order it became; None where there was nothing to charge.
        invoice: The draft invoice for that order.
    """

    renewal: Renewal
    order: UUID | None = None
    invoice: UUID | None = None


@attrs.frozen(kw_only=True)
class RefusedRenewal:
    """A subscription that could not be billed any further.

    Attributes:
        subscription: The subscription.
        title: What it is called.
        error: Why.
    """

    subscription: UUID
    title: str
    error: CrmError


@attrs.frozen(kw_only=True)
class RenewalRun:
    """What a run over subscriptions did.

    Attributes:
        until: The last day on which periods were due.
        billed: What went through the books, in that order.
        refused: What could not be billed, each with its reason.
    """

    until: date
    billed: tuple[BilledRenewal, ...] = ()
    refused: tuple[RefusedRenewal, ...] = ()

    @property
    def invoices(self) -> tuple[UUID, ...]:
        """The draft invoices that were drawn up."""
        return tuple(each.invoice for each in self.billed if each.invoice is not None)

    @property
    def nets(self) -> Mapping[str, Money]:
        """What they come to, net of VAT, by currency."""
        return _by_currency(each.renewal.net for each in self.billed)

    def explain(self) -> str:
        """How much was billed, then each period, then what was refused and why."""
        rows = [self._head(), *(each.renewal.explain() for each in self.billed)]
        rows += [f"refused: {each.title}: {each.error.message}" for each in self.refused]
        return "\n".join(rows)

    def _head(self) -> str:
        counted = f"{len(self.invoices)} draft invoices, {_told(self.nets)}"
        return f"until {self.until.isoformat()}: {counted}; {len(self.refused)} refused"

    def _repr_html_(self) -> str:
        rows = (
            (
                f"{each.renewal.period_from.isoformat()} to {each.renewal.last_day.isoformat()}",
                each.renewal.net,
            )
            for each in self.billed
        )
        refused = ((each.title, each.error.message) for each in self.refused)
        return html_table(self._head(), ("", "net, or why not"), (*refused, *rows))


@attrs.frozen(kw_only=True)
class RenewalOutlook:
    """What a run over subscriptions would bill; nothing has happened yet.

    Attributes:
        until: The last day on which periods are due.
        plans: The plan of each subscription that has something due, or waiting.
    """

    until: date
    plans: tuple[RenewalPlan, ...]

    @property
    def nets(self) -> Mapping[str, Money]:
        """What all of it comes to, net of VAT, by currency."""
        return _by_currency(plan.net for plan in self.plans)

    def explain(self) -> str:
        """The sums, then the plan of each subscription."""
        return "\n".join((self._head(), *(plan.explain() for plan in self.plans)))

    def _head(self) -> str:
        many = sum(len(plan.renewals) for plan in self.plans)
        periods = "1 period" if many == 1 else f"{many} periods"
        return f"until {self.until.isoformat()}: {periods}, {_told(self.nets)}"

    def _repr_html_(self) -> str:
        rows = ((plan.title, plan.net, len(plan.renewals)) for plan in self.plans)
        return html_table(self._head(), ("subscription", "net", "periods"), rows)


@commands
class SubscriptionPlans:
    """Dry runs of the billing of ``crm.subscriptions``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def renewal(
        self, id: UUID, *, until: date | None = None, as_of: datetime | None = None
    ) -> RenewalPlan:
        """Which periods of a subscription are due, and what each comes to; ``explain()`` tells it.

        Args:
            id: The subscription.
            until: The last day on which they are due; today when left out.
            as_of: As of when; now if left out.

        Raises:
            EntityNotFound: when there is no such subscription.
        """
        on = self._desk.day(self._desk.at(as_of))
        with self._desk.looking() as work:
            return renewals(work.get(Subscription, id), until or on, as_of=on)

    def renewals(
        self,
        where: Condition = EVERYTHING,
        *,
        until: date | None = None,
        as_of: datetime | None = None,
    ) -> RenewalOutlook:
        """What `Subscriptions.renew` would bill of all subscriptions, and what has to wait.

        Args:
            where: Which of them; all when left out.
            until: The last day on which periods are due; today when left out.
            as_of: As of when; now if left out.
        """
        on = self._desk.day(self._desk.at(as_of))
        last = until or on
        plans = (renewals(each, last, as_of=on) for each in running(self._desk, where))
        told = tuple(plan for plan in plans if plan.renewals or plan.waiting is not None)
        return RenewalOutlook(until=last, plans=told)

    def __repr__(self) -> str:
        return f"<plans of subscriptions of {self._desk.store.tenant!r}>"


def running(desk: Desk, where: Condition = EVERYTHING) -> Iterator[Subscription]:
    """The subscriptions of which days go by that may have to be billed, page by page."""
    found = Collection(desk, Subscription).find(F.status.in_(RUNNING) & where)
    return iter(found)


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
        numbers = numbers_of(desk, ORDERS, moment)
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


def _by_currency(amounts: Iterable[Money]) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount
    return dict(sorted(sums.items()))


def _told(nets: Mapping[str, Money]) -> str:
    return ", ".join(map(str, nets.values())) or "nothing"
