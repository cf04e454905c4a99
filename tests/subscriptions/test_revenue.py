"""How much recurs per month and per year: exact, and rounded once."""

from datetime import timedelta
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CurrencyMismatch
from crmcore.subscriptions import Every, cancel, pause, recurring_revenue
from crmcore.subscriptions.revenue import MONTHS_OF_WEEK

from .agreed import NOON, active, day, drawn_up, euro, rhythms, subscriptions

MIDSUMMER = day("2024-06-15")


def mrr(*them, on=MIDSUMMER):
    return recurring_revenue(them, on, "EUR").mrr


def test_a_year_is_twelve_months_and_a_quarter_three():
    yearly = active(euro("1200"), every=Every(1, "year"))
    quarterly = active(euro("100"), every=Every(3, "month"))

    found = recurring_revenue([yearly, quarterly], MIDSUMMER, "EUR")

    assert found.monthly == Fraction(400, 3)
    assert (found.mrr, found.arr) == (euro("133.33"), euro("1600"))


def test_a_week_is_a_part_of_an_average_month():
    weekly = recurring_revenue([active(euro("7"), every=Every(1, "week"))], MIDSUMMER, "EUR")

    assert MONTHS_OF_WEEK * 146_097 == 33_600
    assert (weekly.mrr, weekly.arr) == (euro("30.44"), euro("365.24"))


def test_only_what_is_charged_that_day_counts():
    trial = active(trial_until=day("2024-07-01"))
    resting = pause(
        active(), day("2024-06-01"), NOON, on=day("2024-05-01"), paused_until=day("2024-07-01")
    ).entity
    ending = cancel(active(), NOON, on=day("2024-05-10")).entity

    assert mrr(drawn_up(), trial, resting, ending) == euro("0")
    assert mrr(ending, on=day("2024-05-31")) == euro("31")
    assert mrr(resting, trial, on=day("2024-07-01")) == euro("62")


def test_each_part_is_told():
    found = recurring_revenue([active(euro("1200"), every=Every(1, "year"))], MIDSUMMER, "EUR")

    assert found.explain().splitlines() == [
        "2024-06-15: MRR 100.00 EUR, ARR 1200.00 EUR, 1 subscription",
        "Hosting: 1200.00 EUR every year, 100.00 EUR a month",
    ]


def test_it_is_a_table_in_a_notebook():
    many = [attrs.evolve(active(), title="<b>")] * 101

    html = recurring_revenue(many, MIDSUMMER, "EUR")._repr_html_()

    assert "&lt;b&gt;" in html
    assert "and 1 more" in html


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch):
        recurring_revenue([active()], MIDSUMMER, "USD")


@given(them=st.lists(subscriptions(), max_size=4), ahead=st.integers(0, 500))
def test_the_whole_is_the_sum_of_its_parts_and_rounded_once(them, ahead):
    on = day("2024-01-01") + timedelta(days=ahead)

    whole = recurring_revenue(them, on, "EUR")
    each = [recurring_revenue([one], on, "EUR").monthly for one in them]

    assert whole.monthly == sum(each, Fraction(0))
    assert abs(Fraction(whole.arr.amount) - 12 * whole.monthly) <= Fraction(1, 200)


@given(every=rhythms, factor=st.integers(1, 5))
def test_twice_the_price_for_twice_the_time_is_the_same(every, factor):
    longer = Every(every.count * factor, every.unit)

    once = recurring_revenue([active(euro("31"), every=every)], MIDSUMMER, "EUR")
    other = recurring_revenue([active(euro(31 * factor), every=longer)], MIDSUMMER, "EUR")

    assert once.monthly == other.monthly
