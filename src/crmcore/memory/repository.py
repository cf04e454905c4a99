"""The entities of one type as one unit of work sees them. The rules of a change lie in `view`."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs

from crmcore.errors import Duplicate, EntityNotFound, WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.compiling import Getter
from crmcore.grammar.paging import ID, total_order
from crmcore.grammar.query import Order, Query
from crmcore.grammar.variants import narrowed
from crmcore.memory.shelf import Keyed, by_int
from crmcore.memory.view import View
from crmcore.ports import Page

E = TypeVar("E", bound=Entity)


class MemoryRepository(Generic[E]):
    """The repository of the store in memory."""

    def __init__(self, view: View, cls: type[E]) -> None:
        self._view = view
        self._cls = cls
        self._kind = view.questions.registry.of_class(cls)
        self._name = self._kind.name

    def get(self, id: UUID, /) -> E:
        """The entity.

        Raises:
            EntityNotFound: when there is none.
        """
        self._view.reading()
        entity = self._view.row(self._name, id)
        if not isinstance(entity, self._cls):
            raise EntityNotFound(self._name, id)
        return entity

    def get_many(self, ids: Iterable[UUID], /) -> Mapping[UUID, E]:
        """Those of the entities that exist, by id."""
        self._view.reading()
        rows = ((key, self._view.row(self._name, key)) for key in ids)
        return {key: row for key, row in rows if isinstance(row, self._cls)}

    def find(self, query: Query, /) -> Page[E]:
        """One page of the entities that fulfil a bound query."""
        self._view.reading()
        query = narrowed(query, self._kind, self._cls)
        order = total_order(query.order)
        getters = [self._view.questions.getter(self._name, key.by) for key in order]
        by_id = order == (ID,)
        rows = self._by_id(query, query.after) if by_id else self._ordered(query, order, getters)
        if query.limit is None:
            return Page(tuple(rows), None)
        items = list(islice(rows, query.limit + 1))
        if len(items) <= query.limit:
            return Page(tuple(items), None)
        items.pop()
        cursor = tuple(getter(items[-1], self._view.row) for getter in getters)
        return Page(tuple(items), cursor)

    def add(self, entity: E, /) -> E:
        """The new entity as stored, at revision 1.

        Raises:
            Duplicate: the id, or a declared set of unique fields, is taken.
            NotValid: the boundary check refuses a value.
        """
        self._accept(entity)
        if self._view.row(self._name, entity.id) is not None:
            raise self._view.refused(Duplicate(self._name, ("id",), entity.id))
        stored = attrs.evolve(entity, revision=1)
        self._view.stage(self._kind, stored)
        return stored

    def save(self, entity: E, /) -> E:
        """The entity as stored, its revision raised by one.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with.
            ImmutableDocument: it is sealed, and more than open fields differ.
            Duplicate: another one has the same unique fields.
            NotValid: the boundary check refuses a value.
        """
        self._accept(entity)
        self._kind.check_seal(self._view.expect(self._name, entity), entity)
        stored = attrs.evolve(entity, revision=entity.revision + 1)
        self._view.stage(self._kind, stored)
        return stored

    def remove(self, entity: E, /) -> None:
        """Afterwards the entity is gone.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with.
            ImmutableDocument: it is sealed.
        """
        staged = self._view.writing()
        self._kind.check_seal(self._view.expect(self._name, entity), None)
        staged.rows.setdefault(self._name, {})[entity.id] = None

    def _accept(self, entity: E) -> None:
        self._view.writing()
        if type(entity) not in self._kind.records:
            raise WrongType("entity", self._name, type(entity).__name__)
        self._view.questions.registry.check(entity)

    def _by_id(self, query: Query, after: Sequence[Any] | None) -> Iterator[E]:
        name, row = self._name, self._view.row
        ids = self._view.candidates(name, query.where)
        start = 0 if after is None else bisect_right(ids, after[0].int, key=by_int)
        wanted = self._view.questions.predicate(name, query.where)
        rows = (row(name, ids[place]) for place in range(start, len(ids)))
        return (entity for entity in rows if wanted(entity, row))

    def _ordered(
        self, query: Query, order: Sequence[Order], getters: Sequence[Getter]
    ) -> Iterator[E]:
        keyed = self._listing(query, order, getters)
        start, cursor = 0, query.after
        if cursor is not None:
            start = bisect_right(keyed, False, key=lambda pair: _is_beyond(pair[0], cursor, order))
        return (keyed[place][1] for place in range(start, len(keyed)))

    def _listing(
        self, query: Query, order: Sequence[Order], getters: Sequence[Getter]
    ) -> list[Keyed]:
        base, asked = self._view.base, (self._name, query.where, query.order)
        is_as_committed = not self._view.staged.rows
        if is_as_committed and base.listing is not None and base.listing[0] == asked:
            return base.listing[1]
        row = self._view.row
        rows = self._by_id(query, None)
        keyed = [(tuple(getter(entity, row) for getter in getters), entity) for entity in rows]
        # From the last key to the first: sorting keeps the order of equals, in reverse too.
        for place in reversed(range(len(order))):
            descending = order[place].descending
            keyed.sort(key=_sort_key(place, descending), reverse=descending)
        if is_as_committed:
            base.listing = (asked, keyed)
        return keyed


def _sort_key(place: int, descending: bool) -> Callable[[Keyed], tuple[bool, Any]]:
    def key(pair: Keyed) -> tuple[bool, Any]:
        value = pair[0][place]
        return (value is None) is descending, value

    return key


def _is_beyond(values: Sequence[Any], cursor: Sequence[Any], order: Sequence[Order]) -> bool:
    for value, edge, key in zip(values, cursor, order, strict=True):
        if value == edge:
            continue
        if value is None or edge is None:
            return edge is None
        return bool(value < edge if key.descending else value > edge)
    return False
