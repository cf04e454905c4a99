"""What one unit of work holds: its session, what it knows of entities, and what it has yet to write.

Writes gather here; they are put down before a question and at the end. How, and in which order, lies
in `_unit_of_work`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import index
from typing import Any, TypeVar
from uuid import UUID

from crmcore.errors import (
    Closed,
    Contention,
    CrmError,
    DamagedRecord,
    Duplicate,
    StaleRevision,
)
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType
from crmcore.grammar.registry import Registry
from crmcore.ports import Posted, Remembered
from crmcore_mongo._codec import Codec, codec_of
from crmcore_mongo._compile import Compiler
from crmcore_mongo._errors import Question, Touched
from crmcore_mongo._link import Link, Place
from crmcore_mongo._schema import GUARDS, VARIANT, collection_name, id_in, key_of
from crmcore_mongo._turns import Lane, Turn
from crmcore_mongo._types import DAMAGE, Document

E = TypeVar("E", bound=Entity)

_TURN_SECONDS = 10.0
_AT_ONCE = 5_000
"""So many ids are asked for in one question; a question has room for more than ten times as many."""


class EntityTable:
    """One entity type in the database: how it is read, and how it is written."""

    def __init__(self, kind: EntityType, registry: Registry) -> None:
        self.kind = kind
        self.name = kind.name
        self.collection = collection_name(kind.name)
        self.codec: Codec = codec_of(kind, registry)

    def decoded(self, found: Document) -> tuple[Any, int]:
        """The entity that a document tells of, and how often it was guarded.

        Raises:
            DamagedRecord: it tells of none.
        """
        try:
            variant = found[VARIANT] if self.kind.variants else None
            return self.codec.decode[variant](found), index(found[GUARDS])
        except DAMAGE as error:
            damage = DamagedRecord.after(self.name, id_in(found), error)
        raise damage  # here, so that the foreign error, which may quote, stays behind


def portions(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The ids in lists that are short enough for one question."""
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


# --- what is known and changed -------------------------------------------------------------------


class Slot:
    """One entity as a unit of work knows it, and as the database holds it.

    Attributes:
        table: Where it belongs.
        id: Its id.
        entity: As it is to be; None when it is to go.
        stored: As the database holds it; None when it does not.
        guards: How often it was guarded there.
    """

    __slots__ = ("entity", "guards", "id", "stored", "table")

    def __init__(
        self, table: EntityTable, id: UUID, entity: Any, stored: Any = None, guards: int = 0
    ) -> None:
        self.table = table
        self.id = id
        self.entity = entity
        self.stored = stored
        self.guards = guards


_NEW: tuple[Any, int] = (None, 0)


class Entities:
    """The entities that one unit of work knows, and what it makes of them.

    Attributes:
        queue: Those that are to be written.
        touched: Those that were to be written at any time, as they and their guards were found.
        guarded: Those that must be as they were found.
    """

    def __init__(self, hold: "Hold") -> None:
        self.queue: dict[Slot, None] = {}
        self.touched: dict[Slot, tuple[Any, int]] = {}
        self.guarded: dict[Slot, None] = {}
        self._hold = hold
        self._known: defaultdict[str, dict[UUID, Slot]] = defaultdict(dict)

    def known(self, table: EntityTable, id: UUID) -> Slot | None:
        """What is known of an entity without asking for it."""
        return self._known[table.name].get(id)

    def slot(self, table: EntityTable, id: UUID) -> Slot | None:
        """What is known of an entity, read if need be; None when there is none."""
        link = self._hold.reading()
        known = self._known[table.name].get(id)
        if known is not None:
            return known
        found = link.one(table.collection, key_of(self._hold.tenant, id))
        return None if found is None else self.keep(table, found)

    def keep(self, table: EntityTable, found: Document) -> Slot:
        """An entity as it was read; remembered where it may be written."""
        entity, guards = table.decoded(found)
        slot = Slot(table, entity.id, entity, entity, guards)
        if self._hold.may_write:
            self._known[table.name][slot.id] = slot
        return slot

    def expected(self, table: EntityTable, entity: Entity) -> Slot:
        """What is known of an entity that stands at the revision it came with.

        Raises:
            StaleRevision: it has gone on, or is gone; the unit of work is over.
        """
        slot = self.slot(table, entity.id)
        current = None if slot is None else slot.entity
        actual = None if current is None else current.revision
        if slot is None or actual != entity.revision:
            fault = StaleRevision(table.name, entity.id, entity.revision, actual)
            raise self._hold.refused(fault)
        return slot

    def put(self, slot: Slot, entity: Any) -> None:
        """Afterwards the entity is to be so."""
        slot.entity = entity
        self.queue.pop(slot, None)
        self.queue[slot] = None
        if slot not in self.touched:
            is_new = slot.stored is None and not slot.guards
            self.touched[slot] = _NEW if is_new else (slot.stored, slot.guards)
            self._known[slot.table.name][slot.id] = slot

    def put_new(self, table: EntityTable, entity: Any) -> None:
        """Afterwards an entity that was not there is to be so.

        Raises:
            Duplicate: it is there; the unit of work is over.
        """
        known = self.known(table, entity.id)
        if known is not None and known.entity is not None:
            raise self._hold.refused(Duplicate(table.name, ("id",), entity.id))
        if known is not None:
            self._hold.settled()  # so that the removal goes before
        self.put(known or Slot(table, entity.id, entity), entity)

    def tried(self) -> list[Touched]:
        """All that was to be written, or must be as it was found."""
        held = {slot: (slot.stored, slot.guards) for slot in self.guarded} | self.touched
        return [
            Touched(slot.table.kind, slot.id, slot.entity, _found(*found))
            for slot, found in held.items()
        ]


