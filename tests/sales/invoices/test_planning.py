"""An invoice before there is one: what its plan tells follows from the invoice and the order."""

from decimal import Decimal
from html import escape

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.documents import billed, issued, line_of, order_of

from crmcore.sales import Fulfilment, InvoicePlan, totals_of
from crmcore.values import Money, Share


def planned(order, *, is_new=True, **how):
    after, invoice = billed(order, **how)
    return InvoicePlan(invoice=invoice, order=after, is_new=is_new)


def test_a_plan_tells_its_lines_and_what_becomes_of_the_order():
    order = order_of(line_of(10, "10"), line_of(2, "5"))

    made = planned(order, quantities={order.lines[0].id: 4})

    assert made.explain().splitlines() == [
        "draft invoice: 40.00 EUR net, 7.60 EUR VAT, 47.60 EUR payable",
        "  4 C62 Pump at 10.00 EUR = 40.00 EUR; 4 of 10 billed by then",
        "the order is billed in part then",
    ]


def test_the_table_has_the_lines_and_what_is_payable():
    table = planned(order_of(line_of(2, "5")))._repr_html_()

    assert "<caption>draft invoice: 10.00 EUR net, 1.90 EUR VAT, 11.90 EUR payable" in table
    assert "<th>the order is billed in full then</th>" in table
    assert (
        "<tr><td>Pump</td><td>2 C62</td><td>5.00 EUR</td><td>10.00 EUR</td>"
        "<td>2 of 2 billed by then</td></tr>"
    ) in table
    assert "<th>payable</th><th></th><th></th><th>11.90 EUR</th>" in table


@pytest.mark.parametrize(
    ("billing", "told"),
    [
        (Fulfilment.NONE, "the order is not billed then"),
        (Fulfilment.PARTLY, "the order is billed in part then"),
        (Fulfilment.FULLY, "the order is billed in full then"),
    ],
)
def test_each_state_of_the_order_has_its_words(billing, told):
    made = planned(order_of(line_of(2, "5")))
    plan = attrs.evolve(made, order=attrs.evolve(made.order, billing=billing))

    assert plan.explain().splitlines()[-1] == told


def test_what_is_billed_already_is_told_with_its_number():
    made = planned(order_of(line_of(2, "5")), is_new=False)
    numbered = attrs.evolve(made, invoice=issued(made.invoice, sequence=7))

    assert made.explain().startswith("billed already, by a draft invoice: 10.00 EUR net")
    assert numbered.explain().startswith("billed already, by RE-7: 10.00 EUR net")


def test_what_is_added_to_reach_the_total_is_told():
    made = planned(order_of(line_of(2, "5")))
    totals = totals_of(made.invoice.lines, "EUR", Money("-0.01", "EUR"))
    rounded = attrs.evolve(made, invoice=attrs.evolve(made.invoice, totals=totals))

    assert "1.90 EUR VAT, -0.01 EUR rounding, 11.89 EUR payable" in rounded.explain()


def test_a_line_of_no_order_has_nothing_billed_by_then():
    made = planned(order_of(line_of(2, "5")))
    free = tuple(attrs.evolve(each, order_line=None) for each in made.invoice.lines)
    plan = attrs.evolve(made, invoice=attrs.evolve(made.invoice, lines=free))

    assert plan.explain().splitlines()[1] == "  2 C62 Pump at 5.00 EUR = 10.00 EUR; "


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9999)), min_size=1, max_size=4),
    st.text(min_size=1, max_size=20),
)
def test_each_line_is_told_once_and_its_name_is_text(drawn, name):
    lines = [
        attrs.evolve(line_of(many, Decimal(cents).scaleb(-2)), description=name)
        for many, cents in drawn
    ]

    made = planned(order_of(*lines))

    table = made._repr_html_()
    assert table.count(f"<tr><td>{escape(name)}</td>") == len(drawn)
    told = [f"{many} of {many} billed by then" for many, _ in drawn]
    assert [row for row in told if row not in made.explain()] == []


def test_what_is_taken_off_a_line_or_put_on_it_stands_beside_the_price():
    line = line_of(10, "10", discount=Share("0.1"), allowance=Money("5", "EUR"))
    plan = planned(order_of(attrs.evolve(line, charge=Money("1", "EUR"), net=Money("86", "EUR"))))

    assert "10 C62 Pump at 10.00 EUR less 10 % less 5.00 EUR plus 1.00 EUR = 86.00 EUR" in (
        plan.explain()
    )
