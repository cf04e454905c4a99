"""The laws of the two ledgers: however an order is cut into invoices, they sum up to the cent."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.sales import (
    Fulfilment,
    Order,
    OrderLine,
    OrderStatus,
    invoice_from_order,
    line_net,
    totals_of,
    withdraw,
)
from crmcore.values import CountedIds, Money, Share, sum_money

MANY = settings(max_examples=max(300, settings.default.max_examples))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDS = CountedIds()
DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}
CENT = {code: Money(Decimal(1).scaleb(-digits), code) for code, digits in DIGITS.items()}
RATES = [(VatCategory.S, "0.19"), (VatCategory.S, "0.07"), (VatCategory.AE, "0")]


def order_line(quantity, price, category=VatCategory.S, rate="0.19"):
    net = line_net(quantity, price, Share(0))
    return OrderLine(
        id=IDS.new(),
        description="a thing",
        quantity=quantity,
        unit_price=price,
        vat_category=category,
        vat_rate=Share(rate),
        net=net,
        invoiced_net=Money.zero(price.currency),
    )


def order_of(*lines):
    currency = lines[0].net.currency
    return Order(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        account=IDS.new(),
        currency=currency,
        lines=lines,
        totals=totals_of(lines, currency),
        placed_at=NOW,
        invoiced=Money.zero(currency),
    )


def bill(order, **how):
    line_ids = [IDS.new() for _ in order.lines]
    result = invoice_from_order(order, IDS.new(), line_ids, NOW, **how)
    return result.order.entity, result.invoice.entity


@st.composite
def order_lines(draw, currency, most=2_000_000):
    units = draw(st.integers(1, 50_000))
    price = Decimal(draw(st.integers(0, most))).scaleb(-4)
    category, rate = draw(st.sampled_from(RATES))
    return order_line(Decimal(units).scaleb(-4), Money(price, currency), category, rate)


@st.composite
def orders(draw, most=2_000_000):
    currency = draw(st.sampled_from(sorted(DIGITS)))
    return order_of(*draw(st.lists(order_lines(currency, most), min_size=1, max_size=3)))


def a_cut(data, order):
    """Some quantity of some open lines."""
    chosen = {}
    for line in order.lines:
        open_units = int(line.open_quantity.scaleb(4))
        if open_units:
            chosen[line.id] = Decimal(data.draw(st.integers(0, open_units))).scaleb(-4)
    return {line_id: quantity for line_id, quantity in chosen.items() if quantity}


def billed_in_any_way(data, order):
    invoices = []
    for _ in range(data.draw(st.integers(0, 5))):
        cut = a_cut(data, order)
        if cut and order.status is OrderStatus.OPEN:
            order, invoice = bill(order, quantities=cut)
            invoices.append(invoice)
    if order.status is OrderStatus.OPEN:
        order, invoice = bill(order)
        invoices.append(invoice)
    return order, invoices


def assert_sums_up(order, invoices):
    for line in order.lines:
        parts = [each for inv in invoices for each in inv.lines if each.order_line == line.id]
        assert sum(each.quantity for each in parts) == line.quantity
        assert sum_money((each.net for each in parts), order.currency) == line.net
    payable = sum_money((each.totals.payable for each in invoices), order.currency)
    assert payable == order.totals.payable == order.invoiced


@MANY
@given(orders(), st.data())
def test_any_split_of_quantities_sums_up_to_the_cent(order, data):
    after, invoices = billed_in_any_way(data, order)

    assert_sums_up(after, invoices)
    assert after.status is OrderStatus.DONE
    assert after.billing is Fulfilment.FULLY


@MANY
@given(orders(most=300), st.data())
def test_amounts_near_nothing_sum_up_too_and_none_is_negative(order, data):
    after, invoices = billed_in_any_way(data, order)

    assert_sums_up(after, invoices)
    for invoice in invoices:
        assert invoice.totals.payable.amount >= 0
        assert all(line.net.amount >= 0 for line in invoice.lines)


def billed_in_parts(order, of):
    invoices = []
    for part in range(1, of + 1):
        order, invoice = bill(order, part=part, of=of)
        invoices.append(invoice)
    return order, invoices


@st.composite
def plans(draw):
    """An order with at least one line that can be cut into so many parts."""
    of = draw(st.integers(1, 12))
    lines = draw(orders()).lines
    enough = lines[0].quantity >= of * Decimal("0.0001")
    return order_of(*lines) if enough else order_of(order_line(Decimal(of), CENT["EUR"])), of


@MANY
@given(plans())
def test_any_number_of_instalments_sums_up_to_the_cent(plan):
    order, of = plan

    after, invoices = billed_in_parts(order, of)

    assert_sums_up(after, invoices)
    assert after.status is OrderStatus.DONE
    assert all(invoice.lines for invoice in invoices)


@MANY
@given(plans())
def test_instalments_of_a_line_differ_by_one_minor_unit_at_most(plan):
    order, of = plan

    _, invoices = billed_in_parts(order, of)

    for line in order.lines:
        parts = [each for inv in invoices for each in inv.lines if each.order_line == line.id]
        nets = [each.net for each in parts] + [Money.zero(order.currency)] * (of - len(parts))
        assert max(nets) - min(nets) <= CENT[order.currency]


@MANY
@given(orders(), st.data())
def test_the_rounding_amount_stays_within_half_a_minor_unit_per_rounding(order, data):
    _, invoices = billed_in_any_way(data, order)

    groups = len({(line.vat_category, line.vat_rate) for line in order.lines})
    roundings = groups * (len(invoices) + 1)
    for invoice in invoices:
        assert abs(invoice.totals.rounding) * 2 <= CENT[order.currency] * roundings


@MANY
@given(orders(), st.data())
def test_a_partial_net_is_its_share_within_a_minor_unit(order, data):
    cut = a_cut(data, order)
    if not cut:
        return

    _, invoice = bill(order, quantities=cut)

    by_id = {line.id: line for line in order.lines}
    for line in invoice.lines:
        ordered = by_id[line.order_line]
        exact = ordered.net.amount * line.quantity / ordered.quantity
        assert abs(line.net.amount - exact) <= CENT[order.currency].amount / 2


@MANY
@given(orders(most=2_000), st.data())
def test_what_is_withdrawn_can_be_billed_again_to_the_cent(order, data):
    invoices = []
    for _ in range(data.draw(st.integers(1, 6))):
        cut = a_cut(data, order)
        if invoices and data.draw(st.booleans()):
            given_up = invoices.pop(data.draw(st.integers(0, len(invoices) - 1)))
            order = withdraw(given_up, order, NOW).order.entity
        elif cut and order.status is OrderStatus.OPEN:
            order, invoice = bill(order, quantities=cut)
            invoices.append(invoice)
    if order.status is OrderStatus.OPEN:
        order, invoice = bill(order)
        invoices.append(invoice)

    assert_sums_up(order, invoices)


@pytest.mark.parametrize(
    ("currency", "price", "nets", "payables"),
    [
        ("EUR", "33.33", ["33.33", "33.33", "33.33"], ["39.66", "39.66", "39.67"]),
        ("JPY", "100", ["100", "100", "100"], ["119", "119", "119"]),
        ("KWD", "33.333", ["33.333", "33.333", "33.333"], ["39.666", "39.666", "39.667"]),
    ],
)
def test_three_single_pieces_sum_up(currency, price, nets, payables):
    order = order_of(order_line(Decimal(3), Money(price, currency)))
    line = order.lines[0].id

    invoices = []
    for _ in range(3):
        order, invoice = bill(order, quantities={line: Decimal(1)})
        invoices.append(invoice)

    assert [each.totals.net for each in invoices] == [Money(net, currency) for net in nets]
    assert [each.totals.payable for each in invoices] == [Money(p, currency) for p in payables]
    assert order.invoiced == order.totals.payable


@pytest.mark.parametrize(
    ("currency", "total", "nets"),
    [
        ("EUR", "100", ["33.33", "33.34", "33.33"]),
        ("JPY", "100", ["33", "34", "33"]),
        ("KWD", "100", ["33.333", "33.334", "33.333"]),
    ],
)
def test_three_thirds_of_a_hundred_are_a_hundred(currency, total, nets):
    order = order_of(order_line(Decimal(1), Money(total, currency)))

    invoices = []
    for part in (1, 2, 3):
        order, invoice = bill(order, part=part, of=3)
        invoices.append(invoice)

    assert [each.totals.net for each in invoices] == [Money(net, currency) for net in nets]
    assert [each.lines[0].quantity for each in invoices] == [
        Decimal("0.3333"),
        Decimal("0.3334"),
        Decimal("0.3333"),
    ]
    assert order.invoiced == order.totals.payable


def test_only_the_completing_invoice_carries_a_rounding_amount():
    order = order_of(order_line(Decimal(3), Money("33.33", "EUR")))
    line = order.lines[0].id

    roundings = []
    for _ in range(3):
        order, invoice = bill(order, quantities={line: Decimal(1)})
        roundings.append(invoice.totals.rounding)

    # VAT is 6.33 on each third, and 19.00 on the whole.
    assert roundings == [Money(0, "EUR"), Money(0, "EUR"), Money("0.01", "EUR")]


def test_no_invoice_takes_the_sum_above_what_the_order_has_payable():
    # Each 0.03 carries 0.01 of VAT, the whole of 0.30 only 0.06; the last piece would owe us money.
    order = order_of(
        order_line(Decimal(10), Money("0.03", "EUR")), order_line(Decimal(1), Money(0, "EUR"))
    )
    pieces, gift = (line.id for line in order.lines)

    payables = []
    for _ in range(10):
        order, invoice = bill(order, quantities={pieces: Decimal(1)})
        payables.append(invoice.totals.payable)
    order, invoice = bill(order, quantities={gift: Decimal(1)})
    payables.append(invoice.totals.payable)

    assert payables == [Money("0.04", "EUR")] * 9 + [Money(0, "EUR")] * 2
    assert order.invoiced == order.totals.payable == Money("0.36", "EUR")
