"""What payments do after they came in: allocated later, released, refunded, offset."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from crmcore.errors import InvalidValue, LimitExceeded, ManyFaults
from crmcore.receivables import (
    allocate,
    offset,
    pay_back,
    prepay,
    receive,
    refund,
    release,
    write_off,
)
from crmcore.sales import InvoiceStatus, Settlement, SettlementKind, totals_of
from crmcore.values import Money, Share


def euros(amount):
    return Money(amount, "EUR")


def test_an_over_payment_stays_unallocated_and_pays_a_later_invoice(papers):
    first, later = papers.invoice("100"), papers.invoice("50")
    over = papers.pay("150", first).payment.entity

    done = allocate(over, [later], papers.now)

    assert over.unallocated == euros("31")
    assert done.payment.entity.unallocated.is_zero
    assert done.invoices[0].entity.due == euros("28.50")


def test_a_second_allocation_to_an_invoice_is_one_share(papers):
    bill = papers.invoice("100")
    paid = papers.pay("19", bill)
    more = attrs.evolve(paid.payment.entity, amount=euros("40"))

    done = allocate(more, [paid.invoices[0].entity], papers.now)

    assert [str(each.amount) for each in done.payment.entity.allocations] == ["40.00 EUR"]
    assert done.invoices[0].entity.paid == euros("40")


def test_a_released_invoice_is_due_again_with_what_was_let_off(papers):
    bill = papers.invoice("100", skonto=Share("0.02"))
    paid = papers.pay("116.62", bill)

    done = release(
        paid.payment.entity, paid.invoices[0].entity, papers.today, papers.now, "bounced"
    )

    again = done.invoices[0].entity
    assert (again.status, again.due) == (InvoiceStatus.ISSUED, euros("119"))
    assert again.settled_by(SettlementKind.DISCOUNT).is_zero
    assert done.payment.entity.unallocated == euros("116.62")
    assert len(again.settlements) == 4


def test_only_what_a_payment_pays_is_released(papers):
    paid = papers.pay("1", papers.invoice("100")).payment.entity

    with pytest.raises(InvalidValue, match="not paid by this payment"):
        release(paid, papers.invoice("5"), papers.today, papers.now, "no")


def test_what_is_left_over_is_refunded_and_no_more(papers):
    over = papers.pay("150", papers.invoice("100")).payment.entity

    done = refund(over, papers.ids.new(), euros("31"), papers.today, papers.now)

    assert done.payment is not None
    assert done.payment.entity.unallocated.is_zero
    assert done.refund.entity.unallocated.is_zero
    with pytest.raises(LimitExceeded):
        refund(done.payment.entity, papers.ids.new(), euros("0.01"), papers.today, papers.now)
    with pytest.raises(InvalidValue, match="is a refund"):
        refund(done.refund.entity, papers.ids.new(), euros("1"), papers.today, papers.now)


def test_a_credit_note_is_paid_back(papers):
    note = papers.credit_note("100")

    done = pay_back(note, papers.ids.new(), euros("119"), papers.today, papers.now)

    assert done.invoices[0].entity.status is InvoiceStatus.PAID
    assert done.refund.entity.allocated == euros("119")
    with pytest.raises(InvalidValue, match="only a credit note"):
        pay_back(papers.invoice("1"), papers.ids.new(), euros("1"), papers.today, papers.now)


def test_a_credit_note_and_an_invoice_settle_each_other(papers):
    note, bill = papers.credit_note("100"), papers.invoice("200")

    given, taken = offset(note, bill, euros("119"), papers.today, papers.now)

    assert given.entity.status is InvoiceStatus.PAID
    assert taken.entity.due == euros("119")
    assert given.entity.settlements[0].source == bill.id
    assert taken.entity.settlements[0].source == note.id


def test_what_is_no_such_pair_is_told_at_once(papers):
    bill = papers.invoice("1", currency="USD", account=papers.ids.new())

    with pytest.raises(ManyFaults) as told:
        offset(papers.invoice("1"), bill, euros("0"), papers.today, papers.now)

    assert len(told.value.faults) == 4


def test_money_never_comes_in_for_a_credit_note(papers):
    with pytest.raises(InvalidValue, match="which we owe"):
        papers.pay("1", papers.credit_note("1"))


def test_nothing_is_allocated_from_nothing(papers):
    spent = papers.pay("1", papers.invoice("100")).payment.entity

    with pytest.raises(InvalidValue, match="nothing of it is left over"):
        allocate(spent, [papers.invoice("1")], papers.now)


def on_account(papers, amount):
    """A payment that pays nothing yet."""
    return papers.pay(amount).payment.entity


def test_what_was_paid_before_is_taken_from_the_oldest_payments(papers):
    early, late = on_account(papers, "50"), on_account(papers, "100")
    late = attrs.evolve(late, received_on=papers.today.replace(day=2))

    amount, changes = prepay([late, early], papers.invoice("100"), papers.now)

    assert amount == euros("119")
    assert [(each.entity.id, str(each.entity.allocated)) for each in changes] == [
        (early.id, "50.00 EUR"),
        (late.id, "69.00 EUR"),
    ]


def test_payments_that_cannot_be_a_prepayment_are_told_at_once(papers):
    spent = papers.pay("1", papers.invoice("1")).payment.entity
    foreign = attrs.evolve(on_account(papers, "1"), account=papers.ids.new())
    dollars = papers.pay("1", currency="USD").payment.entity

    with pytest.raises(ManyFaults) as told:
        prepay([spent, foreign, dollars, dollars], papers.invoice("1"), papers.now)

    assert [fault.field for fault in told.value.faults] == [
        "prepaid[0]",
        "prepaid[1]",
        "prepaid[2]",
        "prepaid[3]",
        "prepaid[3]",
    ]


def test_money_is_whole_minor_units(papers):
    for amount, currency in (("118.9999", "EUR"), ("0.5", "JPY"), ("0.0001", "KWD")):
        with pytest.raises(InvalidValue, match="finer than the minor unit"):
            papers.pay(amount, currency=currency)
    with pytest.raises(InvalidValue, match="finer than the minor unit"):
        Settlement(kind=SettlementKind.WRITE_OFF, amount=euros("0.001"), on=papers.today)
    assert papers.pay("0.001", currency="KWD")


def test_what_was_paid_before_stays_when_the_rest_is_released(papers):
    money = on_account(papers, "100")
    draft = papers.invoice("100")
    amount, (change,) = prepay([attrs.evolve(money, amount=euros("50"))], draft, papers.now)
    money = attrs.evolve(change.entity, amount=euros("100"))
    totals = totals_of(draft.lines, "EUR", prepaid=amount)
    done = allocate(money, [attrs.evolve(draft, totals=totals)], papers.now)

    back = release(
        done.payment.entity, done.invoices[0].entity, papers.today, papers.now, "bounced"
    )

    assert back.payment.entity.allocated_to(draft.id) == euros("50")
    assert back.invoices[0].entity.due == euros("69")


def test_a_discount_is_earned_by_the_day_the_money_came_in(papers):
    bill = papers.invoice("100", skonto=Share("0.02"))
    money = on_account(papers, "116.62")

    done = allocate(money, [bill], papers.now)
    without = allocate(money, [bill], papers.now, discounts=False)

    assert done.invoices[0].entity.status is InvoiceStatus.PAID
    assert without.invoices[0].entity.due == euros("2.38")


def test_money_that_has_not_come_yet_is_refused(papers):
    bill = papers.invoice("100")

    with pytest.raises(InvalidValue, match="received_on: 2027-01-01 has not come yet"):
        receive(
            papers.ids.new(),
            papers.account,
            bill.due,
            date(2027, 1, 1),
            [bill],
            at=papers.now,
        )


def test_where_it_is_tomorrow_already_money_may_have_come(papers):
    tomorrow = papers.today + timedelta(days=1)
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)

    done = receive(papers.ids.new(), papers.account, euros("1"), tomorrow, [], at=noon)

    assert done.payment.entity.received_on == tomorrow


def test_nothing_is_taken_back_before_it_was_there(papers):
    late = papers.today + timedelta(days=20)
    paid = papers.pay("119", papers.invoice("100"), on=late)
    (bill,) = (each.entity for each in paid.invoices)
    at = papers.on(late)

    with pytest.raises(InvalidValue, match="on: must not lie before 2026-03-21"):
        release(paid.payment.entity, bill, papers.today, at, "typo")
    assert release(paid.payment.entity, bill, late, at, "typo").invoices[0].entity.paid.is_zero


def test_nothing_is_given_up_or_set_off_before_there_is_a_document(papers):
    bill, note = papers.invoice("100"), papers.credit_note("100")
    before = papers.today - timedelta(days=1)

    with pytest.raises(InvalidValue, match="on: must not lie before 2026-03-01"):
        write_off(bill, bill.due, before, papers.now, "x")
    with pytest.raises(InvalidValue, match="on: must not lie before 2026-03-01"):
        offset(note, bill, bill.due, before, papers.now)
    with pytest.raises(InvalidValue, match="on: must not lie before 2026-03-01"):
        pay_back(note, papers.ids.new(), note.due, before, papers.now)


def test_nothing_is_refunded_before_it_came_in(papers):
    payment = papers.pay("5").payment.entity
    before = papers.today - timedelta(days=1)

    with pytest.raises(InvalidValue, match="on: must not lie before 2026-03-01"):
        refund(payment, papers.ids.new(), payment.unallocated, before, papers.now)
    with pytest.raises(InvalidValue, match="has not come yet"):
        refund(payment, papers.ids.new(), payment.unallocated, date(9999, 12, 31), papers.now)
