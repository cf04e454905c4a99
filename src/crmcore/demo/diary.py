"""Time in the demo: a clock that is moved on, and a diary that wakes many tales in its order.

A tale is what happens to somebody: a generator that says when to wake it next. So documents are
numbered, and roles begin and end, in the order in which it would really happen.
"""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

import attrs

from crmcore import Crm, Transaction
from crmcore.ports import Progress
from crmcore.values import instant

Tale: TypeAlias = Iterator[datetime]
"""What happens to somebody; gives the instant at which it goes on, until it is over."""

BATCH = 400
"""So many wakings are one transaction."""

_OPENS, _CLOSES = 7, 16
_SATURDAY = 5


class SteppedClock:
    """A clock that stands still until it is moved on; never back."""

    def __init__(self, start: datetime) -> None:
        self._now = instant(start)

    def now(self) -> datetime:
        """The present."""
        return self._now

    def move_on(self, at: datetime) -> None:
        """It is ``at`` now, unless it is later already."""
        self._now = max(self._now, instant(at))


def office_time(at: datetime, chance: Random) -> datetime:
    """The instant itself if somebody works then, else some time of the next working morning."""
    if at.weekday() < _SATURDAY and _OPENS <= at.hour < _CLOSES:
        return at
    days = 0 if at.hour < _OPENS else 1
    morning = (at + timedelta(days=days)).replace(hour=_OPENS, minute=0, second=0, microsecond=0)
    while morning.weekday() >= _SATURDAY:
        morning += timedelta(days=1)
    return morning + timedelta(minutes=chance.randint(5, 170))


@attrs.frozen(order=True)
class _Entry:
    at: datetime
    number: int
    tale: Tale = attrs.field(order=False)


@attrs.define
class Diary:
    """Who is to be woken when.

    Attributes:
        clock: The clock it moves on.
        until: What lies later does not happen.
        tx: Where commands go: the transaction of the present batch.
    """

    clock: SteppedClock
    until: datetime
    _tx: Transaction | None = None
    _entries: list[_Entry] = attrs.field(factory=list["_Entry"])
    _number: int = 0

    @property
    def tx(self) -> Transaction:
        """The transaction that tales give their commands to; there is one while they are awake."""
        if self._tx is None:
            raise LookupError
        return self._tx

    @property
    def now(self) -> datetime:
        """The present."""
        return self.clock.now()

    def note(self, tale: Tale, at: datetime) -> None:
        """The tale goes on at an instant, unless that is beyond the end."""
        if at < self.until:
            heapq.heappush(self._entries, _Entry(at, self._number, tale))
            self._number += 1

    def live(self, crm: Crm, progress: Progress) -> None:
        """Everything has happened that was noted, in order; the clock stands at the end."""
        begun = self.now
        while self._entries:
            with crm.transaction() as tx:
                self._tx = tx
                self._live_some()
            self._tx = None
            progress((self.now - begun).days, (self.until - begun).days)
        self.clock.move_on(self.until)

    def _live_some(self) -> None:
        for _ in range(min(BATCH, len(self._entries))):
            if not self._entries:
                return
            entry = heapq.heappop(self._entries)
            self.clock.move_on(entry.at)
            following = next(entry.tale, None)
            if following is not None:
                self.note(entry.tale, max(following, entry.at))
