import sys
from datetime import date
from decimal import Decimal
from uuid import UUID

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import MissingExtra
from crmcore.grammar.field import F
from crmcore.grammar.query import Group
from crmcore.kpi import CATALOGUE, average_deal, over_rows, table_of, win_rate, won_revenue
from crmcore.values import Money

DEALS = [
    {
        "owner": "Ada",
        "status": "won",
        "closed_on": date(2017, 1, 9),
        "amount": Money("2.50", "EUR"),
    },
    {"owner": "Ada", "status": "lost", "closed_on": date(2017, 1, 9), "amount": None},
    {"owner": "Bob", "status": "open", "closed_on": None, "amount": None},
    {"owner": "Bob", "status": "won", "closed_on": date(2017, 4, 9), "amount": Money(3, "EUR")},
]


@pytest.mark.parametrize("frame", ["to_pandas", "to_polars"])
def test_a_frame_has_groups_numbers_and_values(frame):
    made = getattr(win_rate(DEALS, by="owner"), frame)()

    assert list(made.columns) == ["owner", "numerator", "denominator", "value"]
    assert list(made["owner"]) == ["Ada", "Bob"]
    assert list(made["numerator"]) == [1, 1]
    assert list(made["value"]) == [0.5, 1.0]


def test_no_answer_is_what_each_library_has_for_it():
    table = win_rate([{"owner": "Bob", "status": "open"}, *DEALS[:2]], where=F.owner == "Bob")

    assert table.to_pandas()["value"].isna().all()
    assert table.to_polars()["value"].to_list() == [None]


def test_amounts_come_as_floats_with_their_currency():
    frame = average_deal(DEALS, by="owner").to_polars()

    assert frame["numerator"].to_list() == [2.5, 3.0]
    assert frame["denominator"].to_list() == [1, 1]
    assert frame["currency"].to_list() == ["EUR", "EUR"]


def test_references_come_with_their_label_and_their_id():
    ada, bob = UUID(int=1), UUID(int=2)
    groups = [Group((key,), {"numerator": 1}) for key in (None, ada, bob)]

    table = table_of(CATALOGUE["won_deals"], groups, None, by="owner", labels={ada: "Ada"})

    assert [(row["owner"], row["owner_id"]) for row in table.to_dicts()] == [
        (None, None),
        ("Ada", str(ada)),
        (str(bob), str(bob)),
    ]


def test_choices_come_as_texts():
    (row,) = won_revenue(DEALS, by="status").to_dicts()

    assert row["status"] == "won"
    assert type(row["status"]) is str


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=10))
def test_a_frame_and_what_it_was_made_of_say_the_same(cents):
    rows = [
        {"owner": f"o{at % 3}", "status": "won", "amount": Decimal(each) / 100}
        for at, each in enumerate(cents)
    ]
    table = average_deal(rows, by="owner")

    for frame in (table.to_pandas(), table.to_polars()):
        assert [float(value) for value in frame["value"]] == [float(row) for row in table]


@pytest.mark.parametrize("sort", [pd.DataFrame, pl.DataFrame])
def test_frames_with_gaps_are_read_like_rows(sort):
    plain = [{**row, "amount": row["amount"] and float(row["amount"].amount)} for row in DEALS]

    for name in ("win_rate", "won_revenue", "won_deals"):
        measure = CATALOGUE[name]
        by = ("owner", F.closed_on.by("quarter"))
        assert over_rows(measure, sort(plain), by=by) == over_rows(measure, plain, by=by)


def test_pandas_times_and_gaps_are_read_as_days_and_missing():
    frame = pd.DataFrame(DEALS)
    frame["closed_on"] = pd.to_datetime(frame["closed_on"])

    table = win_rate(frame, by=F.closed_on.by("month"), during="2017-Q1")

    assert [(row.label, row.value) for row in table] == [("2017-01", Decimal("0.5"))]


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_without_the_library_the_error_names_the_extra(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(MissingExtra, match=r"crmcore\[notebook\]"):
        getattr(win_rate(DEALS), f"to_{package}")()
