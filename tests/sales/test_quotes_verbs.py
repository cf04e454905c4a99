from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import add_product
from crmcore.errors import GuardRefused, InvalidValue, ManyFaults, MoveForbidden
from crmcore.opportunities import LostReason, Opportunity, lose
from crmcore.sales import (
    Buyer,
    InvoiceIssued,
    InvoicePaid,
    InvoiceStatus,
    LineDraft,
    OrderCancelled,
    OrderStatus,
    QuoteAccepted,
    QuoteDrafted,
    QuoteRejected,
    QuoteSent,
    QuoteStatus,
    accept,
    cancel_order,
    draft_quote,
    invoice_from_order,
    issue,
    order_from_quote,
    reject,
    send,
)
from crmcore.values import CountedIds, Money, PostalAddress, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TODAY = NOW.date()
IDS = CountedIds()
PUMP = add_product(IDS.new(), sku="P-1", name="Pump", list_price=Money(100, "EUR"), at=NOW).entity
DEAL = Opportunity(
    id=IDS.new(),
    created_at=NOW,
    updated_at=NOW,
    title="Pumps 2026",
    account=IDS.new(),
    contact=IDS.new(),
    pipeline="sales",
    stage="proposal",
    probability=Share("0.5"),
)
BUYER = Buyer(name="ACME GmbH", address=PostalAddress(city="Bonn"), vat_id="DE136695976")


def quoted(valid_until=date(2026, 3, 31), price=None, opportunity=DEAL, **fields):
    draft = LineDraft(quantity=3, product=PUMP.id, unit_price=price)
    return draft_quote(
        IDS.new(),
        opportunity=opportunity,
        drafts=[draft],
        products={PUMP.id: PUMP},
        line_ids=[IDS.new()],
        valid_until=valid_until,
        currency="EUR",
        at=NOW,
        **fields,
    )


def ordered(price=None):
    return order_from_quote(quoted(price=price).entity, IDS.new(), [IDS.new()], NOW).order.entity


def drafted(price=None):
    return invoice_from_order(ordered(price), IDS.new(), [IDS.new()], NOW).invoice.entity


def issued(invoice, **fields):
    given = {"sequence": 7, "due_in_days": 14} | fields
    return issue(
        invoice,
        series="RE",
        period="2026",
        number="RE-2026-00007",
        buyer=BUYER,
        on=TODAY,
        at=LATER,
        **given,
    )


def test_a_quote_is_drafted_for_the_account_of_its_opportunity():
    change = quoted()

    quote = change.entity
    assert (quote.opportunity, quote.account, quote.contact) == (
        DEAL.id,
        DEAL.account,
        DEAL.contact,
    )
    assert quote.status is QuoteStatus.DRAFT
    assert (quote.totals.net, quote.totals.gross) == (Money(300, "EUR"), Money(357, "EUR"))
    assert change.events == (
        QuoteDrafted(
            at=NOW,
            quote=quote.id,
            opportunity=DEAL.id,
            account=DEAL.account,
            net=Money(300, "EUR"),
            gross=Money(357, "EUR"),
            valid_until=date(2026, 3, 31),
        ),
    )


def test_a_quote_can_be_addressed_to_another_person():
    other = IDS.new()

    assert quoted(contact=other).entity.contact == other


def test_a_quote_is_valid_on_the_day_it_is_drafted_at_least():
    assert quoted(valid_until=TODAY).entity.valid_until == TODAY
    with pytest.raises(InvalidValue) as caught:
        quoted(valid_until=TODAY - timedelta(days=1))

    assert caught.value.field == "valid_until"


def test_the_day_of_a_quote_can_be_given_where_it_is_not_that_of_utc():
    yesterday = TODAY - timedelta(days=1)

    assert quoted(valid_until=yesterday, on=yesterday).entity.valid_until == yesterday


