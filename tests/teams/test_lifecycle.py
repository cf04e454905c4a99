"""The table of the teams, and what joining needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import GuardRefused, MoveForbidden
from crmcore.teams import JOIN_GUARDS, TEAM_LIFECYCLE, JoinFacts, TeamFacts, TeamStatus

ACTIONS = sorted({row.action for row in TEAM_LIFECYCLE.moves})


@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 2)), max_size=6))
def test_a_walk_ends_with_the_first_dissolution_of_an_empty_team(steps):
    status = TeamStatus.ACTIVE

    for action, members in steps:
        facts = TeamFacts(members=members)
        allowed = TEAM_LIFECYCLE.allowed(status)
        if status is TeamStatus.DISSOLVED:
            with pytest.raises(MoveForbidden) as forbidden:
                TEAM_LIFECYCLE.after(status, action, facts)
            assert forbidden.value.allowed == allowed == ()
        elif action == "dissolve" and members:
            with pytest.raises(GuardRefused):
                TEAM_LIFECYCLE.after(status, action, facts)
        else:
            status = TEAM_LIFECYCLE.after(status, action, facts)

    ended = any(action == "dissolve" and not members for action, members in steps)
    assert (status is TeamStatus.DISSOLVED) == ended


@given(st.booleans(), st.booleans())
def test_joining_needs_an_employee_and_a_team_that_works(is_employee, is_active):
    facts = JoinFacts(is_employee=is_employee, is_active=is_active)

    met = [guard.holds(facts) for guard in JOIN_GUARDS]

    assert met == [is_employee, is_active]
