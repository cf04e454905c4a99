"""What can be done with leads, and what it leaves behind."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import Role, add_organization, begin_role
from crmcore.errors import (
    ActivityNotAllowed,
    GuardRefused,
    InvalidValue,
    MoveForbidden,
    NotAllowed,
)
from crmcore.leads import (
    BANT,
    EVENTS,
    INVARIANTS,
    LEAD_LIFECYCLE,
    AnswerState,
    CheckItem,
    Checklist,
    Lead,
    LeadAssigned,
    LeadCaptured,
    LeadContacted,
    LeadConverted,
    LeadDiscarded,
    LeadDisqualified,
    LeadFacts,
    LeadFollowUpSet,
    LeadQualified,
    LeadRecycled,
    LeadReopened,
    LeadStatus,
    StatusEntry,
    answer,
    assign,
    capture,
    contact,
    discard,
    disqualify,
    follow_up,
    mark_converted,
    nurture,
    qualify,
    recycle,
    reopen,
)
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NOON + HOUR


def organization(*kinds):
    found = add_organization(IDS.new(), name="ACME", at=NOON).entity
    for kind in kinds:
        found = begin_role(found, kind, NOON).entity
    return found


def lead():
    return capture(IDS.new(), contact=organization(Role.LEAD), source="fair", at=NOON).entity


def test_a_captured_lead_is_new_whole_and_told_of():
    identity, owner, acme = IDS.new(), IDS.new(), organization(Role.LEAD)

    change = capture(
        identity,
        contact=acme,
        source="web-form",
        campaign="spring",
        owner=owner,
        at=NOON,
        external_id="L-1",
        attributes={"page": "pumps"},
    )

    new = change.entity
    assert (new.id, new.contact, new.owner) == (identity, acme.id, owner)
    assert (new.source, new.campaign, new.external_id) == ("web-form", "spring", "L-1")
    assert (new.status, new.captured_at) == (LeadStatus.NEW, NOON)
    assert (new.qualified_at, new.closed_at, new.opportunity) == (None, None, None)
    assert new.attributes["page"] == "pumps"
    assert change.events == (LeadCaptured(lead=identity, contact=acme.id, owner=owner, at=NOON),)


@pytest.mark.parametrize("kind", [Role.LEAD, Role.PROSPECT, Role.CUSTOMER])
def test_leads_prospects_and_customers_can_bring_a_lead(kind):
    acme = organization(kind)

    assert capture(IDS.new(), contact=acme, source="fair", at=NOON).entity.contact == acme.id


def test_a_contact_without_a_fitting_role_brings_no_lead():
    with pytest.raises(ActivityNotAllowed) as refused:
        capture(IDS.new(), contact=organization(Role.SUPPLIER), source="fair", at=NOON)

    assert refused.value.held == ("supplier",)
    assert refused.value.needed == ("lead", "prospect", "customer")


def test_qualifying_keeps_the_time_of_it():
    new = lead()

    change = qualify(new, LATER)

    assert (change.entity.status, change.entity.qualified_at) == (LeadStatus.QUALIFIED, LATER)
    assert change.entity.closed_at is None
    assert change.events == (LeadQualified(lead=new.id, at=LATER),)


def test_disqualifying_closes_with_a_reason_that_stays_off_the_event():
    new = lead()

    change = disqualify(new, "  no budget ", LATER)

    assert change.entity.status is LeadStatus.DISQUALIFIED
    assert (change.entity.closed_at, change.entity.disqualified_reason) == (LATER, "no budget")
    assert change.events == (LeadDisqualified(lead=new.id, at=LATER),)


@given(st.text(" \t\n\u00a0", max_size=5))
def test_a_blank_reason_disqualifies_nobody(reason):
    with pytest.raises(InvalidValue) as refused:
        disqualify(lead(), reason, LATER)

    assert refused.value.field == "disqualified_reason"


def test_a_reopened_lead_is_as_new_as_before():
    new = lead()
    closed = disqualify(qualify(new, NOON).entity, "no budget", NOON).entity

    change = reopen(closed, NOON)

    assert attrs.evolve(change.entity, status_log=new.status_log) == new
    assert [entry.status for entry in change.entity.status_log] == [
        LeadStatus.NEW,
        LeadStatus.QUALIFIED,
        LeadStatus.DISQUALIFIED,
        LeadStatus.NEW,
    ]
    assert change.events == (LeadReopened(lead=new.id, at=NOON),)


def test_assigning_changes_the_owner_and_a_repeat_changes_nothing():
    new, owner = lead(), IDS.new()

    change = assign(new, owner, LATER)

    assert change.entity.owner == owner
    assert change.events == (LeadAssigned(lead=new.id, owner=owner, at=LATER),)
    assert assign(change.entity, owner, LATER).is_empty
    assert assign(change.entity, None, LATER).entity.owner is None


def test_converting_closes_with_the_opportunity_and_a_repeat_changes_nothing():
    new, opportunity = lead(), IDS.new()

    change = mark_converted(new, opportunity, LATER)

    assert change.entity.status is LeadStatus.CONVERTED
    assert (change.entity.opportunity, change.entity.closed_at) == (opportunity, LATER)
    assert change.events == (LeadConverted(lead=new.id, opportunity=opportunity, at=LATER),)
    assert mark_converted(change.entity, opportunity, LATER + HOUR).is_empty


def test_a_lead_does_not_become_two_opportunities():
    converted = mark_converted(lead(), IDS.new(), LATER).entity

    with pytest.raises(MoveForbidden) as forbidden:
        mark_converted(converted, IDS.new(), LATER)

    assert forbidden.value.allowed == ()


def test_the_first_contact_is_the_response_and_a_second_changes_nothing():
    new, ada = lead(), IDS.new()

    first = contact(new, LATER, by=ada)
    again = contact(first.entity, LATER + HOUR)

    assert (first.entity.status, first.entity.responded_at) == (LeadStatus.CONTACTED, LATER)
    assert first.entity.status_log[-1] == StatusEntry(
        status=LeadStatus.CONTACTED, since=LATER, from_status=LeadStatus.NEW, by=ada
    )
    assert first.events == (LeadContacted(lead=new.id, is_first=True, at=LATER),)
    assert again.is_empty


def test_a_qualified_lead_is_answered_and_stays_qualified():
    fit = qualify(lead(), NOON).entity

    change = contact(fit, LATER)

    assert (change.entity.status, change.entity.responded_at) == (LeadStatus.QUALIFIED, LATER)
    assert change.entity.status_log == fit.status_log


def test_getting_in_touch_settles_a_follow_up_that_was_due_and_no_other():
    planned = follow_up(contact(lead(), NOON).entity, LATER, NOON, reason="call").entity

    early, due = contact(planned, NOON), contact(planned, LATER)

    assert early.is_empty
    assert (due.entity.resurface_at, due.entity.resurface_reason) == (None, None)
    assert due.events == (LeadContacted(lead=planned.id, is_first=False, at=LATER),)


def test_a_lead_that_is_not_ripe_is_kept_warm_until_a_day():
    warm = nurture(lead(), NOON, resurface_at=LATER, reason=" budget in May ").entity
    untouched = nurture(follow_up(lead(), LATER, NOON).entity, NOON).entity

    assert (warm.resurface_at, warm.resurface_reason) == (LATER, "budget in May")
    assert warm.status_log[-1].reason == "budget in May"
    assert untouched.resurface_at == LATER


def test_a_recycled_lead_says_why_and_keeps_when_it_was_found_to_fit():
    fit = qualify(lead(), NOON).entity

    change = recycle(fit, "too early", LATER)

    assert (change.entity.status, change.entity.qualified_at) == (LeadStatus.RECYCLED, NOON)
    assert change.entity.status_log[-1].reason == "too early"
    assert change.events == (LeadRecycled(lead=fit.id, at=LATER),)
    with pytest.raises(InvalidValue, match="reason"):
        recycle(fit, " ", LATER)


def test_junk_is_closed_with_a_reason_and_can_be_reopened():
    new = lead()

    change = discard(new, "spam", LATER)

    assert (change.entity.status, change.entity.closed_at) == (LeadStatus.JUNK, LATER)
    assert change.entity.disqualified_reason == "spam"
    assert change.events == (LeadDiscarded(lead=new.id, at=LATER),)
    assert reopen(change.entity, LATER).entity.status is LeadStatus.NEW
    with pytest.raises(InvalidValue, match="junk"):
        discard(new, "", LATER)


def test_a_lead_is_qualified_only_when_the_checklist_is_reached():
    checklist = Checklist("ours", (CheckItem("need", "?", needed="yes"),), minimum=1)
    unknown = lead()
    known = answer(
        unknown, "need", AnswerState.YES, NOON, checklist=checklist, evidence="call"
    ).entity

    with pytest.raises(GuardRefused, match="need is unknown, needs yes"):
        qualify(unknown, LATER, checklist=checklist)

    assert qualify(known, LATER, checklist=checklist).entity.status is LeadStatus.QUALIFIED
    assert qualify(unknown, LATER, checklist=BANT).entity.status is LeadStatus.QUALIFIED


def test_a_follow_up_is_set_moved_and_taken_back():
    new = lead()

    planned = follow_up(new, LATER, NOON, reason="call back")
    cleared = follow_up(planned.entity, None, NOON)

    assert planned.events == (LeadFollowUpSet(lead=new.id, resurface_at=LATER, at=NOON),)
    assert follow_up(planned.entity, LATER, NOON, reason="call back").is_empty
    assert cleared.entity == new
    assert cleared.events == (LeadFollowUpSet(lead=new.id, resurface_at=None, at=NOON),)


@pytest.mark.parametrize(
    ("when", "reason", "field"),
    [(NOON - HOUR, None, "resurface_at"), (None, "call", "resurface_reason")],
)
def test_a_follow_up_that_cannot_be_is_refused(when, reason, field):
    with pytest.raises(InvalidValue) as refused:
        follow_up(lead(), when, NOON, reason=reason)

    assert refused.value.field == field


def test_an_owner_is_noted_with_the_time_and_ends_the_queue():
    queued = attrs.evolve(lead(), queue_reason="everybody is away")

    given_to = assign(queued, IDS.new(), LATER).entity
    freed = assign(given_to, None, LATER).entity

    assert (given_to.assigned_at, given_to.queue_reason) == (LATER, None)
    assert (freed.owner, freed.assigned_at) == (None, None)


def test_a_lead_becomes_a_customer_without_a_deal_and_says_so():
    change = mark_converted(lead(), None, LATER, role=Role.CUSTOMER)

    assert (change.entity.status, change.entity.opportunity) == (LeadStatus.CONVERTED, None)
    assert change.entity.status_log[-1].reason == "became a customer without a deal"
    assert mark_converted(change.entity, None, LATER, role=Role.CUSTOMER).is_empty
    with pytest.raises(MoveForbidden):
        mark_converted(change.entity, IDS.new(), LATER)
    with pytest.raises(InvalidValue, match="role"):
        mark_converted(lead(), None, LATER)


def test_nothing_moves_before_the_move_before_it():
    touched = contact(lead(), LATER).entity

    for early in (
        lambda: contact(lead(), NOON - HOUR),
        lambda: qualify(touched, NOON),
        lambda: disqualify(touched, "no", NOON),
        lambda: mark_converted(touched, IDS.new(), NOON),
    ):
        with pytest.raises(InvalidValue, match="entered its status"):
            early()


def test_a_lead_from_before_there_was_a_log_gets_one_with_its_next_move():
    start = {"id": IDS.new(), "contact": IDS.new(), "source": "fair", "captured_at": NOON}
    old = Lead(**start, created_at=NOON, updated_at=NOON)

    moved = qualify(old, LATER).entity

    (entry,) = moved.status_log
    assert (entry.from_status, entry.status) == (LeadStatus.NEW, LeadStatus.QUALIFIED)
    assert breaches(old) == breaches(moved) == []


def breaches(entity):
    return [breach.text for law in INVARIANTS for breach in law.check(entity)]


VERBS = {
    "contact": contact,
    "nurture": lambda each, at: nurture(each, at, resurface_at=at + HOUR, reason="later"),
    "qualify": qualify,
    "recycle": lambda each, at: recycle(each, "too early", at),
    "disqualify": lambda each, at: disqualify(each, "no need", at),
    "discard": lambda each, at: discard(each, "spam", at),
    "reopen": reopen,
    "assign": lambda each, at: assign(each, IDS.new(), at),
    "follow_up": lambda each, at: follow_up(each, at + 5 * HOUR, at, reason="call"),
    "answer": lambda each, at: answer(
        each, "need", AnswerState.YES, at, checklist=BANT, evidence=f"call at {at}"
    ),
    "convert": lambda each, at: mark_converted(each, IDS.new(), at),
}


@given(st.lists(st.sampled_from(sorted(VERBS)), max_size=25))
def test_verbs_do_what_the_table_says_and_keep_every_law(actions):
    current = lead()

    for hours, action in enumerate(actions):
        at = NOON + hours * HOUR
        allowed = LEAD_LIFECYCLE.allowed(current.status)
        if action not in allowed:
            with pytest.raises(MoveForbidden) as forbidden:
                VERBS[action](current, at)
            assert forbidden.value.allowed == allowed
            continue
        expected = LEAD_LIFECYCLE.after(current.status, action, LeadFacts(lead=current))
        change = VERBS[action](current, at)
        lines = len(change.entity.status_log) - len(current.status_log)

        assert change.entity.status is expected
        assert lines == (expected is not current.status)
        assert change.is_empty == (change.entity == current)
        assert all(event.at == at and type(event) in EVENTS for event in change.events)
        assert breaches(change.entity) == []
        current = change.entity


@given(st.lists(st.sampled_from(sorted(VERBS)), max_size=20))
def test_a_refused_verb_leaves_the_lead_as_it_was(actions):
    current, told = lead(), []

    for action in actions:
        try:
            change = VERBS[action](current, LATER)
        except NotAllowed:
            continue
        current = change.entity
        told.extend(type(event) for event in change.events)

    assert told.count(LeadConverted) == (current.opportunity is not None)
    closed = told.count(LeadDisqualified) + told.count(LeadDiscarded)
    assert closed - told.count(LeadReopened) == (current.disqualified_reason is not None)
