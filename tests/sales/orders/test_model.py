import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.papers import order

from crmcore.errors import InvalidValue
from crmcore.grammar.entity import Kind
from crmcore.sales import ORDER, Fulfilment
from crmcore.values import Money


@given(st.integers(0, 2), st.integers(0, 100))
def test_how_much_is_billed_is_seen_from_the_ledgers(quantity, net):
    line = attrs.evolve(
        order().lines[0], invoiced_quantity=quantity, invoiced_net=Money(net, "EUR")
    )

    billing = order(lines=(line,)).billing

    assert (billing is Fulfilment.NONE) is (quantity == 0 and net == 0)
    assert (billing is Fulfilment.FULLY) is (quantity == 2 and net == 100)


@given(st.integers(-10, 130))
def test_what_is_open_of_an_order_is_never_below_zero(amount):
    invoiced = Money(amount, "EUR")

    if amount >= 0:
        assert order(invoiced=invoiced).open_payable == Money(max(119 - amount, 0), "EUR")
    else:
        with pytest.raises(InvalidValue):
            order(invoiced=invoiced)


def test_lines_are_children_and_totals_a_record():
    line = ORDER.fields["lines"]

    assert line.kind is Kind.CHILDREN
    assert line.record.fields["invoiced_quantity"].places == 4
    assert line.record.fields["product"].reference == "product"
    assert ORDER.fields["totals"].kind is Kind.RECORD
