"""The present, as commands take it: the clock, but never behind what they have read.

Machines that share a store have clocks a few milliseconds apart, and a command that waited for its
turn may read what was done after it began. Neither may make a command fail for being "too early".
"""

from datetime import datetime, timedelta

import attrs

from crmcore.ports import Clock

SKEW = timedelta(seconds=5)
"""So far clocks may be apart; what is dated later than that was dated so on purpose."""


@attrs.define(eq=False)
class Present:
    """A clock that follows what was read.

    Attributes:
        clock: The clock of the machine, or of a test.
        moved: How often what was read lay ahead of the clock.
    """

    clock: Clock
    moved: int = 0
    _latest: datetime | None = None

    def now(self) -> datetime:
        """The present instant; that of the latest thing read, if the clock is a little behind it."""
        now, latest = self.clock.now(), self._latest
        if latest is None or not now < latest <= now + SKEW:
            return now
        return latest

    def saw(self, at: datetime) -> None:
        """Afterwards the present is not before an instant at which something was stored."""
        if self._latest is not None and at <= self._latest:
            return
        now = self.clock.now()
        if now < at <= now + SKEW:
            self._latest = at
            self.moved += 1
