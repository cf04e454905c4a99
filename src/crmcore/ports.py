"""What a store must promise, and the two sources the core never reaches for itself.

Protocols and the small values that pass through them; no implementation. The contract suite in
`crmcore.testing` turns each promise below into a named law.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar
from uuid import UUID

import attrs

from crmcore.grammar.change import Entity, Event
from crmcore.grammar.query import AggregateQuery, Group, Query, Scalar
from crmcore.grammar.registry import Registry

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
    """

    id: UUID
    entity: str
    entity_id: UUID
    revision: int
    position: int
    event: Event


@attrs.frozen(kw_only=True)
class Remembered:
    """The first result of a command that came with an idempotency key.

    Attributes:
        scope: The command's name.
        key: The caller's key; keys that differ in anything are different keys.
        fingerprint: SHA-256 of the command's arguments.
        entity: The entity type of the result.
        entity_id: The id of the result.
    """

    scope: str
    key: str
    fingerprint: str
    entity: str
    entity_id: UUID


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


class UnitOfWork(Protocol):
    """Several steps that happen all or not at all.

    Leaving the ``with`` block without `commit` rolls back. After either, every use raises `Closed`.

    A refusal by conflict ends the unit of work: when a method of it or of its repositories raises
    a `Conflict` or `ReferenceNotFound`, everything is rolled back, and every further use raises
    `Closed`. What the boundary check refuses (`NotValid`) and `EntityNotFound` end nothing.

    Texts are checked at the boundary as values are: one line without control characters, of 1 to
    20 code points for a series, up to 20 for a period, 1 to 100 for a scope, 1 to 255 for a key.
    """

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
        """Make the commit depend on ``entity`` being unchanged.

        Raises:
            StaleRevision: it has changed already, and the unit of work is over; or, later, the
                commit raises it.
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
