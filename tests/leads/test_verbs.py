"""What can be done with leads, and what it leaves behind."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import Role, add_organization, begin_role
from crmcore.errors import ActivityNotAllowed, InvalidValue, MoveForbidden, NotAllowed
from crmcore.leads import (
    EVENTS,
    LEAD_LIFECYCLE,
    LeadAssigned,
    LeadCaptured,
    LeadConverted,
    LeadDisqualified,
    LeadQualified,
    LeadReopened,
    LeadStatus,
    assign,
    capture,
    disqualify,
    mark_converted,
    qualify,
    reopen,
)
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NOON + HOUR


def contact(*kinds):
    found = add_organization(IDS.new(), name="ACME", at=NOON).entity
    for kind in kinds:
        found = begin_role(found, kind, NOON).entity
    return found


def lead():
    return capture(IDS.new(), contact=contact(Role.LEAD), source="fair", at=NOON).entity


def test_a_captured_lead_is_new_whole_and_told_of():
    identity, owner, acme = IDS.new(), IDS.new(), contact(Role.LEAD)

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
    acme = contact(kind)

    assert capture(IDS.new(), contact=acme, source="fair", at=NOON).entity.contact == acme.id


def test_a_contact_without_a_fitting_role_brings_no_lead():
    with pytest.raises(ActivityNotAllowed) as refused:
        capture(IDS.new(), contact=contact(Role.SUPPLIER), source="fair", at=NOON)

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

    assert change.entity == new
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


VERBS = {
    "qualify": qualify,
    "disqualify": lambda each, at: disqualify(each, "no need", at),
    "reopen": reopen,
    "assign": lambda each, at: assign(each, IDS.new(), at),
    "convert": lambda each, at: mark_converted(each, IDS.new(), at),
}


@given(st.lists(st.sampled_from(sorted(VERBS)), max_size=20))
def test_verbs_do_what_the_table_says_and_keep_the_fields_in_step(actions):
    current = lead()

    for hours, action in enumerate(actions):
        at = NOON + hours * HOUR
        allowed = LEAD_LIFECYCLE.allowed(current.status)
        if action not in allowed:
            with pytest.raises(MoveForbidden) as forbidden:
                VERBS[action](current, at)
            assert forbidden.value.allowed == allowed
            continue
        expected = LEAD_LIFECYCLE.after(current.status, action, None)
        change = VERBS[action](current, at)
        current = change.entity

        assert current.status is expected
        assert [event.at for event in change.events] == [at]
        assert all(type(event) in EVENTS for event in change.events)
        assert (current.closed_at is not None) == (current.status in LEAD_LIFECYCLE.final)
        assert (current.disqualified_reason is not None) == (
            current.status is LeadStatus.DISQUALIFIED
        )


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
    assert told.count(LeadDisqualified) - told.count(LeadReopened) == (
        current.status is LeadStatus.DISQUALIFIED
    )
