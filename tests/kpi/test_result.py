import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import NothingFound
from crmcore.grammar.field import F
from crmcore.kpi import average_deal, lead_count, sales_cycle, win_rate, won_deals, won_revenue
from crmcore.values import Money

LABELS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
DEALS = [
    {"owner": "Ada", "status": "won", "closed_on": date(2017, 4, 1), "amount": Money(5, "EUR")},
    {"owner": "Ada", "status": "lost", "closed_on": date(2017, 4, 2), "amount": None},
    {"owner": "Bob", "status": "won", "closed_on": date(2017, 6, 30), "amount": Money(7, "EUR")},
]


def test_a_table_is_a_sequence_of_its_rows():
    table = win_rate(DEALS, by="owner")

    assert isinstance(table, Sequence)
    assert len(table) == 2
    assert list(table) == [table[0], table[1]] == list(table[:])
    assert table[-1] in table


def test_a_row_is_found_by_key_by_label_and_by_position():
    table = won_deals(DEALS, by=("owner", F.closed_on.by("quarter")))

    assert table["Ada", "2017-Q2"] is table[("Ada", "2017-Q2")] is table[0]
    assert win_rate(DEALS, by="owner")["Bob"].value == 1


@given(st.lists(st.tuples(LABELS | st.none(), st.booleans()), max_size=12))
def test_every_row_is_found_by_its_own_key(groups):
    table = lead_count(
        [{"source": source, "new": new} for source, new in groups], by=("source", "new")
    )

    assert [table[row.key] for row in table] == list(table.rows)
    assert sum(row.value for row in table) == table.total.value == len(groups)


def test_keys_that_are_numbers_or_missing_are_found_too():
    rows = [{"year": 2017, "big": True}, {"year": 2018, "big": False}, {"year": None, "big": None}]

    assert lead_count(rows, by="year")[(2017,)].key == (2017,)
    assert lead_count(rows, by="year")["2018"].key == (2018,)
    assert lead_count(rows, by="year")[None].label == "(missing)"
    assert lead_count(rows, by="big")[True].key == (True,)


def test_a_key_that_is_not_there_is_not_repeated_in_the_error():
    with pytest.raises(NothingFound) as error:
        win_rate(DEALS, by="owner")["Cleo"]

    assert str(error.value) == "there is no row with this key in win_rate"


def test_a_table_shows_itself_as_text():
    assert repr(win_rate(DEALS, by="owner", during="2017-Q2")).splitlines() == [
        "Win rate · 2017-Q2 · by owner",
        "owner  Win rate  numerator  denominator",
        "Ada       50.0%          1            2",
        "Bob      100.0%          1            1",
        "Total     66.7%          2            3",
    ]


def test_a_table_of_two_groupings_has_two_columns_of_labels():
    lines = repr(won_revenue(DEALS, by=("owner", "status"))).splitlines()

    assert lines[1:] == [
        "owner  status  Won revenue",
        "Ada    won        5.00 EUR",
        "Bob    won        7.00 EUR",
        "Total            12.00 EUR",
    ]


def test_an_explanation_tells_all_that_made_the_numbers():
    table = win_rate(DEALS, by="owner", during="2017-Q2", where=~F.owner.is_missing())

    assert table.explain().splitlines() == [
        "Win rate",
        f"definition: {table.measure.definition}",
        "formula: won / (won + lost)",
        "window: 2017-Q2 by closed_on",
        "population: opportunity where status is one of won, lost",
        "filter: owner is there",
        "by: owner",
        "  Ada: 1 / 2 = 50.0%",
        "  Bob: 1 / 1 = 100.0%",
        "  Total: 2 / 3 = 66.7%",
    ]


def test_an_explanation_without_a_window_says_all_time():
    explained = won_revenue(DEALS).explain()

    assert "window: all time" in explained
    assert "filter: none" in explained
    assert explained.endswith("by: nothing\n  Total: 12.00 EUR")


@given(st.lists(LABELS, min_size=1, max_size=6))
def test_no_label_becomes_markup_in_a_notebook(owners):
    rows = [{"owner": f"<b>{owner}&\"'", "status": "won"} for owner in owners]

    table = win_rate(rows, by="owner")

    for shown in (table._repr_html_(), table.plot().svg):
        assert "<b>" not in shown
        assert shown.count("&lt;b&gt;") >= len(set(owners))


