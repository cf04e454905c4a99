"""When a subscription is paused: days are set, and taken back, that are not billed yet.

Whether a pause has begun or is over, the day decides; ``advance`` in ``verbs`` looks.
"""

from collections.abc import Iterable
from datetime import date, datetime

import attrs

from crmcore.errors import GuardRefused
from crmcore.grammar.change import Change, changed
from crmcore.subscriptions.events import SubscriptionPauseSet
from crmcore.subscriptions.model import Pause, Subscription, SubscriptionStatus
from crmcore.subscriptions.standing_verbs import asked, stands
from crmcore.values import instant


def pause(
    subscription: Subscription,
    paused_from: date,
    at: datetime,
    *,
    on: date,
    paused_until: date | None = None,
    reason: str | None = None,
) -> Change[Subscription]:
    """The subscription is paused on these days: now, or when the first of them comes.

    Args:
        subscription: The subscription.
        paused_from: The first of them; not billed yet.
        at: When that is decided.
        on: The present day.
        paused_until: The day after the last one; None as long as nobody knows.
        reason: Why.

    Raises:
        GuardRefused: these days are billed.
        InvalidValue: there is a pause on some of them already, or they are none.
        MoveForbidden: the subscription is neither active nor paused.
    """
    at = instant(at)
    wanted = Pause(paused_from=paused_from, paused_until=paused_until, reason=reason)
    if wanted in subscription.pauses:
        return Change(subscription)
    asked(subscription, "schedule", since=paused_from)
    paused = changed(subscription, at, pauses=_in_order((*subscription.pauses, wanted)))
    event = SubscriptionPauseSet(
        at=at, subscription=paused.id, paused_from=paused_from, paused_until=paused_until
    )
    return stands(paused, on, at, event)


def resume(
    subscription: Subscription, since: date, at: datetime, *, on: date
) -> Change[Subscription]:
    """The subscription goes on from a day: the pause that covers it ends the day before.

    A pause that would have begun on that day is taken back.

    Args:
        subscription: The subscription.
        since: The first day that is not paused any more.
        at: When that is decided.
        on: The present day.

    Raises:
        GuardRefused: the day is settled as paused, so it would never be charged; or none covers it.
        MoveForbidden: the subscription is neither active nor paused.
    """
    at = instant(at)
    present = subscription.pause_on(since)
    if present is None and subscription.status is SubscriptionStatus.PAUSED:
        return stands(subscription, on, at)
    asked(subscription, "schedule", since=since)
    if present is None:
        raise GuardRefused("subscription", subscription.id, "resume", ("no pause covers the day",))
    pauses = [each for each in subscription.pauses if each != present]
    if present.paused_from < since:
        pauses.append(attrs.evolve(present, paused_until=since))
    event = SubscriptionPauseSet(
        at=at, subscription=subscription.id, paused_from=present.paused_from, paused_until=since
    )
    return stands(changed(subscription, at, pauses=_in_order(pauses)), on, at, event)


def _in_order(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    return tuple(sorted(pauses, key=lambda each: each.paused_from))
