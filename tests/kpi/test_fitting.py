from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import UnknownField, UnknownName, WrongType
from crmcore.grammar.field import F, count
from crmcore.kpi import (
    Measure,
    Unit,
    over_rows,
    pipeline_count,
    pipeline_list_value,
    win_rate,
    won_deals,
)
from crmcore.opportunities import OpportunityStatus

VISITS = Measure(
    name="visits",
    title="Visits",
    entity="visit",
    numerator=count(),
    dated=F.day,
    unit=Unit.COUNT,
    definition="How many visits there were.",
)
DAYS = st.dates(date(2017, 1, 1), date(2017, 12, 31))


def visits(rows, where=None, **asked):
    return over_rows(VISITS, rows, where=where, **asked).total.value


def test_a_field_that_no_row_has_is_named_with_the_nearest():
    with pytest.raises(UnknownField, match="did you mean 'owner'"):
        win_rate([{"status": "won", "owner": "Ada"}], by="ownr")


def test_of_objects_the_nearest_attribute_is_suggested():
    rows = [SimpleNamespace(status="won", owner="Ada")]

    with pytest.raises(UnknownField, match="did you mean 'owner'"):
        win_rate(rows, by="ownr")


def test_a_field_that_some_rows_have_is_enough():
    table = win_rate([{"status": "won"}, {"status": "won", "owner": "Ada"}], by="owner")

    assert [row.key for row in table] == [(None,), ("Ada",)]


def test_behind_a_missing_reference_nothing_is_missed():
    rows = [
        {"status": "open", "stage": "new", "product": None},
        {"status": "open", "stage": "new", "product": {"list_price": 3}},
    ]

    assert pipeline_list_value(rows).total.value == 3
    assert pipeline_list_value(rows[:1]).total.value is None


def test_a_reference_that_is_a_mere_id_does_not_lead_on():
    with pytest.raises(UnknownField, match=r"product\.list_price"):
        pipeline_list_value([{"status": "open", "stage": "new", "product": 17}])


@given(st.lists(DAYS, max_size=20), DAYS)
def test_a_day_compares_with_days_and_with_instants_alike(days, edge):
    instants = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days]
    expected = sum(day >= edge for day in days)

    assert visits([{"day": day} for day in days], F.day >= edge) == expected
    assert visits([{"day": at} for at in instants], F.day >= edge) == expected


@given(st.lists(DAYS, max_size=20), st.integers(1, 4))
def test_a_window_holds_the_days_of_its_quarter(days, quarter):
    expected = sum((day.month + 2) // 3 == quarter for day in days)

    assert visits([{"day": day} for day in days], during=f"2017-Q{quarter}") == expected


def test_an_instant_compares_with_instants_of_any_zone():
    rows = [{"day": datetime(2017, 4, 1, 10, tzinfo=UTC)}]

    assert visits(rows, F.day >= datetime.fromisoformat("2017-04-01T12:00:00+02:00")) == 1
    assert visits(rows, F.day >= datetime.fromisoformat("2017-04-01T12:00:01+02:00")) == 0


@given(st.lists(st.sampled_from(["open", "won", "lost"]), min_size=1, max_size=12))
def test_a_choice_may_be_asked_for_by_its_text_or_itself(statuses):
    rows = [{"status": status} for status in statuses]

    for status in OpportunityStatus:
        by_text = pipeline_count(rows, by=(), where=~(F.status == str(status.value)))
        assert by_text.total == pipeline_count(rows, by=(), where=~(F.status == status)).total


def test_a_choice_in_a_filter_is_checked():
    rows = [{"status": "won"}]

    assert won_deals(rows, where=F.status == "won").total.value == 1
    assert won_deals(rows, where=F.status.in_(("won", "lost"))).total.value == 1
    with pytest.raises(UnknownName, match="did you mean 'won'"):
        won_deals(rows, where=F.status == "Won")


@pytest.mark.parametrize(
    ("value", "constant"),
    [
        (date(2017, 4, 1), "2017-04-01"),
        (date(2017, 4, 1), datetime(2017, 4, 1, tzinfo=UTC)),
        ("2017-04-01", date(2017, 4, 1)),
        ("7", 7),
        (7, "7"),
    ],
)
def test_a_constant_of_another_type_is_refused(value, constant):
    with pytest.raises(WrongType, match="seen"):
        visits([{"day": None, "seen": value}], F.seen >= constant)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=10), st.data())
def test_floats_compare_as_python_compares_them(sizes, data):
    edge = data.draw(st.sampled_from(sizes) | st.floats(-1e6, 1e6))
    rows = [{"day": None, "size": size} for size in sizes]

    assert visits(rows, F.size == edge) == sum(size == edge for size in sizes)
    assert visits(rows, F.size <= edge) == sum(size <= edge for size in sizes)


def test_a_constant_may_be_a_float_like_the_column():
    rows = [{"day": None, "size": size} for size in (0.1, 0.2, 0.30000000000000004)]

    assert visits(rows, F.size == 0.1) == 1
    assert visits(rows, F.size >= Decimal("0.2")) == 2


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (F.shop.folded == "STRASSE", 2),
        (F.shop.folded.contains("ASSE"), 2),
        (F.shop.folded.in_(("Strasse", "x")), 2),
        (F.shop.contains("asse"), 1),
        (~(F.shop == "Strasse"), 2),
        ((F.shop == "Strasse") | F.shop.is_missing(), 2),
        (F.tags.any(F.name == "new"), 1),
        (F.shop == F.twin, 1),
        (F.open - F.day >= 1, 1),
        (F.day.by("month") == "2017-04", 1),
    ],
)
def test_every_node_of_the_language_works_on_plain_rows(where, found):
    rows = [
        {"day": date(2017, 4, 1), "open": date(2017, 4, 3), "shop": "Straße", "twin": "b"},
        {"day": None, "open": None, "shop": "Strasse", "twin": "Strasse", "tags": []},
        {"day": date(2017, 5, 1), "open": date(2017, 5, 1), "tags": [{"name": "new"}]},
    ]

    assert visits(rows, where) == found


def test_a_row_within_a_row_makes_no_group():
    rows = [{"status": "won", "product": {"name": "GTX"}}]

    with pytest.raises(WrongType, match="product"):
        win_rate(rows, by="product")
    assert win_rate(rows, by="product.name")["GTX"].numerator == 1
