"""Which state of a subscription may follow which, and under what conditions.

Some moves are made by people, some by the day: ``advance`` in ``verbs`` makes those.
"""

from datetime import date

import attrs

from crmcore.grammar.lifecycle import Guard, Lifecycle, move
from crmcore.subscriptions.model import RUNNING, Subscription, SubscriptionStatus

_DRAFT, _TRIAL = SubscriptionStatus.DRAFT, SubscriptionStatus.TRIAL
_ACTIVE, _PAUSED = SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED
_ENDED = SubscriptionStatus.ENDED


@attrs.frozen(kw_only=True)
class SubscriptionFacts:
    """What the guards of a subscription look at.

    Attributes:
        subscription: The subscription.
        since: The first day that is to be another than it was.
        ends_on: What is to be the last day.
        earliest: The first day that can be the last one, by the notice; None where it is waived.
        on: The present day.
    """

    subscription: Subscription
    since: date | None = None
    ends_on: date | None = None
    earliest: date | None = None
    on: date | None = None


def _is_not_billed(facts: SubscriptionFacts) -> bool:
    one = facts.subscription
    return facts.since is None or not one.billed or facts.since >= one.billed_until


def _billed_until(facts: SubscriptionFacts) -> str:
    return f"it can be from {facts.subscription.billed_until.isoformat()} on"


def _has_notice(facts: SubscriptionFacts) -> bool:
    return facts.ends_on is None or facts.earliest is None or facts.earliest <= facts.ends_on


def _earliest(facts: SubscriptionFacts) -> str:
    first = "" if facts.earliest is None else facts.earliest.isoformat()
    return f"with {facts.subscription.notice_days} days it can end on {first} or later"


def _is_over(facts: SubscriptionFacts) -> bool:
    end = facts.subscription.ends_before
    return end is not None and facts.on is not None and end <= facts.on


def _is_settled(facts: SubscriptionFacts) -> bool:
    one = facts.subscription
    if one.status is _TRIAL:
        return one.ends_before is not None and one.ends_before <= one.billed_from
    return one.ends_before is not None and one.billed_until >= one.ends_before


NOT_BILLED = Guard[SubscriptionFacts](
    "not_billed",
    "these days are billed already",
    _is_not_billed,
    _billed_until,
)
"""What is billed is never rewritten: a change begins on the first day that is not."""

NOTICE_KEPT = Guard[SubscriptionFacts](
    "notice_kept",
    "notice has to be given earlier",
    _has_notice,
    _earliest,
)
"""A contract ends no sooner than its days of notice after it was cancelled (Kündigungsfrist)."""

OVER = Guard[SubscriptionFacts]("over", "its last day has not gone by", _is_over)
"""A subscription has ended when its last day has gone by."""

SETTLED = Guard[SubscriptionFacts]("settled", "days of it are not billed yet", _is_settled)
"""A subscription that is over ends when it is billed to its last day."""

SUBSCRIPTION_LIFECYCLE = Lifecycle[SubscriptionStatus, SubscriptionFacts](
    name="subscription",
    states=SubscriptionStatus,
    initial={_DRAFT},
    final={_ENDED},
    moves=(
        move("try", _DRAFT, _TRIAL),
        move("activate", {_DRAFT, _TRIAL}, _ACTIVE),
        move("discard", _DRAFT, _ENDED),
        move("pause", _ACTIVE, _PAUSED),
        move("resume", _PAUSED, _ACTIVE),
        *(move("change", state, state, NOT_BILLED) for state in (_DRAFT, *RUNNING)),
        *(move("schedule", state, state, NOT_BILLED) for state in (_ACTIVE, _PAUSED)),
        *(move("renew", state, state) for state in (_ACTIVE, _PAUSED)),
        move("release", {_ACTIVE, _ENDED}, _ACTIVE),
        move("release", _PAUSED, _PAUSED),
        *(move("cancel", state, state, NOTICE_KEPT) for state in RUNNING),
        *(move("extend", state, state) for state in RUNNING),
        move("end", set(RUNNING), _ENDED, OVER, SETTLED),
    ),
)
"""A subscription is drafted, perhaps tried, used and paused, and comes to its end."""
