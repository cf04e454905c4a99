from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.deals import DEAL, IDS, LATER, NOW, TODAY, quoted

from crmcore.errors import GuardRefused, InvalidValue, MoveForbidden
from crmcore.opportunities import LostReason, lose
from crmcore.sales import (
    QuoteAccepted,
    QuoteDrafted,
    QuoteRejected,
    QuoteSent,
    QuoteStatus,
    accept,
    reject,
    send,
)
from crmcore.values import Money


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
