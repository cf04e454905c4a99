"""Several steps that happen all or not at all: one session, one short transaction, one commit.

Nothing is held while the caller decides: what was read must be as it was read when it is written,
and that is found out at the end. The transaction begins with the first number that is drawn, or
before the first question after a change, and at the latest with the commit.
"""

from operator import attrgetter
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

from bson.int64 import Int64
from pymongo.operations import DeleteOne, ReplaceOne, UpdateOne

from crmcore.errors import KeyTaken, WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.naming import (
    checked_entity,
    checked_fingerprint,
    checked_key,
    checked_series,
)
from crmcore.grammar.query import AggregateQuery, Group
from crmcore.ports import Posted, Recorded, Remembered
from crmcore_mongo._aggregate import tally
from crmcore_mongo._archive import (
    MongoArchive,
    key_document,
    key_key,
    number_key,
    remembered_of,
)
from crmcore_mongo._hold import EntityTable, Hold, Slot
from crmcore_mongo._link import Link, Step
from crmcore_mongo._outbox import BY_PLACE, MongoOutbox, event_document, recorded_of
from crmcore_mongo._references import References
from crmcore_mongo._repository import MongoRepository
from crmcore_mongo._schema import EVENT, GUARDS, KEY, NUMBER, TENANT, key_of
from crmcore_mongo._types import Document

E = TypeVar("E", bound=Entity)

# --- writing down --------------------------------------------------------------------------------


def put_down(hold: Hold) -> None:
    """Afterwards the database holds everything that waited, as far as this transaction can see.

    Removals come first and additions last, so that a unique value may change hands.
    """
    link = hold.begun()
    slots, events, keys = hold.taken()
    by_table: dict[str, list[Slot]] = {}
    for slot in slots:
        by_table.setdefault(slot.table.name, []).append(slot)
    for name, waiting in by_table.items():
        _change(hold, link, hold.tables[name], waiting)
    for name, waiting in by_table.items():
        added = [slot for slot in waiting if slot.stored is None and slot.entity is not None]
        if added:
            link.insert(hold.tables[name].collection, [_document(hold, slot) for slot in added])
        for slot in waiting:
            slot.stored = slot.entity
    if events:
        link.insert(EVENT, [event_document(hold.tenant, each) for each in events])
    if keys:
        link.insert(KEY, [key_document(hold.tenant, each) for each in keys])


def _change(hold: Hold, link: Link, table: EntityTable, slots: list[Slot]) -> None:
    """Afterwards what was there is gone, or as it is to be."""
    there = [slot for slot in slots if slot.stored is not None]
    gone: list[Step] = [DeleteOne(_as_found(hold, slot)) for slot in there if slot.entity is None]
    saved: list[Step] = [
        ReplaceOne(_as_found(hold, slot), _document(hold, slot))
        for slot in there
        if slot.entity is not None
    ]
    if there:
        done = link.change(table.collection, [*gone, *saved])
        if (done.deleted, done.matched) != (len(gone), len(saved)):
            raise hold.failed(None)


def hold_on(hold: Hold) -> None:
    """Afterwards nobody else can commit who goes by one of the guarded entities as it was read."""
    by_table: dict[str, list[Step]] = {}
    for slot in hold.entities.guarded:
        # Whoever writes an entity holds on to it already.
        if slot not in hold.entities.touched:
            step = UpdateOne(_as_found(hold, slot), {"$inc": {GUARDS: Int64(1)}})
            by_table.setdefault(slot.table.collection, []).append(step)
    for collection, steps in by_table.items():
        if hold.begun().change(collection, steps).matched != len(steps):
            raise hold.failed(None)


def _as_found(hold: Hold, slot: Slot) -> Document:
    """The filter that an entity passes as long as it is as it was found."""
    key = key_of(hold.tenant, slot.id)
    return {"_id": key, "revision": slot.stored.revision, GUARDS: slot.guards}


