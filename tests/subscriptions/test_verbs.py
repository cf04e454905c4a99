"""A subscription is drawn up, tried, used, cancelled with notice, and comes to its end."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    FieldProtected,
    GuardRefused,
    InvalidValue,
    ManyFaults,
    MoveForbidden,
    UnknownField,
)
from crmcore.grammar.change import SERVER_FIELDS, Event
from crmcore.subscriptions import (
    EDITABLE,
    EVENTS,
    MAX_ITEMS,
    PROTECTED,
    SUBSCRIPTION_LIFECYCLE,
    Alignment,
    BillingTime,
    Every,
    Subscription,
    SubscriptionActivated,
    SubscriptionCancelled,
    SubscriptionEnded,
    SubscriptionExtended,
    SubscriptionReleased,
    SubscriptionRenewed,
    SubscriptionStarted,
    SubscriptionStatus,
    SubscriptionTrialBegun,
    activate,
    advance,
    cancel,
    edit,
    end,
    extend,
    pause,
    release,
    renew,
    renewals,
    start,
)

from .agreed import ACME, IDS, NOON, active, billed, day, drawn_up, euro, subscriptions

TRIAL = {"trial_until": day("2024-01-15")}
ENDED, ACTIVE = SubscriptionStatus.ENDED, SubscriptionStatus.ACTIVE


def kinds(change):
    return [type(event) for event in change.events]


def test_a_draft_is_drawn_up_and_nothing_is_charged():
    drawn = drawn_up()

    assert drawn.status is SubscriptionStatus.DRAFT
    assert drawn.billed_until == drawn.billed_from == day("2024-01-01")


def test_what_is_drawn_up_is_told():
    drawn = drawn_up()

    change = start(
        drawn.id,
        account=ACME,
        title="Hosting",
        currency="EUR",
        every=drawn.every,
        lines=drawn.lines,
        started_on=drawn.started_on,
        at=NOON,
    )

    assert change.entity == drawn
    assert change.events == (
        SubscriptionStarted(
            at=NOON, subscription=drawn.id, account=ACME, started_on=day("2024-01-01")
        ),
    )


def test_all_faults_of_a_draft_are_told_at_once():
    with pytest.raises(ManyFaults) as caught:
        drawn_up(
            every=Every(5, "month"),
            alignment=Alignment.CALENDAR,
            notice_days=-1,
            trial_until=day("2023-12-31"),
            ends_on=day("2023-12-31"),
        )

    fields = [fault.field for fault in caught.value.faults]
    assert fields == ["alignment", "notice_days", "trial_until", "ends_on"]


# --- activation and trial ---


def test_a_draft_has_so_many_items_at_most():
    ids = [IDS.new() for _ in range(MAX_ITEMS + 1)]
    line = drawn_up().lines[0]

    with pytest.raises(InvalidValue, match=f"at most {MAX_ITEMS} items"):
        start(
            IDS.new(),
            account=ACME,
            title="Hosting",
            currency="EUR",
            every=Every(1, "month"),
            lines=[attrs.evolve(line, id=id, item=id) for id in ids],
            started_on=day("2024-01-01"),
            at=NOON,
        )


def test_an_active_one_is_charged_from_its_first_day_on():
    change = activate(drawn_up(), day("2024-01-20"), NOON)

    assert change.entity.status is ACTIVE
    assert kinds(change) == [SubscriptionActivated]
    assert change.events[0].billed_from == day("2024-01-01")


def test_a_trial_becomes_active_when_it_is_over():
    trial = activate(drawn_up(**TRIAL), day("2024-01-01"), NOON)

    waiting = advance(trial.entity, day("2024-01-14"), NOON)
    over = advance(trial.entity, day("2024-01-15"), NOON)

    assert kinds(trial) == [SubscriptionTrialBegun]
    assert (waiting.entity.status, waiting.is_empty) == (SubscriptionStatus.TRIAL, True)
    assert over.entity.status is ACTIVE
    assert over.entity.billed_from == day("2024-01-15")


def test_a_trial_may_be_cut_short():
    trial = activate(drawn_up(**TRIAL), day("2024-01-01"), NOON).entity

    charged = activate(trial, day("2024-01-10"), NOON).entity
    at_once = activate(trial, day("2024-01-01"), NOON).entity

    assert (charged.status, charged.billed_from) == (ACTIVE, day("2024-01-10"))
    assert (at_once.trial_until, at_once.billed_from) == (None, day("2024-01-01"))


def test_a_trial_that_is_cancelled_ends_with_its_last_free_day():
    trial = activate(drawn_up(**TRIAL, notice_days=90), day("2024-01-01"), NOON).entity

    ending = cancel(trial, NOON, on=day("2024-01-05")).entity
    over = advance(ending, day("2024-01-15"), NOON)

    assert ending.ends_on == day("2024-01-14")
    assert renewals(ending, day("2024-12-31")).renewals == ()
    assert kinds(over) == [SubscriptionEnded]


def test_a_trial_activated_late_is_active_at_once():
    assert activate(drawn_up(**TRIAL), day("2024-02-01"), NOON).entity.status is ACTIVE


def test_nothing_is_activated_twice():
    with pytest.raises(MoveForbidden):
        activate(active(), day("2024-01-01"), NOON)


# --- the end ---


def test_notice_is_kept_and_the_period_is_finished():
    change = cancel(active(notice_days=30), NOON, on=day("2024-01-10"))

    assert change.entity.ends_on == day("2024-02-29")
    assert kinds(change) == [SubscriptionCancelled]
    assert change.entity.status is ACTIVE


def test_notice_to_the_very_day_is_enough():
    assert cancel(active(notice_days=21), NOON, on=day("2024-01-10")).entity.ends_on == day(
        "2024-01-31"
    )
    assert cancel(active(notice_days=22), NOON, on=day("2024-01-10")).entity.ends_on == day(
        "2024-02-29"
    )


def test_a_day_before_the_notice_is_refused_with_the_first_one_that_is_not():
    with pytest.raises(GuardRefused, match="2024-02-09"):
        cancel(active(notice_days=30), NOON, on=day("2024-01-10"), ends_on=day("2024-02-08"))

    asked = cancel(active(notice_days=30), NOON, on=day("2024-01-10"), ends_on=day("2024-02-09"))
    assert asked.entity.ends_on == day("2024-02-09")


def test_cancelled_once_more_it_ends_as_it_did():
    once = cancel(active(), NOON, on=day("2024-01-10")).entity

    again = cancel(once, NOON, on=day("2024-01-20"))
    later = cancel(once, NOON, on=day("2024-03-20"))

    assert again.is_empty
    assert later.is_empty
    with pytest.raises(InvalidValue, match="anyway"):
        cancel(once, NOON, on=day("2024-01-10"), ends_on=day("2024-05-31"))


def test_what_is_billed_ahead_is_not_cut_off_by_a_notice():
    paid = billed(active(), day("2024-03-01"), on=day("2024-01-10"))

    assert cancel(paid, NOON, on=day("2024-01-10")).entity.ends_on == day("2024-03-31")


def test_a_draft_is_discarded():
    change = cancel(drawn_up(), NOON, on=day("2024-01-10"))

    assert change.entity.status is ENDED
    assert kinds(change) == [SubscriptionEnded]


def test_for_good_cause_it_ends_on_any_day():
    booked = billed(active(notice_days=365), day("2024-01-01"))

    at_once = end(booked, day("2024-01-05"), NOON, on=day("2024-01-10"))

    assert kinds(at_once) == [SubscriptionCancelled, SubscriptionEnded]
    assert at_once.entity.ends_on == day("2024-01-05")
    with pytest.raises(InvalidValue, match="start"):
        end(booked, day("2023-12-31"), NOON, on=day("2024-01-10"))
    with pytest.raises(InvalidValue, match="anyway"):
        end(active(ends_on=day("2024-01-05")), day("2024-02-01"), NOON, on=day("2024-01-02"))


def test_it_runs_until_it_is_billed_to_its_last_day():
    ending = active(billing_time=BillingTime.ARREARS, ends_on=day("2024-01-31"))

    assert advance(ending, day("2024-02-01"), NOON).is_empty
    assert billed(ending, day("2024-02-01")).status is ENDED


def test_it_goes_on_for_longer_or_for_good():
    ending = active(ends_on=day("2024-06-30"))

    longer = extend(ending, day("2024-12-31"), NOON)
    for_good = extend(ending, None, NOON).entity

    assert kinds(longer) == [SubscriptionExtended]
    assert longer.entity.ends_on == day("2024-12-31")
    assert for_good.ends_on is None
    assert extend(ending, ending.ends_on, NOON).is_empty
    assert extend(for_good, None, NOON).is_empty
    for shorter in (ending, for_good):
        with pytest.raises(InvalidValue, match="cancel it"):
            extend(shorter, day("2024-05-31"), NOON)


# --- the ledger ---


def test_a_period_goes_through_the_books_with_its_order():
    subscription, order, invoice = active(), IDS.new(), IDS.new()
    (january,) = renewals(subscription, day("2024-01-01")).renewals

    change = renew(subscription, january, NOON, on=day("2024-01-01"), order=order, invoice=invoice)

    (line,) = change.entity.billed
    assert (line.net, line.order, line.invoice) == (euro("31"), order, invoice)
    assert kinds(change) == [SubscriptionRenewed]


def test_only_the_next_period_as_it_is_now_can_be_billed():
    subscription = active()
    january, february = renewals(subscription, day("2024-02-01")).renewals
    dearer = attrs.evolve(january, net=euro("32"))

    for wrong in (february, dearer):
        with pytest.raises(InvalidValue, match="plan anew"):
            renew(subscription, wrong, NOON, on=day("2024-02-01"), order=IDS.new())


def test_an_order_belongs_to_what_is_charged_and_to_nothing_else():
    paid, free = active(), active(euro("0"))
    (nothing,) = renewals(free, day("2024-01-01")).renewals

    with pytest.raises(InvalidValue, match="order"):
        renew(paid, renewals(paid, day("2024-01-01")).renewals[0], NOON, on=day("2024-01-01"))
    with pytest.raises(InvalidValue, match="order"):
        renew(free, nothing, NOON, on=day("2024-01-01"), order=IDS.new())


def test_a_period_whose_order_was_cancelled_is_billed_again():
    booked = billed(active(), day("2024-02-01"))
    january, february = booked.billed

    change = release(booked, february.order, NOON)

    assert kinds(change) == [SubscriptionReleased]
    assert change.entity.billed == (january,)
    assert release(change.entity, february.order, NOON).is_empty
    with pytest.raises(InvalidValue, match="later period"):
        release(booked, january.order, NOON)


def test_one_that_had_ended_runs_again_when_its_last_period_is_released():
    over = billed(
        active(billing_time=BillingTime.ARREARS, ends_on=day("2024-01-31")), day("2024-02-01")
    )

    assert over.status is ENDED
    assert release(over, over.billed[-1].order, NOON).entity.status is ACTIVE


# --- fields ---


def test_fields_are_edited_and_others_are_not():
    change = edit(active(), {"title": "Housing", "notice_days": 14}, NOON)

    assert change.entity.title == "Housing"
    assert change.events[0].fields == ("notice_days", "title")
    assert edit(active(), {"title": "Hosting"}, NOON).is_empty
    with pytest.raises(FieldProtected):
        edit(active(), {"billed": ()}, NOON)
    with pytest.raises(UnknownField):
        edit(active(), {"titel": "Housing"}, NOON)


def test_every_field_is_either_editable_or_protected():
    names = {each.name for each in attrs.fields(Subscription)}

    assert names == EDITABLE | PROTECTED
    assert SERVER_FIELDS <= PROTECTED
    assert not EDITABLE & PROTECTED


def test_events_are_listed_once_and_carry_no_text():
    assert len(set(EVENTS)) == len(EVENTS)
    assert all(issubclass(each, Event) for each in EVENTS)
    assert not {"title", "reason", "description"} & {
        field.name for each in EVENTS for field in attrs.fields(each)
    }


# --- laws ---

VERBS = {
    "activate": lambda one, on: activate(one, on, NOON),
    "advance": lambda one, on: advance(one, on, NOON),
    "cancel": lambda one, on: cancel(one, NOON, on=on),
    "end": lambda one, on: end(one, on, NOON, on=on),
    "extend": lambda one, on: extend(one, None, NOON),
    "pause": lambda one, on: pause(one, on, NOON, on=on, paused_until=on + timedelta(days=9)),
    "renew": lambda one, on: advance(billed(one, on), on, NOON),
}


@given(
    drawn=st.builds(drawn_up, trial_until=st.none() | st.just(day("2024-01-20"))),
    steps=st.lists(st.tuples(st.sampled_from([*VERBS]), st.integers(0, 60)), max_size=12),
)
def test_whatever_is_done_the_ledger_has_no_gap_and_never_shrinks(drawn, steps):
    one, on = drawn, drawn.started_on
    for verb, gap in steps:
        on += timedelta(days=gap)
        before = one
        try:
            one = VERBS[verb](one, on).entity
        except (MoveForbidden, GuardRefused, InvalidValue):
            continue
        assert one.billed[: len(before.billed)] == before.billed
        assert one.status in SUBSCRIPTION_LIFECYCLE.states
        reached = one.billed_from
        for period in one.billed:
            assert period.period_from == reached < period.period_until
            reached = period.period_until


@given(subscription=subscriptions(), ahead=st.integers(0, 900))
def test_what_the_day_makes_of_it_it_makes_once(subscription, ahead):
    on = subscription.started_on + timedelta(days=ahead)

    once = advance(subscription, on, NOON)

    assert advance(once.entity, on, NOON).is_empty
    paused = once.entity.pause_on(on) is not None
    assert (once.entity.status is SubscriptionStatus.PAUSED) <= paused


@given(notice=st.integers(0, 400), ahead=st.integers(0, 400), asked=st.integers(0, 800))
def test_notice_is_kept_or_refused(notice, ahead, asked):
    on = day("2024-01-01") + timedelta(days=ahead)
    wanted = on + timedelta(days=asked)
    subscription = active(notice_days=notice)

    try:
        ending = cancel(subscription, NOON, on=on, ends_on=wanted).entity
    except GuardRefused:
        assert asked < notice
    else:
        assert asked >= notice
        assert ending.ends_on == wanted


@given(notice=st.integers(0, 400), ahead=st.integers(0, 400))
def test_a_cancellation_that_is_taken_back_was_none(notice, ahead):
    on = day("2024-01-01") + timedelta(days=ahead)
    subscription = active(notice_days=notice)

    ending = cancel(subscription, NOON, on=on).entity

    assert cancel(ending, NOON, on=on).is_empty
    assert extend(ending, None, NOON).entity == subscription


@given(subscription=subscriptions(ends_on=None), ahead=st.integers(0, 400))
def test_what_is_released_and_billed_again_is_the_same(subscription, ahead):
    until = subscription.started_on + timedelta(days=ahead)
    booked = billed(subscription, until)

    released = booked
    while released.billed and released.billed[-1].order is not None:
        released = release(released, released.billed[-1].order, NOON).entity
    again = billed(released, until)

    assert [(p.period_from, p.net) for p in again.billed] == [
        (p.period_from, p.net) for p in booked.billed
    ]
