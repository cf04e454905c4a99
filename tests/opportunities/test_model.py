from contextlib import nullcontext
from datetime import UTC, date, datetime
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.grammar.entity import Kind
from crmcore.opportunities import OPPORTUNITY, LostReason, Opportunity, OpportunityStatus
from crmcore.values import Share

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def opportunity(**fields):
    given = {
        "id": UUID(int=1),
        "created_at": AT,
        "updated_at": AT,
        "title": "Pumps",
        "account": UUID(int=2),
        "pipeline": "sales",
        "stage": "proposal",
        "probability": Share("0.5"),
    }
    return Opportunity(**{**given, **fields})


@given(
    status=st.sampled_from(OpportunityStatus),
    closed_on=st.none() | DAYS,
    lost_reason=st.none() | st.sampled_from(LostReason),
    engaged_on=st.none() | DAYS,
)
def test_a_deal_exists_only_when_status_days_and_reason_fit_together(
    status, closed_on, lost_reason, engaged_on
):
    fits = (
        (status is OpportunityStatus.OPEN) == (closed_on is None)
        and (status is OpportunityStatus.LOST) == (lost_reason is not None)
        and (engaged_on is None or closed_on is None or engaged_on <= closed_on)
    )
    fields = {
        "status": status,
        "closed_on": closed_on,
        "lost_reason": lost_reason,
        "engaged_on": engaged_on,
    }

    with nullcontext() if fits else pytest.raises(InvalidValue, match=r"closed_on|lost_reason"):
        made = opportunity(**fields)

        assert made.is_open == (closed_on is None)


def test_imported_history_may_have_no_reason_on_record():
    lost = opportunity(
        status=OpportunityStatus.LOST,
        closed_on=date(2017, 3, 1),
        lost_reason=LostReason.NOT_RECORDED,
        probability=Share(0),
    )

    assert lost.lost_reason is LostReason.NOT_RECORDED
    assert not lost.is_open


def test_a_won_deal_has_no_lost_reason():
    won = opportunity(status=OpportunityStatus.WON, closed_on=date(2026, 3, 2))

    with pytest.raises(InvalidValue, match="lost_reason"):
        attrs.evolve(won, lost_reason=LostReason.PRICE)


def test_stores_see_references_and_the_stage_log_as_children():
    fields = OPPORTUNITY.fields

    references = {name: spec.reference for name, spec in fields.items() if spec.reference}

    assert references == {
        "account": "contact",
        "contact": "contact",
        "owner": "contact",
        "product": "product",
        "lead": "lead",
    }
    assert fields["stage_log"].kind is Kind.CHILDREN
    assert fields["title"].text.searchable


def test_an_opportunity_is_called_by_its_title():
    assert OPPORTUNITY.label(opportunity(title="Pumps 2026")) == "Pumps 2026"
