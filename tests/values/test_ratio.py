"""A ratio keeps both numbers; nothing by nothing is no answer."""

import math
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError
from crmcore.values import Ratio

wholes = st.integers(-(10**20), 10**20)
decimals = st.decimals(-(10**6), 10**6, places=4)
nonzero = st.integers(1, 10**20)


@given(wholes, nonzero)
def test_the_float_is_the_true_division_of_the_whole_numbers(above, below):
    assert float(Ratio(above, below)) == above / below


@given(decimals, decimals.filter(bool))
def test_the_float_is_the_nearest_one(above, below):
    assert float(Ratio(above, below)) == float(Fraction(above) / Fraction(below))


@given(wholes, nonzero)
def test_the_value_has_28_significant_digits(above, below):
    value = Ratio(above, below).value

    exact = Fraction(above, below)
    assert abs(Fraction(value) - exact) <= abs(exact) * Fraction(1, 2 * 10**27)


@given(wholes)
def test_by_nothing_there_is_no_answer(above):
    ratio = Ratio(above, 0)

    assert not ratio.is_answer
    assert ratio.value is None
    assert math.isnan(float(ratio))


def test_a_ratio_reads_well():
    assert float(Ratio(4238, 6711)) == 4238 / 6711
    assert repr(Ratio(4238, 6711)) == "<Ratio 4238/6711 = 0.6315005215318135>"
    assert repr(Ratio(0, 0)) == "<Ratio 0/0 = no answer>"
    assert Ratio(1, 2).is_answer


def test_a_ratio_is_equal_by_both_parts():
    assert Ratio(1, 2) == Ratio(Decimal("1.0"), 2)
    assert Ratio(1, 2) != Ratio(2, 4)
    assert len({Ratio(1, 2), Ratio(Decimal(1), Decimal("2.0"))}) == 1
    assert pickle.loads(pickle.dumps(Ratio(1, 2))) == Ratio(1, 2)  # noqa: S301


@pytest.mark.parametrize("part", [0.5, None, True, Decimal("NaN"), Decimal("1E+999999"), 10**40])
def test_parts_are_exact_numbers(part):
    with pytest.raises(CrmError, match="numerator"):
        Ratio(part, 1)
    with pytest.raises(CrmError, match="denominator"):
        Ratio(1, part)
