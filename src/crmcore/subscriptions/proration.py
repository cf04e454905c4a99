"""What the days of one period cost, exactly, however the period is cut.

Everything is reckoned from the first day of a whole period on, as a fraction, and rounded once: what a
part costs is what the rounded sum grows by. So the parts of a period add up to it, to the cent.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import attrs

from crmcore.subscriptions.model import FirstPeriod, Subscription, SubscriptionLine
from crmcore.subscriptions.recurrence import Alignment, period_around
from crmcore.values import CONTEXT, CURRENCY_DIGITS, Money, Period


@attrs.frozen
class Whole:
    """A whole period, and what it costs.

    Attributes:
        period: Its days.
        charged: The days the price is spread over: fewer where a short first period costs the price
            of a whole one.
        free: Whether it costs nothing.
    """

    period: Period
    charged: Period
    free: bool = False


@attrs.frozen
class Stretch:
    """Consecutive days of one version of an item, none of them paused.

    Attributes:
        line: The version.
        days: The days.
        net: What they cost.
    """

    line: SubscriptionLine
    days: Period
    net: Money


def price_of_period(line: SubscriptionLine) -> Fraction:
    """What a whole period of a version costs, exactly."""
    full = CONTEXT.multiply(line.quantity, line.unit_price.amount)
    return Fraction(CONTEXT.multiply(full, line.discount.rest.value))


def rounded(exact: Fraction, currency: str) -> Money:
    """An amount that is not below zero, in whole minor units; halves go up."""
    digits = CURRENCY_DIGITS[currency]
    scaled = exact * 10**digits
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Money(Decimal(units).scaleb(-digits, CONTEXT), currency)


def whole_around(subscription: Subscription, day: date) -> Whole:
    """The whole period a day lies in, as it is charged."""
    anchor = subscription.billed_from
    period = period_around(day, subscription.every, subscription.alignment, anchor)
    is_short = subscription.alignment is Alignment.CALENDAR and period.start < anchor
    if is_short and subscription.first_period is FirstPeriod.FULL:
        return Whole(period, Period(anchor, period.end))
    free = is_short and subscription.first_period is FirstPeriod.FREE
    return Whole(period, period, free)


def stretches(
    subscription: Subscription, item: UUID, whole: Whole, part: Period
) -> Iterator[Stretch]:
    """What a part of a whole period costs for one item, day by day where its terms change.

    Args:
        subscription: The subscription.
        item: The item.
        whole: The whole period.
        part: The days of it that are to be charged.
    """
    if whole.free:
        return
    currency = subscription.currency
    for line, days in _charged_days(subscription, item, part):
        before = rounded(_cost(subscription, item, whole, days.start), currency)
        after = rounded(_cost(subscription, item, whole, days.end), currency)
        yield Stretch(line, days, after - before)


def _cost(subscription: Subscription, item: UUID, whole: Whole, until: date) -> Fraction:
    """What a whole period has cost up to a day."""
    start = max(whole.charged.start, subscription.billed_from)
    if until <= start:
        return Fraction(0)
    return sum(
        (
            price_of_period(line) * days.days / whole.charged.days
            for line, days in _charged_days(subscription, item, Period(start, until))
        ),
        Fraction(0),
    )


def _charged_days(
    subscription: Subscription, item: UUID, part: Period
) -> Iterator[tuple[SubscriptionLine, Period]]:
    for line in subscription.versions(item):
        start = max(part.start, line.valid_from)
        end = part.end if line.valid_until is None else min(part.end, line.valid_until)
        if start < end:
            for days in _unpaused(subscription, Period(start, end)):
                yield line, days


def _unpaused(subscription: Subscription, part: Period) -> Iterator[Period]:
    cuts = {part.start, part.end}
    for pause in subscription.pauses:
        cuts |= {
            day for day in (pause.paused_from, pause.paused_until) if day and _inside(day, part)
        }
    for start, end in pairwise(sorted(cuts)):
        if subscription.pause_on(start) is None:
            yield Period(start, end)


def _inside(day: date, part: Period) -> bool:
    return part.start < day < part.end
