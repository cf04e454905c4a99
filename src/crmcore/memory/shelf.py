"""Where the data lie: one room per tenant, in it the present state and an index of it.

Readers keep the state they entered with. A commit changes the present state in place when nobody
reads it, which costs what it changes; otherwise it copies the tables it touches first. Nobody ever
sees half of it. What the changes are is decided elsewhere.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from threading import Lock, get_ident
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import Busy, NestedTransaction
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType
from crmcore.grammar.registry import Registry, reference_values
from crmcore.ports import Delivery, Posted, Remembered

by_int = attrgetter("int")
"""Ids sort by their number; asking for it is quicker than comparing the ids themselves."""

Keyed = tuple[tuple[Any, ...], Any]
"""An entity, and the values it is ordered by."""

UniqueKey = tuple[tuple[str, ...], tuple[Any, ...]]


def unique_keys(kind: EntityType, entity: Entity) -> Iterator[UniqueKey]:
    """The unique sets of fields and their values; sets with a missing value left out."""
    for fields in kind.unique:
        key = tuple(getattr(entity, name, None) for name in fields)
        if None not in key:
            yield fields, key


@attrs.define(eq=False)
class Table:
    """The entities of one type by id, and their ids in ascending order.

    Attributes:
        rows: The entities by id.
        ids: The ids in ascending order.
        shared: Whether several states may hold this table, so that it has to stay as it is.
    """

    rows: dict[UUID, Any] = attrs.field(factory=dict[UUID, Any])
    ids: list[UUID] = attrs.field(factory=list[UUID])
    shared: bool = False

    def copy(self) -> "Table":
        """A table that changes for itself."""
        return Table(self.rows.copy(), self.ids.copy())

    def put(self, key: UUID, entity: Entity | None) -> None:
        """Afterwards the table holds ``entity``; for None, nothing any more."""
        if entity is not None and key in self.rows:
            self.rows[key] = entity
            return
        place = bisect_left(self.ids, key.int, key=by_int)
        if entity is not None:
            self.ids.insert(place, key)
            self.rows[key] = entity
        elif self.rows.pop(key, None) is not None:
            del self.ids[place]


Whose = tuple[str, UUID]
"""What events belong to: the name and id of an entity."""


@attrs.frozen(eq=False)
class Post:
    """An event with what the outbox knows of it, and until when somebody has claimed it."""

    posted: Posted
    claimed_until: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it has yet to be delivered."""
        return self.posted.delivery is Delivery.WAITING


def by_place(post: Post) -> tuple[int, int]:
    """What the events of one entity sort by."""
    return post.posted.recorded.revision, post.posted.recorded.position


@attrs.define(eq=False)
class State:
    """Everything of one tenant after some commit.

    Attributes:
        tables: The entities, by the name of their type.
        events: What happened, by name and id of an entity, in order.
        undelivered: Of which entities an event is waiting or parked.
        numbers: The last number drawn, by series and period.
        keys: What was remembered, by scope and key.
        readers: How many units of work read this state.
        listing: The last answer that had to be sorted, with its question: the next page asks it again.
    """

    tables: dict[str, Table] = attrs.field(factory=dict[str, Table])
    events: dict[Whose, tuple[Post, ...]] = attrs.field(factory=dict[Whose, tuple[Post, ...]])
    undelivered: set[Whose] = attrs.field(factory=set[Whose])
    numbers: dict[tuple[str, str], int] = attrs.field(factory=dict[tuple[str, str], int])
    keys: dict[tuple[str, str], Remembered] = attrs.field(factory=dict[tuple[str, str], Remembered])
    readers: int = 0
    listing: tuple[object, list[Keyed]] | None = None

    def fork(self) -> "State":
        """A state that changes for itself; the tables are shared until it does."""
        for table in self.tables.values():
            table.shared = True
        return State(
            self.tables.copy(),
            self.events.copy(),
            self.undelivered.copy(),
            self.numbers.copy(),
            self.keys.copy(),
        )

    def own_table(self, name: str) -> Table:
        """A table that belongs to this state alone."""
        if self.tables[name].shared:
            self.tables[name] = self.tables[name].copy()
        return self.tables[name]


