"""What is decided about an order as a whole, and what that allows."""

import pytest
from tests.sales.placed import NOW, Sale, ordered

from crmcore.errors import GuardRefused, MoveForbidden
from crmcore.sales import (
    OrderClosed,
    OrderHeld,
    OrderProgress,
    OrderReopened,
    OrderResumed,
    OrderStatus,
    cancel_order,
    close_order,
    hold_order,
    reopen_order,
    resume_order,
)


def test_an_order_on_hold_waits_and_goes_on():
    sale = Sale(ordered("10", "5"))

    held = hold_order(sale.order, "unpaid", NOW)
    resumed = resume_order(held.entity, NOW)

    assert (held.entity.progress, held.entity.hold_reason) == (OrderProgress.ON_HOLD, "unpaid")
    assert held.events == (OrderHeld(at=NOW, order=sale.order.id),)
    assert (resumed.entity.status, resumed.entity.hold_reason) == (OrderStatus.OPEN, None)
    assert resumed.events == (OrderResumed(at=NOW, order=sale.order.id),)


def test_a_closed_order_keeps_what_is_done_and_opens_again():
    sale = Sale(ordered("10", "5"))
    sale.bill(quantities={sale.id(): 4})

    closed = close_order(sale.order, "the customer moved", NOW)
    opened = reopen_order(closed.entity, NOW)

    assert closed.entity.progress is OrderProgress.CLOSED
    assert closed.entity.closed_reason == "the customer moved"
    assert closed.entity.lines == sale.order.lines
    assert closed.events == (OrderClosed(at=NOW, order=sale.order.id),)
    assert opened.entity.closed_reason is None
    assert opened.entity.progress is OrderProgress.TO_BILL
    assert opened.events == (OrderReopened(at=NOW, order=sale.order.id),)


def test_an_order_on_hold_can_be_closed():
    sale = Sale(ordered("10", "5"))
    sale.apply(hold_order, "unpaid", NOW)

    sale.apply(close_order, "never paid", NOW)

    assert (sale.order.status, sale.order.hold_reason) == (OrderStatus.CLOSED, None)


def test_drafts_are_withdrawn_on_hold_and_after_the_end():
    sale = Sale(ordered("10", "5"))
    first, second = (sale.bill(quantities={sale.id(): 4}) for _ in range(2))

    sale.apply(hold_order, "unpaid", NOW)
    sale.withdraw(first)
    sale.apply(close_order, "enough", NOW)
    sale.withdraw(second)

    assert sale.order.status is OrderStatus.CLOSED
    assert sale.line().invoiced_quantity == 0
    assert sale.breaches() == []


def test_an_order_that_was_completed_meanwhile_is_done_when_it_goes_on():
    sale = Sale(ordered("10", "5", ships=True))
    invoice = sale.issue(sale.bill())
    sale.deliver({sale.id(): 8})
    sale.apply(hold_order, "they want less", NOW)

    sale.credit(invoice, reopen=False, lines={invoice.lines[0].id: 2})

    assert sale.order.status is OrderStatus.ON_HOLD
    sale.apply(resume_order, NOW)
    assert sale.order.status is OrderStatus.DONE
    with pytest.raises(MoveForbidden):
        close_order(sale.order, "enough", NOW)


def test_only_an_order_of_which_nothing_is_done_is_cancelled():
    billed, delivered = Sale(ordered("10", "5")), Sale(ordered("10", "5", ships=True))
    billed.bill(quantities={billed.id(): 1})
    delivered.deliver({delivered.id(): 1})

    with pytest.raises(GuardRefused, match="something is invoiced"):
        cancel_order(billed.order, NOW)
    with pytest.raises(GuardRefused, match="something is delivered"):
        cancel_order(delivered.order, NOW)


def test_what_came_back_does_not_keep_an_order():
    sale = Sale(ordered("10", "5", ships=True))
    sale.deliver()
    sale.take_back()

    sale.apply(cancel_order, NOW)

    assert sale.order.progress is OrderProgress.CANCELLED
    assert sale.breaches() == []


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (hold_order, ("again",)),
        (close_order, ("again",)),
        (resume_order, ()),
        (reopen_order, ()),
        (cancel_order, ()),
    ],
)
def test_a_cancelled_order_is_final(verb, words):
    sale = Sale(ordered("10", "5"))
    sale.apply(cancel_order, NOW)

    with pytest.raises(MoveForbidden):
        verb(sale.order, *words, NOW)


def test_what_is_credited_again_does_not_keep_an_order():
    sale = Sale(ordered("10", "5"))
    invoice = sale.issue(sale.bill())
    sale.credit(invoice, reopen=True, lines={invoice.lines[0].id: 9})
    with pytest.raises(GuardRefused, match="something is invoiced"):
        cancel_order(sale.order, NOW)
    sale.credit(invoice, reopen=True, cancels=True)

    sale.apply(cancel_order, NOW)

    assert sale.order.progress is OrderProgress.CANCELLED
    assert sale.breaches() == []
