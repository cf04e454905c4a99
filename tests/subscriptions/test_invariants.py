"""What breaks a law of subscriptions is told, and what keeps them is not."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.subscriptions import (
    INVARIANTS,
    SubscriptionStatus,
    advance,
    bill_renewal,
    next_renewal,
)
from crmcore.subscriptions.invariants import (
    invoice_breaches,
    ledger_breaches,
    once_breaches,
    status_breaches,
)

from .agreed import IDS, NOON, active, day, euro, subscriptions
from .test_conversion import ids_for


def booked(subscription, until):
    """The subscription after every period that is due, its orders and its invoices."""
    orders, invoices = [], []
    while (renewal := next_renewal(subscription, until, as_of=until)) is not None:
        done = bill_renewal(subscription, renewal, ids_for(renewal), NOON, on=until)
        subscription = done.subscription.entity
        if done.order is not None:
            orders.append(done.order.entity)
            invoices.append(done.invoice.entity)
    return subscription, orders, invoices


def texts(breaches):
    return [breach.text for breach in breaches]


@pytest.fixture
def books():
    return booked(active(), day("2024-02-01"))


def test_books_that_are_right_are_not_told(books):
    subscription, orders, invoices = books

    assert texts(ledger_breaches(subscription, orders)) == []
    assert texts(invoice_breaches(subscription, invoices)) == []
    assert texts(status_breaches(subscription)) == []
    assert texts(once_breaches(orders[0], [subscription])) == []


def test_another_net_or_account_is_told(books):
    subscription, (first, second), _ = books
    foreign = attrs.evolve(second, account=IDS.new())
    january = attrs.evolve(subscription.billed[0], net=euro("30"))
    wrong = attrs.evolve(subscription, billed=(january, subscription.billed[1]))

    assert texts(ledger_breaches(wrong, [first, foreign])) == [
        "the order of period 1 is of another net",
        "the order of period 2 is of another account",
    ]


def test_an_order_without_a_charge_and_a_charge_without_an_order_are_told(books):
    subscription, orders, _ = books
    free = attrs.evolve(subscription.billed[0], net=euro("0"))
    lost = attrs.evolve(subscription.billed[1], order=None, invoice=None)

    told = texts(ledger_breaches(attrs.evolve(subscription, billed=(free, lost)), orders))

    assert told[0] == "period 1 comes to 0.00 EUR and has an order"
    assert "period 2 comes to 31.00 EUR and has no order" in told


def test_one_order_for_two_periods_is_told(books):
    subscription, orders, _ = books
    same = attrs.evolve(subscription.billed[1], order=subscription.billed[0].order)
    wrong = attrs.evolve(subscription, billed=(subscription.billed[0], same))

    assert "two of its periods have one order" in texts(ledger_breaches(wrong, orders))
    assert len(texts(once_breaches(orders[0], [subscription, active()]))) == 1


def test_an_invoice_of_another_order_is_told(books):
    subscription, orders, (first, second) = books
    strange = attrs.evolve(first, order=orders[1].id)

    assert len(texts(invoice_breaches(subscription, [strange, second]))) == 1


def test_a_status_against_the_dates_is_told(books):
    subscription, _, _ = books
    early = attrs.evolve(subscription, status=SubscriptionStatus.ENDED, ends_on=day("2024-12-31"))
    resting = attrs.evolve(subscription, status=SubscriptionStatus.PAUSED)

    assert texts(status_breaches(early)) == ["has ended, and is not billed to its last day"]
    assert texts(status_breaches(resting)) == ["is paused, and has no pause"]


def test_laws_have_names_of_their_own():
    assert len({each.name for each in INVARIANTS}) == len(INVARIANTS)


@given(subscription=subscriptions(), ahead=st.integers(0, 500))
def test_whatever_was_billed_the_laws_hold(subscription, ahead):
    until = subscription.started_on + timedelta(days=ahead)

    one, orders, invoices = booked(subscription, until)
    one = advance(one, until, NOON).entity

    assert texts(ledger_breaches(one, orders)) == []
    assert texts(invoice_breaches(one, invoices)) == []
    assert texts(status_breaches(one)) == []


@given(subscription=subscriptions(), ahead=st.integers(0, 400), units=st.integers(1, 10**6))
def test_a_ledger_that_was_tampered_with_is_found(subscription, ahead, units):
    until = subscription.started_on + timedelta(days=ahead)
    one, orders, _ = booked(subscription, until)
    if not one.billed:
        return
    first = one.billed[0]
    false = attrs.evolve(first, net=first.net + euro(units))

    wrong = attrs.evolve(one, billed=(false, *one.billed[1:]))

    assert texts(ledger_breaches(wrong, orders))
