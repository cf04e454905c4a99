"""A subscription is paused now or later, resumed, and never on days that are billed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import GuardRefused, InvalidValue, MoveForbidden
from crmcore.subscriptions import (
    BillingTime,
    Pause,
    PausePolicy,
    SubscriptionPaused,
    SubscriptionPauseSet,
    SubscriptionResumed,
    SubscriptionStatus,
    advance,
    pause,
    renewals,
    resume,
)

from .agreed import NOON, active, billed, day, drawn_up, nets

PAUSED, ACTIVE = SubscriptionStatus.PAUSED, SubscriptionStatus.ACTIVE


def kinds(change):
    return [type(event) for event in change.events]


def paused(subscription, since, until=None, on=None):
    return pause(
        subscription,
        day(since),
        NOON,
        on=day(since if on is None else on),
        paused_until=None if until is None else day(until),
    )


def test_a_pause_begins_at_once():
    change = paused(active(), "2024-01-10")

    assert change.entity.status is PAUSED
    assert kinds(change) == [SubscriptionPauseSet, SubscriptionPaused]


def test_a_pause_that_is_planned_begins_and_ends_with_its_days():
    planned = paused(active(), "2024-08-01", "2024-09-01", on="2024-07-10")

    before = advance(planned.entity, day("2024-07-31"), NOON)
    begun = advance(planned.entity, day("2024-08-01"), NOON)
    over = advance(begun.entity, day("2024-09-01"), NOON)

    assert kinds(planned) == [SubscriptionPauseSet]
    assert before.is_empty
    assert (kinds(begun), begun.entity.status) == ([SubscriptionPaused], PAUSED)
    assert (kinds(over), over.entity.status) == ([SubscriptionResumed], ACTIVE)


def test_what_is_billed_is_not_paused():
    booked = billed(active(), day("2024-01-01"))

    with pytest.raises(GuardRefused, match="2024-02-01"):
        paused(booked, "2024-01-31")
    assert paused(booked, "2024-02-01", on="2024-01-10").entity.status is ACTIVE


def test_a_pause_set_twice_is_set_once():
    once = paused(active(), "2024-01-10", "2024-01-20").entity

    assert paused(once, "2024-01-10", "2024-01-20").is_empty
    with pytest.raises(InvalidValue, match="overlap"):
        paused(once, "2024-01-19", "2024-01-25")
    with pytest.raises(InvalidValue, match="later"):
        paused(once, "2024-02-10", "2024-02-10")


def test_a_pause_without_an_end_ends_when_it_is_resumed():
    resting = paused(active(billing_time=BillingTime.ARREARS), "2024-01-11").entity

    change = resume(resting, day("2024-01-21"), NOON, on=day("2024-01-21"))

    assert kinds(change) == [SubscriptionPauseSet, SubscriptionResumed]
    assert change.entity.pauses == (
        Pause(paused_from=day("2024-01-11"), paused_until=day("2024-01-21")),
    )
    assert nets(renewals(change.entity, day("2024-02-01"))) == ["21"]


def test_a_pause_may_be_known_to_end_later():
    resting = paused(active(), "2024-01-11").entity

    change = resume(resting, day("2024-02-01"), NOON, on=day("2024-01-15"))

    assert change.entity.status is PAUSED
    assert advance(change.entity, day("2024-02-01"), NOON).entity.status is ACTIVE


def test_a_planned_pause_is_taken_back():
    planned = paused(active(), "2024-08-01", "2024-09-01", on="2024-07-10").entity

    assert resume(planned, day("2024-08-01"), NOON, on=day("2024-07-20")).entity.pauses == ()


def test_days_settled_as_paused_stay_so():
    resting = paused(active(), "2024-02-01", "2024-03-11", on="2024-01-01").entity
    settled = billed(resting, day("2024-03-01"))

    with pytest.raises(GuardRefused, match="2024-04-01"):
        resume(settled, day("2024-03-05"), NOON, on=day("2024-03-05"))


def test_what_is_not_paused_is_not_resumed():
    with pytest.raises(GuardRefused, match="no pause"):
        resume(active(), day("2024-01-10"), NOON, on=day("2024-01-10"))
    with pytest.raises(MoveForbidden):
        resume(drawn_up(), day("2024-01-10"), NOON, on=day("2024-01-10"))


def test_resumed_after_its_last_paused_day_it_is_active_again():
    resting = paused(active(), "2024-01-10", "2024-01-20").entity

    assert resume(resting, day("2024-01-25"), NOON, on=day("2024-01-25")).entity.status is ACTIVE


@pytest.mark.parametrize("options", [{}, {"trial_until": day("2024-03-01")}])
def test_neither_a_draft_nor_a_trial_is_paused(options):
    with pytest.raises(MoveForbidden):
        paused(drawn_up(**options), "2024-01-10")


@given(first=st.integers(0, 200), length=st.integers(1, 100), ahead=st.integers(0, 400))
def test_what_is_charged_and_what_is_paused_make_up_all_days(first, length, ahead):
    until = day("2024-01-01") + timedelta(days=ahead)
    subscription = active(billing_time=BillingTime.ARREARS)
    since = subscription.started_on + timedelta(days=first)
    resting = pause(
        subscription,
        since,
        NOON,
        on=subscription.started_on,
        paused_until=since + timedelta(days=length),
    ).entity

    plan = renewals(resting, until)

    charged = sum(line.days for renewal in plan.renewals for line in renewal.lines)
    due = sum((each.period_until - each.period_from).days for each in plan.renewals)
    last = subscription.started_on + timedelta(days=due)
    resting_days = sum(
        resting.pause_on(subscription.started_on + timedelta(days=place)) is not None
        for place in range((last - subscription.started_on).days)
    )
    assert charged + resting_days == due


gaps = st.tuples(st.integers(0, 200), st.integers(1, 100))


def paused_by_chance(gap, subscription):
    first, length = gap
    since = subscription.started_on + timedelta(days=first)
    until = since + timedelta(days=length)
    return pause(subscription, since, NOON, on=day("2023-01-01"), paused_until=until).entity


@given(gap=gaps, ahead=st.integers(0, 400))
def test_a_pause_that_is_taken_back_was_none(gap, ahead):
    subscription = active()
    until = subscription.started_on + timedelta(days=ahead)
    planned = paused_by_chance(gap, subscription)

    since = planned.pauses[0].paused_from
    back = resume(planned, since, NOON, on=day("2023-01-01")).entity

    assert back.pauses == ()
    assert renewals(back, until) == renewals(subscription, until)


@given(gap=gaps, ahead=st.integers(0, 400))
def test_with_a_pause_nothing_costs_more_and_by_days_more_than_skipped(gap, ahead):
    until = day("2024-01-01") + timedelta(days=ahead)

    plain = renewals(active(), until).net
    skipped, by_days = (
        renewals(paused_by_chance(gap, active(pause_policy=each)), until).net
        for each in (PausePolicy.SKIPPED, PausePolicy.PRORATED)
    )

    assert skipped <= by_days <= plain
