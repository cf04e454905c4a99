"""What a subscription is: what recurs at which price, from when to when, and what of it is billed.

Days are half-open here: whatever has an ``…_until`` ends before that day. Only ``ends_on``, which
stands in contracts, is the last day itself. What a period costs is in ``renewal``.
"""

from collections.abc import Iterator, Sequence, Sized
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.catalog import (
    PIECE,
    QUANTITY_PLACES,
    ProductId,
    VatCategory,
    check_vat,
    exact_quantity,
)
from crmcore.contacts import ContactId
from crmcore.errors import CrmError, CurrencyMismatch, InvalidValue, raise_collected
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Places, Ref, Text
from crmcore.sales import NO_DISCOUNT, InvoiceId, OrderId
from crmcore.subscriptions.recurrence import Alignment, Every, after_days, check_alignment
from crmcore.values import Money, Share, as_int, covers, window_faults

SubscriptionId = Annotated[UUID, Ref("subscription")]
"""The id of a subscription."""

MAX_NOTICE_DAYS = 3_650
"""So many days notice may have to be given before."""

MAX_ITEMS = 1_000
"""So many items a subscription has at most."""

LAST_YEAR = 9_000
"""Contracts begin and end before it, so that all their periods lie within the calendar."""


class SubscriptionStatus(StrEnum):
    """How it stands with a subscription.

    DRAFT: not agreed yet. TRIAL: used, and free until a day. ACTIVE: used and billed. PAUSED: neither
    used nor billed. ENDED: over, and billed to its end.
    """

    DRAFT = "draft"
    TRIAL = "trial"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


