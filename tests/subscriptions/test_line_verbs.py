"""What recurs changes from a day on, and never what is billed."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CurrencyMismatch, GuardRefused, InvalidValue, MoveForbidden
from crmcore.subscriptions import (
    MAX_ITEMS,
    BillingTime,
    SubscriptionLineAdded,
    SubscriptionLineChanged,
    SubscriptionLineRemoved,
    add_line,
    cancel,
    change_line,
    change_price,
    change_quantity,
    lines_of,
    remove_line,
    renewals,
)
from crmcore.values import Money, Share

from .agreed import IDS, NOON, active, billed, day, drafts, drawn_up, euro, nets, prices


def item_of(subscription):
    return subscription.items[0]


def at_price(subscription, price, since):
    return change_price(
        subscription,
        item_of(subscription),
        euro(price),
        NOON,
        valid_from=day(since),
        line_id=IDS.new(),
    )


def told(subscription):
    """From when on which price and quantity hold."""
    return [
        (line.valid_from.isoformat(), str(line.unit_price.amount), int(line.quantity))
        for line in subscription.versions(item_of(subscription))
    ]


def test_a_new_price_is_a_new_version():
    change = at_price(active(), "40", "2024-03-01")

    assert told(change.entity) == [("2024-01-01", "31", 1), ("2024-03-01", "40", 1)]
    assert change.entity.lines[0].valid_until == day("2024-03-01")
    assert isinstance(change.events[0], SubscriptionLineChanged)
    assert nets(renewals(change.entity, day("2024-03-01"))) == ["31", "31", "40"]


def test_what_is_billed_has_its_price_for_good():
    booked = billed(active(), day("2024-02-01"))

    with pytest.raises(GuardRefused, match="2024-03-01"):
        at_price(booked, "40", "2024-02-29")
    dearer = at_price(booked, "40", "2024-03-01").entity

    assert dearer.billed == booked.billed


def test_the_same_price_is_no_change():
    assert at_price(active(), "31", "2024-03-01").is_empty


def test_a_change_holds_until_the_next_one_of_its_kind_that_is_planned():
    planned = at_price(active(), "40", "2024-06-01").entity

    more = change_quantity(
        planned, item_of(planned), "3", NOON, valid_from=day("2024-03-01"), line_id=IDS.new()
    ).entity
    dearer = at_price(more, "35", "2024-04-01").entity

    assert told(more) == [
        ("2024-01-01", "31", 1),
        ("2024-03-01", "31", 3),
        ("2024-06-01", "40", 3),
    ]
    assert told(dearer) == [
        ("2024-01-01", "31", 1),
        ("2024-03-01", "31", 3),
        ("2024-04-01", "35", 3),
        ("2024-06-01", "40", 3),
    ]


def test_a_planned_change_is_planned_anew():
    planned = at_price(active(), "40", "2024-06-01").entity

    assert told(at_price(planned, "45", "2024-06-01").entity) == [
        ("2024-01-01", "31", 1),
        ("2024-06-01", "45", 1),
    ]


def test_a_draft_is_changed_from_its_first_day_on():
    assert told(at_price(drawn_up(), "40", "2024-01-01").entity) == [("2024-01-01", "40", 1)]


def test_other_terms_change_too_and_the_product_does_not():
    subscription = active()

    lower = change_line(
        subscription,
        item_of(subscription),
        {"vat_rate": Share("0.16"), "discount": Share("0.1")},
        NOON,
        valid_from=day("2024-07-01"),
        line_id=IDS.new(),
    ).entity

    assert [line.vat_rate for line in lower.lines] == [Share("0.19"), Share("0.16")]
    with pytest.raises(InvalidValue, match="product"):
        change_line(
            subscription,
            item_of(subscription),
            {"product": None},
            NOON,
            valid_from=day("2024-07-01"),
            line_id=IDS.new(),
        )


def test_an_item_that_is_not_there_has_no_price():
    with pytest.raises(InvalidValue, match="item"):
        change_price(
            active(), IDS.new(), euro("1"), NOON, valid_from=day("2024-07-01"), line_id=IDS.new()
        )


def test_a_price_is_in_the_currency_of_the_subscription():
    subscription = active()

    with pytest.raises(CurrencyMismatch):
        change_price(
            subscription,
            item_of(subscription),
            Money("1", "USD"),
            NOON,
            valid_from=day("2024-07-01"),
            line_id=IDS.new(),
        )


def test_an_item_comes_and_goes():
    subscription = active(billing_time=BillingTime.ARREARS)
    (line,) = lines_of(drafts(euro("62")), {}, [IDS.new()], currency="EUR", on=day("2024-01-17"))

    added = add_line(subscription, line, NOON)
    gone = remove_line(added.entity, line.item, day("2024-02-01"), NOON)

    assert isinstance(added.events[0], SubscriptionLineAdded)
    assert isinstance(gone.events[0], SubscriptionLineRemoved)
    assert nets(renewals(gone.entity, day("2024-03-01"))) == ["61", "31"]
    assert add_line(added.entity, line, NOON).is_empty
    assert remove_line(gone.entity, line.item, day("2024-02-01"), NOON).is_empty
    with pytest.raises(InvalidValue, match="there already"):
        add_line(gone.entity, line, NOON)
    with pytest.raises(InvalidValue, match="not there"):
        remove_line(subscription, line.item, day("2024-02-01"), NOON)


def test_an_item_that_never_was_charged_is_taken_out():
    subscription = active(euro("31"), euro("62"))
    booked = billed(subscription, day("2024-01-01"))
    planned = lines_of(drafts(euro("9")), {}, [IDS.new()], currency="EUR", on=day("2024-06-01"))
    more = add_line(booked, planned[0], NOON).entity

    assert remove_line(more, planned[0].item, day("2024-03-01"), NOON).entity.lines == booked.lines


def test_the_last_item_stays():
    subscription = drawn_up()

    with pytest.raises(InvalidValue, match="at least one line"):
        remove_line(subscription, item_of(subscription), day("2024-01-01"), NOON)


def test_items_are_added_until_there_are_as_many_as_may_be():
    subscription = active()
    (line,) = subscription.lines
    ids = [IDS.new() for _ in range(MAX_ITEMS)]
    lines = [attrs.evolve(line, id=id, item=id) for id in ids]
    full = attrs.evolve(subscription, lines=tuple(lines))

    with pytest.raises(InvalidValue, match=f"at most {MAX_ITEMS} items"):
        add_line(full, line, NOON)
    renewed = change_line(
        full, ids[0], {"quantity": 2}, NOON, valid_from=line.valid_from, line_id=IDS.new()
    )
    assert len(renewed.entity.items) == MAX_ITEMS


def test_items_keep_their_place():
    subscription = active(euro("1"), euro("2"))

    changed = at_price(subscription, "9", "2024-05-01").entity

    assert changed.items == subscription.items
    assert [str(line.unit_price.amount) for line in changed.lines] == ["1", "9", "2"]


def test_what_is_over_has_no_new_price():
    over = cancel(drawn_up(), NOON, on=day("2024-01-01")).entity

    with pytest.raises(MoveForbidden):
        at_price(over, "40", "2024-03-01")


changes = st.lists(st.tuples(st.integers(0, 300), prices), max_size=6)


@given(changes=changes, ahead=st.integers(0, 200))
def test_whatever_changes_a_day_has_one_version_of_an_item(changes, ahead):
    subscription = billed(active(), day("2024-03-01"))
    for gap, price in changes:
        since = day("2024-01-01") + timedelta(days=gap)
        try:
            subscription = change_price(
                subscription,
                item_of(subscription),
                price,
                NOON,
                valid_from=since,
                line_id=IDS.new(),
            ).entity
        except GuardRefused:
            assert since < subscription.billed_until
            continue
        (present,) = subscription.lines_on(since)
        assert present.unit_price == price

    assert len(subscription.lines_on(day("2024-01-01") + timedelta(days=ahead))) == 1


@given(changes=changes)
def test_no_change_touches_what_is_billed(changes):
    booked = billed(active(), day("2024-03-01"))
    subscription = booked
    for gap, price in changes:
        since = booked.billed_until + timedelta(days=gap)
        subscription = change_price(
            subscription, item_of(subscription), price, NOON, valid_from=since, line_id=IDS.new()
        ).entity

    assert subscription.billed == booked.billed
    for each in range((booked.billed_until - booked.billed_from).days):
        there = booked.billed_from + timedelta(days=each)
        (line,) = subscription.lines_on(there)
        assert line.unit_price == euro("31")


@given(price=prices, gap=st.integers(0, 300))
def test_a_change_made_twice_is_made_once(price, gap):
    since = (day("2024-01-01") + timedelta(days=gap)).isoformat()
    once = at_price(active(), price.amount, since).entity

    assert at_price(once, price.amount, since).is_empty


@given(price=prices, quantity=st.integers(1, 9), first=st.integers(0, 99), then=st.integers(0, 99))
def test_changes_of_different_terms_do_not_care_which_came_first(price, quantity, first, then):
    subscription = active()
    item = item_of(subscription)
    dear = {"valid_from": day("2024-01-01") + timedelta(days=first)}
    many = {"valid_from": day("2024-01-01") + timedelta(days=then)}

    one = change_price(subscription, item, price, NOON, line_id=IDS.new(), **dear).entity
    one = change_quantity(one, item, quantity, NOON, line_id=IDS.new(), **many).entity
    other = change_quantity(subscription, item, quantity, NOON, line_id=IDS.new(), **many).entity
    other = change_price(other, item, price, NOON, line_id=IDS.new(), **dear).entity

    assert told(one) == told(other)


@given(gap=st.integers(0, 300), ahead=st.integers(0, 300))
def test_an_item_is_charged_until_it_is_removed(gap, ahead):
    subscription = active(euro("31"), euro("62"))
    item = subscription.items[1]
    last = day("2024-01-01") + timedelta(days=gap)
    there = day("2024-01-01") + timedelta(days=ahead)

    less = remove_line(subscription, item, last, NOON).entity

    assert (item in {line.item for line in less.lines_on(there)}) is (there < last)
