"""The entities of one type as one unit of work sees them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from crmcore.errors import DamagedRecord, Duplicate, EntityNotFound, WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.query import EVERYTHING, Query
from crmcore.grammar.variants import narrowed
from crmcore.ports import Page
from crmcore_sql._codec import Kids, Row
from crmcore_sql._compile import Plan
from crmcore_sql._hold import Hold, Slot
from crmcore_sql._sheets import EntityTable, portions
from crmcore_sql._types import DAMAGE, id_of, known_id

E = TypeVar("E", bound=Entity)

Group = Mapping[str, Sequence[Row]]
"""The rows of one child table, by the id of their entity."""


class SqlRepository(Generic[E]):
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
        slot = self._hold.slot(self._table, str(id))
        if slot is None or not isinstance(slot.entity, self._cls):
            raise EntityNotFound(self._name, id)
        return slot.entity

    def get_many(self, ids: Iterable[UUID], /) -> Mapping[UUID, E]:
        """Those of the entities that exist, by id; empty for no ids."""
        hold, table = self._hold, self._table
        link = hold.reading()
        wanted = {str(id): id for id in ids}
        known = {text: hold.known(table, text) for text in wanted}
        found: dict[UUID, E] = {}
        for part in portions([text for text, slot in known.items() if slot is None]):
            rows = link.rows(table.sheet.some(len(part)), (*part, hold.tenant))
            found.update((entity.id, entity) for entity in self._entities(rows, adjoining=False))
        here = (slot.entity for slot in known.values() if slot is not None)
        found.update((entity.id, entity) for entity in here if entity is not None)
        return {id: found[id] for id in wanted.values() if isinstance(found.get(id), self._cls)}

    def find(self, query: Query, /) -> Page[E]:
        """One page of the entities that fulfil a bound query."""
        link = self._hold.settled()
        query = narrowed(query, self._table.kind, self._cls)
        statement, plan = self._hold.compiler.find(query, self._hold.tenant)
        rows = link.rows(statement.sql, statement.values, once=statement.once)
        cursor = None
        if query.limit is not None and len(rows) > query.limit:
            rows.pop()
            cursor = self._cursor(plan, rows[-1])
        if rows and len(rows[0]) > plan.width:
            rows = [row[: plan.width] for row in rows]
        adjoining = query.where == EVERYTHING and not plan.keys
        return Page(tuple(self._entities(rows, adjoining=adjoining)), cursor)

    def _cursor(self, plan: Plan, row: Row) -> tuple[Any, ...]:
        try:
            return (*[load(row[place]) for place, load in plan.keys], id_of(row[0]))
        except DAMAGE as error:
            damage = DamagedRecord.after(self._name, known_id(row[0]), error)
        raise damage

    def _entities(self, rows: Sequence[Row], *, adjoining: bool) -> Iterator[E]:
        if not rows:
            return iter(())
        hold, table = self._hold, self._table
        groups = table.children(hold.reading(), hold.tenant, rows, adjoining=adjoining)
        if hold.may_write:
            return self._kept(self._whole(rows, groups))
        decoded = table.decoded
        if not any(groups):
            nothing = [()] * len(groups)
            return (decoded(row, nothing) for row in rows)
        return (decoded(row, _of(row, groups)) for row in rows)

    def _kept(self, found: Iterable[tuple[Row, Kids]]) -> Iterator[E]:
        hold, table = self._hold, self._table
        for row, kids in found:
            slot = hold.known(table, row[0])
            if slot is None or slot.row is None or slot.row[table.revision] != row[table.revision]:
                slot = hold.keep(table, row, kids)
            yield slot.entity

    def _whole(self, rows: Sequence[Row], groups: Sequence[Group]) -> Iterator[tuple[Row, Kids]]:
        """Each row with those of its children, as they were at one moment."""
        hold, table = self._hold, self._table
        link = hold.reading()
        present: Mapping[str, int] | None = None
        if groups and hold.may_tear:
            present = table.revisions(link, hold.tenant, rows)
        for row in rows:
            if present is None or present.get(row[0]) == row[table.revision]:
                yield row, _of(row, groups)
                continue
            again = table.one(link, hold.tenant, row[0], may_tear=True)
            if again is not None:
                yield again

    def add(self, entity: E, /) -> E:
        """The new entity as stored, at revision 1.

        Raises:
            Duplicate: the id, or a declared set of unique fields, is taken; at the latest when
                committing.
            ReferenceNotFound: a reference leads nowhere; at the latest when committing.
            NotValid: the boundary check of the registry refuses a value.
        """
        hold, id = self._accepted(entity), str(entity.id)
        known = hold.known(self._table, id)
        if known is not None and known.entity is not None:
            hold.end()
            raise Duplicate(self._name, ("id",), entity.id)
        if known is not None:
            hold.settled()  # so that the removal goes before
        stored: E = self._table.codec.revised[type(entity)](entity, 1)
        hold.put(known or Slot(self._table, id, stored, None, ()), stored)
        return stored

    def save(self, entity: E, /) -> E:
        """The entity as stored, its revision raised by one.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with.
            ImmutableDocument: it is sealed, and more than open fields differ.
            Duplicate, ReferenceNotFound, NotValid: as for `add`.
        """
        hold = self._accepted(entity)
        slot = hold.expected(self._table, entity)
        self._table.kind.check_seal(slot.entity, entity)
        stored: E = self._table.codec.revised[type(entity)](entity, entity.revision + 1)
        hold.put(slot, stored)
        return stored

    def remove(self, entity: E, /) -> None:
        """Afterwards the entity is gone.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with.
            ImmutableDocument: it is sealed.
            StillReferenced: another entity refers to it; when committing.
        """
        self._hold.writing()
        slot = self._hold.expected(self._table, entity)
        self._table.kind.check_seal(slot.entity, None)
        self._hold.put(slot, None)

    def _accepted(self, entity: E) -> Hold:
        self._hold.writing()
        if self._registry.of_class(type(entity)) is not self._table.kind:
            raise WrongType("entity", self._name, type(entity).__name__)
        self._registry.check(entity)
        return self._hold


def _of(row: Row, groups: Sequence[Group]) -> Kids:
    nothing = ()
    return [group.get(row[0], nothing) for group in groups]
