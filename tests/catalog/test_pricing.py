from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import Price, PriceSource, Product, price_of
from crmcore.errors import NothingFound
from crmcore.values import CountedIds, Money

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY_ZERO = date(2026, 1, 1)


def pump(*windows, list_price=None):
    """A product with dated prices of (first day, days it holds, currency), one euro per first day."""
    prices = tuple(
        Price(
            amount=Money(start, currency),
            valid_from=DAY_ZERO + timedelta(days=start),
            valid_until=DAY_ZERO + timedelta(days=start + length),
        )
        for start, length, currency in windows
    )
    return Product(
        id=CountedIds().new(),
        created_at=NOW,
        updated_at=NOW,
        sku="P-1",
        name="Pump",
        prices=prices,
        list_price=list_price,
    )


def test_a_dated_price_beats_the_list_price():
    product = pump((10, 5, "EUR"), list_price=Money(99, "EUR"))

    found = price_of(product, date(2026, 1, 12), "EUR")

    assert (found.amount, found.source) == (Money(10, "EUR"), PriceSource.DATED_PRICE)
    assert found.valid_from == date(2026, 1, 11)
    assert "from 2026-01-11 until 2026-01-16 is valid on 2026-01-12" in found.explain()


def test_without_a_dated_price_of_the_day_the_list_price_holds():
    product = pump((10, 5, "EUR"), list_price=Money(99, "EUR"))

    found = price_of(product, date(2026, 1, 16), "EUR")

    assert (found.amount, found.source) == (Money(99, "EUR"), PriceSource.LIST_PRICE)
    assert found.explain() == (
        "none of 1 dated prices is valid in EUR on 2026-01-16\nthe list price holds: 99.00 EUR"
    )


@pytest.mark.parametrize("list_price", [None, Money(99, "USD")])
def test_a_product_without_a_price_in_the_currency_has_none(list_price):
    product = pump((0, 300, "USD"), list_price=list_price)

    with pytest.raises(NothingFound, match="price of product P-1 in EUR on 2026-01-05"):
        price_of(product, date(2026, 1, 5), "EUR")


@given(
    st.lists(st.integers(0, 9), max_size=6, unique=True),
    st.sampled_from(["EUR", "USD"]),
    st.integers(0, 120),
)
def test_the_price_found_is_that_of_the_one_window_with_the_day(tens, currency, asked):
    product = pump(*((ten * 10, 7, currency) for ten in tens), list_price=Money(500, "EUR"))
    day = DAY_ZERO + timedelta(days=asked)
    covering = [each for each in product.prices if each.covers(day) and currency == "EUR"]

    found = price_of(product, day, "EUR")

    assert found.amount == (covering[0].amount if covering else Money(500, "EUR"))
    assert (found.source is PriceSource.DATED_PRICE) is bool(covering)


def test_a_price_without_end_is_explained_as_such():
    price = Price(amount=Money(7, "EUR"), valid_from=DAY_ZERO)
    product = Product(
        id=CountedIds().new(), created_at=NOW, updated_at=NOW, sku="P", name="P", prices=(price,)
    )

    assert "from 2026-01-01 without end" in price_of(product, DAY_ZERO, "EUR").explain()
