"""What a delivery note may hold, and what it is called."""

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.placed import Sale, ordered

from crmcore.errors import InvalidValue
from crmcore.sales import DeliveryKind
from crmcore.sales.orders import DELIVERY_NOTE


def delivered():
    sale = Sale(ordered("10", "5", ships=True))
    return sale.deliver({sale.id(): 5})


@given(st.integers(-(10**6), 10**6), st.integers(0, 6))
def test_a_line_delivers_something_with_four_places_at_most(units, places):
    (line,) = delivered().lines
    quantity = Decimal(units).scaleb(-places)

    if quantity != round(quantity, 4):
        with pytest.raises(InvalidValue, match="at most 4 digits"):
            attrs.evolve(line, quantity=quantity)
    elif quantity <= 0:
        with pytest.raises(InvalidValue, match="must be above zero"):
            attrs.evolve(line, quantity=quantity)
    else:
        assert attrs.evolve(line, quantity=quantity).quantity == quantity


def test_a_delivery_has_a_line():
    note = delivered()

    with pytest.raises(InvalidValue, match="at least one line") as caught:
        attrs.evolve(note, lines=())

    assert caught.value.field == "lines"


def test_a_return_is_told_from_a_delivery_by_its_kind():
    note = delivered()

    assert not note.is_return
    assert attrs.evolve(note, kind=DeliveryKind.RETURN).is_return


def test_a_delivery_is_called_by_its_number_and_without_one_by_its_id():
    note = delivered()

    assert DELIVERY_NOTE.label(note) == str(note.id)
    assert DELIVERY_NOTE.label(attrs.evolve(note, number="L-7")) == "L-7"
