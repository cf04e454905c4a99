"""Laws about units of work in each other's way: one goes through, the other leaves no trace."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import attrs

from crmcore.errors import (
    Busy,
    Conflict,
    Contention,
    Duplicate,
    EntityNotFound,
    ReferenceNotFound,
    StaleRevision,
    StillReferenced,
)
from crmcore.ports import IdSource, Store, UnitOfWork
from crmcore.testing.capabilities import needs
from crmcore.testing.ground import Ground
from crmcore.testing.racing import THREADS, TIMES, in_threads, overtaken, until_done
from crmcore.testing.specimens import Gadget, Machine, Maker, machine, maker
from crmcore.testing.steps import (
    added,
    done,
    everything,
    found,
    got,
    naming,
    page_in,
    query,
    remembered,
    removed,
    saved,
)

_PATIENCE = 1.0


class RaceLaws(Ground):
    """Who comes second finds out, at the latest when committing, and nothing of his is stored."""

    @needs("writes_beside_a_writer", "threads")
    def test_two_may_write_at_the_same_time(self, store: Store, ids: IdSource) -> None:
        """A unit of work that writes keeps nobody from writing something else."""
        mine, theirs = maker(ids.new()), maker(ids.new())

        with ThreadPoolExecutor(1) as pool, store.begin(write=True) as unit:
            unit.repository(Maker).add(mine)
            pool.submit(added, store, theirs).result(_PATIENCE)
            unit.commit()

        assert found(store, "maker") == (mine.id, theirs.id)

    def test_who_has_nothing_to_do_with_another_goes_through(
        self, store: Store, ids: IdSource
    ) -> None:
        """Reading the same and changing different things is in nobody's way."""
        one, two = added(store, maker(ids.new()), maker(ids.new()))

        fate = overtaken(
            store,
            lambda unit: page_in(unit, query("maker")).items,
            lambda: saved(store, two),
            lambda unit, _: unit.repository(Maker).save(one),
            beside=self.capabilities.writes_beside_a_writer,
        )

        assert fate is None
        assert (got(store, one).revision, got(store, two).revision) == (2, 2)

    def test_who_was_too_late_leaves_no_trace(self, store: Store, ids: IdSource) -> None:
        """Neither entities nor events, numbers or keys of the one who lost are there."""
        (entity,) = added(store, maker(ids.new()))
        new, after = maker(ids.new(), code="X"), list[object]()

        def other() -> None:
            saved(store, entity)
            after.append(everything(store))

        def rest(unit: UnitOfWork, held: Maker) -> None:
            unit.repository(Maker).add(new)
            unit.record(naming(ids.new(), new.id))
            unit.remember(remembered("key"))
            unit.repository(Maker).save(entity)
            unit.draw("numbers", "2024")

        beside = self.capabilities.writes_beside_a_writer
        fate = overtaken(
            store, lambda unit: unit.repository(Maker).get(entity.id), other, rest, beside=beside
        )

        assert isinstance(fate, StaleRevision | Contention)
        assert [everything(store)] == after
        added(store, new)

    def test_a_unique_value_taken_meanwhile_is_taken(self, store: Store, ids: IdSource) -> None:
        """That nobody had it a moment ago does not help."""
        theirs = maker(ids.new(), code="X")

        fate = overtaken(
            store,
            lambda unit: page_in(unit, query("maker")),
            lambda: added(store, theirs),
            lambda unit, _: unit.repository(Maker).add(maker(ids.new(), code="X")),
            beside=self.capabilities.writes_beside_a_writer,
        )

        assert isinstance(fate, Duplicate | Contention)
        assert found(store, "maker") == (theirs.id,)

    def test_an_id_taken_meanwhile_is_taken(self, store: Store, ids: IdSource) -> None:
        """Of two that add the same id, one is refused."""
        theirs = maker(ids.new(), name="theirs")

        fate = overtaken(
            store,
            lambda unit: unit.repository(Maker).get_many([theirs.id]),
            lambda: added(store, theirs),
            lambda unit, _: unit.repository(Maker).add(maker(theirs.id, name="mine")),
            beside=self.capabilities.writes_beside_a_writer,
        )

        assert isinstance(fate, Duplicate | Contention)
        assert got(store, theirs).name == "theirs"

    def test_a_key_taken_meanwhile_is_taken(self, store: Store, ids: IdSource) -> None:
        """Of two that recalled nothing and did the work, one is refused."""
        first, new = remembered("key"), maker(ids.new())

        def rest(unit: UnitOfWork, before: object) -> None:
            unit.repository(Maker).add(new)
            unit.remember(attrs.evolve(first, fingerprint="1" * 64))

        fate = overtaken(
            store,
            lambda unit: unit.recall("scope", "key"),
            lambda: done(store, lambda unit: unit.remember(first)),
            rest,
            beside=self.capabilities.writes_beside_a_writer,
        )

        assert isinstance(fate, Duplicate | Contention)
        with store.begin(write=False) as unit:
            assert unit.recall("scope", "key") == first
        assert found(store, "maker") == ()

    def test_a_number_drawn_meanwhile_is_drawn(self, store: Store) -> None:
        """Whoever looked before goes on behind the last number all the same."""
        drawn: list[int] = []

        fate = overtaken(
            store,
            lambda unit: unit.archive.numbers(),
            lambda: done(store, lambda unit: unit.draw("numbers", "2024")),
            lambda unit, _: drawn.append(unit.draw("numbers", "2024")),
            beside=self.capabilities.writes_beside_a_writer,
        )

        assert drawn == [2] or isinstance(fate, Contention)

    def test_what_was_removed_meanwhile_cannot_be_referred_to(
        self, store: Store, ids: IdSource
    ) -> None:
        """That it was there a moment ago does not help."""
        (owner,) = added(store, maker(ids.new()))

        fate = overtaken(
            store,
            lambda unit: unit.repository(Maker).get(owner.id),
            lambda: removed(store, owner),
            lambda unit, _: unit.repository(Machine).add(machine(ids.new(), maker=owner.id)),
            beside=self.capabilities.writes_beside_a_writer,
        )

        assert isinstance(fate, ReferenceNotFound | EntityNotFound | Contention)
        assert found(store, "gadget") == ()

    def test_what_is_referred_to_meanwhile_stays(self, store: Store, ids: IdSource) -> None:
        """That nobody referred to it a moment ago does not help."""
        (owner,) = added(store, maker(ids.new()))

        fate = overtaken(
            store,
            lambda unit: page_in(unit, query("gadget")).items,
            lambda: added(store, machine(ids.new(), maker=owner.id)),
            lambda unit, _: unit.repository(Maker).remove(owner),
            beside=self.capabilities.writes_beside_a_writer,
        )

        assert isinstance(fate, StillReferenced | Contention)
        assert got(store, owner) == owner

    @needs("threads")
    def test_crossing_updates_come_to_an_end(self, store: Store, ids: IdSource) -> None:
        """Many who change the same two, some from one side and some from the other, all finish."""
        pair = added(store, machine(ids.new(), order=0), machine(ids.new(), order=0))

        def step(unit: UnitOfWork, keys: list[Machine]) -> None:
            for each in keys:
                held = unit.repository(Machine).get(each.id)
                unit.repository(Machine).save(attrs.evolve(held, order=(held.order or 0) + 1))
                page_in(unit, query("gadget"))

        def work(number: int) -> None:
            keys = [*pair][:: 1 if number % 2 else -1]
            for _ in range(TIMES // 10):
                until_done(store, lambda unit: step(unit, keys))

        in_threads(work)

        assert [got(store, each).order for each in pair] == [THREADS * (TIMES // 10)] * 2

    @needs("threads", "references_under_races", by_chance=True)
    def test_no_race_leaves_a_reference_to_nothing(self, store: Store, ids: IdSource) -> None:
        """While some remove what others begin to refer to, one of them is refused each time."""
        owners = added(store, *(maker(ids.new()) for _ in range(TIMES)))
        new = [[machine(ids.new(), maker=owner.id) for owner in owners] for _ in range(THREADS)]

        def work(number: int) -> None:
            for owner, gadget in zip(owners, new[number], strict=True):
                with suppress(Conflict, ReferenceNotFound, Contention, Busy):
                    if number % 2:
                        added(store, gadget)
                    else:
                        removed(store, owner)

        in_threads(work)

        with store.begin(write=False) as unit:
            gadgets = unit.repository(Gadget).find(query("gadget")).items
        assert {each.maker for each in gadgets} <= {*found(store, "maker")}
