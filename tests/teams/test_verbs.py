"""What can be done with teams and in them, and what it leaves behind."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import Role, TeamMembership, add_person, begin_role, move_role
from crmcore.errors import FieldProtected, GuardRefused, InvalidValue, MoveForbidden
from crmcore.teams import (
    EVENTS,
    TEAM,
    ManagerAppointed,
    TeamDissolved,
    TeamEdited,
    TeamFormed,
    TeamJoined,
    TeamLeft,
    TeamStatus,
    appoint,
    dissolve,
    edit,
    form,
    join,
    leave,
)
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def team(**fields):
    return form(IDS.new(), **{"name": "Inside sales", "at": NOON, **fields}).entity


def dissolved():
    return dissolve(team(), 0, NOON).entity


def person():
    return add_person(IDS.new(), given_name="Ada", family_name="Lovelace", at=NOON).entity


def employee():
    return begin_role(person(), Role.EMPLOYEE, NOON).entity


def test_a_formed_team_works_and_is_told_of():
    identity, boss = IDS.new(), IDS.new()

    change = form(
        identity,
        name="Inside sales",
        region="South",
        manager=boss,
        at=NOON,
        external_id="T-1",
        attributes={"floor": 3},
    )

    formed = change.entity
    assert (formed.id, formed.name, formed.region) == (identity, "Inside sales", "South")
    assert (formed.manager, formed.status) == (boss, TeamStatus.ACTIVE)
    assert (formed.external_id, formed.attributes["floor"]) == ("T-1", 3)
    assert change.events == (TeamFormed(team=identity, manager=boss, at=NOON),)


def test_a_store_sees_the_manager_of_a_team_as_a_contact():
    assert TEAM.fields["manager"].reference == "contact"
    assert TEAM.fields["name"].text.searchable


def test_editing_tells_which_fields_changed():
    before = team()

    change = edit(before, {"region": "North", "name": "Inside sales"}, NOON + HOUR)

    assert change.entity.region == "North"
    assert change.events == (TeamEdited(team=before.id, fields=("region",), at=NOON + HOUR),)
    assert edit(change.entity, {"region": "North"}, NOON).is_empty


@pytest.mark.parametrize("field", ["manager", "status", "revision"])
def test_editing_leaves_fields_with_verbs_of_their_own_alone(field):
    with pytest.raises(FieldProtected):
        edit(team(), {field: None}, NOON)


def test_appointing_changes_who_leads():
    before, boss = team(), IDS.new()

    change = appoint(before, boss, NOON + HOUR)

    assert change.entity.manager == boss
    assert change.events == (ManagerAppointed(team=before.id, manager=boss, at=NOON + HOUR),)
    assert appoint(change.entity, boss, NOON).is_empty
    assert appoint(change.entity, None, NOON).entity.manager is None


def test_an_empty_team_can_be_dissolved_once():
    before = team()

    change = dissolve(before, 0, NOON + HOUR)

    assert change.entity.status is TeamStatus.DISSOLVED
    assert change.events == (TeamDissolved(team=before.id, at=NOON + HOUR),)
    with pytest.raises(MoveForbidden):
        dissolve(change.entity, 0, NOON)


@given(st.integers(1, 10_000))
def test_a_team_with_members_stays(members):
    with pytest.raises(GuardRefused) as refused:
        dissolve(team(), members, NOON)

    assert refused.value.reasons == ("members are still in it",)


def test_nobody_is_appointed_to_a_dissolved_team():
    with pytest.raises(MoveForbidden):
        appoint(dissolved(), IDS.new(), NOON)


def test_joining_opens_a_membership_and_a_repeat_changes_nothing():
    ada, sales = employee(), team()

    change = join(ada, sales, NOON + HOUR)
    again = join(change.entity, sales, NOON + 2 * HOUR)

    assert change.entity.team == sales.id
    assert change.entity.memberships == (TeamMembership(team=sales.id, since=NOON + HOUR),)
    assert change.events == (TeamJoined(contact=ada.id, team=sales.id, at=NOON + HOUR),)
    assert again.is_empty
    assert again.entity is change.entity


def test_joining_another_team_leaves_the_one_before():
    sales, service = team(), team(name="Service")
    ada = join(employee(), sales, NOON).entity

    change = join(ada, service, NOON + HOUR)

    assert change.entity.team == service.id
    assert change.entity.memberships == (
        TeamMembership(team=sales.id, since=NOON, until=NOON + HOUR),
        TeamMembership(team=service.id, since=NOON + HOUR),
    )
    assert change.events == (
        TeamLeft(contact=ada.id, team=sales.id, at=NOON + HOUR),
        TeamJoined(contact=ada.id, team=service.id, at=NOON + HOUR),
    )


def test_only_an_employee_joins_and_only_a_team_that_works():
    former = move_role(employee(), Role.EMPLOYEE, "end", NOON + HOUR).entity
    on_leave = move_role(employee(), Role.EMPLOYEE, "start_leave", NOON + HOUR).entity

    for stranger in (person(), former):
        with pytest.raises(GuardRefused) as refused:
            join(stranger, dissolved(), NOON + HOUR)
        assert refused.value.reasons == (
            "only an employee can be in a team",
            "the team is dissolved",
        )
    assert join(on_leave, team(), NOON + HOUR).entity.team is not None


def test_leaving_closes_the_membership_and_a_repeat_changes_nothing():
    sales = team()
    ada = join(employee(), sales, NOON).entity

    change = leave(ada, NOON + HOUR)
    again = leave(change.entity, NOON + 2 * HOUR)

    assert change.entity.team is None
    assert change.entity.memberships[0].until == NOON + HOUR
    assert change.events == (TeamLeft(contact=ada.id, team=sales.id, at=NOON + HOUR),)
    assert again.is_empty


def test_nobody_leaves_before_joining():
    ada = join(employee(), team(), NOON).entity

    with pytest.raises(InvalidValue):
        leave(ada, NOON - HOUR)


TEAMS = [team(name=name) for name in "abc"]


@given(st.lists(st.sampled_from([None, *TEAMS])))
def test_any_walk_through_teams_leaves_one_open_membership_at_most_and_no_gap_in_the_events(steps):
    ada, told = employee(), None

    for hours, to in enumerate(steps):
        at = NOON + hours * HOUR
        change = leave(ada, at) if to is None else join(ada, to, at)
        ada = change.entity
        for event in change.events:
            assert type(event) in EVENTS
            assert event.team == told if isinstance(event, TeamLeft) else told is None
            told = None if isinstance(event, TeamLeft) else event.team

        still_open = [each.team for each in ada.memberships if each.until is None]
        assert still_open == ([] if to is None else [to.id])
        assert ada.team == told


@given(st.lists(st.sampled_from([None, *TEAMS])))
def test_memberships_follow_each_other_without_overlap(steps):
    ada = employee()

    for hours, to in enumerate(steps):
        at = NOON + hours * HOUR
        ada = (leave(ada, at) if to is None else join(ada, to, at)).entity

    pairs = zip(ada.memberships, ada.memberships[1:], strict=False)
    assert all(earlier.until <= later.since for earlier, later in pairs)
