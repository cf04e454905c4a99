"""A due period is born as an order, billed in full, with a draft invoice for it."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.sales import Fulfilment, InvoiceStatus, OrderLine, line_net
from crmcore.subscriptions import RenewalIds, RenewalLine, bill_renewal, next_renewal

from .agreed import IDS, NOON, active, day, euro, subscriptions

COPIED = (
    *("product", "quantity", "unit", "unit_price", "discount"),
    *("vat_category", "vat_rate", "vat_reason", "net"),
)


def ids_for(renewal):
    many = len(renewal.lines)
    return RenewalIds(
        order=IDS.new(),
        order_lines=[IDS.new() for _ in range(many)],
        invoice=IDS.new(),
        invoice_lines=[IDS.new() for _ in range(many)],
    )


def born(subscription, on=None):
    present = subscription.billed_until if on is None else on
    renewal = next_renewal(subscription, present + timedelta(days=800), as_of=present)
    ids = ids_for(renewal)
    return renewal, ids, bill_renewal(subscription, renewal, ids, NOON, on=present)


def test_a_period_becomes_an_order_and_an_invoice():
    subscription = attrs.evolve(active(euro("10"), euro("20")), buyer_reference="04011000")

    renewal, ids, done = born(subscription)
    order, invoice = done.order.entity, done.invoice.entity

    assert (order.id, invoice.id, invoice.order) == (ids.order, ids.invoice, ids.order)
    assert (order.totals.net, invoice.totals.net) == (euro("30"), euro("30"))
    assert (order.billing, invoice.status) == (Fulfilment.FULLY, InvoiceStatus.DRAFT)
    assert (order.buyer_reference, invoice.buyer_reference) == ("04011000", "04011000")
    assert (invoice.delivered_from, invoice.delivered_on) == (
        renewal.period_from,
        renewal.last_day,
    )
    assert [type(event).__name__ for event in done.order.events] == ["OrderPlaced", "OrderBilled"]
    assert done.subscription.entity.billed[-1].order == ids.order


def test_a_line_tells_its_own_days():
    _, _, done = born(active(ends_on=day("2024-01-10")))

    assert [line.description for line in done.invoice.entity.lines] == [
        "Seat 0, 2024-01-01 to 2024-01-10"
    ]


def test_where_there_is_nothing_to_charge_nothing_is_born():
    _, _, done = born(active(euro("0")))

    assert (done.order, done.invoice) == (None, None)
    assert done.subscription.entity.billed_until == day("2024-02-01")


def test_what_is_billed_already_is_not_born_again():
    renewal, ids, done = born(active())

    again = bill_renewal(done.subscription.entity, renewal, ids, NOON, on=day("2024-01-01"))

    assert again.subscription.is_empty
    assert (again.order, again.invoice) == (None, None)


def test_every_line_needs_an_id():
    subscription = active()
    renewal = next_renewal(subscription, day("2024-01-01"), as_of=day("2024-01-01"))
    none = attrs.evolve(ids_for(renewal), order_lines=[])

    with pytest.raises(InvalidValue, match="order_lines"):
        bill_renewal(subscription, renewal, none, NOON, on=day("2024-01-01"))


def test_no_field_of_a_line_is_forgotten():
    told = {"id", "description", "invoiced_net"}
    mine = {each.name for each in attrs.fields(RenewalLine)}
    ours = {each.name for each in attrs.fields(OrderLine)}

    assert {*COPIED} <= mine & ours
    assert (mine & ours) - {*COPIED} <= told


@given(subscription=subscriptions(), late=st.integers(0, 60))
def test_order_and_invoice_come_to_what_was_planned(subscription, late):
    on = subscription.billed_until + timedelta(days=late)
    renewal = next_renewal(subscription, on + timedelta(days=800), as_of=on)
    if renewal is None:
        return

    done = bill_renewal(subscription, renewal, ids_for(renewal), NOON, on=on)

    assert done.subscription.entity.billed[-1].net == renewal.net
    assert (done.order is None) is renewal.is_free
    if done.order is not None:
        order, invoice = done.order.entity, done.invoice.entity
        assert order.totals.net == invoice.totals.net == renewal.net
        assert order.totals.payable == invoice.totals.payable == order.invoiced
        for line, planned in zip(order.lines, renewal.lines, strict=True):
            assert all(getattr(line, name) == getattr(planned, name) for name in COPIED)
            assert line.net == line_net(line.quantity, line.unit_price, line.discount)
