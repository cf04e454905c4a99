"""A store over plain files, as somebody outside of this project would write one.

One file of JSON lines per tenant. A unit of work that writes holds a lock on it, changes what it
read, and in the end puts a new file in its place; one that reads keeps what it read. Simple, safe
and slow: everything is read when a unit of work begins, and written when it commits.

Only public names of the library are used.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from threading import get_ident
from types import TracebackType
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

import attrs

from crmcore.errors import (
    Closed,
    CrmError,
    Duplicate,
    EntityNotFound,
    InvalidValue,
    KeyTaken,
    NestedTransaction,
    ReferenceNotFound,
    StaleRevision,
    StillReferenced,
    StoreUnavailable,
    WrongType,
)
from crmcore.grammar import (
    AggregateQuery,
    Entity,
    EntityType,
    Group,
    Query,
    Registry,
    Scope,
    beyond,
    checked_entity,
    checked_fingerprint,
    checked_key,
    checked_series,
    checked_tenant,
    compile_condition,
    compile_operand,
    evaluate,
    narrowed,
    reference_values,
    total_order,
)
from crmcore.ports import Page, Posted, Recorded, Remembered

from .beside import FileArchive, FileOutbox
from .contents import Contents, Post, TenantFile

E = TypeVar("E", bound=Entity)
DEADLINE = 30.0


class FileStore:
    """A store in a folder.

    Args:
        folder: Where the files lie.
        registry: The entity types, events and own attributes it serves.
        tenant: Whose data.
        deadline: So many seconds a unit of work waits for its turn to write.
    """

    def __init__(
        self, folder: Path, *, registry: Registry, tenant: str, deadline: float = DEADLINE
    ) -> None:
        self._tenant, self._registry = checked_tenant(tenant), registry
        self.file, self._deadline = TenantFile(folder, tenant), deadline
        self._known, self._is_open, self.writers = Contents(), True, set[int]()
        self.scopes = {name: Scope.of(kind, registry) for name, kind in registry.entities.items()}
        self.predicate = lru_cache(512)(
            lambda name, where: compile_condition(where, self.scopes[name])
        )
        self.getter = lru_cache(512)(lambda name, by: compile_operand(by, self.scopes[name]))

    @property
    def registry(self) -> Registry:
        return self._registry

    @property
    def tenant(self) -> str:
        return self._tenant

    def begin(self, *, write: bool) -> "FileUnitOfWork":
        if not self._is_open:
            raise Closed("store")
        if not write:
            return FileUnitOfWork(self, self._load(), None)
        if get_ident() in self.writers:
            raise NestedTransaction
        lock = self.file.lock(self._deadline)
        self.writers.add(get_ident())
        return FileUnitOfWork(self, self._load().copy(), lock)

    def close(self) -> None:
        self._is_open = False

    def _load(self) -> Contents:
        try:
            self._known = self.file.load(self._registry, self._known)
        except (OSError, ValueError) as error:
            raise StoreUnavailable(type(error).__name__) from error
        return self._known


def open_url(url: str, /, *, registry: Registry, tenant: str) -> FileStore:
    """What an entry point would name: the store for ``files://<folder>``."""
    scheme, _, folder = url.partition("://")
    if scheme != "files" or not folder:
        raise InvalidValue("url", "must be files://<folder>")
    return FileStore(Path(folder), registry=registry, tenant=tenant)


