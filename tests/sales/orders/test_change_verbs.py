"""Changes of an order after a part of it is done: nothing goes below what is delivered or settled."""

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.placed import NOW, Sale, offer, ordered

from crmcore.errors import (
    CurrencyMismatch,
    GuardRefused,
    InvalidValue,
    LimitExceeded,
    MoveForbidden,
)
from crmcore.sales import (
    BillingPolicy,
    OrderChange,
    OrderChanged,
    OrderChangeKind,
    OrderStatus,
    cancel_order,
    cancel_rest,
    change_order,
    close_order,
    hold_order,
    order_lines,
    repriced,
)
from crmcore.sales.lines import MAX_LINES
from crmcore.sales.orders.change_verbs import cancellable
from crmcore.values import Money, Share


def added(sale, quantity, price, **fields):
    return order_lines([offer(sale.ids, quantity, Money(price, "EUR"), **fields)], sale.new_ids())


def test_lines_are_added_until_an_order_has_as_many_as_it_may():
    sale = Sale(ordered("1", "5"))
    (line,) = added(sale, "1", 5)
    full = change_order(sale.order, NOW, add=[line] * (MAX_LINES - 1)).entity

    assert len(full.lines) == MAX_LINES
    with pytest.raises(InvalidValue, match=f"at most {MAX_LINES} lines"):
        change_order(full, NOW, add=[line])


def test_the_rest_is_what_is_neither_delivered_nor_settled():
    sale = Sale(ordered("10", "5", ships=True), ordered("4", "10"))
    sale.deliver({sale.id(1): 3})
    sale.bill(quantities={sale.id(1): 5})

    change = cancel_rest(sale.order, NOW, reason="too late")

    order = change.entity
    assert [line.kept_quantity for line in order.lines] == [5, 0]
    assert order.totals.net == Money(25, "EUR")
    assert change.events == (
        OrderChanged(at=NOW, order=order.id, cancelled=2, added=0, net=Money(25, "EUR")),
    )
    assert order.changes == (
        OrderChange(
            kind=OrderChangeKind.CANCELLED,
            line=sale.id(1),
            quantity=5,
            net=Money(25, "EUR"),
            reason="too late",
            at=NOW,
        ),
        OrderChange(
            kind=OrderChangeKind.CANCELLED,
            line=sale.id(2),
            quantity=4,
            net=Money(40, "EUR"),
            reason="too late",
            at=NOW,
        ),
    )


def test_an_order_whose_rest_is_cancelled_is_done():
    sale = Sale(ordered("10", "5", ships=True))
    sale.deliver({sale.id(): 3})
    sale.bill(quantities={sale.id(): 3})

    sale.apply(cancel_rest, NOW)

    assert sale.order.status is OrderStatus.DONE
    assert sale.order.standing == sale.order.totals.payable
    assert sale.breaches() == []


@pytest.mark.parametrize("asked", ["5.0001", "6"])
def test_nothing_goes_below_what_is_delivered_or_settled(asked):
    sale = Sale(ordered("10", "5", ships=True))
    sale.deliver({sale.id(): 3})
    sale.bill(quantities={sale.id(): 5})

    with pytest.raises(LimitExceeded, match="open is 5"):
        cancel_rest(sale.order, NOW, quantities={sale.id(): asked})


def test_where_nothing_can_be_cancelled_nothing_is():
    sale = Sale(ordered("10", "5"))
    sale.bill()

    with pytest.raises(LimitExceeded, match="open is nothing"):
        cancel_rest(sale.order, NOW)


def test_an_order_of_which_nothing_was_done_is_cancelled_as_a_whole():
    sale = Sale(ordered("10", "5"))

    with pytest.raises(GuardRefused, match="cancel the order instead"):
        cancel_rest(sale.order, NOW)
    assert sale.apply(cancel_order, NOW).status is OrderStatus.CANCELLED


def test_what_was_credited_to_be_billed_again_can_be_cancelled():
    sale = Sale(ordered("10", "5"))
    invoice = sale.issue(sale.bill())
    sale.credit(invoice, reopen=True)

    sale.apply(cancel_rest, NOW)

    assert sale.order.status is OrderStatus.DONE
    assert sale.order.totals.payable.is_zero
    assert sale.breaches() == []


def test_a_line_reduced_in_price_stays():
    sale = Sale(ordered("10", "5"))
    invoice = sale.issue(sale.bill())
    sale.credit(invoice, reopen=False, amounts={invoice.lines[0].id: Money(5, "EUR")})
    sale.credit(invoice, reopen=True)

    assert cancellable(sale.line()) == 0
    assert sale.breaches() == []


def test_added_lines_are_delivered_and_billed_like_others():
    sale = Sale(ordered("10", "5"))
    sale.bill()
    assert sale.order.status is OrderStatus.DONE

    lines = added(sale, "2", "7.50", ships=True)
    sale.apply(change_order, NOW, add=lines, reason="one more")

    assert sale.order.status is OrderStatus.OPEN
    assert sale.order.totals.net == Money(65, "EUR")
    assert sale.order.changes[-1].kind is OrderChangeKind.ADDED
    sale.deliver()
    assert sale.bill().totals.net == Money(15, "EUR")
    assert sale.order.status is OrderStatus.DONE
    assert sale.breaches() == []


