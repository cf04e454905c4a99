"""Contacts as values: what they refuse, what they answer, and how a store sees them."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import (
    CLOSED_STATES,
    CONTACT,
    Organization,
    Person,
    Role,
    RoleHeld,
    RoleState,
    TeamMembership,
)
from crmcore.errors import InvalidValue, NaiveTime
from crmcore.grammar.entity import Kind
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def person(**fields):
    start = {"id": IDS.new(), "given_name": "Ada", "family_name": "Lovelace"}
    return Person(**{**start, "created_at": NOON, "updated_at": NOON, **fields})


def organization(**fields):
    start = {"id": IDS.new(), "name": "ACME GmbH", "created_at": NOON, "updated_at": NOON}
    return Organization(**{**start, **fields})


def held(kind=Role.CUSTOMER, state=RoleState.ACTIVE, since=NOON, until=None):
    return RoleHeld(kind=kind, state=state, since=since, until=until)


@pytest.mark.parametrize(
    ("given_name", "family_name", "name"),
    [("Ada", "Lovelace", "Ada Lovelace"), ("", "Madonna", "Madonna"), ("Ada", "", "Ada")],
)
def test_a_person_without_a_name_is_called_by_its_parts(given_name, family_name, name):
    ada = person(given_name=given_name, family_name=family_name)

    assert ada.name == name
    assert ada.has_derived_name


@pytest.mark.parametrize("field", ["founded", "employees"])
@given(number=st.none() | st.integers(-(2**63), 2**63 - 1))
def test_nobody_employs_less_than_no_one_or_was_founded_before_year_zero(field, number):
    if number is None or number >= 0:
        assert getattr(organization(**{field: number}), field) == number
        return
    with pytest.raises(InvalidValue, match="must not be negative") as raised:
        organization(**{field: number})
    assert raised.value.field == field


def test_a_person_may_be_called_otherwise():
    ada = person(name="Countess of Lovelace")

    assert ada.name == "Countess of Lovelace"
    assert not ada.has_derived_name


def test_reach_and_vat_id_are_kept_in_one_spelling():
    acme = organization(
        email="Info@ACME.Example", phone="+49 (0)711 / 123456", vat_id="de 136 695 976"
    )

    assert acme.email == "Info@acme.example"
    assert acme.phone == "+49711123456"
    assert acme.vat_id == "DE136695976"


@pytest.mark.parametrize("field", ["email", "phone", "vat_id"])
def test_unknown_reach_stays_unknown_and_nonsense_is_refused(field):
    assert getattr(organization(**{field: None}), field) is None

    with pytest.raises(InvalidValue) as refused:
        organization(**{field: "!"})

    assert refused.value.field == field


def test_an_organization_is_not_its_own_parent():
    acme = organization()

    with pytest.raises(InvalidValue) as refused:
        attrs.evolve(acme, parent=acme.id)

    assert refused.value.field == "parent"


@given(st.lists(st.tuples(st.sampled_from(Role), st.booleans()), max_size=6))
def test_the_same_role_cannot_be_open_twice(records):
    roles = [
        held(kind) if is_open else held(kind, RoleState.ENDED, until=NOON)
        for kind, is_open in records
    ]
    kinds = [kind for kind, is_open in records if is_open]

    if len(kinds) == len(set(kinds)):
        assert {kind for kind in Role if person(roles=roles).holds(kind)} == set(kinds)
    else:
        with pytest.raises(InvalidValue) as refused:
            person(roles=roles)
        assert refused.value.field == "roles"


def test_several_roles_may_be_open_at_once():
    ada = person(roles=[held(kind) for kind in Role])

    assert all(ada.holds(kind) for kind in Role)
    assert isinstance(ada.roles, tuple)


@given(st.sampled_from(RoleState), st.none() | st.integers(-2, 2))
def test_a_record_ends_after_it_began_and_exactly_in_a_closed_state(state, hours):
    until = None if hours is None else NOON + hours * HOUR
    fits = hours is None if state not in CLOSED_STATES else hours is not None and hours >= 0

    if fits:
        assert held(state=state, until=until).is_open == (state not in CLOSED_STATES)
    else:
        with pytest.raises(InvalidValue) as refused:
            held(state=state, until=until)
        assert refused.value.field == "roles.until"


@given(st.integers(-2, 2))
def test_a_membership_does_not_end_before_it_began(hours):
    until = NOON + hours * HOUR

    if hours >= 0:
        assert TeamMembership(team=IDS.new(), since=NOON, until=until).until == until
    else:
        with pytest.raises(InvalidValue) as refused:
            TeamMembership(team=IDS.new(), since=NOON, until=until)
        assert refused.value.field == "memberships.until"


def test_a_role_is_held_from_its_beginning_until_just_before_its_end():
    record = held(state=RoleState.FORMER, since=NOON, until=NOON + HOUR)
    ada = person(roles=[record])

    assert ada.holds(Role.CUSTOMER, NOON)
    assert not ada.holds(Role.CUSTOMER, NOON - timedelta(milliseconds=1))
    assert not ada.holds(Role.CUSTOMER, NOON + HOUR)
    assert not ada.holds(Role.CUSTOMER)
    assert not ada.holds(Role.SUPPLIER, NOON)


def test_an_open_role_is_held_ever_after():
    ada = person(roles=[held(since=NOON)])

    assert ada.holds(Role.CUSTOMER, NOON + 9999 * HOUR)
    assert not ada.holds(Role.CUSTOMER, NOON - HOUR)


def test_asking_at_a_time_without_a_zone_is_refused():
    ada = person(roles=[held()])

    with pytest.raises(NaiveTime):
        ada.holds(Role.CUSTOMER, NOON.replace(tzinfo=None))


def test_the_role_that_counts_is_the_open_one_else_the_latest():
    first = held(state=RoleState.FORMER, since=NOON, until=NOON + HOUR)
    second = held(state=RoleState.FORMER, since=NOON + HOUR, until=NOON + 2 * HOUR)
    third = held(since=NOON + 3 * HOUR)

    assert person().role(Role.CUSTOMER) is None
    assert person(roles=[first, second]).role(Role.CUSTOMER) == second
    assert person(roles=[third, first]).role(Role.CUSTOMER) == third
    assert person(roles=[third]).role(Role.LEAD) is None


@given(st.lists(st.integers(0, 5), min_size=2, max_size=2), st.integers(-1, 6))
def test_a_record_covers_exactly_the_half_open_stretch(bounds, moment):
    since, until = sorted(bounds)
    record = held(state=RoleState.FORMER, since=NOON + since * HOUR, until=NOON + until * HOUR)

    covered = record.covers(NOON + moment * HOUR)

    assert covered == (moment in range(since, until))


def test_the_team_of_a_person_is_the_one_of_the_open_membership():
    team, other = IDS.new(), IDS.new()
    now = TeamMembership(team=team, since=NOON)
    past = TeamMembership(team=other, since=NOON - HOUR, until=NOON)

    assert person(team=team, memberships=[past, now]).team == team
    for wrong in (
        {"team": team},
        {"team": other, "memberships": [now]},
        {"memberships": [now]},
        {"team": team, "memberships": [now, TeamMembership(team=other, since=NOON)]},
    ):
        with pytest.raises(InvalidValue) as refused:
            person(**wrong)
        assert refused.value.field == "team"


def test_a_store_sees_persons_and_organizations_as_one_entity():
    fields = CONTACT.fields

    assert [cls.__name__ for cls in CONTACT.classes] == ["Person", "Organization"]
    assert fields["roles"].kind is Kind.CHILDREN
    assert fields["address"].kind is Kind.RECORD
    assert fields["employer"].reference == fields["parent"].reference == "contact"
    assert fields["team"].reference == "team"
    assert fields["family_name"].variants == frozenset({"person"})
    assert fields["name"].variants is None
    assert fields["name"].text.searchable
