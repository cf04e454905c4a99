"""Discounts for early payment, write-offs, and the tax in them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, LimitExceeded
from crmcore.receivables import discount_in_time, release, vat_of, write_off
from crmcore.sales import CreditWish, InvoiceStatus, SettlementKind, credit, plan_credit
from crmcore.values import Money, Share, sum_money

TWO = Share("0.02")


def test_who_pays_in_time_less_the_discount_owes_nothing(papers):
    bill = papers.invoice("100", skonto=TWO)

    done = papers.pay("116.62", bill, on=papers.today + timedelta(days=10))

    (change,) = done.invoices
    assert change.entity.status is InvoiceStatus.PAID
    assert change.entity.settled_by(SettlementKind.DISCOUNT) == Money("2.38", "EUR")
    assert change.entity.settled_by(SettlementKind.PAYMENT) == Money("116.62", "EUR")
    assert done.payment.entity.unallocated.is_zero


def test_a_day_too_late_there_is_no_discount(papers):
    bill = papers.invoice("100", skonto=TWO)

    done = papers.pay("116.62", bill, on=papers.today + timedelta(days=11))

    assert done.invoices[0].entity.due == Money("2.38", "EUR")


def test_who_pays_in_full_gets_no_discount(papers):
    bill = papers.invoice("100", skonto=TWO)

    done = papers.pay("119", bill)

    assert done.invoices[0].entity.settled_by(SettlementKind.DISCOUNT).is_zero
    assert done.payment.entity.unallocated.is_zero


def test_a_cent_short_of_the_discounted_amount_earns_nothing(papers):
    bill = papers.invoice("100", skonto=TWO)

    done = papers.pay("116.61", bill)

    assert done.invoices[0].entity.due == Money("2.39", "EUR")


def test_discounts_can_be_refused(papers):
    bill = papers.invoice("100", skonto=TWO)

    done = papers.pay("116.62", bill, discounts=False)

    assert done.invoices[0].entity.due == Money("2.38", "EUR")


def credited(papers, bill, net):
    """The invoice after a credit of so much, settled as far as it is open."""
    wish = CreditWish(reopen=False, reason="x", amounts={bill.lines[0].id: Money(net, "EUR")})
    ids = papers.ids
    plan = plan_credit(
        bill,
        None,
        (),
        wish,
        note_id=ids.new(),
        line_ids=[ids.new()],
        at=papers.now,
        on=papers.today,
    )
    return credit(plan, papers.number(), papers.now).invoice.entity


def test_what_was_credited_is_not_discounted_and_the_rest_is(papers):
    bill = credited(papers, papers.invoice("1000", skonto=TWO), "200")

    done = papers.pay("932.96", bill)

    after = done.invoices[0].entity
    assert discount_in_time(bill, papers.today).amount == Money("19.04", "EUR")
    assert after.status is InvoiceStatus.PAID
    assert after.settled_by(SettlementKind.DISCOUNT) == Money("19.04", "EUR")


def test_what_money_settled_in_part_is_let_off_nothing(papers):
    bill = papers.pay("100", papers.invoice("1000", skonto=TWO)).invoices[0].entity

    assert discount_in_time(bill, papers.today) is None
    assert papers.pay("1066.20", bill).invoices[0].entity.due == Money("23.80", "EUR")


def test_what_is_settled_has_no_discount_left(papers):
    bill = credited(papers, papers.invoice("1000", skonto=TWO), "1000")

    assert bill.due.is_zero
    assert discount_in_time(bill, papers.today) is None


def test_several_invoices_are_discounted_together(papers):
    first, second = papers.invoice("100", skonto=TWO), papers.invoice("200", skonto=TWO)

    done = papers.pay("349.86", first, second)

    assert [each.entity.status for each in done.invoices] == [InvoiceStatus.PAID] * 2
    assert done.payment.entity.unallocated.is_zero


def test_nothing_is_let_off_of_what_was_partly_settled(papers):
    bill = papers.pay("19", papers.invoice("100", skonto=TWO)).invoices[0].entity

    done = papers.pay("97.62", bill)

    assert done.invoices[0].entity.due == Money("2.38", "EUR")


def test_a_write_off_settles_without_money(papers):
    bill = papers.invoice("100")

    change = write_off(bill, Money("119", "EUR"), papers.today, papers.now, "insolvent")

    assert change.entity.status is InvoiceStatus.PAID
    assert change.entity.settlements[0].reason == "insolvent"


def test_no_more_is_written_off_than_is_due(papers):
    bill, note = papers.invoice("100"), papers.credit_note("1")

    with pytest.raises(LimitExceeded):
        write_off(bill, Money("119.01", "EUR"), papers.today, papers.now, "too much")
    with pytest.raises(InvalidValue, match="above zero"):
        write_off(bill, Money("-1", "EUR"), papers.today, papers.now, "too little")
    with pytest.raises(InvalidValue, match="credit note"):
        write_off(note, Money("1", "EUR"), papers.today, papers.now, "of ours")


def test_a_discount_spreads_over_the_rates_by_their_gross(papers):
    bill = papers.invoice("100", "100", "100")

    parts = vat_of(bill, Money("6.52", "EUR"))

    assert [(part.rate.as_percent, str(part.gross), str(part.tax)) for part in parts] == [
        (0, "2.00 EUR", "0.00 EUR"),
        (7, "2.14 EUR", "0.14 EUR"),
        (19, "2.38 EUR", "0.38 EUR"),
    ]


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=5), st.integers(1, 10**6))
def test_the_parts_of_an_amount_come_to_it(new_papers, nets, cents):
    bill = new_papers().invoice(*(f"{net / 100:.2f}" for net in nets))
    amount = Money(f"{cents / 100:.2f}", "EUR")

    parts = vat_of(bill, amount)

    assert sum_money((part.gross for part in parts), "EUR") == amount
    assert all(0 <= part.tax.amount <= part.gross.amount for part in parts)


def test_a_payment_that_bounced_costs_no_discount(papers):
    bill = credited(papers, papers.invoice("1000", skonto=TWO), "200")
    first = papers.pay("932.96", bill)
    back = release(
        first.payment.entity, first.invoices[0].entity, papers.today, papers.now, "bounced"
    )

    again = papers.pay("932.96", back.invoices[0].entity)

    assert again.invoices[0].entity.status is InvoiceStatus.PAID
    assert again.invoices[0].entity.settled_by(SettlementKind.DISCOUNT) == Money("19.04", "EUR")
