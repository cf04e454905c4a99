from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.conversions import IDS, LATER, an_order, bill, ids, quote_line

from crmcore.errors import GuardRefused, InexactNumber, InvalidValue, LimitExceeded, ManyFaults
from crmcore.sales import (
    Fulfilment,
    InvoiceDrafted,
    InvoiceLine,
    InvoiceStatus,
    OrderBilled,
    OrderStatus,
    invoice_from_order,
)

OWN_OF_INVOICE_LINE = {"id", "order_line", "invoice_line", "quantity", "net"}


def test_an_invoice_line_takes_every_field_of_its_order_line():
    order = an_order()

    invoice = bill(order, part=1, of=3).invoice.entity

    for bought, billed in zip(order.lines, invoice.lines, strict=True):
        assert billed.order_line == bought.id
        for field in attrs.fields(InvoiceLine):
            if field.name not in OWN_OF_INVOICE_LINE:
                assert getattr(billed, field.name) == getattr(bought, field.name), field.name


def test_without_a_choice_everything_open_is_billed():
    order = an_order()

    result = bill(order)

    invoice, after = result.invoice.entity, result.order.entity
    assert invoice.status is InvoiceStatus.DRAFT
    assert (invoice.order, invoice.account) == (order.id, order.account)
    assert invoice.totals == order.totals
    assert (after.status, after.billing) == (OrderStatus.DONE, Fulfilment.FULLY)
    assert after.invoiced == order.totals.payable
    assert result.order.events == (
        OrderBilled(
            at=LATER,
            order=order.id,
            invoice=invoice.id,
            payable=order.totals.payable,
            complete=True,
        ),
    )
    assert result.invoice.events == (
        InvoiceDrafted(
            at=LATER,
            invoice=invoice.id,
            order=order.id,
            account=order.account,
            payable=order.totals.payable,
        ),
    )


def test_a_part_of_one_line_can_be_billed():
    order = an_order()
    first = order.lines[0].id

    result = bill(order, quantities={first: Decimal(1)})

    invoice, after = result.invoice.entity, result.order.entity
    assert [(each.order_line, each.quantity) for each in invoice.lines] == [(first, Decimal(1))]
    assert (after.status, after.billing) == (OrderStatus.OPEN, Fulfilment.PARTLY)
    assert after.lines[0].open_quantity == 2
    assert after.lines[1] == order.lines[1]
    assert invoice.totals.rounding.is_zero


def test_spare_ids_stay_unused_and_missing_ones_are_a_fault():
    order = an_order()

    invoice = invoice_from_order(order, IDS.new(), ids(9), LATER).invoice.entity

    assert len(invoice.lines) == 2
    with pytest.raises(InvalidValue) as caught:
        invoice_from_order(order, IDS.new(), ids(1), LATER)
    assert caught.value.field == "line_ids"


@given(st.integers(1, 30_000), st.integers(1, 50_000))
def test_more_than_is_open_is_never_billed(first, second):
    order = an_order(quote_line("3", "33.33"))
    line = order.lines[0].id
    taken, asked = (Decimal(units).scaleb(-4) for units in (first, second))
    order = bill(order, quantities={line: taken}).order.entity
    left = 3 - taken

    if asked > left:
        with pytest.raises(LimitExceeded) as caught:
            bill(order, quantities={line: asked})
        assert caught.value.field == f"lines[{line}].quantity"
        assert (Decimal(caught.value.asked), Decimal(caught.value.open)) == (asked, left)
    else:
        after = bill(order, quantities={line: asked}).order.entity
        assert after.lines[0].invoiced_quantity == taken + asked


def test_nothing_is_left_of_a_billed_order():
    order = bill(an_order()).order.entity

    with pytest.raises(LimitExceeded):
        bill(order)
    with pytest.raises(LimitExceeded):
        bill(order, quantities={order.lines[0].id: 1})
    with pytest.raises(GuardRefused):
        bill(order, part=1, of=3)


def test_all_faults_of_the_quantities_are_told_at_once():
    order = an_order()
    first, second = (line.id for line in order.lines)
    stranger = IDS.new()

    with pytest.raises(ManyFaults) as caught:
        bill(order, quantities={first: Decimal(4), stranger: Decimal(1), second: 0.5})

    assert [(type(fault), fault.field) for fault in caught.value.faults] == [
        (LimitExceeded, f"lines[{first}].quantity"),
        (InvalidValue, f"lines[{stranger}]"),
        (InexactNumber, f"lines[{second}].quantity"),
    ]


@pytest.mark.parametrize("quantity", [0, -1, "0.00001", Decimal("NaN")])
def test_a_quantity_to_bill_is_a_number_above_zero(quantity):
    order = an_order()
    line = order.lines[0].id

    with pytest.raises(InvalidValue) as caught:
        bill(order, quantities={line: quantity})

    assert caught.value.field == f"lines[{line}].quantity"


def test_an_empty_choice_is_no_choice():
    with pytest.raises(InvalidValue) as caught:
        bill(an_order(), quantities={})

    assert caught.value.field == "lines"


@pytest.mark.parametrize(
    "how",
    [
        {"part": 1},
        {"of": 3},
        {"part": 0, "of": 3},
        {"part": 4, "of": 3},
        {"part": 1, "of": 1_001},
        {"part": 1, "of": 3, "quantities": {}},
    ],
)
def test_an_instalment_is_one_of_a_number(how):
    with pytest.raises(InvalidValue) as caught:
        bill(an_order(), **how)

    assert caught.value.field == "part"


def test_instalments_are_counted():
    result = bill(an_order(), part=1, of=3)

    order, invoice = result.order.entity, result.invoice.entity
    assert (order.instalments, order.instalments_billed) == (3, 1)
    assert (invoice.part, invoice.parts) == (1, 3)


@pytest.mark.parametrize(("part", "of"), [(1, 3), (3, 3), (2, 4)])
def test_an_instalment_follows_the_one_before(part, of):
    order = bill(an_order(), part=1, of=3).order.entity

    with pytest.raises(GuardRefused, match=f"part {part} of {of} does not follow"):
        bill(order, part=part, of=of)


def test_an_instalment_of_another_plan_does_not_follow_even_where_the_ledgers_agree():
    order = bill(an_order(quote_line("0.0004", "0")), part=1, of=3).order.entity

    with pytest.raises(GuardRefused):
        bill(order, part=2, of=4)


def test_an_instalment_does_not_follow_a_bill_by_quantity():
    order = bill(an_order(), part=1, of=3).order.entity
    order = bill(order, quantities={order.lines[0].id: Decimal("0.5")}).order.entity

    with pytest.raises(GuardRefused):
        bill(order, part=2, of=3)


def test_a_plan_does_not_begin_after_a_bill_by_quantity():
    order = an_order()
    order = bill(order, quantities={order.lines[0].id: Decimal(1)}).order.entity

    with pytest.raises(GuardRefused):
        bill(order, part=1, of=3)


def test_what_a_plan_leaves_open_can_be_billed_at_once():
    order = bill(an_order(), part=1, of=3).order.entity

    result = bill(order)

    assert result.order.entity.status is OrderStatus.DONE
    assert result.order.entity.invoiced == order.totals.payable


def test_an_order_too_small_for_a_plan_gets_none():
    order = an_order(quote_line("0.0002", "50"))

    with pytest.raises(InvalidValue, match="too small for so many parts") as caught:
        bill(order, part=1, of=3)

    assert caught.value.field == "of"
    assert bill(order, part=1, of=2).order.entity.instalments == 2
