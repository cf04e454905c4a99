"""``crm.tickets``: what people ask for, who answers, and when it is solved."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from crmcore.contacts import Contact
from crmcore.grammar.change import Change
from crmcore.grammar.naming import choice
from crmcore.tickets import Channel, Priority, Ticket, verbs
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.work import Desk, Work


@commands
class Tickets(Collection[Ticket]):
    """Requests of customers and others, with their messages."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Ticket)

    def open(
        self,
        *,
        requester: UUID,
        subject: str,
        channel: Channel | str,
        priority: Priority | str = Priority.NORMAL,
        body: str | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Ticket:
        """The new ticket, not yet assigned to anybody.

        Args:
            requester: The contact who asks.
            subject: What about, in a line.
            channel: How it came in, such as ``"email"``.
            priority: How urgent it is, such as ``"high"``.
            body: The first message.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            ReferenceNotFound: when the requester does not exist.
            UnknownName: when there is no such channel or priority.
        """
        asked = locals()

        def step(work: Work) -> Ticket:
            change = verbs.open_ticket(
                work.ids.new(),
                requester=requester,
                subject=subject,
                channel=choice("channel", Channel, channel),
                priority=choice("priority", Priority, priority),
                body=body,
                external_id=external_id,
                attributes=attributes,
                at=self._desk.at(at),
            )
            return work.apply(change)

        return self._desk.run("tickets.open", Ticket, key, asked, step)

    def update(
        self,
        ticket: Ticket | UUID,
        *,
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Ticket:
        """The ticket with other field values; see `crmcore.usecases.contacts.Contacts.update`.

        Raises:
            StaleRevision: when somebody changed the ticket since you read it.
            UnknownField, FieldProtected: for a name that cannot be set.
        """
        asked = locals()

        def step(work: Work) -> Ticket:
            return work.apply(
                verbs.edit(
                    work.current(Ticket, ticket, fields, verbs.PROTECTED), fields, self._desk.at(at)
                )
            )

        return self._desk.run("tickets.update", Ticket, key, asked, step)

    def assign(
        self, id: UUID, to: UUID, *, key: str | None = None, at: datetime | None = None
    ) -> Ticket:
        """The ticket in the hands of an employee.

        Raises:
            ActivityNotAllowed: when the contact may not answer tickets.
            MoveForbidden: when the ticket is resolved.
        """
        asked = locals()

        def verb(work: Work, ticket: Ticket, moment: datetime) -> Change[Ticket]:
            return verbs.assign(ticket, work.get(Contact, to), moment)

        return self._moved("assign", id, verb, key=key, at=at, asked=asked)

    def reply(
        self,
        id: UUID,
        body: str,
        *,
        by: UUID,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Ticket:
        """The ticket with a message more: of the requester, or the answer of an employee.

        The first answer of a human being ends the time of first response.

        Raises:
            ActivityNotAllowed: when the author is neither.
            MoveForbidden: when the ticket is resolved; reopen it first.
        """
        asked = locals()

        def verb(work: Work, ticket: Ticket, moment: datetime) -> Change[Ticket]:
            return verbs.reply(ticket, body, work.get(Contact, by), moment)

        return self._moved("reply", id, verb, key=key, at=at, asked=asked)

    def note(
        self,
        id: UUID,
        body: str,
        *,
        by: UUID,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Ticket:
        """The ticket with an internal note more.

        Raises:
            ActivityNotAllowed: when the author may not answer tickets.
        """
        asked = locals()

        def verb(work: Work, ticket: Ticket, moment: datetime) -> Change[Ticket]:
            return verbs.note(ticket, body, work.get(Contact, by), moment)

        return self._moved("note", id, verb, key=key, at=at, asked=asked)

    def automatic(
        self, id: UUID, body: str, *, key: str | None = None, at: datetime | None = None
    ) -> Ticket:
        """The ticket with a machine's public message more, which is never a first response."""
        asked = locals()

        def verb(_work: Work, ticket: Ticket, moment: datetime) -> Change[Ticket]:
            return verbs.automatic(ticket, body, moment)

        return self._moved("automatic", id, verb, key=key, at=at, asked=asked)

    def resolve(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Ticket:
        """The ticket, solved.

        Raises:
            MoveForbidden: when it is solved already.
        """
        asked = locals()

        def verb(_work: Work, ticket: Ticket, moment: datetime) -> Change[Ticket]:
            return verbs.resolve(ticket, moment)

        return self._moved("resolve", id, verb, key=key, at=at, asked=asked)

    def reopen(
        self,
        id: UUID,
        *,
        reason: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Ticket:
        """The solved ticket, open again; how often is counted.

        Raises:
            MoveForbidden: when it is not solved.
        """
        asked = locals()

        def verb(_work: Work, ticket: Ticket, moment: datetime) -> Change[Ticket]:
            return verbs.reopen(ticket, moment, reason)

        return self._moved("reopen", id, verb, key=key, at=at, asked=asked)

    def _moved(
        self,
        action: str,
        id: UUID,
        verb: Callable[[Work, Ticket, datetime], Change[Ticket]],
        *,
        key: str | None,
        at: datetime | None,
        asked: dict[str, object],
    ) -> Ticket:
        def step(work: Work) -> Ticket:
            return work.apply(verb(work, work.get(Ticket, id), self._desk.at(at)))

        return self._desk.run(f"tickets.{action}", Ticket, key, asked, step)
