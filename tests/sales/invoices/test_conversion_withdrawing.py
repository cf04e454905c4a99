from datetime import UTC, datetime
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.errors import GuardRefused, InvalidValue, MoveForbidden
from crmcore.sales import (
    Fulfilment,
    InvoiceStatus,
    InvoiceWithdrawn,
    Order,
    OrderBillingReversed,
    OrderLine,
    OrderStatus,
    cancel_order,
    invoice_from_order,
    totals_of,
    withdraw,
)
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDS = CountedIds()


def an_order(*nets):
    lines = tuple(
        OrderLine(
            id=IDS.new(),
            description="a thing",
            quantity=3,
            unit_price=Money(net, "EUR"),
            vat_category=VatCategory.S,
            vat_rate=Share("0.19"),
            net=Money(net, "EUR"),
            invoiced_net=Money(0, "EUR"),
        )
        for net in nets or ("100", "0.05")
    )
    return Order(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        account=IDS.new(),
        currency="EUR",
        lines=lines,
        totals=totals_of(lines, "EUR"),
        placed_at=NOW,
        invoiced=Money(0, "EUR"),
    )


def bill(order, **how):
    result = invoice_from_order(order, IDS.new(), [IDS.new() for _ in order.lines], NOW, **how)
    return result.order.entity, result.invoice.entity


def test_a_withdrawn_draft_gives_back_what_it_held():
    order = an_order()
    billed, invoice = bill(order)

    result = withdraw(invoice, billed, NOW)

    assert result.invoice.entity.status is InvoiceStatus.WITHDRAWN
    assert result.order.entity == order
    assert result.invoice.events == (InvoiceWithdrawn(at=NOW, invoice=invoice.id, order=order.id),)
    assert result.order.events == (
        OrderBillingReversed(
            at=NOW, order=order.id, invoice=invoice.id, payable=order.totals.payable
        ),
    )


@given(st.integers(1, 29_999), st.booleans())
def test_to_bill_and_withdraw_leaves_the_order_as_it_was(units, first):
    order = an_order()
    line = order.lines[0 if first else 1].id
    before, _ = bill(order, quantities={line: Decimal(units).scaleb(-4)})
    billed, invoice = bill(before)

    assert withdraw(invoice, billed, NOW).order.entity == before


@given(st.integers(1, 6))
def test_instalments_go_back_in_the_opposite_order(count):
    states, invoices = [an_order()], []
    for part in range(1, count + 1):
        order, invoice = bill(states[-1], part=part, of=6)
        states.append(order)
        invoices.append(invoice)

    order = states[-1]
    for invoice, before in zip(reversed(invoices), reversed(states[:-1]), strict=True):
        order = withdraw(invoice, order, NOW).order.entity
        assert order == before


def test_only_the_latest_instalment_goes_back():
    order, first = bill(an_order(), part=1, of=3)
    order, _ = bill(order, part=2, of=3)

    with pytest.raises(GuardRefused, match="only the latest instalment"):
        withdraw(first, order, NOW)


def test_a_withdrawn_instalment_can_be_billed_again():
    order, _ = bill(an_order(), part=1, of=3)
    second_order, second = bill(order, part=2, of=3)

    order = withdraw(second, second_order, NOW).order.entity
    again, invoice = bill(order, part=2, of=3)

    assert again == second_order
    assert invoice.totals == second.totals


def test_without_any_instalment_there_is_no_plan():
    order, invoice = bill(an_order(), part=1, of=3)

    order = withdraw(invoice, order, NOW).order.entity

    assert (order.instalments, order.instalments_billed) == (None, 0)
    assert bill(order, part=1, of=5)[0].instalments == 5


def test_after_the_withdrawal_of_an_earlier_draft_no_later_one_is_negative():
    # Of ten pieces worth 0.05 in all, every second carries a cent; the five that stay hold it all.
    order = an_order("0.05")
    order = attrs.evolve(order, lines=(attrs.evolve(order.lines[0], quantity=Decimal(10)),))
    line = order.lines[0].id
    invoices = []
    for _ in range(10):
        order, invoice = bill(order, quantities={line: Decimal(1)})
        invoices.append(invoice)
    for invoice in invoices:
        if invoice.totals.net.is_zero:
            order = withdraw(invoice, order, NOW).order.entity

    order, again = bill(order, quantities={line: Decimal(1)})

    assert again.totals.net.is_zero
    assert order.lines[0].invoiced_net == Money("0.05", "EUR")


def test_an_order_without_invoices_can_be_cancelled_again():
    order, invoice = bill(an_order())

    order = withdraw(invoice, order, NOW).order.entity

    assert order.billing is Fulfilment.NONE
    assert cancel_order(order, NOW).entity.status is OrderStatus.CANCELLED


@pytest.mark.parametrize(
    "status", [InvoiceStatus.ISSUED, InvoiceStatus.PAID, InvoiceStatus.WITHDRAWN]
)
def test_only_a_draft_goes_back(status):
    order, invoice = bill(an_order())

    with pytest.raises(MoveForbidden):
        withdraw(attrs.evolve(invoice, status=status), order, NOW)


def test_a_draft_goes_back_into_its_own_order_only():
    _, invoice = bill(an_order())
    other, _ = bill(an_order())

    with pytest.raises(InvalidValue) as caught:
        withdraw(invoice, other, NOW)

    assert caught.value.field == "order"
