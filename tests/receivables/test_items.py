"""Open items on any day, how old they are, and the account of a customer."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError, InvalidValue
from crmcore.receivables import (
    Payment,
    aging,
    discount_in_time,
    open_items,
    pay_back,
    release,
    statement,
    write_off,
)
from crmcore.sales import CreditWish, Instalment, credit, plan_credit
from crmcore.sales.invoices.credit_agreement import credit_breaches
from crmcore.values import Money, Share, sum_money

FIRST = date(2026, 1, 1)


def euros(amount):
    return Money(amount, "EUR")


def test_what_was_open_on_a_day_is_told_as_of_that_day(papers):
    bill = papers.invoice("100", on=FIRST)
    half = papers.pay("19", bill, on=FIRST + timedelta(days=10)).invoices[0].entity

    def due_on(day):
        return [str(item.due) for item in open_items([half], day)]

    assert due_on(FIRST - timedelta(days=1)) == []
    assert due_on(FIRST + timedelta(days=9)) == ["119.00 EUR"]
    assert due_on(FIRST + timedelta(days=10)) == ["100.00 EUR"]


def test_a_credit_note_is_open_below_zero_and_never_overdue(papers):
    (item,) = open_items([papers.credit_note("100", on=FIRST)], date(2027, 1, 1))

    assert (item.due, item.days) == (euros("-119"), 0)


def test_items_fall_into_their_ages(papers):
    today = FIRST + timedelta(days=100)
    bills = [papers.invoice("100", on=FIRST, due=due) for due in (100, 99, 70, 69, 10, 9)]

    told = aging(open_items(bills, today), today)

    (row,) = told.rows
    assert told.names == ("1-30 days", "31-60 days", "61-90 days", "over 90 days")
    assert row.not_due == euros("119")
    assert [str(each) for each in row.overdue] == [
        "238.00 EUR",
        "119.00 EUR",
        "119.00 EUR",
        "119.00 EUR",
    ]
    assert row.total == euros("714")
    assert "R-6: 119.00 EUR" in told.explain()
    assert "over 90 days" in told._repr_html_()


def test_currencies_are_never_added(papers):
    bills = [papers.invoice("100"), papers.invoice("100", currency="USD")]

    told = aging(open_items(bills, papers.today), papers.today)

    assert [str(row.total) for row in told.rows] == ["119.00 EUR", "119.00 USD"]


@pytest.mark.parametrize("ages", [(), (0,), (30, 30), (30, 10)])
def test_ages_must_rise(ages):
    with pytest.raises(InvalidValue, match="rise"):
        aging((), FIRST, ages)


def test_a_statement_goes_from_balance_to_balance(papers):
    early, late = papers.invoice("100", on=FIRST), papers.invoice("50", on=date(2026, 2, 1))
    paid = papers.pay("150", early, on=date(2026, 2, 2))
    note = papers.credit_note("10", on=date(2026, 2, 3))
    documents = [paid.invoices[0].entity, late, note]

    told = statement(
        papers.account,
        "EUR",
        documents,
        [paid.payment.entity],
        first=date(2026, 2, 1),
        last=date(2026, 2, 28),
    )

    assert told.opening == euros("119")
    assert [(each.what, str(each.amount)) for each in told.entries] == [
        ("invoice", "59.50 EUR"),
        ("payment", "-150.00 EUR"),
        ("credit note", "-11.90 EUR"),
    ]
    assert told.closing == euros("16.60")
    assert told.explain().splitlines()[-1] == "2026-02-28: balance 16.60 EUR"
    assert "16.60 EUR" in told._repr_html_()
    with pytest.raises(InvalidValue, match="last"):
        statement(papers.account, "EUR", [], [], first=FIRST, last=FIRST - timedelta(days=1))


class Books:
    """Documents of one account, what came in and what was paid back."""

    def __init__(self, papers):
        self.papers, self.documents, self.payments = papers, {}, {}

    def keep(self, *changes):
        for each in changes:
            kept = self.payments if isinstance(each.entity, Payment) else self.documents
            kept[each.entity.id] = each.entity

    def bills(self):
        return [each for each in self.documents.values() if not each.is_credit_note]

    def notes(self, bill):
        return [each for each in self.documents.values() if each.credits == bill.id]

    def pay(self, which, cents, on):
        due = [each for each in self.bills() if not each.due.is_zero]
        # Now and then just what is due less the discounts.
        exact = sum_money((each.due for each in due), "EUR")
        let_off = [found.amount for each in due if (found := discount_in_time(each, on))]
        exact -= sum_money(let_off, "EUR")
        amount = exact.amount if which % 2 and exact.amount > 0 else f"{cents / 100:.2f}"
        done = self.papers.pay(amount, *due, on=on)
        self.keep(done.payment, *done.invoices)

    def credit(self, which, cents, on):
        bill = self.bills()[which % len(self.bills())]
        line = bill.lines[0].id
        much = {"amounts": {line: euros(f"{cents / 100:.2f}")}} if cents % 3 else {}
        wish = CreditWish(reopen=False, reason="x", **much)
        ids = self.papers.ids
        with suppress(CrmError):
            plan = plan_credit(
                bill,
                None,
                self.notes(bill),
                wish,
                note_id=ids.new(),
                line_ids=[ids.new()],
                at=self.papers.on(on),
                on=on,
            )
            done = credit(plan, self.papers.number(), self.papers.on(on))
            self.keep(done.note, done.invoice)

    def forgive(self, which, cents, on):
        bill = self.bills()[which % len(self.bills())]
        if not bill.due.is_zero:
            amount = min(bill.due, euros(f"{cents / 100:.2f}"))
            self.keep(write_off(bill, amount, on, self.papers.on(on), "small"))

    def pay_back(self, which, cents, on):
        for note in [each for each in self.documents.values() if each.is_credit_note]:
            if not note.due.is_zero:
                done = pay_back(note, self.papers.ids.new(), note.due, on, self.papers.on(on))
                self.keep(done.refund, *done.invoices)

    def release(self, on):
        """The last payment that settles something bounces."""
        for payment in reversed([each for each in self.payments.values() if each.allocations]):
            bill = self.documents[payment.allocations[0].invoice]
            if not bill.is_credit_note:
                notes = self.notes(bill)
                done = release(payment, bill, on, self.papers.on(on), "bounced", notes=notes)
                self.keep(done.payment, *done.invoices)
                return


@given(
    st.lists(
        st.tuples(st.integers(1, 10**6), st.integers(0, 40), st.booleans()), min_size=1, max_size=6
    ),
    st.lists(
        st.tuples(
            st.sampled_from(["pay", "pay", "credit", "credit", "forgive", "pay_back"]),
            st.integers(0, 9),
            st.integers(1, 10**6),
            st.integers(0, 60),
        ),
        max_size=10,
    ),
    st.integers(0, 70),
    st.booleans(),
)
def test_the_balance_is_what_is_open_less_what_is_unallocated(new_papers, bills, moves, days, back):
    books = Books(new_papers())
    for cents, day, early in bills:
        on = FIRST + timedelta(days=day)
        skonto = Share("0.02") if early else None
        made = books.papers.invoice(f"{cents / 100:.2f}", on=on, skonto=skonto, until=100)
        books.documents[made.id] = made
    for name, which, cents, day in sorted(moves, key=lambda one: one[3]):
        getattr(books, name)(which, cents, FIRST + timedelta(days=40 + day))
    if back:
        books.release(FIRST + timedelta(days=100))
    last, documents = FIRST + timedelta(days=days + 100), [*books.documents.values()]
    payments = [*books.payments.values()]

    told = statement(books.papers.account, "EUR", documents, payments, first=FIRST, last=last)

    open_amounts = (item.due for item in open_items(documents, last))
    waiting = sum_money((each.unallocated for each in payments), "EUR")
    assert told.closing == sum_money(open_amounts, "EUR") - waiting
    for bill in books.bills():
        assert [*credit_breaches(bill, books.notes(bill))] == []


def test_what_credits_took_back_of_a_discount_is_not_claimed_again_when_the_payment_bounces(
    new_papers,
):
    books = Books(new_papers())
    bill = books.papers.invoice("100", skonto=Share("0.02"))
    books.documents[bill.id] = bill
    books.pay(1, 0, bill.issued_on)
    books.credit(0, 5000, bill.issued_on)
    books.credit(0, 1, bill.issued_on)
    (note, small) = books.notes(bill)
    books.pay_back(0, 0, bill.issued_on)

    books.release(bill.issued_on)

    back = sum_money((each.amount for each in books.payments.values() if each.allocations), "EUR")
    credited = note.totals.claim + small.totals.claim
    assert back == note.due + small.due < credited
    assert books.documents[bill.id].due == bill.totals.payable - credited + back
    assert all(each.due.is_zero for each in books.notes(bill))


def test_each_instalment_is_an_open_item_and_what_was_paid_counts_for_the_first(papers):
    parts = (
        Instalment(due_on=FIRST + timedelta(days=10), amount=euros("60")),
        Instalment(due_on=FIRST + timedelta(days=40), amount=euros("59")),
    )
    bill = papers.invoice("100", on=FIRST, due=40, instalments=parts)
    paid = papers.pay("20", bill, on=FIRST).invoices[0].entity
    day = FIRST + timedelta(days=20)

    items = open_items([paid], day)

    assert [(item.number, str(item.due), item.days) for item in items] == [
        ("R-1/1", "40.00 EUR", 10),
        ("R-1/2", "59.00 EUR", 0),
    ]
    assert aging(items, day).rows[0].overdue[0] == euros("40")
    whole = papers.pay("60", paid, on=FIRST).invoices[0].entity
    assert [item.number for item in open_items([whole], day)] == ["R-1/2"]


def test_entries_of_one_day_follow_what_happened(papers):
    bill = papers.pay("119", papers.invoice("100", on=FIRST), on=FIRST)
    note = papers.credit_note("10", on=FIRST)
    documents = [note, bill.invoices[0].entity]

    told = statement(
        papers.account, "EUR", documents, [bill.payment.entity], first=FIRST, last=FIRST
    )

    assert [each.what for each in told.entries] == ["invoice", "credit note", "payment"]
