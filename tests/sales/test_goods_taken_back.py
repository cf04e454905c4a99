"""Goods that come back and are credited for good: whatever else happens, before or after it.

What is billed as delivered stands invoiced as far as the customer has it, and the order is done when
the rest is there and billed.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.placed import Sale, ordered

from crmcore.errors import LimitExceeded
from crmcore.sales import BillingPolicy, InvoiceKind, OrderProgress, billing_plan
from crmcore.sales.orders import cancel_rest
from crmcore.values import Money, Share

DELIVERED = BillingPolicy.DELIVERED


class Shop(Sale):
    """Ten at 33.33, billed as delivered."""

    def __init__(self, quantity="10"):
        super().__init__(ordered(quantity, "33.33", DELIVERED))

    def bring(self, many):
        rest = min(Decimal(many), self.line().undelivered)
        if rest:
            self.deliver({self.id(): rest})

    def charge(self, _=0):
        if billing_plan(self.order).quantities:
            self.issue(self.bill())

    def take(self, many):
        """So much comes back, and is credited for good."""
        for bill in [*self.documents.values()]:
            left = sum(
                -line.quantity if each.kind is InvoiceKind.CREDIT_NOTE else line.quantity
                for each in self.documents.values()
                if bill.id in {each.id, each.credits}
                for line in each.lines
            )
            if bill.kind is InvoiceKind.INVOICE and left:
                part = min(Decimal(many), left)
                self.take_back({self.id(): part})
                self.credit(bill, reopen=False, lines={bill.lines[0].id: part})
                return


@given(
    st.lists(
        st.tuples(st.sampled_from(["bring", "charge", "take"]), st.integers(1, 6)), max_size=12
    )
)
def test_in_the_end_the_customer_pays_for_what_he_has(steps):
    shop = Shop()

    for step, many in steps:
        getattr(shop, step)(many)
        assert shop.breaches() == []
    shop.bring(10)
    shop.charge()

    line = shop.line()
    assert line.standing_quantity == line.standing_delivery == 10 - line.waived_quantity
    assert line.standing_net == Money("33.33", "EUR") * line.standing_quantity
    assert shop.order.progress is OrderProgress.DONE
    assert shop.breaches() == []


def test_a_return_before_the_rest_is_delivered_leaves_the_rest_to_be_billed():
    shop = Shop("7")
    shop.bring(4)
    shop.charge()
    shop.take(1)
    shop.bring(7)

    (told,) = billing_plan(shop.order).lines
    assert (told.quantity, told.net, told.beyond) == (3, Money("99.99", "EUR"), 0)
    assert told.reason == "6 of 7 delivered, 1 taken back"

    shop.charge()
    assert shop.line().standing_quantity == 6
    assert shop.order.progress is OrderProgress.DONE


def test_what_the_customer_keeps_although_it_is_credited_cancels_no_other():
    shop = Shop("7")
    shop.bring(4)
    shop.charge()
    (bill,) = shop.documents.values()
    shop.credit(bill, reopen=False, lines={bill.lines[0].id: 1})

    shop.deliver()
    shop.charge()

    assert (shop.line().standing_delivery, shop.line().standing_quantity) == (7, 6)
    assert shop.order.progress is OrderProgress.DONE


def test_what_came_back_and_is_not_credited_is_told():
    shop = Shop("7")
    shop.bring(4)
    shop.charge()
    shop.take(1)
    shop.take_back({shop.id(): 1})

    (told,) = billing_plan(shop.order).lines
    assert (told.quantity, told.beyond) == (0, 1)


def test_the_rest_is_cancelled_and_what_is_there_is_billed():
    shop = Shop("7")
    shop.bring(4)
    shop.charge()
    shop.take(1)
    shop.bring(2)

    shop.apply(cancel_rest, at=shop.order.created_at)
    shop.charge()

    assert shop.line().standing_quantity == shop.line().standing_delivery == 5
    assert shop.order.progress is OrderProgress.DONE
    with pytest.raises(LimitExceeded):
        shop.deliver()


def test_what_is_credited_after_an_exchange_is_not_billed_again():
    shop = Shop()
    shop.bring(5)
    shop.charge()
    (bill,) = shop.documents.values()
    shop.take_back({shop.id(): 2})
    shop.deliver({shop.id(): 2})

    shop.credit(bill, reopen=False, lines={bill.lines[0].id: 2})

    (told,) = billing_plan(shop.order).lines
    assert (told.quantity, shop.line().undelivered) == (0, 5)


def test_what_was_credited_for_good_is_not_delivered_again_by_name():
    shop = Shop()
    shop.bring(10)
    shop.charge()
    shop.take(3)

    with pytest.raises(LimitExceeded):
        shop.deliver({shop.id(): 3})
    assert shop.order.progress is OrderProgress.DONE


def test_what_is_credited_before_it_comes_back_is_taken_back_then():
    shop = Shop()
    shop.bring(4)
    shop.charge()
    (bill,) = shop.documents.values()
    shop.credit(bill, reopen=False, lines={bill.lines[0].id: 1})
    shop.take_back({shop.id(): 1})

    shop.deliver()
    shop.charge()

    assert shop.line().standing_quantity == shop.line().standing_delivery == 9
    assert shop.order.progress is OrderProgress.DONE


def test_an_allowance_that_was_used_is_nothing_to_be_credited():
    shop = Sale(ordered("10", "5", DELIVERED, over_billing=Share("0.2")))
    shop.deliver()
    shop.issue(shop.bill(quantities={shop.id(): 12}))

    assert billing_plan(shop.order).lines[0].beyond == 0
