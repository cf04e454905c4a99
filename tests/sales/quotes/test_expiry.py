"""What the day makes of a quote: it expires after its last one, unless it was decided before."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.deals import DEAL, LATER, NOW, TODAY, quoted

from crmcore.errors import InvalidValue, MoveForbidden
from crmcore.sales import QuoteExpired, QuoteStatus, expire_quote
from crmcore.sales.quotes import change_quote
from crmcore.values import Money

UNDECIDED = (QuoteStatus.DRAFT, QuoteStatus.APPROVAL_PENDING, QuoteStatus.SENT)
DECIDED = tuple(each for each in QuoteStatus if each not in UNDECIDED)


@given(st.sampled_from(QuoteStatus), st.integers(-3, 3))
def test_seen_after_its_last_day_a_quote_nobody_decided_has_expired(status, days):
    quote = attrs.evolve(quoted(valid_until=TODAY).entity, status=status)

    seen = quote.status_on(TODAY + timedelta(days=days))

    has_expired = days > 0 and status in UNDECIDED
    assert seen is (QuoteStatus.EXPIRED if has_expired else status)


@given(st.sampled_from(UNDECIDED), st.integers(-3, 3), st.booleans())
def test_a_quote_expires_after_its_last_day_and_not_before(status, days, says_day):
    quote = attrs.evolve(quoted(valid_until=TODAY).entity, status=status)
    day = TODAY + timedelta(days=days)
    at = LATER if says_day else LATER + timedelta(days=days)

    change = expire_quote(quote, at, on=day if says_day else None)

    if days <= 0:
        assert (change.entity, change.events) == (quote, ())
    else:
        assert (change.entity.status, change.entity.decided_at) == (QuoteStatus.EXPIRED, at)
        assert change.events == (QuoteExpired(at=at, quote=quote.id, opportunity=DEAL.id),)


@pytest.mark.parametrize("status", DECIDED)
def test_a_decided_quote_does_not_expire(status):
    quote = attrs.evolve(quoted(valid_until=TODAY).entity, status=status)

    with pytest.raises(MoveForbidden):
        expire_quote(quote, NOW + timedelta(days=400))


def test_a_quote_is_changed_to_a_last_day_that_is_not_over():
    quote = quoted(valid_until=TODAY).entity
    week = TODAY + timedelta(days=7)

    assert change_quote(quote, {"valid_until": week}, LATER).entity.valid_until == week
    with pytest.raises(InvalidValue, match="must not lie before the day of the quote"):
        change_quote(quote, {"valid_until": TODAY - timedelta(days=1)}, LATER)


def test_a_change_that_changes_nothing_is_none():
    quote = quoted().entity

    change = change_quote(quote, {"valid_until": quote.valid_until}, LATER, lines=quote.lines)

    assert (change.entity, change.events) == (quote, ())


def test_a_quote_that_waits_is_a_draft_again_even_where_nothing_changes():
    waiting = attrs.evolve(quoted().entity, status=QuoteStatus.APPROVAL_PENDING)

    change = change_quote(waiting, {}, LATER)

    assert change.entity.status is QuoteStatus.DRAFT
    assert [each.fields for each in change.events] == [("status",)]


def test_a_deal_without_an_account_gets_no_quote():
    nobody = attrs.evolve(DEAL, account=None)

    with pytest.raises(InvalidValue, match="a quote needs somebody") as caught:
        quoted(opportunity=nobody)

    assert caught.value.field == "opportunity.account"


@pytest.mark.parametrize(("version", "has_origin"), [(0, False), (1, True), (2, False), (-1, True)])
def test_only_a_later_version_has_an_origin(version, has_origin):
    quote = quoted(price=Money(1, "EUR")).entity
    origin = DEAL.id if has_origin else None

    with pytest.raises(InvalidValue, match="version"):
        attrs.evolve(quote, version=version, origin=origin)
    assert attrs.evolve(quote, version=2, origin=DEAL.id).version == 2
