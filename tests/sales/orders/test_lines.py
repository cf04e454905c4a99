"""The ledgers of a line: each stays in its bounds, and what is left follows from them."""

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.errors import InvalidValue
from crmcore.sales import BillingPolicy, OrderLine
from crmcore.sales.orders.lines import was_invoiced, with_allowance
from crmcore.values import CountedIds, Money, Share

ID = CountedIds().new()


def order_line(quantity="3", net="10.00", invoiced="0", invoiced_net="0", **fields):
    return OrderLine(
        id=ID,
        description="a thing",
        quantity=quantity,
        unit_price=Money(1, "EUR"),
        vat_category=VatCategory.S,
        vat_rate=Share("0.19"),
        net=Money(net, "EUR"),
        invoiced_quantity=invoiced,
        invoiced_net=Money(invoiced_net, "EUR"),
        **fields,
    )


@given(st.integers(-2, 6), st.integers(-2, 6))
def test_a_ledger_stays_between_zero_and_what_was_ordered(quantity, net):
    fits = 0 <= quantity <= 3 and 0 <= net <= 4

    if fits:
        line = order_line("3", "4", str(quantity), str(net))
        assert line.open_quantity + line.invoiced_quantity == 3
        assert line.open_net + line.invoiced_net == Money(4, "EUR")
    else:
        with pytest.raises(InvalidValue, match="must lie between zero and"):
            order_line("3", "4", str(quantity), str(net))


def test_a_line_is_billed_when_quantity_and_value_are():
    assert order_line("3", "4", "3", "4").is_billed
    assert not order_line("3", "4", "3", "3.99").is_billed
    assert not order_line("3", "4", "2.9999", "4").is_billed


def test_a_line_is_touched_by_quantity_or_by_value():
    assert not was_invoiced(order_line())
    assert was_invoiced(order_line(invoiced="0.0001"))
    assert was_invoiced(order_line(invoiced_net="0.01"))


@pytest.mark.parametrize(
    ("ledgers", "name"),
    [
        ({"cancelled_quantity": "3.0001"}, "cancelled_quantity"),
        ({"cancelled_net": Money("10.01", "EUR")}, "cancelled_net"),
        ({"cancelled_quantity": "3", "cancelled_net": Money(9, "EUR")}, "cancelled_net"),
        ({"delivered_quantity": "3.0001"}, "delivered_quantity"),
        ({"delivered_quantity": "1", "returned_quantity": "2"}, "returned_quantity"),
        ({"invoiced": "1", "credited_quantity": "2"}, "credited_quantity"),
        ({"invoiced": "1", "credited_quantity": "1", "waived_quantity": "2"}, "waived_quantity"),
        ({"credited_net": Money(1, "EUR")}, "credited_net"),
        ({"waived_net": Money(1, "EUR")}, "waived_net"),
        ({"invoiced": "3", "cancelled_quantity": "1"}, "invoiced_quantity"),
    ],
)
def test_no_ledger_goes_beyond_the_one_it_is_a_part_of(ledgers, name):
    with pytest.raises(InvalidValue) as caught:
        order_line(**ledgers)

    assert caught.value.field == name


@given(st.integers(0, 30_000), st.integers(0, 30_000), st.integers(0, 2_000))
def test_a_part_is_worth_no_more_than_a_larger_one(one, other, cents):
    line = order_line("3", str(Decimal(cents).scaleb(-2)))
    small, large = sorted(Decimal(each).scaleb(-4) for each in (one, other))

    assert line.value(small) <= line.value(large) <= line.net
    assert line.value(Decimal(0)).is_zero
    assert line.value(line.quantity) == line.net


@given(st.integers(0, 30_000), st.integers(0, 1_000))
def test_what_is_cut_short_is_worth_what_is_kept_of_it(kept, cents):
    line = order_line("3", "10.00")
    quantity = Decimal(kept).scaleb(-4)
    worth = min(Money(Decimal(cents).scaleb(-2), "EUR"), line.net) if kept else Money(0, "EUR")
    short = attrs.evolve(
        line, cancelled_quantity=line.quantity - quantity, cancelled_net=line.net - worth
    )

    assert short.value(quantity) == short.kept_net == short.counted == worth
    assert short.value(quantity / 2) <= worth
    assert short.is_counted is bool(kept)


def test_an_allowance_is_rounded_down_to_a_step_of_quantities():
    assert with_allowance(Decimal("0.0003"), Share("0.5")) == Decimal("0.0004")
    assert with_allowance(Decimal(100), Share("0.1")) == Decimal(110)


def test_over_delivery_and_over_billing_have_limits_of_their_own():
    line = order_line("100", "100", over_delivery=Share("0.1"))

    assert (line.deliverable_limit, line.billing_limit) == (Decimal(110), Decimal(100))
    with pytest.raises(InvalidValue):
        attrs.evolve(line, invoiced_quantity="101")


def test_a_line_billed_as_delivered_waits_for_deliveries_though_nothing_ships():
    line = order_line(billing=BillingPolicy.DELIVERED)

    assert line.is_deliverable
    assert line.undelivered
    assert not order_line().undelivered


def test_more_is_billed_in_the_end_where_more_is_delivered_and_may_be_billed():
    more = {"over_delivery": Share("0.1"), "delivered_quantity": "110"}

    as_ordered = order_line("100", "100", over_billing=Share("0.1"), **more)
    as_delivered = attrs.evolve(as_ordered, billing=BillingPolicy.DELIVERED)
    up_to_five = attrs.evolve(as_delivered, over_billing=Share("0.05"))

    assert as_ordered.final_quantity == 100
    assert as_delivered.final_quantity == 110
    assert as_delivered.open_net == Money(110, "EUR")
    assert up_to_five.final_quantity == 105
