from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.errors import InexactNumber, InvalidValue, ManyFaults, WrongType
from crmcore.sales import LineDraft, OrderLine
from crmcore.values import CountedIds, Money, Share

ID = CountedIds().new()


def order_line(quantity="3", net="10.00", invoiced="0", invoiced_net="0"):
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
    )


def test_a_quantity_is_never_a_float():
    with pytest.raises(InexactNumber):
        LineDraft(quantity=0.1)


def test_a_quantity_has_four_places_at_most():
    with pytest.raises(InvalidValue):
        LineDraft(quantity="0.00001")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("product", "a\ud800b"),
        ("description", 5),
        ("unit_price", "12.50 EUR"),
        ("discount", None),
        ("discount", "0.1"),
        ("vat_rate", 19),
        ("vat_category", "no such category"),
        ("unit", b"C62"),
    ],
)
def test_a_draft_names_the_field_of_a_value_of_another_type(name, value):
    with pytest.raises(WrongType) as caught:
        LineDraft(quantity=1, **{name: value})
    assert caught.value.field == name


def test_a_draft_names_all_values_of_another_type_at_once():
    with pytest.raises(ManyFaults) as caught:
        LineDraft(quantity=1, unit_price="12.50 EUR", vat_rate="0.19")
    assert [fault.field for fault in caught.value.faults] == ["unit_price", "vat_rate"]


@pytest.mark.parametrize("given_as", [Decimal("2.5"), "2.5", "2.5000"])
def test_a_quantity_is_the_same_number_however_it_is_written(given_as):
    assert LineDraft(quantity=given_as).quantity == Decimal("2.5")


@given(st.integers(-2, 6), st.integers(-2, 6))
def test_a_ledger_stays_between_zero_and_what_was_ordered(quantity, net):
    fits = 0 <= quantity <= 3 and 0 <= net <= 4

    if fits:
        line = order_line("3", "4", str(quantity), str(net))
        assert line.open_quantity + line.invoiced_quantity == 3
        assert line.open_net + line.invoiced_net == Money(4, "EUR")
    else:
        with pytest.raises(InvalidValue, match="between zero and the"):
            order_line("3", "4", str(quantity), str(net))


def test_a_line_is_billed_when_quantity_and_value_are():
    assert order_line("3", "4", "3", "4").is_billed
    assert not order_line("3", "4", "3", "3.99").is_billed
    assert not order_line("3", "4", "2.9999", "4").is_billed


def test_a_line_is_touched_by_quantity_or_by_value():
    assert not order_line().is_touched
    assert order_line(invoiced="0.0001").is_touched
    assert order_line(invoiced_net="0.01").is_touched
