"""The one way every command takes: open a unit of work, load, decide, store, commit.

A `Desk` belongs to a CRM or to one transaction of it; the sub-APIs are written once against it and
cannot tell the difference. `Work` is what they see of a unit of work.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

import attrs

from crmcore.errors import Closed, IdempotencyMismatch, InvalidValue, NotValid, StaleRevision
from crmcore.grammar.binding import Scope, bind, bind_order
from crmcore.grammar.change import Change, Entity
from crmcore.grammar.query import Condition, Order, Query
from crmcore.grammar.registry import Registry
from crmcore.ports import IdSource, Recorded, Remembered, Store, UnitOfWork
from crmcore.usecases.idempotency import check_key, fingerprint
from crmcore.usecases.present import Present
from crmcore.usecases.retrying import Retrying
from crmcore.usecases.settings import Settings
from crmcore.values import as_uuid, instant

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

YEARS = range(1900, 9000)
"""The years a command may happen in: dates before and after them can still be reckoned."""


@attrs.frozen(eq=False)
class Work:
    """A unit of work as commands see it: entities by class, changes stored with their events.

    Attributes:
        unit: The unit of work.
        registry: The entity types it knows.
        ids: Where the ids of events come from.
        present: The present, at which its events and keys are recorded.
        wrote: What this command has written so far: names of entities and of series.
    """

    unit: UnitOfWork
    registry: Registry
    ids: IdSource
    present: Present
    wrote: list[str] = attrs.field(factory=list[str])

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.present.now()

    def get(self, cls: type[E], id: UUID) -> E:
        """The entity.

        Raises:
            EntityNotFound: when there is none.
        """
        entity = self.unit.repository(cls).get(as_uuid("id", id))
        self.present.saw(entity.updated_at)
        return entity

    def current(
        self, cls: type[E], given: E | UUID, fields: Mapping[str, object], protected: frozenset[str]
    ) -> E:
        """The stored entity that is to be updated.

        Args:
            cls: The class of the entity.
            given: Its id, or the entity as a value which must be up to date.
            fields: The new values, which must be of the types of their fields.
            protected: Fields whose values do not matter here, because they will be refused.

        Raises:
            EntityNotFound: when there is none.
            StaleRevision: when the value given rests on an older revision.
            WrongType: when a new value is of another type; `ManyFaults` for several.
        """
        stored = self.get(cls, given if isinstance(given, UUID) else given.id)
        mine = {name: each for name, each in fields.items() if name not in protected}
        self.registry.check_values(type(stored), mine)
        if isinstance(given, UUID):
            return stored
        if stored.revision != given.revision:
            name = self.registry.of_class(cls).name
            raise StaleRevision(name, given.id, given.revision, stored.revision)
        return stored

    def find(
        self,
        cls: type[E],
        where: Condition,
        order: tuple[Order, ...] = (),
        limit: int | None = None,
    ) -> tuple[E, ...]:
        """The entities that fulfil a condition; all of them unless limited."""
        kind = self.registry.of_class(cls)
        scope = Scope.of(kind, self.registry)
        query = Query(
            entity=kind.name,
            where=bind(where, scope),
            order=bind_order(order, scope),
            limit=limit,
        )
        items = self.unit.repository(cls).find(query).items
        for each in items:
            self.present.saw(each.updated_at)
        return items

    def first(self, cls: type[E], where: Condition, order: tuple[Order, ...] = ()) -> E | None:
        """The first entity that fulfils a condition; None when none does."""
        return next(iter(self.find(cls, where, order, limit=1)), None)

    def guard(self, entity: Entity) -> None:
        """Make the command depend on an entity staying as it was read.

        For what a command decides by and does not change: the entity itself, or what a question
        about everything that refers to it found. Then the entity has to be read before the question
        is asked, or a commit that comes between the two goes unnoticed.

        Raises:
            StaleRevision: it has changed; or the commit raises it.
        """
        self.unit.guard(entity)

    def apply(self, change: Change[E]) -> E:
        """The entity of a change as stored, its events recorded.

        An entity that is stored already stays as it is when nothing happened to it; that it needs no
        change is decided by what it is, so it is guarded.
        """
        entity = change.entity
        if change.is_empty and entity.revision:
            self.guard(entity)
            return entity
        repository = self.unit.repository(type(entity))
        stored = repository.save(entity) if entity.revision else repository.add(entity)
        name = self.registry.of_class(type(entity)).name
        self.wrote.append(name)
        for position, event in enumerate(change.events):
            self.unit.record(
                Recorded(
                    id=self.ids.new(),
                    entity=name,
                    entity_id=stored.id,
                    revision=stored.revision,
                    position=position,
                    event=event,
                    recorded_at=self.now,
                )
            )
        return stored

    def remember(self, command: str, key: str, mark: str, result: Entity) -> None:
        """Afterwards the key of a command is taken, and leads to the command's first result."""
        self.unit.remember(
            Remembered(
                scope=command,
                key=key,
                fingerprint=mark,
                entity=self.registry.of_class(type(result)).name,
                entity_id=result.id,
                at=self.now,
            )
        )

    def draw(self, series: str, period: str) -> int:
        """The next number of a series, from 1, without gaps over all commits."""
        self.wrote.append(series)
        return self.unit.draw(series, period)


