"""What a plan says about the public sales history, and what the import makes of it.

The KPI figures of the imported history are held in `test_golden_figures`.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from crmcore.contacts import Organization, Person, Role
from crmcore.importing import SHAPE, Subject, Verdict, plan_sales_history

from .folders import content, new_crm

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FOLDER = DATA / "crm_sales_opportunities"

KEYS = frozenset(columns[0] for columns in SHAPE.values())

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the public data is not there")


def planned(crm):
    return plan_sales_history(crm, FOLDER, dates="iso", currency="USD", source="crm-sales")


@pytest.fixture(scope="module")
def figures():
    return json.loads((DATA / "DEV_REFERENCE.json").read_text(encoding="utf-8"))["crm"]


@pytest.fixture(scope="module")
def crm():
    return new_crm()


@pytest.fixture(scope="module")
def plan(crm):
    return planned(crm)


@pytest.fixture(scope="module")
def report(crm, plan):
    return plan.apply(crm)


@pytest.fixture(scope="module")
def deals(crm, report):
    assert not report.changed_nothing
    return [*crm.opportunities.find()]


def test_no_row_is_lost(plan, report, figures) -> None:
    rows = Counter(each.file.removesuffix(".csv") for each in plan.rows if each.column in KEYS)

    assert rows == figures["rows"]
    assert plan.refused == ()
    assert {subject.value: number for subject, number in report.created.items()} == {
        "organization": 85,
        "product": 7,
        "person": 41,
        "team": 6,
        "opportunity": 8_800,
    }


def test_the_product_written_in_one_word_is_understood_and_reported(plan) -> None:
    aliases = {each.written: (each.meant, each.rule, each.times) for each in plan.aliases}

    assert aliases == {
        "GTXPro": ("GTX Pro", "without blanks", 1_480),
        "Philipines": ("Philippines", "similar 0.90", 1),
    }
    assert sum(each.matched_by == "without blanks" for each in plan.rows) == 1_480


def test_what_looks_misspelt_is_in_doubt(plan) -> None:
    doubts = Counter(each.note for each in plan.doubts)

    assert doubts == {
        "sector: 'technolgy' looks like 'technology' (similar 0.90); kept as it is": 12,
        "office_location: 'Philipines' read as 'Philippines' (similar 0.90)": 1,
    }
    assert all(each.verdict is Verdict.DOUBT and each.creates for each in plan.doubts)


def test_open_deals_without_an_account_are_noted(plan) -> None:
    notes = [each.note for each in plan.rows if each.subject is Subject.OPPORTUNITY]

    assert sum("account: is missing" in note for note in notes) == 1_425


def test_won_deals_and_their_revenue(deals, figures) -> None:
    won = [each for each in deals if each.status == "won"]

    assert len(won) == figures["stage_counts"]["Won"] == 4_238
    assert sum(each.amount.amount for each in won) == figures["won_revenue_total"] == 10_005_534


def test_accounts_arrive_whole(crm, report) -> None:
    found = [each for each in crm.contacts.find() if isinstance(each, Organization)]

    assert report.created[Subject.ORGANIZATION] == len(found) == 85
    assert all(each.holds(Role.CUSTOMER) for each in found)
    assert sum(each.parent is not None for each in found) == 15
    assert Counter(each.sector for each in found)["technolgy"] == 12
    countries = Counter(each.address.country for each in found if each.address is not None)
    assert (countries["US"], countries["KR"], countries["PH"], len(countries)) == (71, 1, 1, 15)


def test_everybody_who_sells_has_a_team_even_who_never_sold(crm, deals) -> None:
    staff = [each for each in crm.contacts.find() if isinstance(each, Person)]

    assert (len(staff), sum(each.team is not None for each in staff)) == (41, 35)
    assert all(each.holds(Role.EMPLOYEE) for each in staff)
    assert len({each.owner for each in deals}) == 30
    assert Counter(team.region for team in crm.teams.find()) == {"Central": 2, "East": 2, "West": 2}


def test_importing_it_again_changes_nothing(crm, report) -> None:
    before = content(crm)

    again = planned(crm)
    second = again.apply(crm)

    assert {each.verdict for each in again.rows} == {Verdict.MATCHED}
    assert second.changed_nothing
    assert sum(second.matched.values()) == sum(report.created.values()) == 8_939
    assert content(crm) == before