class FileUnitOfWork:
    """Several steps on the contents of one file."""

    def __init__(self, store: FileStore, contents: Contents, lock: int | None) -> None:
        self.store, self.registry, self.contents = store, store.registry, contents
        self._lock, self._writer, self._is_open = lock, get_ident(), True
        self.changed: set[tuple[str, UUID]] = set()

    # What every step begins with, and how the unit of work ends.

    def reading(self) -> Contents:
        if not self._is_open:
            raise Closed("unit of work")
        return self.contents

    def writing(self) -> Contents:
        contents = self.reading()
        if self._lock is None:
            raise Closed("way to write in a reading unit of work")
        return contents

    def refused(self, conflict: CrmError) -> CrmError:
        """The conflict, by which this unit of work has ended."""
        self._end()
        return conflict

    def _end(self) -> None:
        self._is_open = False
        if self._lock is not None:
            self.store.writers.discard(self._writer)
            os.close(self._lock)

    def commit(self) -> None:
        contents = self.reading()
        try:
            if self._lock is not None:
                self._check_references()
                contents.generation += 1
                self.store.file.replace(contents, self.registry)
        except OSError as error:
            raise StoreUnavailable(type(error).__name__) from error
        finally:
            self._end()

    def rollback(self) -> None:
        self.reading()
        self._end()

    def __enter__(self) -> Self:
        self.reading()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_open:
            self._end()

    # Entities.

    def look(self, name: str, id: UUID | None) -> Any:
        """Where a reference leads; what evaluates questions in Python calls it."""
        return None if id is None else self.contents.rows.get(name, {}).get(id)

    def expect(self, name: str, entity: Entity) -> Entity:
        held = self.look(name, entity.id)
        actual = None if held is None else held.revision
        if held is None or actual != entity.revision:
            raise self.refused(StaleRevision(name, entity.id, entity.revision, actual))
        return held

    def put(self, kind: EntityType, entity: Entity) -> None:
        """Afterwards the entity is there so, if nobody else has its unique values."""
        rows = self.writing().rows.setdefault(kind.name, {})
        for fields in kind.unique:
            own = unique_value(entity, fields)
            for other in rows.values() if None not in own else ():
                if other.id != entity.id and unique_value(other, fields) == own:
                    raise self.refused(Duplicate(kind.name, fields, other.id))
        rows[entity.id] = entity
        self.changed.add((kind.name, entity.id))

    def _check_references(self) -> None:
        rows, kinds = self.contents.rows, self.registry.entities
        removed = {key for key in self.changed if self.look(*key) is None}
        for name, kind in kinds.items():
            for entity in rows.get(name, {}).values():
                if not removed and (name, entity.id) not in self.changed:
                    continue
                for path, target, id in reference_values(entity, kind):
                    if self.look(target, id) is not None:
                        continue
                    if (name, entity.id) in self.changed:
                        raise ReferenceNotFound(name, path, id)
                    raise StillReferenced(target, id, name)

    def repository(self, cls: type[E], /) -> "FileRepository[E]":
        self.reading()
        return FileRepository(self, cls)

    def aggregate(self, query: AggregateQuery, /) -> tuple[Group, ...]:
        rows = self.reading().rows.get(query.entity, {}).values()
        return evaluate(query, rows, self.look, self.store.scopes[query.entity])

    def guard(self, entity: Entity, /) -> None:
        # Whoever writes is alone: that it stands is enough.
        self.reading()
        self.expect(self.registry.of_class(type(entity)).name, entity)

    # What lies beside entities.

    @property
    def outbox(self) -> "FileOutbox":
        return FileOutbox(self)

    @property
    def archive(self) -> "FileArchive":
        return FileArchive(self)

    def record(self, recorded: Recorded, /) -> None:
        posts, event = self.writing().posts, type(recorded.event)
        if self.registry.event(event.__name__) is not event:
            raise WrongType("event", "a registered event", event.__qualname__)
        checked_entity(recorded.entity)
        posts[recorded.id] = Post.of(Posted(recorded=recorded))

    def history(self, entity: str, id: UUID, /) -> tuple[Recorded, ...]:
        self.reading()
        whose = checked_entity(entity), id
        return tuple(
            each.read(self.registry).recorded for each in self.posts() if each.whose == whose
        )

    def posts(self) -> list[Post]:
        return sorted(self.reading().posts.values(), key=lambda each: each.place)

    def draw(self, series: str, period: str, /) -> int:
        numbers, key = self.writing().numbers, checked_series(series, period)
        numbers[key] = numbers.get(key, 0) + 1
        return numbers[key]

    def recall(self, scope: str, key: str, /) -> Remembered | None:
        return self.reading().keys.get(checked_key(scope, key))

    def remember(self, remembered: Remembered, /) -> None:
        keys, key = self.writing().keys, checked_key(remembered.scope, remembered.key)
        checked_entity(remembered.entity)
        checked_fingerprint(remembered.fingerprint)
        if key in keys:
            raise self.refused(KeyTaken("idempotency key", ("scope", "key"), keys[key].entity_id))
        keys[key] = remembered


