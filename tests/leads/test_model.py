"""Leads as values: what they refuse, and how a store sees them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.leads import LEAD, Lead, LeadStatus
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def lead(**fields):
    start = {"id": IDS.new(), "contact": IDS.new(), "source": "fair", "captured_at": NOON}
    return Lead(**{**start, "created_at": NOON, "updated_at": NOON, **fields})


@given(st.sampled_from(LeadStatus), st.booleans())
def test_an_opportunity_is_set_on_a_converted_lead_only(status, is_set):
    opportunity = IDS.new() if is_set else None

    if not is_set or status is LeadStatus.CONVERTED:
        assert lead(status=status, opportunity=opportunity).opportunity == opportunity
    else:
        with pytest.raises(InvalidValue) as refused:
            lead(status=status, opportunity=opportunity)
        assert refused.value.field == "opportunity"


def test_a_store_sees_what_a_lead_refers_to():
    references = {name: spec.reference for name, spec in LEAD.fields.items() if spec.reference}

    assert references == {"contact": "contact", "owner": "contact", "opportunity": "opportunity"}


def test_a_lead_is_labelled_by_source_and_day():
    assert LEAD.label(lead()) == "fair 2026-03-02"
