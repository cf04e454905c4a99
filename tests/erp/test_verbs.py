"""What becomes of links and facts: what is new is taken in, what is old changes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.erp import (
    MAX_FAULT,
    ErpInvoiceStatus,
    ErpInvoiceTold,
    FactParked,
    FactState,
    FactTaken,
    FeedRead,
    HandOverMissed,
    InvoiceFact,
    OrderQueued,
    PriceFact,
    StockFact,
    StockTold,
    is_news,
    link,
    miss,
    park,
    queue,
    read_up_to,
    refuse,
    retry,
    take,
    tell_invoice,
    tell_stock,
)
from crmcore.values import CountedIds, Money

IDS = CountedIds()
ONE, OTHER, THIRD = IDS.new(), IDS.new(), IDS.new()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
VERSIONS = st.integers(0, 9)


def price(version: int) -> PriceFact:
    return PriceFact(sku="P-1", amount=Money("12", "EUR"), version=version)


def stock(quantity: object = 7, told_at: datetime = NOON) -> StockFact:
    return StockFact(sku="P-1", quantity=quantity, told_at=told_at, version=1)


def invoice(status: str = "open", paid: str = "0") -> InvoiceFact:
    return InvoiceFact(
        order="SO-1",
        number="R-1",
        status=status,
        issued_on=date(2026, 3, 1),
        gross=Money("119", "EUR"),
        paid=Money(paid, "EUR"),
        version=1,
    )


def parked(fact: PriceFact, known=None, at: datetime = NOON):
    return park(ONE, "books", fact, known, at, text="{}", fault="there is no product P-1")


def test_a_refused_order_is_queued_again_with_its_history():
    waiting = queue(ONE, "books", OTHER, NOON).entity
    refused = refuse(waiting, "the customer is blocked", NOON).entity

    change = retry(refused, LATER)

    assert (change.entity.attempts, change.entity.fault) == (1, "the customer is blocked")
    assert change.events == (OrderQueued(at=LATER, erp_link=ONE, order=OTHER, system="books"),)
    assert link(change.entity, "SO-1", LATER).entity.fault is None


@given(st.text(max_size=MAX_FAULT + 50))
def test_of_a_long_fault_the_beginning_is_kept(fault):
    waiting = queue(ONE, "books", OTHER, NOON).entity

    for verb in (miss, refuse):
        assert verb(waiting, fault, NOON).entity.fault == fault[:MAX_FAULT]


@given(st.integers(1, 6))
def test_each_try_that_missed_is_counted(tries):
    here = queue(ONE, "books", OTHER, NOON).entity

    for count in range(1, tries + 1):
        change = miss(here, "no line", NOON + timedelta(minutes=count))
        here = change.entity
        (event,) = change.events
        assert isinstance(event, HandOverMissed)
        assert event.attempts == here.attempts == count
    assert here.tried_at == NOON + timedelta(minutes=tries)


@given(st.lists(VERSIONS, min_size=1, max_size=12))
def test_in_whatever_order_facts_come_the_newest_is_what_is_known(versions):
    known, taken = None, []

    for version in versions:
        if is_news(price(version), known):
            known = take(ONE, "books", price(version), known, NOON).entity
            taken.append(version)

    assert known.version == max(versions)
    assert taken == sorted({*taken})


@given(VERSIONS, VERSIONS)
def test_a_parked_fact_may_come_again_but_no_older_one(before, now):
    waiting = parked(price(before)).entity
    taken = take(ONE, "books", price(before), None, NOON).entity

    assert is_news(price(now), waiting) is (now >= before)
    assert is_news(price(now), taken) is (now > before)


@given(st.integers(1, 5))
def test_a_parked_fact_counts_its_tries_until_it_is_taken_in(tries):
    known = None

    for _ in range(tries):
        change = parked(price(1), known)
        known = change.entity
        assert isinstance(change.events[0], FactParked)
    done = take(OTHER, "books", price(1), known, LATER)

    assert (known.state, known.tries, known.fact) == (FactState.PARKED, tries, "{}")
    assert (done.entity.id, done.entity.state) == (ONE, FactState.TAKEN)
    assert (done.entity.fact, done.entity.fault) == (None, None)
    assert done.events == (
        FactTaken(at=LATER, erp_fact=ONE, system="books", kind="price", version=1),
    )


@given(st.decimals(-999, 999, places=3), st.decimals(-999, 999, places=3))
def test_stock_that_is_told_again_changes_nothing(first, second):
    known = tell_stock(ONE, "books", OTHER, stock(first), known=None, at=NOON).entity

    change = tell_stock(THIRD, "books", OTHER, stock(second), known=known, at=LATER)

    assert change.entity.id == ONE
    assert change.entity.quantity == second
    assert change.is_empty is (first == second)
    assert change.events == (
        () if first == second else (StockTold(at=LATER, stock=ONE, product=OTHER, system="books"),)
    )


def test_an_invoice_moves_on_and_is_told_once():
    first = tell_invoice(ONE, "books", OTHER, invoice(), known=None, at=NOON)
    paid = tell_invoice(THIRD, "books", OTHER, invoice("paid", "119"), known=first.entity, at=LATER)
    again = tell_invoice(THIRD, "books", OTHER, invoice("paid", "119"), known=paid.entity, at=LATER)

    assert (paid.entity.id, paid.entity.status) == (ONE, ErpInvoiceStatus.PAID)
    assert paid.events == (
        ErpInvoiceTold(at=LATER, erp_invoice=ONE, order=OTHER, system="books", status="paid"),
    )
    assert again.is_empty


@given(st.lists(st.none() | st.sampled_from("abc"), min_size=1, max_size=9))
def test_a_feed_is_read_up_to_the_last_cursor(cursors):
    known, told = None, 0

    for cursor in cursors:
        change = read_up_to(ONE, "books", cursor, known, NOON)
        moves = known is None or known.cursor != cursor
        known, told = change.entity, told + moves
        assert [type(event) for event in change.events] == [FeedRead] * moves

    assert known.cursor == cursors[-1]
    assert told >= 1


@pytest.mark.parametrize("verb", [link, miss, refuse])
def test_an_instant_is_kept_in_whole_milliseconds(verb):
    waiting = queue(ONE, "books", OTHER, NOON).entity

    change = verb(waiting, "x", NOON.replace(microsecond=1234))

    assert change.entity.tried_at == NOON.replace(microsecond=1000)
