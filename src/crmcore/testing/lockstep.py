"""Lockstep: the same random steps in any number of stores, which must answer alike all the way.

The first store is the model of the others. Ids and instants are given, so that in the end canonical
dumps of all stores have to be the same, byte for byte.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import Any
from uuid import UUID

import attrs
from hypothesis import settings, stateful
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from crmcore.grammar.change import Entity
from crmcore.grammar.field import F, count, count_distinct, total
from crmcore.grammar.query import AggregateQuery, Order, Query
from crmcore.ports import Delivery, Drawn, Posted, Recorded, UnitOfWork
from crmcore.testing import specimens
from crmcore.testing.ground import StoreFactory
from crmcore.testing.keeping_step import KeepingStep
from crmcore.testing.specimens import SPECIMENS, Badge, Gadget, Machine, Maker, Part, Tool
from crmcore.testing.steps import Deed, aggregate_query, naming, page_in, query, remembered
from crmcore.testing.strategies import plain_texts
from crmcore.values.money import Money

PICKS = st.integers(0, 2**16)
ORDERS = st.none() | st.integers(0, 3)
CODES = st.none() | st.sampled_from(("a", "A", "a ", "ä", "a\u0308", "\U0001f600"))
KEYS = st.sampled_from(("k", "K", "k ", "ḱ"))
SERIES = st.sampled_from(("s", "S", "s "))
SECONDS = st.sampled_from((0, 1, 30, 60))
DECISIONS = st.sampled_from(("settle", "release", "park", "resume"))
ENDINGS = st.sampled_from(("commit", "commit", "commit", "roll back", "leave"))

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

WAYS: dict[str, Callable[[UnitOfWork, Entity], object]] = {
    "save": lambda unit, entity: unit.repository(type(entity)).save(entity),
    "remove": lambda unit, entity: unit.repository(type(entity)).remove(entity),
    "guard": lambda unit, entity: unit.guard(entity),
}
"""What may be done with an entity as somebody holds it."""


def got_many(cls: type[Entity], id: UUID, unit: UnitOfWork) -> object:
    """One entity, got as one of many."""
    return unit.repository(cls).get_many([id])


def record(told: Recorded, unit: UnitOfWork) -> None:
    """Record an event."""
    unit.record(told)


def told_by(entity: Entity) -> str:
    """The name under which events of an entity are kept."""
    return SPECIMENS.of_class(type(entity)).name


class Lockstep(KeepingStep):
    """Several stores at once add, save, remove, draw, remember, tell, deliver, commit and reopen.

    Args:
        places: Where the stores come from. The first one's is the model, the others follow.
    """

    def __init__(self, places: Sequence[StoreFactory]) -> None:
        super().__init__(places)
        self.claimed: list[Posted] = []
        self.told = Counter[UUID]()

    @initialize()
    def settle_in(self) -> None:
        """Begin with something that was there before."""
        for name in ("one", "two"):
            self._add(specimens.maker(self.ids.new(), name=name))
        self._add(specimens.machine(self.ids.new(), maker=self.held[0].id))
        self.end_by("commit")

    # --- entities

    @rule(name=plain_texts(5), code=CODES, pick=PICKS)
    def add_maker(self, name: str, code: str | None, pick: int) -> None:
        """Add a maker, perhaps with a parent."""
        parent = self.picked(Maker, pick) if pick % 3 else None
        key = None if parent is None else parent.id
        self._add(specimens.maker(self.ids.new(), name=name, code=code, parent=key))

    @rule(order=ORDERS, code=CODES, pick=PICKS, names=st.lists(plain_texts(3), max_size=3))
    def add_gadget(self, order: int | None, code: str | None, pick: int, names: list[str]) -> None:
        """Add a gadget of either kind, with parts."""
        owner = self.picked(Maker, pick) if pick % 5 else None
        key = None if owner is None else owner.id
        new = specimens.machine if pick % 3 else specimens.tool
        parts = tuple(Part(name=name, position=at, maker=key) for at, name in enumerate(names))
        self._add(new(self.ids.new(), order=order, serial=code, maker=key, parts=parts))

    @rule(pick=PICKS, label=CODES.filter(bool), cents=st.integers(0, 999))
    def add_badge(self, pick: int, label: str, cents: int) -> None:
        """Add a badge of some gadget."""
        gadget, worth = self.picked(Gadget, pick), Money(cents, "EUR")
        if gadget is not None:
            self._add(specimens.badge(self.ids.new(), gadget.id, label=label, worth=worth))

    @rule(pick=PICKS, code=CODES, order=ORDERS, way=st.sampled_from([*WAYS]))
    def act(self, pick: int, code: str | None, order: int | None, way: str) -> None:
        """Save, remove or guard something, as it stands or as it stood at some time."""
        entity = self._known(pick)
        fields: dict[type, dict[str, Any]] = {
            Maker: {"name": code or "", "code": code},
            Badge: {"label": code or "label"},
        }
        changed = fields.get(type(entity), {"order": order, "serial": code})
        given = attrs.evolve(entity, **changed) if way == "save" else entity
        if way == "remove" and self.is_referred_to(entity):
            self.refused(lambda unit: WAYS[way](unit, given))
        else:
            self.keep(self.take(lambda unit: WAYS[way](unit, given)))

    @rule(pick=PICKS)
    def refer_to_nothing(self, pick: int) -> None:
        """What refers to nothing is refused, whether it is new or was there before."""
        if pick % 3:
            self.end_by("commit")
        nobody, known = self.ids.new(), self.picked(Gadget, pick)
        if known is None:
            new = specimens.maker(self.ids.new(), parent=nobody)
            self.refused(lambda unit: unit.repository(Maker).add(new))
        else:
            given = attrs.evolve(known, parts=(Part(name="p", maker=nobody),))
            self.refused(lambda unit: unit.repository(type(given)).save(given))

    @rule(pick=PICKS, revision=st.integers(1, 9), code=CODES)
    def restore(self, pick: int, revision: int, code: str | None) -> None:
        """Put in something from elsewhere, or what is there already."""
        id = self._known(pick).id if not pick % 5 else self.ids.new()
        entity = specimens.maker(id, revision=revision, code=code)
        self.take(lambda unit: unit.archive.restore([entity]))
        self.keep(self.take(lambda unit: unit.repository(Maker).get(entity.id)))

    @rule(pick=PICKS, asked=st.sampled_from(QUESTIONS))
    def ask(self, pick: int, asked: Query | AggregateQuery) -> None:
        """Ask about the present state, own changes included, by id and in general."""
        entity = self._known(pick)
        self.take(lambda unit: unit.repository(Gadget).get(entity.id))
        for cls in (Maker, Machine, Tool, Badge):
            self.take(partial(got_many, cls, entity.id))
        if isinstance(asked, Query):
            self.take(lambda unit: page_in(unit, asked))
        else:
            self.take(lambda unit: unit.aggregate(asked))

    # --- numbers, keys, events

    @rule(series=SERIES, pick=PICKS)
    def draw(self, series: str, pick: int) -> None:
        """Draw a number, or let the series go on from elsewhere."""
        drawn = Drawn(series=series, period="2024", value=pick)
        if pick % 4:
            self.take(lambda unit: unit.draw(series, "2024" if pick % 3 else ""))
        else:
            self.take(lambda unit: unit.archive.restore_number(drawn))

    @rule(key=KEYS, scope=SERIES, pick=PICKS, seconds=SECONDS)
    def remember(self, key: str, scope: str, pick: int, seconds: int) -> None:
        """Replay a key, or remember it, which is refused when it is taken; forget old ones."""
        first = attrs.evolve(remembered(key, scope, self.now), entity_id=self.ids.new())
        before = self.now - timedelta(seconds=seconds)
        if not pick % 5:
            self.take(lambda unit: unit.archive.forget(before))
        if self.take(lambda unit: unit.recall(scope, key)) is None or not pick % 4:
            self.take(lambda unit: unit.remember(first))

    @rule(pick=PICKS, many=st.integers(1, 3))
    def tell(self, pick: int, many: int) -> None:
        """Tell what happened to an entity, whether or not it is still there."""
        entity = self._known(pick)
        for _ in range(many):
            self.take(partial(record, self._told_of(entity)))
        self.take(lambda unit: unit.history(told_by(entity), entity.id))

    @rule(pick=PICKS, delivery=st.sampled_from(Delivery), attempts=st.integers(0, 3))
    def restore_event(self, pick: int, delivery: Delivery, attempts: int) -> None:
        """Put in an event from elsewhere, as far as it came there."""
        told = self._told_of(self._known(pick))
        reason = "refused" if delivery is Delivery.PARKED else None
        posted = Posted(recorded=told, delivery=delivery, attempts=attempts, reason=reason)
        self.take(lambda unit: unit.archive.restore_events([posted]))

    @rule(
        limit=st.integers(1, 5),
        seconds=SECONDS,
        wait=SECONDS,
        decisions=st.lists(DECISIONS, max_size=4),
    )
    def claim(self, limit: int, seconds: int, wait: int, decisions: list[str]) -> None:
        """Let some time pass, claim events for a while, and decide about the first of them."""
        self.wait(wait)
        now, until = self.now, self.now + timedelta(seconds=seconds)
        answer: Any = self.take(lambda unit: unit.outbox.claim(limit, now=now, until=until))
        claimed: tuple[Posted, ...] = answer
        self.claimed += claimed
        for each, decision in zip(cycle(claimed[:2]), decisions, strict=False):
            self._decide(each, decision, seconds)

    @rule(pick=PICKS, decision=DECISIONS, seconds=SECONDS)
    @precondition(lambda self: self.claimed)
    def deliver(self, pick: int, decision: str, seconds: int) -> None:
        """Decide about something that was claimed at some time, most likely lately."""
        choices = self.claimed if not pick % 4 else self.claimed[-3:]
        self._decide(choices[pick % len(choices)], decision, seconds)

    # --- ends

    @rule(how=ENDINGS)
    def end_by(self, how: str) -> None:
        """Make it last, or take it back; perhaps leave and come back."""
        self.begin()
        self.end(lambda unit: unit.rollback() if how == "roll back" else unit.commit())
        if how == "leave":
            self.leave_and_come_back()

    # --- what the rules share

    def _add(self, entity: Entity) -> None:
        self.keep(self.take(lambda unit: unit.repository(type(entity)).add(entity)))

    def _known(self, pick: int) -> Entity:
        """Something as it stands, or as it stood at some time."""
        standing = self.picked((Maker, Gadget, Badge)[pick % 3], pick // 3) if pick % 4 else None
        return standing or self.held[pick // 4 % len(self.held)]

    def _decide(self, each: Posted, decision: str, seconds: int) -> None:
        until = self.now + timedelta(seconds=seconds)
        decisions: dict[str, Deed] = {
            "settle": lambda unit: unit.outbox.settle([each]),
            "release": lambda unit: unit.outbox.release([each], until=until),
            "park": lambda unit: unit.outbox.park(each, f"refused after {seconds} s"),
            "resume": lambda unit: unit.outbox.resume(each.recorded.id),
        }
        self.take(decisions[decision])
        self.take(lambda unit: (unit.outbox.lag(), unit.outbox.parked(3)))

    def _told_of(self, entity: Entity) -> Recorded:
        self.told[entity.id] += 1
        place = entity.revision, self.told[entity.id]
        told = naming(self.ids.new(), entity.id, *place, recorded_at=self.now)
        return attrs.evolve(told, entity=told_by(entity))


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
