from hypothesis import given
from hypothesis import strategies as st

from crmcore.tickets import TICKET_LIFECYCLE, TicketStatus

ACTIONS = {row.action for row in TICKET_LIFECYCLE.moves}


@given(st.lists(st.sampled_from(sorted(ACTIONS)), max_size=12))
def test_no_walk_leads_back_to_an_untouched_ticket(actions):
    state, touched = TicketStatus.NEW, False

    for action in actions:
        if action in TICKET_LIFECYCLE.allowed(state):
            state = TICKET_LIFECYCLE.after(state, action, None)
            touched = touched or action != "write"

    assert (state is TicketStatus.NEW) == (not touched)


def test_a_resolved_ticket_can_only_be_reopened():
    assert TICKET_LIFECYCLE.allowed(TicketStatus.RESOLVED) == ("reopen",)


def test_what_the_requester_adds_leaves_the_state_as_it_is():
    for state in (TicketStatus.NEW, TicketStatus.OPEN):
        assert TICKET_LIFECYCLE.after(state, "write", None) is state