def _document(hold: Hold, slot: Slot) -> Document:
    entity = slot.entity
    return slot.table.codec.encode[type(entity)](entity, hold.tenant, slot.guards)


# --- the unit of work ----------------------------------------------------------------------------


class MongoUnitOfWork:
    """The unit of work of a database."""

    def __init__(self, hold: Hold) -> None:
        self._hold = hold
        self._registry = hold.compiler.schema.registry

    @property
    def outbox(self) -> MongoOutbox:
        """The events on their way."""
        return MongoOutbox(self._hold)

    @property
    def archive(self) -> MongoArchive:
        """All that is kept beside the entities."""
        return MongoArchive(self._hold)

    def repository(self, cls: type[E], /) -> MongoRepository[E]:
        """The repository of the entity type that ``cls`` is, or of those of the variant it is."""
        self._hold.reading()
        table = self._hold.tables[self._registry.of_class(cls).name]
        return MongoRepository(self._hold, table, cls)

    def aggregate(self, query: AggregateQuery, /) -> tuple[Group, ...]:
        """The groups of a bound aggregate query, ordered by key, missing values first."""
        link = self._hold.settled()
        asked = tally(self._hold.compiler, query, self._hold.tenant)
        return asked.groups(link.piped(asked.collection, asked.pipeline))

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
        link = self._hold.reading()
        where = {
            "entity": checked_entity(entity),
            "entity_id": id,
            TENANT: {"$eq": self._hold.tenant},
        }
        found = link.rows(EVENT, where, order=BY_PLACE)
        told = [recorded_of(each, self._registry) for each in found]
        waiting = (posted.recorded for posted in self._hold.events)
        told += [each for each in waiting if (each.entity, each.entity_id) == (entity, id)]
        return tuple(sorted(told, key=attrgetter("revision", "position")))

    def guard(self, entity: Entity, /) -> None:
        """Make the commit depend on ``entity`` being unchanged since it was read.

        Raises:
            StaleRevision: it has changed already, and the unit of work is over; or, later, the
                commit raises it.
        """
        hold = self._hold
        hold.reading()
        name = self._registry.of_class(type(entity)).name
        entities = hold.entities
        entities.guarded[entities.expected(hold.tables[name], entity)] = None

    def draw(self, series: str, period: str, /) -> int:
        """The next number of a series, from 1, without gaps over all commits."""
        hold = self._hold
        hold.writing()
        place = checked_series(series, period)
        # Before the transaction begins: it must see what the one before has drawn.
        hold.take_turn("number", hold.tenant, *place)
        return hold.begun().raised(NUMBER, number_key(hold.tenant, *place), "value")

    def recall(self, scope: str, key: str, /) -> Remembered | None:
        """What was remembered for a key, byte for byte the same; None when nothing was."""
        link, place = self._hold.reading(), checked_key(scope, key)
        waiting = self._hold.keys.get(place)
        if waiting is not None:
            return waiting
        found = link.one(KEY, key_key(self._hold.tenant, scope, key))
        return None if found is None else remembered_of(found)

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
            raise hold.refused(KeyTaken("idempotency key", ("scope", "key"), before.entity_id))
        hold.keys[remembered.scope, remembered.key] = remembered

    def commit(self) -> None:
        """Make everything last. After a refusal nothing is stored, and the unit is over as well.

        Raises:
            Duplicate, ReferenceNotFound, StillReferenced, StaleRevision: what was refused.
            Contention: others were in the way; nothing was stored.
            OutcomeUnknown: the answer was lost; all of it was stored, or nothing.
        """
        hold = self._hold
        hold.reading()
        if hold.may_write:
            hold.tried(self._finish)
        hold.end()

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

    def _finish(self) -> None:
        hold = self._hold
        references = References(hold)
        references.prepare()
        references.enter()
        hold.settled()
        hold_on(hold)
        references.check()
        if hold.has_begun:
            hold.reading().commit()
            hold.is_committed = True
