"""The figures against plain Python over what `find` gives: no query of the store is involved."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import mean, median
from typing import Any

import pytest

import crmcore
from crmcore import Crm, Opportunity
from crmcore.demo import company
from crmcore.demo.figures import collect, counts
from crmcore.demo.funnel import steps_of
from crmcore.demo.record import to_json
from crmcore.demo.showcase import CUSTOMER, showcase
from crmcore.demo.story import tell
from crmcore.values import CountedIds

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def crm() -> Crm:
    at = company.clock()
    opened = crmcore.open("memory://", clock=at, ids=CountedIds(1), settings=company.SETTINGS)
    company.live(opened, at, lambda done, total: None, leads=90, extras=(showcase,))
    return opened


@pytest.fixture(scope="module")
def kpis(crm: Crm) -> dict[str, Any]:
    figures = collect(crm)
    steps = steps_of(counts(figures), crm.settings.pipeline(None))
    return to_json(figures, steps, tell(crm, CUSTOMER))


@pytest.fixture(scope="module")
def closed(crm: Crm) -> list[Opportunity]:
    return [deal for deal in crm.opportunities.find() if not deal.is_open]


def groups(kpis: dict[str, Any], name: str, column: str) -> dict[str, Any]:
    return {each["group"]: each for each in kpis[name]["groups"][column]}


def by(items: Iterable[Any], key: Callable[[Any], str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def euros(deals: Iterable[Opportunity]) -> str:
    return f"{sum(deal.amount.amount for deal in deals if deal.amount):.2f}"


def won(deals: Iterable[Opportunity]) -> list[Opportunity]:
    return [deal for deal in deals if deal.status == "won"]


def hours_of(number: str | int) -> float:
    return float(Decimal(number))


def test_the_win_rate_by_owner_manager_product_and_sector(crm: Crm, kpis, closed) -> None:
    contacts = {contact.id: contact for contact in crm.contacts.find()}
    teams = {team.id: team for team in crm.teams.find()}
    products = {product.id: product.name for product in crm.catalog.find()}
    keys = {
        "owner": lambda deal: contacts[deal.owner].name,
        "owner.team.manager": lambda deal: contacts[teams[contacts[deal.owner].team].manager].name,
        "product": lambda deal: products[deal.product],
        "account.sector": lambda deal: (
            getattr(contacts[deal.account], "sector", None) or "(missing)"
        ),
    }

    assert (kpis["win_rate"]["numerator"], kpis["win_rate"]["denominator"]) == (
        len(won(closed)),
        len(closed),
    )
    for column, key in keys.items():
        expected = {name: (len(won(deals)), len(deals)) for name, deals in by(closed, key).items()}
        found = groups(kpis, "win_rate", column)
        assert {k: (v["numerator"], v["denominator"]) for k, v in found.items()} == expected


def test_won_revenue_by_month_and_quarter(kpis, closed) -> None:
    months = by(won(closed), lambda deal: f"{deal.closed_on:%Y-%m}")
    quarters = by(won(closed), lambda d: f"{d.closed_on.year}-Q{(d.closed_on.month + 2) // 3}")

    for column, expected in (("closed_on_month", months), ("closed_on_quarter", quarters)):
        found = groups(kpis, "won_revenue", column)
        assert {k: v["value"] for k, v in found.items()} == {
            k: euros(deals) for k, deals in expected.items()
        }
        assert list(found) == sorted(found)
    assert kpis["won_revenue"]["value"] == euros(won(closed))
    assert kpis["won_revenue"]["currency"] == "EUR"


def test_the_sales_cycle(kpis, closed) -> None:
    days = [(each.closed_on - each.engaged_on).days for each in closed if each.engaged_on]

    assert hours_of(kpis["sales_cycle"]["value"]) == pytest.approx(mean(days))
    assert hours_of(kpis["sales_cycle_median"]["value"]) == median(days)


def test_the_pipeline_by_stage(crm: Crm, kpis) -> None:
    stages = by((d for d in crm.opportunities.find() if d.is_open), lambda d: d.stage.capitalize())
    prices = {product.id: product.list_price.amount for product in crm.catalog.find()}

    for stage, deals in stages.items():
        assert groups(kpis, "pipeline_count", "stage")[stage]["value"] == len(deals)
        assert (groups(kpis, "pipeline_value", "stage")[stage]["value"] or "0.00") == euros(deals)
        listed = sum(prices[deal.product] for deal in deals)
        assert groups(kpis, "pipeline_list_value", "stage")[stage]["value"] == f"{listed:.2f}"
    assert set(groups(kpis, "pipeline_count", "stage")) == set(stages)


def test_the_conversion_rate_by_source(crm: Crm, kpis) -> None:
    expected = {
        source: (sum(lead.opportunity is not None for lead in leads), len(leads))
        for source, leads in by(crm.leads.find(), lambda lead: lead.source).items()
    }

    found = groups(kpis, "conversion_rate", "source")

    assert {k: (v["numerator"], v["denominator"]) for k, v in found.items()} == expected
    rates = [hours_of(each["value"]) for each in found.values()]
    assert rates == sorted(rates, reverse=True)


def test_the_times_of_tickets_by_priority(crm: Crm, kpis) -> None:
    def elapsed(tickets: list[Any], end: str) -> list[float]:
        ends: list[tuple[datetime, datetime | None]] = [
            (each.opened_at, getattr(each, end)) for each in tickets
        ]
        return [(last - first) / HOUR for first, last in ends if last is not None]

    for name, end in (
        ("first_response_time", "first_responded_at"),
        ("resolution_time", "resolved_at"),
    ):
        for priority, tickets in by(crm.tickets.find(), lambda t: t.priority.capitalize()).items():
            times = elapsed(tickets, end)
            row = groups(kpis, name, "priority")[priority]
            middle = groups(kpis, f"{name}_median", "priority")[priority]
            assert hours_of(row["value"]) == pytest.approx(mean(times))
            assert hours_of(middle["value"]) == pytest.approx(median(times))


def test_what_was_invoiced(crm: Crm, kpis) -> None:
    issued = [each for each in crm.sales.invoices.find() if each.number is not None]

    assert kpis["invoiced"]["value"] == f"{sum(each.totals.net.amount for each in issued):.2f}"


def test_the_funnel_counts_distinct_deals_also_those_lost_later(crm: Crm, kpis) -> None:
    leads, deals = list(crm.leads.find()), list(crm.opportunities.find())
    order = ["prospecting", "engaging", "proposal", "negotiation"]

    def reached(deal: Opportunity) -> int:
        furthest = max(order.index(entry.stage) for entry in deal.stage_log)
        return len(order) if deal.status == "won" else furthest

    expected = [
        ("Leads", len(leads)),
        ("Qualified", sum(lead.qualified_at is not None for lead in leads)),
        ("Converted", sum(lead.opportunity is not None for lead in leads)),
        *(
            (stage.capitalize(), sum(reached(deal) >= place for deal in deals))
            for place, stage in enumerate(order)
        ),
        ("Won", len(won(deals))),
    ]

    assert [(each["step"], each["count"]) for each in kpis["funnel"]["steps"]] == expected


def test_the_numbers_of_a_row_make_its_value(kpis) -> None:
    rows = [
        row
        for figure in kpis.values()
        for lines in figure.get("groups", {}).values()
        for row in [*lines, figure]
        if row["denominator"] and row["value"] is not None
    ]

    assert rows
    for row in rows:
        scale = Decimal(row.get("scale", 1))
        quotient = Decimal(row["numerator"]) / Decimal(row["denominator"]) / scale
        assert hours_of(row["value"]) == pytest.approx(float(quotient), abs=5e-5)


def test_no_number_is_a_float_and_every_figure_is_defined(kpis) -> None:
    def values(node: Any) -> Iterable[Any]:
        for each in node.values() if isinstance(node, dict) else node:
            if isinstance(each, dict | list):
                yield from values(each)
            else:
                yield each

    assert not [each for each in values(kpis) if isinstance(each, float)]
    assert all(figure["definition"] for name, figure in kpis.items() if name != "story")
