"""Laws about guards: a decision that rests on an entity holds only while the entity does."""

from collections.abc import Callable

import attrs
import pytest

from crmcore.errors import Contention, EntityNotFound, StaleRevision
from crmcore.grammar.field import F, total
from crmcore.grammar.query import Order
from crmcore.ports import IdSource, Store, UnitOfWork
from crmcore.testing.capabilities import needs
from crmcore.testing.ground import Ground
from crmcore.testing.racing import THREADS, give_way, in_threads, overtaken, until_done
from crmcore.testing.specimens import Badge, Machine, Maker, badge, machine, maker
from crmcore.testing.steps import (
    added,
    aggregate_query,
    done,
    everything,
    found,
    got,
    page_in,
    query,
    removed,
    saved,
)
from crmcore.values.money import Money

WAYS: dict[str, Callable[[UnitOfWork, Maker], object]] = {
    "guards": lambda unit, held: unit.guard(held),
    "saves": lambda unit, held: unit.repository(Maker).save(attrs.evolve(held, name="saved")),
    "removes": lambda unit, held: unit.repository(Maker).remove(held),
}
"""What may be done with an entity that was read, of which only one thing can be."""

LOOKS: dict[str, Callable[[UnitOfWork, Maker], object]] = {
    "got": lambda unit, held: unit.repository(Maker).get(held.id),
    "got among many": lambda unit, held: unit.repository(Maker).get_many([held.id])[held.id],
    "found": lambda unit, held: page_in(unit, query("maker", F.id == held.id)).items[0],
    "found by an order": lambda unit, _: page_in(
        unit, query("maker", order=[Order(F.name(), descending=True)], limit=1)
    ).items[0],
}
"""How an entity may be read."""

STEPS = ("guards", "saves")
HUNDRED = 100


def used(unit: UnitOfWork, whole: Machine) -> Money:
    """What the parts of one whole come to."""
    asked = aggregate_query("badge", {"sum": total(F.worth)}, where=F.gadget == whole.id)
    (group,) = unit.aggregate(asked)
    known = group.values["sum"]
    return known if isinstance(known, Money) else Money(0, "EUR")


def bill(unit: UnitOfWork, whole: Machine, before: Money, new: Badge) -> None:
    """Add a part, if the hundred was not used up before, by guarding what the parts hang on."""
    if (before + new.worth).amount <= HUNDRED:
        unit.guard(whole)
        unit.repository(Badge).add(new)


class GuardLaws(Ground):
    """A decision that rests on an entity holds only while the entity does."""

    def test_a_guard_on_what_stands_lets_the_commit_pass(self, store: Store, ids: IdSource) -> None:
        """Nobody changed it: the commit goes through."""
        (entity,) = added(store, maker(ids.new()))

        with store.begin(write=True) as unit:
            unit.guard(entity)
            new = unit.repository(Maker).add(maker(ids.new()))
            unit.commit()

        assert got(store, new) == new

    def test_a_guard_leaves_the_entity_as_it_is(self, store: Store, ids: IdSource) -> None:
        """Its revision, its fields and its history stay, and whoever holds it is not outdated."""
        (entity,) = added(store, maker(ids.new()))
        before = everything(store)

        done(store, lambda unit: unit.guard(entity))

        assert everything(store) == before
        assert saved(store, entity).revision == 2

    def test_a_guard_notices_a_change(self, store: Store, ids: IdSource) -> None:
        """Somebody changed it since: nothing is stored."""
        (entity,) = added(store, maker(ids.new()))
        saved(store, attrs.evolve(entity, name="changed"))

        with pytest.raises(StaleRevision) as refusal:
            done(
                store,
                lambda unit: unit.repository(Maker).add(maker(ids.new())),
                lambda unit: unit.guard(entity),
            )

        error = refusal.value
        assert (error.entity, error.id) == ("maker", entity.id)
        assert (error.expected, error.actual) == (1, 2)
        assert found(store, "maker") == (entity.id,)

    def test_a_guard_notices_a_removal(self, store: Store, ids: IdSource) -> None:
        """It is gone: nothing is stored."""
        (entity,) = added(store, maker(ids.new()))
        removed(store, entity)

        with pytest.raises(StaleRevision) as refusal:
            done(
                store,
                lambda unit: unit.repository(Maker).add(maker(ids.new())),
                lambda unit: unit.guard(entity),
            )

        assert refusal.value.actual is None
        assert found(store, "maker") == ()

    @pytest.mark.parametrize("way", WAYS)
    def test_what_is_guarded_may_go_on_in_the_same_unit(
        self, store: Store, ids: IdSource, way: str
    ) -> None:
        """Nobody is in one's own way: guard again, save or remove after a guard."""
        (entity,) = added(store, maker(ids.new()))

        with store.begin(write=True) as unit:
            held = unit.repository(Maker).get(entity.id)
            unit.guard(held)
            WAYS[way](unit, held)
            unit.commit()

        expected = {"guards": (1,), "saves": (2,), "removes": ()}[way]
        with store.begin(write=False) as unit:
            items = unit.repository(Maker).find(query("maker")).items
        assert tuple(each.revision for each in items) == expected

    def test_what_the_unit_itself_put_in_can_be_guarded(self, store: Store, ids: IdSource) -> None:
        """A unit of work may guard what it added or saved, as it stands now."""
        (entity,) = added(store, maker(ids.new()))

        with store.begin(write=True) as unit:
            makers = unit.repository(Maker)
            new, later = makers.add(maker(ids.new())), makers.save(entity)
            unit.guard(new)
            unit.guard(later)
            unit.commit()

        assert (got(store, new).revision, got(store, entity).revision) == (1, 2)

    def test_a_guard_notices_ones_own_change(self, store: Store, ids: IdSource) -> None:
        """What stood before one's own save does not stand any more."""
        (entity,) = added(store, maker(ids.new()))

        with pytest.raises(StaleRevision):
            done(
                store,
                lambda unit: unit.repository(Maker).save(entity),
                lambda unit: unit.guard(entity),
            )

        assert got(store, entity) == entity


