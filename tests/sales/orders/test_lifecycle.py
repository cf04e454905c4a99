import pytest
from tests.sales.papers import order

from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.compiling import compile_condition, look_nowhere
from crmcore.sales import (
    IS_STANDING_ORDER,
    NOTHING_DELIVERED,
    NOTHING_INVOICED,
    ORDER_LIFECYCLE,
    OrderStatus,
)
from crmcore.sales.orders import NOT_IN_INSTALMENTS
from crmcore.sales.orders.lifecycle import STANDING_STATUSES
from crmcore.subjects import SUBJECTS


def test_a_cancelled_order_is_final():
    assert ORDER_LIFECYCLE.allowed(OrderStatus.CANCELLED) == ()


@pytest.mark.parametrize("status", OrderStatus)
def test_goods_come_back_whatever_became_of_the_order_unless_it_is_cancelled(status):
    told = ORDER_LIFECYCLE.allowed(status)

    assert ("return" in told) is (status is not OrderStatus.CANCELLED)


@pytest.mark.parametrize("status", OrderStatus)
def test_an_order_stands_until_it_is_cancelled(status):
    placed, scope = order(status=status), Scope.of(SUBJECTS.named("order"), SUBJECTS)

    holds = compile_condition(bind(IS_STANDING_ORDER, scope), scope)

    assert (status in STANDING_STATUSES) is (status is not OrderStatus.CANCELLED)
    assert holds(placed, look_nowhere) is (status in STANDING_STATUSES)


def test_the_lifecycle_knows_every_state():
    assert ORDER_LIFECYCLE.states == tuple(OrderStatus)


def test_the_guards_are_named_in_the_picture():
    picture = ORDER_LIFECYCLE.mermaid()

    for guards in ((NOTHING_INVOICED, NOTHING_DELIVERED), (NOT_IN_INSTALMENTS,)):
        assert f"[{', '.join(guard.name for guard in guards)}]" in picture
