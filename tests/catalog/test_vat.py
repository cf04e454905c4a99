import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import STANDARD_RATE, VatCategory, check_vat, default_rate
from crmcore.errors import InvalidValue
from crmcore.values import Share


@given(st.sampled_from(VatCategory))
def test_the_default_rate_of_a_category_fits_it(category):
    rate = default_rate(category)

    check_vat(category, rate)

    assert (rate == STANDARD_RATE) is (category is VatCategory.S)


@given(
    st.sampled_from([each for each in VatCategory if each is not VatCategory.S]),
    st.integers(min_value=1, max_value=1_000_000),
)
def test_only_the_standard_category_has_a_rate(category, millionths):
    rate = Share(f"{millionths / 1_000_000:.6f}")

    with pytest.raises(InvalidValue, match="needs a rate of zero"):
        check_vat(category, rate)


def test_the_standard_category_needs_a_rate_above_zero():
    with pytest.raises(InvalidValue) as caught:
        check_vat(VatCategory.S, Share(0), "lines[0].vat_rate")

    assert caught.value.field == "lines[0].vat_rate"


def test_the_values_are_the_codes_that_invoices_carry():
    assert [each.value for each in VatCategory] == ["S", "Z", "E", "AE", "K", "G", "O"]
