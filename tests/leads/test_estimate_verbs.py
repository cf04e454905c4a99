"""A person's estimate stands until it is withdrawn."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore import Lead, LeadStatus, Share
from crmcore.errors import InvalidValue, MoveForbidden
from crmcore.leads import LeadEstimated, LeadEstimateWithdrawn, estimate, withdraw_estimate

AT = datetime(2026, 3, 1, tzinfo=UTC)
LATER = AT + timedelta(days=1)
ID = UUID(int=1)
LEAD = Lead(id=ID, created_at=AT, updated_at=AT, contact=UUID(int=2), source="fair", captured_at=AT)

shares = st.integers(1, 9999).map(lambda n: Share.percent(f"{n // 100}.{n % 100:02}"))


@given(shares)
def test_an_estimate_stands_with_its_reason(share):
    change = estimate(LEAD, share, "  met the boss ", LATER)

    assert (change.entity.probability, change.entity.probability_reason) == (share, "met the boss")
    assert change.entity.updated_at == LATER
    assert change.events == (LeadEstimated(lead=ID, probability=share, at=LATER),)


@given(shares)
def test_withdrawing_an_estimate_leaves_no_trace_of_it_on_the_lead(share):
    estimated = estimate(LEAD, share, "met the boss", AT).entity

    change = withdraw_estimate(estimated, AT)

    assert change.entity == LEAD
    assert change.events == (LeadEstimateWithdrawn(lead=ID, at=AT),)


def test_saying_the_same_again_changes_nothing():
    once = estimate(LEAD, Share("0.4"), "why", AT).entity

    assert estimate(once, Share("0.4"), "why", LATER).is_empty
    assert withdraw_estimate(LEAD, AT).is_empty
    assert estimate(once, Share("0.4"), "another reason", LATER).entity.probability_reason


@pytest.mark.parametrize(("share", "reason"), [("0", "x"), ("1", "x"), ("0.5", " ")])
def test_an_estimate_needs_a_reason_and_leaves_0_and_1_to_closed_leads(share, reason):
    with pytest.raises(InvalidValue):
        estimate(LEAD, Share(share), reason, AT)


@pytest.mark.parametrize("status", [LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED, LeadStatus.JUNK])
def test_a_closed_lead_is_estimated_no_more(status):
    closed = Lead(
        id=ID,
        created_at=AT,
        updated_at=AT,
        contact=UUID(int=2),
        source="fair",
        captured_at=AT,
        status=status,
    )

    for verb in (
        lambda: estimate(closed, Share("0.5"), "x", AT),
        lambda: withdraw_estimate(closed, AT),
    ):
        with pytest.raises(MoveForbidden, match="estimate"):
            verb()