def test_what_is_shown_is_bounded_but_the_table_is_whole():
    rows = [{"source": f"s{number:04}"} for number in range(500)]

    table = lead_count(rows, by="source")

    assert len(table) == len(table.to_dicts()) == len(table.to_json()["rows"]) == 500
    assert len(repr(table).splitlines()) == 64
    assert "… and 440 more" in repr(table)
    assert table._repr_html_().count("<tr>") == 62
    assert "… and 440 more" in table._repr_html_()
    assert len(table.plot().bars) == 60
    assert "(and 440 more)" in table.plot().svg
    assert len(table.explain().splitlines()) == 69
    assert table.explain().endswith("… and 440 more")


def test_a_picture_has_one_bar_per_row():
    chart = win_rate(DEALS, by="owner", during="2017").plot()

    assert chart.title == "Win rate · 2017 · by owner"
    assert [(bar.label, bar.text, bar.size) for bar in chart.bars] == [
        ("Ada", "50.0%", 0.5),
        ("Bob", "100.0%", 1.0),
    ]


def test_dicts_keep_the_exact_numbers():
    assert average_deal(DEALS, by="owner").to_dicts() == [
        {
            "owner": owner,
            "numerator": Decimal(amount),
            "denominator": 1,
            "value": Decimal(amount),
            "currency": "EUR",
        }
        for owner, amount in (("Ada", 5), ("Bob", 7))
    ]


def test_json_keeps_the_exact_numbers():
    rows = [
        {"owner": UUID(int=1), "status": "won", "amount": amount, "closed_on": date(2017, 4, 1)}
        for amount in (Decimal("0.1"), Decimal("0.2"))
    ]

    told = won_revenue(rows, by="owner", during="2017-Q2", where=F.amount > 0).to_json()

    assert json.loads(json.dumps(told)) == told
    assert told == {
        "measure": "won_revenue",
        "unit": "money",
        "by": ["owner"],
        "during": "2017-Q2",
        "where": {"op": "gt", "of": "amount", "value": 0},
        "rows": [
            {
                "key": [{"$id": str(UUID(int=1))}],
                "labels": [str(UUID(int=1))],
                "numerator": "0.3",
                "denominator": None,
                "scale": 1,
                "value": "0.3",
            }
        ],
        "total": {
            "key": [],
            "labels": [],
            "numerator": "0.3",
            "denominator": None,
            "scale": 1,
            "value": "0.3",
        },
    }


@given(st.lists(st.tuples(LABELS, st.none() | st.decimals(-(10**9), 10**9, places=4)), max_size=9))
def test_what_json_says_can_be_read_back_exactly(deals):
    rows = [{"owner": owner, "status": "won", "amount": amount} for owner, amount in deals]
    table = won_revenue(rows, by="owner")

    told = json.loads(json.dumps(table.to_json()))

    for row, each in zip(table, told["rows"], strict=True):
        assert tuple(each["key"]) == row.key
        numerator = each["numerator"]
        assert (None if numerator is None else Decimal(numerator)) == row.numerator


def test_json_has_money_with_its_currency_and_missing_keys():
    rows = [{**DEALS[0], "owner": None}]

    (row,) = won_revenue(rows, by="owner").to_json()["rows"]

    assert row["key"] == [None]
    assert row["value"] == {"$money": ["5", "EUR"]}


@given(st.lists(st.sampled_from(["won", "lost", "open"]), max_size=20))
def test_json_rows_divide_to_the_value(statuses):
    rows = [{"status": status, "engaged_on": None, "closed_on": None} for status in statuses]

    (row,) = win_rate(rows).to_json()["rows"]

    if row["denominator"]:
        assert float(row["value"]) == pytest.approx(row["numerator"] / row["denominator"])
    else:
        assert row["value"] is None
    assert sales_cycle(rows).to_json()["total"]["value"] is None


def test_groups_in_two_currencies_have_no_total_in_json():
    rows = [{"status": "won", "amount": Money(1, code)} for code in ("EUR", "USD")]

    assert won_revenue(rows, by=F.amount.currency).to_json()["total"] is None
