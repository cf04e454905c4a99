"""The figures of a real sales history, digit for digit, imported into each store."""

import json
from contextlib import contextmanager
from pathlib import Path

import pytest

import crmcore
from crmcore import F, Money
from crmcore.importing import plan_sales_history
from crmcore.wire import dump

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FOLDER = DATA / "crm_sales_opportunities"

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the public data are not beside us")


@pytest.fixture(scope="module")
def reference():
    return json.loads((DATA / "DEV_REFERENCE.json").read_text())["crm"]


@contextmanager
def place(kind, request):
    """The URL of an empty store of a kind."""
    match kind:
        case "memory":
            yield "memory://"
        case "sqlite":
            yield f"sqlite:///{request.getfixturevalue('tmp_path_factory').mktemp('golden')}/crm.db"
        case _:
            with request.getfixturevalue(f"{kind}_supply").fresh() as url:
                yield url


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgresql", "mariadb", "mongodb"])
def sold(request):
    settings = crmcore.Settings(currency="USD")
    with place(request.param, request) as url, crmcore.open(url, settings=settings) as crm:
        plan_sales_history(crm, FOLDER, dates="iso", currency="USD", source="crm-sales").apply(crm)
        yield crm


def test_every_row_is_there(sold, reference):
    assert sold.opportunities.find().count() == reference["rows"]["sales_pipeline"] == 8800
    assert sold.catalog.find().count() == reference["rows"]["products"]


def test_the_win_rate(sold, reference):
    total = sold.kpi("win_rate").total

    assert (total.numerator, total.denominator) == (4238, 6711)
    assert float(total) == reference["win_rate_overall_closed"]


def test_the_won_revenue_in_all_and_by_quarter(sold, reference):
    table = sold.kpi("won_revenue", by=F.closed_on.by("quarter"))

    assert table.total.value == Money("10005534", "USD")
    assert {row.label.replace("-", ""): int(row.value.amount) for row in table} == reference[
        "won_revenue_by_close_quarter"
    ]


@pytest.mark.parametrize("outcome", ["closed", "won", "lost"])
def test_the_sales_cycle(sold, reference, outcome):
    expected = reference["sales_cycle_days"][outcome]
    where = {} if outcome == "closed" else {"where": F.status == outcome}

    mean = sold.kpi("sales_cycle", **where).total
    middle = sold.kpi("sales_cycle_median", **where).total

    assert mean.denominator == expected["n"]
    assert (float(mean), float(middle)) == (expected["mean"], expected["median"])


def test_the_win_rate_by_product(sold, reference):
    table = sold.kpi("win_rate", by=F.product)

    assert {row.label: (row.numerator, row.denominator, float(row)) for row in table} == {
        name: (each["won"], each["closed"], each["win_rate"])
        for name, each in reference["win_rate_by_product"].items()
    }


def test_the_win_rate_by_owner(sold, reference):
    table = sold.kpi("win_rate", by=F.owner)

    for name, each in reference["win_rate_by_sales_agent (3 of 30)"].items():
        row = table[name]
        assert (row.numerator, row.denominator) == (each["won"], each["closed"])
        assert float(row) == each["win_rate"]


def by_hand(crm, name_of):
    """Win rates by a name, counted in plain Python over every entity."""
    counts = {}
    for deal in crm.opportunities.find(F.status.in_(["won", "lost"])):
        won, closed = counts.get(name_of(deal), (0, 0))
        counts[name_of(deal)] = (won + (deal.status == "won"), closed + 1)
    return counts


def counted(table):
    return {row.label: (row.numerator, row.denominator) for row in table}


def test_the_win_rate_by_the_sector_of_the_account(sold):
    sectors = {contact.id: getattr(contact, "sector", None) for contact in sold.contacts.find()}

    table = sold.kpi("win_rate", by=F.account.sector)

    assert counted(table) == by_hand(sold, lambda deal: sectors[deal.account])
    assert "technolgy" in counted(table)


def test_the_win_rate_by_the_manager_of_the_owners_team(sold):
    people = {contact.id: contact for contact in sold.contacts.find(F.kind == "person")}
    teams = {team.id: team for team in sold.teams.find()}

    table = sold.kpi("win_rate", by=F.owner.team.manager)

    assert counted(table) == by_hand(
        sold, lambda deal: people[teams[people[deal.owner].team].manager].name
    )
    assert len(table) == 6


def test_the_open_pipeline_at_list_prices(sold, reference):
    counts = sold.kpi("pipeline_count", by=F.stage)
    values = sold.kpi("pipeline_list_value", by=F.stage)

    for stage, expected in reference["open_pipeline_by_stage"].items():
        assert counts[stage.lower()].value == expected["count"]
        assert values[stage.lower()].value == Money(expected["list_value"], "USD")


def test_the_alias_of_a_product_is_recognised_and_reported(sold):
    with crmcore.open("memory://") as crm:
        plan = plan_sales_history(crm, FOLDER, dates="iso", currency="USD", source="crm-sales")

    assert "'GTXPro' read as 'GTX Pro'" in str(plan)
    assert sold.opportunities.find(F.product.name == "GTX Pro").count() == 1480


def test_importing_twice_changes_nothing(sold):
    before = list(dump(sold.store))

    again = plan_sales_history(sold, FOLDER, dates="iso", currency="USD", source="crm-sales")
    again.apply(sold)

    assert list(dump(sold.store)) == before
