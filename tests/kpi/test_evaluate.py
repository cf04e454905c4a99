from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CurrencyMismatch, InvalidValue, WrongType
from crmcore.grammar.field import F, largest, total
from crmcore.grammar.query import Group
from crmcore.kpi import (
    CATALOGUE,
    Measure,
    Unit,
    average_deal,
    over_rows,
    pipeline_value,
    sales_cycle,
    sales_cycle_median,
    table_of,
    win_rate,
    won_deals,
    won_revenue,
)
from crmcore.values import Money, Ratio

OWNERS = st.sampled_from(["Ada", "Bob", "Cleo", None])
DAYS = st.dates(date(2016, 6, 1), date(2018, 6, 30))


@st.composite
def deals(draw):
    closed = draw(DAYS)
    return {
        "owner": draw(OWNERS),
        "stage": draw(st.sampled_from(["engaging", "proposal"])),
        "status": draw(st.sampled_from(["open", "won", "lost"])),
        "amount": draw(st.none() | st.integers(0, 10**6).map(lambda cents: Decimal(cents) / 100)),
        "closed_on": closed,
        "engaged_on": draw(st.none() | st.integers(0, 300).map(lambda n: closed - timedelta(n))),
    }


MANY = st.lists(deals(), max_size=25)
COUNTED = st.sampled_from([win_rate, won_deals, average_deal, won_revenue, sales_cycle])


@given(MANY, COUNTED)
def test_the_total_is_the_sum_of_the_groups(rows, calculator):
    table = calculator(rows, by="owner")

    for part in ("numerator", "denominator"):
        parts = [getattr(row, part) for row in table]
        present = [number for number in parts if number is not None]
        assert (getattr(table.total, part) or 0) == sum(present)


@given(MANY, st.randoms(use_true_random=False), COUNTED)
def test_the_order_of_the_rows_does_not_matter(rows, random, calculator):
    shuffled = list(rows)
    Random(random.random()).shuffle(shuffled)

    assert calculator(shuffled, by=("owner", "stage")) == calculator(rows, by=("owner", "stage"))


@given(MANY)
def test_a_filter_leaves_what_the_group_has(rows):
    table = win_rate(rows, by="owner")

    for row in table:
        owner = F.owner.is_missing() if row.key == (None,) else F.owner == row.key[0]
        alone = win_rate(rows, by=(), where=owner).total
        assert (alone.numerator, alone.denominator) == (row.numerator, row.denominator)


@given(MANY)
def test_windows_side_by_side_hold_what_their_union_holds(rows):
    quarters = [won_deals(rows, during=f"2017-Q{n}").total.value for n in range(1, 5)]

    assert won_deals(rows, during="2017").total.value == sum(quarters)


@given(MANY)
def test_grouping_by_quarter_gives_what_the_window_gives(rows):
    for row in won_deals(rows, by=F.closed_on.by("quarter")):
        assert won_deals(rows, during=row.key[0]).total.value == row.value


@given(MANY)
def test_a_win_rate_is_a_part_of_one_or_no_answer(rows):
    for row in win_rate(rows, by="owner"):
        assert row.value is None or 0 <= row.value <= 1


@given(st.lists(st.integers(0, 400), min_size=1, max_size=15))
def test_half_of_the_cycles_are_no_longer_than_the_median(days):
    start = date(2017, 1, 1)
    rows = [{"status": "won", "engaged_on": start, "closed_on": start + timedelta(n)} for n in days]

    median = sales_cycle_median(rows).total.value

    assert sum(n <= median for n in days) * 2 >= len(days)
    assert sum(n >= median for n in days) * 2 >= len(days)


@pytest.mark.parametrize("measure", CATALOGUE.values(), ids=list(CATALOGUE))
def test_of_no_rows_nothing_is_known_but_counts(measure):
    table = over_rows(measure, [], by=())

    expected = 0 if measure.unit is Unit.COUNT else None
    assert table.total.value == expected
    assert len(table) == 1


def test_where_nothing_closed_there_is_no_answer():
    table = win_rate([{"owner": "Ada", "status": "open"}])

    assert (table.total.numerator, table.total.denominator) == (0, 0)
    assert table.total.value is None


def test_missing_values_make_a_group_of_their_own():
    table = win_rate(
        [{"owner": None, "status": "won"}, {"owner": "Ada", "status": "won"}], by="owner"
    )

    assert [row.labels for row in table] == [("(missing)",), ("Ada",)]


def test_amounts_in_two_currencies_are_refused():
    rows = [
        {"stage": "new", "status": "open", "amount": Money(1, "EUR")},
        {"stage": "new", "status": "open", "amount": Money(1, "USD")},
    ]

    with pytest.raises(CurrencyMismatch):
        pipeline_value(rows)


def test_groups_of_two_currencies_have_no_total():
    rows = [
        {"stage": "new", "status": "open", "amount": Money(5, "EUR")},
        {"stage": "new", "status": "open", "amount": Money(7, "USD")},
    ]

    table = pipeline_value(rows, by=F.amount.currency)

    assert table.total is None
    assert [row.value for row in table] == [Money(5, "EUR"), Money(7, "USD")]
    assert "Total" not in repr(table)


def test_a_mean_amount_is_rounded_to_four_places_and_keeps_its_parts():
    rows = [{"status": "won", "amount": Money(amount, "EUR")} for amount in ("1", "1", "0")]

    row = average_deal(rows).total

    assert row.value == Money("0.6667", "EUR")
    assert (row.numerator, row.denominator) == (Money(2, "EUR"), 3)


def test_what_is_no_number_makes_no_table():
    latest = Measure(
        name="latest",
        title="Latest",
        entity="visit",
        numerator=largest(F.day),
        unit=Unit.DAYS,
        definition="The latest visit.",
    )

    with pytest.raises(WrongType, match="latest"):
        over_rows(latest, [{"day": date(2017, 1, 1)}])


def test_texts_are_not_added_up():
    spent = Measure(
        name="spent",
        title="Spent",
        entity="visit",
        numerator=total(F.amount),
        unit=Unit.MONEY,
        definition="What was spent.",
    )

    with pytest.raises(WrongType, match="spent"):
        over_rows(spent, [{"amount": "1"}, {"amount": "2"}])


def test_a_store_hands_over_groups_and_names():
    ada, bob = UUID(int=1), UUID(int=2)
    groups = [
        Group((None,), {"numerator": 1, "denominator": 2}),
        Group((ada,), {"numerator": 2, "denominator": 3}),
        Group((bob,), {"numerator": 0, "denominator": None}),
    ]
    everything = Group((), {"numerator": 3, "denominator": 5})

    table = table_of(
        CATALOGUE["win_rate"],
        groups,
        everything,
        by=F.owner,
        during="2017-Q2",
        labels={ada: "Ada"},
    )

    assert [row.label for row in table] == ["(missing)", "Ada", str(bob)]
    assert table["Ada"] is table[ada] is table[1]
    assert table[bob].value is None
    assert table.total.value == Decimal("0.6")


def test_a_store_gives_averages_as_ratios():
    groups = [Group((), {"numerator": Ratio(322030, 6711)})]

    table = table_of(CATALOGUE["sales_cycle"], groups, groups[0])

    assert (table.total.numerator, table.total.denominator) == (322030, 6711)


def test_a_measure_without_windows_says_so():
    with pytest.raises(InvalidValue, match="during"):
        pipeline_value([], during="2017")
