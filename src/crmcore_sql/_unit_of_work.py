"""Several steps that happen all or not at all: one connection, one transaction, one commit."""

from operator import attrgetter
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from crmcore.errors import KeyTaken, StoreUnavailable, WrongType
from crmcore.grammar.aggregating import sort_key
from crmcore.grammar.change import Entity
from crmcore.grammar.naming import (
    checked_entity,
    checked_fingerprint,
    checked_key,
    checked_series,
)
from crmcore.grammar.query import AggregateQuery, Group
from crmcore.ports import Posted, Recorded, Remembered
from crmcore_sql._aggregate import tally
from crmcore_sql._archive import SqlArchive
from crmcore_sql._codec import Row
from crmcore_sql._errors import Overflown
from crmcore_sql._hold import Hold
from crmcore_sql._outbox import SqlOutbox
from crmcore_sql._repository import SqlRepository
from crmcore_sql._writing import finish, put_down_all

E = TypeVar("E", bound=Entity)


class SqlUnitOfWork:
    """The unit of work of a database.

    Args:
        hold: What it holds: the connection, its transaction begun.
    """

    def __init__(self, hold: Hold) -> None:
        self._hold = hold
        self._compiler = hold.compiler
        self._registry = hold.compiler.schema.registry

    @property
    def outbox(self) -> SqlOutbox:
        """The events on their way."""
        return SqlOutbox(self._hold)

    @property
    def archive(self) -> SqlArchive:
        """All that is kept beside the entities."""
        return SqlArchive(self._hold)

    def repository(self, cls: type[E], /) -> SqlRepository[E]:
        """The repository of the entity type that ``cls`` is, or is a variant of."""
        self._hold.reading()
        return SqlRepository(self._hold, self._hold.tables[self._registry.of_class(cls).name], cls)

    def aggregate(self, query: AggregateQuery, /) -> tuple[Group, ...]:
        """The groups of a bound aggregate query, ordered by key, missing values first."""
        self._hold.settled()
        try:
            return self._groups(query, halved=False)
        except Overflown:
            # A sum beyond 64 bits is refused by the database, never rounded; so it is asked for
            # in two parts. A statement that is wrong has the same code, and fails again.
            pass
        try:
            return self._groups(query, halved=True)
        except Overflown as failure:
            reason = failure.reason
        self._hold.end()
        raise StoreUnavailable(reason)

    def _groups(self, query: AggregateQuery, *, halved: bool) -> tuple[Group, ...]:
        link, tenant = self._hold.reading(), self._hold.tenant
        asked = tally(self._compiler, query, tenant, halved=halved)
        middles: dict[str, dict[Row, list[Any]]] = {}
        for name, (statement, _) in asked.medians.items():
            found = middles[name] = {}
            for row in link.rows(statement.sql, statement.values, lenient=True, once=True):
                found.setdefault(row[:-1], []).append(row[-1])
        rows = link.rows(asked.statement.sql, asked.statement.values, lenient=True, once=True)
        groups = [asked.group(row, middles) for row in rows]
        return tuple(sorted(groups, key=lambda group: sort_key(group.key)))

    def record(self, recorded: Recorded, /) -> None:
        """Afterwards the event is stored if, and only if, this unit of work commits.

        Raises:
            UnknownName: no event of this name is registered.
            WrongType: another class of the same name is.
        """
        self._hold.writing()
        cls = type(recorded.event)
        if self._registry.event(cls.__name__) is not cls:
            raise WrongType("event", "a registered event", cls.__qualname__)
        checked_entity(recorded.entity)
        self._hold.events.append(Posted(recorded=recorded))

    def history(self, entity: str, id: UUID, /) -> tuple[Recorded, ...]:
        """All events of one entity, by revision and position."""
        hold, beside = self._hold, self._hold.beside
        link = hold.reading()
        rows = link.rows(beside.history, (checked_entity(entity), str(id), hold.tenant))
        stored = [beside.posted(row).recorded for row in rows]
        waiting = [each.recorded for each in hold.events]
        own = [each for each in waiting if (each.entity, each.entity_id) == (entity, id)]
        return tuple(sorted((*stored, *own), key=attrgetter("revision", "position")))

    def guard(self, entity: Entity, /) -> None:
        """Return when ``entity`` is unchanged; the commit makes sure that it still is.

        Raises:
            StaleRevision: it has changed already.
        """
        hold = self._hold
        hold.reading()
        name = self._registry.of_class(type(entity)).name
        slot = hold.expected(hold.tables[name], entity)
        if hold.may_write:
            hold.guarded[slot] = None

    def draw(self, series: str, period: str, /) -> int:
        """The next number of a series, from 1, without gaps over all commits."""
        place = checked_series(series, period)
        hold = self._hold
        link = hold.writing()
        put_down_all(hold)
        return int(link.rows(hold.beside.draw, (hold.tenant, *place))[0][0])

    def recall(self, scope: str, key: str, /) -> Remembered | None:
        """What was remembered for a key, byte for byte the same; None when nothing was."""
        hold = self._hold
        link = hold.reading()
        waiting = hold.keys.get(checked_key(scope, key))
        if waiting is not None:
            return waiting
        for row in link.rows(hold.beside.one_key, (scope, key, hold.tenant)):
            return hold.beside.remembered(row)
        return None

    def remember(self, remembered: Remembered, /) -> None:
        """Afterwards the key is taken, if this unit of work commits.

        Raises:
            Duplicate: it is taken already.
        """
        hold = self._hold
        hold.writing()
        checked_entity(remembered.entity)
        checked_fingerprint(remembered.fingerprint)
        before = self.recall(remembered.scope, remembered.key)
        if before is not None:
            hold.end()
            raise KeyTaken("idempotency key", ("scope", "key"), before.entity_id)
        hold.keys[remembered.scope, remembered.key] = remembered

    def commit(self) -> None:
        """Make everything last. After a refusal nothing is stored, and the unit is over as well.

        Raises:
            Duplicate, ReferenceNotFound, StillReferenced, StaleRevision: what was refused.
            Contention: others were in the way.
            OutcomeUnknown: the answer of the database was lost.
        """
        self._hold.reading()
        if self._hold.may_write:
            finish(self._hold)
        self._hold.end(is_committed=self._hold.may_write)

    def rollback(self) -> None:
        """Leave no trace."""
        self._hold.reading()
        self._hold.end()

    def __enter__(self) -> Self:
        self._hold.reading()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hold.end()
