from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.sales.papers import quote

from crmcore.sales import QUOTE


@given(st.integers(-40, 40))
def test_a_quote_is_expired_from_the_day_after_its_last(days):
    day = date(2026, 3, 31) + timedelta(days=days)

    assert quote().is_expired(day) is (days > 0)


def test_a_version_and_the_number_of_an_offer_are_there_once():
    assert QUOTE.unique == (("origin", "version"), ("number", "version"))
