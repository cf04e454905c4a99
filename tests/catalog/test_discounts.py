"""Discounts and surcharges: they never lose a cent, and never take more than there is."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import (
    Combination,
    Discount,
    Surcharge,
    discounted,
    spread,
    spread_over,
    surcharged,
)
from crmcore.errors import CurrencyMismatch, InvalidValue, ManyFaults
from crmcore.values import Money, Share, sum_money


def euros(amount):
    return Money(amount, "EUR")


def cents(number):
    return Money(Decimal(number).scaleb(-2), "EUR")


def off(share=None, amount=None, label="x"):
    return Discount(
        label=label,
        share=None if share is None else Share(share),
        amount=None if amount is None else euros(amount),
    )


AMOUNTS = st.integers(0, 10**7).map(cents)
SHARES = st.integers(0, 10**6).map(lambda n: Share(Decimal(n).scaleb(-6)))
DISCOUNTS = st.one_of(
    SHARES.map(lambda share: Discount(label="s", share=share)),
    AMOUNTS.map(lambda amount: Discount(label="a", amount=amount)),
)
SURCHARGES = st.one_of(
    SHARES.map(lambda share: Surcharge(label="s", share=share)),
    AMOUNTS.map(lambda amount: Surcharge(label="a", amount=amount)),
)
HOW = st.sampled_from(Combination)


def total_of(amounts):
    return sum_money(amounts, "EUR")


def test_stacked_discounts_are_taken_one_after_the_other():
    result = discounted(euros(200), [off("0.10"), off(amount=30), off("0.5")])

    assert result.net == euros(75)  # (200 * 0.9 - 30) * 0.5
    assert [row.amount for row in result.rows] == [euros(20), euros(30), euros(75)]
    assert result.total == euros(125)


def test_only_the_best_of_several_counts():
    result = discounted(euros(100), [off("0.10"), off(amount=25), off("0.25")], Combination.BEST_OF)

    assert result.net == euros(75)
    assert [row.counted for row in result.rows] == [False, True, False]
    assert "not the best" in result.explain()


def test_shares_are_exact_until_they_are_rounded_once():
    result = discounted(euros("0.05"), [off("0.1")] * 3)

    assert result.net == euros("0.04")  # 0.05 * 0.729 = 0.03645; cent by cent it would be 0.05


def test_a_base_finer_than_a_cent_is_rounded_with_the_rest():
    result = discounted(Money("10.0049", "EUR"), [off("0.5")])

    assert (result.gross, result.net, result.total) == (euros(10), euros(5), euros(5))


def test_an_amount_takes_no_more_than_there_is():
    result = discounted(euros(10), [off(amount=50), off("0.5")])

    assert result.net == euros(0)
    assert [row.amount for row in result.rows] == [euros(10), euros(0)]


@given(AMOUNTS, st.lists(DISCOUNTS, max_size=6), HOW)
def test_what_is_left_is_never_below_zero_and_the_rows_add_up(base, discounts, how):
    result = discounted(base, discounts, how)

    assert euros(0) <= result.net <= result.gross
    assert total_of(row.amount for row in result.rows) == result.gross - result.net
    assert all(row.amount >= euros(0) for row in result.rows)


@given(
    st.integers(0, 10**9).map(lambda n: Money(Decimal(n).scaleb(-4), "EUR")),
    st.lists(DISCOUNTS, max_size=6),
)
def test_stacked_discounts_agree_with_exact_arithmetic(base, discounts):
    left = Fraction(base.amount)
    for each in discounts:
        asked = (
            Fraction(each.amount.amount)
            if each.amount
            else left * Fraction(each.share.value if each.share else 0)
        )
        left -= min(left, asked)

    result = discounted(base, discounts)

    assert abs(Fraction(result.net.amount) - left) <= Fraction(1, 200)
    assert total_of(row.amount for row in result.rows) == result.total


@given(AMOUNTS, st.lists(DISCOUNTS, min_size=1, max_size=6))
def test_the_best_one_takes_as_much_as_the_best_one_alone(base, discounts):
    alone = min(discounted(base, [each]).net for each in discounts)

    assert discounted(base, discounts, Combination.BEST_OF).net == alone


@given(AMOUNTS, st.lists(SURCHARGES, max_size=6))
def test_surcharges_add_up(base, surcharges):
    result = surcharged(base, surcharges)

    assert result.net - base == total_of(row.amount for row in result.rows) == result.total


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=40))
def test_what_is_spread_adds_up_to_the_cent(amount, weights):
    parts = spread(amount, weights)

    assert total_of(parts) == amount
    assert len(parts) == len(weights)
    if any(weights):
        assert all(not part for part, weight in zip(parts, weights, strict=True) if not weight)


@given(
    st.lists(AMOUNTS, min_size=1, max_size=12),
    st.lists(DISCOUNTS, max_size=4),
    st.lists(SURCHARGES, max_size=3),
    HOW,
)
def test_what_is_spread_over_lines_adds_up_and_no_line_goes_below_zero(
    nets, discounts, surcharges, how
):
    result = spread_over(nets, discounts, surcharges, how=how)
    gross = discounted(total_of(nets), discounts, how)

    assert total_of(result.allowances) == gross.total
    assert total_of(result.charges) == surcharged(gross.net, surcharges).total
    assert all(a <= net for a, net in zip(result.allowances, nets, strict=True))
    assert all(total_of(row.parts) == row.row.amount for row in result.rows)
    assert total_of(result.after) == total_of(nets) - gross.total + total_of(result.charges)


def test_a_header_discount_of_ten_on_three_equal_lines():
    result = spread_over(
        [euros(100)] * 3, [off(amount=10)], [Surcharge(label="Freight", share=Share("0.01"))]
    )

    assert result.allowances == (euros("3.34"), euros("3.33"), euros("3.33"))
    assert result.charges == (euros("0.96"), euros("0.97"), euros("0.97"))
    assert "-10.00 EUR  x (10.00 EUR): 3.34 EUR, 3.33 EUR, 3.33 EUR" in result.explain()


def test_freight_on_free_lines_is_spread_evenly():
    assert spread(euros(1), [euros(0)] * 3) == (euros("0.34"), euros("0.33"), euros("0.33"))


def test_currencies_with_other_minor_units_are_kept():
    yen = discounted(Money(1001, "JPY"), [off("0.5")])
    dinar = discounted(Money("1.001", "KWD"), [off("0.5")])

    assert (yen.net, dinar.net) == (Money(501, "JPY"), Money("0.501", "KWD"))


@pytest.mark.parametrize("cls", [Discount, Surcharge])
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "share"),
        ({"share": Share("0.1"), "amount": euros(1)}, "share"),
        ({"amount": euros(-1)}, "amount"),
        ({"amount": Money("0.001", "EUR")}, "amount"),
    ],
)
def test_a_discount_is_a_share_or_an_amount_in_whole_cents(cls, fields, field):
    with pytest.raises(InvalidValue) as caught:
        cls(label="x", **fields)

    assert caught.value.field == field


def test_all_faults_of_amounts_are_told_at_once():
    dollars = Discount(label="x", amount=Money(1, "USD"))

    with pytest.raises(ManyFaults) as caught:
        discounted(euros(-1), [off("0.1"), dollars])
    fields = [each.field for each in caught.value.faults]
    with pytest.raises(ManyFaults) as lines:
        spread_over([euros(1), euros(-1), Money("0.001", "EUR"), Money(1, "USD")])

    assert fields == ["base", "discounts[1].amount"]
    assert [each.field for each in lines.value.faults] == ["nets[1]", "nets[2]", "nets[3]"]


def test_what_cannot_be_spread_is_refused():
    with pytest.raises(InvalidValue, match="nets"):
        spread_over([])
    with pytest.raises(CurrencyMismatch, match="weights"):
        spread(euros(1), [Money(1, "USD")])
    with pytest.raises(InvalidValue, match="weights"):
        spread(euros(1), [])
    with pytest.raises(InvalidValue, match="at most 100"):
        discounted(euros(1), [off("0.1")] * 101)
