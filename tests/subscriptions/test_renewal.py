"""What is due: periods that tile the time, each billed once, and parts that add up to the cent."""

from datetime import timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.sales import line_net
from crmcore.subscriptions import (
    Alignment,
    BillingTime,
    Every,
    FirstPeriod,
    PausePolicy,
    SubscriptionStatus,
    advance,
    cancel,
    change_price,
    end,
    extend,
    pause,
    renew,
    renewals,
    resume,
    unused,
)
from crmcore.subscriptions.renewal import MAX_PERIODS
from crmcore.values import Money, Share, sum_money

from .agreed import (
    IDS,
    MONTHLY,
    NOON,
    active,
    billed,
    day,
    drawn_up,
    euro,
    nets,
    prices,
    quantities,
    shares,
    steady,
    subscriptions,
    windows,
)

ARREARS = BillingTime.ARREARS
BY_CALENDAR = {"alignment": Alignment.CALENDAR}


def repriced(subscription, price, valid_from):
    (item,) = subscription.items
    return change_price(
        subscription, item, euro(price), NOON, valid_from=day(valid_from), line_id=IDS.new()
    ).entity


def total(lines):
    return sum_money((line.net for line in lines), "EUR")


# --- what is due when ---


def test_in_advance_a_period_is_due_on_its_first_day():
    plan = renewals(active(), day("2024-03-01"))

    assert [each.due_on for each in plan.renewals] == [
        day("2024-01-01"),
        day("2024-02-01"),
        day("2024-03-01"),
    ]
    assert plan.next_due_on == day("2024-04-01")
    assert plan.net == euro("93")


def test_in_arrears_a_period_is_due_on_the_day_after_it():
    subscription = active(billing_time=ARREARS)

    assert renewals(subscription, day("2024-01-31")).renewals == ()
    (january,) = renewals(subscription, day("2024-02-01")).renewals
    assert (january.period_from, january.last_day) == (day("2024-01-01"), day("2024-01-31"))


def test_what_is_in_the_ledger_is_in_no_plan():
    subscription = billed(active(), day("2024-02-15"))

    plan = renewals(subscription, day("2024-03-15"))

    assert [each.period_from for each in plan.renewals] == [day("2024-03-01")]


def test_neither_a_draft_nor_one_that_has_ended_has_anything_due():
    drawn = drawn_up()
    over = attrs.evolve(active(), status=SubscriptionStatus.ENDED, ends_on=day("2024-06-30"))

    assert renewals(drawn, day("2030-01-01")).renewals == ()
    assert renewals(over, day("2030-01-01")).renewals == ()


def test_a_trial_is_free_and_charged_afterwards():
    subscription = active(trial_until=day("2024-01-15"), started_on=day("2024-01-01"))

    (first,) = renewals(subscription, day("2024-02-01")).renewals

    assert (first.period_from, first.period_until) == (day("2024-01-15"), day("2024-02-15"))
    assert first.net == euro("31")


def test_a_plan_has_a_bound():
    with pytest.raises(InvalidValue, match=str(MAX_PERIODS)):
        renewals(active(every=Every(1, "week")), day("2100-01-01"))


# --- parts of a period ---


@pytest.mark.parametrize(
    ("policy", "net"),
    [(FirstPeriod.PRORATED, "17"), (FirstPeriod.FULL, "31"), (FirstPeriod.FREE, "0")],
)
def test_a_first_period_that_the_calendar_makes_shorter(policy, net):
    subscription = active(started_on=day("2024-01-15"), first_period=policy, **BY_CALENDAR)

    first, second = renewals(subscription, day("2024-02-01")).renewals

    assert (first.period_from, first.period_until) == (day("2024-01-15"), day("2024-02-01"))
    assert first.net == euro(net)
    assert second.net == euro("31")


def test_a_new_price_from_the_middle_of_a_period_splits_it_by_days():
    subscription = repriced(active(billing_time=ARREARS), "62", "2024-01-11")

    (january,) = renewals(subscription, day("2024-02-01")).renewals

    assert windows(january) == [("2024-01-01", "2024-01-11"), ("2024-01-11", "2024-02-01")]
    assert [line.net for line in january.lines] == [euro("10"), euro("42")]