RUNNING = (SubscriptionStatus.TRIAL, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
"""The states in which days go by that may have to be billed."""


_NOT_BILLED = (SubscriptionStatus.DRAFT, SubscriptionStatus.TRIAL)


class BillingTime(StrEnum):
    """When a period is billed."""

    ADVANCE = "advance"
    """On its first day."""
    ARREARS = "arrears"
    """On the day after its last one."""


class FirstPeriod(StrEnum):
    """What the first period costs where the calendar makes it shorter than the others."""

    PRORATED = "prorated"
    """As many days of the price as it has days."""
    FULL = "full"
    """The price of a whole period."""
    FREE = "free"
    """Nothing."""


class PausePolicy(StrEnum):
    """What a pause does to the periods it touches."""

    PRORATED = "prorated"
    """Its days are not charged, the others are."""
    SKIPPED = "skipped"
    """No day of such a period is charged."""


def check_items(items: Sized) -> None:
    """Nothing, when a subscription can have so many items.

    Raises:
        InvalidValue: there is none, or there are more than ``MAX_ITEMS``.
    """
    if not items:
        raise InvalidValue("lines", "must have at least one line")
    if len(items) > MAX_ITEMS:
        raise InvalidValue("lines", f"must be of at most {MAX_ITEMS} items")


@attrs.frozen(kw_only=True)
class SubscriptionLine:
    """What recurs, at the terms that hold from a day on: one version of one item.

    A new price is a new version of the same item; what is billed by an older one stays as it is.

    Attributes:
        id: The id of this version.
        item: What it is a version of; all versions of an item share it.
        product: The product; None for a free line.
        description: What stands on the document, before the days.
        quantity: How much.
        unit: The unit, a code of UN/ECE recommendation 20.
        unit_price: The price of one unit for one whole period, net of VAT, before the discount.
        discount: The part of the price that is not charged.
        vat_category: How the line is taxed.
        vat_rate: The rate of VAT.
        vat_reason: Why no VAT is charged; None for the usual reason of the category.
        valid_from: The first day of this version.
        valid_until: The day after its last one; None when there is no end.

    Raises:
        InvalidValue: the quantity is not above zero, the price is below zero, the rate does not fit
            the category, or the days are none.
    """

    id: UUID
    item: UUID
    product: ProductId | None = None
    description: Annotated[str, Text(min=1, max=400)]
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(converter=exact_quantity)
    unit: Annotated[str, Text(max=10)] = PIECE
    unit_price: Money
    discount: Share = NO_DISCOUNT
    vat_category: VatCategory
    vat_rate: Share
    vat_reason: Annotated[str, Text(min=1, max=300)] | None = None
    valid_from: date
    valid_until: date | None = None

    def __attrs_post_init__(self) -> None:
        check_vat(self.vat_category, self.vat_rate)
        if self.quantity <= 0:
            raise InvalidValue("quantity", "must be above zero")
        if self.unit_price.amount < 0:
            # EN 16931, BR-27: the net price of an item is never negative.
            raise InvalidValue("unit_price", "a price must not be negative")
        raise_collected([*window_faults(self.valid_from, self.valid_until)])

    def covers(self, day: date) -> bool:
        """Whether the version holds on ``day``."""
        return covers(self.valid_from, self.valid_until, day)


@attrs.frozen(kw_only=True)
class Pause:
    """Days on which a subscription is neither used nor charged.

    Attributes:
        paused_from: The first of them.
        paused_until: The day after the last one; None as long as nobody knows.
        reason: Why.
    """

    paused_from: date
    paused_until: date | None = None
    reason: Annotated[str, Text(min=1, max=1000, lines=True)] | None = attrs.field(
        default=None, repr=False
    )

    def __attrs_post_init__(self) -> None:
        raise_collected([*window_faults(self.paused_from, self.paused_until, "paused")])

    def covers(self, day: date) -> bool:
        """Whether ``day`` is one of them."""
        return covers(self.paused_from, self.paused_until, day)


@attrs.frozen(kw_only=True)
class BilledPeriod:
    """One line of the ledger: a period that is settled, and never will be billed again.

    Attributes:
        period_from: Its first day.
        period_until: The day after its last one.
        net: What was charged for it, net of VAT.
        order: The order it became; None where there was nothing to charge.
        invoice: The draft invoice that was drawn up for that order.
    """

    period_from: date
    period_until: date
    net: Money
    order: OrderId | None = None
    invoice: InvoiceId | None = None


@attrs.frozen(kw_only=True, repr=False)
class Subscription(Entity):
    """Something an account gets, and pays for, again and again.

    Attributes:
        account: Who gets and pays it.
        number: Your own number of the contract; unique.
        title: What it is called.
        currency: The currency of all its amounts.
        status: How it stands.
        every: How long a period is; all prices are for one of them.
        alignment: Where periods begin.
        first_period: What a first period costs that the calendar makes shorter.
        billing_time: Whether a period is billed on its first day or after its last one.
        pause_policy: What a pause does to the periods it touches.
        notice_days: So many days before the end notice has to be given.
        buyer_reference: What the buyer asked to be quoted on invoices, such as a Leitweg-ID.
        purchase_order: The buyer's own number.
        started_on: The first day of the contract.
        trial_until: The day after the last one that is free; None without a trial.
        ends_on: The last day of the contract; None as long as it is open-ended.
        lines: What recurs, in all versions.
        pauses: When it is paused, in order.
        billed: Which periods are settled, in order and without a gap.
        external_id: What another system calls it.

    Raises:
        CrmError: the only thing wrong; `ManyFaults` with all of them when there are several.
    """

    account: ContactId
    number: Annotated[str, Text(min=1, max=60)] | None = None
    title: Annotated[str, Text(min=1, max=200, searchable=True)]
    currency: Annotated[str, Text(max=3)]
    status: SubscriptionStatus = SubscriptionStatus.DRAFT
    every: Every
    alignment: Alignment = Alignment.ANNIVERSARY
    first_period: FirstPeriod = FirstPeriod.PRORATED
    billing_time: BillingTime = BillingTime.ADVANCE
    pause_policy: PausePolicy = PausePolicy.PRORATED
    notice_days: int = 0
    buyer_reference: Annotated[str, Text(min=1, max=100)] | None = None
    purchase_order: Annotated[str, Text(min=1, max=100)] | None = None
    started_on: date
    trial_until: date | None = None
    ends_on: date | None = None
    lines: tuple[SubscriptionLine, ...]
    pauses: tuple[Pause, ...] = ()
    billed: tuple[BilledPeriod, ...] = ()
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        raise_collected(tuple(_faults(self)))

    @property
    def billed_from(self) -> date:
        """The first day that is charged, from which periods are counted: after the trial."""
        return self.started_on if self.trial_until is None else self.trial_until

    @property
    def billed_until(self) -> date:
        """The first day that is not billed yet."""
        return self.billed[-1].period_until if self.billed else self.billed_from

    @property
    def ends_before(self) -> date | None:
        """The day after the last one; None as long as it is open-ended."""
        return None if self.ends_on is None else after_days(self.ends_on, 1)

    @property
    def is_running(self) -> bool:
        """Whether days go by that may have to be billed."""
        return self.status in RUNNING

    @property
    def items(self) -> tuple[UUID, ...]:
        """What recurs, or once did, in the order in which it was added."""
        return tuple(dict.fromkeys(line.item for line in self.lines))

    def versions(self, item: UUID) -> tuple[SubscriptionLine, ...]:
        """All versions of an item, by their days; none when there is no such item."""
        mine = (line for line in self.lines if line.item == item)
        return tuple(sorted(mine, key=lambda line: line.valid_from))

    def lines_on(self, day: date) -> tuple[SubscriptionLine, ...]:
        """The versions that hold on a day."""
        return tuple(line for line in self.lines if line.covers(day))

    def pause_on(self, day: date) -> Pause | None:
        """The pause that covers a day, if any."""
        return next((pause for pause in self.pauses if pause.covers(day)), None)


def _faults(subscription: Subscription) -> Iterator[CrmError]:
    try:
        check_alignment(subscription.every, subscription.alignment)
    except InvalidValue as fault:
        yield fault
    if not 0 <= as_int("notice_days", subscription.notice_days) <= MAX_NOTICE_DAYS:
        yield InvalidValue("notice_days", f"must be at least 0 and at most {MAX_NOTICE_DAYS}")
    for name in ("started_on", "trial_until", "ends_on"):
        day: date | None = getattr(subscription, name)
        if day is not None and day.year >= LAST_YEAR:
            yield InvalidValue(name, f"must lie before the year {LAST_YEAR}")
    if subscription.trial_until is not None and subscription.trial_until <= subscription.started_on:
        yield InvalidValue("trial_until", "must be later than the start")
    if subscription.ends_on is not None and subscription.ends_on < subscription.started_on:
        yield InvalidValue("ends_on", "must not lie before the start")
    if not subscription.lines:
        yield InvalidValue("lines", "must have at least one line")
    if subscription.status is SubscriptionStatus.TRIAL and subscription.trial_until is None:
        yield InvalidValue("trial_until", "is missing in a subscription that is on trial")
    if subscription.status in _NOT_BILLED and subscription.billed:
        yield InvalidValue("billed", f"does not belong to one that is {subscription.status}")
    yield from _line_faults(subscription)
    yield from _pause_faults(subscription.pauses)
    yield from _ledger_faults(subscription)


def _line_faults(subscription: Subscription) -> Iterator[CrmError]:
    for at, line in enumerate(subscription.lines):
        if line.unit_price.currency != subscription.currency:
            field = f"lines[{at}].unit_price"
            yield CurrencyMismatch(field, subscription.currency, line.unit_price.currency)
    for item in subscription.items:
        for before, then in pairwise(subscription.versions(item)):
            if before.valid_until is None or then.valid_from < before.valid_until:
                reason = f"two versions of an item hold on {then.valid_from.isoformat()}"
                yield InvalidValue("lines", reason)


def _pause_faults(pauses: Sequence[Pause]) -> Iterator[CrmError]:
    for before, then in pairwise(pauses):
        if before.paused_until is None or then.paused_from < before.paused_until:
            yield InvalidValue("pauses", "must follow one another, and not overlap")


def _ledger_faults(subscription: Subscription) -> Iterator[CrmError]:
    expected = subscription.billed_from
    for at, period in enumerate(subscription.billed):
        field = f"billed[{at}]"
        if period.period_from != expected or period.period_until <= period.period_from:
            yield InvalidValue(field, f"must begin on {expected.isoformat()} and have a day")
        if period.net.currency != subscription.currency:
            yield CurrencyMismatch(f"{field}.net", subscription.currency, period.net.currency)
        expected = period.period_until


def _label(subscription: Subscription) -> str:
    return subscription.number or subscription.title


SUBSCRIPTION = EntityType(
    name="subscription",
    cls=Subscription,
    unique=(("number",), ("external_id",)),
    label=_label,
)
"""The declaration of subscriptions."""
