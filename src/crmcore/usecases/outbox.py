"""Events on their way to other systems: claimed, handed over, settled; parked when that fails.

Delivery is at least once, in order of revision for each entity; `Inbox` makes the effect at the
receiver happen exactly once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import attrs

from crmcore.errors import CrmError, InvalidValue
from crmcore.ports import ROUND, Lag, Posted, Recorded
from crmcore.usecases.arguments import commands
from crmcore.usecases.work import Desk, Work

MAX_BATCH = 500
_LONGEST = timedelta(hours=1)
_LONGEST_LEASE = timedelta(days=1)


@attrs.frozen(kw_only=True)
class Delivered:
    """What became of a batch of events.

    Attributes:
        done: Handed over.
        failed: Not handed over, because the receiver failed.
        parked: Given up after too many tries; a person has to look.
    """

    done: int = 0
    failed: int = 0
    parked: int = 0


@attrs.frozen(eq=False)
class _Batch:
    """Events claimed together, and what has become of them so far."""

    claimed: tuple[Posted, ...]
    done: list[Posted] = attrs.field(factory=list[Posted])
    failed: dict[UUID, tuple[Posted, Exception]] = attrs.field(
        factory=dict[UUID, tuple[Posted, Exception]]
    )

    def hand_over(self, to: Callable[[Recorded], None], is_time: Callable[[], bool]) -> None:
        """Hand over one after the other while it is time; none of an entity after a failure."""
        for posted in self.claimed:
            if self.done and not is_time():
                return
            if posted.recorded.entity_id in self.failed:
                continue
            try:
                to(posted.recorded)
            except Exception as error:  # noqa: BLE001 - whatever the receiver raises
                self.failed[posted.recorded.entity_id] = (posted, error)
            else:
                self.done.append(posted)

    @property
    def left(self) -> list[Posted]:
        """Those that were not even tried."""
        tried = {posted.recorded.id for posted in self.done}
        tried.update(posted.recorded.id for posted, _ in self.failed.values())
        return [posted for posted in self.claimed if posted.recorded.id not in tried]


@commands
class Outbox:
    """The events of one CRM on their way to other systems."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def deliver(
        self,
        to: Callable[[Recorded], None],
        *,
        limit: int = 100,
        lease: timedelta = timedelta(minutes=1),
        tries: int = 5,
    ) -> Delivered:
        """Hand the next events over, each at least once, those of an entity in their order.

        Any number of processes may deliver at the same time: none gets what another one has claimed.
        When a process dies, its events are delivered again after the lease; a batch ends early when
        half of the lease is over. When the receiver raises, the event and the later ones of its
        entity wait, longer each time, and are tried again; after too many tries the event is
        parked. Other entities' events go on.

        Args:
            to: Called with one event after the other; what it returns without raising for is done.
                It should call `Inbox.once` or tell repeats by `Recorded.id` in another way.
            limit: So many events at most, up to 500.
            lease: So long nobody else delivers them. Longer than twice the slowest receiver takes.
            tries: After so many failures, since it was recorded or resumed, an event is parked.

        Returns:
            How many were handed over, failed and were parked; all 0 when nothing was waiting.

        Raises:
            InvalidValue: the limit, the lease or the tries are out of range.
        """
        if not 1 <= limit <= MAX_BATCH:
            raise InvalidValue("limit", f"must be 1 to {MAX_BATCH}")
        if not 1 <= tries < ROUND:
            raise InvalidValue("tries", f"must be 1 to {ROUND - 1}")
        if not timedelta(0) < lease <= _LONGEST_LEASE:
            raise InvalidValue("lease", "must be longer than nothing, and at most a day")
        start = self._desk.clock.now()
        batch = _Batch(self._claimed(limit, lease))
        try:
            # Whoever goes on when the lease is nearly over delivers what somebody else has claimed.
            batch.hand_over(to, lambda: self._desk.clock.now() - start < lease / 2)
        finally:
            delivered = self._settled(batch, tries)
        return delivered

    def lag(self) -> Lag:
        """How far the delivery is behind: events waiting and parked, and since when."""
        with self._desk.looking() as work:
            return work.unit.outbox.lag()

    def parked(self, limit: int = 100) -> tuple[Posted, ...]:
        """The first events that were given up, each with its reason.

        Raises:
            InvalidValue: the limit is not 1 to 500.
        """
        if not 1 <= limit <= MAX_BATCH:
            raise InvalidValue("limit", f"must be 1 to {MAX_BATCH}")
        with self._desk.looking() as work:
            return work.unit.outbox.parked(limit)

    def resume(self, id: UUID) -> bool:
        """Afterwards a parked event is on its way again, its tries counted anew.

        Returns:
            Whether a parked event has this id.
        """

        def step(work: Work) -> bool:
            return work.unit.outbox.resume(id) > 0

        return self._desk.carry_out(step)

    def __repr__(self) -> str:
        return f"<Outbox {self._desk.store.tenant!r}>"

    def _claimed(self, limit: int, lease: timedelta) -> tuple[Posted, ...]:
        def step(work: Work) -> tuple[Posted, ...]:
            return work.unit.outbox.claim(limit, now=work.now, until=work.now + lease)

        return self._desk.carry_out(step)

    def _settled(self, batch: _Batch, tries: int) -> Delivered:
        def step(work: Work) -> Delivered:
            outbox, failed, parked = work.unit.outbox, 0, 0
            done = outbox.settle(batch.done)
            for posted, error in batch.failed.values():
                if posted.tries >= tries:
                    parked += outbox.park(posted, _reason(error))
                else:
                    failed += outbox.release((posted,), until=_again(work.now, posted.tries))
            outbox.release(batch.left, until=work.now, tried=False)
            return Delivered(done=done, failed=failed, parked=parked)

        return self._desk.carry_out(step)


def _reason(error: Exception) -> str:
    # The name only: the text of a foreign error may hold values of people.
    return error.code if isinstance(error, CrmError) else type(error).__name__


def _again(now: datetime, tries: int) -> datetime:
    return now + min(_LONGEST, timedelta(seconds=2 ** min(tries - 1, 12)))
