"""A store in memory in which several write at a time, and what can go wrong in one."""

from threading import Lock, get_ident

from crmcore.errors import (
    Closed,
    Conflict,
    Contention,
    Duplicate,
    KeyTaken,
    NestedTransaction,
    ReferenceNotFound,
    StaleRevision,
)
from crmcore.memory.repository import MemoryRepository
from crmcore.memory.unit_of_work import MemoryUnitOfWork
from crmcore.memory.view import View

from .broken import Broken


class Ticket:
    """Leave to write, beside others."""

    def __init__(self, shelf, room):
        self._writers, self._room = vars(shelf).setdefault("writers", set()), room
        if get_ident() in self._writers:
            raise NestedTransaction
        self._thread, self.base = get_ident(), room.enter()
        self._writers.add(self._thread)

    def give_back(self):
        self._writers.discard(self._thread)
        self._room.leave(self.base)


class FirstCommitterWins(MemoryUnitOfWork):
    """What is touched must be as it was when the unit of work began."""

    def __init__(self, view):
        super().__init__(view)
        self._guards = vars(view.room).setdefault("guards", {})
        view.guards_seen, self._guarded = dict(self._guards), set()

    def guard(self, entity, /):
        super().guard(entity)
        self._guarded.add((self._view.questions.registry.of_class(type(entity)).name, entity.id))

    def commit(self):
        view = self._view
        view.reading()
        if view.turn is None:
            return super().commit()
        with vars(view.room).setdefault("committing", Lock()):
            try:
                self.prove()
                for place in self._guarded:
                    self._guards[place] = self._guards.get(place, 0) + 1
                view.room.publish(view.staged, view.questions.registry)
            except (Conflict, Contention, ReferenceNotFound):
                self.lost()
                raise
            finally:
                view.end()

    def prove(self):
        self.prove_rows()
        self.prove_guards()
        self.prove_events()
        self.prove_numbers()
        self.prove_keys()
        self.prove_unique()
        self.prove_references()

    def lost(self):
        """Nothing is left."""

    def _touched(self):
        rows = self._view.staged.rows
        return {(name, key) for name, changes in rows.items() for key in changes} | self._guarded

    def prove_rows(self):
        base, now = self._view.base.tables, self._view.room.state.tables
        for name, key in self._touched():
            before, after = base[name].rows.get(key), now[name].rows.get(key)
            if before is after:
                continue
            if before is None:
                raise Duplicate(name, ("id",), key)
            raise StaleRevision(name, key, before.revision, after and after.revision)

    def prove_guards(self):
        for name, key in self._touched():
            if self._guards.get((name, key)) != self._view.guards_seen.get((name, key)):
                raise StaleRevision(name, key, 0, 0)

    def prove_events(self):
        base, now = self._view.base.events, self._view.room.state.events
        if any(base.get(whose) is not now.get(whose) for whose in self._view.staged.events):
            raise Contention("events")

    def prove_numbers(self):
        base, now = self._view.base.numbers, self._view.room.state.numbers
        if any(base.get(series) != now.get(series) for series in self._view.staged.numbers):
            raise Contention("numbers")

    def prove_keys(self):
        base, now = self._view.base.keys, self._view.room.state.keys
        if any(base.get(key) is not now.get(key) for key in self._view.staged.keys):
            raise KeyTaken("idempotency key", ("scope", "key"))

    def _present(self):
        present = View(self._view.questions, self._view.room, self._view.turn)
        for name, changes in self._view.staged.rows.items():
            present.staged.rows[name] = dict(changes)
        return present

    def prove_unique(self):
        present = self._present()
        present.end = lambda: None
        for name, changes in self._view.staged.rows.items():
            for entity in filter(None, changes.values()):
                present.stage(present.questions.registry.named(name), entity)

    def prove_references(self):
        self._present().check_references()


class ManyWriters(Broken):
    """An honest store with several writers at a time."""

    unit = FirstCommitterWins

    def view(self, *, write):
        if not write:
            return super().view(write=False)
        if not self._is_open:
            raise Closed("store")
        ticket = Ticket(self._shelf, self._room)
        view = View(self._questions, self._room, ticket)
        view.base = ticket.base
        return view


def blind(name, *proofs):
    """A store with several writers that does not look at everything when it commits."""
    nothing = dict.fromkeys(proofs, lambda self: None)
    return type(name, (ManyWriters,), {"unit": type(name, (FirstCommitterWins,), nothing)})


class LeavesItsEvents(FirstCommitterWins):
    """Events lie elsewhere, and are told although somebody else was faster."""

    def lost(self):
        self._view.staged.rows.clear()
        self._view.room.publish(self._view.staged, self._view.questions.registry)


class ReadsAnew(MemoryRepository):
    """Whoever reads again stands on what he reads then."""

    def get(self, id, /):
        self._view.guards_seen = dict(vars(self._view.room).get("guards", {}))
        return super().get(id)


LastWins = blind("LastWins", "prove_rows")
GuardsOnlyTheRevision = blind("GuardsOnlyTheRevision", "prove_guards")
OneNumberForTwo = blind("OneNumberForTwo", "prove_numbers")
OneEventForTwo = blind("OneEventForTwo", "prove_events")
OneKeyForTwo = blind("OneKeyForTwo", "prove_keys")
OneCodeForTwo = blind("OneCodeForTwo", "prove_unique")
RefersToNothing = blind("RefersToNothing", "prove_references")
TellsWhatNeverWas = type("TellsWhatNeverWas", (ManyWriters,), {"unit": LeavesItsEvents})
ForgivesBySecondLook = type("ForgivesBySecondLook", (ManyWriters,), {"repository": ReadsAnew})
