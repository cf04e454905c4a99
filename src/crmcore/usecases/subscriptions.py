"""``crm.subscriptions``: what accounts get and pay again and again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from crmcore.contacts import Activity, Contact, require
from crmcore.errors import GuardRefused
from crmcore.grammar.field import F
from crmcore.grammar.naming import choice
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.ports import Progress
from crmcore.sales import LineDraft, Order, OrderStatus
from crmcore.subscriptions import (
    PROTECTED,
    Alignment,
    BillingTime,
    Every,
    FirstPeriod,
    PausePolicy,
    RecurringRevenue,
    Subscription,
    SubscriptionStatus,
    edit,
    recurring_revenue,
    release,
    start,
)
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.recurring_lines import Pricing, drafted
from crmcore.usecases.renewal_results import BilledRenewal, RenewalRun
from crmcore.usecases.renewing import bill_next, last_day, run
from crmcore.usecases.subscription_moves import SubscriptionMoves
from crmcore.usecases.subscription_plans import SubscriptionPlans
from crmcore.usecases.work import Desk, Work

_TERMS = (
    *("title", "every", "trial_until", "ends_on", "notice_days", "number"),
    *("buyer_reference", "purchase_order", "external_id", "attributes"),
)
_CHOICES: Mapping[str, type[StrEnum]] = {
    "alignment": Alignment,
    "first_period": FirstPeriod,
    "billing_time": BillingTime,
    "pause_policy": PausePolicy,
}


@commands
class Subscriptions(SubscriptionMoves):
    """Contracts that are charged period by period.

    Attributes:
        plan: What billing would do, without doing it.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Subscription)
        self.plan = SubscriptionPlans(desk)

    def add(
        self,
        account: UUID,
        *,
        title: str,
        every: Every,
        lines: Sequence[LineDraft],
        started_on: date | None = None,
        trial_until: date | None = None,
        ends_on: date | None = None,
        alignment: Alignment | str = Alignment.ANNIVERSARY,
        first_period: FirstPeriod | str = FirstPeriod.PRORATED,
        billing_time: BillingTime | str = BillingTime.ADVANCE,
        pause_policy: PausePolicy | str = PausePolicy.PRORATED,
        notice_days: int = 0,
        currency: str | None = None,
        price_list: str | None = None,
        segments: Sequence[str] = (),
        number: str | None = None,
        buyer_reference: str | None = None,
        purchase_order: str | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Subscription:
        """The draft of a subscription; it is charged when it is activated.

        Args:
            account: Who gets and pays it.
            title: What it is called.
            every: How long a period is, such as ``Every(1, "month")``.
            lines: What recurs; prices are those of one whole period. What a line of a product leaves
                open comes from the catalogue and its price lists.
            started_on: The first day; today when left out.
            trial_until: The day after the last one that is free.
            ends_on: The last day; open-ended when left out.
            alignment: ``"anniversary"`` counts periods from the first charged day, ``"calendar"``
                begins them on the first of a month, quarter or year, or on a Monday.
            first_period: What a first period costs that the calendar makes shorter: ``"prorated"``,
                ``"full"`` or ``"free"``.
            billing_time: ``"advance"`` or ``"arrears"``.
            pause_policy: ``"prorated"`` leaves out paused days, ``"skipped"`` the whole period.
            notice_days: So many days before the end notice has to be given.
            currency: The currency; the company's when left out.
            price_list: The code of a price list to be looked at besides the customer's.
            segments: The segments of the customer.
            number: Your own number of the contract; unique.
            buyer_reference: What the buyer asked to be quoted on invoices, such as a Leitweg-ID.
            purchase_order: The buyer's own number.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            EntityNotFound: when there is no such account.
            ActivityNotAllowed: when the account may get no offers: it is no prospect nor customer.
            NotValid: when something is wrong; all faults at once, each with its path.
            Duplicate: when the number or the external id is taken.
        """
        asked = locals()
        terms = _terms(asked)

        def step(work: Work) -> Subscription:
            moment = self._desk.at(at)
            who = work.get(Contact, account)
            require(who, Activity.QUOTE)
            first = self._desk.day(moment) if started_on is None else started_on
            pricing = Pricing(
                account=who.id,
                currency=currency or self._desk.settings.currency,
                on=first,
                price_list=price_list,
                segments=segments,
            )
            change = start(
                work.ids.new(),
                account=who.id,
                currency=pricing.currency,
                lines=drafted(work, lines, pricing),
                started_on=first,
                at=moment,
                **terms,
            )
            work.guard(who)
            return work.apply(change)

        return self._desk.run("subscriptions.add", Subscription, key, asked, step)

    def update(
        self,
        subscription: Subscription | UUID,
        *,
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Subscription:
        """The subscription with other field values; see `crmcore.usecases.contacts.Contacts.update`.

        Raises:
            StaleRevision: when somebody changed the subscription since you read it.
            UnknownField, FieldProtected: for a name that cannot be set.
        """
        asked = locals()

        def step(work: Work) -> Subscription:
            stored = work.current(Subscription, subscription, fields, PROTECTED)
            return work.apply(edit(stored, fields, self._desk.at(at)))

        return self._desk.run("subscriptions.update", Subscription, key, asked, step)

    def renew(
        self,
        id: UUID | None = None,
        *,
        where: Condition = EVERYTHING,
        until: date | None = None,
        at: datetime | None = None,
        progress: Progress | None = None,
    ) -> RenewalRun:
        """What was billed: every period that is due became an order and a draft invoice for it.

        Each period is a transaction of its own, and is in the ledger of its subscription afterwards;
        so repeating it is harmless, and whoever else does the same at once bills nothing twice. What
        cannot be billed, such as for an account that may not order, is told and left alone, and the
        rest goes on. A trial that is over becomes active, a pause begins or ends, and what is over and
        billed to its last day has ended. ``plan.renew`` tells the periods beforehand.

        Args:
            id: The subscription; all when left out. What is wrong with a single one is raised.
            where: Which of all.
            until: The last day on which periods are due; today when left out.
            at: When; now if left out.
            progress: Called with how many subscriptions are done, of how many with something due.

        Raises:
            EntityNotFound: when there is no such subscription.
            InvalidValue: when ``until`` lies more than a year ahead.
            ActivityNotAllowed: when the account of that one may not order.
            Busy: when others were in the way until the deadline; what was billed before stays.
        """
        if id is None:
            return run(self._desk, where, until, at, progress)
        last = last_day(self._desk, until, at)
        billed: list[BilledRenewal] = []
        while (done := bill_next(self._desk, id, last, at)) is not None:
            billed.append(done)
        return RenewalRun(until=last, billed=tuple(billed))

    def release(
        self, id: UUID, order: UUID, *, key: str | None = None, at: datetime | None = None
    ) -> Subscription:
        """The subscription, whose last billed period is to be billed again: its order is cancelled.

        Args:
            id: The subscription.
            order: The cancelled order of that period.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when the order is not cancelled.
            InvalidValue: when a later period is billed; release that one first.
        """
        asked = locals()

        def step(work: Work) -> Subscription:
            one, cancelled = work.get(Subscription, id), work.get(Order, order)
            if cancelled.status is not OrderStatus.CANCELLED:
                raise GuardRefused("subscription", id, "release", ("its order is not cancelled",))
            work.guard(cancelled)
            return work.apply(release(one, order, self._desk.at(at)))

        return self._desk.run("subscriptions.release", Subscription, key, asked, step)

    def revenue(
        self, on: date | None = None, *, where: Condition = EVERYTHING, currency: str | None = None
    ) -> RecurringRevenue:
        """What recurs per month and per year (MRR, ARR) as of a day, and what it is made of.

        Args:
            on: The day; today when left out.
            where: Which subscriptions; all when left out.
            currency: Those in this currency; the company's when left out.
        """
        there = on or self._desk.day(self._desk.at(None))
        paid_in = currency or self._desk.settings.currency
        return recurring_revenue(self._agreed(where, paid_in), there, paid_in)

    def _agreed(self, where: Condition, currency: str) -> Iterator[Subscription]:
        agreed = (F.status != SubscriptionStatus.DRAFT) & (F.currency == currency)
        return iter(self.find(agreed & where))


def _terms(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What of the arguments the contract takes as it is, choices as members of theirs."""
    chosen = {name: choice(name, cls, asked[name]) for name, cls in _CHOICES.items()}
    return {**{name: asked[name] for name in _TERMS}, **chosen}
