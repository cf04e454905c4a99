"""Several steps in memory that happen all or not at all."""

from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

from crmcore.errors import KeyTaken, WrongType
from crmcore.grammar.aggregating import evaluate
from crmcore.grammar.change import Entity
from crmcore.grammar.naming import (
    checked_entity,
    checked_fingerprint,
    checked_key,
    checked_series,
)
from crmcore.grammar.query import AggregateQuery, Group
from crmcore.memory.archive import MemoryArchive
from crmcore.memory.beside import Beside
from crmcore.memory.outbox import MemoryOutbox
from crmcore.memory.repository import MemoryRepository
from crmcore.memory.shelf import Post
from crmcore.memory.view import View
from crmcore.ports import Posted, Recorded, Remembered

E = TypeVar("E", bound=Entity)


class MemoryUnitOfWork:
    """The unit of work of the store in memory."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._beside = Beside(view)

    @property
    def outbox(self) -> MemoryOutbox:
        """The events on their way."""
        return MemoryOutbox(self._view)

    @property
    def archive(self) -> MemoryArchive:
        """All that is kept beside the entities."""
        return MemoryArchive(self._view)

    def repository(self, cls: type[E], /) -> MemoryRepository[E]:
        """The repository of the entity type that ``cls`` is, or is a variant of."""
        self._view.reading()
        return MemoryRepository(self._view, cls)

    def aggregate(self, query: AggregateQuery, /) -> tuple[Group, ...]:
        """The groups of a bound aggregate query, ordered by key, missing values first."""
        self._view.reading()
        name, row = query.entity, self._view.row
        rows = (row(name, key) for key in self._view.candidates(name, query.where))
        return evaluate(query, rows, row, self._view.questions.scopes[name])

    def record(self, recorded: Recorded, /) -> None:
        """Afterwards the event is stored if, and only if, this unit of work commits.

        Raises:
            UnknownName: no event of this name is registered.
            WrongType: another class of the same name is.
        """
        self._view.writing()
        cls = type(recorded.event)
        if self._view.questions.registry.event(cls.__name__) is not cls:
            raise WrongType("event", "a registered event", cls.__qualname__)
        checked_entity(recorded.entity)
        self._beside.post(Post(Posted(recorded=recorded)))

    def history(self, entity: str, id: UUID, /) -> tuple[Recorded, ...]:
        """All events of one entity, by revision and position."""
        self._view.reading()
        posts = self._beside.posts((checked_entity(entity), id))
        return tuple(self._beside.seen(post.posted.recorded) for post in posts)

    def guard(self, entity: Entity, /) -> None:
        """Return when ``entity`` is unchanged; while this unit writes, nobody else does anything.

        Raises:
            StaleRevision: it has changed already.
        """
        self._view.reading()
        self._view.expect(self._view.questions.registry.of_class(type(entity)).name, entity)

    def draw(self, series: str, period: str, /) -> int:
        """The next number of a series, from 1, without gaps over all commits."""
        numbers, key = self._view.writing().numbers, checked_series(series, period)
        numbers[key] = numbers.get(key, self._view.base.numbers.get(key, 0)) + 1
        return numbers[key]

    def recall(self, scope: str, key: str, /) -> Remembered | None:
        """What was remembered for a key; None when nothing was."""
        self._view.reading()
        return self._beside.remembered(checked_key(scope, key))

    def remember(self, remembered: Remembered, /) -> None:
        """Afterwards the key is taken, if this unit of work commits.

        Raises:
            Duplicate: it is taken already.
        """
        staged = self._view.writing()
        checked_entity(remembered.entity)
        checked_fingerprint(remembered.fingerprint)
        before = self.recall(remembered.scope, remembered.key)
        if before is not None:
            fault = KeyTaken("idempotency key", ("scope", "key"), before.entity_id)
            raise self._view.refused(fault)
        staged.keys[remembered.scope, remembered.key] = remembered

    def commit(self) -> None:
        """Make everything last. After a refusal nothing is stored, and the unit is over as well.

        Raises:
            ReferenceNotFound: something added or saved refers to nothing.
            StillReferenced: something removed is referred to.
        """
        view = self._view
        view.reading()
        try:
            if view.turn is not None:
                view.check_references()
                view.room.publish(view.staged, view.questions.registry)
        finally:
            view.end()

    def rollback(self) -> None:
        """Leave no trace."""
        self._view.reading()
        self._view.end()

    def __enter__(self) -> Self:
        self._view.reading()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._view.is_open:
            self._view.end()
