"""Several steps that happen all or not at all: one connection, one transaction, one commit.

Entities are written behind: as late as possible, several saves of one entity as one change, rows of
one table together.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from crmcore.errors import (
    CrmError,
    Duplicate,
    StaleRevision,
    StoreUnavailable,
    WrongType,
)
from crmcore.grammar.aggregating import sort_key
from crmcore.grammar.change import Entity
from crmcore.grammar.naming import (
    checked_entity,
    checked_fingerprint,
    checked_key,
    checked_series,
)
from crmcore.grammar.query import AggregateQuery, Group
from crmcore.ports import Recorded, Remembered
from crmcore.wire import event_from_payload, event_payload
from crmcore_sql._aggregate import median_of, tally
from crmcore_sql._codec import Row
from crmcore_sql._compile import Compiler
from crmcore_sql._errors import OVERFLOW, Link, Touched, diagnosed
from crmcore_sql._repository import EntityTable, Hold, Slot, SqlRepository, expected
from crmcore_sql._schema import EVENT, KEY, NUMBER
from crmcore_sql._types import id_of, instant_text

E = TypeVar("E", bound=Entity)

_RECORD = (
    f"INSERT INTO {EVENT} (id, entity, entity_id, revision, position, type, at, payload, tenant) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_HISTORY = (
    f"SELECT id, revision, position, type, payload FROM {EVENT} "
    "WHERE entity = ? AND entity_id = ? AND tenant = ? ORDER BY revision, position"
)
_RECALL = (
    f"SELECT fingerprint, entity, entity_id FROM {KEY} WHERE scope = ? AND key = ? AND tenant = ?"
)
_REMEMBER = (
    f"INSERT INTO {KEY} (scope, key, fingerprint, entity, entity_id, tenant) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)

# --- writing down --------------------------------------------------------------------------------


def put_down(hold: Hold) -> None:
    """Afterwards the database holds everything that waited, as far as this transaction can see.

    Removals come first and additions last, so that a unique value may change hands.
    """
    link, waiting = hold.reading(), list(hold.queue)
    hold.queue.clear()
    added: dict[str, list[Slot]] = {}
    removed: list[Slot] = []
    saved: list[Slot] = []
    for slot in waiting:
        if slot.row is None:
            if slot.entity is not None:
                added.setdefault(slot.table.name, []).append(slot)
        else:
            (removed if slot.entity is None else saved).append(slot)
    for slot in removed:
        _remove(link, hold.tenant, slot)
    for slot in saved:
        _save(link, hold.tenant, slot)
    for name, table in hold.tables.items():
        if name in added:
            _add(link, hold.tenant, table, added[name])


def _remove(link: Link, tenant: str, slot: Slot) -> None:
    before = _revision(slot)
    if link.run(slot.table.sheet.delete, (slot.id, tenant, before)) != 1:
        raise _stale(link, tenant, slot, before)
    slot.row, slot.kids = None, ()


def _save(link: Link, tenant: str, slot: Slot) -> None:
    table, codec, before = slot.table, slot.table.codec, _revision(slot)
    row = codec.encode[type(slot.entity)](slot.entity, slot.id, tenant)
    update = table.sheet.update(slot.row or (), row)
    if update is not None:
        sql, values = update
        if link.run(sql, (*values, slot.id, tenant, before)) != 1:
            raise _stale(link, tenant, slot, before)
    kids = codec.encode_kids[type(slot.entity)](slot.entity, slot.id, tenant)
    for sheet, old, new in zip(table.kids, slot.kids, kids, strict=True):
        length = len(sheet.layout.keys)
        left = {each[:length]: each for each in old}
        more: list[Row] = []
        for each in new:
            there = left.pop(each[:length], None)
            if there is None:
                more.append(each)
            elif (change := sheet.update(there, each)) is not None:
                link.run(change[0], (*change[1], *each[:length], tenant))
        for key in left:
            link.run(sheet.delete, (*key, tenant))
        if more:
            link.many(sheet.insert, more)
    slot.row, slot.kids = row, kids


def _add(link: Link, tenant: str, table: EntityTable, slots: Sequence[Slot]) -> None:
    encode, encode_kids = table.codec.encode, table.codec.encode_kids
    for slot in slots:
        slot.row = encode[type(slot.entity)](slot.entity, slot.id, tenant)
        slot.kids = encode_kids[type(slot.entity)](slot.entity, slot.id, tenant)
    link.many(table.sheet.insert, [slot.row for slot in slots if slot.row is not None])
    for index, sheet in enumerate(table.kids):
        rows = [row for slot in slots for row in slot.kids[index]]
        if rows:
            link.many(sheet.insert, rows)


def _revision(slot: Slot) -> int:
    return 0 if slot.row is None else int(slot.row[slot.table.revision])


def _stale(link: Link, tenant: str, slot: Slot, before: int) -> StaleRevision:
    rows = link.rows(slot.table.sheet.one, (slot.id, tenant))
    actual = rows[0][slot.table.revision] if rows else None
    return StaleRevision(slot.table.name, id_of(slot.id), before, actual)


# --- the unit of work ----------------------------------------------------------------------------


class SqlUnitOfWork:
    """The unit of work of a database.

    Args:
        link: The connection, its transaction begun.
        compiler: How to ask.
        tables: The entity types in the database.
        tenant: Whose data.
        release: Called at the end; None for one that only reads.
    """

    def __init__(
        self,
        link: Link,
        compiler: Compiler,
        tables: Mapping[str, EntityTable],
        tenant: str,
        release: Callable[[], None] | None,
    ) -> None:
        self._link = link
        self._compiler = compiler
        self._registry = compiler.schema.registry
        self._tenant = tenant
        self._hold = Hold(link, compiler, tables, tenant, self._put_down, release=release)
        self._events: list[Recorded] = []
        self._keys: dict[tuple[str, str], Remembered] = {}

    def repository(self, cls: type[E], /) -> SqlRepository[E]:
        """The repository of the entity type that ``cls`` is, or is a variant of."""
        self._hold.reading()
        return SqlRepository(self._hold, self._hold.tables[self._registry.of_class(cls).name], cls)

    def aggregate(self, query: AggregateQuery, /) -> tuple[Group, ...]:
        """The groups of a bound aggregate query, ordered by key, missing values first."""
        self._hold.settled()
        try:
            return self._groups(query, halved=False)
        except StoreUnavailable as failure:
            if failure.reason != OVERFLOW:
                raise
            # A sum beyond 64 bits is refused by the database, never rounded; so it is asked for
            # in two parts. A statement that is wrong has the same code, and fails again.
            return self._groups(query, halved=True)

    def _groups(self, query: AggregateQuery, *, halved: bool) -> tuple[Group, ...]:
        link, asked = self._link, tally(self._compiler, query, self._tenant, halved=halved)
        width = len(asked.keys)
        middles: dict[str, dict[Row, list[int]]] = {}
        for name, (statement, _) in asked.medians.items():
            found = middles[name] = {}
            for row in link.rows(statement.sql, statement.values):
                found.setdefault(row[:-1], []).append(row[-1])
        groups: list[Group] = []
        for row in link.rows(asked.statement.sql, asked.statement.values):
            values: dict[str, object] = {}
            place = width
            for measure in asked.measures:
                values[measure.name] = measure.result(row[place : place + measure.width])
                place += measure.width
            for name, (_, spec) in asked.medians.items():
                values[name] = median_of(spec, middles[name].get(row[:width], []))
            key = tuple(load(part) for load, part in zip(asked.keys, row, strict=False))
            groups.append(Group(key, {name: values[name] for name in query.measures}))
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
        self._events.append(recorded)

    def history(self, entity: str, id: UUID, /) -> tuple[Recorded, ...]:
        """All events of one entity, by revision and position."""
        link = self._hold.reading()
        rows = link.rows(_HISTORY, (checked_entity(entity), str(id), self._tenant))
        stored = [
            Recorded(
                id=id_of(own),
                entity=entity,
                entity_id=id,
                revision=revision,
                position=position,
                event=event_from_payload(name, payload, self._registry),
            )
            for own, revision, position, name, payload in rows
        ]
        waiting = [each for each in self._events if (each.entity, each.entity_id) == (entity, id)]
        return tuple(sorted((*stored, *waiting), key=attrgetter("revision", "position")))

    def guard(self, entity: Entity, /) -> None:
        """Return when ``entity`` is unchanged; while this unit writes, nobody else can change it.

        Raises:
            StaleRevision: it has changed already.
        """
        self._hold.reading()
        name = self._registry.of_class(type(entity)).name
        expected(self._hold, self._hold.tables[name], entity)

    def draw(self, series: str, period: str, /) -> int:
        """The next number of a series, from 1, without gaps over all commits."""
        link, sql = self._hold.writing(), self._compiler.dialect.draw(NUMBER)
        return int(link.rows(sql, (self._tenant, *checked_series(series, period)))[0][0])

    def recall(self, scope: str, key: str, /) -> Remembered | None:
        """What was remembered for a key, byte for byte the same; None when nothing was."""
        link = self._hold.reading()
        waiting = self._keys.get(checked_key(scope, key))
        if waiting is not None:
            return waiting
        for fingerprint, entity, id in link.rows(_RECALL, (scope, key, self._tenant)):
            return Remembered(
                scope=scope, key=key, fingerprint=fingerprint, entity=entity, entity_id=id_of(id)
            )
        return None

    def remember(self, remembered: Remembered, /) -> None:
        """Afterwards the key is taken, if this unit of work commits.

        Raises:
            Duplicate: it is taken already.
        """
        self._hold.writing()
        checked_entity(remembered.entity)
        checked_fingerprint(remembered.fingerprint)
        before = self.recall(remembered.scope, remembered.key)
        if before is not None:
            self._hold.end()
            raise Duplicate("remembered", ("scope", "key"), before.entity_id)
        self._keys[remembered.scope, remembered.key] = remembered

    def commit(self) -> None:
        """Make everything last. After a refusal nothing is stored, and the unit is over as well.

        Raises:
            Duplicate, ReferenceNotFound, StillReferenced, StaleRevision: what was refused.
        """
        link = self._hold.settled()
        if self._hold.may_write:
            self._tried(lambda: self._finish(link))
        self._hold.end()

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
        if self._hold.is_open:
            self._hold.end()

    # --- how it ends

    def _put_down(self, hold: Hold) -> None:
        self._tried(lambda: put_down(hold))

    def _finish(self, link: Link) -> None:
        if self._events:
            link.many(_RECORD, [self._event_row(each) for each in self._events])
        for key in self._keys.values():
            id = str(key.entity_id)
            values = (key.scope, key.key, key.fingerprint, key.entity, id, self._tenant)
            link.run(_REMEMBER, values)
        link.commit()

    def _event_row(self, each: Recorded) -> Row:
        event, entity_id = each.event, str(each.entity_id)
        return (
            *(str(each.id), each.entity, entity_id, each.revision, each.position),
            *(type(event).__name__, instant_text(event.at), event_payload(event), self._tenant),
        )

    def _tried(self, step: Callable[[], None]) -> None:
        try:
            step()
        except self._link.refused:
            pass
        except BaseException:
            self._hold.end()
            raise
        else:
            return
        raise self._fault()

    def _fault(self) -> CrmError:
        """Why the database refused the changes; afterwards they are undone and all is over."""
        link, compiler = self._link, self._compiler
        tried = [self._touched(slot, before) for slot, before in self._hold.touched.items()]
        try:
            link.rollback()
            link.run(compiler.dialect.read)
            return diagnosed(
                link.rows, compiler.dialect.quote, compiler.schema, self._tenant, tried
            )
        except CrmError as fault:
            return fault
        finally:
            self._hold.end()

    def _touched(self, slot: Slot, before: int | None) -> Touched:
        table, entity = slot.table, slot.entity
        row: Any = None
        if entity is not None:
            row = table.codec.encode[type(entity)](entity, slot.id, self._tenant)
        return Touched(table.kind, table.layout, slot.id, entity, row, before)
