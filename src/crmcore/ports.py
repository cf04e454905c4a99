"""What a store must promise, and the two sources the core never reaches for itself.

Protocols and the small values that pass through them; no implementation. The contract suite in
`crmcore.testing` turns each promise below into a named law.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar
from uuid import UUID

import attrs

from crmcore.grammar.change import Entity, Event
from crmcore.grammar.query import AggregateQuery, Group, Query, Scalar
from crmcore.grammar.registry import Registry
from crmcore.values import instant

E = TypeVar("E", bound=Entity)
E_co = TypeVar("E_co", bound=Entity, covariant=True)


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> datetime:
        """The present instant: aware, UTC, truncated to milliseconds."""
        ...


class IdSource(Protocol):
    """Where new identities come from."""

    def new(self) -> UUID:
        """An id that was never given before; later ids sort after earlier ones."""
        ...


class Progress(Protocol):
    """What long work calls as it goes on."""

    def __call__(self, done: int, total: int | None, /) -> None:
        """``done`` of ``total`` pieces are finished (None: nobody knows how many there are)."""
        ...


@attrs.frozen(kw_only=True)
class Recorded:
    """An event as a store keeps it.

    Attributes:
        id: The event's own id; a receiver tells repeats by it.
        entity: The name of the entity type it happened to.
        entity_id: Which entity.
        revision: The entity's revision that the event came with.
        position: Its place among the events of that revision, from 0.
        event: What happened.
        recorded_at: When it was recorded; `Event.at` tells when it happened.
    """

    id: UUID
    entity: str
    entity_id: UUID
    revision: int
    position: int
    event: Event
    recorded_at: datetime = attrs.field(converter=instant)


@attrs.frozen(kw_only=True)
class UnknownEvent(Event):
    """An event whose class the registry does not know; it is handed on as it was stored.

    Attributes:
        name: The name of its class.
        version: The version of that class's form it was written in.
        payload: Its fields, as the JSON that was stored.
    """

    name: str
    version: int
    payload: str


class Delivery(StrEnum):
    """How far the delivery of an event has come."""

    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"


@attrs.frozen(kw_only=True)
class Posted:
    """An event in the outbox, and how far its delivery has come.

    Attributes:
        recorded: The event. One whose class is not registered any more is an `UnknownEvent`.
        delivery: Waiting, done, or parked because it could not be delivered.
        attempts: How often it was claimed; whoever claims it later has a higher number.
        reason: Why it is parked.
    """

    recorded: Recorded
    delivery: Delivery = Delivery.WAITING
    attempts: int = 0
    reason: str | None = None


@attrs.frozen(kw_only=True)
class Lag:
    """How far the delivery of events is behind.

    Attributes:
        waiting: Events that are neither done nor parked.
        parked: Events that are parked.
        oldest: When the oldest waiting event was recorded; None when none waits.
    """

    waiting: int
    parked: int
    oldest: datetime | None


@attrs.frozen(kw_only=True, order=True)
class Drawn:
    """The last number drawn from a series in a period."""

    series: str
    period: str
    value: int


@attrs.frozen(kw_only=True)
class Remembered:
    """The first result of a command that came with an idempotency key.

    Attributes:
        scope: The command's name.
        key: The caller's key; keys that differ in anything are different keys.
        fingerprint: SHA-256 of the command's arguments.
        entity: The entity type of the result.
        entity_id: The id of the result.
        at: When it was remembered.
    """

    scope: str
    key: str
    fingerprint: str
    entity: str
    entity_id: UUID
    at: datetime = attrs.field(converter=instant)


@attrs.frozen
class Page(Generic[E_co]):
    """Some entities in order, and where to go on.

    Attributes:
        items: The entities.
        cursor: What to give as `Query.after` for the next page; None when this is the last one.
    """

    items: tuple[E_co, ...]
    cursor: tuple[Scalar | None, ...] | None


class Repository(Protocol[E]):
    """All entities of one type, of one tenant, as one unit of work sees them.

    What it returns are values: nothing done to them changes the store. A unit of work sees its own
    additions, saves and removals at once, in every method; nobody else sees them before the commit.

    Asked for by a variant class, it gets and finds entities of that class only; those of other
    variants are not there. A refusal by a conflict ends the unit of work, see `UnitOfWork`.
    """

    def get(self, id: UUID, /) -> E:
        """The entity.

        Raises:
            EntityNotFound: when there is none.
        """
        ...

    def get_many(self, ids: Iterable[UUID], /) -> Mapping[UUID, E]:
        """Those of the entities that exist, by id; empty for no ids."""
        ...

    def find(self, query: Query, /) -> Page[E]:
        """One page of the entities that fulfil a bound query.

        The order is total and the same in every store: the query's keys (missing values first),
        then the id. With a limit, at most so many; the cursor leads to the rest.
        """
        ...

    def add(self, entity: E, /) -> E:
        """The new entity as stored, at revision 1.

        Raises:
            Duplicate: the id, or a declared set of unique fields, is taken; at the latest when
                committing. The unit of work is over.
            ReferenceNotFound: a reference leads nowhere; at the latest when committing. The unit of
                work is over.
            NotValid: the boundary check of the registry refuses a value. The unit of work goes on.
        """
        ...

    def save(self, entity: E, /) -> E:
        """The entity as stored, its revision raised by one.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with. The unit of
                work is over.
            Duplicate, ReferenceNotFound, NotValid: as for `add`.
        """
        ...

    def remove(self, entity: E, /) -> None:
        """Afterwards the entity is gone.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with. The unit of
                work is over.
            StillReferenced: another entity refers to it; at the latest when committing. The unit of
                work is over.
        """
        ...


EventPlace = tuple[str, UUID, int, int]
"""Where an event stands among all: entity, id of the entity, revision, position."""


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

    def release(self, claimed: Iterable[Posted], /, *, until: datetime) -> int:
        """Give back what could not be delivered; nobody claims it before ``until``.

        Left alone is what somebody else has claimed since. Returns how many were given back.
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
        """Afterwards the parked event of this id waits again, with no attempts; how many did."""
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


