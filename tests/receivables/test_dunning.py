"""Reminders as a plan: levels in their time, interest by the law, nothing twice."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, ManyFaults
from crmcore.receivables import (
    DunningLevel,
    DunningPolicy,
    InterestRate,
    dunning_plan,
    interest,
    open_items,
    remind,
)
from crmcore.sales import Instalment
from crmcore.values import Money

FIRST = date(2026, 1, 1)
RATES = (InterestRate(since=date(2025, 7, 1), rate="1.27"), InterestRate(since=FIRST, rate="1.77"))
POLICY = DunningPolicy(
    levels=(
        DunningLevel(after=7, name="payment reminder"),
        DunningLevel(after=14, fee=Money("5", "EUR"), name="first reminder"),
        DunningLevel(after=14, fee=Money("40", "EUR"), name="last reminder"),
    ),
    points=Decimal(9),
    base_rates=RATES,
)


def test_levels_come_one_after_the_other_and_none_twice(papers):
    bill = papers.invoice("100", on=FIRST, due=10)
    sent, seen = [], []
    for days in range(80):
        day = FIRST + timedelta(days=days)
        for due in dunning_plan(open_items([bill], day), sent, POLICY, day).reminders:
            sent.append(remind(due, papers.ids.new(), day, papers.now).entity)
            seen.append((days, due.level, due.name))
        again = dunning_plan(open_items([bill], day), sent, POLICY, day)
        assert not again.reminders

    assert seen == [
        (17, 1, "payment reminder"),
        (31, 2, "first reminder"),
        (45, 3, "last reminder"),
    ]


def test_a_reminder_asks_for_what_is_due_the_interest_and_the_fee(papers):
    bill = papers.invoice("1000", on=FIRST, due=0)
    day = FIRST + timedelta(days=21)
    earlier = dunning_plan(
        open_items([bill], FIRST + timedelta(days=7)), [], POLICY, FIRST + timedelta(days=7)
    ).reminders[0]
    first = remind(earlier, papers.ids.new(), FIRST + timedelta(days=7), papers.now).entity

    (due,) = dunning_plan(open_items([bill], day), [first], POLICY, day).reminders

    # 1,190.00 * 10.77 % * 21 / 365 = 7.3738
    assert due.items[0].interest == Money("7.37", "EUR")
    assert due.total == Money("1202.37", "EUR")
    assert first.total == Money("1190", "EUR")


def test_what_waits_says_why(papers):
    bill = papers.invoice("100", on=FIRST, due=0)
    day = FIRST + timedelta(days=3)

    plan = dunning_plan(open_items([bill], day), [], POLICY, day)

    assert plan.reminders == ()
    assert "payment reminder from 2026-01-08" in plan.waiting["R-1"]
    assert "R-1 waits" in plan.explain()


def test_one_reminder_for_each_account_and_currency(papers):
    other = papers.ids.new()
    bills = [
        papers.invoice("100", on=FIRST),
        papers.invoice("50", on=FIRST),
        papers.invoice("100", on=FIRST, currency="USD"),
        papers.invoice("100", on=FIRST, account=other),
        papers.credit_note("100", on=FIRST),
    ]
    day = FIRST + timedelta(days=60)

    plan = dunning_plan(open_items(bills, day), [], POLICY, day)

    assert [(each.account == other, each.currency, len(each.items)) for each in plan.reminders] in (
        [(False, "EUR", 2), (False, "USD", 1), (True, "EUR", 1)],
        [(True, "EUR", 1), (False, "EUR", 2), (False, "USD", 1)],
    )
    assert plan._repr_html_().count("<tr>") == 4


def test_small_amounts_are_not_dunned(papers):
    policy = DunningPolicy(minimum=Money("5", "EUR"))
    day = FIRST + timedelta(days=60)

    plan = dunning_plan(open_items([papers.invoice("4", on=FIRST)], day), [], policy, day)

    assert plan.reminders == ()
    assert "less than 5.00 EUR" in plan.waiting["R-1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"levels": ()},
        {"levels": (DunningLevel(after=-1),)},
        {"levels": (DunningLevel(after=1, fee=Money("-1", "EUR")),)},
        {"points": Decimal(9)},
        {"base_rates": RATES[::-1]},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises((InvalidValue, ManyFaults)):
        DunningPolicy(**wrong)


@given(st.integers(1, 10**9), st.integers(0, 900), st.integers(0, 900))
def test_interest_is_the_sum_of_its_days_rounded_once(cents, start, length):
    due = Money(f"{cents / 100:.2f}", "EUR")
    since = date(2025, 1, 1) + timedelta(days=start)
    until = since + timedelta(days=length)

    told = interest(due, POLICY, since, until)

    exact = Fraction(0)
    for days in range(1, length + 1):
        day = since + timedelta(days=days)
        held = [each.rate for each in RATES if each.since <= day]
        rate = Fraction(held[-1]) + 9 if held else Fraction(0)
        exact += Fraction(due.amount) * rate / 36_500
    rounded = Fraction(int(exact * 100 + Fraction(1, 2)), 100)
    assert Fraction(told.amount) == rounded


def test_each_instalment_is_dunned_by_its_own_day(papers):
    parts = (
        Instalment(due_on=FIRST, amount=Money("60", "EUR")),
        Instalment(due_on=FIRST + timedelta(days=30), amount=Money("59", "EUR")),
    )
    bill = papers.invoice("100", on=FIRST, due=30, instalments=parts)
    sent, seen = [], []
    for days in range(50):
        day = FIRST + timedelta(days=days)
        for due in dunning_plan(open_items([bill], day), sent, POLICY, day).reminders:
            sent.append(remind(due, papers.ids.new(), day, papers.now).entity)
            seen.append((days, [(each.due_on == FIRST, each.level) for each in due.items]))

    assert seen == [
        (7, [(True, 1)]),
        (21, [(True, 2)]),
        (35, [(True, 3)]),
        (37, [(False, 1)]),
    ]


def test_a_fee_is_in_whole_minor_units():
    with pytest.raises(InvalidValue, match=r"levels\[0\].fee: is finer than the minor unit of EUR"):
        DunningPolicy(levels=(DunningLevel(after=3, fee=Money("5.005", "EUR")),))
