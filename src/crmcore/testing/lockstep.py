"""Lockstep: the same random steps in any number of stores, which must answer alike all the way.

The first store is the model of the others. Ids and instants are given, so that in the end canonical
dumps of all stores have to be the same, byte for byte. A refusal by conflict may come with the step
or with the commit; it has to come, and to be the same one.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
from hypothesis import settings, stateful
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from crmcore.errors import Conflict, CrmError, ReferenceNotFound
from crmcore.grammar.change import Entity
from crmcore.grammar.field import F, count, count_distinct, total
from crmcore.grammar.query import AggregateQuery, Order, Query
from crmcore.grammar.registry import reference_values
from crmcore.ports import Drawn, Posted, Store, UnitOfWork
from crmcore.testing.ground import StoreFactory
from crmcore.testing.specimens import AT, SPECIMENS, Badge, Gadget, Maker, Part
from crmcore.testing.specimens import badge as new_badge
from crmcore.testing.specimens import machine as new_machine
from crmcore.testing.specimens import maker as new_maker
from crmcore.testing.specimens import tool as new_tool
from crmcore.testing.steps import (
    MANY,
    Deed,
    aggregate_query,
    anatomy,
    naming,
    page_in,
    query,
    remembered,
)
from crmcore.testing.strategies import plain_texts
from crmcore.values.ids import CountedIds
from crmcore.values.money import Money
from crmcore.wire import dump

PICKS = st.integers(0, 2**16)
ORDERS = st.none() | st.integers(0, 3)
CODES = st.sampled_from((None, "a", "A", "a ", "ä", "a\u0308", "\U0001f600"))
KEYS = st.sampled_from(("k", "K", "k ", "ḱ"))
SERIES = st.sampled_from(("s", "S", "s "))
SECONDS = st.integers(0, 60)

QUESTIONS: tuple[Query | AggregateQuery, ...] = (
    query("maker", F.code == "a"),
    query("maker", order=[Order(F.code()), Order(F.name(), descending=True)], limit=2),
    query("maker", F.parent.code == "A", order=[Order(F.parent.name())]),
    query("gadget", F.maker.code.is_missing() & (F.kind == "machine")),
    query("gadget", F.parts.any(F.maker.code == "ä")),
    query("gadget", ~(F.order > 1), order=[Order(F.order(), descending=True)], limit=3),
    query("badge", F.gadget.maker.name != ""),
    aggregate_query("gadget", {"n": count(F.maker.code == "a"), "sum": total(F.order)}),
    aggregate_query("gadget", {"n": count_distinct(F.title)}, by=[F.kind(), F.order()]),
    aggregate_query("badge", {"sum": total(F.worth)}, by=[F.gadget.maker()]),
)
"""What is asked in between: through references, children and variants, in orders and groups."""

WAYS: dict[str, Callable[[UnitOfWork, Any], object]] = {
    "save": lambda unit, entity: unit.repository(type(entity)).save(entity),
    "remove": lambda unit, entity: unit.repository(type(entity)).remove(entity),
    "guard": lambda unit, entity: unit.guard(entity),
}
"""What may be done with an entity as somebody holds it."""


def verdict(error: CrmError) -> tuple[str, object]:
    """What stores have to agree on about a refusal."""
    return type(error).__name__, getattr(error, "entity", None)


def is_final(error: object) -> bool:
    """Whether a refusal ends the unit of work."""
    return isinstance(error, Conflict | ReferenceNotFound)


def outcome(deed: Callable[[], object]) -> object:
    """What a deed gives, or how it is refused."""
    try:
        return deed()
    except CrmError as error:
        return error


def comparable(outcome: object) -> object:
    """An outcome that can be compared between stores."""
    return verdict(outcome) if isinstance(outcome, CrmError) else anatomy(outcome)


def contents(store: Store) -> list[object]:
    """Everything a store holds, in canonical form: a dump, and how far events have come."""
    with store.begin(write=False) as unit:
        posted = unit.archive.events(None, MANY)
    return [*dump(store), anatomy(posted)]


class Lockstep(RuleBasedStateMachine):
    """Several stores at once add, save, remove, draw, remember, tell, deliver, commit and reopen.

    Args:
        places: Where the stores come from. The first one's is the model, the others follow.
    """

    def __init__(self, places: Sequence[StoreFactory]) -> None:
        super().__init__()
        self.places = places
        self.stores = [place.fresh() for place in places]
        self.units: list[UnitOfWork] = []
        self.ids, self.now = CountedIds(), AT
        self.held: list[Entity] = []
        self.claimed: list[Posted] = []
        self.told = Counter[UUID]()
        self.is_sound = True

    # --- entities

    @rule(name=plain_texts(5), code=CODES, pick=PICKS)
    def add_maker(self, name: str, code: str | None, pick: int) -> None:
        """Add a maker, perhaps with a parent."""
        parent = self._picked(Maker, pick)
        self._add(new_maker(self.ids.new(), name=name, code=code, parent=parent and parent.id))

    @rule(order=ORDERS, code=CODES, pick=PICKS, names=st.lists(plain_texts(3), max_size=3))
    def add_gadget(self, order: int | None, code: str | None, pick: int, names: list[str]) -> None:
        """Add a gadget of either kind, with parts."""
        owner = self._picked(Maker, pick)
        key, new = owner and owner.id, new_machine if pick % 3 else new_tool
        parts = tuple(Part(name=name, position=at, maker=key) for at, name in enumerate(names))
        self._add(new(self.ids.new(), order=order, serial=code, maker=key, parts=parts))

    @rule(pick=PICKS, label=CODES.filter(bool), cents=st.integers(0, 999))
    def add_badge(self, pick: int, label: str, cents: int) -> None:
        """Add a badge of some gadget."""
        gadget, worth = self._picked(Gadget, pick), Money(cents, "EUR")
        if gadget is not None:
            self._add(new_badge(self.ids.new(), gadget.id, label=label, worth=worth))

    @rule()
    def add_with_a_reference_to_nothing(self) -> None:
        """What refers to nothing is refused."""
        wrong = new_maker(self.ids.new(), parent=self.ids.new())
        self._refused(lambda unit: unit.repository(Maker).add(wrong))

    @rule(pick=PICKS, code=CODES, order=ORDERS, way=st.sampled_from([*WAYS]))
    def act(self, pick: int, code: str | None, order: int | None, way: str) -> None:
        """Save, remove or guard something, as it stands or as it stood at some time."""
        if not self.held:
            return
        entity = self.held[pick % len(self.held)]
        fields: dict[type, dict[str, Any]] = {
            Maker: {"name": code or "", "code": code},
            Badge: {"label": code or "label"},
        }
        changed = fields.get(type(entity), {"order": order, "serial": code})
        given = attrs.evolve(entity, **changed) if way == "save" else entity
        if way == "remove" and self._stands(entity) and self._is_referred_to(entity.id):
            self._refused(lambda unit: WAYS[way](unit, given))
        else:
            self._keep(self._take(lambda unit: WAYS[way](unit, given)))

    @rule(pick=PICKS, revision=st.integers(1, 9), code=CODES)
    def restore(self, pick: int, revision: int, code: str | None) -> None:
        """Put in something from elsewhere, or what is there already."""
        known = self.held[pick % len(self.held)].id if self.held and not pick % 4 else None
        entity = new_maker(known or self.ids.new(), revision=revision, code=code)
        self._take(lambda unit: unit.archive.restore([entity]))
        self._keep(self._take(lambda unit: unit.repository(Maker).get(entity.id)))

    @rule(pick=PICKS)
    def get(self, pick: int) -> None:
        """Get something that is or was there, or never was."""
        id = self.held[pick % len(self.held)].id if self.held else UUID(int=pick)
        self._keep(self._take(lambda unit: unit.repository(Maker).get(id)))
        self._take(lambda unit: unit.repository(Gadget).get_many([id]))

    @rule(asked=st.sampled_from(QUESTIONS))
    def ask(self, asked: Query | AggregateQuery) -> None:
        """Ask about the present state, own changes included."""
        if isinstance(asked, Query):
            self._take(lambda unit: page_in(unit, asked))
        else:
            self._take(lambda unit: unit.aggregate(asked))

    # --- numbers, keys, events

    @rule(series=SERIES, period=st.sampled_from(("", "2024")))
    def draw(self, series: str, period: str) -> None:
        """Draw a number."""
        self._take(lambda unit: unit.draw(series, period))
        self._take(lambda unit: unit.archive.numbers())

    @rule(series=SERIES, value=st.integers(0, 99))
    def restore_number(self, series: str, value: int) -> None:
        """Let a series go on from elsewhere."""
        drawn = Drawn(series=series, period="2024", value=value)
        self._take(lambda unit: unit.archive.restore_number(drawn))

    @rule(key=KEYS, scope=SERIES, is_new=st.booleans())
    def remember(self, key: str, scope: str, is_new: bool) -> None:
        """Replay a key, or remember it, which is refused when it is taken."""
        first = attrs.evolve(remembered(key, scope, self.now), entity_id=self.ids.new())
        if self._take(lambda unit: unit.recall(scope, key)) is None or is_new:
            self._take(lambda unit: unit.remember(first))

    @rule(seconds=SECONDS)
    def forget(self, seconds: int) -> None:
        """Forget keys that are older than that."""
        before = self.now - timedelta(seconds=seconds)
        self._take(lambda unit: unit.archive.forget(before))
        self._take(lambda unit: unit.archive.keys(None, 3))

    @rule(pick=PICKS)
    def tell(self, pick: int) -> None:
        """Tell something that happened to an entity, whether or not it is still there."""
        if not self.held:
            return
        entity = self.held[pick % len(self.held)]
        self.told[entity.id] += 1
        told = naming(
            self.ids.new(), entity.id, entity.revision, self.told[entity.id], recorded_at=self.now
        )
        self._take(lambda unit: unit.record(told))
        self._take(lambda unit: unit.history("maker", entity.id))

    @rule(limit=st.integers(1, 5), seconds=SECONDS)
    def claim(self, limit: int, seconds: int) -> None:
        """Claim events for a while."""
        now, until = self.now, self.now + timedelta(seconds=seconds)
        claimed: Any = self._take(lambda unit: unit.outbox.claim(limit, now=now, until=until))
        self.claimed += claimed

    @rule(pick=PICKS, end=st.sampled_from(("settle", "release", "park")), seconds=SECONDS)
    def deliver(self, pick: int, end: str, seconds: int) -> None:
        """Settle, give back or park something that was claimed at some time."""
        if not self.claimed:
            return
        each = self.claimed[pick % len(self.claimed)]
        until = self.now + timedelta(seconds=seconds)
        ends: dict[str, Deed] = {
            "settle": lambda unit: unit.outbox.settle([each]),
            "release": lambda unit: unit.outbox.release([each], until=until),
            "park": lambda unit: unit.outbox.park(each, f"refused after {seconds} s"),
        }
        self._take(ends[end])
        self._take(lambda unit: unit.outbox.lag())

    @rule(pick=PICKS)
    def resume(self, pick: int) -> None:
        """Resume what is parked, or try to."""
        parked: Any = self._take(lambda unit: unit.outbox.parked(3))
        choices: list[Posted] = [*parked, *self.claimed]
        if choices:
            id = choices[pick % len(choices)].recorded.id
            self._take(lambda unit: unit.outbox.resume(id))

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        """Let some time pass."""
        self.now += timedelta(seconds=seconds)

    # --- ends

    @rule()
    @precondition(lambda self: self.units)
    def commit(self) -> None:
        """Make it last, and look whether all hold the same."""
        self._end(lambda unit: unit.commit())
        self._compare()

    @rule()
    @precondition(lambda self: self.units)
    def roll_back(self) -> None:
        """Take it back."""
        self._end(lambda unit: unit.rollback())

    @rule()
    def reopen(self) -> None:
        """Leave without a commit, close everything, and come back."""
        if self.units:
            self.roll_back()
        pairs = zip(self.places, self.stores, strict=True)
        self.stores = [place.reopen(store) for place, store in pairs]
        self._compare()

    def teardown(self) -> None:
        """Look a last time whether all hold the same, and leave the places to others."""
        try:
            for unit in self.units:
                outcome(unit.rollback)
            if self.is_sound:
                self._compare()
        finally:
            for place in self.places:
                place.close()

    # --- how a step is taken

    def _take(self, step: Deed) -> object:
        """What all of them answer; None where all of them refuse."""
        self.units = self.units or [store.begin(write=True) for store in self.stores]
        outcomes = [outcome(lambda unit=unit: step(unit)) for unit in self.units]
        if any(map(is_final, outcomes)):
            return self._over(outcomes)
        self._agree(outcomes)
        first = outcomes[0]
        return None if isinstance(first, CrmError) else first

    def _refused(self, step: Deed) -> None:
        """Take a step that all of them have to refuse, at the latest when committing."""
        self.units = self.units or [store.begin(write=True) for store in self.stores]
        self._over([outcome(lambda unit=unit: step(unit)) for unit in self.units])

    def _over(self, outcomes: list[object]) -> None:
        """All refuse in the end, and the unit of work is over for all."""
        units, self.units = self.units, []
        for place, unit in enumerate(units):
            if not is_final(outcomes[place]):
                outcomes[place] = outcome(unit.commit)
        self._agree(outcomes)
        assert is_final(outcomes[0])

    def _end(self, ending: Deed) -> None:
        units, self.units = self.units, []
        self._agree([outcome(lambda unit=unit: ending(unit)) for unit in units])

    def _agree(self, outcomes: list[object]) -> None:
        self.is_sound = False
        model, *others = map(comparable, outcomes)
        for store, other in zip(self.stores[1:], others, strict=True):
            assert other == model, f"{store!r} goes another way"
        self.is_sound = True

    def _compare(self) -> None:
        self._agree([tuple(map(str, contents(store))) for store in self.stores])

    # --- what the model holds

    def _add(self, entity: Any) -> None:
        self._keep(self._take(lambda unit: unit.repository(type(entity)).add(entity)))

    def _keep(self, answer: object) -> None:
        if isinstance(answer, Entity):
            self.held.append(answer)

    def _all(self, cls: type[Entity]) -> tuple[Entity, ...]:
        entity = SPECIMENS.of_class(cls).name
        if self.units:
            return page_in(self.units[0], query(entity)).items
        with self.stores[0].begin(write=False) as unit:
            return page_in(unit, query(entity)).items

    def _picked(self, cls: type[Entity], pick: int) -> Entity | None:
        rows = self._all(cls)
        return rows[pick % len(rows)] if rows and pick % 5 else None

    def _stands(self, entity: Entity) -> bool:
        return entity in self._all(SPECIMENS.of_class(type(entity)).cls)

    def _is_referred_to(self, id: UUID) -> bool:
        return any(
            referred == id and row.id != id
            for kind in SPECIMENS.entities.values()
            for row in self._all(kind.cls)
            for _, _, referred in reference_values(row, kind)
        )


def run_lockstep(places: Sequence[StoreFactory], how: settings) -> None:
    """Return when stores in these places took random steps and never went different ways.

    Args:
        places: Where the stores come from. The first one's is the model, the others follow.
        how: How many walks of how many steps.

    Raises:
        AssertionError: a store answered otherwise than the model, or held something else.
    """
    # Its types are not complete.
    hypothesis: Any = stateful
    hypothesis.run_state_machine_as_test(lambda: Lockstep(places), settings=how)
