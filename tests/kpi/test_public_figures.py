"""The measures over public data, against figures computed elsewhere, digit for digit."""

import csv
import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from crmcore.grammar.field import F
from crmcore.kpi import (
    conversion_rate,
    pipeline_count,
    pipeline_list_value,
    pipeline_value,
    reopen_rate,
    resolution_time,
    resolution_time_median,
    sales_cycle,
    sales_cycle_median,
    win_rate,
    won_deals,
    won_revenue,
)

DATA = Path(__file__).parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public data is not there")


@pytest.fixture(scope="module")
def figures():
    return json.loads((DATA / "DEV_REFERENCE.json").read_text(encoding="utf-8"))


def table_named(name):
    path = DATA / "crm_sales_opportunities" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def day(text):
    return date.fromisoformat(text) if text else None


@pytest.fixture(scope="module")
def deals():
    prices = {row["product"]: int(row["sales_price"]) for row in table_named("products")}
    return [
        {
            "owner": row["sales_agent"],
            "product": {"name": product, "list_price": prices[product]},
            "account": row["account"] or None,
            "stage": row["deal_stage"],
            "status": {"Won": "won", "Lost": "lost"}.get(row["deal_stage"], "open"),
            "engaged_on": day(row["engage_date"]),
            "closed_on": day(row["close_date"]),
            "amount": int(row["close_value"]) if row["close_value"] else None,
        }
        for row in table_named("sales_pipeline")
        # The pipeline and the catalogue spell one product differently.
        for product in [row["product"].replace("GTXPro", "GTX Pro")]
    ]


def test_the_win_rate_of_all_closed_deals(deals, figures):
    row = win_rate(deals).total

    assert (row.numerator, row.denominator) == (4238, 6711)
    assert float(row) == 4238 / 6711 == figures["crm"]["win_rate_overall_closed"]


@pytest.mark.parametrize(
    ("by", "name"),
    [("product.name", "win_rate_by_product"), ("owner", "win_rate_by_sales_agent (3 of 30)")],
)
def test_the_win_rate_by_group(deals, figures, by, name):
    table = win_rate(deals, by=by)

    for label, expected in figures["crm"][name].items():
        row = table[label]
        assert (row.numerator, row.denominator) == (expected["won"], expected["closed"])
        assert float(row) == expected["win_rate"]


def test_the_cycle_of_closed_won_and_lost_deals(deals, figures):
    for name, expected in figures["crm"]["sales_cycle_days"].items():
        where = None if name == "closed" else F.status == name
        mean = sales_cycle(deals, where=where).total

        assert mean.denominator == expected["n"]
        assert float(mean) == expected["mean"]
        assert float(sales_cycle_median(deals, where=where).total) == expected["median"]


def test_the_won_revenue_in_all_and_by_quarter(deals, figures):
    table = won_revenue(deals, by=F.closed_on.by("quarter"))

    assert table.total.value == figures["crm"]["won_revenue_total"] == 10005534
    assert {row.label.replace("-", ""): row.value for row in table} == (
        figures["crm"]["won_revenue_by_close_quarter"]
    )
    for row in table:
        assert won_revenue(deals, during=row.label).total.value == row.value


def test_the_open_pipeline_by_stage(deals, figures):
    listed, counted, valued = (
        calculator(deals) for calculator in (pipeline_list_value, pipeline_count, pipeline_value)
    )

    for stage, expected in figures["crm"]["open_pipeline_by_stage"].items():
        assert listed[stage].value == expected["list_value"]
        assert counted[stage].value == expected["count"]
        assert valued[stage].value is None
        missing = pipeline_count(deals, where=F.account.is_missing())
        assert missing[stage].value == expected["without_account"]


def test_the_won_deals(deals, figures):
    assert won_deals(deals).total.value == figures["crm"]["stage_counts"]["Won"]


@pytest.mark.parametrize("read", ["pandas", "polars"])
def test_a_data_frame_gives_the_same_figures(deals, read):
    flat = [{**deal, "product": deal["product"]["name"]} for deal in deals]
    frame = pd.DataFrame(flat) if read == "pandas" else pl.DataFrame(flat)
    if read == "pandas":
        frame["closed_on"] = pd.to_datetime(frame["closed_on"])
        frame["engaged_on"] = pd.to_datetime(frame["engaged_on"])

    assert win_rate(frame, by="product") == win_rate(flat, by="product")
    assert float(sales_cycle(frame).total) == float(sales_cycle(deals).total)
    assert won_revenue(frame, during="2017-Q2").total.value == 3086111


def test_the_conversion_rate_of_leads_by_source(figures):
    path = DATA / "leads_x_education" / "Leads_dev.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        leads = [
            {
                "source": row["Lead Source"] or "(null)",
                "status": "converted" if row["Converted"] == "1" else "new",
            }
            for row in csv.DictReader(lines)
        ]

    table = conversion_rate(leads, by="source")

    expected = figures["leads"]
    assert float(table.total) == expected["rate"]
    assert {row.label: float(row) for row in table} == {
        source: each["rate"] for source, each in expected["rate_by_lead_source"].items()
    }


@pytest.fixture(scope="module")
def incidents():
    path = DATA / "tickets_uci_incident" / "incident_events_opened_to_2016-03.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        last = {row["number"]: row for row in csv.DictReader(lines)}
    return [
        {
            "opened_at": moment(row["opened_at"]),
            "resolved_at": moment(row["resolved_at"]),
            "status": "resolved" if row["incident_state"] == "Closed" else "open",
            "reopened": int(row["reopen_count"]),
            "class": row["priority"],
        }
        for row in last.values()
    ]


def moment(text):
    if text == "?":
        return None
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def test_the_reopen_rate_of_incidents(incidents, figures):
    row = reopen_rate(incidents).total

    expected = figures["tickets"]
    assert (row.numerator, row.denominator) == (expected["reopened"], expected["incidents"])
    assert float(row) == expected["reopen_rate"]


def test_the_resolution_time_of_incidents_by_priority(incidents, figures):
    mean, median = (
        calculator(incidents, by="class")
        for calculator in (resolution_time, resolution_time_median)
    )

    expected = {"Total": figures["tickets"]["ttr_hours"], **figures["tickets"]["ttr_by_priority"]}
    for label, each in expected.items():
        row = mean.total if label == "Total" else mean[label]
        middle = median.total if label == "Total" else median[label]
        assert row.denominator == each["n"]
        assert float(row) == pytest.approx(each["mean"], rel=1e-14)
        assert float(middle) == pytest.approx(each["median"], rel=1e-14)
