"""What can be done with contacts, and what it leaves behind."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import (
    BY_COMMAND,
    CLOSED_STATES,
    EVENTS,
    PROTECTED,
    ROLE_LIFECYCLES,
    ContactEdited,
    OrganizationAdded,
    PersonAdded,
    Role,
    RoleBegun,
    RoleMoved,
    RoleState,
    TeamMembership,
    add_organization,
    add_person,
    begin_debtor,
    begin_role,
    edit,
    move_role,
    move_role_by_hand,
)
from crmcore.errors import (
    FieldProtected,
    GuardRefused,
    InvalidValue,
    ManyFaults,
    MoveForbidden,
    NaiveTime,
    NotAllowed,
    UnknownField,
)
from crmcore.values import CountedIds, Money, PostalAddress

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RECEIVABLE = IDS.new()


def ada(**fields):
    start = {"given_name": "Ada", "family_name": "Lovelace", "at": NOON}
    return add_person(IDS.new(), **{**start, **fields}).entity


def acme(**fields):
    return add_organization(IDS.new(), **{"name": "ACME GmbH", "at": NOON, **fields}).entity


def test_an_added_person_is_whole_and_told_of_without_its_name():
    identity, employer = IDS.new(), IDS.new()
    address = PostalAddress(city="London", country="GB")

    change = add_person(
        identity,
        given_name="Ada",
        family_name="Lovelace",
        at=NOON,
        email="ada@acme.example",
        phone="+44 20 7946 0000",
        address=address,
        position="Analyst",
        employer=employer,
        external_id="A-1",
        attributes={"shoe_size": 38},
    )

    person = change.entity
    assert (person.id, person.employer, person.external_id) == (identity, employer, "A-1")
    assert (person.name, person.position) == ("Ada Lovelace", "Analyst")
    assert (person.email, person.phone) == ("ada@acme.example", "+442079460000")
    assert person.address == address
    assert person.attributes["shoe_size"] == 38
    assert (person.created_at, person.updated_at, person.revision) == (NOON, NOON, 0)
    assert change.events == (PersonAdded(contact=identity, at=NOON),)


def test_a_person_added_with_a_name_keeps_it():
    assert ada(name="Countess Ada").name == "Countess Ada"


def test_an_added_organization_is_whole_and_told_of():
    identity, parent = IDS.new(), IDS.new()

    change = add_organization(
        identity,
        name="ACME GmbH",
        at=NOON,
        vat_id="DE136695976",
        sector="pumps",
        founded=1949,
        annual_revenue=Money("1200000", "EUR"),
        employees=80,
        parent=parent,
    )

    organization = change.entity
    assert (organization.name, organization.sector) == ("ACME GmbH", "pumps")
    assert (organization.vat_id, organization.parent) == ("DE136695976", parent)
    assert (organization.founded, organization.employees) == (1949, 80)
    assert organization.annual_revenue == Money("1200000", "EUR")
    assert change.events == (OrganizationAdded(contact=identity, at=NOON),)


def test_times_from_another_zone_become_utc_and_naive_ones_are_refused():
    berlin = NOON.astimezone(timezone(timedelta(hours=2)))

    assert ada(at=berlin).created_at == NOON
    assert ada(at=berlin).created_at.tzinfo is UTC
    with pytest.raises(NaiveTime):
        ada(at=NOON.replace(tzinfo=None))


def test_editing_tells_which_fields_changed_and_not_how():
    person = ada()

    change = edit(person, {"position": "CTO", "email": "ada@b.example", "phone": None}, NOON + HOUR)

    assert change.entity.position == "CTO"
    assert change.entity.updated_at == NOON + HOUR
    assert change.events == (
        ContactEdited(contact=person.id, fields=("email", "position"), at=NOON + HOUR),
    )


def test_editing_to_the_same_values_changes_nothing():
    person = ada(email="ada@acme.example")

    change = edit(person, {"email": "ada@ACME.example", "given_name": "Ada"}, NOON + HOUR)

    assert change.is_empty
    assert change.entity is person


def test_a_derived_name_follows_its_parts():
    change = edit(ada(), {"family_name": "Byron"}, NOON)

    assert change.entity.name == "Ada Byron"
    assert change.events[0].fields == ("family_name", "name")


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "given_name": st.sampled_from(["Ada", "Augusta"]),
            "position": st.sampled_from([None, "CTO"]),
            "phone": st.sampled_from([None, "+49711123456"]),
            "attributes": st.sampled_from([{}, {"shoe_size": 38}]),
        },
    )
)
def test_editing_tells_exactly_the_fields_that_differ(fields):
    person = ada()

    change = edit(person, fields, NOON + HOUR)

    differing = sorted(
        field.name
        for field in attrs.fields(type(person))
        if field.name != "updated_at"
        and getattr(person, field.name) != getattr(change.entity, field.name)
    )
    assert [event.fields for event in change.events] == ([tuple(differing)] if differing else [])
    assert edit(change.entity, fields, NOON + HOUR).is_empty


def test_a_name_of_ones_own_stays_when_the_parts_change():
    countess = ada(name="Countess Ada")

    assert edit(countess, {"family_name": "Byron"}, NOON).entity.name == "Countess Ada"
    assert edit(ada(), {"family_name": "Byron", "name": "A. B."}, NOON).entity.name == "A. B."


@given(st.text("ab ", max_size=3), st.text("ab ", max_size=3), st.text("ab ", max_size=3))
def test_renaming_part_by_part_ends_at_the_same_name_as_at_once(given_name, family_name, before):
    person = ada(given_name=before)

    stepwise = edit(person, {"given_name": given_name}, NOON).entity
    stepwise = edit(stepwise, {"family_name": family_name}, NOON).entity
    at_once = edit(person, {"given_name": given_name, "family_name": family_name}, NOON).entity

    assert stepwise == at_once
    assert at_once.has_derived_name


@pytest.mark.parametrize("field", [*sorted(PROTECTED), "id", "revision", "created_at"])
def test_editing_leaves_the_librarys_own_fields_alone(field):
    with pytest.raises(FieldProtected) as refused:
        edit(ada(), {field: None}, NOON)

    assert refused.value.field == field


def test_an_organization_has_no_family_name_to_edit():
    with pytest.raises(UnknownField):
        edit(acme(), {"family_name": "Byron"}, NOON)


@pytest.mark.parametrize("kind", [kind for kind in Role if kind is not Role.DEBTOR])
def test_a_role_begins_once(kind):
    person = ada()

    first = begin_role(person, kind, NOON + HOUR, reason="fair")
    second = begin_role(first.entity, kind, NOON + 2 * HOUR, reason="again")

    assert first.entity.role(kind).since == NOON + HOUR
    assert first.entity.role(kind).reason == "fair"
    assert first.events == (RoleBegun(contact=person.id, kind=kind, at=NOON + HOUR),)
    assert second.is_empty
    assert second.entity is first.entity


def test_nobody_becomes_a_debtor_without_a_receivable():
    debtor = begin_debtor(acme(), RECEIVABLE, NOON).entity

    for organization in (acme(), debtor):
        with pytest.raises(GuardRefused) as refused:
            begin_role(organization, Role.DEBTOR, NOON)
        assert refused.value.reasons == ("a debtor begins with a receivable",)


def test_a_receivable_makes_a_debtor_once():
    organization = acme()

    change = begin_debtor(organization, RECEIVABLE, NOON)
    again = begin_debtor(change.entity, IDS.new(), NOON)

    assert change.entity.role(Role.DEBTOR).reason == f"receivable {RECEIVABLE}"
    assert change.events == (
        RoleBegun(contact=organization.id, kind=Role.DEBTOR, receivable=RECEIVABLE, at=NOON),
    )
    assert again.is_empty


def test_a_settled_debtor_owes_again_only_with_a_receivable():
    debtor = begin_debtor(acme(), RECEIVABLE, NOON).entity
    settled = move_role(debtor, Role.DEBTOR, "settle", NOON + HOUR).entity

    with pytest.raises(GuardRefused):
        move_role(settled, Role.DEBTOR, "owe", NOON + 2 * HOUR)
    again = begin_debtor(settled, RECEIVABLE, NOON + 2 * HOUR).entity

    assert not settled.holds(Role.DEBTOR)
    assert again.holds(Role.DEBTOR)
    assert len(again.roles) == 2


def test_a_settled_debtor_owes_again_by_the_row_of_its_table():
    debtor = begin_debtor(acme(), RECEIVABLE, NOON).entity
    settled = move_role(debtor, Role.DEBTOR, "settle", NOON + HOUR).entity

    change = begin_debtor(settled, RECEIVABLE, NOON + 2 * HOUR)

    assert change.entity.role(Role.DEBTOR).reason == f"receivable {RECEIVABLE}"
    assert change.events == (
        RoleMoved(
            contact=settled.id,
            kind=Role.DEBTOR,
            action="owe",
            before=RoleState.SETTLED,
            after=RoleState.ACTIVE,
            receivable=RECEIVABLE,
            at=NOON + 2 * HOUR,
        ),
    )


@pytest.mark.parametrize(("kind", "action"), BY_COMMAND)
def test_no_hand_makes_a_move_that_a_command_makes(kind, action):
    contact = begin_debtor(ada(), RECEIVABLE, NOON).entity

    with pytest.raises(GuardRefused) as refused:
        move_role_by_hand(contact, kind, action, NOON)

    assert BY_COMMAND[kind, action] in refused.value.reasons[0]


def test_a_hand_makes_every_other_move_as_the_lifecycle_says():
    supplier = begin_role(acme(), Role.SUPPLIER, NOON).entity

    by_hand = move_role_by_hand(supplier, Role.SUPPLIER, "block", NOON + HOUR, "late")

    assert by_hand == move_role(supplier, Role.SUPPLIER, "block", NOON + HOUR, "late")


def test_email_phone_and_vat_id_are_told_wrong_at_once():
    wrong = {"email": "a@@b", "phone": "phone", "vat_id": "?"}
    calls = (
        lambda: add_organization(IDS.new(), name="ACME", at=NOON, **wrong),
        lambda: edit(acme(), wrong, NOON),
    )

    for call in calls:
        with pytest.raises(ManyFaults) as refused:
            call()
        assert [fault.field for fault in refused.value.faults] == ["email", "phone", "vat_id"]
    with pytest.raises(ManyFaults) as refused:
        ada(email="a@@b", phone="phone")
    assert [fault.field for fault in refused.value.faults] == ["email", "phone"]


def test_a_person_still_has_no_vat_id_to_edit():
    with pytest.raises(UnknownField):
        edit(ada(), {"vat_id": "?"}, NOON)


def test_an_organization_cannot_be_an_employee():
    with pytest.raises(GuardRefused) as refused:
        begin_role(acme(), Role.EMPLOYEE, NOON)

    assert refused.value.reasons == ("only a person can be an employee",)


def test_a_move_is_written_on_the_open_record():
    supplier = begin_role(acme(), Role.SUPPLIER, NOON, reason="cheap").entity

    change = move_role(supplier, Role.SUPPLIER, "block", NOON + HOUR, reason="late twice")
    unblocked = move_role(change.entity, Role.SUPPLIER, "unblock", NOON + 2 * HOUR).entity

    record = change.entity.role(Role.SUPPLIER)
    assert (record.state, record.since, record.until) == (RoleState.BLOCKED, NOON, None)
    assert record.reason == unblocked.role(Role.SUPPLIER).reason == "late twice"
    assert change.events == (
        RoleMoved(
            contact=supplier.id,
            kind=Role.SUPPLIER,
            action="block",
            before=RoleState.ACTIVE,
            after=RoleState.BLOCKED,
            at=NOON + HOUR,
        ),
    )


def test_a_customer_won_back_keeps_the_story_so_far():
    customer = begin_role(acme(), Role.CUSTOMER, NOON).entity
    former = move_role(customer, Role.CUSTOMER, "lose", NOON + HOUR, reason="price").entity

    back = move_role(former, Role.CUSTOMER, "win_back", NOON + 3 * HOUR).entity

    first, second = back.roles
    assert (first.state, first.until, first.reason) == (RoleState.FORMER, NOON + HOUR, "price")
    assert (second.state, second.since, second.reason) == (RoleState.ACTIVE, NOON + 3 * HOUR, None)
    assert not back.holds(Role.CUSTOMER, NOON + 2 * HOUR)


def test_a_role_never_held_cannot_move():
    with pytest.raises(MoveForbidden) as forbidden:
        move_role(ada(), Role.CUSTOMER, "lose", NOON)

    assert forbidden.value.state == "not held"
    assert forbidden.value.allowed == ("begin",)


def test_a_role_does_not_end_before_it_began():
    customer = begin_role(acme(), Role.CUSTOMER, NOON).entity

    with pytest.raises(InvalidValue):
        move_role(customer, Role.CUSTOMER, "lose", NOON - HOUR)


def test_employment_does_not_end_while_in_a_team():
    team = IDS.new()
    employee = begin_role(ada(), Role.EMPLOYEE, NOON).entity
    member = attrs.evolve(employee, team=team, memberships=[TeamMembership(team=team, since=NOON)])

    with pytest.raises(GuardRefused) as refused:
        move_role(member, Role.EMPLOYEE, "end", NOON + HOUR)
    ended = move_role(employee, Role.EMPLOYEE, "end", NOON + HOUR).entity

    assert refused.value.reasons == ("the person is still in a team",)
    assert not ended.holds(Role.EMPLOYEE)


ACTIONS = sorted({row.action for table in ROLE_LIFECYCLES.values() for row in table.moves})
STEPS = st.lists(st.tuples(st.sampled_from(Role), st.sampled_from(["begin", "owed", *ACTIONS])))


def _step(contact, kind, action, at):
    if action == "begin":
        return begin_role(contact, kind, at)
    if action == "owed":
        return begin_debtor(contact, RECEIVABLE, at)
    return move_role(contact, kind, action, at)


@given(STEPS, st.booleans())
def test_any_walk_over_roles_keeps_at_most_one_open_record_per_kind(steps, is_person):
    contact = ada() if is_person else acme()

    for hours, (kind, action) in enumerate(steps):
        before = contact
        at = NOON + hours * HOUR
        try:
            change = _step(contact, kind, action, at)
        except NotAllowed:
            continue
        contact = change.entity

        still_open = Counter(role.kind for role in contact.roles if role.is_open)
        assert all(number == 1 for number in still_open.values())
        assert all(role.until is None or role.since <= role.until for role in contact.roles)
        assert all((role.state in CLOSED_STATES) != role.is_open for role in contact.roles)
        assert change.is_empty == (contact is before)
        assert all(event.at == at and type(event) in EVENTS for event in change.events)


@given(STEPS)
def test_the_events_of_a_walk_tell_which_roles_are_held(steps):
    contact, held = ada(), {}

    for hours, (kind, action) in enumerate(steps):
        try:
            change = _step(contact, kind, action, NOON + hours * HOUR)
        except NotAllowed:
            continue
        contact = change.entity
        for event in change.events:
            held[event.kind] = event.after if isinstance(event, RoleMoved) else RoleState.ACTIVE

    assert held == {kind: contact.role(kind).state for kind in Role if contact.role(kind)}


@given(STEPS, st.sampled_from(Role), st.sampled_from(ACTIONS))
def test_a_forbidden_move_of_a_held_role_lists_exactly_what_is_allowed(steps, kind, action):
    contact = begin_debtor(ada(), RECEIVABLE, NOON).entity
    for hours, (each, step) in enumerate(steps):
        try:
            contact = _step(contact, each, step, NOON + hours * HOUR).entity
        except NotAllowed:
            continue
    record = contact.role(kind)
    allowed = ("begin",) if record is None else ROLE_LIFECYCLES[kind].allowed(record.state)

    if action not in allowed:
        with pytest.raises(MoveForbidden) as forbidden:
            move_role(contact, kind, action, NOON + 9999 * HOUR)
        assert forbidden.value.allowed == allowed
        assert forbidden.value.id == contact.id
