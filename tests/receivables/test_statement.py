"""The account of a customer: whose documents and money are on it, and how it goes on."""

from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.receivables import statement
from crmcore.sales import InvoiceStatus
from crmcore.values import Money, sum_money

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def euros(amount):
    return Money(amount, "EUR")


def told(papers, documents, payments, account=None, *, first=FIRST, last=LAST):
    whose = papers.account if account is None else account
    return statement(whose, "EUR", documents, payments, first=first, last=last)


def listed(made):
    return [(each.what, str(each.amount)) for each in made.entries]


def test_drafts_are_not_on_a_statement(papers):
    bill = papers.invoice("100")
    draft = attrs.evolve(bill, status=InvoiceStatus.DRAFT, issued_on=None)
    unnumbered = attrs.evolve(bill, number=None)

    assert listed(told(papers, [draft, unnumbered], [])) == []
    assert listed(told(papers, [bill], [])) == [("invoice", "119.00 EUR")]


@pytest.mark.parametrize("amount", ["50", "119"])
def test_what_somebody_else_pays_for_us_is_on_our_statement_and_on_theirs_is_only_the_rest(
    papers, amount
):
    bill, parent = papers.invoice("100"), papers.ids.new()
    own = papers.invoice("10", account=parent)
    done = papers.pay(amount, bill)
    payment = attrs.evolve(done.payment.entity, account=parent)
    bill = done.invoices[0].entity

    ours, theirs = (told(papers, [bill, own], [payment], account) for account in (None, parent))

    assert listed(ours) == [("invoice", "119.00 EUR"), ("payment", f"-{amount}.00 EUR")]
    assert listed(theirs) == [("invoice", "11.90 EUR")]


def test_of_a_payment_for_both_each_has_its_part(papers):
    parent = papers.ids.new()
    bill, own = papers.invoice("100"), papers.invoice("10", account=parent)
    done = papers.pay("200", bill, own)
    payment = attrs.evolve(done.payment.entity, account=parent)
    documents = [each.entity for each in done.invoices]

    ours, theirs = (told(papers, documents, [payment], account) for account in (None, parent))

    assert listed(ours)[1:] == [("payment", "-119.00 EUR")]
    assert listed(theirs)[1:] == [("payment", "-81.00 EUR")]
    assert (ours.closing, theirs.closing) == (euros(0), euros("-69.10"))


def test_other_currencies_are_passed_over(papers):
    dollars = papers.invoice("100", currency="USD")
    done = papers.pay("50", dollars, currency="USD")

    made = told(papers, [done.invoices[0].entity], [done.payment.entity])

    assert (made.entries, made.closing) == ((), euros(0))


DAYS = st.integers(0, 60)


@given(
    st.lists(st.tuples(DAYS, st.integers(1, 10**5)), max_size=4),
    st.lists(st.tuples(DAYS, st.integers(1, 10**5)), max_size=4),
    DAYS,
)
def test_a_period_goes_on_where_the_one_before_ended(new_papers, bills, paid, split):
    papers = new_papers()
    documents = [
        papers.invoice(f"{cents / 100:.2f}", on=FIRST + timedelta(days=day)) for day, cents in bills
    ]
    payments = [
        papers.pay(f"{cents / 100:.2f}", on=FIRST + timedelta(days=day)).payment.entity
        for day, cents in paid
    ]
    until = FIRST + timedelta(days=split)

    whole = told(papers, documents, payments)
    early = told(papers, documents, payments, last=until)
    late = told(papers, documents, payments, first=until + timedelta(days=1))

    assert early.closing == late.opening
    assert early.entries + late.entries == whole.entries
    assert (early.opening, late.closing) == (euros(0), whole.closing)
    claimed = sum_money((each.totals.claim for each in documents), "EUR")
    assert whole.closing == claimed - sum_money((each.amount for each in payments), "EUR")
    assert [*whole.balances()][-1:] == [whole.closing] * bool(whole.entries)
