from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.grammar.field import F
from crmcore.grammar.query import EVERYTHING, Condition, Either
from crmcore.kpi import CATALOGUE, Unit
from crmcore.kpi.wording import (
    column_of,
    condition_text,
    label_of,
    number_text,
    operand_text,
    plain_text,
)
from crmcore.values import Money


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (F.status == "won", "status = won"),
        (F.day >= date(2017, 4, 1), "day ≥ 2017-04-01"),
        (F.closed_on > F.engaged_on, "closed_on > engaged_on"),
        (F.status.in_(("won", "lost")), "status is one of won, lost"),
        (F.owner.is_missing(), "owner is missing"),
        (~F.owner.is_missing(), "owner is there"),
        (~(F.a == 1), "not a = 1"),
        (~((F.a == 1) & (F.b != 2)), "not (a = 1 and b ≠ 2)"),
        ((F.a < 1) & ((F.b <= 2) | (F.c == 3)), "a < 1 and (b ≤ 2 or c = 3)"),
        (F.title.folded.contains("pump"), "title (in any case) contains 'pump'"),
        (F.title.startswith("P"), "title starts with 'P'"),
        (F.title.endswith("s"), "title ends with 's'"),
        (F.roles.any(F.kind == "customer"), "any of roles has kind = customer"),
        (F.day.by("quarter") == "2017-Q2", "quarter of day = 2017-Q2"),
        (F.b - F.a > 3, "time from a to b > 3"),
        (EVERYTHING, "everything"),
        (Either(()), "nothing"),
    ],
)
def test_a_condition_reads_like_a_sentence(condition, text):
    assert condition_text(condition) == text


def test_a_condition_of_no_known_kind_still_reads():
    assert "Condition" in condition_text(Condition())


@pytest.mark.parametrize(
    ("expression", "column", "text"),
    [
        (F.owner, "owner", "owner"),
        (F.account.sector, "account.sector", "account.sector"),
        (F.title.folded, "title", "title (in any case)"),
        (F.day.by("year"), "day_year", "year of day"),
        (F.b - F.a, "a_to_b", "time from a to b"),
    ],
)
def test_a_grouping_has_a_column_name_and_a_text(expression, column, text):
    assert column_of(expression()) == column
    assert operand_text(expression()) == text


@pytest.mark.parametrize("measure", CATALOGUE.values(), ids=list(CATALOGUE))
def test_the_population_of_a_measure_reads_without_names_of_python(measure):
    text = condition_text(measure.population)

    assert "(op=" not in text
    assert "Path" not in text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("0.6315005215318135"), Unit.SHARE, "63.2%"),
        (Decimal("0.0005"), Unit.SHARE, "0.1%"),
        (Decimal("47.98539710922366"), Unit.DAYS, "48.0 days"),
        (45, Unit.DAYS, "45.0 days"),
        (Decimal("1242.96"), Unit.HOURS, "1,243.0 hours"),
        (10005534, Unit.MONEY, "10,005,534"),
        (Decimal("1234.5"), Unit.MONEY, "1,234.50"),
        (Money("1234567.891", "EUR"), Unit.MONEY, "1,234,567.89 EUR"),
        (Money("1234", "JPY"), Unit.MONEY, "1,234 JPY"),
        (4238, Unit.COUNT, "4,238"),
        (None, Unit.SHARE, "–"),  # noqa: RUF001
    ],
)
def test_a_number_reads_as_its_unit_asks(value, unit, text):
    assert number_text(value, unit) == text


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_loses_nothing_on_paper(number):
    assert int(plain_text(number).replace(",", "")) == number


@given(st.decimals(-(10**9), 10**9, places=6))
def test_a_share_on_paper_is_off_by_half_a_digit_at_most(share):
    shown = Decimal(number_text(share, Unit.SHARE).removesuffix("%").replace(",", ""))

    assert abs(shown - share * 100) <= Decimal("0.05")


def test_a_missing_value_has_a_name():
    assert label_of(None) == "(missing)"
    assert label_of(2017) == "2017"
