"""The clocks of a lead, read as of any instant, and the list of those that are due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import Role, add_organization, begin_role
from crmcore.errors import InvalidValue, MoveForbidden
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.compiling import compile_condition
from crmcore.leads import (
    Lead,
    LeadStatus,
    capture,
    clocks_of,
    contact,
    disqualify,
    due,
    follow_up,
    nurture,
    qualify,
    reopen,
)
from crmcore.subjects import SUBJECTS
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lead():
    acme = begin_role(add_organization(IDS.new(), name="ACME", at=NOON).entity, Role.LEAD, NOON)
    return capture(IDS.new(), contact=acme.entity, source="fair", at=NOON).entity


def test_a_lead_nobody_answers_is_overdue_when_its_target_is_past():
    early = clocks_of(lead(), NOON + HOUR, response_target=2 * HOUR)
    late = clocks_of(lead(), NOON + 3 * HOUR, response_target=2 * HOUR)

    assert (early.waiting, early.is_overdue) == (HOUR, False)
    assert (late.response, late.waiting, late.overdue) == (None, 3 * HOUR, ("first response",))


def test_a_late_response_stays_late_and_is_overdue_no_more():
    answered = contact(lead(), NOON + 3 * HOUR).entity

    read = clocks_of(answered, NOON + DAY, response_target=2 * HOUR)

    assert (read.response, read.is_response_late, read.is_overdue) == (3 * HOUR, True, False)
    assert read.in_status == 21 * HOUR


def test_a_closed_lead_ages_no_more():
    closed = disqualify(lead(), "no need", NOON + HOUR).entity

    read = clocks_of(closed, NOON + 9 * DAY, response_target=HOUR / 2, age_target=HOUR / 2)

    assert (read.age, read.status) == (HOUR, LeadStatus.DISQUALIFIED)
    assert (read.is_overdue, read.is_response_late) == (False, True)


def test_an_old_lead_is_to_be_closed_and_a_follow_up_counts_down():
    planned = follow_up(lead(), NOON + 2 * DAY, NOON, reason="budget round").entity

    before, after = (clocks_of(planned, NOON + n * DAY, age_target=2 * DAY) for n in (1, 3))

    assert (before.resurfaces_in, before.overdue) == (DAY, ())
    assert (after.resurfaces_in, after.overdue) == (-DAY, ("closing", "follow-up"))
    assert "resurfaces in: 1 day, 0:00:00" in before.explain()
    assert after.explain() == (
        "new as of 2026-03-05 12:00 UTC\n"
        "age: 3 days, 0:00:00 (target 2 days, 0:00:00)\n"
        "no response for: 3 days, 0:00:00\n"
        "in this status for: 3 days, 0:00:00\n"
        "follow-up was due before: 1 day, 0:00:00\n"
        "overdue: closing, follow-up"
    )
    assert after._repr_html_().count("<tr>") == 5


MOVES = {
    "contact": contact,
    "nurture": nurture,
    "qualify": qualify,
    "disqualify": lambda each, at: disqualify(each, "no need", at),
    "reopen": reopen,
}


@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=8), st.integers(0, 12))
def test_clocks_say_as_of_any_instant_what_they_said_then(actions, hour):
    current, as_of = lead(), NOON + hour * HOUR
    then = current

    for hours, action in enumerate(actions):
        at = NOON + hours * HOUR
        try:
            current = MOVES[action](current, at).entity
        except MoveForbidden:
            continue
        if at <= as_of:
            then = current

    # What a reopening takes back, is forgotten.
    replayed, read = clocks_of(current, as_of), clocks_of(then, as_of)
    assert (replayed.status, replayed.in_status) == (read.status, read.in_status)
    assert (replayed.age, replayed.response) == (read.age, read.response)


def test_leads_from_before_there_was_a_log_tell_what_they_know():
    start = {"id": IDS.new(), "contact": IDS.new(), "source": "fair", "captured_at": NOON}
    old = Lead(
        **start,
        created_at=NOON,
        updated_at=NOON,
        status=LeadStatus.QUALIFIED,
        qualified_at=NOON + DAY,
    )
    moved = nurture(old, NOON + 3 * DAY).entity

    assert clocks_of(old, NOON + 2 * DAY).in_status == DAY
    assert clocks_of(old, NOON + HOUR).status is LeadStatus.NEW
    assert clocks_of(moved, NOON + 2 * DAY).status is LeadStatus.QUALIFIED
    assert clocks_of(moved, NOON + 4 * DAY).in_status == DAY


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"as_of": NOON - HOUR}, "as_of"),
        ({"as_of": NOON, "response_target": timedelta(0)}, "response_target"),
        ({"as_of": NOON, "age_target": -DAY}, "age_target"),
    ],
)
def test_clocks_that_cannot_be_read_are_refused(options, field):
    with pytest.raises(InvalidValue) as refused:
        clocks_of(lead(), **options)

    assert refused.value.field == field


@given(st.integers(0, 5), st.integers(0, 5))
def test_due_are_the_open_leads_whose_time_has_come(planned, asked):
    scope = Scope.of(SUBJECTS.of_class(Lead), SUBJECTS)
    holds = compile_condition(bind(due(NOON + asked * DAY), scope), scope)
    waiting = follow_up(lead(), NOON + planned * DAY, NOON).entity

    assert holds(waiting, lambda _entity, _id: None) == (planned <= asked)
    assert not holds(lead(), lambda _entity, _id: None)
    assert not holds(disqualify(waiting, "no", NOON).entity, lambda _entity, _id: None)
