"""The entities of one type, of one tenant, as one unit of work sees them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar
from uuid import UUID

from crmcore.errors import DamagedRecord, EntityNotFound, WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.query import Query
from crmcore.grammar.variants import narrowed
from crmcore.ports import Page
from crmcore_mongo._compile import Plan
from crmcore_mongo._hold import EntityTable, Hold, portions
from crmcore_mongo._schema import id_in, key_of
from crmcore_mongo._types import DAMAGE, Document

E = TypeVar("E", bound=Entity)


class MongoRepository(Generic[E]):
    """All entities of one type, of one tenant, as one unit of work sees them."""

    def __init__(self, hold: Hold, table: EntityTable, cls: type[E]) -> None:
        self._hold = hold
        self._cls = cls
        self._table = table
        self._name = table.name
        self._registry = hold.compiler.schema.registry

    def get(self, id: UUID, /) -> E:
        """The entity.

        Raises:
            EntityNotFound: when there is none.
        """
        slot = self._hold.entities.slot(self._table, id)
        if slot is None or not isinstance(slot.entity, self._cls):
            raise EntityNotFound(self._name, id)
        return slot.entity

    def get_many(self, ids: Iterable[UUID], /) -> Mapping[UUID, E]:
        """Those of the entities that exist, by id; empty for no ids."""
        hold, table = self._hold, self._table
        link, wanted = hold.reading(), list(dict.fromkeys(ids))
        known = {id: hold.entities.known(table, id) for id in wanted}
        found: dict[UUID, E] = {}
        for part in portions([id for id, slot in known.items() if slot is None]):
            keys = [key_of(hold.tenant, id) for id in part]
            rows = link.rows(table.collection, {"_id": {"$in": keys}})
            found.update((entity.id, entity) for entity in self._entities(rows))
        here = (slot.entity for slot in known.values() if slot is not None)
        found.update((entity.id, entity) for entity in here if entity is not None)
        return {id: found[id] for id in wanted if isinstance(found.get(id), self._cls)}

    def find(self, query: Query, /) -> Page[E]:
        """One page of the entities that fulfil a bound query."""
        link = self._hold.settled()
        query = narrowed(query, self._table.kind, self._cls)
        plan = self._hold.compiler.find(query, self._hold.tenant)
        if plan.pipeline is None:
            rows = link.rows(plan.collection, plan.filter, order=plan.sort, limit=plan.limit or 0)
        else:
            rows = link.piped(plan.collection, plan.pipeline)
        cursor = None
        if query.limit is not None and len(rows) > query.limit:
            rows.pop()
            cursor = self._cursor(plan, rows[-1])
        return Page(tuple(self._entities(rows)), cursor)

    def _cursor(self, plan: Plan, row: Document) -> tuple[Any, ...]:
        try:
            return plan.key(row)
        except DAMAGE as error:
            damage = DamagedRecord.after(self._name, id_in(row), error)
        raise damage

    def _entities(self, rows: Iterable[Document]) -> Iterator[E]:
        entities, table = self._hold.entities, self._table
        for row in rows:
            if not self._hold.may_write:
                yield table.decoded(row)[0]
                continue
            slot = entities.known(table, row["_id"]["id"])
            if slot is None or slot.stored is None or slot.stored.revision != row["revision"]:
                slot = entities.keep(table, row)
            yield slot.entity

    def add(self, entity: E, /) -> E:
        """The new entity as stored, at revision 1.

        Raises:
            Duplicate: the id, or a declared set of unique fields, is taken; at the latest when
                committing.
            ReferenceNotFound: a reference leads nowhere; when committing.
            NotValid: the boundary check of the registry refuses a value.
        """
        hold = self._accepted(entity)
        stored: E = self._table.codec.revised[type(entity)](entity, 1)
        hold.entities.put_new(self._table, stored)
        return stored

    def save(self, entity: E, /) -> E:
        """The entity as stored, its revision raised by one.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with.
            ImmutableDocument: it is sealed, and more than open fields differ.
            Duplicate, ReferenceNotFound, NotValid: as for `add`.
        """
        hold = self._accepted(entity)
        slot = hold.entities.expected(self._table, entity)
        self._table.kind.check_seal(slot.entity, entity)
        stored: E = self._table.codec.revised[type(entity)](entity, entity.revision + 1)
        hold.entities.put(slot, stored)
        return stored

    def remove(self, entity: E, /) -> None:
        """Afterwards the entity is gone.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with.
            ImmutableDocument: it is sealed.
            StillReferenced: another entity refers to it; when committing.
        """
        self._hold.writing()
        slot = self._hold.entities.expected(self._table, entity)
        self._table.kind.check_seal(slot.entity, None)
        self._hold.entities.put(slot, None)

    def _accepted(self, entity: E) -> Hold:
        self._hold.writing()
        if self._registry.of_class(type(entity)) is not self._table.kind:
            raise WrongType("entity", self._name, type(entity).__name__)
        self._registry.check(entity)
        return self._hold
