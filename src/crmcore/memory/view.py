"""The data as one unit of work sees them: the state it began with, under its own changes.

Here every rule of a change is checked: revisions, unique fields, references.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from crmcore.errors import (
    Closed,
    Conflict,
    Duplicate,
    ReferenceNotFound,
    StaleRevision,
    StillReferenced,
)
from crmcore.grammar.binding import Scope
from crmcore.grammar.change import Entity
from crmcore.grammar.compiling import Getter, Predicate, compile_condition, compile_operand
from crmcore.grammar.entity import EntityType
from crmcore.grammar.query import Among, Compare, Condition, Every, Operand, Path
from crmcore.grammar.registry import Registry, reference_values, references
from crmcore.memory.shelf import Room, Shelf, Staged, by_int, unique_keys

_COMPILED = 512


class Questions:
    """The registry, and the expressions already turned into functions."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.scopes = {name: Scope.of(kind, registry) for name, kind in registry.entities.items()}
        self.predicate = lru_cache(_COMPILED)(self._predicate)
        self.getter = lru_cache(_COMPILED)(self._getter)
        self.referring: dict[str | None, list[tuple[str, str]]] = {}
        for kind in registry.entities.values():
            for path, spec in references(kind.fields):
                self.referring.setdefault(spec.reference, []).append((kind.name, path))

    def _predicate(self, name: str, where: Condition) -> Predicate:
        return compile_condition(where, self.scopes[name])

    def _getter(self, name: str, operand: Operand) -> Getter:
        return compile_operand(operand, self.scopes[name])


class View:
    """What a unit of work sees and has changed, until it ends.

    Args:
        questions: How to ask.
        room: What lies there of the tenant.
        turn: The shelf whose turn to write it holds; None when it only reads.
    """

    def __init__(self, questions: Questions, room: Room, turn: Shelf | None) -> None:
        self.questions = questions
        self.room = room
        self.turn = turn
        self.base = room.enter() if turn is None else room.state
        self.staged = Staged()
        self.is_open = True

    def end(self) -> None:
        """Afterwards every use is refused, and others may go on."""
        self.is_open = False
        if self.turn is None:
            self.room.leave(self.base)
        else:
            self.turn.give_back()

    def refused(self, conflict: Conflict) -> Conflict:
        """The conflict, by which this unit of work has ended."""
        self.end()
        return conflict

    def reading(self) -> None:
        """Return while the unit of work is open.

        Raises:
            Closed: it has ended.
        """
        if not self.is_open:
            raise Closed("unit of work")

    def writing(self) -> Staged:
        """The changes so far, to add to.

        Raises:
            Closed: the unit of work has ended, or only reads.
        """
        self.reading()
        if self.turn is None:
            raise Closed("way to write in a reading unit of work")
        return self.staged

    def row(self, name: str, key: UUID | None) -> Any:
        """The entity as this unit of work sees it; None when there is none."""
        if key is None:
            return None
        staged = self.staged.rows.get(name)
        if staged is not None and key in staged:
            return staged[key]
        return self.base.tables[name].rows.get(key)

    def expect(self, name: str, entity: Entity) -> Entity:
        """The entity as it is stored, which stands at the revision that ``entity`` came with.

        Raises:
            StaleRevision: it has gone on, or is gone; the unit of work is over.
        """
        stored: Entity | None = self.row(name, entity.id)
        actual = None if stored is None else stored.revision
        if stored is None or actual != entity.revision:
            raise self.refused(StaleRevision(name, entity.id, entity.revision, actual))
        return stored

    # --- searching

    def candidates(self, name: str, where: Condition) -> Sequence[UUID]:
        """The ids, ascending, of at least every entity that fulfils ``where``."""
        narrowed = self._narrowed(name, where)
        if narrowed is not None:
            return sorted((key for key in narrowed if self.row(name, key) is not None), key=by_int)
        base, staged = self.base.tables[name], self.staged.rows.get(name)
        if not staged:
            return base.ids
        present = {key for key, entity in staged.items() if entity is not None}
        return sorted(present.union(base.rows.keys() - staged.keys()), key=by_int)

    def _narrowed(self, name: str, where: Condition) -> set[UUID] | None:
        for part in where.items if isinstance(where, Every) else (where,):
            match part:
                case Among(Path(("id",)), values):
                    return {value for value in values if isinstance(value, UUID)}
                case Compare("eq", Path(("id",)), UUID() as value):
                    return {value}
                case Compare("eq", Path((field,)), right) if not isinstance(right, Operand):
                    found = self._indexed(name, field, right)
                    if found is not None:
                        return found
                case _:
                    continue
        return None

    def _indexed(self, name: str, field: str, value: object) -> set[UUID] | None:
        kind = self.questions.registry.named(name)
        spec = kind.fields.get(field)
        with self.room.mutex:
            # The index tells of the present state only; a reader of an older one has to search.
            if spec is None or self.base is not self.room.state:
                return None
            indexes = (self.room.index, self.staged.index)
            if spec.reference is not None and isinstance(value, UUID):
                place = (name, field, value)
                return set[UUID]().union(*(each.referrers.get(place, ()) for each in indexes))
            if (field,) in kind.unique:
                holders = [each.holders.get((name, ((field,), (value,)))) for each in indexes]
                return {holder for holder in holders if holder is not None}
        return None

    # --- changing

    def stage(self, kind: EntityType, entity: Entity) -> None:
        """Afterwards this unit of work sees the entity so.

        Raises:
            Duplicate: another one has the same unique fields; the unit of work is over.
        """
        staged = self.writing()
        for key in unique_keys(kind, entity):
            for index in (staged.index, self.room.index):
                other = index.holders.get((kind.name, key))
                if other is None or other == entity.id:
                    continue
                holder = self.row(kind.name, other)
                if holder is not None and key in unique_keys(kind, holder):
                    raise self.refused(Duplicate(kind.name, key[0], other))
        staged.rows.setdefault(kind.name, {})[entity.id] = entity
        staged.index.insert(kind, entity)

    def check_references(self) -> None:
        """Return when every reference that the changes touch leads somewhere.

        Raises:
            ReferenceNotFound: something added or saved refers to nothing.
            StillReferenced: something removed is referred to.
        """
        for name, changes in self.staged.rows.items():
            kind = self.questions.registry.named(name)
            for key, entity in changes.items():
                if entity is None:
                    self._check_unreferenced(name, key)
                    continue
                for path, target, referred in reference_values(entity, kind):
                    if self.row(target, referred) is None:
                        raise ReferenceNotFound(name, path, referred)

    def _check_unreferenced(self, name: str, key: UUID) -> None:
        for referring, path in self.questions.referring.get(name, ()):
            # What this unit of work changed is checked by its own references.
            changed = self.staged.rows.get(referring, {})
            for referrer in self.room.index.referrers.get((referring, path, key), ()):
                if referrer not in changed:
                    raise StillReferenced(name, key, referring)
