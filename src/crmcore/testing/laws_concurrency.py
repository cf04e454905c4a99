"""Laws about several threads at once: nothing is lost, nothing is given twice."""

import attrs

from crmcore.errors import Busy, Contention, Duplicate
from crmcore.ports import IdSource, Store, UnitOfWork
from crmcore.testing.capabilities import needs
from crmcore.testing.ground import Ground
from crmcore.testing.racing import THREADS, TIMES, TRIES, give_way, in_threads, until_done
from crmcore.testing.specimens import Maker, machine, maker
from crmcore.testing.steps import added, found, got, remembered


class ConcurrencyLaws(Ground):
    """Whoever commits has seen what is there."""

    @needs("threads")
    def test_no_update_is_lost(self, store: Store, ids: IdSource) -> None:
        """Many threads that read, change and save lose none of the changes."""
        (entity,) = added(store, machine(ids.new(), order=0))

        def raise_by_one(unit: UnitOfWork) -> None:
            gadgets = unit.repository(type(entity))
            held = gadgets.get(entity.id)
            give_way()
            gadgets.save(attrs.evolve(held, order=(held.order or 0) + 1))

        in_threads(lambda _: [until_done(store, raise_by_one) for _ in range(TIMES)])

        last = got(store, entity)
        assert (last.order, last.revision) == (THREADS * TIMES, THREADS * TIMES + 1)

    @needs("threads")
    def test_no_number_is_drawn_twice(self, store: Store) -> None:
        """Many threads draw numbers without a gap and without a repetition."""

        def draw(_: int) -> list[int]:
            return [until_done(store, lambda unit: unit.draw("s", "p")) for _ in range(TIMES)]

        drawn = [number for numbers in in_threads(draw) for number in numbers]

        assert sorted(drawn) == list(range(1, THREADS * TIMES + 1))

    @needs("threads")
    def test_a_unique_value_goes_to_one(self, store: Store, ids: IdSource) -> None:
        """Of many threads that want the same unique value, exactly one gets it."""
        wanted = [maker(ids.new(), code="X") for _ in range(THREADS)]

        def take(number: int) -> bool:
            for _ in range(TRIES):
                try:
                    added(store, wanted[number])
                except (Busy, Contention):
                    continue
                except Duplicate:
                    return False
                return True
            return False

        assert in_threads(take).count(True) == 1
        assert len(found(store, "maker")) == 1

    @needs("threads")
    def test_a_key_is_executed_once(self, store: Store, ids: IdSource) -> None:
        """Of many threads with the same idempotency key, one does the work for all."""

        def command(unit: UnitOfWork) -> object:
            before = unit.recall("make", "key")
            if before is not None:
                return before.entity_id
            give_way()
            new = unit.repository(Maker).add(maker(ids.new()))
            unit.remember(attrs.evolve(remembered("key", scope="make"), entity_id=new.id))
            return new.id

        results = in_threads(lambda _: until_done(store, command))

        assert found(store, "maker") == (results[0],)
        assert len(set(results)) == 1

    @needs("threads", "reads_beside_a_writer", "snapshots")
    def test_readers_see_whole_commits_only(self, store: Store, ids: IdSource) -> None:
        """While others write pairs, every reader finds both halves of each."""
        pair = added(store, machine(ids.new(), order=0), machine(ids.new(), order=0))
        keys = [each.id for each in pair]

        def write_or_read(number: int) -> bool:
            for _ in range(TIMES):
                if number % 2:
                    with store.begin(write=False) as unit:
                        gadgets = unit.repository(type(pair[0]))
                        first, second = (gadgets.get(key).order for key in keys)
                    if first != second:
                        return False
                else:
                    until_done(store, raise_both)
            return True

        def raise_both(unit: UnitOfWork) -> None:
            gadgets = unit.repository(type(pair[0]))
            for held in gadgets.get_many(keys).values():
                gadgets.save(attrs.evolve(held, order=(held.order or 0) + 1))

        assert in_threads(write_or_read) == [True] * THREADS
