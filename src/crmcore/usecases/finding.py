"""Reading collections of entities: lazy, paged, in constant memory."""

import html
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue, NothingFound, SeveralFound, WrongType
from crmcore.grammar.binding import Scope, bind, bind_order
from crmcore.grammar.change import SERVER_FIELDS, Change, Entity
from crmcore.grammar.entity import Kind
from crmcore.grammar.field import Expression, count, order_of
from crmcore.grammar.query import EVERYTHING, AggregateQuery, Condition, Order, Query
from crmcore.ports import Page, Progress, Recorded
from crmcore.usecases.arguments import commands
from crmcore.usecases.work import Desk, Work
from crmcore.values import as_int, as_uuid

E = TypeVar("E", bound=Entity)

OrderKey = Expression | Order | str
"""One key of an order: ``F.name``, ``F.name.descending``, ``"name"`` or ``"-name"``."""

PAGE_SIZE = 500
_SHOWN = 20
_COLUMNS = 8
_ASIDE = SERVER_FIELDS | {"name", "title", "external_id"}
_SHOWN_KINDS = frozenset(Kind) - {Kind.CHILDREN, Kind.RECORD, Kind.ATTRIBUTES, Kind.ID}


@attrs.frozen(eq=False, repr=False)
class Found(Generic[E]):
    """What a search finds, fetched page by page while it is being read.

    It can be read again; each reading asks the store anew. Outside a transaction each page sees
    the store as it is then: an entity that existed throughout is met exactly once, unless its
    place in the order changed meanwhile.
    """

    _desk: Desk
    _cls: type[E]
    _query: Query
    _size: int = PAGE_SIZE

    def __iter__(self) -> Iterator[E]:
        for page in self.pages():
            yield from page.items

    def pages(self, size: int | None = None) -> Iterator[Page[E]]:
        """The pages, each with the cursor that leads to the next one."""
        limit = self._size if size is None else size
        if as_int("size", limit) < 1:
            raise InvalidValue("size", "a page has at least one entity")
        query = attrs.evolve(self._query, limit=limit)
        while True:
            with self._desk.looking() as work:
                page = work.unit.repository(self._cls).find(query)
            yield page
            if page.cursor is None:
                return
            query = attrs.evolve(query, after=page.cursor)

    def first(self) -> E | None:
        """The first one; None when nothing is found."""
        return next(iter(next(self.pages(1)).items), None)

    def one(self) -> E:
        """The only one.

        Raises:
            NothingFound: when there is none.
            SeveralFound: when there are more.
        """
        match next(self.pages(2)).items:
            case (only,):
                return only
            case ():
                raise NothingFound(f"{self._query.entity} that fulfils the condition")
            case _:
                raise SeveralFound(self._query.entity)

    def count(self) -> int:
        """How many there are, counted by the store."""
        query = AggregateQuery(
            entity=self._query.entity, measures={"n": count()}, where=self._query.where
        )
        with self._desk.looking() as work:
            (group,) = work.unit.aggregate(query)
        number = group.values["n"]
        return number if isinstance(number, int) else 0

    def __repr__(self) -> str:
        return f"<Found {self._query.entity}: {self.count()}>"

    def _repr_html_(self) -> str:
        registry = self._desk.store.registry
        fields = registry.named(self._query.entity).fields.items()
        names = [name for name, spec in fields if spec.kind in _SHOWN_KINDS and name not in _ASIDE]
        head = "".join(f"<th>{html.escape(name)}</th>" for name in ("", *names[:_COLUMNS]))
        rows = "".join(
            f"<tr><th>{html.escape(registry.label(entity))}</th>"
            f"{''.join(_cell(entity, name) for name in names[:_COLUMNS])}</tr>"
            for entity in next(self.pages(_SHOWN)).items
        )
        caption = f"{html.escape(self._query.entity)}: {self.count()}, the first {_SHOWN} at most"
        return f"<table><caption>{caption}</caption><tr>{head}</tr>{rows}</table>"


def pages_of(
    found: Found[E], size: int, progress: Progress | None = None
) -> Iterator[tuple[E, ...]]:
    """The entities of each page, telling after each how many are done, of how many.

    Args:
        found: What was found.
        size: How many a page holds.
        progress: Called with both numbers; when left out, nothing is counted.
    """
    done, every = 0, 0 if progress is None else found.count()
    for page in found.pages(size):
        yield page.items
        done += len(page.items)
        if progress is not None:
            progress(done, every)


def _cell(entity: Entity, name: str) -> str:
    value = getattr(entity, name, None)
    return f"<td>{'' if value is None else html.escape(str(value))}</td>"


@commands
class Collection(Generic[E]):
    """All entities of one type: look one up, search, read what happened to one."""

    def __init__(self, desk: Desk, cls: type[E]) -> None:
        self._desk = desk
        self._cls = cls
        self._kind = desk.store.registry.of_class(cls)

    def get(self, id: UUID) -> E:
        """The entity.

        Raises:
            EntityNotFound: when there is none.
        """
        with self._desk.looking() as work:
            return work.get(self._cls, id)

    def find(
        self,
        where: Condition = EVERYTHING,
        *,
        order_by: OrderKey | Sequence[OrderKey] = (),
        page_size: int = PAGE_SIZE,
    ) -> Found[E]:
        """What fulfils a condition, lazily.

        Args:
            where: An expression of `crmcore.F`; everything when left out.
            order_by: One key or several; the id is always the last one. Missing values come first.
            page_size: How many to fetch at a time.

        Raises:
            UnknownField: when a path does not exist, with a suggestion.
            NotValid: when a value does not fit its field; `ManyFaults` when there is more.
        """
        keys = (order_by,) if isinstance(order_by, Expression | Order | str) else tuple(order_by)
        scope = Scope.of(self._kind, self._desk.store.registry)
        query = Query(
            entity=self._kind.name,
            where=bind(where, scope),
            order=bind_order(tuple(order_of(key) for key in keys), scope),
        )
        return Found(self._desk, self._cls, query, page_size)

    def history(self, id: UUID) -> tuple[Recorded, ...]:
        """All events of one entity, first to last; empty when nothing is known of it."""
        with self._desk.looking() as work:
            return work.unit.history(self._kind.name, as_uuid("id", id))

    def __repr__(self) -> str:
        return f"<{self._kind.name}s of {self._desk.store.tenant!r}>"


@commands
class Records(Collection[E]):
    """The entities of a host application's own type, changed by its own verbs."""

    def apply(self, change: Change[E], *, key: str | None = None) -> E:
        """The entity of a change as stored, added when it is new, its events recorded.

        Args:
            change: What a verb of yours decided.
            key: Idempotency key.

        Raises:
            WrongType: when the entity is of another type, or of one of ours, which their own
                commands change.
            StaleRevision: when somebody changed the entity since you read it.
        """
        kind = type(change.entity)
        if not issubclass(kind, self._cls) or kind.__module__.startswith("crmcore."):
            raise WrongType("change", f"a change of a {self._kind.name} of yours", kind.__name__)
        asked = {"entity": change.entity, "events": change.events}

        def step(work: Work) -> E:
            return work.apply(change)

        return self._desk.run(f"{self._kind.name}.apply", self._cls, key, asked, step)
