from decimal import Decimal
from math import isnan

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.errors import CurrencyMismatch
from crmcore.kpi import KpiRow
from crmcore.values import Money

COUNTS = st.integers(0, 10**12)
AMOUNTS = st.decimals(-(10**9), 10**9, places=4).map(lambda number: Money(number, "EUR"))


@given(COUNTS, COUNTS, st.sampled_from([1, 3_600_000]))
def test_the_float_of_a_quotient_is_what_python_divides(above, below, scale):
    row = KpiRow((), (), above, below, scale)

    if below:
        assert row.as_float == float(row) == above / (below * scale)
        assert float(row.value) == float(row)
    else:
        assert row.as_float is None
        assert isnan(float(row))


@given(COUNTS, st.sampled_from([1, 3_600_000]))
def test_by_nothing_there_is_no_answer(above, scale):
    assert KpiRow((), (), above, 0, scale).value is None


@given(COUNTS)
def test_a_number_by_nothing_declared_is_itself(number):
    row = KpiRow((), (), number)

    assert row.value == number
    assert row.as_float == float(number)


@given(AMOUNTS)
def test_an_amount_alone_stays_money(amount):
    assert KpiRow((), (), amount).value == amount


@given(AMOUNTS, st.integers(1, 10**6))
def test_an_amount_by_a_number_is_money_close_to_the_exact_quotient(amount, number):
    value = KpiRow((), (), amount, number).value

    assert value.currency == "EUR"
    assert abs(value.amount * number - amount.amount) <= Decimal("0.00005") * number


@given(AMOUNTS, AMOUNTS)
def test_an_amount_by_an_amount_is_a_plain_number(above, below):
    assume(below)

    row = KpiRow((), (), above, below)

    assert isinstance(row.value, Decimal)
    assert row.as_float == float(row)


def test_amounts_in_two_currencies_do_not_divide():
    row = KpiRow((), (), Money(1, "EUR"), Money(1, "USD"))

    with pytest.raises(CurrencyMismatch):
        _ = row.value


def test_without_a_numerator_there_is_no_answer():
    row = KpiRow((), (), None, 3)

    assert row.value is None
    assert row.ratio is None
    assert isnan(float(row))


def test_a_quotient_has_many_digits_and_keeps_its_parts():
    row = KpiRow(("GTX",), ("GTX",), 4238, 6711)

    assert row.value == Decimal("0.6315005215318134406198778125")
    assert (row.numerator, row.denominator) == (4238, 6711)


def test_the_label_joins_all_labels():
    assert KpiRow(("a", None), ("a", "(missing)"), 1).label == "a · (missing)"
    assert KpiRow((), (), 1).label == "Total"