def test_paused_days_are_not_charged():
    subscription = pause(
        active(billing_time=ARREARS),
        day("2024-01-11"),
        NOON,
        on=day("2024-01-05"),
        paused_until=day("2024-01-21"),
    ).entity

    (january,) = renewals(subscription, day("2024-02-01")).renewals

    assert windows(january) == [("2024-01-01", "2024-01-11"), ("2024-01-21", "2024-02-01")]
    assert january.net == euro("21")
    assert january.note == "paused on days of it"


def test_by_the_other_policy_a_period_with_a_paused_day_is_skipped():
    subscription = pause(
        active(billing_time=ARREARS, pause_policy=PausePolicy.SKIPPED),
        day("2024-01-31"),
        NOON,
        on=day("2024-01-05"),
        paused_until=day("2024-02-01"),
    ).entity

    first, second = renewals(subscription, day("2024-03-01")).renewals

    assert (first.lines, first.is_free) == ((), True)
    assert second.net == euro("31")


def test_a_period_ends_with_the_contract():
    subscription = active(ends_on=day("2024-02-10"))

    plan = renewals(subscription, day("2024-12-31"))

    assert [each.last_day for each in plan.renewals] == [day("2024-01-31"), day("2024-02-10")]
    assert plan.renewals[-1].note == "10 of 29 days"
    assert plan.next_due_on is None


def test_what_is_left_of_a_period_comes_to_the_rest_of_its_price():
    subscription = billed(active(euro("100"), ends_on=day("2024-01-10")), day("2024-01-01"))

    longer = extend(subscription, None, NOON).entity
    rest = renewals(longer, day("2024-01-11")).renewals[0]

    assert (rest.period_from, rest.period_until) == (day("2024-01-11"), day("2024-02-01"))
    assert subscription.billed[0].net + rest.net == euro("100")


def test_a_pause_without_an_end_makes_a_period_wait():
    subscription = billed(active(), day("2024-01-20"))
    subscription = pause(subscription, day("2024-02-01"), NOON, on=day("2024-01-20")).entity

    held = renewals(subscription, day("2024-02-03"))
    back = resume(subscription, day("2024-02-11"), NOON, on=day("2024-02-11")).entity
    (february,) = renewals(back, day("2024-02-11")).renewals

    assert held.renewals == ()
    assert held.waiting == "paused since 2024-02-01, and nobody knows until when"
    assert "waiting: paused since" in held.explain()
    assert windows(february) == [("2024-02-11", "2024-03-01")]


def test_days_that_went_by_in_a_pause_are_settled():
    subscription = pause(
        active(billing_time=ARREARS), day("2024-01-11"), NOON, on=day("2024-01-11")
    ).entity

    plan = renewals(subscription, day("2024-03-01"))

    assert nets(plan) == ["10", "0"]


# --- what is written on a line ---


def test_a_whole_period_is_written_as_agreed():
    subscription = active(euro("12.5"), quantity=3)

    (line,) = renewals(subscription, day("2024-01-01")).renewals[0].lines

    assert (line.quantity, line.unit_price, line.net) == (Decimal(3), euro("12.5"), euro("37.5"))


def test_a_part_is_written_at_the_price_of_the_part():
    subscription = active(euro("100"), quantity=3, ends_on=day("2024-01-10"))

    (line,) = renewals(subscription, day("2024-01-01")).renewals[0].lines

    assert (line.quantity, line.unit_price) == (Decimal(3), euro("32.2567"))
    assert line.net == euro("96.77")


def test_where_no_price_says_it_a_part_is_one_piece():
    subscription = active(euro("0.0101"), quantity=50_000, ends_on=day("2024-01-10"))

    (line,) = renewals(subscription, day("2024-01-01")).renewals[0].lines

    assert (line.quantity, line.unit_price, line.net) == (1, euro("162.9"), euro("162.9"))
    assert line.description == "50000 C62 Seat 0"


def test_a_plan_explains_days_fraction_and_version():
    subscription = active(ends_on=day("2024-01-10"))
    version = subscription.lines[0].id
    days = "2024-01-01 to 2024-01-10"

    told = renewals(subscription, day("2024-01-01")).explain()

    assert told.splitlines() == [
        "Hosting until 2024-01-01: 1 period, 10.00 EUR",
        f"{days}, due on 2024-01-01: 10.00 EUR (10 of 31 days)",
        f"    Seat 0, {days}: 10 of 31 days of 31.00 EUR = 10.00 EUR (version {version})",
    ]


