"""The events on their way, in the database: who has claimed which, and what is done.

Read plainly, then changed on condition: that works alike in every database. How often an event was
claimed tells its present claimant from those before.
"""

# Statements are put together of names that are known here; values are parameters.
# ruff: noqa: S608

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.ports import Delivery, Lag, Posted, next_round
from crmcore_sql._beside import Beside
from crmcore_sql._codec import Row
from crmcore_sql._hold import Hold
from crmcore_sql._link import Link
from crmcore_sql._schema import EVENT
from crmcore_sql._sheets import portions
from crmcore_sql._writing import put_down_beside

_WAITING, _PARKED = Delivery.WAITING.value, Delivery.PARKED.value

_SAME = "b.tenant = e.tenant AND b.entity = e.entity AND b.entity_id = e.entity_id"
_UNDISTURBED = (
    "tenant = ? AND delivery = ? AND NOT EXISTS ("
    f"SELECT 1 FROM {EVENT} AS b WHERE {_SAME} AND b.delivery = ?) AND NOT EXISTS ("
    f"SELECT 1 FROM {EVENT} AS b WHERE {_SAME} AND b.delivery = ? AND b.claimed_until > ?)"
)
_CLAIM = f"UPDATE {EVENT} SET attempts = attempts + 1, claimed_until = ? WHERE tenant = ?"
_PUT = (
    f"UPDATE {EVENT} SET delivery = ?, claimed_until = ?, reason = ?, attempts = ? WHERE tenant = ?"
)
_ATTEMPTS = f"SELECT attempts FROM {EVENT} WHERE tenant = ? AND id = ? AND delivery = ?"
_RESUME = (
    f"UPDATE {EVENT} SET delivery = ?, attempts = ?, claimed_until = NULL, reason = NULL "
    "WHERE tenant = ? AND id = ? AND delivery = ?"
)
_LAG = (
    f"SELECT delivery, COUNT(*), MIN(recorded_at) FROM {EVENT} "
    "WHERE tenant = ? AND delivery IN (?, ?) GROUP BY delivery"
)


class SqlOutbox:
    """The outbox of a database."""

    def __init__(self, hold: Hold) -> None:
        self._hold = hold

    def claim(self, limit: int, /, *, now: datetime, until: datetime) -> tuple[Posted, ...]:
        """Up to so many waiting events, which nobody else claims before ``until``."""
        hold = self._hold
        hold.writing()
        link, beside = put_down_beside(hold), hold.beside
        sql = f"{beside.select_events} AS e WHERE {_UNDISTURBED} ORDER BY {beside.place} LIMIT ?"
        values = (hold.tenant, _WAITING, _PARKED, _WAITING, beside.stored_at(now), limit)
        found = link.rows(sql, values)
        if link.driver.many:
            found = self._undisturbed(link, found, beside.stored_at(now))
        for ids, some in _some_ids([row[0] for row in found]):
            link.run(f"{_CLAIM} AND id {some}", (beside.stored_at(until), hold.tenant, *ids))
        return tuple(
            attrs.evolve(each, attempts=each.attempts + 1, claimed_until=until)
            for each in map(beside.posted, found)
        )

    def _undisturbed(self, link: Link, found: Sequence[Row], now: Any) -> list[Row]:
        """What is left for us of some rows, which afterwards nobody else changes.

        Where the first event of an entity was taken meanwhile, all of them are left to whoever
        did.
        """
        beside, free = self._hold.beside, dict[str, Row]()
        for ids, some in _some_ids([row[0] for row in found]):
            sql = (
                f"{beside.select_events} WHERE tenant = ? AND id {some} AND delivery = ? "
                f"AND (claimed_until IS NULL OR claimed_until <= ?) ORDER BY id"
            )
            rows = link.rows(sql + link.driver.locking, (self._hold.tenant, *ids, _WAITING, now))
            free.update((row[0], row) for row in rows)
        left: list[Row] = []
        lost: set[tuple[Any, Any]] = set()
        for row in found:
            if free.get(row[0]) != row:
                lost.add(row[1:3])
            if row[1:3] not in lost:
                left.append(row)
        return left

    def settle(self, claimed: Iterable[Posted], /) -> int:
        """Afterwards these are done, save those that somebody else has claimed since; how many."""
        return self._put(claimed, Delivery.DONE, None, None)

    def release(self, claimed: Iterable[Posted], /, *, until: datetime, tried: bool = True) -> int:
        """Give back what could not be delivered; nobody claims it before ``until``."""
        at, back = self._hold.beside.stored_at(until), 0 if tried else 1
        return self._put(claimed, Delivery.WAITING, at, None, back=back)

    def park(self, claimed: Posted, reason: str, /) -> int:
        """Afterwards the event waits for a person, and so do the later ones of its entity."""
        return self._put((claimed,), Delivery.PARKED, None, reason)

    def _put(
        self,
        claimed: Iterable[Posted],
        delivery: Delivery,
        until: Any,
        reason: str | None,
        *,
        back: int = 0,
    ) -> int:
        hold = self._hold
        hold.writing()
        link, done = put_down_beside(hold), 0
        by_attempts: dict[int, dict[str, None]] = {}
        for each in claimed:
            by_attempts.setdefault(each.attempts, {})[str(each.recorded.id)] = None
        for attempts, all_ids in sorted(by_attempts.items()):
            for ids, some in _some_ids(all_ids):
                sql = f"{_PUT} AND id {some} AND delivery = ? AND attempts = ?"
                put = (delivery.value, until, reason, attempts - back)
                values = (*put, hold.tenant, *ids, _WAITING, attempts)
                done += link.run(sql, values)
        return done

    def parked(self, limit: int, /) -> tuple[Posted, ...]:
        """The first parked events, by entity, id, revision and position."""
        link, beside = _asking(self._hold)
        sql = (
            f"{beside.select_events} WHERE tenant = ? AND delivery = ? "
            f"ORDER BY {beside.place} LIMIT ?"
        )
        return tuple(map(beside.posted, link.rows(sql, (self._hold.tenant, _PARKED, limit))))

    def resume(self, id: UUID, /) -> int:
        """Afterwards the parked event of this id waits again, without a try; how many did."""
        self._hold.writing()
        link, which = put_down_beside(self._hold), (self._hold.tenant, str(id), _PARKED)
        # Attempts of what is parked never change, so nobody needs to be kept off in between.
        return sum(
            link.run(_RESUME, (_WAITING, next_round(attempts), *which))
            for (attempts,) in link.rows(_ATTEMPTS, which)
        )

    def lag(self) -> Lag:
        """How far the delivery is behind."""
        link, beside = _asking(self._hold)
        rows = link.rows(_LAG, (self._hold.tenant, _WAITING, _PARKED))
        found = {name: (number, first) for name, number, first in rows}
        waiting, oldest = found.get(_WAITING, (0, None))
        return Lag(
            waiting=waiting,
            parked=found.get(_PARKED, (0, None))[0],
            oldest=None if oldest is None else beside.loaded_at(oldest),
        )


def _asking(hold: Hold) -> tuple[Link, Beside]:
    hold.reading()
    return (put_down_beside(hold) if hold.may_write else hold.link), hold.beside


def _some_ids(ids: Iterable[str]) -> Iterable[tuple[Sequence[str], str]]:
    """The ids in portions, in the order in which everybody changes them, and a test for each."""
    for part in portions(sorted(ids)):
        yield part, f"IN ({', '.join('?' * len(part))})"
