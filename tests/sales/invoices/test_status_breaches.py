"""An invoice has its number, its days and its buyer exactly when it is issued."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales import papers
from tests.sales.deals import drafted
from tests.sales.documents import IDS, NOW, TODAY, issued

from crmcore.checking import Counters
from crmcore.sales import InvoiceStatus, Settlement, SettlementKind, settle
from crmcore.sales.invoices.invariants import invoice_breaches, number_breaches
from crmcore.values import Money

ON_ISSUE = ("series", "period", "sequence", "number", "issued_on", "due_on", "buyer")


def texts(breaches):
    return [each.text for each in breaches]


def paid(document, amount):
    part = Settlement(kind=SettlementKind.PAYMENT, amount=amount, source=IDS.new(), on=TODAY)
    return settle(document, part, NOW).entity


def test_drafts_and_documents_made_by_the_verbs_are_whole():
    document = issued(drafted())

    for each in (
        drafted(),
        document,
        paid(document, Money(1, "EUR")),
        paid(document, document.due),
    ):
        assert texts(invoice_breaches(each)) == []


@given(st.sets(st.sampled_from(ON_ISSUE), min_size=1), st.sampled_from(InvoiceStatus))
def test_what_belongs_to_the_issue_is_there_exactly_on_documents(names, status):
    document = issued(drafted())
    is_document = status in {InvoiceStatus.ISSUED, InvoiceStatus.PAID}
    given_fields = {
        name: getattr(document, name) if (name in names) is not is_document else None
        for name in ON_ISSUE
    }
    # A number that shows its sequence is another matter.
    whole = document if status is not InvoiceStatus.PAID else paid(document, document.due)
    broken = attrs.evolve(whole, status=status, **given_fields)

    told = [text for text in texts(invoice_breaches(broken)) if text.startswith("is ")]

    has = "has no" if is_document else "has a"
    assert told == [f"is {status} and {has} {name}" for name in ON_ISSUE if name in names]


@given(st.integers(-5, 5))
def test_an_invoice_is_not_due_before_it_was_issued(days):
    document = issued(drafted())
    due = document.issued_on + timedelta(days=days)

    found = [
        (each.text, each.expected, each.found)
        for each in invoice_breaches(attrs.evolve(document, due_on=due))
    ]

    assert found == [("is due before it was issued", document.issued_on, due)] * (days < 0)


def test_the_number_shows_the_sequence_it_was_drawn_as():
    document = attrs.evolve(issued(drafted(), sequence=7), sequence=8)

    (breach,) = invoice_breaches(document)

    assert breach.text == "the number does not show the sequence it was drawn as"
    assert (breach.expected, breach.found) == (8, "RE-7")


def test_a_paid_invoice_has_nothing_due_and_another_something():
    document = issued(drafted())
    settled = paid(document, document.due)

    (early,) = invoice_breaches(attrs.evolve(document, status=InvoiceStatus.PAID))
    (late,) = invoice_breaches(attrs.evolve(settled, status=InvoiceStatus.ISSUED))

    assert (early.text, early.found) == ("is paid and has something due", document.due)
    assert late.text == "is not paid and has nothing due"


@pytest.mark.parametrize("status", [InvoiceStatus.DRAFT, InvoiceStatus.WITHDRAWN])
def test_nothing_is_paid_of_what_is_no_document(status):
    part = Settlement(kind=SettlementKind.PAYMENT, amount=Money(5, "EUR"), on=TODAY)
    invoice = attrs.evolve(papers.invoice(), paid=part.amount, settlements=(part,))

    (breach,) = invoice_breaches(attrs.evolve(invoice, status=status))

    assert breach.text == "something is paid of what is no document"
    assert (breach.expected, breach.found) == (Money(0, "EUR"), Money(5, "EUR"))


@pytest.mark.parametrize("missing", ["series", "period", "sequence"])
def test_a_document_without_a_full_number_is_no_matter_of_the_series(missing):
    document = attrs.evolve(issued(drafted(), sequence=3), **{missing: None})

    assert texts(number_breaches([document], Counters(drawn={}))) == []
    assert texts(number_breaches([issued(drafted(), sequence=3)], Counters(drawn={}))) == [
        "the numbers of series RE 2026 have a gap, or one twice",
        "the counter of series RE 2026 is not at its last number",
    ]
