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

import attrs

from crmcore.errors import CrmError, ReferenceNotFound, StaleRevision, StillReferenced
from crmcore.grammar.registry import reference_values
from crmcore_sql._codec import Row
from crmcore_sql._errors import Attempt, Refused, Stopped, Touched, diagnosed
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
    stopped: str | None = None
    try:
        return step()
    except Stopped as refusal:
        stopped = refusal.reason
    except Refused:
        pass
    except BaseException:
        hold.end()
        raise
    raise _fault(hold, stopped)


def _fault(hold: Hold, stopped: str | None) -> CrmError:
    """Why the database refused the changes; afterwards they are undone and all is over."""
    link, compiler = hold.link, hold.compiler
    touched = [_touched(hold, slot) for slot in hold.touched]
    events = [str(each.recorded.id) for each in hold.events]
    attempt = Attempt(touched, tuple(hold.keys), events, stopped)
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
    return Touched(table.kind, table.layout, slot.id, entity, row, before.revision, before.entity)


# --- all that waits ------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class _Change:
    """An entity whose row has to be there to be changed, at the revision it was found at."""

    slot: Slot
    revision: int


@attrs.frozen(eq=False)
class _Step:
    """A statement, what it is carried out for, and whose rows it has to find."""

    sql: str
    rows: Sequence[Row]
    changes: Sequence[_Change] = ()


def put_down(hold: Hold) -> None:
    """Afterwards the database holds the entities that waited, as far as this unit can see."""
    tried(hold, lambda: _carry_out(hold, _entity_steps(hold, ())))


def put_down_all(hold: Hold) -> None:
    """Afterwards it holds also what others may wait for: guards and keys; only events wait on."""

    def step() -> None:
        _carry_out(hold, [*_entity_steps(hold, _unguarded(hold)), *_key_steps(hold)])
        hold.keys.clear()
        if not hold.compiler.dialect.defers:
            _lock_targets(hold)

    tried(hold, step)


def put_down_beside(hold: Hold) -> Link:
    """The connection, after the entities, events and keys that waited were put down."""
    link = hold.reading()
    tried(hold, lambda: _carry_out_all(hold, ()))
    return link


def finish(hold: Hold) -> None:
    """Make everything last."""

    def step() -> None:
        _carry_out_all(hold, _unguarded(hold))
        if not hold.compiler.dialect.defers:
            _check_references(hold)
        hold.link.commit()

    tried(hold, step)


def _carry_out_all(hold: Hold, guarded: Sequence[Slot]) -> None:
    steps = [*_entity_steps(hold, guarded), *_key_steps(hold), *_event_steps(hold)]
    _carry_out(hold, steps)
    # Until here they were needed to tell what was refused.
    hold.keys.clear()
    hold.events.clear()


def _carry_out(hold: Hold, steps: Sequence[_Step]) -> None:
    counts = hold.link.batch([(step.sql, step.rows) for step in steps])
    for step, changed in zip(steps, counts, strict=True):
        for change, number in zip(step.changes, changed, strict=False):
            if number != 1:
                raise _stale(hold, change)


def _stale(hold: Hold, change: _Change) -> StaleRevision:
    table, id = change.slot.table, change.slot.id
    rows = hold.link.rows(table.sheet.one, (id, hold.tenant))
    actual = rows[0][table.revision] if rows else None
    return StaleRevision(table.name, id_of(id), change.revision, actual)


# --- what lies beside the entities


def _key_steps(hold: Hold) -> Iterator[_Step]:
    if hold.keys:
        rows = [hold.beside.key_row(each, hold.tenant) for each in hold.keys.values()]
        yield _Step(hold.beside.add_key, rows)


def _event_steps(hold: Hold) -> Iterator[_Step]:
    if hold.events:
        rows = [hold.beside.event_row(each, hold.tenant) for each in hold.events]
        yield _Step(hold.beside.add_event, rows)


# --- entities ------------------------------------------------------------------------------------


def _unguarded(hold: Hold) -> Sequence[Slot]:
    """The entities whose guards are yet to be written; what is changed anyway needs none."""
    slots = [slot for slot in hold.guarded if slot.row is not None and slot not in hold.touched]
    hold.guarded.clear()
    return slots if hold.link.driver.many else ()


def _entity_steps(hold: Hold, guarded: Sequence[Slot]) -> list[_Step]:
    """What brings the database up to date; the slots tell of it as if it were done.

    Removals come first and additions last, so that a unique value may change hands. What is sealed
    by its change, or comes sealed, has its children written before, while that is allowed.
    """
    waiting = [*hold.queue]
    hold.queue.clear()
    added = [slot for slot in waiting if slot.row is None and slot.entity is not None]
    removed = [slot for slot in waiting if slot.row is not None and slot.entity is None]
    saved = {
        slot: slot.table.codec.encode[type(slot.entity)](slot.entity, slot.id, hold.tenant)
        for slot in waiting
        if slot.row is not None and slot.entity is not None
    }
    steps: list[_Step] = []
    changes = [*saved.items()]
    kids = {slot: [*_kid_changes(hold, slot)] for slot in saved}
    closing = [slot for slot, row in saved.items() if kids[slot] and _closes(slot, row)]
    if hold.link.driver.many:
        if closing or (removed and (saved or guarded)) or _may_hand_over(saved):
            # The order matters, so the rows are locked in the usual order beforehand.
            locking = sorted((*removed, *saved, *guarded), key=_place)
            steps += _updates(hold, [(slot, _with_guard(slot)) for slot in locking])
        else:
            changes += [(slot, _with_guard(slot)) for slot in guarded]
            changes.sort(key=lambda change: _place(change[0]))
    for slot in closing:
        steps += kids.pop(slot)
    for slot in removed:
        steps += _removal(hold, slot)
    steps += _updates(hold, changes)
    for steps_of_kids in kids.values():
        steps += steps_of_kids
    for table, slots in groupby(sorted(added, key=_place), lambda slot: slot.table):
        steps += _additions(hold, table, [*slots])
    return steps