def test_a_plan_is_a_table_in_a_notebook():
    subscription = attrs.evolve(active(), title="<b>")

    html = renewals(subscription, day("2034-01-01"))._repr_html_()

    assert "&lt;b&gt;" in html
    assert "and 21 more" in html


def test_yen_have_no_minor_unit():
    subscription = active(Money("1000", "JPY"), ends_on=day("2024-01-10"))

    assert renewals(subscription, day("2024-01-01")).net == Money("323", "JPY")


# --- after the end ---


def test_what_was_billed_for_days_after_the_end_is_to_be_credited():
    subscription = billed(active(euro("100")), day("2024-01-01"))

    over = end(subscription, day("2024-01-10"), NOON, on=day("2024-01-15")).entity
    (line,) = unused(over)

    assert over.status is SubscriptionStatus.ENDED
    assert (line.period_from, line.net) == (day("2024-01-11"), euro("67.74"))
    assert unused(subscription) == ()


# --- laws ---


@given(subscription=subscriptions(), ahead=st.integers(0, 800))
def test_periods_tile_the_time_from_the_first_charged_day_on(subscription, ahead):
    until = subscription.started_on + timedelta(days=ahead)

    plan = renewals(subscription, until)

    reached = subscription.billed_from
    for each in plan.renewals:
        assert each.period_from == reached < each.period_until
        reached = each.period_until
    assert subscription.ends_before is None or reached <= subscription.ends_before


@given(subscription=subscriptions(), ahead=st.integers(0, 800))
def test_all_that_is_due_is_in_the_plan_and_nothing_else(subscription, ahead):
    until = subscription.started_on + timedelta(days=ahead)

    plan = renewals(subscription, until)

    assert all(each.due_on <= until for each in plan.renewals)
    assert plan.next_due_on is None or plan.next_due_on > until


@given(subscription=subscriptions(), ahead=st.integers(0, 800))
def test_planned_twice_and_billed_twice_is_billed_once(subscription, ahead):
    until = subscription.started_on + timedelta(days=ahead)
    plan = renewals(subscription, until)

    once = billed(subscription, until)
    again = once
    for each in plan.renewals:
        again = renew(again, each, NOON, on=until, order=IDS.new()).entity

    assert again == once
    assert renewals(once, until).renewals == ()
    assert [(each.period_from, each.net) for each in once.billed] == [
        (each.period_from, each.net) for each in plan.renewals
    ]


@given(subscription=subscriptions(), first=st.integers(0, 400), then=st.integers(0, 400))
def test_billing_bit_by_bit_is_billing_at_once(subscription, first, then):
    soon = subscription.started_on + timedelta(days=first)
    later = soon + timedelta(days=then)

    in_two = billed(billed(subscription, soon), later)
    at_once = billed(subscription, later)

    assert [(p.period_until, p.net) for p in in_two.billed] == [
        (p.period_until, p.net) for p in at_once.billed
    ]


@given(subscription=subscriptions(), ahead=st.integers(0, 800))
def test_every_line_comes_to_its_net_by_the_rules_of_documents(subscription, ahead):
    plan = renewals(subscription, subscription.started_on + timedelta(days=ahead))

    for renewal in plan.renewals:
        for line in renewal.lines:
            assert line_net(line.quantity, line.unit_price, line.discount) == line.net
            assert line.net == line.net.rounded()
            assert not line.unit_price.amount < 0


@given(subscription=subscriptions(), ahead=st.integers(0, 800))
def test_lines_cover_each_day_of_an_item_once_and_none_that_is_paused(subscription, ahead):
    plan = renewals(subscription, subscription.started_on + timedelta(days=ahead))

    for renewal in plan.renewals:
        if not renewal.lines:
            continue
        seen = [
            (line.item, line.period_from + timedelta(days=place))
            for line in renewal.lines
            for place in range(line.days)
        ]
        length = (renewal.period_until - renewal.period_from).days
        there = [renewal.period_from + timedelta(days=place) for place in range(length)]
        wanted = {
            (line.item, each)
            for each in there
            if subscription.pause_on(each) is None
            for line in subscription.lines_on(each)
        }
        assert len(seen) == len(set(seen))
        assert set(seen) == wanted


