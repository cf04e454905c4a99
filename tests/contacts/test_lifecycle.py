"""The tables of the roles: a walker takes every path, legal and illegal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import (
    BY_COMMAND,
    CLOSED_STATES,
    ENTRY_GUARDS,
    ROLE_LIFECYCLES,
    Role,
    RoleFacts,
    RoleState,
)
from crmcore.errors import GuardRefused, MoveForbidden
from crmcore.values import CountedIds

ID = CountedIds().new()
ACTIONS = sorted({row.action for table in ROLE_LIFECYCLES.values() for row in table.moves})
FACTS = st.builds(
    RoleFacts,
    is_person=st.booleans(),
    in_team=st.booleans(),
    receivable=st.none() | st.just(ID),
)


def test_every_role_has_a_table_named_after_it():
    names = {kind: table.name for kind, table in ROLE_LIFECYCLES.items()}

    assert names == {kind: f"contact role {kind.value}" for kind in Role}


def test_every_state_belongs_to_a_role():
    used = {state for table in ROLE_LIFECYCLES.values() for state in table.states}

    assert used == set(RoleState)


@pytest.mark.parametrize("kind", Role)
def test_a_role_begins_open_and_can_end_only_closed(kind):
    table = ROLE_LIFECYCLES[kind]

    assert not table.initial & CLOSED_STATES
    assert table.final == CLOSED_STATES & set(table.states)


@given(st.sampled_from(Role), st.lists(st.tuples(st.sampled_from(ACTIONS), FACTS), max_size=20))
def test_a_walk_stays_in_the_table_and_a_wrong_step_lists_what_is_allowed(kind, steps):
    table = ROLE_LIFECYCLES[kind]
    state = RoleState.ACTIVE

    for action, facts in steps:
        allowed = table.allowed(state)
        explained = table.explain(state, action, facts)
        if action not in allowed:
            with pytest.raises(MoveForbidden) as forbidden:
                table.after(state, action, facts, ID)
            assert forbidden.value.allowed == allowed
            assert forbidden.value.state == state.value
        elif explained.reasons:
            with pytest.raises(GuardRefused) as refused:
                table.after(state, action, facts, ID)
            assert refused.value.reasons == explained.reasons
        else:
            state = table.after(state, action, facts, ID)

        assert state in table.states


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (Role.LEAD, [("convert", RoleState.CONVERTED)]),
        (Role.LEAD, [("disqualify", RoleState.DISQUALIFIED)]),
        (
            Role.PROSPECT,
            [
                ("lapse", RoleState.LAPSED),
                ("revive", RoleState.ACTIVE),
                ("convert", RoleState.CONVERTED),
            ],
        ),
        (Role.CUSTOMER, [("lose", RoleState.FORMER), ("win_back", RoleState.ACTIVE)]),
        (Role.DEBTOR, [("settle", RoleState.SETTLED), ("owe", RoleState.ACTIVE)]),
        (
            Role.SUPPLIER,
            [
                ("block", RoleState.BLOCKED),
                ("unblock", RoleState.ACTIVE),
                ("block", RoleState.BLOCKED),
                ("end", RoleState.ENDED),
            ],
        ),
        (
            Role.EMPLOYEE,
            [
                ("start_leave", RoleState.ON_LEAVE),
                ("end_leave", RoleState.ACTIVE),
                ("end", RoleState.ENDED),
            ],
        ),
    ],
)
def test_a_role_takes_the_paths_of_the_trade(kind, path):
    facts = RoleFacts(is_person=True, receivable=ID)
    states = [RoleState.ACTIVE]

    for action, _ in path:
        states.append(ROLE_LIFECYCLES[kind].after(states[-1], action, facts))

    assert states[1:] == [state for _, state in path]


@given(st.sampled_from(Role), FACTS)
def test_only_debtors_and_employees_need_something_to_begin(kind, facts):
    needs = {
        Role.DEBTOR: facts.receivable is not None,
        Role.EMPLOYEE: facts.is_person,
    }

    met = all(guard.holds(facts) for guard in ENTRY_GUARDS.get(kind, ()))

    assert met == needs.get(kind, True)


def test_what_a_command_does_is_a_row_of_the_role_s_own_table():
    rows = {(kind, row.action) for kind, table in ROLE_LIFECYCLES.items() for row in table.moves}

    assert set(BY_COMMAND) <= rows


@pytest.mark.parametrize("kind", Role)
def test_at_most_one_move_leads_back_from_a_closed_state(kind):
    for state in CLOSED_STATES & set(ROLE_LIFECYCLES[kind].states):
        rows = [row for row in ROLE_LIFECYCLES[kind].moves if state in row.sources]

        assert len(rows) <= 1
        assert all(row.target not in CLOSED_STATES for row in rows)
