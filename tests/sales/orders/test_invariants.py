"""The laws of orders as pure functions: they tell a breach exactly where there is one."""

from uuid import UUID

import attrs
from hypothesis import given
from tests.sales.cases import AT, quotes

from crmcore.sales import Quote, order_from_quote
from crmcore.sales.orders.invariants import quote_breaches
from crmcore.values import CountedIds


@given(quotes())
def test_a_quote_becomes_one_order_as_offered(quote: Quote) -> None:
    ids = CountedIds()
    placed = order_from_quote(quote, UUID(int=2), [ids.new() for _ in quote.lines], AT)
    accepted, order = placed.quote.entity, placed.order.entity

    assert [*quote_breaches(quote, []), *quote_breaches(accepted, [order])] == []
    assert [*quote_breaches(quote, [order])] != []
    assert [*quote_breaches(accepted, [])] != []
    assert [*quote_breaches(accepted, [order, order])] != []
    assert [*quote_breaches(accepted, [attrs.evolve(order, account=UUID(int=8))])] != []
