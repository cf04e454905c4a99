from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.grammar.field import F
from crmcore.kpi import KpiChange, KpiRow, compared, win_rate, won_deals, won_revenue
from crmcore.values import Money, Period

DEALS = [
    {"owner": owner, "status": status, "closed_on": day, "amount": Money(amount, "EUR")}
    for owner, status, day, amount in (
        ("Ada", "won", date(2017, 2, 1), 100),
        ("Ada", "lost", date(2017, 2, 1), 10),
        ("Ada", "won", date(2017, 5, 1), 150),
        ("Bob", "won", date(2017, 6, 1), 30),
    )
]


def quarters(calculator, **asked):
    return compared(
        calculator(DEALS, during="2017-Q2", **asked), calculator(DEALS, during="2017-Q1", **asked)
    )


def test_two_quarters_are_set_side_by_side():
    assert repr(quarters(won_revenue, by="owner")).splitlines() == [
        "Won revenue",
        "owner     2017-Q2     2017-Q1  difference  growth",
        "Ada    150.00 EUR  100.00 EUR   50.00 EUR   50.0%",
        "Bob     30.00 EUR           –           –       –",  # noqa: RUF001
        "Total  180.00 EUR  100.00 EUR   80.00 EUR   80.0%",
    ]


def test_a_group_that_was_not_there_counts_nothing():
    _, bob = quarters(won_deals, by="owner").rows

    assert bob.before.value == 0
    assert bob.difference == 1
    assert bob.growth is None


def test_growth_of_a_rate_is_exact():
    comparison = quarters(win_rate)

    assert comparison.total.difference == Decimal("0.5")
    assert comparison.total.growth == 1
    assert comparison._repr_html_().startswith("<table><caption>Win rate</caption>")


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 10**9), st.integers(1, 10**9))
def test_growth_is_the_difference_by_what_was_before(above, below, above_before, below_before):
    now, before = KpiRow((), (), above, below), KpiRow((), (), above_before, below_before)

    growth = KpiChange(now, before).growth

    if above_before:
        was = Fraction(above_before, below_before)
        exact = (Fraction(above, below) - was) / was
        assert abs(Fraction(growth) - exact) <= abs(exact) / 10**27
    else:
        assert growth is None


@given(st.lists(st.sampled_from(DEALS), max_size=12), st.lists(st.sampled_from(DEALS), max_size=12))
def test_differences_of_the_groups_sum_up_to_that_of_the_total(now, before):
    comparison = compared(
        won_deals(now, by="owner", during="2017"), won_deals(before, by="owner", during="2017")
    )

    assert sum(change.difference for change in comparison.rows) == comparison.total.difference


@given(st.integers(1, 40), st.integers(1, 40))
def test_windows_of_unequal_length_are_refused(days, days_before):
    edge = date(2017, 3, 15)
    now = won_deals([], during=Period(edge, edge + timedelta(days)))
    before = won_deals([], during=Period(edge - timedelta(days_before), edge))

    if days == days_before:
        assert compared(now, before).total.difference == 0
    else:
        with pytest.raises(InvalidValue, match="equal length"):
            compared(now, before)


def test_a_quarter_compares_with_the_one_before_though_it_has_fewer_days():
    window = Period.parse("2017-Q2")

    comparison = compared(
        won_deals(DEALS, during=window), won_deals(DEALS, during=window.previous())
    )

    assert (comparison.total.now.value, comparison.total.before.value) == (2, 1)


def test_all_time_has_nothing_before_it():
    with pytest.raises(InvalidValue, match="windows"):
        compared(won_deals(DEALS), won_deals(DEALS, during="2017-Q1"))


def test_only_answers_to_the_same_question_compare():
    now = won_deals(DEALS, during="2017-Q2")

    for before in (
        won_revenue(DEALS, during="2017-Q1"),
        won_deals(DEALS, during="2017-Q1", by="owner"),
        won_deals(DEALS, during="2017-Q1", where=F.owner == "Ada"),
    ):
        with pytest.raises(InvalidValue, match="same question"):
            compared(now, before)


def test_without_an_answer_there_is_no_difference():
    nothing, money, number = (
        KpiRow((), (), None),
        KpiRow((), (), Money(1, "EUR")),
        KpiRow((), (), 1),
    )

    for now, before in ((nothing, number), (number, nothing), (money, number), (number, money)):
        assert KpiChange(now, before).difference is None


def test_groups_without_a_common_currency_have_no_total():
    rows = [*DEALS, {**DEALS[0], "amount": Money(1, "USD")}]
    window = Period.parse("2017-Q1")

    comparison = compared(
        won_revenue(rows, by=F.amount.currency, during=window),
        won_revenue(rows, by=F.amount.currency, during=window.previous()),
    )

    assert comparison.total is None
    assert [change.now.key for change in comparison.rows] == [("EUR",), ("USD",)]


def test_what_is_shown_of_a_comparison_is_bounded():
    rows = [{**DEALS[0], "owner": f"o{number:03}"} for number in range(100)]
    table = won_deals(rows, by="owner", during="2017-Q1")

    comparison = compared(table, table)

    assert len(comparison.rows) == 100
    assert "… and 40 more" in repr(comparison)
