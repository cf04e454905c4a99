"""What roles allow: the table, and how a refusal tells about it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import (
    ALLOWED,
    AT_REST,
    CLOSED_STATES,
    Activity,
    Organization,
    Role,
    RoleHeld,
    RoleState,
    may,
    require,
)
from crmcore.errors import ActivityNotAllowed
from crmcore.values import CountedIds

ID = CountedIds().new()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def contact(*held):
    roles = [
        RoleHeld(kind=kind, state=state, since=NOON, until=NOON if state in CLOSED_STATES else None)
        for kind, state in held
    ]
    return Organization(id=ID, name="ACME", created_at=NOON, updated_at=NOON, roles=roles)


ROLES = st.lists(
    st.tuples(st.sampled_from(Role), st.sampled_from(RoleState)),
    unique_by=lambda pair: pair[0],
)


@pytest.mark.parametrize(
    ("activity", "kinds"),
    [
        (Activity.QUALIFY, {Role.LEAD, Role.PROSPECT, Role.CUSTOMER}),
        (Activity.QUOTE, {Role.PROSPECT, Role.CUSTOMER}),
        (Activity.ORDER, {Role.PROSPECT, Role.CUSTOMER}),
        (Activity.INVOICE, {Role.CUSTOMER, Role.DEBTOR}),
        (Activity.DUN, {Role.DEBTOR}),
        (Activity.SUPPORT, set(Role)),
        (Activity.PURCHASE, {Role.SUPPLIER}),
        (Activity.SELL, {Role.EMPLOYEE}),
        (Activity.ANSWER, {Role.EMPLOYEE}),
        (Activity.APPROVE, {Role.EMPLOYEE}),
    ],
)
def test_an_activity_is_allowed_by_these_roles_only(activity, kinds):
    allowing = {kind for kind in Role if may(contact((kind, RoleState.ACTIVE)), activity)}

    assert allowing == kinds


def test_every_role_and_every_activity_is_in_the_table():
    assert set(ALLOWED) == set(Role)
    assert frozenset().union(*ALLOWED.values()) == set(Activity)


@given(ROLES, st.sampled_from(Activity))
def test_roles_add_up_and_never_take_away(held, activity):
    alone = [may(contact(pair), activity) for pair in held]

    assert may(contact(*held), activity) == any(alone)


@given(ROLES, st.sampled_from(Activity))
def test_requiring_raises_exactly_when_it_may_not_be(held, activity):
    acme = contact(*held)

    if may(acme, activity):
        require(acme, activity)
    else:
        with pytest.raises(ActivityNotAllowed) as refused:
            require(acme, activity)
        assert set(refused.value.needed) == {
            kind.value for kind, activities in ALLOWED.items() if activity in activities
        }
        assert len(refused.value.held) == sum(state not in CLOSED_STATES for _, state in held)


@given(st.sampled_from(Role), st.sampled_from(sorted(CLOSED_STATES)), st.sampled_from(Activity))
def test_a_role_held_once_allows_nothing_any_more(kind, state, activity):
    assert not may(contact((kind, state)), activity)


@pytest.mark.parametrize("state", sorted(AT_REST))
@pytest.mark.parametrize("activity", Activity)
def test_a_role_at_rest_allows_support_only(state, activity):
    resting = contact((Role.SUPPLIER, state), (Role.EMPLOYEE, state))

    assert may(resting, activity) == (activity is Activity.SUPPORT)


def test_a_refusal_names_the_roles_held_and_the_roles_needed():
    acme = contact((Role.LEAD, RoleState.ACTIVE), (Role.SUPPLIER, RoleState.BLOCKED))

    with pytest.raises(ActivityNotAllowed) as refused:
        require(acme, Activity.QUOTE)

    assert refused.value.contact == ID
    assert refused.value.activity == "quote"
    assert refused.value.held == ("lead", "supplier (blocked)")
    assert refused.value.needed == ("prospect", "customer")
