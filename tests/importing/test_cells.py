"""Cells become typed values, and every fault of a row is collected under its column."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.importing import DateForm, Row
from crmcore.importing.cells import Cells
from crmcore.values import Money


def cells(text: str) -> Cells:
    return Cells(Row("a.csv", 2, (text,), {"x": 0}))


def test_an_empty_cell_is_a_fault_only_where_a_text_is_needed() -> None:
    row = cells("  ")

    read = (row.day("x", DateForm.ISO), row.whole("x", 9), row.amount("x", "EUR"), row.needed("x"))

    assert read == (None, None, None, "")
    assert row.faults == ["x: is missing"]


def test_values_are_read_without_the_blanks_around_them() -> None:
    assert cells(" 2017-01-02 ").day("x", DateForm.ISO) == date(2017, 1, 2)
    assert cells(" 12 ").whole("x", 12) == 12
    assert cells(" 1.5 ").amount("x", "EUR") == Money("1.5", "EUR")


def test_an_amount_in_millions_is_exact() -> None:
    assert cells("1100.04").amount("x", "USD", 1_000_000) == Money("1100040000", "USD")
    assert cells("0.0000000001").amount("x", "USD", 1_000_000) == Money("0.0001", "USD")


@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "1,5",
        "1.234.567",
        "1e3",
        "NaN",
        "five",
        "1_000",
        "٣",
        "1" * 15,
        "1.00001",
        "9" * 99_999,
    ],
)
def test_what_is_no_amount_is_a_fault_that_names_its_column(text: str) -> None:
    row = cells(text)

    assert row.amount("x", "EUR") is None
    assert [fault.startswith("x: must ") for fault in row.faults] == [True]
    assert len(row.faults[0]) < 200


@pytest.mark.parametrize("text", ["-1", "10", "1.0", "one", "", "1e0"])
def test_a_whole_number_keeps_its_bounds(text: str) -> None:
    row = cells(text)

    assert row.whole("x", 9) is None
    assert len(row.faults) == (1 if text else 0)


@given(st.integers(0, 10**13), st.integers(0, 99))
def test_every_amount_is_read_to_the_cent(whole: int, cents: int) -> None:
    row = cells(f"{whole}.{cents:02}")

    assert row.amount("x", "EUR") == Money(f"{whole}.{cents:02}", "EUR")
    assert row.faults == []
