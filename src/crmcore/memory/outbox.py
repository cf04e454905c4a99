"""The events on their way, in memory: who has claimed which, and what is done."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

import attrs

from crmcore.memory.beside import Beside
from crmcore.memory.shelf import Post, Whose
from crmcore.memory.view import View
from crmcore.ports import Delivery, Lag, Posted, next_round


class MemoryOutbox:
    """The outbox of the store in memory."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._beside = Beside(view)

    def claim(self, limit: int, /, *, now: datetime, until: datetime) -> tuple[Posted, ...]:
        """Up to so many waiting events, which nobody else claims before ``until``."""
        self._view.writing()
        claimed: list[Posted] = []
        for whose in self._undelivered():
            for post in self._claimable(whose, now):
                if len(claimed) == limit:
                    return tuple(claimed)
                taken = attrs.evolve(post.posted, attempts=post.posted.attempts + 1)
                self._beside.post(Post(taken, until))
                claimed.append(self._beside.delivered(Post(taken, until)))
        return tuple(claimed)

    def settle(self, claimed: Iterable[Posted], /) -> int:
        """Afterwards these are done, save those that somebody else has claimed since; how many."""
        return self._put(claimed, delivery=Delivery.DONE)

    def release(self, claimed: Iterable[Posted], /, *, until: datetime, tried: bool = True) -> int:
        """Give back what could not be delivered; nobody claims it before ``until``."""
        return self._put(claimed, claimed_until=until, back=0 if tried else 1)

    def park(self, claimed: Posted, reason: str, /) -> int:
        """Afterwards the event waits for a person, and so do the later ones of its entity."""
        return self._put((claimed,), delivery=Delivery.PARKED, reason=reason)

    def parked(self, limit: int, /) -> tuple[Posted, ...]:
        """The first parked events, by entity, id, revision and position."""
        self._view.reading()
        parked = (post for post in self._posts() if post.posted.delivery is Delivery.PARKED)
        return tuple(self._beside.delivered(post) for post, _ in zip(parked, range(limit)))  # noqa: B905

    def resume(self, id: UUID, /) -> int:
        """Afterwards the parked event of this id waits again, without a try; how many did."""
        self._view.writing()
        for post in self._posts():
            posted = post.posted
            if posted.recorded.id == id and posted.delivery is Delivery.PARKED:
                attempts = next_round(posted.attempts)
                self._beside.post(Post(Posted(recorded=posted.recorded, attempts=attempts)))
                return 1
        return 0

    def lag(self) -> Lag:
        """How far the delivery is behind."""
        self._view.reading()
        posts = [*self._posts()]
        waiting = [post.posted.recorded.recorded_at for post in posts if post.is_waiting]
        parked = sum(post.posted.delivery is Delivery.PARKED for post in posts)
        return Lag(waiting=len(waiting), parked=parked, oldest=min(waiting, default=None))

    def _undelivered(self) -> list[Whose]:
        return sorted(self._view.base.undelivered | self._view.staged.events.keys())

    def _posts(self) -> Iterator[Post]:
        return (post for whose in self._undelivered() for post in self._beside.posts(whose))

    def _claimable(self, whose: Whose, now: datetime) -> tuple[Post, ...]:
        waiting = [p for p in self._beside.posts(whose) if p.posted.delivery is not Delivery.DONE]
        for post in waiting:
            is_claimed = post.claimed_until is not None and post.claimed_until > now
            if is_claimed or not post.is_waiting:
                return ()
        return tuple(waiting)

    def _put(
        self,
        claimed: Iterable[Posted],
        *,
        delivery: Delivery = Delivery.WAITING,
        reason: str | None = None,
        claimed_until: datetime | None = None,
        back: int = 0,
    ) -> int:
        self._view.writing()
        done = 0
        for each in claimed:
            for post in self._beside.posts((each.recorded.entity, each.recorded.entity_id)):
                if post.posted.recorded.id != each.recorded.id or not post.is_waiting:
                    continue
                if post.posted.attempts == each.attempts:
                    attempts = each.attempts - back
                    posted = attrs.evolve(
                        post.posted, delivery=delivery, reason=reason, attempts=attempts
                    )
                    self._beside.post(Post(posted, claimed_until))
                    done += 1
        return done
