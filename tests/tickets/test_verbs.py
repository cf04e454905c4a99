from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import Role, add_person, begin_role, move_role
from crmcore.errors import (
    ActivityNotAllowed,
    FieldProtected,
    InvalidValue,
    MoveForbidden,
    NaiveTime,
)
from crmcore.grammar.boundary import faults_of
from crmcore.tickets import (
    PROTECTED,
    TICKET,
    TICKET_LIFECYCLE,
    Channel,
    MessageAdded,
    MessageKind,
    Priority,
    TicketAssigned,
    TicketEdited,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketStatus,
    assign,
    automatic,
    edit,
    note,
    open_ticket,
    reopen,
    reply,
    resolve,
)

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ID = UUID(int=1)


def person(number, *kinds):
    contact = add_person(UUID(int=number), given_name="P", family_name=str(number), at=AT).entity
    for kind in kinds:
        contact = begin_role(contact, kind, AT).entity
    return contact


CUSTOMER = person(2, Role.CUSTOMER)
AGENT = person(3, Role.EMPLOYEE)
COLLEAGUE = person(4, Role.EMPLOYEE)
STRANGER = person(5, Role.CUSTOMER)


def opened(**fields):
    given = {
        "requester": CUSTOMER.id,
        "subject": "Delivery date?",
        "channel": Channel.EMAIL,
        "at": AT,
    }
    return open_ticket(ID, **{**given, **fields})


def ticket(**fields):
    return opened(**fields).entity


# --- opening and editing


def test_a_ticket_waits_with_the_words_of_its_requester():
    change = opened(body="When will the pumps come?", priority=Priority.HIGH)

    (message,) = change.entity.messages
    assert change.entity.status is TicketStatus.NEW
    assert change.entity.opened_at == AT
    assert (message.kind, message.author) == (MessageKind.REQUEST, CUSTOMER.id)
    assert change.events == (
        TicketOpened(
            at=AT,
            ticket=ID,
            requester=CUSTOMER.id,
            channel=Channel.EMAIL,
            priority=Priority.HIGH,
        ),
    )


def test_a_ticket_may_come_without_words():
    assert ticket(channel=Channel.PHONE).messages == ()


def test_a_ticket_needs_a_time_with_a_zone():
    with pytest.raises(NaiveTime):
        opened(at=AT.replace(tzinfo=None))


def test_an_edit_names_the_changed_fields_and_the_priority_from_now_on():
    change = edit(ticket(), {"priority": Priority.URGENT, "subject": "Where?"}, AT + HOUR)

    assert change.entity.priority is Priority.URGENT
    assert change.events == (
        TicketEdited(
            at=AT + HOUR, ticket=ID, fields=("priority", "subject"), priority=Priority.URGENT
        ),
    )


def test_an_edit_that_changes_nothing_is_empty():
    assert edit(ticket(), {"subject": "Delivery date?"}, AT + HOUR).is_empty


@given(st.sampled_from(sorted(PROTECTED | {"id", "revision", "created_at", "updated_at"})))
def test_what_verbs_own_cannot_be_edited(name):
    before = ticket()

    with pytest.raises(FieldProtected):
        edit(before, {name: getattr(before, name)}, AT + HOUR)


# --- assigning


def test_an_assigned_ticket_is_in_work():
    change = assign(ticket(), AGENT, AT + HOUR)

    assert (change.entity.status, change.entity.assignee) == (TicketStatus.OPEN, AGENT.id)
    assert change.events == (TicketAssigned(at=AT + HOUR, ticket=ID, assignee=AGENT.id),)


def test_assigning_the_same_agent_again_changes_nothing():
    taken = assign(ticket(), AGENT, AT).entity

    assert assign(taken, AGENT, AT + HOUR).is_empty
    assert assign(taken, COLLEAGUE, AT + HOUR).entity.assignee == COLLEAGUE.id


@given(st.sets(st.sampled_from([role for role in Role if role is not Role.DEBTOR])))
def test_only_employees_are_assigned_whatever_else_they_are(kinds):
    someone = person(6, *sorted(kinds))
    may = Role.EMPLOYEE in kinds

    with nullcontext() if may else pytest.raises(ActivityNotAllowed, match="answer"):
        assert assign(ticket(), someone, AT).entity.assignee == someone.id


def test_an_employee_on_leave_is_assigned_nothing():
    away = move_role(AGENT, Role.EMPLOYEE, "start_leave", AT).entity

    with pytest.raises(ActivityNotAllowed):
        assign(ticket(), away, AT)


def test_a_resolved_ticket_is_assigned_to_nobody():
    with pytest.raises(MoveForbidden):
        assign(resolve(ticket(), AT).entity, AGENT, AT)


# --- writing


def test_the_first_public_reply_of_an_agent_is_the_first_response():
    first = reply(ticket(), "On Friday.", AGENT, AT + HOUR)
    second = reply(first.entity, "Or Monday.", AGENT, AT + 2 * HOUR)

    assert first.entity.status is TicketStatus.OPEN
    assert first.entity.first_responded_at == AT + HOUR
    assert second.entity.first_responded_at == AT + HOUR
    assert first.events == (
        MessageAdded(at=AT + HOUR, ticket=ID, kind=MessageKind.REPLY, author=AGENT.id),
    )


def test_neither_machine_nor_note_nor_requester_is_a_first_response():
    talked = automatic(ticket(), "We received your message.", AT).entity
    talked = note(talked, "Ask the warehouse.", AGENT, AT).entity
    talked = reply(talked, "Hello?", CUSTOMER, AT + HOUR).entity

    kinds = [message.kind for message in talked.messages]
    assert kinds == [MessageKind.AUTOMATIC, MessageKind.NOTE, MessageKind.REQUEST]
    assert talked.first_responded_at is None
    assert talked.status is TicketStatus.NEW