def unique_value(entity: Entity, fields: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(getattr(entity, name, None) for name in fields)


class FileRepository(Generic[E]):
    """The entities of one type, or of one of its variants."""

    def __init__(self, unit: FileUnitOfWork, cls: type[E]) -> None:
        self._unit, self._cls = unit, cls
        self._kind = unit.registry.of_class(cls)

    def get(self, id: UUID, /) -> E:
        self._unit.reading()
        entity = self._unit.look(self._kind.name, id)
        if not isinstance(entity, self._cls):
            raise EntityNotFound(self._kind.name, id)
        return entity

    def get_many(self, ids: Iterable[UUID], /) -> Mapping[UUID, E]:
        self._unit.reading()
        rows = ((id, self._unit.look(self._kind.name, id)) for id in ids)
        return {id: row for id, row in rows if isinstance(row, self._cls)}

    def find(self, query: Query, /) -> Page[E]:
        rows, name, look = self._unit.reading().rows, self._kind.name, self._unit.look
        query, order = narrowed(query, self._kind, self._cls), total_order(query.order)
        where = query.where if query.after is None else query.where & beyond(order, query.after)
        wanted = self._unit.store.predicate(name, where)
        found = [row for row in rows.get(name, {}).values() if wanted(row, look)]
        getters = [self._unit.store.getter(name, key.by) for key in order]
        # From the last key to the first: sorting keeps the order of equals, in reverse too.
        for key, getter in reversed([*zip(order, getters, strict=True)]):
            found.sort(key=missing_first(getter, look, key.descending), reverse=key.descending)
        if query.limit is None or len(found) <= query.limit:
            return Page(tuple(found), None)
        del found[query.limit :]
        return Page(tuple(found), tuple(getter(found[-1], look) for getter in getters))

    def add(self, entity: E, /) -> E:
        self._accept(entity)
        if self._unit.look(self._kind.name, entity.id) is not None:
            raise self._unit.refused(Duplicate(self._kind.name, ("id",), entity.id))
        return self._put(attrs.evolve(entity, revision=1))

    def save(self, entity: E, /) -> E:
        self._accept(entity)
        self._kind.check_seal(self._unit.expect(self._kind.name, entity), entity)
        return self._put(attrs.evolve(entity, revision=entity.revision + 1))

    def remove(self, entity: E, /) -> None:
        contents = self._unit.writing()
        self._kind.check_seal(self._unit.expect(self._kind.name, entity), None)
        del contents.rows[self._kind.name][entity.id]
        self._unit.changed.add((self._kind.name, entity.id))

    def _accept(self, entity: E) -> None:
        self._unit.writing()
        if type(entity) not in self._kind.records:
            raise WrongType("entity", self._kind.name, type(entity).__name__)
        self._unit.registry.check(entity)

    def _put(self, entity: E) -> E:
        self._unit.put(self._kind, entity)
        return entity


def missing_first(
    getter: Callable[[Any, Any], Any], look: Any, descending: bool
) -> Callable[[Any], tuple[bool, Any]]:
    def key(row: Any) -> tuple[bool, Any]:
        value = getter(row, look)
        return (value is None) is descending, value

    return key
