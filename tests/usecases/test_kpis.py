"""``crm.kpi`` over a store: names for ids, windows, currencies kept apart."""

from datetime import UTC, date, datetime

import pytest

from crmcore import F, Money
from crmcore.errors import InvalidValue, NothingFound


@pytest.fixture
def sold(crm):
    """Two owners in two teams; deals won and lost over two quarters, in two currencies."""
    owners = [
        crm.contacts.add_person(given_name=name, family_name="Berg") for name in ("Eva", "Udo")
    ]
    for n in range(12):
        deal = crm.opportunities.open(
            title=f"Deal {n}",
            owner=owners[n % 2].id,
            amount=Money(100 + n, "EUR"),
            at=datetime(2026, 1, 5, tzinfo=UTC),
        )
        day = date(2026, 2 + n % 4, 10)
        if n % 3:
            crm.opportunities.win(deal.id, on=day, at=datetime(2026, 6, 1, tzinfo=UTC))
        else:
            crm.opportunities.lose(
                deal.id, reason="price", on=day, at=datetime(2026, 6, 1, tzinfo=UTC)
            )
    return owners


def test_groups_of_a_reference_carry_the_names_of_who_is_meant(crm, sold):
    table = crm.kpi("win_rate", by=F.owner)

    assert {row.label for row in table} == {"Eva Berg", "Udo Berg"}
    assert {row.key[0] for row in table} == {owner.id for owner in sold}
    assert (table.total.numerator, table.total.denominator) == (8, 12)


def test_a_window_is_half_open(crm, sold):
    whole = crm.kpi("won_deals", during="2026").total.value
    quarters = [crm.kpi("won_deals", during=f"2026-Q{q}").total.value for q in (1, 2, 3, 4)]

    assert sum(quarters) == whole == 8


def test_grouping_by_calendar_units_gives_every_deal_once(crm, sold):
    table = crm.kpi("won_revenue", by=F.closed_on.by("quarter"))

    assert [row.label for row in table] == ["2026-Q1", "2026-Q2"]
    assert table[0].value + table[1].value == table.total.value


def test_groups_by_currency_need_no_rate(crm, sold):
    deal = crm.opportunities.open(title="Dollars", amount=Money("5", "USD"))
    crm.opportunities.win(deal.id)

    table = crm.kpi("won_revenue", by=F.amount.currency)

    assert {row.label: row.value for row in table}["USD"] == Money("5", "USD")
    assert table.total is None


def test_a_number_of_the_present_has_no_window(crm, sold):
    with pytest.raises(InvalidValue):
        crm.kpi("pipeline_value", during="2026")


def test_an_unknown_number_is_named_with_the_nearest_one(crm):
    with pytest.raises(NothingFound) as caught:
        crm.kpi("win_rte")

    assert caught.value.suggestion == "win_rate"
    assert "crm.kpi.names()" in str(caught.value)


def test_nothing_over_nothing_is_no_answer(crm):
    assert crm.kpi("win_rate").total.value is None
    assert crm.kpi("won_revenue").total.value is None
    assert crm.kpi("lead_count").total.value == 0
