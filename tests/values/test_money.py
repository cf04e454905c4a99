"""Money is exact, knows its currency, and never loses or makes a minor unit."""

import decimal
import pickle
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError, CurrencyMismatch, InexactNumber, InvalidValue, WrongType
from crmcore.values import CURRENCY_DIGITS, Money, Share, sum_money

currencies = st.sampled_from(["EUR", "JPY", "KWD", "CLF"])
amounts = st.integers(-(10**13), 10**13).map(lambda units: Decimal(units) / 10_000)
monies = st.builds(Money, amounts, currencies)
rounded = monies.map(Money.rounded)
euros = st.builds(Money, amounts, st.just("EUR"))
weights = st.lists(
    st.integers(0, 10**6) | st.decimals(0, 1000, places=3), min_size=1, max_size=20
).filter(any)


def eur(amount):
    return Money(amount, "EUR")


def minor_unit(money):
    return Money(Decimal(1).scaleb(-money.digits), money.currency)


@given(monies)
def test_repr_text_and_pickle_give_the_same_money_back(money):
    assert eval(repr(money), {"Money": Money}) == money  # noqa: S307
    assert Money.parse(str(money)) == money
    assert pickle.loads(pickle.dumps(money)) == money  # noqa: S301


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money("12.5", "EUR"), "12.50 EUR"),
        (Money(12, "JPY"), "12 JPY"),
        (Money("12.0001", "EUR"), "12.0001 EUR"),
        (Money("-0.00", "KWD"), "0.000 KWD"),
        (Money("0.5", "JPY"), "0.5 JPY"),
    ],
)
def test_the_text_has_the_digits_of_the_currency_at_least(money, text):
    assert str(money) == text


def test_repr_is_one_plain_line():
    assert repr(eur("12.5")) == "Money('12.50', 'EUR')"


@pytest.mark.parametrize("text", ["12500.00 EUR", "EUR 12500.00", "+12500 EUR"])
def test_both_orders_of_amount_and_currency_are_read(text):
    assert Money.parse(text) == eur(12_500)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "EUR",
        "EUR 12 EUR",
        "12,500.00 EUR",
        "12.5EUR",
        "12.5  EUR",
        "12 eur",
        "12 EUR\n",
        "1e3 EUR",
        "1.2.3 EUR",
        "12 XXX",
        "\u0661 EUR",
        pytest.param("1" * 10**6 + " EUR", id="long"),
        "EUR .5",
        None,
        12,
    ],
)
def test_other_texts_are_no_money(text):
    with pytest.raises((InvalidValue, WrongType)):
        Money.parse(text)


@given(monies)
def test_equal_money_has_equal_hash_whatever_its_zeros(money):
    padded = Money(f"{money.amount:.4f}", money.currency)

    assert padded == money
    assert hash(padded) == hash(money)


