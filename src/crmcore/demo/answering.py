"""The tale of one question: a ticket that is confirmed, answered, solved, and sometimes comes back."""

from datetime import datetime, timedelta
from uuid import UUID

import attrs

from crmcore import Channel, Priority
from crmcore.demo import names
from crmcore.demo.cast import Cast
from crmcore.demo.diary import Tale, office_time

_CHANNELS = (Channel.EMAIL, Channel.EMAIL, Channel.PHONE, Channel.WEB, Channel.PORTAL, Channel.CHAT)
_PRIORITIES = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT)
_OFTEN = (22, 50, 21, 7)
_HOURS = {
    Priority.LOW: (2, 20, 20, 150),
    Priority.NORMAL: (0.7, 7, 6, 80),
    Priority.HIGH: (0.3, 2.5, 2, 30),
    Priority.URGENT: (0.1, 0.8, 1, 7),
}
"""How many hours pass at least and at most until the answer, and then until the solution."""


@attrs.define
class Question:
    """What one person asks."""

    cast: Cast
    person: UUID

    def begins(self, at: datetime) -> datetime:
        """When it is asked: mostly while somebody is there to answer."""
        return office_time(at, self.cast.chance) if self.cast.percent(82) else at

    def tale(self) -> Tale:
        """From the question to its solution."""
        cast = self.cast
        priority = cast.chance.choices(_PRIORITIES, _OFTEN)[0]
        subject, body = cast.chance.choice(names.QUESTIONS)
        ticket = cast.tx.tickets.open(
            requester=self.person,
            subject=subject,
            body=body,
            channel=cast.chance.choice(_CHANNELS),
            priority=priority,
        )
        cast.tx.tickets.automatic(ticket.id, "Your request has arrived.")
        agent = cast.chance.choice(cast.agents)
        first, latest, quick, slow = _HOURS[priority]
        yield self._after(first / 2, first)
        cast.tx.tickets.assign(ticket.id, agent)
        yield self._after(first / 2, latest)
        cast.tx.tickets.reply(ticket.id, cast.chance.choice(names.ANSWERS), by=agent)
        yield self._after(quick, slow)
        if cast.percent(35):
            cast.tx.tickets.reply(ticket.id, "Is there any news?", by=self.person)
            yield self._after(0.5, 6)
            cast.tx.tickets.reply(ticket.id, cast.chance.choice(names.ANSWERS), by=agent)
        cast.tx.tickets.resolve(ticket.id)
        if not cast.percent(9):
            return
        yield self._after(20, 160)
        cast.tx.tickets.reopen(ticket.id, reason="it happened again")
        yield self._after(4, 40)
        cast.tx.tickets.resolve(ticket.id)

    def _after(self, least: float, most: float) -> datetime:
        hours = least + (most - least) * self.cast.chance.random()
        return office_time(self.cast.diary.now + timedelta(hours=hours), self.cast.chance)
