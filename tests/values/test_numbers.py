"""Numbers are exact, bounded before any arithmetic, canonical, and blind to the thread's context."""

import decimal
import re
import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InexactNumber, InvalidValue, WrongType
from crmcore.values import CONTEXT, as_decimal, as_exact, as_int, round_half_up
from crmcore.values.numbers import canonical

stored = st.integers(-(10**18) + 1, 10**18 - 1).map(lambda units: Decimal((0, (1,), -4)) * units)
scaled = st.builds(
    lambda sign, digits, places: Decimal((sign, digits, -places)),
    st.integers(0, 1),
    st.lists(st.integers(0, 9), min_size=1, max_size=18).map(tuple),
    st.integers(0, 4),
)
written = st.builds(
    lambda sign, digits, exponent: Decimal((sign, digits, exponent)),
    st.integers(0, 1),
    st.lists(st.sampled_from((0, 0, 1, 5, 9)), min_size=1, max_size=14).map(tuple),
    st.integers(-14, 9),
)


@pytest.mark.parametrize(
    ("given_value", "text"),
    [
        ("1.50", "1.5"),
        (Decimal("1.50"), "1.5"),
        (Decimal("1.500000"), "1.5"),
        (Decimal(100), "100"),
        (Decimal("1E+2"), "100"),
        (Decimal("100.00"), "100"),
        ("+7", "7"),
        ("007.0", "7"),
        ("-0.00", "0"),
        (Decimal("-0"), "0"),
        (Decimal("0E+999999"), "0"),
        (Decimal("0E-999999"), "0"),
        (-3, "-3"),
        ("99999999999999.9999", "99999999999999.9999"),
        (10**14 - 1, "99999999999999"),
    ],
)
def test_numbers_leave_in_one_canonical_form(given_value, text):
    number = as_decimal("x", given_value)

    assert str(number) == text
    assert type(number) is Decimal


@given(scaled)
def test_the_canonical_form_is_the_same_number_and_a_fixed_point(value):
    try:
        number = as_decimal("x", value)
    except InvalidValue:
        assert abs(value) >= 10**14
        return

    assert number == value
    assert as_decimal("x", number) is number
    assert str(as_decimal("x", f"{number:f}")) == str(number)


@given(written, st.integers(1, 12), st.integers(0, 8))
def test_a_number_is_kept_or_refused_by_its_value_however_it_is_written(value, whole, places):
    exact = Fraction(value)
    is_fine = (exact * 10**places).denominator == 1
    is_small = abs(exact) < 10**whole

    if is_fine and is_small:
        made = canonical("price", value, whole, places)

        assert Fraction(made) == exact
        assert re.fullmatch(r"0|-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", str(made))
        assert str(made) != "-0"
    else:
        with pytest.raises(InvalidValue) as refused:
            canonical("price", value, whole, places)

        assert ("after" in refused.value.reason) is not is_fine


@given(stored)
def test_a_canonical_number_fits_a_scaled_64_bit_integer(value):
    number = as_decimal("x", value)

    units = number.scaleb(4, CONTEXT)

    assert units == int(units)
    assert -(2**63) <= units < 2**63


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        Decimal("1.00001"),
        Decimal("1E+14"),
        10**14,
        -(10**14),
        2**63,
        pytest.param(10**400, id="huge"),
        "1.00001",
        "1.00000",
        "1e3",
        "1_000",
        " 1",
        "1 ",
        "1\n",
        "1.",
        ".5",
        "",
        "+",
        "--1",
        "1,5",
        "NaN",
        "Infinity",
        "²",
        "\u0661\u0662\u0663",
        "\uff11",
        "0x10",
        "1\x00",
        "\ud800",
        pytest.param("9" * 10**6, id="a-million-digits"),
    ],
)
def test_what_is_no_small_plain_number_is_refused_at_once(value):
    began = time.perf_counter()

    with pytest.raises(InvalidValue):
        as_decimal("x", value)

    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("value", [1.5, 0.0, float("nan"), float("inf")])
def test_floats_are_not_exact(value):
    with pytest.raises(InexactNumber):
        as_decimal("x", value)


@pytest.mark.parametrize("value", [None, True, False, b"1", [], Fraction(1, 2), 1j])
def test_other_types_are_refused(value):
    with pytest.raises(WrongType):
        as_decimal("x", value)


@pytest.mark.parametrize("places", [-1, 18])
def test_the_places_themselves_are_bounded(places):
    with pytest.raises(InvalidValue, match="places"):
        as_decimal("x", 1, places)


def test_whole_numbers_take_no_point():
    assert as_decimal("x", "12", 0) == 12
    with pytest.raises(InvalidValue):
        as_decimal("x", "12.0", 0)


def test_a_subclass_of_decimal_becomes_a_plain_decimal():
    class Own(Decimal):
        pass

    assert type(as_decimal("x", Own("1.5"))) is Decimal


@given(scaled, st.integers(1, 6))
def test_the_context_of_the_thread_does_not_matter(value, precision):
    expected = round_half_up(value, 2)

    with decimal.localcontext(prec=precision, rounding=decimal.ROUND_DOWN):
        rounded = round_half_up(value, 2)

    assert rounded == expected


@given(scaled, st.integers(0, 6))
def test_rounding_half_up_is_the_nearest_with_halves_away_from_zero(value, places):
    unit = Fraction(1, 10**places)

    rounded = round_half_up(value, places)

    nearest = int(abs(Fraction(value)) / unit + Fraction(1, 2)) * unit
    assert abs(Fraction(rounded)) == nearest
    assert rounded * value >= 0
    assert round_half_up(rounded, places) == rounded


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("10.005", 2, "10.01"), ("-0.4", 0, "0")],
)
def test_rounding_half_up_by_example(value, places, text):
    assert str(round_half_up(Decimal(value), places)) == text


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "1E+999999", "1E+50"])
def test_rounding_refuses_what_it_cannot_keep(value):
    with pytest.raises(InvalidValue):
        round_half_up(Decimal(value), 2)


@pytest.mark.parametrize("places", [-1, 41])
def test_rounding_refuses_unknown_places(places):
    with pytest.raises(InvalidValue, match="places"):
        round_half_up(Decimal(1), places)


def test_a_factor_may_be_longer_than_a_stored_number():
    third = Decimal(1) / Decimal(3)

    assert as_exact("factor", third) == third
    assert as_exact("factor", 10**29) == 10**29


@pytest.mark.parametrize("value", [10**30, "1" * 31, Decimal("1E-41"), Decimal("1E+30"), "1e3"])
def test_a_factor_is_bounded_too(value):
    with pytest.raises(InvalidValue):
        as_exact("factor", value)


@pytest.mark.parametrize("value", [-(2**63), 0, 2**63 - 1])
def test_whole_numbers_of_64_bits_are_taken(value):
    assert as_int("n", value) == value


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_larger_whole_numbers_are_refused(value):
    with pytest.raises(InvalidValue):
        as_int("n", value)


@pytest.mark.parametrize("value", [True, 1.0, "1", None, Decimal(1)])
def test_what_is_no_int_is_refused(value):
    with pytest.raises(WrongType):
        as_int("n", value)
