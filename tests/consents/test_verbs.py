"""A consent is asked for, given, confirmed and withdrawn; what a contact said last stands."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.consents import (
    CONSENT,
    CONSENT_LIFECYCLE,
    EVENTS,
    LASTING,
    OPEN_STATES,
    ConsentChannel,
    ConsentConfirmed,
    ConsentDraft,
    ConsentFacts,
    ConsentRequested,
    ConsentState,
    ConsentWithdrawn,
    WithdrawalReason,
    begin,
    confirm,
    expire,
    give,
    may,
    refuse,
    request,
    state_at,
    withdraw,
)
from crmcore.consents.invariants import open_breaches
from crmcore.errors import GuardRefused, InvalidValue, MoveForbidden, UnknownName, WrongType
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADA = IDS.new()
EMAIL = ConsentChannel.EMAIL
DRAFT = ConsentDraft(channel="email", purpose="newsletter", evidence="Form 7, box ticked")


def made(verb=request, *earlier, at=NOON, source="web-form", draft=DRAFT, contact=ADA):
    return verb(IDS.new(), draft, contact=contact, source=source, at=at, earlier=earlier)


def lifting(draft=DRAFT):
    return attrs.evolve(draft, lifts=True)


def requested(**options):
    return made(**options).entity


def confirmed(at=NOON):
    return confirm(requested(at=at), "link opened", at + HOUR).entity


def withdrawn(reason="unsubscribed", at=NOON):
    return withdraw(confirmed(at), WithdrawalReason(reason), at + 2 * HOUR).entity


# --- one consent --------------------------------------------------------------------------------


def test_a_double_opt_in_is_requested_and_then_confirmed():
    asked = made()

    change = confirm(asked.entity, "link of the mail opened, 192.0.2.7", NOON + HOUR)

    consent = change.entity
    about = {
        "consent": consent.id,
        "contact": ADA,
        "channel": EMAIL,
        "purpose": "newsletter",
    }
    assert asked.events == (ConsentRequested(**about, at=NOON),)
    assert change.events == (ConsentConfirmed(**about, at=NOON + HOUR),)
    assert (consent.state, consent.double_opt_in) == (ConsentState.CONFIRMED, True)
    assert (consent.requested_at, consent.granted_at, consent.ended_at) == (
        NOON,
        NOON + HOUR,
        None,
    )
    assert (consent.evidence, consent.confirmation) == (
        "Form 7, box ticked",
        "link of the mail opened, 192.0.2.7",
    )


def test_a_link_that_is_opened_twice_confirms_once():
    consent = confirmed()

    again = confirm(consent, "link opened again", NOON + DAY)

    assert again.is_empty
    assert again.entity == consent


def test_what_is_given_on_paper_needs_no_second_step():
    consent = made(give, source="paper").entity

    assert (consent.state, consent.double_opt_in) == (ConsentState.GIVEN, False)
    assert (consent.requested_at, consent.granted_at) == (None, NOON)


def test_an_open_request_is_answered_by_what_the_contact_did_itself_and_by_nothing_else():
    asked = requested()
    paper = attrs.evolve(DRAFT, evidence="signed form of 3 March")

    with pytest.raises(GuardRefused, match="confirmation is awaited") as refused:
        made(give, asked, source="paper")
    given = made(give, asked, source="paper", draft=lifting(paper), at=NOON + DAY).entity

    assert refused.value.id == asked.id
    assert (given.id, given.state) == (asked.id, ConsentState.GIVEN)
    assert (given.evidence, given.confirmation) == (DRAFT.evidence, "signed form of 3 March")


def test_a_withdrawal_tells_why_and_a_repeat_changes_nothing():
    consent = confirmed()

    change = withdraw(consent, WithdrawalReason.UNSUBSCRIBED, NOON + DAY, "link in the mail")
    again = withdraw(change.entity, WithdrawalReason.MANUAL, NOON + 2 * DAY)

    assert (change.entity.state, change.entity.ended_at) == (
        ConsentState.WITHDRAWN,
        NOON + DAY,
    )
    assert change.events[0].reason is WithdrawalReason.UNSUBSCRIBED
    assert again.is_empty


def test_a_will_takes_the_place_of_a_bounce_and_the_time_stays():
    bounced = withdrawn("bounced")

    change = withdraw(bounced, WithdrawalReason.UNSUBSCRIBED, NOON + DAY)

    assert change.entity.withdrawal is WithdrawalReason.UNSUBSCRIBED
    assert (change.entity.ended_at, change.entity.said_at) == (bounced.ended_at, NOON + DAY)
    assert isinstance(change.events[0], ConsentWithdrawn)
    assert withdraw(bounced, WithdrawalReason.BOUNCED, NOON + DAY).is_empty


def test_an_unsubscribe_after_a_bounce_is_not_lifted_by_an_older_yes():
    bounced = withdrawn("bounced")
    said = withdraw(bounced, WithdrawalReason.UNSUBSCRIBED, NOON + 9 * DAY).entity

    with pytest.raises(InvalidValue, match="before the end"):
        made(give, said, at=NOON + 5 * DAY, draft=lifting())
    with pytest.raises(GuardRefused, match="2026-03-11"):
        made(give, said, at=NOON + 10 * DAY)
    with pytest.raises(InvalidValue, match="said_at"):
        attrs.evolve(bounced, said_at=NOON + 9 * DAY)


def test_an_unsubscribe_that_is_told_late_of_a_consent_before_the_last_is_not_lost():
    bounced = withdrawn("bounced")
    between = made(give, bounced, at=NOON + DAY).entity
    said = withdraw(bounced, WithdrawalReason.UNSUBSCRIBED, NOON + 2 * DAY).entity
    over = withdraw(between, WithdrawalReason.BOUNCED, NOON + 3 * DAY).entity

    with pytest.raises(GuardRefused) as refused:
        made(give, said, over, at=NOON + 4 * DAY)

    assert refused.value.id == said.id


def test_a_request_expires_when_it_is_due_and_not_before():
    asked = requested()

    with pytest.raises(GuardRefused, match="may still come"):
        expire(asked, 14 * DAY, NOON + 14 * DAY - HOUR)
    gone = expire(asked, 14 * DAY, NOON + 14 * DAY).entity

    assert (gone.state, gone.granted_at) == (ConsentState.EXPIRED, None)
    with pytest.raises(MoveForbidden):
        confirm(gone, "link opened", NOON + 15 * DAY)


def test_a_no_is_kept_with_and_without_a_request():
    asked = requested()

    answered = made(refuse, asked, at=NOON + HOUR).entity
    unasked = made(refuse).entity

    assert (answered.id, answered.state) == (asked.id, ConsentState.REFUSED)
    assert (unasked.state, unasked.ended_at) == (ConsentState.REFUSED, NOON)
    assert made(refuse, unasked, at=NOON + HOUR).is_empty
    with pytest.raises(MoveForbidden) as refused:
        made(refuse, confirmed(), at=NOON + DAY)
    assert refused.value.allowed == ("withdraw",)


def test_a_draft_says_whether_it_needs_a_second_step():
    single = attrs.evolve(DRAFT, double_opt_in=False)

    assert made(begin).entity.state is ConsentState.REQUESTED
    assert made(begin, draft=single).entity.state is ConsentState.GIVEN


@pytest.mark.parametrize("purpose", ["Newsletter", " newsletter", "news letter", "", "-", "a--b"])
def test_a_purpose_is_a_key_so_that_two_spellings_are_not_two_consents(purpose):
    with pytest.raises(InvalidValue, match="purpose"):
        ConsentDraft(channel="email", purpose=purpose, evidence="ticked")


def test_a_consent_without_a_proof_is_none():
    with pytest.raises(InvalidValue, match="evidence"):
        ConsentDraft(channel="email", purpose="newsletter", evidence=" ")
    with pytest.raises(InvalidValue, match="evidence"):
        confirm(requested(), " ", NOON + HOUR)
    with pytest.raises(WrongType, match="evidence"):
        ConsentDraft(channel="email", purpose="newsletter", evidence=None)
    with pytest.raises(UnknownName, match="email"):
        ConsentDraft(channel="emial", purpose="newsletter", evidence="ticked")


def test_neither_logs_nor_events_carry_the_proof():
    told = {each.name for event in EVENTS for each in attrs.fields(event)}

    assert told == {"at", "consent", "contact", "channel", "purpose", "reason"}
    assert "ticked" not in repr(requested())
    assert "ticked" not in repr(DRAFT)
    assert CONSENT.label(requested()) == "email newsletter"


# --- several consents ---------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [request, give])
def test_who_agreed_already_is_not_asked_again(verb):
    consent = confirmed()

    assert made(verb, consent, at=NOON + DAY).entity == consent
    assert made(verb, consent, at=NOON + DAY).is_empty


def test_a_request_that_waits_is_not_made_twice():
    asked = requested()

    assert made(request, asked, at=NOON + DAY) == made(request, asked, at=NOON + 2 * DAY)
    assert made(request, asked, at=NOON + DAY).entity == asked


def test_agreeing_again_is_a_new_consent_and_the_old_one_stays():
    old = withdrawn()

    new = made(request, old, at=NOON + DAY).entity

    assert new.id != old.id
    assert old.state is ConsentState.WITHDRAWN


SOURCES = [
    "import",
    "imported from old shop",
    "import_2019",
    "import2019",
    "\u200bimport",
    "csv-import",
    "web-form",
]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("reason", sorted(LASTING))
def test_nothing_but_the_contact_lifts_what_was_said_whatever_the_source_is_called(source, reason):
    said = withdrawn(reason)

    with pytest.raises(GuardRefused) as refused:
        made(give, said, source=source, at=NOON + DAY)

    assert (refused.value.id, refused.value.action) == (said.id, "give")
    assert f"withdrawn ({reason}) on 2026-03-02" in refused.value.message
    assert not made(give, said, source=source, at=NOON + DAY, draft=lifting()).is_empty


def test_who_said_no_may_be_asked_and_only_its_confirmation_allows():
    said = withdrawn()

    asked = made(request, said, at=NOON + DAY).entity
    with pytest.raises(GuardRefused):
        made(give, said, asked, at=NOON + DAY)
    agreed = confirm(asked, "link opened", NOON + 2 * DAY).entity

    assert not may([said, asked], EMAIL, "newsletter", NOON + DAY)
    assert may([said, agreed], EMAIL, "newsletter", NOON + 2 * DAY)


def test_a_refusal_stands_even_after_a_question_nobody_answered():
    said = made(refuse).entity
    asked = requested(at=NOON + HOUR)
    unanswered = expire(asked, DAY, NOON + 2 * DAY).entity

    with pytest.raises(GuardRefused) as refused:
        made(give, unanswered, said, at=NOON + 3 * DAY)

    assert refused.value.id == said.id


@pytest.mark.parametrize("end", ["expired", "bounced"])
def test_a_question_that_was_not_answered_is_not_answered_by_waiting(end):
    asked = requested()
    if end == "expired":
        over = expire(asked, DAY, NOON + 2 * DAY).entity
    else:
        over = withdraw(asked, WithdrawalReason.BOUNCED, NOON + 2 * DAY).entity

    with pytest.raises(GuardRefused, match="was to be confirmed on 2026-03-02") as refused:
        made(give, over, at=NOON + 3 * DAY)

    assert refused.value.id == over.id
    assert not made(give, over, at=NOON + 3 * DAY, draft=lifting()).is_empty
    assert not made(request, over, at=NOON + 3 * DAY).is_empty


def test_a_bounce_stands_in_nobody_s_way_nor_does_what_was_lifted_by_the_contact():
    bounced = withdrawn("bounced", at=NOON + 2 * DAY)
    over = expire(requested(at=NOON - 9 * DAY), DAY, NOON - 5 * DAY).entity

    assert not made(give, bounced, at=NOON + 9 * DAY).is_empty
    assert not made(give, bounced, withdrawn(), over, at=NOON + 9 * DAY).is_empty


def test_a_no_to_one_channel_purpose_or_person_says_nothing_of_another():
    said = withdrawn()
    phone = attrs.evolve(DRAFT, channel="phone")
    offers = attrs.evolve(DRAFT, purpose="offers")

    for options in ({"draft": phone}, {"draft": offers}, {"contact": IDS.new()}):
        assert not made(give, said, source="import", at=NOON + DAY, **options).is_empty


def test_nothing_is_told_with_a_time_before_the_last_end():
    with pytest.raises(InvalidValue, match="before the end"):
        made(give, withdrawn(), at=NOON + HOUR)


# --- laws ---------------------------------------------------------------------------------------

STEPS = ("request", "give", "lift", "refuse", "confirm", "withdraw", "bounce", "expire")


def taken(record, step, at):
    """The record of consents after a step that may be refused."""
    last = record[-1] if record else None
    single = {"contact": ADA, "at": at, "earlier": record}
    try:
        match step:
            case "request" | "give" | "refuse":
                verb = {"request": request, "give": give, "refuse": refuse}[step]
                change = verb(IDS.new(), DRAFT, source="web-form", **single)
            case "lift":
                change = give(IDS.new(), lifting(), source="paper", **single)
            case _ if last is None:
                return record
            case "confirm":
                change = confirm(last, "link opened", at)
            case "expire":
                change = expire(last, DAY, at)
            case _:
                reason = "bounced" if step == "bounce" else "unsubscribed"
                change = withdraw(last, WithdrawalReason(reason), at)
    except (GuardRefused, MoveForbidden):
        return record
    rest = [each for each in record if each.id != change.entity.id]
    return sorted([*rest, change.entity], key=lambda each: each.begun_at)


def walked(steps):
    """The record after each step, with its instant; an instant passes between two steps."""
    at, record, found = NOON, [], []
    for step, hours in steps:
        at += timedelta(hours=hours)
        record = taken(record, step, at)
        found.append((at, record))
    return found


WALKS = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 40)), max_size=12)


@given(WALKS)
@settings(max_examples=200)
def test_what_was_allowed_then_is_what_the_record_says_of_then_today(steps):
    walk = walked(steps)

    final = walk[-1][1] if walk else []

    for at, record in walk:
        then = may(record, EMAIL, "newsletter", at)
        today = may(final, EMAIL, "newsletter", at)
        assert (then.allowed, then.consent, then.state, then.why) == (
            today.allowed,
            today.consent,
            today.state,
            today.why,
        )


@given(WALKS)
@settings(max_examples=200)
def test_at_most_one_consent_is_open_and_it_alone_allows(steps):
    for at, record in walked(steps):
        open_ones = [each for each in record if each.state in OPEN_STATES]

        assert len(open_ones) <= 1
        assert not list(open_breaches(None, record))
        granted = {each.id for each in open_ones if each.granted_at is not None}
        permission = may(record, EMAIL, "newsletter", at)
        assert bool(permission) == bool(granted)
        assert not permission or permission.consent in granted


@given(WALKS)
@settings(max_examples=200)
def test_only_a_question_or_the_contact_itself_comes_right_after_somebody_s_no(steps):
    record = []
    for (step, _), (at, after) in zip(steps, walked(steps), strict=True):
        new = [each for each in after if each.id not in {old.id for old in record}]
        if new and record and step == "give":
            assert record[-1].withdrawal is WithdrawalReason.BOUNCED
            assert record[-1].granted_at is not None
        record = after
        assert all(state_at(each, at) is each.state for each in record)


@given(st.lists(st.sampled_from(sorted({row.action for row in CONSENT_LIFECYCLE.moves}))))
def test_no_walk_leads_out_of_an_end(actions):
    facts, state, ended = ConsentFacts(is_due=True), ConsentState.REQUESTED, False
    for action in actions:
        if CONSENT_LIFECYCLE.can(state, action, facts):
            state = CONSENT_LIFECYCLE.after(state, action, facts)
            ended = ended or state not in OPEN_STATES

    assert ended == (state not in OPEN_STATES)


def test_two_open_consents_for_one_thing_are_found():
    both = [confirmed(), requested()]

    assert [breach.found for breach in open_breaches(None, both)] == [2]
