"""The days on which that was delivered which an invoice bills."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.sales.placed import NOW, Sale, ordered

from crmcore.sales import BillingPolicy

DAY = NOW.date()


def days(many):
    return DAY + timedelta(days=many)


def test_an_invoice_names_the_days_on_which_its_part_was_delivered():
    sale = Sale(ordered("10", "5", BillingPolicy.DELIVERED))
    sale.deliver({sale.id(): 2}, day=1)
    first = sale.bill()
    sale.deliver({sale.id(): 3}, day=3)
    sale.deliver({sale.id(): 4}, day=7)
    second = sale.bill()
    sale.deliver({sale.id(): 1}, day=9)

    assert (first.delivered_from, first.delivered_on) == (None, days(1))
    assert (second.delivered_from, second.delivered_on) == (days(3), days(7))
    assert sale.bill().delivered_on == days(9)


def test_what_is_billed_before_its_delivery_has_no_day_yet():
    sale = Sale(ordered("10", "5", ships=True), ordered("1", "1", ships=True))
    sale.bill(quantities={sale.id(1): 10})
    sale.deliver({sale.id(1): 10}, day=2)

    invoice = sale.bill()

    assert (invoice.delivered_from, invoice.delivered_on) == (None, None)


def test_what_came_back_was_delivered_last():
    sale = Sale(ordered("10", "5", BillingPolicy.DELIVERED))
    sale.deliver({sale.id(): 4}, day=1)
    sale.deliver({sale.id(): 4}, day=5)
    sale.take_back({sale.id(): 5}, day=6)

    invoice = sale.bill()

    assert (invoice.lines[0].quantity, invoice.delivered_on) == (3, days(1))
    assert invoice.delivered_from is None


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9)), min_size=1, max_size=6))
def test_all_invoices_together_name_the_first_and_the_last_day(drawn):
    total = sum(quantity for quantity, _ in drawn)
    sale = Sale(ordered(total, "1", BillingPolicy.DELIVERED))
    for quantity, day in drawn:
        sale.deliver({sale.id(): quantity}, day=day)

    invoices = [sale.bill(quantities={sale.id(): 1}) for _ in range(total)]

    named = [each.delivered_on for each in invoices]
    assert named == sorted(days(day) for quantity, day in drawn for _ in range(quantity))
