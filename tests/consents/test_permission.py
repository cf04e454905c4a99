"""Whether somebody may be written to, at any instant, with the reason and the proof."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from crmcore.consents import (
    Consent,
    ConsentChannel,
    ConsentDraft,
    ConsentState,
    WithdrawalReason,
    confirm,
    give,
    may,
    request,
    state_at,
    withdraw,
)
from crmcore.errors import InvalidValue, NaiveTime
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(milliseconds=1)
ADA = IDS.new()
EMAIL = ConsentChannel.EMAIL
DRAFT = ConsentDraft(channel="email", purpose="newsletter", evidence="Form 7 <ticked>")


@pytest.fixture
def consent():
    asked = request(IDS.new(), DRAFT, contact=ADA, source="web-form", at=NOON).entity
    there = confirm(asked, "link opened", NOON + DAY).entity
    return withdraw(there, WithdrawalReason.UNSUBSCRIBED, NOON + 9 * DAY).entity


@pytest.mark.parametrize(
    ("when", "state", "allowed"),
    [
        (-TICK, None, False),
        (timedelta(), ConsentState.REQUESTED, False),
        (DAY - TICK, ConsentState.REQUESTED, False),
        (DAY, ConsentState.CONFIRMED, True),
        (9 * DAY - TICK, ConsentState.CONFIRMED, True),
        (9 * DAY, ConsentState.WITHDRAWN, False),
    ],
)
def test_a_consent_holds_from_its_confirmation_until_its_end(consent, when, state, allowed):
    permission = may([consent], EMAIL, "newsletter", NOON + when)

    assert state_at(consent, NOON + when) is state
    assert (permission.allowed, bool(permission), permission.state) == (allowed, allowed, state)


def test_a_permission_explains_itself_with_its_proof(consent):
    permission = may([consent], EMAIL, "newsletter", NOON + 2 * DAY)

    assert permission.explain().splitlines() == [
        "email for newsletter at 2026-03-04 12:00 UTC: allowed",
        "because: confirmed 2026-03-03 12:00 UTC, by double opt-in",
        "rests on: Form 7 <ticked>",
        "confirmed by: link opened",
    ]
    assert "&lt;ticked&gt;" in permission._repr_html_()
    assert "ticked" not in repr(permission)


def test_a_no_is_explained_too(consent):
    now = may([consent], EMAIL, "newsletter", NOON + 10 * DAY)
    never = may([], EMAIL, "newsletter", NOON)

    assert now.why == "withdrawn 2026-03-11 12:00 UTC, unsubscribed"
    assert (never.why, never.consent) == ("the contact was never asked", None)
    assert never.explain().endswith("because: the contact was never asked")


def test_the_past_stays_as_it_was_when_a_will_takes_the_place_of_a_bounce(consent):
    there = attrs.evolve(consent, state=ConsentState.CONFIRMED, ended_at=None, withdrawal=None)
    bounced = withdraw(there, WithdrawalReason.BOUNCED, NOON + 9 * DAY).entity
    said = withdraw(bounced, WithdrawalReason.UNSUBSCRIBED, NOON + 30 * DAY).entity

    before, then, now = (may([said], EMAIL, "newsletter", NOON + n * DAY) for n in (8, 20, 30))

    assert before.allowed
    assert then == may([bounced], EMAIL, "newsletter", NOON + 20 * DAY)
    assert then.why == "withdrawn 2026-03-11 12:00 UTC, bounced"
    assert now.why == "withdrawn 2026-04-01 12:00 UTC, unsubscribed"


def test_another_channel_and_another_purpose_are_not_allowed_by_it(consent):
    then = NOON + 2 * DAY

    assert not may([consent], ConsentChannel.SMS, "newsletter", then)
    assert not may([consent], EMAIL, "offers", then)


def test_the_new_consent_counts_and_the_old_one_still_proves_what_it_proved(consent):
    agreed = attrs.evolve(DRAFT, lifts=True)
    again = give(
        IDS.new(), agreed, contact=ADA, source="paper", at=NOON + 20 * DAY, earlier=[consent]
    ).entity
    both = [again, consent]

    assert may(both, EMAIL, "newsletter", NOON + 30 * DAY).consent == again.id
    assert may(both, EMAIL, "newsletter", NOON + 5 * DAY).consent == consent.id
    assert may(both, EMAIL, "newsletter", NOON + 30 * DAY).why.endswith("by paper")
    assert not may(both, EMAIL, "newsletter", NOON + 15 * DAY)


def test_consents_of_two_contacts_answer_nothing(consent):
    with pytest.raises(InvalidValue, match="several contacts"):
        may([consent, attrs.evolve(consent, contact=IDS.new())], EMAIL, "newsletter", NOON)
    with pytest.raises(NaiveTime, match="as_of"):
        may([], EMAIL, "newsletter", NOON.replace(tzinfo=None))


def test_times_and_state_belong_together(consent):
    wrong = (
        {"ended_at": None},
        {"withdrawal": None},
        {"state": ConsentState.CONFIRMED},
        {"state": ConsentState.REFUSED, "withdrawal": None},
        {"granted_at": NOON + 10 * DAY},
        {"requested_at": NOON + 2 * DAY},
    )

    for fields in wrong:
        with pytest.raises(InvalidValue):
            attrs.evolve(consent, **fields)
    with pytest.raises(InvalidValue, match="granted_at"):
        Consent(
            id=IDS.new(),
            created_at=NOON,
            updated_at=NOON,
            contact=ADA,
            channel=EMAIL,
            purpose="newsletter",
            state=ConsentState.GIVEN,
            double_opt_in=False,
            source="paper",
            evidence="signed",
        )
