from datetime import date

import attrs
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.papers import invoice

from crmcore.sales import INVOICE, Settlement, SettlementKind
from crmcore.values import Money


@given(st.integers(0, 119))
def test_an_invoice_is_partly_paid_between_nothing_and_all(amount):
    part = Settlement(
        kind=SettlementKind.PAYMENT, amount=Money(amount or 1, "EUR"), on=date(2026, 3, 2)
    )
    settlements = (part,) if amount else ()
    bill = attrs.evolve(invoice(), paid=Money(amount, "EUR"), settlements=settlements)

    assert bill.due == Money(119 - amount, "EUR")
    assert bill.is_partly_paid is (0 < amount < 119)


def test_an_invoice_is_called_by_its_number_once_it_has_one():
    draft = invoice()

    assert INVOICE.label(draft) == str(draft.id)
    assert INVOICE.label(attrs.evolve(draft, number="RE-7")) == "RE-7"