class ExclusionLaws(Ground):
    """Of those who read the same entity and rest a decision on it, one gets through."""

    @pytest.mark.parametrize("later", WAYS)
    @pytest.mark.parametrize("sooner", WAYS)
    def test_of_two_that_read_the_same_one_commits(
        self, store: Store, ids: IdSource, sooner: str, later: str
    ) -> None:
        """Guard, save and remove exclude each other; one after the other, both get through."""
        (entity,) = added(store, maker(ids.new()))
        mine, theirs = maker(ids.new()), maker(ids.new())

        def act(unit: UnitOfWork, held: Maker, way: str, new: Maker) -> None:
            unit.repository(Maker).add(new)
            WAYS[way](unit, held)

        beside = self.capabilities.writes_beside_a_writer
        fate = overtaken(
            store,
            lambda unit: unit.repository(Maker).get(entity.id),
            lambda: done(store, lambda unit: act(unit, entity, sooner, theirs)),
            lambda unit, held: act(unit, held, later, mine),
            beside=beside,
        )

        kept = {mine.id, theirs.id} & {*found(store, "maker")}
        if not beside and sooner != "removes":
            assert (fate, kept) == (None, {mine.id, theirs.id})
        else:
            assert isinstance(fate, StaleRevision | Contention | EntityNotFound)
            assert kept == {theirs.id}

    @pytest.mark.parametrize("look", LOOKS)
    @pytest.mark.parametrize("later", STEPS)
    def test_however_it_was_read_it_was_read(
        self, store: Store, ids: IdSource, look: str, later: str
    ) -> None:
        """A guard of somebody else is noticed in whichever way the entity was read before."""
        (entity,) = added(store, maker(ids.new()))

        beside = self.capabilities.writes_beside_a_writer
        fate = overtaken(
            store,
            lambda unit: LOOKS[look](unit, entity),
            lambda: done(store, lambda unit: unit.guard(entity)),
            lambda unit, _: WAYS[later](unit, entity),
            beside=beside,
        )

        assert isinstance(fate, StaleRevision | Contention) if beside else fate is None

    def test_reading_again_forgives_nothing(self, store: Store, ids: IdSource) -> None:
        """What was decided by the first look does not hold because of a second one."""
        (entity,) = added(store, maker(ids.new()))

        beside = self.capabilities.writes_beside_a_writer
        fate = overtaken(
            store,
            lambda unit: unit.repository(Maker).get(entity.id),
            lambda: done(store, lambda unit: unit.guard(entity)),
            lambda unit, held: unit.guard(unit.repository(Maker).get(held.id)),
            beside=beside,
        )

        assert isinstance(fate, StaleRevision | Contention) if beside else fate is None

    def test_a_guard_that_was_taken_back_excludes_nobody(self, store: Store, ids: IdSource) -> None:
        """Who guarded and rolled back was never there."""
        (entity,) = added(store, maker(ids.new()))

        def guard_and_leave() -> None:
            with store.begin(write=True) as unit:
                unit.guard(unit.repository(Maker).get(entity.id))
                unit.rollback()

        fate = overtaken(
            store,
            lambda unit: unit.repository(Maker).get(entity.id),
            guard_and_leave,
            lambda unit, held: unit.repository(Maker).save(held),
            beside=self.capabilities.writes_beside_a_writer,
        )

        assert fate is None
        assert got(store, entity).revision == 2

    def test_two_who_bill_by_guarding_never_bill_too_much(
        self, store: Store, ids: IdSource
    ) -> None:
        """Two read that nothing of a hundred is billed; only one of them bills sixty."""
        (whole,) = added(store, machine(ids.new()))
        sixty = Money(60, "EUR")
        mine, theirs = (
            badge(ids.new(), whole.id, label=label, worth=sixty) for label in ("mine", "theirs")
        )

        def look(unit: UnitOfWork) -> tuple[Machine, Money]:
            held = unit.repository(Machine).get(whole.id)
            return held, used(unit, held)

        fate = overtaken(
            store,
            look,
            lambda: done(store, lambda unit: bill(unit, *look(unit), theirs)),
            lambda unit, seen: bill(unit, *seen, mine),
            beside=self.capabilities.writes_beside_a_writer,
        )

        assert found(store, "badge") == (theirs.id,)
        assert fate is None or isinstance(fate, StaleRevision | Contention)

    @needs("threads")
    def test_many_who_bill_by_guarding_never_bill_too_much(
        self, store: Store, ids: IdSource
    ) -> None:
        """Whatever they read and whenever they try again, the parts never exceed the whole."""
        (whole,) = added(store, machine(ids.new()))
        thirty = Money(30, "EUR")
        parts = [badge(ids.new(), whole.id, label=str(n), worth=thirty) for n in range(THREADS)]

        def step(unit: UnitOfWork, new: Badge) -> None:
            held = unit.repository(Machine).get(whole.id)
            before = used(unit, held)
            give_way()
            bill(unit, held, before, new)

        in_threads(lambda number: until_done(store, lambda unit: step(unit, parts[number])))

        with store.begin(write=False) as unit:
            assert used(unit, whole) == Money(90, "EUR")
