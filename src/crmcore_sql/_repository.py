"""The entities of one type in the database: statements made once, and what one unit of work holds.

Writes gather in the `Hold` of a unit of work, which puts them down before a question and at the end.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from crmcore.errors import Closed, Duplicate, EntityNotFound, StaleRevision, WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType
from crmcore.grammar.query import EVERYTHING, Query
from crmcore.grammar.registry import Registry
from crmcore.grammar.variants import narrowed
from crmcore.ports import Page
from crmcore_sql._codec import Codec, Kids, Row, codec_of
from crmcore_sql._compile import Compiler
from crmcore_sql._errors import Link
from crmcore_sql._schema import VARIANT, Layout
from crmcore_sql._types import id_of

E = TypeVar("E", bound=Entity)

_AT_ONCE = 200

# --- statements ----------------------------------------------------------------------------------


class Sheet:
    """The statements of one table. Rows come and go as the codec makes them, the tenant last."""

    def __init__(self, layout: Layout, quote: Callable[[str], str], guard: str = "") -> None:
        self.layout = layout
        self._quote = quote
        self._table = quote(layout.name)
        self._keys = [quote(key) for key in layout.keys]
        self._guard = guard
        self._some: dict[int, str] = {}
        self._updates: dict[tuple[int, ...], tuple[str, tuple[int, ...]]] = {}
        cells = [quote(cell.name) for cell in layout.cells]
        names = [*cells, *(quote(shadow.name) for shadow in layout.shadows), "tenant"]
        marks = ", ".join("?" * len(names))
        self.insert = f"INSERT INTO {self._table} ({', '.join(names)}) VALUES ({marks})"
        self._select = f"SELECT {', '.join(cells)} FROM {self._table} WHERE {self._keys[0]}"
        self._rest = f"AND tenant = ? ORDER BY {', '.join(self._keys)}"
        self.one = f"{self._select} = ? {self._rest}"
        self.between = f"{self._select} BETWEEN ? AND ? {self._rest}"
        self.delete = f"DELETE FROM {self._table} WHERE {self._telling()}"

    def _telling(self) -> str:
        tests = [f"{key} = ?" for key in (*self._keys, "tenant")]
        return " AND ".join([*tests, *([f"{self._guard} = ?"] if self._guard else [])])

    def some(self, number: int) -> str:
        """The statement that reads the rows of so many holders."""
        sql = self._some.get(number)
        if sql is None:
            marks = ", ".join("?" * number)
            sql = self._some[number] = f"{self._select} IN ({marks}) {self._rest}"
        return sql

    def update(self, before: Row, row: Row) -> tuple[str, Row] | None:
        """The statement and its first values that bring a row up to date; None for equal rows."""
        cells = range(len(self.layout.cells))
        changed = tuple([index for index in cells if before[index] != row[index]])
        if not changed:
            return None
        known = self._updates.get(changed)
        if known is None:
            known = self._updates[changed] = self._update(changed)
        sql, indexes = known
        return sql, tuple([row[index] for index in indexes])

    def _update(self, changed: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        cells, shadows = self.layout.cells, self.layout.shadows
        folded = [at for at, shadow in enumerate(shadows) if shadow.source in changed]
        names = [cells[index].name for index in changed]
        names += [shadows[at].name for at in folded]
        setting = ", ".join(f"{self._quote(name)} = ?" for name in names)
        sql = f"UPDATE {self._table} SET {setting} WHERE {self._telling()}"
        return sql, (*changed, *(len(cells) + at for at in folded))


class EntityTable:
    """One entity type in the database: how it is read, and how it is written."""

    def __init__(
        self, kind: EntityType, layout: Layout, registry: Registry, quote: Callable[[str], str]
    ) -> None:
        self.kind = kind
        self.name = kind.name
        self.layout = layout
        self.codec: Codec = codec_of(kind, layout, registry)
        self.sheet = Sheet(layout, quote, guard="revision")
        self.kids = [Sheet(child, quote) for child in list(layout.everything())[1:]]
        self._variant = layout.at.get(((), VARIANT))
        self.revision = layout.at[("revision",), ""]

    def decoded(self, row: Row, kids: Kids) -> Any:
        """The entity that a row and the rows of its children make."""
        variant = None if self._variant is None else row[self._variant]
        return self.codec.decode[variant](row, kids)

    def one(self, link: Link, tenant: str, id: str) -> tuple[Row, Kids] | None:
        """The rows of one entity."""
        found = link.rows(self.sheet.one, (id, tenant))
        if not found:
            return None
        return found[0], [link.rows(kid.one, (id, tenant)) for kid in self.kids]

    def children(
        self, link: Link, tenant: str, rows: Sequence[Row], *, adjoining: bool
    ) -> list[Mapping[str, list[Row]]]:
        """For each child table, the rows that belong to ``rows``, by the id of their entity.

        There is at least one of them; ``adjoining`` tells that they are all there are from the
        first to the last, by id.
        """
        ids = [row[0] for row in rows]
        bounds = (min(ids), max(ids), tenant)
        grouped: list[Mapping[str, list[Row]]] = []
        for kid in self.kids:
            groups: defaultdict[str, list[Row]] = defaultdict(list)
            if adjoining:
                for row in link.rows(kid.between, bounds):
                    groups[row[0]].append(row)
            else:
                for part in _portions(ids):
                    for row in link.rows(kid.some(len(part)), (*part, tenant)):
                        groups[row[0]].append(row)
            grouped.append(groups)
        return grouped


def _portions(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """The ids in lists of few different lengths, so that few different statements are needed."""
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        length = 1 << (len(part) - 1).bit_length()
        yield [*part, *([part[-1]] * (length - len(part)))]


# --- what one unit of work holds -----------------------------------------------------------------


class Slot:
    """One entity as a unit of work knows it, and as the database holds it.

    Attributes:
        table: Where it belongs.
        id: Its id, as text.
        entity: As it is to be; None when it is to go.
        row: As the database holds it; None when it does not.
        kids: The rows of its children there.
    """

    __slots__ = ("entity", "id", "kids", "row", "table")

    def __init__(
        self, table: EntityTable, id: str, entity: Any, row: Row | None, kids: Kids
    ) -> None:
        self.table = table
        self.id = id
        self.entity = entity
        self.row = row
        self.kids = kids


class Hold:
    """What one unit of work holds: its connection, what it knows, and what it has yet to write."""

    def __init__(
        self,
        link: Link,
        compiler: Compiler,
        tables: Mapping[str, EntityTable],
        tenant: str,
        put_down: "Callable[[Hold], None]",
        *,
        release: Callable[[], None] | None,
    ) -> None:
        self.compiler = compiler
        self.tables = tables
        self.tenant = tenant
        self.is_open = True
        self.may_write = release is not None
        self.queue: dict[Slot, None] = {}
        self.touched: dict[Slot, int | None] = {}
        self._link = link
        self._put_down = put_down
        self._release = release
        self._known: defaultdict[str, dict[str, Slot]] = defaultdict(dict)

    def reading(self) -> Link:
        """The connection, while the unit of work is open.

        Raises:
            Closed: it has ended.
        """
        if not self.is_open:
            raise Closed("unit of work")
        return self._link

    def writing(self) -> Link:
        """The connection, while the unit of work is open and may write.

        Raises:
            Closed: it has ended, or only reads.
        """
        link = self.reading()
        if not self.may_write:
            raise Closed("way to write in a reading unit of work")
        return link

    def settled(self) -> Link:
        """The connection, after everything that waited was put down."""
        link = self.reading()
        if self.queue:
            self._put_down(self)
        return link

    def known(self, table: EntityTable, id: str) -> Slot | None:
        """What is known of an entity without asking for it."""
        return self._known[table.name].get(id)

    def slot(self, table: EntityTable, id: str) -> Slot | None:
        """What is known of an entity, read if need be; None when there is none."""
        link = self.reading()
        known = self._known[table.name].get(id)
        if known is not None:
            return known
        found = table.one(link, self.tenant, id)
        return None if found is None else self.keep(table, *found)

    def keep(self, table: EntityTable, row: Row, kids: Kids) -> Slot:
        """An entity as it was read; remembered where it may be written."""
        slot = Slot(table, row[0], table.decoded(row, kids), row, kids)
        if self.may_write:
            self._known[table.name][slot.id] = slot
        return slot

    def put(self, slot: Slot, entity: Any) -> None:
        """Afterwards the entity is to be so."""
        slot.entity = entity
        self.queue.pop(slot, None)
        self.queue[slot] = None
        if slot not in self.touched:
            self.touched[slot] = None if slot.row is None else slot.row[slot.table.revision]
            self._known[slot.table.name][slot.id] = slot

    def end(self) -> None:
        """Leave no trace of what was not committed; afterwards every use is refused."""
        self.is_open = False
        self._link.rollback()
        self._link.close()
        if self._release is not None:
            self._release()


# --- the repository ------------------------------------------------------------------------------


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
        for part in _portions([text for text, slot in known.items() if slot is None]):
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
        rows = link.rows(statement.sql, statement.values)
        keys, cursor = plan.loaders, None
        if query.limit is not None and len(rows) > query.limit:
            rows.pop()
            last = rows[-1][len(rows[-1]) - len(keys) :]
            loaded = (load(key) for load, key in zip(keys, last, strict=True))
            cursor = (*loaded, id_of(rows[-1][0]))
        if keys:
            rows = [row[: -len(keys)] for row in rows]
        adjoining = query.where == EVERYTHING and not keys
        return Page(tuple(self._entities(rows, adjoining=adjoining)), cursor)

    def _entities(self, rows: Sequence[Row], *, adjoining: bool) -> Iterator[E]:
        hold, table = self._hold, self._table
        if not rows:
            return
        groups = table.children(hold.reading(), hold.tenant, rows, adjoining=adjoining)
        decode, nothing = table.decoded, ()
        for row in rows:
            kids = [group.get(row[0], nothing) for group in groups]
            if not hold.may_write:
                yield decode(row, kids)
                continue
            slot = hold.known(table, row[0])
            if slot is None or slot.row is None or slot.row[table.revision] != row[table.revision]:
                slot = hold.keep(table, row, kids)
            yield slot.entity

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
            Duplicate, ReferenceNotFound, NotValid: as for `add`.
        """
        hold = self._accepted(entity)
        slot = expected(hold, self._table, entity)
        stored: E = self._table.codec.revised[type(entity)](entity, entity.revision + 1)
        hold.put(slot, stored)
        return stored

    def remove(self, entity: E, /) -> None:
        """Afterwards the entity is gone.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with.
            StillReferenced: another entity refers to it; when committing.
        """
        self._hold.writing()
        self._hold.put(expected(self._hold, self._table, entity), None)

    def _accepted(self, entity: E) -> Hold:
        self._hold.writing()
        if self._registry.of_class(type(entity)) is not self._table.kind:
            raise WrongType("entity", self._name, type(entity).__name__)
        self._registry.check(entity)
        return self._hold


def expected(hold: Hold, table: EntityTable, entity: Entity) -> Slot:
    """What is known of an entity that stands at the revision it came with.

    Raises:
        StaleRevision: it has gone on, or is gone; the unit of work is over.
    """
    slot = hold.slot(table, str(entity.id))
    current = None if slot is None else slot.entity
    actual = None if current is None else current.revision
    if slot is None or actual != entity.revision:
        hold.end()
        raise StaleRevision(table.name, entity.id, entity.revision, actual)
    return slot
