from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.deals import DEAL, LATER, TODAY, drafted

from crmcore.errors import ManyFaults, MoveForbidden
from crmcore.sales import (
    Buyer,
    DrawnNumber,
    InvoiceIssued,
    InvoicePaid,
    InvoiceStatus,
    IssueFacts,
    issue,
)
from crmcore.values import Money, PostalAddress

BUYER = Buyer(name="ACME GmbH", address=PostalAddress(city="Bonn"), vat_id="DE136695976")


def issued(invoice, sequence=7, **fields):
    facts = IssueFacts(**{"buyer": BUYER, "on": TODAY, "due_in_days": 14} | fields)
    number = f"RE-2026-{sequence:05}"
    drawn = DrawnNumber(series="RE", period="2026", sequence=sequence, number=number)
    return issue(invoice, facts, drawn, LATER)


def test_an_issued_invoice_is_a_document():
    draft = drafted()

    change = issued(draft)

    invoice = change.entity
    assert invoice.status is InvoiceStatus.ISSUED
    assert (invoice.series, invoice.period, invoice.sequence) == ("RE", "2026", 7)
    assert (invoice.issued_on, invoice.due_on) == (TODAY, TODAY + timedelta(days=14))
    assert invoice.buyer == BUYER
    assert change.events == (
        InvoiceIssued(
            at=LATER,
            invoice=draft.id,
            order=draft.order,
            account=DEAL.account,
            number="RE-2026-00007",
            net=Money(300, "EUR"),
            vat=Money(57, "EUR"),
            payable=Money(357, "EUR"),
            issued_on=TODAY,
            due_on=TODAY + timedelta(days=14),
        ),
    )


def test_issuing_changes_nothing_of_what_is_billed():
    draft = drafted()

    invoice = issued(draft).entity

    assert (invoice.lines, invoice.totals) == (draft.lines, draft.totals)


def test_an_invoice_is_issued_once():
    with pytest.raises(MoveForbidden):
        issued(issued(drafted()).entity)


def test_an_invoice_with_nothing_payable_is_paid_at_once():
    change = issued(drafted(price=Money(0, "EUR")))

    assert change.entity.status is InvoiceStatus.PAID
    assert [type(event) for event in change.events] == [InvoiceIssued, InvoicePaid]


def test_all_faults_of_an_issue_are_told_at_once():
    with pytest.raises(ManyFaults) as caught:
        issued(drafted(), sequence=0, due_in_days=-1)

    assert [fault.field for fault in caught.value.faults] == ["sequence", "due_in_days"]


@given(st.integers(-5, 5))
def test_an_invoice_is_overdue_from_the_day_after_it_was_due(days):
    draft = drafted()
    invoice = issued(draft).entity
    day = TODAY + timedelta(days=14 + days)

    assert invoice.is_overdue(day) is (days > 0)
    assert not draft.is_overdue(day)
    assert not attrs.evolve(invoice, status=InvoiceStatus.PAID).is_overdue(day)
