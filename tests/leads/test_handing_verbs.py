"""Queueing a lead and handing it over: what changes, what is told, what is refused."""

from datetime import timedelta
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, MoveForbidden
from crmcore.leads import LeadStatus, StatusEntry, assign, hand_over, is_with_sales, queue

from .assignment.samples import AT, lead

ADA, BOB = UUID(int=1), UUID(int=2)
LATER = AT + timedelta(hours=1)
CLOSED = {
    "status": LeadStatus.DISQUALIFIED,
    "closed_at": AT,
    "disqualified_reason": "no need",
}


def entered(*statuses):
    entries, before = [], None
    for hours, status in enumerate(statuses):
        since = AT + timedelta(hours=hours)
        entries.append(StatusEntry(status=status, since=since, from_status=before))
        before = status
    return tuple(entries)


def names(change):
    return [type(event).__name__ for event in change.events]


def test_a_queued_lead_says_why_and_says_it_once():
    queued = queue(lead(1), " nobody is there ", LATER)

    again = queue(queued.entity, "nobody is there", LATER)

    assert queued.entity.queue_reason == "nobody is there"
    assert names(queued) == ["LeadQueued"]
    assert again.is_empty


def test_an_owner_ends_the_waiting():
    queued = queue(lead(1), "nobody is there", LATER).entity

    after = assign(queued, ADA, LATER).entity

    assert (after.owner, after.assigned_at, after.queue_reason) == (ADA, LATER, None)


@pytest.mark.parametrize("reason", ["", "  "])
def test_waiting_needs_a_reason(reason):
    with pytest.raises(InvalidValue):
        queue(lead(1), reason, AT)
    with pytest.raises(InvalidValue):
        hand_over(lead(1), None, AT, queue_reason=reason)


def test_who_has_an_owner_does_not_wait():
    with pytest.raises(InvalidValue, match="owner"):
        queue(lead(1, owner=ADA, assigned_at=AT), "nobody is there", AT)


@pytest.mark.parametrize(
    "verb", [lambda each: queue(each, "why", LATER), lambda each: hand_over(each, ADA, LATER)]
)
def test_a_closed_lead_is_left_alone(verb):
    with pytest.raises(MoveForbidden):
        verb(lead(1, **CLOSED))


def test_a_lead_is_not_handed_over_before_it_was_there():
    with pytest.raises(InvalidValue):
        hand_over(lead(1), ADA, AT - timedelta(seconds=1))


def test_handing_over_sets_the_owner_the_time_and_the_note():
    change = hand_over(lead(1, owner=BOB, assigned_at=AT), ADA, LATER, note=" soon ")

    after = change.entity
    assert (after.owner, after.assigned_at, after.handed_over_at) == (ADA, LATER, LATER)
    assert after.handover_note == "soon"
    assert names(change) == ["LeadHandedOver", "LeadAssigned"]


def test_the_same_owner_keeps_the_time_since_when():
    change = hand_over(lead(1, owner=ADA, assigned_at=AT), ADA, LATER)

    assert change.entity.assigned_at == AT
    assert names(change) == ["LeadHandedOver"]


@given(
    st.lists(st.sampled_from([s for s in LeadStatus if lead(1, status=s).is_open]), max_size=5),
    st.none() | st.integers(-1, 6),
)
def test_a_lead_is_with_sales_from_its_hand_over_until_it_comes_back(statuses, hours):
    log = entered(LeadStatus.NEW, *statuses)
    handed = None if hours is None else AT + timedelta(hours=hours)
    each = attrs.evolve(lead(1), status=log[-1].status, status_log=log, handed_over_at=handed)

    back = [
        entry
        for entry in log
        if entry.status in {"new", "nurture", "recycled"} and handed and entry.since > handed
    ]

    assert is_with_sales(each) is (handed is not None and not back)
