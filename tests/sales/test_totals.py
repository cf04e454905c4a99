from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.errors import CurrencyMismatch, InvalidValue
from crmcore.sales import QuoteLine, line_net, totals_of, vat_breakdown
from crmcore.sales.totals import check_totals
from crmcore.values import CountedIds, Money, Share

MANY = settings(max_examples=max(300, settings.default.max_examples))
IDS = CountedIds()
DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}


def line(net, rate="0.19", category=VatCategory.S):
    money = net if isinstance(net, Money) else Money(net, "EUR")
    return QuoteLine(
        id=IDS.new(),
        description="a thing",
        quantity=1,
        unit_price=money,
        vat_category=category,
        vat_rate=Share(rate),
        net=money,
    )


def half_up(exact, digits):
    """The nearest multiple of 10**-digits, by integers only; halves go up (nothing is negative)."""
    scaled = exact * 10**digits
    return Fraction(
        (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**digits
    )


def amounts(places=4):
    return st.integers(0, 10**9).map(lambda units: Decimal(units).scaleb(-places))


@st.composite
def lines(draw, currency="EUR"):
    category, rate = draw(
        st.sampled_from(
            [
                (VatCategory.S, "0.19"),
                (VatCategory.S, "0.07"),
                (VatCategory.S, "0.055"),
                (VatCategory.E, "0"),
                (VatCategory.AE, "0"),
            ]
        )
    )
    return line(Money(draw(amounts(DIGITS[currency])), currency), rate, category)


@MANY
@given(amounts(), amounts(), st.integers(0, 10**6), st.sampled_from(sorted(DIGITS)))
def test_a_line_is_rounded_once_and_half_up(quantity, price, discount, currency):
    share = Share(Decimal(discount).scaleb(-6))

    net = line_net(quantity, Money(price, currency), share)

    exact = Fraction(quantity) * Fraction(price) * (1 - Fraction(share.value))
    assert Fraction(net.amount) == half_up(exact, DIGITS[currency])


def test_a_price_is_not_rounded_before_the_line_is():
    assert line_net(Decimal(10), Money("70.125", "EUR"), Share(0)) == Money("701.25", "EUR")


def test_a_discount_is_not_rounded_before_the_line_is():
    # Rounded first to 0.03 a piece it would be 30.00.
    assert line_net(Decimal(1000), Money("0.05", "EUR"), Share("0.5")) == Money("25.00", "EUR")


def test_a_line_too_large_for_any_store_is_refused():
    with pytest.raises(InvalidValue):
        line_net(Decimal("9" * 14), Money("9" * 14, "EUR"), Share(0))


@MANY
@given(st.sampled_from(sorted(DIGITS)).flatmap(lambda code: st.lists(lines(code), max_size=6)))
def test_the_totals_are_those_of_the_lines(all_lines):
    currency = all_lines[0].net.currency if all_lines else "EUR"

    totals = totals_of(all_lines, currency)

    assert totals.net.amount == sum(each.net.amount for each in all_lines)
    assert totals.vat.amount == sum(each.tax.amount for each in vat_breakdown(all_lines))
    assert totals.gross == totals.net + totals.vat
    assert totals.payable == totals.gross


@MANY
@given(st.lists(lines(), max_size=8))
def test_vat_is_rounded_once_per_category_and_rate(all_lines):
    breakdown = vat_breakdown(all_lines)

    keys = [(each.category, each.rate) for each in breakdown]
    assert keys == sorted({(each.vat_category, each.vat_rate) for each in all_lines})
    for group in breakdown:
        nets = [
            Fraction(each.net.amount)
            for each in all_lines
            if (each.vat_category, each.vat_rate) == (group.category, group.rate)
        ]
        assert Fraction(group.base.amount) == sum(nets)
        assert Fraction(group.tax.amount) == half_up(sum(nets) * Fraction(group.rate.value), 2)


@given(st.permutations([("1.00", "0.07"), ("2.10", "0.19"), ("3.33", "0.19"), ("0.05", "0.07")]))
def test_the_order_of_lines_does_not_matter_to_vat(pairs):
    in_order = [line("1.00", "0.07"), line("2.10"), line("3.33"), line("0.05", "0.07")]

    assert vat_breakdown(line(*pair) for pair in pairs) == vat_breakdown(in_order)


def test_vat_of_single_lines_is_not_summed_up():
    # 0.0285 of tax each: rounded by line it would be 3 x 0.03.
    totals = totals_of([line("0.15")] * 3, "EUR")

    assert totals.vat == Money("0.09", "EUR")
    assert totals_of([line("0.13")] * 3, "EUR").vat == Money("0.07", "EUR")


def test_the_rounding_amount_is_added_to_the_gross():
    totals = totals_of([line("10.00")], "EUR", Money("-0.02", "EUR"))

    assert totals.gross == Money("11.90", "EUR")
    assert totals.payable == Money("11.88", "EUR")


def test_one_document_has_one_currency():
    with pytest.raises(CurrencyMismatch):
        totals_of([line("1.00"), line(Money(1, "USD"))], "EUR")


def test_totals_belong_to_their_lines():
    totals = totals_of([line("1.00")], "EUR")

    with pytest.raises(InvalidValue, match="the sum of the line nets"):
        check_totals([line("1.01")], totals, "EUR")
    with pytest.raises(CurrencyMismatch):
        check_totals([line("1.00")], totals, "USD")