def _found(entity: Any, guards: int) -> tuple[int, int] | None:
    return None if entity is None else (entity.revision, guards)


# --- the unit of work itself ---------------------------------------------------------------------


class Hold:
    """What one unit of work holds: its session, what it knows, and what it has yet to write.

    Attributes:
        entities: The entities it knows.
        events: Events that are to be written.
        keys: Keys that are to be taken.
        endings: What to do once it is over, the last first.
        has_begun: Whether its transaction has begun.
        lane: The lane of its transaction.
        is_committed: Whether it has ended with a commit.
    """

    def __init__(
        self,
        place: Place,
        compiler: Compiler,
        tables: Mapping[str, EntityTable],
        tenant: str,
        *,
        put_down: "Callable[[Hold], None] | None" = None,
        release: Callable[[], None] | None = None,
    ) -> None:
        self.place = place
        self.compiler = compiler
        self.tables = tables
        self.tenant = tenant
        self.is_open = True
        self.has_begun = False
        self.is_committed = False
        self.may_write = put_down is not None
        self.entities = Entities(self)
        self.events: list[Posted] = []
        self.keys: dict[tuple[str, str], Remembered] = {}
        self.endings: list[Callable[[], None]] = [] if release is None else [release]
        self.lane = 0
        self._put_down = put_down
        self._tried: tuple[list[Posted], list[Remembered]] = ([], [])
        self._turns: set[tuple[str, ...]] = set()
        self._link: Link | None = None
        self._link = Link(place, write=self.may_write, failed=self.failed)

    def reading(self) -> Link:
        """The session, while the unit of work is open.

        Raises:
            Closed: it has ended.
        """
        if not self.is_open or self._link is None:
            raise Closed("unit of work")
        return self._link

    def writing(self) -> Link:
        """The session, while the unit of work is open and may write.

        Raises:
            Closed: it has ended, or only reads.
        """
        link = self.reading()
        if not self.may_write:
            raise Closed("way to write in a reading unit of work")
        return link

    def settled(self) -> Link:
        """The session, after everything that waited was put down."""
        link = self.reading()
        put_down = self._put_down
        if put_down is not None and (self.entities.queue or self.events or self.keys):
            self.tried(lambda: put_down(self))
        return link

    def begun(self) -> Link:
        """The session, in a transaction."""
        link = self.writing()
        if not self.has_begun:
            for key in self.place.losses.recall():
                self.take_turn(*key)
            lane = Lane(self.place.name)
            self.endings.append(lane.give_back)
            self.lane = lane.number
            link.begin()
            self.has_begun = True
        return link

    def take_turn(self, *key: str) -> None:
        """Afterwards this unit of work is the only one in this process with the turn, to its end.

        Raises:
            Contention: it did not come in time; the unit of work is over.
        """
        if key in self._turns:
            return
        turn = Turn(self.place.name, *key)
        if not turn.take(_TURN_SECONDS):
            raise self.refused(
                Contention(f"the turn of another did not end in {_TURN_SECONDS:g} s")
            )
        self._turns.add(key)
        self.endings.append(turn.give_back)

    def tried(self, step: Callable[[], None]) -> None:
        """Do a step; when it fails, whatever the reason, the unit of work is over."""
        try:
            step()
        except BaseException:
            self.end()
            raise

    def taken(self) -> tuple[list[Slot], list[Posted], list[Remembered]]:
        """What waits, which from now on counts as tried."""
        slots, events, keys = [*self.entities.queue], self.events, [*self.keys.values()]
        self.entities.queue.clear()
        self.keys.clear()
        self.events = []
        self._tried[0].extend(events)
        self._tried[1].extend(keys)
        return slots, events, keys

    # --- how it ends

    def refused(self, error: CrmError) -> CrmError:
        """The error, by which this unit of work has ended."""
        self._lose(error)
        self.end()
        return error

    def failed(self, error: CrmError | None) -> CrmError:
        """The error, or what is found out about a change that was refused; all is over."""
        self._lose(error)
        self.end()
        return self._fault() if error is None else error

    def end(self) -> None:
        """Leave no trace of what was not committed; afterwards every use is refused."""
        if not self.is_open:
            return
        self.is_open = False
        try:
            if self._link is not None:
                self._link.close()
        finally:
            while self.endings:
                self.endings.pop()()

    def _lose(self, error: CrmError | None) -> None:
        if isinstance(error, Contention) and self._turns:
            self.place.losses.remember(self._turns)

    def _fault(self) -> CrmError:
        """Why the database refused the changes, after they were undone."""
        events, keys = self._tried
        hold = Hold(self.place, self.compiler, self.tables, self.tenant)
        try:
            changed = self.entities.tried()
            return Question(hold.reading().rows, self.tenant, changed, keys, events).answer()
        except CrmError as fault:
            return fault
        finally:
            hold.end()
