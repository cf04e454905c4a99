"""A random walk: any store and a dict do the same steps and must agree after each of them.

What a store has to refuse, the dict's own rules tell before. A refusal may come with the step or with
the commit, and ends the unit of work: not every place can go on within the same one.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import settings, stateful
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from crmcore.errors import Conflict, Duplicate, StaleRevision
from crmcore.grammar.change import Entity
from crmcore.grammar.field import F, count
from crmcore.ports import Store, UnitOfWork
from crmcore.testing.ground import LAW, Ground, StoreFactory
from crmcore.testing.specimens import Gadget, Machine, Maker, Part, machine, maker
from crmcore.testing.steps import aggregate_query, anatomy, done_in, page_in, query
from crmcore.testing.strategies import plain_texts
from crmcore.values.ids import CountedIds

PICKS = st.integers(0, 2**16)
ORDERS = st.none() | st.integers(0, 3)
CODES = st.sampled_from((None, "a", "A", "a ", "ä"))

Rows = dict[UUID, Any]


class Walker(RuleBasedStateMachine):
    """Adds, saves, removes, finds, commits and rolls back at random.

    Args:
        store: An empty store.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.ids = CountedIds()
        self.committed: Rows = {}
        self.rows: Rows = {}
        self.unit: UnitOfWork | None = None

    @initialize()
    def begin(self) -> None:
        """Start from an empty store."""
        assert page_in(self._open(), query("maker")).items == ()

    @rule(name=plain_texts(5), code=CODES)
    def add_maker(self, name: str, code: str | None) -> None:
        """Add a maker, unless its code is taken."""
        self._add(maker(self.ids.new(), name=name, code=code))

    @rule(pick=PICKS, order=ORDERS, names=st.lists(plain_texts(2), max_size=3))
    def add_machine(self, pick: int, order: int | None, names: list[str]) -> None:
        """Add a machine that may refer to a maker."""
        owner = self._picked(Maker, pick)
        parts = tuple(Part(name=name, maker=owner and owner.id) for name in names)
        self._add(machine(self.ids.new(), order=order, maker=owner and owner.id, parts=parts))

    @rule(pick=PICKS, code=CODES, name=plain_texts(5))
    def save_maker(self, pick: int, code: str | None, name: str) -> None:
        """Save a maker, unless its new code is taken."""
        entity = self._picked(Maker, pick)
        if entity is not None:
            self._save(attrs.evolve(entity, code=code, name=name))

    @rule(pick=PICKS, order=ORDERS)
    def save_machine(self, pick: int, order: int | None) -> None:
        """Save a machine with fewer parts."""
        entity = self._picked(Machine, pick)
        if entity is not None:
            self._save(attrs.evolve(entity, order=order, parts=entity.parts[1:]))

    @rule(pick=PICKS, behind=st.integers(1, 3))
    def save_stale(self, pick: int, behind: int) -> None:
        """Saving from another revision is refused."""
        entity = self._picked(Gadget, pick)
        if entity is not None:
            stale = attrs.evolve(entity, revision=entity.revision - behind)
            self._refused(StaleRevision, lambda unit: unit.repository(Gadget).save(stale))

    @rule(pick=PICKS)
    def remove(self, pick: int) -> None:
        """Remove something that nothing refers to."""
        entity: Maker | Gadget | None = self._picked(Gadget, pick)
        entity = entity if pick % 3 else self._picked(Maker, pick)
        if entity is not None and not any(
            self._refers(row, entity.id) for row in self._all(Gadget)
        ):
            self._open().repository(type(entity)).remove(entity)
            del self.rows[entity.id]

    @rule(order=ORDERS.filter(bool), code=CODES.filter(bool))
    def ask(self, order: int, code: str) -> None:
        """Questions, also through references, see the present state."""
        unit, machines = self._open(), self._all(Machine)
        owners = {row.id for row in self._all(Maker) if row.code == code}

        by_order = page_in(unit, query("gadget", F.order == order)).items
        by_owner = page_in(unit, query("gadget", F.parts.any(F.maker.code == code))).items
        counted = unit.aggregate(aggregate_query("gadget", {"n": count(F.maker.code == code)}))

        assert list(by_order) == [row for row in machines if row.order == order]
        assert list(by_owner) == [
            row for row in machines if any(part.maker in owners for part in row.parts)
        ]
        assert counted[0].values["n"] == sum(row.maker in owners for row in machines)

    @rule()
    @precondition(lambda self: self.unit is not None)
    def commit(self) -> None:
        """Make it last."""
        self._open().commit()
        self.unit, self.committed = None, dict(self.rows)

    @rule()
    @precondition(lambda self: self.unit is not None)
    def roll_back(self) -> None:
        """Take it back."""
        self._open().rollback()
        self.unit, self.rows = None, dict(self.committed)

    @invariant()
    def agrees(self) -> None:
        """Everything is as the dict has it."""
        unit = self.unit or self.store.begin(write=False)
        makers, gadgets = (page_in(unit, query(name)).items for name in ("maker", "gadget"))
        if self.unit is None:
            unit.rollback()

        assert anatomy(makers) == anatomy(tuple(self._all(Maker)))
        assert anatomy(gadgets) == anatomy(tuple(self._all(Gadget)))

    def teardown(self) -> None:
        """Leave the store to others."""
        if self.unit is not None:
            self.unit.rollback()

    def _open(self) -> UnitOfWork:
        if self.unit is None:
            self.unit = self.store.begin(write=True)
        return self.unit

    def _add(self, entity: Maker | Machine) -> None:
        expected = attrs.evolve(entity, revision=1)
        self._attempt(lambda unit: unit.repository(type(entity)).add(entity), expected)

    def _save(self, entity: Maker | Machine) -> None:
        expected = attrs.evolve(entity, revision=entity.revision + 1)
        self._attempt(lambda unit: unit.repository(type(entity)).save(entity), expected)

    def _attempt(self, step: Callable[[UnitOfWork], Entity], expected: Maker | Machine) -> None:
        code = expected.code if isinstance(expected, Maker) else None
        others = (row for row in self._all(Maker) if row.id != expected.id)
        if code is not None and any(row.code == code for row in others):
            self._refused(Duplicate, step)
        else:
            assert step(self._open()) == expected
            self.rows[expected.id] = expected

    def _refused(self, error: type[Conflict], step: Callable[[UnitOfWork], Entity]) -> None:
        unit, self.unit, self.rows = self._open(), None, dict(self.committed)
        with pytest.raises(error):
            done_in(unit, step)

    def _all(self, cls: type[Any]) -> list[Any]:
        return [row for _, row in sorted(self.rows.items()) if isinstance(row, cls)]

    def _picked(self, cls: type[Any], pick: int) -> Any:
        rows = self._all(cls)
        return rows[pick % len(rows)] if rows else None

    def _refers(self, row: Gadget, id: UUID) -> bool:
        return row.maker == id or any(part.maker == id for part in row.parts)


def run_walk(fresh: Callable[[], Store], how: settings) -> None:
    """Return when random walks, each in a fresh store, have found nothing wrong.

    Raises:
        AssertionError: a store went another way than the dict.
    """
    # Its types are not complete.
    hypothesis: Any = stateful
    hypothesis.run_state_machine_as_test(lambda: Walker(fresh()), settings=how)


class WalkLaws(Ground):
    """Any sequence of steps."""

    def test_a_random_walk_agrees_with_a_dict(self, stores: StoreFactory) -> None:
        """After any steps, a store holds what a dict would hold."""
        walk = settings(LAW, stateful_step_count=30)

        run_walk(stores.fresh, walk)