@given(euros, euros, euros)
def test_addition_is_exact_and_reversible(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert one + two - two == one
    assert one - one == Money.zero("EUR")
    assert -one + one == Money.zero("EUR")


@given(euros, euros)
def test_order_is_the_order_of_the_amounts(one, two):
    assert (one < two) == (one.amount < two.amount)
    assert (one <= two) == (one.amount <= two.amount)
    assert (one > two) == (two < one)
    assert (one >= two) == (two <= one)


@given(monies)
def test_an_absolute_amount_is_not_negative(money):
    assert abs(money).amount == abs(money.amount)
    assert abs(money) == abs(-money)


@given(monies, st.integers(0, 1000) | st.decimals(0, 1000, places=7))
def test_a_product_is_rounded_half_up_to_four_places_once(money, factor):
    exact = Fraction(money.amount) * Fraction(factor)

    product = money * factor

    nearest = Fraction(int(abs(exact) * 10_000 + Fraction(1, 2)), 10_000)
    assert abs(Fraction(product.amount)) == nearest
    assert factor * money == product


def test_a_share_of_money_is_money():
    assert eur(100) * Share.percent(19) == eur(19)
    assert Share("0.5") * eur(3) == eur("1.5")


@pytest.mark.parametrize(
    "factor", [1.5, True, None, b"2", Decimal("NaN"), Decimal("1E+999999"), 10**40]
)
def test_only_exact_factors_are_taken(factor):
    with pytest.raises(CrmError):
        eur(1) * factor


def test_a_float_factor_is_named_inexact():
    with pytest.raises(InexactNumber):
        eur(1) * 1.5


@pytest.mark.parametrize("name", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_currencies_do_not_mix(name):
    with pytest.raises(CurrencyMismatch) as caught:
        getattr(eur(1), name)(Money(1, "USD"))

    assert (caught.value.expected, caught.value.actual) == ("EUR", "USD")


@pytest.mark.parametrize("name", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_money_meets_only_money(name):
    with pytest.raises(WrongType):
        getattr(eur(1), name)(1)


def test_other_currencies_are_unequal():
    assert eur(1) != Money(1, "USD")
    assert eur(1) != 1


def test_money_is_true_when_it_is_not_zero():
    assert eur("0.0001")
    assert not Money.zero("EUR")
    assert Money.zero("EUR").is_zero


@given(monies)
def test_rounding_is_the_nearest_minor_unit_and_a_fixed_point(money):
    result = money.rounded()

    assert abs(result - money).amount * 2 <= minor_unit(money).amount
    assert result.rounded() == result
    assert (-money).rounded() == -result


def test_rounding_follows_the_currency():
    assert Money("1234.5", "JPY").rounded() == Money(1235, "JPY")
    assert eur("10.005").rounded() == eur("10.01")
    assert Money("1.0005", "KWD").rounded() == Money("1.001", "KWD")


@given(rounded, st.integers(1, 50))
def test_a_split_loses_no_minor_unit_and_is_fair(money, n):
    parts = money.split(n)

    assert len(parts) == n
    assert sum_money(parts, money.currency) == money
    assert max(parts) - min(parts) <= minor_unit(money)
    assert list(parts) == sorted(parts, key=abs, reverse=True)
    assert (-money).split(n) == tuple(-part for part in parts)


@given(rounded, weights)
def test_an_allocation_sums_exactly_and_stays_within_a_minor_unit_of_its_weight(money, weights):
    total = sum(map(Fraction, weights))

    parts = money.allocate(weights)

    assert sum_money(parts, money.currency) == money
    for part, weight in zip(parts, weights, strict=True):
        ideal = Fraction(money.amount) * Fraction(weight) / total
        assert abs(Fraction(part.amount) - ideal) < Fraction(minor_unit(money).amount)


@given(rounded, st.integers(1, 20))
def test_equal_weights_allocate_like_a_split(money, n):
    assert money.allocate([7] * n) == money.split(n)


def test_what_is_left_goes_to_the_largest_remainder():
    assert eur("0.05").allocate([3, 7]) == (eur("0.02"), eur("0.03"))
    assert eur("1.00").allocate([1, 1, 1]) == (eur("0.34"), eur("0.33"), eur("0.33"))
    assert eur("1.00").allocate([0, 2]) == (eur(0), eur(1))


@given(rounded, st.integers(0, 10**8), st.integers(1, 10**8))
def test_a_part_is_the_nearest_amount_in_minor_units_halves_away_from_zero(money, of, whole):
    part = money.part(Decimal(of) / 10_000, Decimal(whole) / 10_000)

    exact = Fraction(money.amount) * of / whole
    units = int(abs(exact) * 10**money.digits + Fraction(1, 2))
    assert abs(Fraction(part.amount)) == Fraction(units, 10**money.digits)
    assert not part or (part.amount > 0) is (exact > 0)


@given(monies, st.integers(1, 10**8).map(Decimal))
def test_the_whole_is_the_part_of_all_of_it_and_a_share_is_the_part_of_one(money, whole):
    assert money.part(whole, whole) == money.part(Decimal(1)) == money.rounded()
    assert money.part(Decimal("0.5")) == money.part(whole, 2 * whole)


@given(rounded, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_the_steps_between_parts_lose_no_minor_unit(money, steps):
    whole = Decimal(sum(steps))
    ends = [Decimal(sum(steps[:place])) for place in range(len(steps) + 1)]

    parts = [money.part(end, whole) for end in ends]

    grown = [after - before for before, after in pairwise(parts)]
    assert sum_money(grown, money.currency) == money


def test_a_part_is_rounded_once_where_a_product_would_be_rounded_twice():
    assert eur("1.23").part(Decimal("0.036585")) == eur("0.04")
    assert (eur("1.23") * Decimal("0.036585")).rounded() == eur("0.05")


def test_there_is_no_part_of_nothing():
    with pytest.raises(InvalidValue, match="whole"):
        eur(1).part(Decimal(1), Decimal(0))


@pytest.mark.parametrize("n", [0, -1, 10**9, 2**63])
def test_a_split_needs_a_sensible_number_of_parts(n):
    with pytest.raises(InvalidValue):
        eur(1).split(n)


@pytest.mark.parametrize("n", [True, 2.0, "2", None])
def test_a_split_needs_a_whole_number(n):
    with pytest.raises(WrongType):
        eur(1).split(n)


@pytest.mark.parametrize(
    "weights",
    [[], [0, 0], [1, -1], [1.5], [None], [Decimal("NaN")], pytest.param([1] * 100_001, id="many")],
)
def test_an_allocation_needs_weights(weights):
    with pytest.raises(CrmError):
        eur(1).allocate(weights)


def test_an_amount_finer_than_the_minor_unit_is_neither_split_nor_allocated():
    with pytest.raises(InvalidValue, match="finer"):
        eur("0.001").split(2)
    with pytest.raises(InvalidValue, match="finer"):
        eur("0.001").allocate([1])


@given(st.lists(euros, max_size=50))
def test_a_sum_is_exact(parts):
    assert sum_money(parts, "EUR").amount == sum(Fraction(part.amount) for part in parts)


def test_a_sum_refuses_other_currencies_and_other_things():
    with pytest.raises(CurrencyMismatch):
        sum_money([eur(1), Money(1, "USD")], "EUR")
    with pytest.raises(WrongType):
        sum_money([1], "EUR")


def test_a_sum_that_is_too_large_is_refused():
    with pytest.raises(InvalidValue):
        sum_money([eur("99999999999999")] * 2, "EUR")


def test_the_context_of_the_thread_does_not_matter():
    one = eur("12345678901.2345")

    with decimal.localcontext(prec=4):
        text, doubled, parts = str(one), one + one, one.rounded().split(2)

    assert text == "12345678901.2345 EUR"
    assert doubled == eur("24691357802.469")
    assert parts == (eur("6172839450.62"), eur("6172839450.61"))


@pytest.mark.parametrize(
    "currency", ["eur", "EURO", "XXX", "", "\ud800", pytest.param("E" * 10**6, id="long")]
)
def test_an_unknown_currency_is_refused(currency):
    with pytest.raises(InvalidValue, match="currency"):
        Money(1, currency)


@pytest.mark.parametrize("currency", [None, 978, ["EUR"], b"EUR"])
def test_a_currency_is_a_text(currency):
    with pytest.raises(WrongType, match="currency"):
        Money(1, currency)


def test_the_digits_of_the_currencies():
    assert CURRENCY_DIGITS["EUR"] == 2
    assert CURRENCY_DIGITS["JPY"] == 0
    assert CURRENCY_DIGITS["TND"] == 3
    assert CURRENCY_DIGITS["UYW"] == 4
    assert set(CURRENCY_DIGITS.values()) == {0, 2, 3, 4}
    assert all(len(code) == 3 and code.isupper() for code in CURRENCY_DIGITS)
