"""A share is a part from 0 to 1, and percent only a way to write it."""

import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InexactNumber, InvalidValue
from crmcore.values import Share

shares = st.integers(0, 10**6).map(lambda millionths: Share(Decimal(millionths).scaleb(-6)))


@given(shares)
def test_repr_percent_and_pickle_give_the_same_share_back(share):
    assert eval(repr(share), {"Share": Share}) == share  # noqa: S307
    assert Share.percent(share.as_percent) == share
    assert pickle.loads(pickle.dumps(share)) == share  # noqa: S301


@given(shares)
def test_a_share_and_its_rest_are_the_whole(share):
    assert share.value + share.rest.value == 1
    assert share.rest.rest == share


@given(shares, shares)
def test_order_is_the_order_of_the_values(one, two):
    assert (one < two) == (one.value < two.value)
    assert (one <= two) == (one.value <= two.value)


def test_percent_is_hundredths():
    assert Share.percent(19) == Share.percent("19.0") == Share("0.19")
    assert Share("0.19").as_percent == 19
    assert str(Share("0.125")) == "12.5 %"
    assert repr(Share("0.190")) == "Share('0.19')"


@pytest.mark.parametrize("value", ["-0.1", "1.000001", 2, -1, "0.1234567"])
def test_what_is_no_part_is_refused(value):
    with pytest.raises(InvalidValue, match="share"):
        Share(value)


def test_percents_are_bounded_alike():
    with pytest.raises(InvalidValue):
        Share.percent("100.01")
    with pytest.raises(InvalidValue):
        Share.percent("0.00001")


def test_floats_are_not_exact():
    with pytest.raises(InexactNumber):
        Share(0.19)
    with pytest.raises(InexactNumber):
        Share.percent(19.0)
