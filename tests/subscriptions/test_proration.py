"""What days cost is exact until it is rounded, and rounded as documents are."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
from hypothesis import given
from hypothesis import strategies as st

from crmcore.sales import line_net
from crmcore.subscriptions import Alignment, Every, FirstPeriod, renewals
from crmcore.subscriptions.proration import price_of_period, rounded, stretches, whole_around
from crmcore.values import Money, Period, Share, round_half_up

from .agreed import active, day, euro, prices, quantities, shares, steady, subscriptions

SHORT = {"alignment": Alignment.CALENDAR}


def first_net(subscription):
    return renewals(subscription, subscription.started_on).renewals[0].net


@given(units=st.integers(0, 10**12))
def test_an_exact_amount_is_rounded_as_documents_round(units):
    exact = Decimal(units).scaleb(-6)

    assert rounded(Fraction(exact), "EUR") == Money(round_half_up(exact, 2), "EUR")


@given(price=prices, quantity=quantities, discount=shares)
def test_a_whole_period_costs_what_a_line_costs(price, quantity, discount):
    (line,) = active(price).lines
    line = attrs.evolve(line, quantity=quantity, discount=discount)

    assert rounded(price_of_period(line), "EUR") == line_net(quantity, price, discount)


@given(subscription=subscriptions(), cut=st.integers(1, 27))
def test_two_parts_come_to_both_together(subscription, cut):
    first = subscription.billed_from
    whole = whole_around(subscription, first)
    part = Period(first, whole.period.end)
    middle = first + timedelta(days=cut)
    if middle >= part.end:
        return

    def net(days):
        return [
            sum((s.net.amount for s in stretches(subscription, item, whole, days)), Decimal(0))
            for item in subscription.items
        ]

    before, after = net(Period(first, middle)), net(Period(middle, part.end))
    assert net(part) == [one + other for one, other in zip(before, after, strict=True)]


@given(
    since=st.dates(day("2024-01-02"), day("2024-12-30")).filter(lambda each: each.day > 1),
    price=prices,
)
def test_a_first_period_is_free_or_by_days_or_full_in_that_order(since, price):
    free, by_days, full = (
        first_net(active(price, started_on=since, first_period=policy, **SHORT))
        for policy in (FirstPeriod.FREE, FirstPeriod.PRORATED, FirstPeriod.FULL)
    )

    assert euro("0") == free <= by_days <= full == line_net(Decimal(1), price, Share(0))


@given(price=prices, every=st.sampled_from([Every(1, "month"), Every(3, "month")]))
def test_where_the_first_period_is_whole_the_policy_says_nothing(price, every):
    nets = {
        first_net(active(price, every=every, first_period=policy, **SHORT))
        for policy in FirstPeriod
    }

    assert nets == {line_net(Decimal(1), price, Share(0))}


@given(subscription=subscriptions(), ahead=st.integers(0, 300))
def test_items_are_charged_as_if_each_were_alone(subscription, ahead):
    until = subscription.started_on + timedelta(days=ahead)
    alone = [
        renewals(attrs.evolve(subscription, lines=subscription.versions(item)), until).net
        for item in subscription.items
    ]

    together = renewals(subscription, until).net

    assert together == sum(alone[1:], alone[0])


@given(subscription=subscriptions(), more=st.integers(2, 5))
def test_days_cost_more_with_every_day(subscription, more):
    subscription = steady(subscription)
    first = subscription.billed_from
    whole = whole_around(subscription, first)
    (item,) = subscription.items

    nets = [
        sum(
            s.net.amount
            for s in stretches(
                subscription, item, whole, Period(first, first + timedelta(days=many))
            )
        )
        for many in range(1, min(more, (whole.period.end - first).days) + 1)
    ]

    assert nets == sorted(nets)
