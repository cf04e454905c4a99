"""How it stands with a subscription on a day, which nobody has to tell it: its dates do.

Here too is how the verbs of this room ask the lifecycle.
"""

from datetime import date, datetime

from crmcore.grammar.change import Change, Event, changed
from crmcore.subscriptions.events import (
    SubscriptionActivated,
    SubscriptionEnded,
    SubscriptionPaused,
    SubscriptionResumed,
)
from crmcore.subscriptions.lifecycle import SUBSCRIPTION_LIFECYCLE, SubscriptionFacts
from crmcore.subscriptions.model import Subscription, SubscriptionStatus


def asked(
    subscription: Subscription,
    action: str,
    *,
    since: date | None = None,
    ends_on: date | None = None,
    earliest: date | None = None,
) -> SubscriptionStatus:
    """The state that follows by an action, as `SubscriptionFacts` tells its guards.

    Raises:
        MoveForbidden: the lifecycle has no such move.
        GuardRefused: a guard stands in its way.
    """
    facts = SubscriptionFacts(
        subscription=subscription, since=since, ends_on=ends_on, earliest=earliest
    )
    return SUBSCRIPTION_LIFECYCLE.after(subscription.status, action, facts, subscription.id)


def stands(
    subscription: Subscription, on: date, at: datetime, *events: Event
) -> Change[Subscription]:
    """What just happened, and what the day makes of it then: activation, a pause, or the end.

    Args:
        subscription: The subscription after what just happened.
        on: The present day.
        at: When it happened.
        *events: What happened.
    """
    told, after = [*events], subscription
    trial, end = after.trial_until, after.ends_before
    is_tried = after.status is SubscriptionStatus.TRIAL and trial is not None and trial <= on
    if is_tried and (end is None or after.billed_from < end):
        after = changed(after, at, status=asked(after, "activate"))
        told.append(activated(after, at))
    is_paused = after.pause_on(on) is not None
    if after.status is SubscriptionStatus.ACTIVE and is_paused:
        after = changed(after, at, status=asked(after, "pause"))
        told.append(SubscriptionPaused(at=at, subscription=after.id, account=after.account))
    elif after.status is SubscriptionStatus.PAUSED and not is_paused:
        after = changed(after, at, status=asked(after, "resume"))
        told.append(SubscriptionResumed(at=at, subscription=after.id, account=after.account))
    facts = SubscriptionFacts(subscription=after, on=on)
    if SUBSCRIPTION_LIFECYCLE.can(after.status, "end", facts):
        status = SUBSCRIPTION_LIFECYCLE.after(after.status, "end", facts, after.id)
        after = changed(after, at, status=status)
        told.append(ended(after, at))
    return Change(after, tuple(told))


def activated(subscription: Subscription, at: datetime) -> SubscriptionActivated:
    """The fact that it is charged from a day on."""
    return SubscriptionActivated(
        at=at,
        subscription=subscription.id,
        account=subscription.account,
        billed_from=subscription.billed_from,
    )


def ended(subscription: Subscription, at: datetime) -> SubscriptionEnded:
    """The fact that it is over."""
    return SubscriptionEnded(
        at=at,
        subscription=subscription.id,
        account=subscription.account,
        ends_on=subscription.ends_on,
    )