def test_another_price_is_a_line_cut_short_and_a_new_one():
    line = ordered("10", "5", BillingPolicy.DELIVERED, over_delivery=Share("0.1"))
    sale = Sale(line)
    sale.deliver({sale.id(): 4})
    before = sale.line()

    new = repriced(before, sale.ids.new(), Money(6, "EUR"))
    sale.apply(change_order, NOW, cancel={before.id: new.quantity}, add=[new])

    assert [each.kept_net for each in sale.order.lines] == [Money(20, "EUR"), Money(36, "EUR")]
    assert (new.billing, new.over_delivery) == (before.billing, before.over_delivery)
    sale.deliver()
    assert sale.bill().totals.net == Money(56, "EUR")
    assert sale.breaches() == []


def test_a_new_price_keeps_its_share_of_what_the_document_takes_off():
    sale = Sale(ordered("10", "5"))
    line = attrs.evolve(
        sale.line(), net=Money(46, "EUR"), allowance=Money(5, "EUR"), charge=Money(1, "EUR")
    )

    new = repriced(line, sale.ids.new(), Money(6, "EUR"), Share("0.5"))

    assert (new.allowance, new.charge, new.net) == (
        Money(5, "EUR"),
        Money(1, "EUR"),
        Money(26, "EUR"),
    )
    with pytest.raises(InvalidValue):
        repriced(line, sale.ids.new(), Money("0.30", "EUR"))
    with pytest.raises(InvalidValue):
        repriced(line, sale.ids.new(), Money(-1, "EUR"))
    with pytest.raises(CurrencyMismatch):
        repriced(line, sale.ids.new(), Money(6, "USD"))


def test_what_is_settled_gets_no_other_price():
    sale = Sale(ordered("10", "5"))
    sale.bill()

    with pytest.raises(LimitExceeded):
        repriced(sale.line(), sale.ids.new(), Money(6, "EUR"))


def test_a_change_needs_something_to_change():
    sale = Sale(ordered("10", "5"))

    with pytest.raises(InvalidValue):
        change_order(sale.order, NOW)
    dollars = order_lines([offer(sale.ids, 1, Money(1, "USD"))], sale.new_ids())
    with pytest.raises(CurrencyMismatch):
        change_order(sale.order, NOW, add=dollars)


def test_an_order_can_be_changed_on_hold_but_not_when_it_is_closed():
    sale = Sale(ordered("10", "5"))
    sale.apply(hold_order, "in dispute", NOW)
    sale.apply(cancel_rest, NOW, quantities={sale.id(): 5})
    assert sale.order.status is OrderStatus.ON_HOLD

    sale.apply(close_order, "enough", NOW)

    with pytest.raises(MoveForbidden):
        cancel_rest(sale.order, NOW)


def test_cents_of_rounding_are_no_reason_for_another_invoice():
    # Ten pieces for 1.00: each is billed for 0.10, and carries 0.02 of VAT instead of 0.019.
    sale = Sale(ordered("10", "0.10"))
    for _ in range(4):
        sale.bill(quantities={sale.id(): 1})

    sale.apply(cancel_rest, NOW)

    assert sale.order.standing == sale.order.totals.payable == Money("0.48", "EUR")
    assert sale.order.totals.rounding == Money("0.00", "EUR")
    assert sale.breaches() == []


def test_an_order_cut_short_comes_to_what_was_asked_for_it():
    # Each 0.03 carries 0.01 of VAT; nine of them claim 0.36, and come to 0.32 as one document.
    sale = Sale(ordered("10", "0.03"))
    for _ in range(9):
        sale.bill(quantities={sale.id(): 1})

    sale.apply(cancel_rest, NOW)

    assert sale.order.totals.rounding == Money("0.04", "EUR")
    assert sale.order.standing == sale.order.totals.payable == Money("0.36", "EUR")
    sale.apply(change_order, NOW, add=added(sale, "1", "100"))
    assert sale.order.totals.rounding.is_zero
    sale.bill()
    assert sale.order.standing == sale.order.totals.payable == Money("119.32", "EUR")
    assert sale.breaches() == []


@given(st.lists(st.integers(1, 9_999), min_size=1, max_size=5), st.integers(0, 300), st.booleans())
def test_what_is_left_after_withdrawals_can_be_cancelled_to_the_cent(drawn, price, first):
    total = Decimal(sum(drawn) + 1).scaleb(-4)
    sale = Sale(ordered(total, Decimal(price).scaleb(-2)))
    drafts = [sale.bill(quantities={sale.id(): Decimal(units).scaleb(-4)}) for units in drawn]
    sale.withdraw(drafts[0 if first else -1])

    if len(drafts) > 1:
        sale.apply(cancel_rest, NOW)

        assert sale.order.status is OrderStatus.DONE
        assert sale.line().kept_net == sale.line().standing_net
    assert sale.breaches() == []
