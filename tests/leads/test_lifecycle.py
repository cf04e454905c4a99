"""The table of the leads: a walker takes every path, legal and illegal."""

from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import GuardRefused, MoveForbidden
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.compiling import compile_condition, look_nowhere
from crmcore.leads import (
    BANT,
    IS_CLOSED,
    IS_OPEN,
    LEAD_LIFECYCLE,
    OPEN_STATUSES,
    CheckItem,
    Checklist,
    Lead,
    LeadFacts,
    LeadStatus,
)
from crmcore.subjects import SUBJECTS
from crmcore.values import CountedIds

ID = CountedIds().new()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEAD = Lead(id=ID, contact=ID, source="fair", captured_at=NOON, created_at=NOON, updated_at=NOON)
FACTS = LeadFacts(lead=LEAD)
ACTIONS = sorted({row.action for row in LEAD_LIFECYCLE.moves})
ANY_OPEN = {
    *("convert", "disqualify", "discard", "assign", "queue", "hand_over"),
    *("follow_up", "answer", "estimate"),
}


@pytest.mark.parametrize(
    ("status", "own"),
    [
        (LeadStatus.NEW, {"contact", "nurture", "qualify"}),
        (LeadStatus.CONTACTED, {"contact", "nurture", "qualify", "recycle"}),
        (LeadStatus.NURTURE, {"contact", "qualify"}),
        (LeadStatus.QUALIFIED, {"contact", "nurture", "recycle"}),
        (LeadStatus.RECYCLED, {"contact", "nurture", "qualify"}),
    ],
)
def test_each_open_status_allows_these_actions(status, own):
    assert {*LEAD_LIFECYCLE.allowed(status)} == own | ANY_OPEN


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (LeadStatus.DISQUALIFIED, ("reopen",)),
        (LeadStatus.JUNK, ("reopen",)),
        (LeadStatus.CONVERTED, ()),
    ],
)
def test_a_closed_lead_is_reopened_at_most(status, allowed):
    assert LEAD_LIFECYCLE.allowed(status) == allowed


def test_exactly_the_open_statuses_are_not_final():
    assert {*LeadStatus} - LEAD_LIFECYCLE.final == OPEN_STATUSES


@pytest.mark.parametrize("status", LeadStatus)
def test_a_lead_is_open_or_closed_as_the_conditions_say(status):
    lead, scope = attrs.evolve(LEAD, status=status), Scope.of(SUBJECTS.named("lead"), SUBJECTS)

    def holds(condition):
        return compile_condition(bind(condition, scope), scope)(lead, look_nowhere)

    assert holds(IS_OPEN) is lead.is_open
    assert holds(IS_CLOSED) is not lead.is_open


@given(st.lists(st.sampled_from(ACTIONS), max_size=20))
def test_a_wrong_step_lists_what_is_allowed_and_a_converted_lead_stays_so(actions):
    status = LeadStatus.NEW

    for action in actions:
        allowed = LEAD_LIFECYCLE.allowed(status)
        if action in allowed:
            assert status is not LeadStatus.CONVERTED
            status = LEAD_LIFECYCLE.after(status, action, FACTS, ID)
        else:
            with pytest.raises(MoveForbidden) as forbidden:
                LEAD_LIFECYCLE.after(status, action, FACTS, ID)
            assert forbidden.value.allowed == allowed
            assert forbidden.value.id == ID

    assert status in LEAD_LIFECYCLE.states


def test_the_guard_says_what_is_missing():
    strict = Checklist("one", (CheckItem("budget", "Money?"),), minimum=1)

    explained = LEAD_LIFECYCLE.explain(
        LeadStatus.NEW, "qualify", LeadFacts(lead=LEAD, checklist=strict)
    )
    with pytest.raises(GuardRefused) as refused:
        LEAD_LIFECYCLE.after(LeadStatus.NEW, "qualify", LeadFacts(lead=LEAD, checklist=strict), ID)

    assert explained.reasons == refused.value.reasons
    assert refused.value.reasons == (
        "the checklist is not reached: 0 of 1 points; budget is unknown",
    )
    assert LEAD_LIFECYCLE.can(LeadStatus.NEW, "qualify", LeadFacts(lead=LEAD, checklist=BANT))
