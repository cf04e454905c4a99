"""Deliveries and returns: how far they may go, and what they change."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.placed import NOW, Sale, ordered

from crmcore.errors import (
    GuardRefused,
    InexactNumber,
    InvalidValue,
    LimitExceeded,
    ManyFaults,
    MoveForbidden,
)
from crmcore.sales import (
    BillingPolicy,
    DeliveryKind,
    DeliveryRecorded,
    OrderDelivered,
    OrderProgress,
    OrderReturned,
    OrderStatus,
    cancel_order,
    close_order,
    deliver,
    hold_order,
    take_back,
)
from crmcore.values import Money, Share

ADVANCE = BillingPolicy.PREPAYMENT


def test_a_delivery_is_a_note_and_moves_the_ledger():
    sale = Sale(ordered("10", "5", ships=True), ordered("1", "5"))

    done = deliver(sale.order, sale.note(), NOW, quantities={sale.id(): "2.5"})

    order, note = done.order.entity, done.delivery.entity
    assert (note.kind, note.order, note.account) == (
        DeliveryKind.DELIVERY,
        order.id,
        order.account,
    )
    assert [(each.order_line, each.quantity) for each in note.lines] == [
        (sale.id(), Decimal("2.5"))
    ]
    assert order.lines[0].undelivered == Decimal("7.5")
    (told,) = done.order.events
    assert isinstance(told, OrderDelivered)
    assert (told.delivery, told.complete) == (note.id, False)
    (recorded,) = done.delivery.events
    assert isinstance(recorded, DeliveryRecorded)


def test_the_rest_is_what_ships_and_is_not_there_yet():
    sale = Sale(ordered("10", "5", ships=True), ordered("1", "5"), ordered("3", "1", ships=True))
    sale.deliver({sale.id(1): 4})

    note = sale.deliver()

    assert [each.quantity for each in note.lines] == [6, 3]
    assert sale.order.progress is OrderProgress.TO_BILL
    with pytest.raises(LimitExceeded, match="open is nothing"):
        sale.deliver()
    assert sale.breaches() == []


def test_a_service_can_be_delivered_by_name():
    sale = Sale(ordered("10", "5"))

    note = sale.deliver({sale.id(): 10})

    assert note.lines[0].quantity == 10


def test_all_faults_of_a_delivery_are_told_at_once():
    sale = Sale(ordered("10", "5", ships=True), ordered("1", "5"))
    stranger = sale.ids.new()

    with pytest.raises(ManyFaults) as caught:
        sale.deliver({sale.id(1): 11, stranger: 1, sale.id(2): 0.5})

    assert [type(each) for each in caught.value.faults] == [
        LimitExceeded,
        InvalidValue,
        InexactNumber,
    ]
    with pytest.raises(InvalidValue):
        sale.deliver({})
    with pytest.raises(InvalidValue, match="above zero"):
        sale.deliver({sale.id(): "-1"})


def test_an_allowance_counts_by_name_only():
    sale = Sale(ordered("10", "5", ships=True, over_delivery=Share("0.1")))

    sale.deliver()
    sale.deliver({sale.id(): 1})

    assert sale.line().standing_delivery == 11
    with pytest.raises(LimitExceeded):
        sale.deliver({sale.id(): "0.0001"})
    assert sale.breaches() == []


def test_what_came_back_is_to_be_delivered_again():
    sale = Sale(ordered("10", "5", ships=True))
    sale.bill()
    sale.deliver()
    assert sale.order.status is OrderStatus.DONE

    note = sale.take_back({sale.id(): 3}, day=2)

    assert note.is_return
    assert sale.order.progress is OrderProgress.TO_DELIVER
    with pytest.raises(LimitExceeded):
        sale.take_back({sale.id(): 8})
    sale.deliver()
    assert sale.order.status is OrderStatus.DONE
    assert (sale.line().delivered_quantity, sale.line().returned_quantity) == (13, 3)
    assert sale.breaches() == []


def test_everything_that_is_there_can_come_back_at_once():
    sale = Sale(ordered("10", "5", ships=True), ordered("2", "5", ships=True))
    sale.deliver({sale.id(1): 4})

    done = take_back(sale.order, sale.note(), NOW)

    assert [each.quantity for each in done.delivery.entity.lines] == [4]
    assert isinstance(done.order.events[0], OrderReturned)
    with pytest.raises(LimitExceeded, match="open is nothing"):
        take_back(done.order.entity, sale.note(), NOW)


def test_a_closed_order_takes_back_and_delivers_nothing():
    sale = Sale(ordered("10", "5", ships=True))
    sale.deliver({sale.id(): 4})
    sale.apply(close_order, "enough", NOW)

    sale.take_back({sale.id(): 1})

    assert sale.order.status is OrderStatus.CLOSED
    with pytest.raises(MoveForbidden):
        sale.deliver()


@pytest.mark.parametrize("step", [deliver, take_back])
def test_a_cancelled_order_neither_delivers_nor_takes_back(step):
    sale = Sale(ordered("10", "5", ships=True))
    sale.apply(cancel_order, NOW)

    with pytest.raises(MoveForbidden):
        step(sale.order, sale.note(), NOW)


def test_nothing_is_delivered_on_hold():
    sale = Sale(ordered("10", "5", ships=True))
    sale.apply(hold_order, "unpaid", NOW)

    with pytest.raises(MoveForbidden, match="is on_hold: cannot deliver"):
        sale.deliver({sale.id(): 1})


# --- in advance ---


def test_what_is_paid_in_advance_is_delivered_when_it_is_paid():
    sale = Sale(ordered("10", "5", ADVANCE, ships=True))
    with pytest.raises(GuardRefused, match="line 1 is to be paid in advance"):
        sale.deliver()

    invoice = sale.issue(sale.bill(quantities={sale.id(): 6}))
    with pytest.raises(GuardRefused):
        sale.deliver({sale.id(): 1})
    sale.settle(invoice, invoice.due - Money("0.01", "EUR"))
    with pytest.raises(GuardRefused):
        sale.deliver({sale.id(): 1})
    sale.settle(sale.documents[invoice.id], Money("0.01", "EUR"))

    with pytest.raises(GuardRefused):
        sale.deliver({sale.id(): 7})
    assert [each.quantity for each in sale.deliver().lines] == [6]
    with pytest.raises(GuardRefused):
        sale.deliver()
    assert sale.breaches() == []


def test_what_is_credited_is_not_paid_in_advance():
    sale = Sale(ordered("10", "5", ADVANCE, ships=True))
    invoice = sale.paid(sale.bill())
    sale.credit(invoice, reopen=True, lines={invoice.lines[0].id: 4})

    assert [each.quantity for each in sale.deliver().lines] == [6]


def test_an_invoice_that_its_credit_note_settled_pays_for_nothing():
    sale = Sale(ordered("10", "5", ADVANCE, ships=True))
    invoice = sale.issue(sale.bill())
    sale.credit(invoice, reopen=True)

    with pytest.raises(GuardRefused):
        sale.deliver()


def test_other_lines_need_not_wait_for_those_paid_in_advance():
    sale = Sale(ordered("10", "5", ADVANCE, ships=True), ordered("2", "5", ships=True))

    note = sale.deliver()

    assert [each.order_line for each in note.lines] == [sale.id(2)]


@given(st.integers(0, 10), st.booleans())
def test_how_much_is_paid_comes_in_as_a_fact(many, by_name):
    sale = Sale(ordered("10", "5", ADVANCE, ships=True))
    asked = {sale.id(): max(many, 1)} if by_name else None
    paid = {sale.id(): Decimal(many)}

    if many:
        done = deliver(sale.order, sale.note(), NOW, quantities=asked, paid=paid)
        assert [each.quantity for each in done.delivery.entity.lines] == [many]
    for told in (None, {}, *([] if many else [paid])):
        with pytest.raises(GuardRefused, match="line 1 is to be paid in advance"):
            deliver(sale.order, sale.note(), NOW, quantities=asked, paid=told)
