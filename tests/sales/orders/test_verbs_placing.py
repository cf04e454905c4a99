"""Orders without a quote: the same lines, and nothing done of them."""

import attrs
import pytest
from tests.sales.placed import NOW, Sale, offer, ordered

from crmcore.errors import CurrencyMismatch, InvalidValue
from crmcore.sales import (
    Milestone,
    OrderPlaced,
    OrderProgress,
    OrderTerms,
    order_lines,
    place_order,
)
from crmcore.sales.lines import MAX_LINES
from crmcore.values import CountedIds, Money, Share


def test_an_order_is_placed_for_its_lines():
    ids = CountedIds()
    lines = [offer(ids, "3", Money("33.33", "EUR")), offer(ids, "1", Money(10, "EUR"))]
    terms = OrderTerms(
        number="AB-1",
        buyer_reference="04011000-12345-67",
        purchase_order="4711",
        milestones=(Milestone(name="all", share=Share(1)),),
        external_id="erp-1",
    )

    change = place_order(
        ids.new(),
        account=ids.new(),
        currency="EUR",
        lines=lines,
        line_ids=[ids.new() for _ in lines],
        at=NOW,
        terms=terms,
    )

    order = change.entity
    assert order.totals.net == Money("109.99", "EUR")
    assert order.progress is OrderProgress.TO_BILL
    for field in attrs.fields(OrderTerms):
        if field.name != "attributes":
            assert getattr(order, field.name) == getattr(terms, field.name)
    (placed,) = change.events
    assert isinstance(placed, OrderPlaced)
    assert (placed.quote, placed.net) == (None, order.totals.net)


def test_optional_lines_count_only_when_they_are_chosen():
    ids = CountedIds()
    left = offer(ids, "1", Money(1, "EUR"), optional=True)
    taken = offer(ids, "2", Money(1, "EUR"), optional=True, chosen=True)

    (line,) = order_lines([left, taken], [ids.new()])

    assert line.quantity == 2
    with pytest.raises(InvalidValue, match="at least one line"):
        order_lines([left], [ids.new()])
    with pytest.raises(InvalidValue, match=f"at most {MAX_LINES} lines"):
        order_lines([taken] * (MAX_LINES + 1), [])
    with pytest.raises(InvalidValue) as caught:
        order_lines([taken], [])
    assert caught.value.field == "line_ids"


def test_all_lines_are_in_the_currency_of_the_order():
    with pytest.raises(CurrencyMismatch):
        Sale(ordered("1", "1"), currency="USD")
