"""Contribution margins: a cost nobody knows is no cost of nothing."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import (
    Component,
    Product,
    ProductKind,
    cost_of,
    line_margin,
    sum_margins,
)
from crmcore.errors import CurrencyMismatch
from crmcore.values import Money

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def euros(amount):
    return Money(amount, "EUR")


def product(number, *inside, cost=None, **fields):
    parts = tuple(Component(UUID(int=n), many) for n, many in inside)
    kind = {"kind": ProductKind.BUNDLE, "components": parts} if parts else {}
    return Product(
        id=UUID(int=number),
        created_at=NOW,
        updated_at=NOW,
        sku=f"P-{number}",
        name="P",
        unit_cost=None if cost is None else euros(cost),
        **kind,
        **fields,
    )


def by_id(*products):
    return {each.id: each for each in products}


def test_the_margin_of_a_line_is_its_revenue_without_the_cost():
    found = line_margin(euros(300), euros(64), 2)

    assert (found.cost, found.margin) == (euros(128), euros(172))
    assert found.ratio.value == Decimal("0.5733333333333333333333333333")
    assert found.explain() == "300.00 EUR revenue - 128.00 EUR cost = 172.00 EUR margin (57.3 %)"


def test_a_cost_nobody_knows_gives_no_answer_alone_or_in_a_sum():
    unknown = line_margin(euros(100), None)

    total = sum_margins([line_margin(euros(100), euros(0)), unknown], "EUR")

    assert (unknown.cost, unknown.margin, unknown.ratio) == (None, None, None)
    assert (total.revenue, total.margin, total.unknown, total.lines) == (euros(200), None, 1, 2)
    assert "cost unknown of 1 of 2 lines" in total._repr_html_()


def test_nothing_earned_has_a_margin_and_no_ratio():
    found = line_margin(euros(0), euros(5))

    assert found.margin == euros(-5)
    assert not found.ratio.is_answer
    assert "no ratio" in found.explain()


def test_a_cost_in_another_currency_is_refused():
    with pytest.raises(CurrencyMismatch, match="unit_cost"):
        line_margin(euros(1), Money(1, "USD"))


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=20))
def test_the_margin_of_a_sum_is_the_sum_of_margins(pairs):
    lines = [line_margin(euros(revenue), euros(cost)) for revenue, cost in pairs]

    total = sum_margins(lines, "EUR")

    assert total.margin == euros(sum(revenue - cost for revenue, cost in pairs))
    assert total.lines == len(pairs)


def test_a_bundle_costs_what_is_in_it_unless_it_has_a_cost_itself():
    pump, foot = product(1, cost=60), product(2, cost="1.25")
    inner = product(3, (2, 4))
    table = product(4, (1, 2), (3, 1))
    products = by_id(pump, foot, inner, table)

    assert cost_of(table, products) == euros(125)
    assert cost_of(product(4, (1, 2), cost=99), products) == euros(99)
    assert cost_of(table, by_id(pump, inner)) is None


def test_a_variant_costs_what_it_is_a_variant_of():
    shirt, red = product(1, cost=7), product(2, variant_of=UUID(int=1))

    assert cost_of(red, by_id(shirt)) == euros(7)
    assert cost_of(red, {}) is None
    assert cost_of(product(3, variant_of=UUID(int=1), unit="KGM"), by_id(shirt)) is None


def test_a_bundle_that_lies_in_itself_or_mixes_currencies_has_no_cost():
    one, two = product(1, (2, 1)), product(2, (1, 1))
    dollars = Product(
        id=UUID(int=3),
        created_at=NOW,
        updated_at=NOW,
        sku="D",
        name="D",
        unit_cost=Money(1, "USD"),
    )
    mixed = product(4, (3, 1), (5, 1))

    assert cost_of(one, by_id(one, two)) is None
    assert cost_of(mixed, by_id(dollars, product(5, cost=1))) is None