@attrs.define(eq=False)
class Index:
    """Where to look for who holds a unique key, and for who refers to whom.

    It may name an entity that has moved on since; whoever asks looks at the entity itself.
    """

    holders: dict[tuple[str, UniqueKey], UUID] = attrs.field(
        factory=dict[tuple[str, UniqueKey], UUID]
    )
    referrers: dict[tuple[str, str, UUID], set[UUID]] = attrs.field(
        factory=dict[tuple[str, str, UUID], set[UUID]]
    )

    def insert(self, kind: EntityType, entity: Entity) -> None:
        """Afterwards the entity is found by its unique keys and its references."""
        for key in unique_keys(kind, entity):
            self.holders[kind.name, key] = entity.id
        for path, _, target in reference_values(entity, kind):
            self.referrers.setdefault((kind.name, path, target), set()).add(entity.id)

    def discard(self, kind: EntityType, entity: Entity) -> None:
        """Afterwards the entity is not found any more."""
        for key in unique_keys(kind, entity):
            self.holders.pop((kind.name, key), None)
        for path, _, target in reference_values(entity, kind):
            ids = self.referrers.get((kind.name, path, target), set[UUID]())
            ids.discard(entity.id)
            if not ids:
                self.referrers.pop((kind.name, path, target), None)


@attrs.define(eq=False)
class Staged:
    """What a writing unit of work has changed so far; None stands for what is gone."""

    rows: dict[str, dict[UUID, Any]] = attrs.field(factory=dict[str, dict[UUID, Any]])
    events: dict[Whose, tuple[Post, ...]] = attrs.field(factory=dict[Whose, tuple[Post, ...]])
    numbers: dict[tuple[str, str], int] = attrs.field(factory=dict[tuple[str, str], int])
    keys: dict[tuple[str, str], Remembered | None] = attrs.field(
        factory=dict[tuple[str, str], Remembered | None]
    )
    index: Index = attrs.field(factory=Index)


class Room:
    """What lies here of one tenant: the present state, and the index that belongs to it."""

    def __init__(self) -> None:
        self.mutex = Lock()
        self.state = State()
        self.index = Index()

    def furnish(self, names: Iterable[str]) -> None:
        """Afterwards there is a table of every name."""
        with self.mutex:
            for name in names:
                self.state.tables.setdefault(name, Table())

    def enter(self) -> State:
        """The present state, which stays as it is until the reader leaves."""
        with self.mutex:
            self.state.readers += 1
            return self.state

    def leave(self, state: State) -> None:
        """Afterwards the state has one reader less."""
        with self.mutex:
            state.readers -= 1

    def publish(self, staged: Staged, registry: Registry) -> None:
        """Afterwards everybody who enters finds the changes, all of them."""
        with self.mutex:
            state = self.state.fork() if self.state.readers else self.state
            for name, changes in staged.rows.items():
                self._apply(registry.named(name), state.own_table(name), changes)
            for whose, posts in staged.events.items():
                state.events[whose] = posts
                is_done = all(post.posted.delivery is Delivery.DONE for post in posts)
                (state.undelivered.discard if is_done else state.undelivered.add)(whose)
            state.numbers.update(staged.numbers)
            for key, remembered in staged.keys.items():
                if remembered is None:
                    state.keys.pop(key, None)
                else:
                    state.keys[key] = remembered
            state.listing = None
            self.state = state

    def _apply(self, kind: EntityType, table: Table, changes: Mapping[UUID, Any]) -> None:
        # All old index entries go before any new one comes: a unique key may change hands.
        for key in changes:
            if key in table.rows:
                self.index.discard(kind, table.rows[key])
        for key, entity in changes.items():
            if entity is not None:
                self.index.insert(kind, entity)
            table.put(key, entity)


class Shelf:
    """A place in memory that the stores of several tenants share, as they would share a database."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._turn = Lock()
        self._holder: int | None = None

    def room(self, tenant: str) -> Room:
        """What lies here of one tenant."""
        return self._rooms.setdefault(tenant, Room())

    def take_turn(self, seconds: float) -> None:
        """Afterwards the calling thread is the only writer.

        Raises:
            NestedTransaction: it is already.
            Busy: nobody gave the turn back in time.
        """
        if self._holder == get_ident():
            raise NestedTransaction
        if not self._turn.acquire(timeout=seconds):
            raise Busy(seconds)
        self._holder = get_ident()

    def give_back(self) -> None:
        """Afterwards anybody may write."""
        self._holder = None
        self._turn.release()