@attrs.frozen(eq=False)
class Desk:
    """Where commands are carried out.

    Attributes:
        store: Where the data lies.
        clock: Where the present comes from, unless a command is told ``at``.
        ids: Where new ids come from.
        settings: What the company decided.
        retrying: How a command is taken again when others are in the way.
        held: The unit of work of a running transaction; None when each command has its own.
    """

    store: Store
    clock: Present
    ids: IdSource
    settings: Settings
    retrying: Retrying
    held: UnitOfWork | None = None

    def at(self, at: datetime | None) -> datetime:
        """The instant a command happens: the one it was told, else the present.

        Raises:
            NaiveTime: when the one told has no zone.
            InvalidValue: when it lies in no year that dates can be reckoned with.
        """
        if at is None:
            return self.clock.now()
        if at.year not in YEARS:
            raise InvalidValue("at", f"must lie in the years {YEARS.start} to {YEARS.stop - 1}")
        return instant(at)

    def day(self, at: datetime) -> date:
        """The company's day of an instant."""
        return self.settings.day(at)

    def working(self) -> AbstractContextManager[Work]:
        """Work that is committed at the end, or with the transaction it belongs to."""
        return self._own(write=True) if self.held is None else self._part(self.held)

    def looking(self) -> AbstractContextManager[Work]:
        """Work that changes nothing."""
        return self._own(write=False) if self.held is None else nullcontext(self._work(self.held))

    def run(
        self,
        command: str,
        cls: type[E],
        key: str | None,
        arguments: Mapping[str, object],
        step: Callable[[Work], E],
    ) -> E:
        """The result of a command, carried out once per key.

        Args:
            command: The command's name, such as ``sales.bill``; keys of others are apart.
            cls: The class of the result.
            key: The caller's idempotency key, or None.
            arguments: What the caller asked for, to tell a repeat from a misuse: the ``locals()``
                of the command at its first line. The object itself and the key are left out.
            step: Carries it out.

        Raises:
            IdempotencyMismatch: the key was used with other arguments.
            Busy: others were in the way until the deadline.
            OutcomeUnknown: the answer to the commit was lost, and there is no key to ask again with.
        """
        attempt = self._attempt(command, cls, key, arguments, step)
        if self.held is not None:
            return attempt()
        moved = self.clock.moved
        try:
            return self.retrying.carry_out(attempt, is_repeatable=key is not None)
        except NotValid:
            # It may have been too early by a clock that was behind, and is so no more.
            if self.clock.moved == moved:
                raise
            return self.retrying.carry_out(attempt, is_repeatable=key is not None)

    def carry_out(self, step: Callable[[Work], T]) -> T:
        """What the step returned, committed; taken again when others were in the way.

        For steps that are no command and have no key. Inside a transaction it is a part of it.
        """

        def attempt() -> T:
            with self.working() as work:
                return step(work)

        return attempt() if self.held is not None else self.retrying.carry_out(attempt)

    def _attempt(
        self,
        command: str,
        cls: type[E],
        key: str | None,
        arguments: Mapping[str, object],
        step: Callable[[Work], E],
    ) -> Callable[[], E]:
        def plainly() -> E:
            with self.working() as work:
                return step(work)

        if key is None:
            return plainly
        check_key(key)
        asked = {name: each for name, each in arguments.items() if name not in {"self", "key"}}
        mark = fingerprint(asked)

        def once() -> E:
            with self.working() as work:
                known = work.unit.recall(command, key)
                if known is None:
                    result = step(work)
                    work.remember(command, key, mark, result)
                    return result
                if known.fingerprint != mark:
                    raise IdempotencyMismatch(command, key)
                return work.get(cls, known.entity_id)

        return once

    @contextmanager
    def _own(self, *, write: bool) -> Generator[Work, None, None]:
        with self.store.begin(write=write) as unit:
            yield self._work(unit)
            if write:
                unit.commit()

    @contextmanager
    def _part(self, unit: UnitOfWork) -> Generator[Work, None, None]:
        work = self._work(unit)
        try:
            yield work
        except BaseException:
            # Whoever catches this error must not commit half a command, nor a number it drew.
            if work.wrote:
                with suppress(Closed):  # the store may have ended it already
                    unit.rollback()
            raise

    def _work(self, unit: UnitOfWork) -> Work:
        return Work(unit, self.store.registry, self.ids, self.clock)
