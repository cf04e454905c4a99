"""What a check reads: everything of one tenant, in one state, and past what cannot be read.

A row that makes no entity ends no check: it comes as `Unreadable`, in its place. Only after an error
that no store should raise does reading go on in a new unit of work, which may see a later state.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

import attrs

from crmcore.checking import Referred, Referring
from crmcore.errors import CrmError, DamagedRecord, StoreFailure
from crmcore.grammar.binding import Scope, bind, bind_order
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType
from crmcore.grammar.field import count, order_of
from crmcore.grammar.query import (
    EVERYTHING,
    AggregateQuery,
    Among,
    Compare,
    Condition,
    Has,
    Path,
    Query,
    Scalar,
)
from crmcore.grammar.registry import reference_values
from crmcore.grammar.specification import Kind
from crmcore.ports import Page, Store, UnitOfWork

T = TypeVar("T")

PAGE = 200
"""So many entities are looked at together, with all that lies beside them."""

_ID = Path(("id",))
_VALUES = 500


@attrs.frozen
class Unreadable:
    """What stands for something that cannot be read.

    Attributes:
        reason: Why; never a value.
    """

    reason: str


Row = tuple[UUID | None, Entity | Unreadable]
"""An entity, or what stands for it, with its id where that is known."""

Beside = Mapping[UUID, Sequence[Entity]]
"""What lies beside each of some entities, by their ids."""


class Source:
    """Everything of one tenant, read in one unit of work as long as everything can be read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stack = ExitStack()
        self._work = self._begun()

    @property
    def work(self) -> UnitOfWork:
        """The unit of work that is being read in."""
        return self._work

    def tried(self, step: Callable[[UnitOfWork], T]) -> T | Unreadable:
        """What a step reads.

        Raises:
            StoreFailure: the store itself failed, so nothing can be said.
        """
        try:
            return step(self._work)
        except DamagedRecord as damage:
            return Unreadable(damage.reason)
        except StoreFailure:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a damaged row raises
            # The text of a foreign error may hold the values of people.
            reason = error.message if isinstance(error, CrmError) else type(error).__name__
            self._stack.close()
            self._work = self._begun()
            return Unreadable(reason)

    def rows(self, kind: EntityType) -> Iterator[list[Row]]:
        """Every entity of a type, by id, in portions."""
        query = Query(entity=kind.name, limit=PAGE)
        while True:
            page = self.tried(_page(kind, query))
            if isinstance(page, Unreadable):
                yield from self._one_by_one(kind, query.after)
                return
            yield [(entity.id, entity) for entity in page.items]
            if page.cursor is None:
                return
            query = attrs.evolve(query, after=page.cursor)

    def ordered(
        self, kind: EntityType, where: Condition, order: Iterable[str]
    ) -> Iterator[Entity | Unreadable]:
        """The entities that fulfil a condition, in an order; the first that cannot be read ends it."""
        scope = Scope.of(kind, self._store.registry)
        keys = bind_order(tuple(map(order_of, order)), scope)
        query = Query(entity=kind.name, where=bind(where, scope), order=keys, limit=PAGE)
        while True:
            page = self.tried(_page(kind, query))
            if isinstance(page, Unreadable):
                yield page
                return
            yield from page.items
            if page.cursor is None:
                return
            query = attrs.evolve(query, after=page.cursor)

    def existing(self, name: str, ids: Iterable[UUID]) -> set[UUID]:
        """Those of the ids that an entity of a type has, be it readable or not."""
        found: set[UUID] = set()
        for some in _portions(ids):
            listed = self._ids(name, Among(_ID, some))
            found.update(some if isinstance(listed, Unreadable) else listed)
        return found

    def count(self, name: str) -> int:
        """How many entities of a type there are; 0 when that cannot be told."""
        query = AggregateQuery(entity=name, measures={"n": count()})
        groups = self.tried(lambda work: work.aggregate(query))
        number = 0 if isinstance(groups, Unreadable) else groups[0].values["n"]
        return number if isinstance(number, int) else 0

    def beside(
        self, kind: EntityType, entities: Iterable[Entity], what: Referring | Referred
    ) -> Beside | Unreadable:
        """What lies beside each of some entities of a type."""
        if isinstance(what, Referring):
            return self._referring([entity.id for entity in entities], what)
        return self._referred(kind, [*entities], what)

    def _referring(self, ids: list[UUID], what: Referring) -> Beside | Unreadable:
        kind = self._store.registry.named(what.entity)
        found: dict[UUID, list[Entity]] = {}
        for some in _portions(ids):
            for entity in self.ordered(kind, _refers(kind, what.by, some), ()):
                if isinstance(entity, Unreadable):
                    return entity
                values = reference_values(entity, kind)
                for target in {id for path, _, id in values if path == what.by}:
                    found.setdefault(target, []).append(entity)
        return found

    def _referred(
        self, kind: EntityType, entities: list[Entity], what: Referred
    ) -> Beside | Unreadable:
        wanted = {
            entity.id: [id for path, _, id in reference_values(entity, kind) if path == what.by]
            for entity in entities
        }
        ids = {id for some in wanted.values() for id in some}
        cls = self._store.registry.named(what.entity).cls
        read = self.tried(lambda work: work.repository(cls).get_many(ids))
        if isinstance(read, Unreadable):
            return read
        return {id: [read[each] for each in some if each in read] for id, some in wanted.items()}

    def _one_by_one(
        self, kind: EntityType, after: tuple[Scalar | None, ...] | None
    ) -> Iterator[list[Row]]:
        last = after[-1] if after else None
        where = EVERYTHING if last is None else Compare("gt", _ID, last)
        ids = self._ids(kind.name, where)
        if isinstance(ids, Unreadable):
            yield [(None, ids)]
            return
        for some in _portions(sorted(ids)):
            yield [(each, self.tried(_one(kind, each))) for each in some]

    def _ids(self, name: str, where: Condition) -> list[UUID] | Unreadable:
        query = AggregateQuery(entity=name, measures={"n": count()}, by=(_ID,), where=where)
        groups = self.tried(lambda work: work.aggregate(query))
        if isinstance(groups, Unreadable):
            return groups
        keys = (group.key[0] for group in groups)
        return [key for key in keys if isinstance(key, UUID)]

    def _begun(self) -> UnitOfWork:
        return self._stack.enter_context(self._store.begin(write=False))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()


def _page(kind: EntityType, query: Query) -> Callable[[UnitOfWork], Page[Entity]]:
    return lambda work: work.repository(kind.cls).find(query)


def _one(kind: EntityType, id: UUID) -> Callable[[UnitOfWork], Entity]:
    return lambda work: work.repository(kind.cls).get(id)


def _refers(kind: EntityType, by: str, ids: tuple[UUID, ...]) -> Condition:
    first, _, inner = by.partition(".")
    if inner and kind.fields[first].kind is Kind.CHILDREN:
        return Has(Path((first,)), Among(Path((inner,)), ids))
    return Among(Path(tuple(by.split("."))), ids)


def _portions(ids: Iterable[UUID]) -> Iterator[tuple[UUID, ...]]:
    waiting = iter(ids)
    while some := tuple(islice(waiting, _VALUES)):
        yield some
