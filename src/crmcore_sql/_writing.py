"""How a unit of work writes down what it has gathered, and how it learns why it could not.

Entities are written behind: as late as possible, several saves of one entity as one change, rows of
one table together. Everybody writes in the same order, and draws numbers last, so that nobody waits
in a circle.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar
from uuid import UUID

from crmcore.errors import CrmError, ReferenceNotFound, StaleRevision, StillReferenced
from crmcore.grammar.registry import reference_values
from crmcore_sql._codec import Row
from crmcore_sql._errors import Attempt, Refused, Touched, diagnosed
from crmcore_sql._hold import Hold, Slot
from crmcore_sql._link import Link
from crmcore_sql._sheets import EntityTable, portions
from crmcore_sql._types import id_of

T = TypeVar("T")

# --- attempts ------------------------------------------------------------------------------------


def tried(hold: Hold, step: Callable[[], T]) -> T:
    """The result of a step; when it fails, the unit of work is over.

    Raises:
        CrmError: what the database refused, told by the promise it would have broken.
    """
    try:
        return step()
    except Refused:
        pass
    except BaseException:
        hold.end()
        raise
    raise _fault(hold)


def _fault(hold: Hold) -> CrmError:
    """Why the database refused the changes; afterwards they are undone and all is over."""
    link, compiler = hold.link, hold.compiler
    touched = [_touched(hold, slot) for slot in hold.touched]
    events = [str(each.recorded.id) for each in hold.events]
    attempt = Attempt(touched, tuple(hold.keys), events)
    try:
        link.rollback()
        link.begin(write=False)
        return diagnosed(link.rows, compiler.dialect.quote, compiler.schema, hold.tenant, attempt)
    except CrmError as fault:
        return fault
    finally:
        hold.end()


def _touched(hold: Hold, slot: Slot) -> Touched:
    table, entity, before = slot.table, slot.entity, hold.touched[slot]
    row: Row | None = None
    if entity is not None:
        row = table.codec.encode[type(entity)](entity, slot.id, hold.tenant)
    return Touched(table.kind, table.layout, slot.id, entity, row, before.revision)


# --- all that waits ------------------------------------------------------------------------------


def put_down(hold: Hold) -> None:
    """Afterwards the database holds the entities that waited, as far as this unit can see."""
    tried(hold, lambda: _put_down(hold, []))


def put_down_all(hold: Hold) -> None:
    """Afterwards it holds also what others may wait for: guards and keys; only events wait on."""
    tried(hold, lambda: _put_down_all(hold))


def put_down_beside(hold: Hold) -> Link:
    """The connection, after the entities, events and keys that waited were put down."""
    link = hold.settled()

    def step() -> None:
        _remember(hold)
        _record(hold)

    tried(hold, step)
    return link


def finish(hold: Hold) -> None:
    """Make everything last."""

    def step() -> None:
        _put_down_all(hold)
        _record(hold)
        if not hold.compiler.dialect.defers:
            _check_references(hold)
        hold.link.commit()

    tried(hold, step)


def _put_down_all(hold: Hold) -> None:
    guarded = [slot for slot in hold.guarded if slot.row is not None and slot not in hold.touched]
    hold.guarded.clear()
    _put_down(hold, guarded if hold.link.driver.many else [])
    if not hold.compiler.dialect.defers:
        _lock_targets(hold)
    _remember(hold)


def _remember(hold: Hold) -> None:
    if hold.keys:
        rows = [hold.beside.key_row(each, hold.tenant) for each in hold.keys.values()]
        hold.link.many(hold.beside.add_key, rows)
        hold.keys.clear()


def _record(hold: Hold) -> None:
    if hold.events:
        rows = [hold.beside.event_row(each, hold.tenant) for each in hold.events]
        hold.link.many(hold.beside.add_event, rows)
        hold.events.clear()


# --- entities ------------------------------------------------------------------------------------


def _put_down(hold: Hold, guarded: Sequence[Slot]) -> None:
    """Removals come first and additions last, so that a unique value may change hands."""
    waiting = [*hold.queue]
    hold.queue.clear()
    added = [slot for slot in waiting if slot.row is None and slot.entity is not None]
    removed = [slot for slot in waiting if slot.row is not None and slot.entity is None]
    saved = {
        slot: slot.table.codec.encode[type(slot.entity)](slot.entity, slot.id, hold.tenant)
        for slot in waiting
        if slot.row is not None and slot.entity is not None
    }
    guards = [(slot, _guarded(slot)) for slot in guarded]
    if hold.link.driver.many:
        if (removed and (saved or guards)) or _may_hand_over(saved):
            # The order matters, so the rows are locked in the usual order beforehand.
            locking = sorted((*removed, *saved, *guarded), key=_place)
            _change(hold, [(slot, _guarded(slot)) for slot in locking])
            guards = []
        else:
            saved = {slot: saved[slot] for slot in sorted(saved, key=_place)}
    _remove(hold, removed)
    changes = [*saved.items(), *guards]
    _change(hold, sorted(changes, key=lambda change: _place(change[0])) if guards else changes)
    for slot in saved:
        _save_kids(hold, slot)
    for table, slots in groupby(sorted(added, key=_place), lambda slot: slot.table):
        _add(hold, table, [*slots])


def _place(slot: Slot) -> tuple[int, str]:
    return slot.table.order, slot.id


def _may_hand_over(saved: Mapping[Slot, Row]) -> bool:
    """Whether a unique value could go from one of some saved entities to another one."""
    changed = [
        slot.table
        for slot, row in saved.items()
        for _, indexes in slot.table.layout.unique
        if slot.row is not None and any(slot.row[index] != row[index] for index in indexes)
    ]
    return len(changed) != len({*changed})


def _remove(hold: Hold, slots: Sequence[Slot]) -> None:
    for slot in slots:
        table = slot.table
        if hold.link.run(table.sheet.delete, (slot.id, hold.tenant, *_counts(slot))) != 1:
            raise _stale(hold, [(slot, ())])
        if not hold.compiler.dialect.defers:
            # References are not heeded meanwhile, so nothing is removed along with the entity.
            for kid in table.kids:
                hold.link.run(kid.delete_all, (slot.id, hold.tenant))
        slot.row, slot.kids = None, ()


def _change(hold: Hold, changes: Iterable[tuple[Slot, Row]]) -> None:
    """Bring rows up to date one after the other, unless somebody else changed one of them."""
    updates: list[tuple[str, Slot, Row, Row]] = []
    for slot, row in changes:
        update = slot.table.sheet.update(slot.row or (), row)
        if update is not None:
            updates.append((update[0], slot, update[1], row))
    for sql, group in groupby(updates, itemgetter(0)):
        several = [*group]
        rows = [(*new, slot.id, hold.tenant, *_counts(slot)) for _, slot, new, _ in several]
        if hold.link.many(sql, rows) != len(rows):
            raise _stale(hold, [(slot, row) for _, slot, _, row in several])
        for _, slot, _, row in several:
            slot.row = row


def _counts(slot: Slot) -> tuple[int, int]:
    row = slot.row or ()
    return row[slot.table.revision], row[slot.table.guarded]


def _guarded(slot: Slot) -> Row:
    row, index = slot.row or (), slot.table.guarded
    return (*row[:index], row[index] + 1, *row[index + 1 :])


def _save_kids(hold: Hold, slot: Slot) -> None:
    link, table, tenant = hold.link, slot.table, hold.tenant
    kids = table.codec.encode_kids[type(slot.entity)](slot.entity, slot.id, tenant)
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
        if left:
            link.many(sheet.delete, [(*key, tenant) for key in left])
        if more:
            link.many(sheet.insert, more)
    slot.kids = kids


def _add(hold: Hold, table: EntityTable, slots: Sequence[Slot]) -> None:
    encode, encode_kids = table.codec.encode, table.codec.encode_kids
    for slot in slots:
        slot.row = encode[type(slot.entity)](slot.entity, slot.id, hold.tenant)
        slot.kids = encode_kids[type(slot.entity)](slot.entity, slot.id, hold.tenant)
    hold.link.many(table.sheet.insert, [slot.row for slot in slots if slot.row is not None])
    for index, sheet in enumerate(table.kids):
        rows = [row for slot in slots for row in slot.kids[index]]
        if rows:
            hold.link.many(sheet.insert, rows)


def _stale(hold: Hold, changes: Sequence[tuple[Slot, Row]]) -> StaleRevision:
    """Which of some entities had gone on, when not all of them could become their new rows."""
    faults: list[StaleRevision] = []
    for slot, row in changes:
        table, (before, _) = slot.table, _counts(slot)
        rows = hold.link.rows(table.sheet.one, (slot.id, hold.tenant))
        counts = [each[index] for each in rows for index in (table.revision, table.guarded)]
        actual = counts[0] if counts else None
        faults.append(StaleRevision(table.name, id_of(slot.id), before, actual))
        if not row or counts != [row[table.revision], row[table.guarded]]:
            break
    return faults[-1]


# --- references, where the database does not check them at the commit ----------------------------


def _lock_targets(hold: Hold) -> None:
    """Afterwards what this unit refers to anew stays, as far as it is there, until its end."""
    wanted: dict[str, set[str]] = {}
    for _, target, id in _new_references(hold):
        if (target, str(id)) not in hold.standing:
            wanted.setdefault(target, set()).add(str(id))
    dialect, link = hold.compiler.dialect, hold.link
    for name, table in hold.tables.items():
        own = dialect.quote(table.layout.name)
        for part in portions(sorted(wanted.get(name, ()))):
            marks = ", ".join("?" * len(part))
            sql = f"SELECT id FROM {own} WHERE id IN ({marks}) AND tenant = ? ORDER BY id"
            rows = link.rows(sql + link.driver.sharing, (*part, hold.tenant))
            hold.standing.update((name, row[0]) for row in rows)


def _check_references(hold: Hold) -> None:
    """Return when every reference leads somewhere, and will until the end.

    Whoever removes an entity has its row for itself; whoever refers to it has locked the row
    before. So of two that are in each other's way, the later one sees what the first one did.
    """
    _lock_targets(hold)
    gone = {(slot.table.name, slot.id) for slot in hold.touched if slot.entity is None}
    new = {(slot, target, id) for slot, target, id in _new_references(hold)}
    for slot in hold.touched:
        for path, target, id in _references(slot, slot.entity):
            there = (target, str(id))
            if there in gone or ((slot, target, id) in new and there not in hold.standing):
                raise ReferenceNotFound(slot.table.name, path, id)
    quote, schema = hold.compiler.dialect.quote, hold.compiler.schema
    for slot in hold.touched:
        if slot.entity is not None or hold.touched[slot].revision is None:
            continue
        for by, table, owner, column in schema.referring.get(slot.table.name, ()):
            sql = (
                f"SELECT {quote(owner)} FROM {quote(table)} "
                f"WHERE tenant = ? AND {quote(column)} = ? LIMIT 1"
            )
            if hold.link.rows(sql, (hold.tenant, slot.id)):
                raise StillReferenced(slot.table.name, id_of(slot.id), by)


def _new_references(hold: Hold) -> Iterator[tuple[Slot, str, UUID]]:
    """What touched entities refer to and did not before: entity, name and id of the other one."""
    for slot, before in hold.touched.items():
        old = {(target, id) for _, target, id in _references(slot, before.entity)}
        for _, target, id in _references(slot, slot.entity):
            if (target, id) not in old:
                yield slot, target, id


def _references(slot: Slot, entity: Any) -> Iterable[tuple[str, str, UUID]]:
    return () if entity is None else reference_values(entity, slot.table.kind)
