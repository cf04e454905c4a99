"""What can be done with subscriptions: start, activate, cancel, end, extend, renew.

Changes of what recurs are in ``line_verbs``, pauses in ``pause_verbs``. Every verb is told the present
day where it matters; the zone of the company decides which day that is.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, changed, differing, edited
from crmcore.subscriptions.events import (
    SubscriptionCancelled,
    SubscriptionEdited,
    SubscriptionExtended,
    SubscriptionReleased,
    SubscriptionRenewed,
    SubscriptionStarted,
    SubscriptionTrialBegun,
)
from crmcore.subscriptions.model import (
    BilledPeriod,
    BillingTime,
    FirstPeriod,
    PausePolicy,
    Subscription,
    SubscriptionLine,
    SubscriptionStatus,
    check_items,
)
from crmcore.subscriptions.plan import Renewal
from crmcore.subscriptions.recurrence import Alignment, Every, after_days, period_around
from crmcore.subscriptions.renewal import next_renewal
from crmcore.subscriptions.standing_verbs import activated, asked, ended, stands
from crmcore.values import instant

EDITABLE = frozenset(
    {"number", "title", "notice_days", "buyer_reference", "purchase_order"}
    | {"external_id", "attributes"}
)
"""Fields of a subscription that are edited; all others only verbs change."""

PROTECTED = frozenset(each.name for each in attrs.fields(Subscription)) - EDITABLE
"""Fields of a subscription that only verbs change."""


def start(
    id: UUID,
    *,
    account: UUID,
    title: str,
    currency: str,
    every: Every,
    lines: Sequence[SubscriptionLine],
    started_on: date,
    at: datetime,
    trial_until: date | None = None,
    ends_on: date | None = None,
    alignment: Alignment = Alignment.ANNIVERSARY,
    first_period: FirstPeriod = FirstPeriod.PRORATED,
    billing_time: BillingTime = BillingTime.ADVANCE,
    pause_policy: PausePolicy = PausePolicy.PRORATED,
    notice_days: int = 0,
    number: str | None = None,
    buyer_reference: str | None = None,
    purchase_order: str | None = None,
    external_id: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[Subscription]:
    """There is a draft of a subscription; nothing is charged before it is activated.

    Args:
        id: The id it gets.
        account: Who gets and pays it.
        title: What it is called.
        currency: The currency of all its amounts.
        every: How long a period is.
        lines: What recurs, at least one line; see ``drafting``.
        started_on: The first day of the contract.
        at: When it is drawn up.
        trial_until: The day after the last one that is free.
        ends_on: The last day of the contract; open-ended when missing.
        alignment: Where periods begin.
        first_period: What a first period costs that the calendar makes shorter.
        billing_time: Whether a period is billed on its first day or after its last one.
        pause_policy: What a pause does to the periods it touches.
        notice_days: So many days before the end notice has to be given.
        number: Your own number of the contract.
        buyer_reference: What the buyer asked to be quoted on invoices.
        purchase_order: The buyer's own number.
        external_id: What another system calls it.
        attributes: The customer's own fields.

    Raises:
        NotValid: what does not fit; `ManyFaults` when there are several faults.
    """
    at = instant(at)
    check_items({line.item for line in lines})
    subscription = Subscription(
        id=id,
        created_at=at,
        updated_at=at,
        attributes=attributes,
        account=account,
        number=number,
        title=title,
        currency=currency,
        every=every,
        alignment=alignment,
        first_period=first_period,
        billing_time=billing_time,
        pause_policy=pause_policy,
        notice_days=notice_days,
        buyer_reference=buyer_reference,
        purchase_order=purchase_order,
        started_on=started_on,
        trial_until=trial_until,
        ends_on=ends_on,
        lines=tuple(lines),
        external_id=external_id,
    )
    event = SubscriptionStarted(at=at, subscription=id, account=account, started_on=started_on)
    return Change(subscription, (event,))


def edit(subscription: Subscription, fields: dict[str, Any], at: datetime) -> Change[Subscription]:
    """The subscription has these field values.

    Raises:
        UnknownField: for a name a subscription does not have.
        FieldProtected: for a field only the library or another verb sets.
    """
    at = instant(at)
    after = edited(subscription, at, fields, PROTECTED)
    names = tuple(sorted(differing(subscription, after)))
    if not names:
        return Change(subscription)
    return Change(after, (SubscriptionEdited(at=at, subscription=subscription.id, fields=names),))


def activate(subscription: Subscription, on: date, at: datetime) -> Change[Subscription]:
    """The draft is used: on trial as long as that lasts, else charged from its first day on.

    Activated once more while it is on trial, the trial is over, and it is charged from ``on`` on.

    Args:
        subscription: The subscription.
        on: The present day.
        at: When it is activated.

    Raises:
        MoveForbidden: it is active or paused already, or over.
    """
    at = instant(at)
    trial = subscription.trial_until
    if subscription.status is SubscriptionStatus.DRAFT and trial is not None and on < trial:
        status = asked(subscription, "try")
        told = SubscriptionTrialBegun(
            at=at, subscription=subscription.id, account=subscription.account, trial_until=trial
        )
        return Change(changed(subscription, at, status=status), (told,))
    status = asked(subscription, "activate")
    if trial is not None and on < trial:
        trial = on if on > subscription.started_on else None
    active = changed(subscription, at, status=status, trial_until=trial)
    return stands(active, on, at, activated(active, at))


def advance(subscription: Subscription, on: date, at: datetime) -> Change[Subscription]:
    """The subscription is what the day makes of it; unchanged when the day makes nothing of it.

    A trial that is over becomes active, unless it was cancelled. A pause begins, or ends. What is
    over and billed to its last day has ended.

    Args:
        subscription: The subscription.
        on: The present day.
        at: When.
    """
    return stands(subscription, on, instant(at))


def cancel(
    subscription: Subscription,
    at: datetime,
    *,
    on: date,
    ends_on: date | None = None,
) -> Change[Subscription]:
    """The subscription has a last day, with notice given on the present day.

    A draft is discarded. A trial ends with its last free day. Repeating it changes nothing.

    Args:
        subscription: The subscription.
        at: When it is cancelled.
        on: The present day.
        ends_on: The last day; when missing, the last day of the first period that can be the last.

    Raises:
        GuardRefused: the days of notice are not kept; the error tells the first day they would be.
        InvalidValue: it ends before that day anyway, or the day lies before the start.
        MoveForbidden: it is over.
    """
    at = instant(at)
    if subscription.status is SubscriptionStatus.DRAFT:
        status = asked(subscription, "discard")
        return Change(changed(subscription, at, status=status), (ended(subscription, at),))
    last = _last_day(subscription, on) if ends_on is None else ends_on
    if subscription.ends_on is not None and subscription.ends_on < last:
        if ends_on is None:
            return Change(subscription)
        raise InvalidValue("ends_on", f"it ends on {subscription.ends_on.isoformat()} anyway")
    asked(subscription, "cancel", ends_on=last, earliest=_earliest(subscription, on))
    return _ending(subscription, last, on, at)


def end(
    subscription: Subscription, ends_on: date, at: datetime, *, on: date
) -> Change[Subscription]:
    """The subscription has a last day, whatever its notice, as for good cause.

    What was billed in advance for later days is told by ``unused`` of ``renewal``, to be credited.

    Args:
        subscription: The subscription.
        ends_on: The last day; it may have gone by.
        at: When that is decided.
        on: The present day.

    Raises:
        InvalidValue: it ends before that day anyway, or the day lies before the start.
        MoveForbidden: it is a draft, or over.
    """
    at = instant(at)
    if subscription.ends_on is not None and subscription.ends_on < ends_on:
        raise InvalidValue("ends_on", f"it ends on {subscription.ends_on.isoformat()} anyway")
    asked(subscription, "cancel")
    return _ending(subscription, ends_on, on, at)


def extend(subscription: Subscription, ends_on: date | None, at: datetime) -> Change[Subscription]:
    """The subscription goes on: to a later last day, or without one; a cancellation is taken back.

    Raises:
        InvalidValue: the day lies before the present last one.
        MoveForbidden: it is a draft, or over.
    """
    at = instant(at)
    asked(subscription, "extend")
    present = subscription.ends_on
    if present == ends_on:
        return Change(subscription)
    if present is None or (ends_on is not None and ends_on < present):
        raise InvalidValue("ends_on", "must be later than the present last day; else cancel it")
    event = SubscriptionExtended(
        at=at, subscription=subscription.id, account=subscription.account, ends_on=ends_on
    )
    return Change(changed(subscription, at, ends_on=ends_on), (event,))


def renew(
    subscription: Subscription,
    renewal: Renewal,
    at: datetime,
    *,
    on: date,
    order: UUID | None = None,
    invoice: UUID | None = None,
) -> Change[Subscription]:
    """The period is in the ledger, and will not be billed again; nothing changes when it is in it.

    Args:
        subscription: The subscription.
        renewal: The period, as `renewals` planned it.
        at: When it is billed.
        on: The present day; a subscription that is billed to its end may be over.
        order: The order it became; None exactly where there was nothing to charge.
        invoice: The draft invoice for that order.

    Raises:
        InvalidValue: the period is not the next one, or comes to something else by now; or it has
            an order and nothing to charge, or the other way round.
        MoveForbidden: the subscription is not active or paused.
    """
    at = instant(at)
    if renewal.period_until <= subscription.billed_until:
        return Change(subscription)
    asked(subscription, "renew")
    if next_renewal(subscription, renewal.due_on, as_of=on) != renewal:
        raise InvalidValue("renewal", "is not what is due next; plan anew")
    if (order is None) is not renewal.is_free:
        raise InvalidValue("order", "belongs to a period with something to charge")
    period = BilledPeriod(
        period_from=renewal.period_from,
        period_until=renewal.period_until,
        net=renewal.net,
        order=order,
        invoice=invoice,
    )
    event = SubscriptionRenewed(
        at=at,
        subscription=subscription.id,
        account=subscription.account,
        period_from=renewal.period_from,
        period_until=renewal.period_until,
        net=renewal.net,
        order=order,
        invoice=invoice,
    )
    renewed = changed(subscription, at, billed=(*subscription.billed, period))
    return stands(renewed, on, at, event)


def release(subscription: Subscription, order: UUID, at: datetime) -> Change[Subscription]:
    """The last period of the ledger is out of it, to be billed again; its order was cancelled.

    One that had ended for it runs again. Nothing changes when the ledger does not have the order.

    Raises:
        InvalidValue: a later period is billed; release that one first.
        MoveForbidden: the subscription is a draft or on trial.
    """
    at = instant(at)
    if all(period.order != order for period in subscription.billed):
        return Change(subscription)
    status = asked(subscription, "release")
    last = subscription.billed[-1]
    if last.order != order:
        raise InvalidValue("order", "a later period is billed; release that one first")
    event = SubscriptionReleased(
        at=at,
        subscription=subscription.id,
        period_from=last.period_from,
        period_until=last.period_until,
        order=order,
    )
    ledger = subscription.billed[:-1]
    return Change(changed(subscription, at, status=status, billed=ledger), (event,))


def _earliest(subscription: Subscription, on: date) -> date:
    """The first day that can be the last one, by the notice; a trial needs none."""
    is_trial = subscription.status is SubscriptionStatus.TRIAL
    return on if is_trial else after_days(on, subscription.notice_days)


def _last_day(subscription: Subscription, on: date) -> date:
    """The last day of the first period that can be the last; of a trial its own last day."""
    if subscription.status is SubscriptionStatus.TRIAL:
        return after_days(subscription.billed_from, -1)
    settled = after_days(subscription.billed_until, -1)
    day = max(_earliest(subscription, on), subscription.billed_from, settled)
    anchor = subscription.billed_from
    period = period_around(day, subscription.every, subscription.alignment, anchor)
    return after_days(period.end, -1)


def _ending(subscription: Subscription, last: date, on: date, at: datetime) -> Change[Subscription]:
    if subscription.ends_on == last:
        return Change(subscription)
    event = SubscriptionCancelled(
        at=at, subscription=subscription.id, account=subscription.account, ends_on=last
    )
    return stands(changed(subscription, at, ends_on=last), on, at, event)