@given(
    price=prices,
    quantity=quantities,
    discount=shares,
    cut=st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True),
)
def test_the_parts_of_a_period_add_up_to_it_to_the_cent(price, quantity, discount, cut):
    subscription = steady(active(started_on=day("2024-03-01")), price)
    line = attrs.evolve(subscription.lines[0], quantity=quantity, discount=discount)
    subscription = attrs.evolve(subscription, lines=(line,))
    whole = renewals(subscription, day("2024-03-01")).net

    for last in sorted(cut):
        subscription = attrs.evolve(subscription, ends_on=day(f"2024-03-{last:02}"))
        subscription = billed(subscription, day("2024-03-31"))
        subscription = attrs.evolve(subscription, status=SubscriptionStatus.ACTIVE)
    subscription = billed(attrs.evolve(subscription, ends_on=None), day("2024-03-31"))

    assert sum_money((each.net for each in subscription.billed), "EUR") == whole
    assert whole == line_net(quantity, price, discount)


@given(subscription=subscriptions(ends_on=None), at=st.integers(1, 300), price=prices)
def test_a_price_that_is_the_same_as_before_changes_no_amount(subscription, at, price):
    subscription = steady(subscription, price)
    until = subscription.started_on + timedelta(days=400)
    (item,) = subscription.items
    split = change_price(
        subscription,
        item,
        price + euro("1"),
        NOON,
        valid_from=subscription.started_on + timedelta(days=at),
        line_id=IDS.new(),
    ).entity
    same = attrs.evolve(
        split, lines=tuple(attrs.evolve(line, unit_price=price) for line in split.lines)
    )

    assert nets(renewals(same, until)) == nets(renewals(subscription, until))


@given(subscription=subscriptions(pause_policy=PausePolicy.PRORATED), ahead=st.integers(1, 500))
def test_what_is_charged_and_what_is_to_be_credited_is_what_was_billed(subscription, ahead):
    until = subscription.started_on + timedelta(days=ahead)
    booked = billed(attrs.evolve(subscription, ends_on=None), until)
    assume(booked.billed)
    last = booked.billed[-1]
    cut = last.period_from + (last.period_until - last.period_from) // 2
    ending = attrs.evolve(booked, ends_on=cut)

    left = attrs.evolve(ending, billed=booked.billed[:-1], status=SubscriptionStatus.ACTIVE)
    charged = [
        each for each in renewals(left, until).renewals if each.period_from >= last.period_from
    ]

    assert sum_money((each.net for each in charged), "EUR") + total(unused(ending)) == last.net


@given(subscription=subscriptions(), notice=st.integers(0, 100), ahead=st.integers(0, 300))
def test_a_cancelled_one_is_billed_to_its_last_day_and_then_over(subscription, notice, ahead):
    on = subscription.started_on + timedelta(days=ahead)
    subscription = billed(attrs.evolve(subscription, ends_on=None, notice_days=notice), on)

    ending = cancel(subscription, NOON, on=on).entity
    final = ending.ends_before + timedelta(days=1)
    over = advance(billed(ending, final), final, NOON).entity

    assert ending.ends_on >= on + timedelta(days=notice)
    assert over.billed_until == ending.ends_before
    assert over.status is SubscriptionStatus.ENDED


def test_the_discount_stays_on_the_line():
    subscription = active(euro("100"), ends_on=day("2024-01-10"))
    line = attrs.evolve(subscription.lines[0], discount=Share("0.5"))

    (part,) = (
        renewals(attrs.evolve(subscription, lines=(line,)), day("2024-01-01")).renewals[0].lines
    )

    assert (part.discount, part.net) == (Share("0.5"), euro("16.13"))
    assert MONTHLY.months == 1


@given(subscription=subscriptions(billing_time=BillingTime.ADVANCE), ahead=st.integers(0, 500))
def test_in_advance_or_in_arrears_the_same_is_charged(subscription, ahead):
    until = subscription.started_on + timedelta(days=ahead)
    later = attrs.evolve(subscription, billing_time=ARREARS)

    first, then = renewals(subscription, until).renewals, renewals(later, until).renewals

    assert len(first) - len(then) in {0, 1}
    assert [(each.lines, each.net) for each in first[: len(then)]] == [
        (each.lines, each.net) for each in then
    ]
