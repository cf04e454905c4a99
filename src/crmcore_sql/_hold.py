"""What one unit of work holds: its connection, the entities it knows, and what it has yet to write.

How it is written lies in `_writing`; how it is asked for, in `_repository` and `_unit_of_work`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from crmcore.errors import Closed, StaleRevision
from crmcore.grammar.change import Entity
from crmcore.ports import Posted, Remembered
from crmcore_sql._beside import Beside
from crmcore_sql._codec import Kids, Row
from crmcore_sql._compile import Compiler
from crmcore_sql._link import Link
from crmcore_sql._sheets import EntityTable


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


@attrs.frozen
class Before:
    """What an entity was before a unit of work first changed it: nothing, or so at a revision."""

    revision: int | None
    entity: Any


_NOTHING = Before(None, None)


@attrs.frozen(eq=False)
class Surroundings:
    """What is the same for all units of work of a store.

    Attributes:
        compiler: How to ask.
        tables: The entity types in the database, those that are referred to first.
        beside: What lies beside them.
        tenant: Whose data.
    """

    compiler: Compiler
    tables: Mapping[str, EntityTable]
    beside: Beside
    tenant: str


class Hold:
    """What one unit of work holds.

    Args:
        link: The connection, its transaction begun.
        around: What it has in common with others.
        put_down: Writes what waits; see `_writing`.
        release: Called at the end; None for a unit that only reads.
    """

    def __init__(
        self,
        link: Link,
        around: Surroundings,
        put_down: "Callable[[Hold], None]",
        release: Callable[[], None] | None,
    ) -> None:
        self.compiler = around.compiler
        self.tables = around.tables
        self.beside = around.beside
        self.tenant = around.tenant
        self.is_open = True
        self.may_write = release is not None
        self.queue: dict[Slot, None] = {}
        self.guarded: dict[Slot, None] = {}
        self.touched: dict[Slot, Before] = {}
        self.events: list[Posted] = []
        self.keys: dict[tuple[str, str], Remembered] = {}
        self.standing: set[tuple[str, str]] = set()
        self.link = link
        self.link.failing = self.end
        self._put_down = put_down
        self._release = release
        self._known: defaultdict[str, dict[str, Slot]] = defaultdict(dict)

    @property
    def may_tear(self) -> bool:
        """Whether two questions may see different states, because others write meanwhile."""
        return self.may_write and self.link.driver.many

    def reading(self) -> Link:
        """The connection, while the unit of work is open.

        Raises:
            Closed: it has ended.
        """
        if not self.is_open:
            raise Closed("unit of work")
        return self.link

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
        """The connection, after the entities that waited were put down."""
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
        found = table.one(link, self.tenant, id, may_tear=self.may_tear)
        return None if found is None else self.keep(table, *found)

    def keep(self, table: EntityTable, row: Row, kids: Kids) -> Slot:
        """An entity as it was read; remembered where it may be written."""
        slot = Slot(table, row[0], table.decoded(row, kids), row, kids)
        if self.may_write:
            self._known[table.name][slot.id] = slot
        return slot

    def expected(self, table: EntityTable, entity: Entity) -> Slot:
        """What is known of an entity that stands at the revision it came with.

        Raises:
            StaleRevision: it has gone on, or is gone; the unit of work is over.
        """
        slot = self.slot(table, str(entity.id))
        current = None if slot is None else slot.entity
        actual = None if current is None else current.revision
        if slot is None or actual != entity.revision:
            self.end()
            raise StaleRevision(table.name, entity.id, entity.revision, actual)
        return slot

    def put(self, slot: Slot, entity: Any) -> None:
        """Afterwards the entity is to be so."""
        if slot not in self.touched:
            row = slot.row
            before = _NOTHING if row is None else Before(row[slot.table.revision], slot.entity)
            self.touched[slot] = before
            self._known[slot.table.name][slot.id] = slot
        slot.entity = entity
        self.queue.pop(slot, None)
        self.queue[slot] = None

    def end(self, *, is_committed: bool = False) -> None:
        """Leave no trace of what was not committed; afterwards every use is refused."""
        if not self.is_open:
            return
        self.is_open = False
        try:
            if not is_committed:
                self.link.rollback()
            self.link.close()
        finally:
            if self._release is not None:
                self._release()
