"""Whatever is thrown at a value from outside, only our own errors come back, and quickly."""

import time
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError
from crmcore.values import (
    CountedIds,
    Money,
    NumberPattern,
    Period,
    PostalAddress,
    Ratio,
    Share,
    as_decimal,
    as_exact,
    as_int,
    as_uuid,
    email_address,
    instant,
    phone_number,
    vat_id,
)

JUNK = [None, True, b"1", [], {}, object(), 1j, 1.5, float("nan"), float("inf"), "", " ", "²"]
JUNK += ["\u0661\u0662\u0663", "\ud800", "1\x00", "1e5", "a" * 10**6, "9" * 10**6, Decimal("NaN")]
JUNK += [Decimal("sNaN"), Decimal("Infinity"), Decimal("1E+999999"), Decimal("1E-999999")]
JUNK += [Decimal("9" * 10**6), 2**63, -(2**63) - 1, 10**5000]
MAKERS = {
    "amount": lambda value: Money(value, "EUR"),
    "currency": lambda value: Money(1, value),
    "money": Money.parse,
    "split": lambda value: Money(1, "EUR").split(value),
    "weight": lambda value: Money(1, "EUR").allocate([value]),
    "factor": lambda value: Money(10**13, "EUR") * value,
    "share": Share,
    "percent": Share.percent,
    "ratio": lambda value: Ratio(value, value),
    "period": Period.parse,
    "year": Period.year,
    "bounds": lambda value: Period(value, value),
    "address": lambda value: PostalAddress(street=value, country=value),
    "pattern": NumberPattern,
    "seed": CountedIds,
    "decimal": lambda value: as_decimal("x", value),
    "exact": lambda value: as_exact("x", value),
    "int": lambda value: as_int("x", value),
    "uuid": lambda value: as_uuid("x", value),
    "email": email_address,
    "phone": phone_number,
    "vat": vat_id,
    "instant": instant,
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_junk_gives_our_errors_only_and_quickly(make):
    began = time.perf_counter()

    for value in JUNK:
        with suppress(CrmError):
            make(value)

    assert time.perf_counter() - began < 5


@given(
    st.sampled_from(sorted(MAKERS)),
    st.text(st.characters(exclude_categories=[]), max_size=40)
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.integers()
    | st.floats()
    | st.binary()
    | st.dates()
    | st.datetimes(),
)
def test_anything_gives_our_errors_only(name, value):
    refused = None

    try:
        MAKERS[name](value)
    except CrmError as error:
        refused = error

    assert refused is None or str(refused)
