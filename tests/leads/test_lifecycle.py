"""The table of the leads: a walker takes every path, legal and illegal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import MoveForbidden
from crmcore.leads import LEAD_LIFECYCLE, LeadStatus
from crmcore.values import CountedIds

ID = CountedIds().new()
ACTIONS = sorted({row.action for row in LEAD_LIFECYCLE.moves})


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (LeadStatus.NEW, {"qualify", "assign", "convert", "disqualify"}),
        (LeadStatus.QUALIFIED, {"assign", "convert", "disqualify"}),
        (LeadStatus.DISQUALIFIED, {"reopen"}),
        (LeadStatus.CONVERTED, set()),
    ],
)
def test_each_status_allows_these_actions(status, allowed):
    assert set(LEAD_LIFECYCLE.allowed(status)) == allowed


@given(st.lists(st.sampled_from(ACTIONS), max_size=20))
def test_a_wrong_step_lists_what_is_allowed_and_a_converted_lead_stays_so(actions):
    status = LeadStatus.NEW

    for action in actions:
        allowed = LEAD_LIFECYCLE.allowed(status)
        if action in allowed:
            assert status is not LeadStatus.CONVERTED
            status = LEAD_LIFECYCLE.after(status, action, None, ID)
        else:
            with pytest.raises(MoveForbidden) as forbidden:
                LEAD_LIFECYCLE.after(status, action, None, ID)
            assert forbidden.value.allowed == allowed
            assert forbidden.value.id == ID

    assert status in LEAD_LIFECYCLE.states
