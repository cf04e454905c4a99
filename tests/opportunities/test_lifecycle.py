from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import GuardRefused
from crmcore.opportunities import (
    DEFAULT_PIPELINE,
    OPPORTUNITY_LIFECYCLE,
    OpportunityFacts,
    OpportunityStatus,
    open_opportunity,
)

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
DEAL = open_opportunity(
    UUID(int=1), title="Pumps", account=UUID(int=2), pipeline=DEFAULT_PIPELINE, at=AT
).entity
COUNTS = st.integers(0, 3)


@given(status=st.sampled_from(OpportunityStatus), quotes=COUNTS, orders=COUNTS)
def test_a_deal_can_be_lost_only_while_open_and_without_an_active_quote(status, quotes, orders):
    facts = OpportunityFacts(opportunity=DEAL, active_quotes=quotes, orders=orders)

    possible = OPPORTUNITY_LIFECYCLE.can(status, "lose", facts)

    assert possible == (status is OpportunityStatus.OPEN and quotes == 0)


@given(status=st.sampled_from(OpportunityStatus), quotes=COUNTS, orders=COUNTS)
def test_a_deal_can_be_reopened_only_when_closed_and_without_an_order(status, quotes, orders):
    facts = OpportunityFacts(opportunity=DEAL, active_quotes=quotes, orders=orders)

    possible = OPPORTUNITY_LIFECYCLE.can(status, "reopen", facts)

    assert possible == (status is not OpportunityStatus.OPEN and orders == 0)


@pytest.mark.parametrize(
    ("status", "action", "facts", "reason"),
    [
        (OpportunityStatus.OPEN, "lose", {"active_quotes": 1}, "an active quote exists"),
        (OpportunityStatus.WON, "reopen", {"orders": 1}, "an order was placed"),
    ],
)
def test_a_guard_says_what_stands_in_the_way(status, action, facts, reason):
    told = OpportunityFacts(opportunity=DEAL, **facts)

    explanation = OPPORTUNITY_LIFECYCLE.explain(status, action, told)

    assert explanation.reasons == (reason,)
    with pytest.raises(GuardRefused, match=reason):
        OPPORTUNITY_LIFECYCLE.after(status, action, told)


def test_a_closed_deal_can_only_be_reopened():
    for status in (OpportunityStatus.WON, OpportunityStatus.LOST):
        assert OPPORTUNITY_LIFECYCLE.allowed(status) == ("reopen",)
