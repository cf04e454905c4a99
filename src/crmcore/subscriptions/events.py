"""What happened to subscriptions, told in the past tense."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.grammar.change import Event
from crmcore.values import Money


@attrs.frozen(kw_only=True)
class SubscriptionStarted(Event):
    """A subscription was drawn up; nothing is charged before it is activated."""

    subscription: UUID
    account: UUID
    started_on: date


@attrs.frozen(kw_only=True)
class SubscriptionEdited(Event):
    """Fields of a subscription have other values."""

    subscription: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class SubscriptionTrialBegun(Event):
    """A subscription is used on trial, and charged from a day on unless it is cancelled before."""

    subscription: UUID
    account: UUID
    trial_until: date


@attrs.frozen(kw_only=True)
class SubscriptionActivated(Event):
    """A subscription is charged from a day on."""

    subscription: UUID
    account: UUID
    billed_from: date


@attrs.frozen(kw_only=True)
class SubscriptionLineAdded(Event):
    """A subscription has one more item from a day on."""

    subscription: UUID
    item: UUID
    quantity: Decimal
    unit_price: Money
    valid_from: date


@attrs.frozen(kw_only=True)
class SubscriptionLineChanged(Event):
    """An item of a subscription has other terms from a day on."""

    subscription: UUID
    item: UUID
    quantity: Decimal
    unit_price: Money
    valid_from: date


@attrs.frozen(kw_only=True)
class SubscriptionLineRemoved(Event):
    """A subscription has an item less from a day on."""

    subscription: UUID
    item: UUID
    valid_until: date


@attrs.frozen(kw_only=True)
class SubscriptionPauseSet(Event):
    """Days were set, or set anew, on which a subscription is paused; the same two for none."""

    subscription: UUID
    paused_from: date
    paused_until: date | None = None


@attrs.frozen(kw_only=True)
class SubscriptionPaused(Event):
    """A pause of a subscription began."""

    subscription: UUID
    account: UUID


@attrs.frozen(kw_only=True)
class SubscriptionResumed(Event):
    """A pause of a subscription is over."""

    subscription: UUID
    account: UUID


@attrs.frozen(kw_only=True)
class SubscriptionCancelled(Event):
    """A subscription has a last day, or an earlier one."""

    subscription: UUID
    account: UUID
    ends_on: date


@attrs.frozen(kw_only=True)
class SubscriptionExtended(Event):
    """A subscription has a later last day, or none any more."""

    subscription: UUID
    account: UUID
    ends_on: date | None = None


@attrs.frozen(kw_only=True)
class SubscriptionRenewed(Event):
    """A period of a subscription was billed, or settled where there was nothing to charge."""

    subscription: UUID
    account: UUID
    period_from: date
    period_until: date
    net: Money
    order: UUID | None = None
    invoice: UUID | None = None


@attrs.frozen(kw_only=True)
class SubscriptionReleased(Event):
    """The last period in the ledger of a subscription is to be billed again."""

    subscription: UUID
    period_from: date
    period_until: date
    order: UUID | None = None


@attrs.frozen(kw_only=True)
class SubscriptionEnded(Event):
    """A subscription is over."""

    subscription: UUID
    account: UUID
    ends_on: date | None = None


EVENTS: tuple[type[Event], ...] = (
    SubscriptionStarted,
    SubscriptionEdited,
    SubscriptionTrialBegun,
    SubscriptionActivated,
    SubscriptionLineAdded,
    SubscriptionLineChanged,
    SubscriptionLineRemoved,
    SubscriptionPauseSet,
    SubscriptionPaused,
    SubscriptionResumed,
    SubscriptionCancelled,
    SubscriptionExtended,
    SubscriptionRenewed,
    SubscriptionReleased,
    SubscriptionEnded,
)
"""Every event of this room."""
