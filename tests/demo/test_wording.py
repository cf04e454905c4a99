from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore import Money
from crmcore.demo.sheets import Cell
from crmcore.demo.wording import NO_ANSWER, cell_text, day_text, exact, month_text, number_text
from crmcore.kpi import Unit


@given(st.decimals(-(10**12), 10**12, places=2))
def test_amounts_to_the_cent_lose_nothing(amount: Decimal):
    written = number_text(Money(amount, "EUR"), Unit.MONEY, cents=True)

    assert Decimal(written.replace(",", "")) == amount


@given(st.decimals(-(10**6), 10**6, places=6))
def test_an_exact_number_reads_back_as_itself(number: Decimal):
    assert Decimal(str(exact(number))) == number


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, Unit.COUNT, NO_ANSWER),
        (8800, Unit.COUNT, "8,800"),
        (Decimal("0.6315"), Unit.SHARE, "63.2%"),
        (1, Unit.SHARE, "100.0%"),
        (Decimal("47.985"), Unit.DAYS, "48.0"),
        (45, Unit.HOURS, "45.0"),
        (Money("10005534.5", "USD"), Unit.MONEY, "10,005,535"),
        (Money("1200", "JPY"), Unit.MONEY, "1,200"),
    ],
)
def test_numbers_read_as_people_expect(value, unit: Unit, shown: str):
    assert cell_text(Cell(value, unit)) == shown


def test_exact_numbers_are_ints_or_texts():
    assert exact(None) is None
    assert exact(7) == 7
    assert exact(Money("3.5", "EUR")) == "3.50"
    assert exact(Decimal("1E+3")) == 1000
    assert exact(Decimal("0.50")) == "0.50"


def test_days_and_months_are_spelt():
    assert day_text(date(2025, 5, 6)) == "6 May 2025"
    assert month_text("2025-03") == "Mar 2025"
    assert month_text("(missing)") == "(missing)"