def test_a_sent_quote_knows_when():
    quote = quoted().entity

    change = send(quote, LATER)

    assert (change.entity.status, change.entity.sent_at) == (QuoteStatus.SENT, LATER)
    assert change.events == (QuoteSent(at=LATER, quote=quote.id, opportunity=DEAL.id),)


@given(st.integers(-20, 20), st.booleans())
def test_a_quote_can_be_accepted_until_its_last_day(days, sent):
    last = TODAY + timedelta(days=30)
    quote = quoted(valid_until=last).entity
    if sent:
        quote = send(quote, NOW).entity
    at = datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC) + timedelta(days=days)

    if days <= 0:
        change = accept(quote, at)
        assert (change.entity.status, change.entity.decided_at) == (QuoteStatus.ACCEPTED, at)
        assert isinstance(change.events[0], QuoteAccepted)
    else:
        with pytest.raises(GuardRefused, match="the quote has expired"):
            accept(quote, at)


@given(st.integers(0, 3), st.booleans())
def test_a_quote_is_accepted_only_where_its_deal_has_no_order(orders, expired):
    quote = quoted(valid_until=TODAY).entity
    at = NOW + timedelta(days=expired)
    reasons = ["the quote has expired"] * expired + ["the deal has an order already"] * (orders > 0)

    if not reasons:
        assert accept(quote, at, orders=orders).entity.status is QuoteStatus.ACCEPTED
        return
    with pytest.raises(GuardRefused) as raised:
        accept(quote, at, orders=orders)
    assert list(raised.value.reasons) == reasons


def test_a_lost_deal_gets_no_quote():
    lost = lose(DEAL, LostReason.PRICE, LATER).entity

    with pytest.raises(GuardRefused) as raised:
        quoted(opportunity=lost)

    assert (raised.value.entity, raised.value.action) == ("quote", "draft")
    assert raised.value.reasons == ("the deal is lost; reopen it first",)


def test_the_day_of_acceptance_can_be_given_where_it_is_not_that_of_utc():
    quote = quoted(valid_until=TODAY).entity
    after_midnight_utc = datetime(2026, 3, 2, 3, tzinfo=UTC)

    assert accept(quote, after_midnight_utc, on=TODAY).entity.status is QuoteStatus.ACCEPTED


def test_a_rejected_quote_keeps_the_reason_and_the_event_does_not():
    quote = quoted().entity

    change = reject(quote, LATER, "too dear for Ada")

    assert change.entity.status is QuoteStatus.REJECTED
    assert change.entity.rejected_reason == "too dear for Ada"
    assert change.events == (QuoteRejected(at=LATER, quote=quote.id, opportunity=DEAL.id),)


def test_an_expired_quote_can_still_be_rejected():
    long_after = NOW + timedelta(days=400)

    assert reject(quoted().entity, long_after).entity.status is QuoteStatus.REJECTED


@pytest.mark.parametrize("decide", [accept, reject])
@pytest.mark.parametrize("again", [accept, reject, send])
def test_a_decided_quote_is_decided(decide, again):
    quote = decide(quoted().entity, NOW).entity

    with pytest.raises(MoveForbidden):
        again(quote, NOW)


def test_an_order_is_cancelled_as_long_as_nothing_is_invoiced():
    order = ordered()

    change = cancel_order(order, LATER)

    assert change.entity.status is OrderStatus.CANCELLED
    assert change.events == (OrderCancelled(at=LATER, order=order.id),)


def test_an_order_with_a_draft_invoice_is_not_cancelled():
    order = ordered()
    one = {order.lines[0].id: 1}
    order = invoice_from_order(order, IDS.new(), [IDS.new()], NOW, quantities=one).order.entity

    with pytest.raises(GuardRefused, match="something is invoiced"):
        cancel_order(order, LATER)


def test_a_cancelled_order_is_not_billed():
    order = cancel_order(ordered(), LATER).entity

    with pytest.raises(MoveForbidden):
        invoice_from_order(order, IDS.new(), [IDS.new()], LATER)


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
