from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import PRODUCT, Price, Product, VatCategory
from crmcore.errors import InvalidValue
from crmcore.grammar.entity import Kind
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY_ZERO = date(2026, 1, 1)


def product(**fields):
    given = {"sku": "P-1", "name": "Pump"} | fields
    return Product(id=CountedIds().new(), created_at=NOW, updated_at=NOW, **given)


def price(start, end, currency="EUR"):
    until = None if end is None else DAY_ZERO + timedelta(days=end)
    return Price(
        amount=Money(start + 1, currency),
        valid_from=DAY_ZERO + timedelta(days=start),
        valid_until=until,
    )


@st.composite
def windows(draw):
    start = draw(st.integers(0, 30))
    length = draw(st.one_of(st.none(), st.integers(1, 10)))
    end = None if length is None else start + length
    return price(start, end, draw(st.sampled_from(["EUR", "USD"])))


@given(st.lists(windows(), max_size=5))
def test_prices_are_taken_exactly_when_no_day_has_two_in_one_currency(prices):
    days = [DAY_ZERO + timedelta(days=day) for day in range(45)]
    clash = any(
        sum(each.amount.currency == currency and each.covers(day) for each in prices) > 1
        for day in days
        for currency in ("EUR", "USD")
    )

    if clash:
        with pytest.raises(InvalidValue, match="prices are valid on"):
            product(prices=tuple(prices))
    else:
        assert product(prices=tuple(prices)).prices == tuple(prices)


def test_a_window_begins_on_its_first_day_and_ends_before_its_last_bound():
    window = price(10, 20)

    covered = [day for day in range(30) if window.covers(DAY_ZERO + timedelta(days=day))]

    assert covered == list(range(10, 20))


def test_a_window_is_not_empty():
    with pytest.raises(InvalidValue) as caught:
        price(10, 10)

    assert caught.value.field == "valid_until"


def test_a_dated_price_is_never_negative():
    with pytest.raises(InvalidValue) as caught:
        Price(amount=Money("-0.01", "EUR"), valid_from=DAY_ZERO)

    assert caught.value.field == "amount"


def test_a_list_price_is_never_negative():
    with pytest.raises(InvalidValue) as caught:
        product(list_price=Money("-0.01", "EUR"))

    assert caught.value.field == "list_price"


def test_the_rate_must_fit_the_category():
    with pytest.raises(InvalidValue) as caught:
        product(vat_category=VatCategory.K, vat_rate=Share("0.19"))

    assert caught.value.field == "vat_rate"


def test_every_field_of_a_product_can_be_kept_by_a_store():
    kinds = {name: spec.kind for name, spec in PRODUCT.fields.items()}

    assert kinds["prices"] is Kind.CHILDREN
    assert kinds["list_price"] is Kind.MONEY
    assert kinds["vat_category"] is Kind.CHOICE
    assert PRODUCT.label(product(name="Pump X")) == "Pump X"
