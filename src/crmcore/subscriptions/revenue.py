"""How much recurs: monthly and annual recurring revenue (MRR, ARR) as of a day.

What subscriptions are charged per month, whatever their periods, exactly, and rounded once in the end.
What was billed, or paid, is another figure.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from uuid import UUID

import attrs

from crmcore.errors import CurrencyMismatch
from crmcore.subscriptions.model import Subscription
from crmcore.subscriptions.proration import price_of_period, rounded
from crmcore.subscriptions.recurrence import Every
from crmcore.values import Money, html_table

MONTHS_OF_WEEK = Fraction(400 * 12 * 7, 146_097)
"""A week in months: 400 years of the calendar have 146,097 days."""

_MONTHS = 12


@attrs.frozen(kw_only=True)
class RevenuePart:
    """What one subscription adds.

    Attributes:
        subscription: The subscription.
        title: What it is called.
        period: What it is charged for one whole period, as of the day.
        every: How long that is.
        monthly: What that is for one month, exactly.
    """

    subscription: UUID
    title: str
    period: Money
    every: Every
    monthly: Fraction

    def explain(self) -> str:
        """The price of a period, and what that is a month."""
        per = rounded(self.monthly, self.period.currency)
        return f"{self.title}: {self.period} {self.every}, {per} a month"


@attrs.frozen(kw_only=True)
class RecurringRevenue:
    """What recurs, with what it is made of.

    Attributes:
        on: The day.
        currency: The currency.
        parts: What each subscription adds; those that add nothing that day are left out.
        monthly: The exact sum for one month.
    """

    on: date
    currency: str
    parts: tuple[RevenuePart, ...]
    monthly: Fraction

    @property
    def mrr(self) -> Money:
        """Monthly recurring revenue, rounded once."""
        return rounded(self.monthly, self.currency)

    @property
    def arr(self) -> Money:
        """Annual recurring revenue: twelve exact months, rounded once."""
        return rounded(self.monthly * _MONTHS, self.currency)

    def explain(self) -> str:
        """Both figures, then what each subscription adds."""
        return "\n".join((self._head(), *(part.explain() for part in self.parts)))

    def _head(self) -> str:
        many = len(self.parts)
        told = "1 subscription" if many == 1 else f"{many} subscriptions"
        return f"{self.on.isoformat()}: MRR {self.mrr}, ARR {self.arr}, {told}"

    def _repr_html_(self) -> str:
        rows = (
            (part.title, part.period, part.every, rounded(part.monthly, self.currency))
            for part in self.parts
        )
        return html_table(self._head(), ("subscription", "price", "", "a month"), rows)


def recurring_revenue(
    subscriptions: Iterable[Subscription], on: date, currency: str
) -> RecurringRevenue:
    """What the subscriptions that are charged on a day are charged per month and per year.

    A subscription counts from its first charged day to its last one: not as a draft, on trial, or on
    a paused day; at the terms that hold on that day. A month is a twelfth of a year, and a year has
    365.2425 days.

    Args:
        subscriptions: The subscriptions, all in that currency.
        on: The day.
        currency: The currency.

    Raises:
        CurrencyMismatch: one is in another currency.
    """
    parts: list[RevenuePart] = []
    for each in subscriptions:
        if each.currency != currency:
            raise CurrencyMismatch("subscriptions", currency, each.currency)
        exact = sum((price_of_period(line) for line in each.lines_on(on)), Fraction(0))
        if exact and is_charged(each, on):
            part = RevenuePart(
                subscription=each.id,
                title=each.title,
                period=rounded(exact, currency),
                every=each.every,
                monthly=exact / _months(each.every),
            )
            parts.append(part)
    monthly = sum((part.monthly for part in parts), Fraction(0))
    return RecurringRevenue(on=on, currency=currency, parts=tuple(parts), monthly=monthly)


def is_charged(subscription: Subscription, on: date) -> bool:
    """Whether a day is one that the subscription is charged for, whatever has been billed yet."""
    end = subscription.ends_before
    within = subscription.billed_from <= on and (end is None or on < end)
    agreed = subscription.is_running or bool(subscription.billed)
    return agreed and within and subscription.pause_on(on) is None


def _months(every: Every) -> Fraction:
    months = every.months
    return Fraction(months) if months is not None else every.count * MONTHS_OF_WEEK
