import pytest
from tests.sales.deals import IDS, LATER, NOW, ordered

from crmcore.errors import GuardRefused, MoveForbidden
from crmcore.sales import OrderCancelled, OrderStatus, cancel_order, invoice_from_order


def test_an_order_is_cancelled_as_long_as_nothing_is_invoiced():
    order = ordered()

    change = cancel_order(order, LATER)

    assert change.entity.status is OrderStatus.CANCELLED
    assert change.events == (OrderCancelled(at=LATER, order=order.id),)


def test_an_order_with_a_draft_invoice_is_not_cancelled():
    order = ordered()
    one = {order.lines[0].id: 1}
    order = invoice_from_order(order, IDS.new(), [IDS.new()], NOW, quantities=one).order.entity

    with pytest.raises(GuardRefused, match="something is invoiced"):
        cancel_order(order, LATER)


def test_a_cancelled_order_is_not_billed():
    order = cancel_order(ordered(), LATER).entity

    with pytest.raises(MoveForbidden):
        invoice_from_order(order, IDS.new(), [IDS.new()], LATER)