def test_an_employee_who_asks_is_a_requester_in_the_own_ticket():
    internal = ticket(requester=AGENT.id)

    written = reply(internal, "My screen is dark.", AGENT, AT).entity

    assert written.messages[-1].kind is MessageKind.REQUEST
    assert written.first_responded_at is None


@pytest.mark.parametrize("verb", [reply, note])
def test_somebody_else_cannot_write_into_a_ticket(verb):
    with pytest.raises(ActivityNotAllowed):
        verb(ticket(), "Let me in", STRANGER, AT)


@given(st.sampled_from([CUSTOMER, AGENT]))
def test_a_resolved_ticket_takes_no_more_words_before_it_is_reopened(author):
    done = resolve(ticket(), AT).entity

    with pytest.raises(MoveForbidden) as raised:
        reply(done, "One more thing", author, AT)

    assert raised.value.allowed == ("reopen",)


def test_a_resolved_ticket_still_takes_notes_and_automatic_messages():
    done = resolve(ticket(), AT).entity

    noted = note(done, "Was the carrier's fault.", AGENT, AT + HOUR).entity
    asked = automatic(noted, "Were you content?", AT + HOUR).entity

    assert asked.status is TicketStatus.RESOLVED
    assert asked.resolved_at == AT
    assert len(asked.messages) == 2


def test_events_tell_no_words():
    change = reply(ticket(), "Ada lives in London", AGENT, AT)

    assert "London" not in repr(change.events)


# --- resolving and reopening


def test_a_ticket_may_be_resolved_without_assignee_or_answer():
    change = resolve(ticket(), AT + HOUR)

    assert change.entity.status is TicketStatus.RESOLVED
    assert change.entity.resolved_at == AT + HOUR
    assert change.events == (TicketResolved(at=AT + HOUR, ticket=ID),)


def test_a_resolved_ticket_is_not_resolved_again():
    with pytest.raises(MoveForbidden):
        resolve(resolve(ticket(), AT).entity, AT)


def test_a_reopened_ticket_counts_it_and_keeps_its_first_response():
    answered = reply(ticket(), "On Friday.", AGENT, AT + HOUR).entity
    done = resolve(answered, AT + 2 * HOUR).entity

    change = reopen(done, AT + 3 * HOUR, reason="It did not come")

    again = change.entity
    assert (again.status, again.resolved_at, again.reopened) == (TicketStatus.OPEN, None, 1)
    assert again.first_responded_at == AT + HOUR
    assert again.messages[-1].kind is MessageKind.NOTE
    assert change.events == (TicketReopened(at=AT + 3 * HOUR, ticket=ID, reopened=1),)


def test_a_ticket_reopened_without_a_reason_has_no_new_message():
    done = resolve(ticket(), AT).entity

    assert reopen(done, AT).entity.messages == done.messages


def test_an_unresolved_ticket_is_not_reopened():
    with pytest.raises(MoveForbidden):
        reopen(ticket(), AT)


# --- time and any walk


VERBS = {
    "assign": lambda current, at: assign(current, AGENT, at),
    "reply": lambda current, at: reply(current, "answer", AGENT, at),
    "write": lambda current, at: reply(current, "question", CUSTOMER, at),
    "note": lambda current, at: note(current, "aside", AGENT, at),
    "automatic": lambda current, at: automatic(current, "received", at),
    "resolve": resolve,
    "reopen": lambda current, at: reopen(current, at, "again"),
}
ALWAYS = {"note", "automatic"}
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(VERBS)), st.timedeltas(timedelta(0), timedelta(days=3))),
    max_size=15,
)


def walked(steps):
    current, at = ticket(), AT
    for action, wait in steps:
        at += wait
        if action in ALWAYS or action in TICKET_LIFECYCLE.allowed(current.status):
            current = VERBS[action](current, at).entity
    return current


@given(STEPS)
def test_on_any_walk_the_table_decides_and_the_ticket_stays_sound(steps):
    current, at = ticket(), AT
    for action, wait in steps:
        at += wait
        legal = action in ALWAYS or action in TICKET_LIFECYCLE.allowed(current.status)

        try:
            change = VERBS[action](current, at)
        except MoveForbidden:
            assert not legal
            continue

        assert legal
        assert change.is_empty == (change.entity == current)
        current = change.entity
        assert (current.resolved_at is not None) == current.is_resolved
        assert not list(faults_of(current, TICKET.fields, {}))


@given(STEPS)
def test_the_first_response_is_the_first_human_public_reply(steps):
    current = walked(steps)

    replies = [message.at for message in current.messages if message.kind is MessageKind.REPLY]

    assert current.first_responded_at == (replies[0] if replies else None)


@given(STEPS)
def test_every_reopening_is_counted_and_noted(steps):
    current = walked(steps)

    notes = [message for message in current.messages if message.body == "again"]

    assert current.reopened == len(notes)


@given(STEPS)
def test_messages_are_in_the_order_of_time(steps):
    times = [message.at for message in walked(steps).messages]

    assert times == sorted(times)


@given(STEPS, st.sampled_from(sorted(VERBS)))
def test_nothing_happens_before_what_already_happened(steps, action):
    current = walked(steps)
    last = max([AT, *(message.at for message in current.messages), current.resolved_at or AT])

    with pytest.raises(InvalidValue) as raised:
        VERBS[action](current, last - timedelta(milliseconds=1))

    assert raised.value.field == "at"
