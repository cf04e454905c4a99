from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.grammar.entity import Kind
from crmcore.tickets import TICKET, Channel, Priority, Ticket, TicketStatus

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
NEAR = st.none() | st.integers(-2, 2).map(lambda hours: AT + timedelta(hours=hours))


def ticket(**fields):
    given = {
        "id": UUID(int=1),
        "created_at": AT,
        "updated_at": AT,
        "requester": UUID(int=2),
        "subject": "Delivery date?",
        "channel": Channel.EMAIL,
        "opened_at": AT,
    }
    return Ticket(**{**given, **fields})


@given(status=st.sampled_from(TicketStatus), resolved_at=NEAR, first_responded_at=NEAR)
def test_a_ticket_exists_only_when_status_and_times_fit_together(
    status, resolved_at, first_responded_at
):
    fits = (status is TicketStatus.RESOLVED) == (resolved_at is not None) and (
        first_responded_at is None or first_responded_at >= AT
    )
    fields = {
        "status": status,
        "resolved_at": resolved_at,
        "first_responded_at": first_responded_at,
    }

    with nullcontext() if fits else pytest.raises(InvalidValue, match=r"resolved|responded"):
        made = ticket(**fields)

        assert made.is_resolved == (resolved_at is not None)


def test_a_ticket_is_new_normal_and_unassigned_unless_told_otherwise():
    plain = ticket()

    assert (plain.status, plain.priority) == (TicketStatus.NEW, Priority.NORMAL)
    assert plain.assignee is None
    assert plain.messages == ()


def test_stores_see_references_and_messages_as_children():
    fields = TICKET.fields
    body = fields["messages"].record.fields["body"]

    assert (fields["requester"].reference, fields["assignee"].reference) == ("contact", "contact")
    assert fields["messages"].kind is Kind.CHILDREN
    assert (body.text.max, body.text.lines) == (100_000, True)


def test_a_ticket_is_called_by_its_subject():
    assert TICKET.label(ticket()) == "Delivery date?"