def _place(slot: Slot) -> tuple[int, str]:
    return slot.table.order, slot.id


def _closes(slot: Slot, row: Row) -> bool:
    """Whether an entity, as it is about to be changed, is sealed by that."""
    seal = slot.table.seal
    before = slot.row or ()
    return seal is not None and before[seal] is None and row[seal] is not None


def _with_guard(slot: Slot) -> Row:
    row, index = slot.row or (), slot.table.guarded
    return (*row[:index], row[index] + 1, *row[index + 1 :])


def _may_hand_over(saved: Mapping[Slot, Row]) -> bool:
    """Whether a unique value could go from one of some saved entities to another one."""
    changed = [
        slot.table.order
        for slot, row in saved.items()
        if any(slot.row and slot.row[index] != row[index] for index in slot.table.unique)
    ]
    return len(changed) != len({*changed})


def _removal(hold: Hold, slot: Slot) -> Iterator[_Step]:
    table, counts = slot.table, slot.table.counts(slot.row or ())
    change = _Change(slot, counts[0])
    yield _Step(table.sheet.delete, [(slot.id, hold.tenant, *counts)], [change])
    if not hold.compiler.dialect.defers:
        # References are not heeded meanwhile, so nothing is removed along with the entity.
        for kid in table.kids:
            yield _Step(kid.delete_all, [(slot.id, hold.tenant)])
    slot.row, slot.kids = None, ()


def _updates(hold: Hold, changes: Iterable[tuple[Slot, Row]]) -> Iterator[_Step]:
    """Bring rows up to date one after the other, unless somebody else changed one of them."""
    updates: list[tuple[str, Row, _Change]] = []
    for slot, row in changes:
        table, old = slot.table, slot.row or ()
        update = table.sheet.update(old, row)
        if update is not None:
            before = table.counts(old)
            values = (*update[1], slot.id, hold.tenant, *before)
            updates.append((update[0], values, _Change(slot, before[0])))
            slot.row = row
    for sql, group in groupby(updates, itemgetter(0)):
        several = [*group]
        yield _Step(sql, [row for _, row, _ in several], [change for _, _, change in several])


def _kid_changes(hold: Hold, slot: Slot) -> Iterator[_Step]:
    table, tenant = slot.table, hold.tenant
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
                yield _Step(change[0], [(*change[1], *each[:length], tenant)])
        if left:
            yield _Step(sheet.delete, [(*key, tenant) for key in left])
        if more:
            yield _Step(sheet.insert, more)
    slot.kids = kids


def _additions(hold: Hold, table: EntityTable, slots: Sequence[Slot]) -> Iterator[_Step]:
    encode, encode_kids, rows = table.codec.encode, table.codec.encode_kids, list[Row]()
    for slot in slots:
        slot.row = encode[type(slot.entity)](slot.entity, slot.id, hold.tenant)
        slot.kids = encode_kids[type(slot.entity)](slot.entity, slot.id, hold.tenant)
        rows.append(slot.row)
    kids = [[row for slot in slots for row in slot.kids[index]] for index in range(len(table.kids))]
    steps = [
        _Step(sheet.insert, some) for sheet, some in zip(table.kids, kids, strict=True) if some
    ]
    own = _Step(table.sheet.insert, rows)
    # A sealed entity takes no children any more. References are checked at the end, so they may
    # come before; others come after, as that is less work for the database.
    yield from (own, *steps) if table.seal is None else (*steps, own)


# --- references, where the database does not check them at the commit ----------------------------


def _lock_targets(hold: Hold) -> None:
    """Afterwards what this unit refers to anew stays, as far as it is there, until its end."""
    wanted: dict[str, set[str]] = {}
    own = {
        (slot.table.name, slot.id) for slot in hold.touched if slot.row and slot.entity is not None
    }
    hold.standing |= own  # the rows of what it changed are its own already
    for _, target, id in _new_references(hold):
        if (target, str(id)) not in hold.standing:
            wanted.setdefault(target, set()).add(str(id))
    dialect, link = hold.compiler.dialect, hold.link
    for name, table in hold.tables.items():
        there = dialect.quote(table.layout.name)
        for part in portions(sorted(wanted.get(name, ()))):
            marks = ", ".join("?" * len(part))
            sql = f"SELECT id FROM {there} WHERE id IN ({marks}) AND tenant = ? ORDER BY id"
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
