"""What a store must promise of what it keeps beside the entities: events on their way, all of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from crmcore.grammar.change import Entity
from crmcore.ports.records import Drawn, EventPlace, Lag, Posted, Remembered


class Outbox(Protocol):
    """The events of one tenant that are on their way, as one unit of work sees them.

    Events are delivered at least once. Those of one entity are claimed in order of revision and
    position, by one claimant at a time; between entities there is no order. What is done here holds
    once the unit of work commits. A receiver tells repeats by the id of the event.
    """

    def claim(self, limit: int, /, *, now: datetime, until: datetime) -> tuple[Posted, ...]:
        """Up to so many waiting events, which nobody else claims before ``until``.

        They come by entity, id, revision and position, each with its attempts raised by one. No event
        comes before an earlier one of its entity that is not done. Left out are all events of
        an entity of which one is claimed until later than ``now``, or parked.
        """
        ...

    def settle(self, claimed: Iterable[Posted], /) -> int:
        """Afterwards these are done, save those that somebody else has claimed since; how many."""
        ...

    def release(self, claimed: Iterable[Posted], /, *, until: datetime, tried: bool = True) -> int:
        """Give back what could not be delivered; nobody claims it before ``until``.

        What was not ``tried`` has one attempt less again. Left alone is what somebody else has
        claimed since. Returns how many were given back.
        """
        ...

    def park(self, claimed: Posted, reason: str, /) -> int:
        """Afterwards the event waits for a person, and so do the later ones of its entity.

        Left alone when somebody else has claimed it since. Returns how many were parked, 0 or 1.
        """
        ...

    def parked(self, limit: int, /) -> tuple[Posted, ...]:
        """The first parked events, by entity, id, revision and position."""
        ...

    def resume(self, id: UUID, /) -> int:
        """Afterwards the parked event of this id waits again, without a try; how many did.

        Its attempts go on at `next_round`, so that nobody who claimed it before decides about it.
        """
        ...

    def lag(self) -> Lag:
        """How far the delivery is behind."""
        ...


class Archive(Protocol):
    """What one tenant has beside its entities, to be read whole, and ways to put all of it back.

    Meant for checks, and for moving a tenant from one store to another.
    """

    def numbers(self) -> tuple[Drawn, ...]:
        """The last number of every series, by series and period."""
        ...

    def keys(self, after: tuple[str, str] | None, limit: int, /) -> tuple[Remembered, ...]:
        """The next remembered keys by scope and key, beginning after the pair given."""
        ...

    def events(self, after: EventPlace | None, limit: int, /) -> tuple[Posted, ...]:
        """The next events by entity, id, revision and position, beginning after the place given.

        Events of entities that are gone are among them.
        """
        ...

    def forget(self, before: datetime, /) -> int:
        """Afterwards keys remembered before that instant may be used anew; how many there were."""
        ...

    def restore(self, entities: Iterable[Entity], /) -> None:
        """Afterwards these are stored as they are, revision included.

        Raises:
            Duplicate, ReferenceNotFound, NotValid: as for `Repository.add`.
        """
        ...

    def restore_events(self, posted: Iterable[Posted], /) -> None:
        """Afterwards these are stored, on their way as far as they were; nobody has claimed them."""
        ...

    def restore_number(self, drawn: Drawn, /) -> None:
        """Afterwards the series goes on after this number, whatever was drawn from it before."""
        ...