class UnitOfWork(Protocol):
    """Several steps that happen all or not at all.

    Leaving the ``with`` block without `commit` rolls back. After either, every use raises `Closed`.

    A refusal by conflict ends the unit of work: when a method of it or of its repositories raises
    a `Conflict`, `ReferenceNotFound` or `StoreFailure`, everything is rolled back, and every further
    use raises `Closed`. What the boundary check refuses (`NotValid`) and `EntityNotFound` end
    nothing.

    Any method that reaches the store may raise `Contention`, when others were in the way and the
    same steps may succeed once they are taken again from the beginning, and `StoreUnavailable`.

    Texts are checked at the boundary as values are: one line without control characters, of 1 to
    20 code points for a series, up to 20 for a period, 1 to 100 for a scope, 1 to 255 for a key.
    """

    @property
    def outbox(self) -> Outbox:
        """The events on their way."""
        ...

    @property
    def archive(self) -> Archive:
        """All that is kept beside the entities."""
        ...

    def repository(self, cls: type[E], /) -> Repository[E]:
        """The repository of the entity type that ``cls`` is, or of those of the variant it is."""
        ...

    def aggregate(self, query: AggregateQuery, /) -> tuple[Group, ...]:
        """The groups of a bound aggregate query, ordered by key, missing values first.

        Without ``by`` there is exactly one group, also over nothing.
        """
        ...

    def record(self, recorded: Recorded, /) -> None:
        """Afterwards the event is stored if, and only if, this unit of work commits."""
        ...

    def history(self, entity: str, id: UUID, /) -> tuple[Recorded, ...]:
        """All events of one entity, by revision and position."""
        ...

    def guard(self, entity: Entity, /) -> None:
        """Make the commit depend on ``entity`` being unchanged since it was read.

        Whoever decides by what was read beside the entity, such as the sum of what refers to it,
        guards the entity it hangs on. Of units of work that read the same entity and then guard,
        save or remove it, only one can commit; its revision stays as it is.

        Raises:
            StaleRevision: it has changed already, or somebody else guarded it, and the unit of work
                is over; or, later, the commit raises it.
        """
        ...

    def draw(self, series: str, period: str, /) -> int:
        """The next number of a series, from 1, without gaps over all commits.

        Raises:
            InvalidText, InvalidValue: no store may keep the name of the series or the period.
        """
        ...

    def recall(self, scope: str, key: str, /) -> Remembered | None:
        """What was remembered for a key, byte for byte the same; None when nothing was.

        Raises:
            InvalidText, InvalidValue: no store may keep the scope or the key.
        """
        ...

    def remember(self, remembered: Remembered, /) -> None:
        """Afterwards the key is taken, if this unit of work commits.

        Raises:
            Duplicate: it is taken already; at the latest when committing. The unit of work is over.
            InvalidText, InvalidValue: no store may keep the scope, the key or another text of it.
        """
        ...

    def commit(self) -> None:
        """Make everything last.

        Raises:
            Conflict, ReferenceNotFound: something is refused; nothing was stored, and the unit of
                work is over all the same.
            Contention: others were in the way; nothing was stored.
            OutcomeUnknown: the answer of the store was lost; all of it was stored, or nothing.
        """
        ...

    def rollback(self) -> None:
        """Leave no trace."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Store(Protocol):
    """A place where the data of one tenant lies."""

    @property
    def registry(self) -> Registry:
        """The entity types, events and own attributes it serves."""
        ...

    @property
    def tenant(self) -> str:
        """Whose data; nothing can lead to another tenant's."""
        ...

    def begin(self, *, write: bool) -> UnitOfWork:
        """A new unit of work; only with ``write`` may it change anything.

        Raises:
            Busy: its turn did not come within the store's deadline.
            NestedTransaction: the calling thread holds a writing one already.
        """
        ...

    def close(self) -> None:
        """Give back what the store itself opened; repeating it is harmless."""
        ...


class OpenStore(Protocol):
    """What the entry point of a store offers: opens the store a URL names."""

    def __call__(self, url: str, /, *, registry: Registry, tenant: str) -> Store:
        """The store, ready for use; its tables exist afterwards.

        Raises:
            StoreFailure: it cannot be reached, or must not be used as it is set up.
        """
        ...
