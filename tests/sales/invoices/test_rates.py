"""Rates of currencies: which one holds on a day, and what is reckoned with it."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.documents import TODAY, billed, issued, line_of, order_of

from crmcore.errors import CurrencyMismatch, InvalidValue, ManyFaults, NothingFound, WrongType
from crmcore.sales import ExchangeRate, RateTable, rate_of
from crmcore.values import Money


def rate(value="0.9", on=TODAY, of="USD", into="EUR"):
    return ExchangeRate(of=of, into=into, rate=value, on=on, source="ECB")


def test_the_latest_rate_that_is_not_later_holds():
    table = RateTable([rate("0.91", TODAY), rate("0.90", TODAY - timedelta(days=1))])

    assert table("USD", "EUR", TODAY).rate == Decimal("0.91")
    assert table("USD", "EUR", TODAY - timedelta(days=1)).rate == Decimal("0.90")
    assert table("USD", "EUR", TODAY - timedelta(days=2)) is None
    assert table("GBP", "EUR", TODAY) is None


@given(st.integers(0, 20), st.integers(0, 20))
def test_a_rate_holds_for_so_many_days(age, most):
    table = RateTable([rate(on=TODAY - timedelta(days=age))], max_age_days=most)

    assert (table("USD", "EUR", TODAY) is not None) is (age <= most)


def test_a_table_tells_all_that_is_wrong_with_it():
    with pytest.raises(ManyFaults) as caught:
        RateTable([rate(), rate("0.8"), "0.9"], max_age_days=-1)

    kinds = [type(each) for each in caught.value.faults]
    assert kinds == [InvalidValue, InvalidValue, WrongType]


def test_the_first_days_of_the_calendar_have_rates_too():
    assert RateTable([], max_age_days=99_999_999)("USD", "EUR", date.min) is None


def test_no_rate_is_an_answer_of_its_own():
    for source in (None, RateTable([]), lambda of, into, on: None):
        with pytest.raises(NothingFound, match="exchange rate of USD in EUR for 2026-03-02"):
            rate_of(source, "USD", "EUR", TODAY)


@pytest.mark.parametrize(
    "wrong", [rate(of="GBP"), rate(into="GBP"), rate(on=TODAY + timedelta(days=1))]
)
def test_a_source_answers_what_it_was_asked(wrong):
    with pytest.raises(InvalidValue, match="rates"):
        rate_of(lambda of, into, on: wrong, "USD", "EUR", TODAY)
    with pytest.raises(WrongType):
        rate_of(lambda of, into, on: Decimal(1), "USD", "EUR", TODAY)


@pytest.mark.parametrize("wrong", [{"value": "0"}, {"value": "-1"}, {"of": "usd"}, {"into": "XXZ"}])
def test_a_rate_that_is_none(wrong):
    with pytest.raises(InvalidValue):
        rate(**wrong)


@given(st.integers(0, 10**9), st.integers(1, 10**10), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_is_rounded_once(cents, units, into):
    amount, factor = Money(Decimal(cents).scaleb(-2), "USD"), Decimal(units).scaleb(-8)

    found = rate(factor, into=into).convert(amount)

    exact = Fraction(amount.amount) * Fraction(factor) * 10**found.digits
    assert Fraction(found.amount) * 10**found.digits == (exact + Fraction(1, 2)).__floor__()
    with pytest.raises(CurrencyMismatch):
        rate().convert(Money(1, "EUR"))


def test_an_invoice_in_another_currency_keeps_its_rate_and_its_vat_in_ours():
    draft = billed(order_of(line_of(3, "33.33", "USD")))[1]

    invoice = issued(draft, accounting="EUR", rate=rate("0.92137"))

    assert invoice.rate == rate("0.92137")
    assert (invoice.totals.vat, invoice.accounting_vat) == (
        Money("19.00", "USD"),
        Money("17.51", "EUR"),
    )


@pytest.mark.parametrize(
    ("given_rate", "field"),
    [(None, "rate"), (rate(of="GBP"), "rate.of"), (rate(into="GBP"), "rate.into")],
)
def test_without_the_right_rate_nothing_is_issued(given_rate, field):
    draft = billed(order_of(line_of(3, "33.33", "USD")))[1]

    with pytest.raises((InvalidValue, CurrencyMismatch)) as caught:
        issued(draft, accounting="EUR", rate=given_rate)

    assert caught.value.field == field


def test_our_own_currency_needs_no_rate():
    draft = billed(order_of(line_of(3, "33.33")))[1]

    assert issued(draft, accounting="EUR").accounting_vat is None
    with pytest.raises(InvalidValue, match="another currency only"):
        issued(draft, accounting="EUR", rate=rate())
