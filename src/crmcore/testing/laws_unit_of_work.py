"""Laws about units of work: all or not at all, and seen by whom."""

import attrs
import pytest

from crmcore.errors import (
    EntityNotFound,
    ReferenceNotFound,
)
from crmcore.grammar.field import F, count
from crmcore.ports import IdSource, Store, UnitOfWork
from crmcore.testing.capabilities import needs
from crmcore.testing.ground import Ground
from crmcore.testing.specimens import Maker, machine, maker
from crmcore.testing.steps import (
    added,
    aggregate_query,
    done,
    everything,
    fail,
    found,
    got,
    naming,
    page_in,
    query,
    removed,
    saved,
)


def meddle(unit: UnitOfWork, kept: Maker, doomed: Maker, ids: IdSource) -> None:
    """Add, save, remove and record something, without an end."""
    makers = unit.repository(Maker)
    makers.add(maker(ids.new(), code="new"))
    makers.save(attrs.evolve(kept, name="changed"))
    makers.remove(doomed)
    unit.record(naming(ids.new(), kept.id))


class AtomicityLaws(Ground):
    """All or not at all."""

    def test_a_rollback_leaves_no_trace(self, store: Store, ids: IdSource) -> None:
        """After a rollback, nothing has happened."""
        kept, doomed = added(store, maker(ids.new(), name="kept"), maker(ids.new(), name="doomed"))
        before = everything(store)

        with store.begin(write=True) as unit:
            meddle(unit, kept, doomed, ids)
            unit.rollback()

        assert everything(store) == before

    def test_leaving_without_a_commit_leaves_no_trace(self, store: Store, ids: IdSource) -> None:
        """What was never committed has never happened."""
        kept, doomed = added(store, maker(ids.new(), name="kept"), maker(ids.new(), name="doomed"))
        before = everything(store)

        with store.begin(write=True) as unit:
            meddle(unit, kept, doomed, ids)

        assert everything(store) == before

    def test_an_error_leaves_no_trace(self, store: Store, ids: IdSource) -> None:
        """An error that leaves the unit of work takes everything back, and goes on its way."""
        kept, doomed = added(store, maker(ids.new(), name="kept"), maker(ids.new(), name="doomed"))
        before = everything(store)

        with pytest.raises(ZeroDivisionError):
            done(store, lambda unit: meddle(unit, kept, doomed, ids), fail)

        assert everything(store) == before

    def test_a_commit_makes_everything_last(self, store: Store, ids: IdSource) -> None:
        """After a commit, all changes are there, and no other."""
        kept, doomed = added(store, maker(ids.new()), maker(ids.new()))

        with store.begin(write=True) as unit:
            makers = unit.repository(Maker)
            new = makers.add(maker(ids.new(), name="new"))
            changed = makers.save(attrs.evolve(kept, name="changed"))
            makers.remove(doomed)
            unit.record(naming(ids.new(), new.id))
            unit.commit()

        assert (got(store, new), got(store, kept)) == (new, changed)
        assert found(store, "maker") == (kept.id, new.id)

    def test_a_refused_commit_stores_nothing(self, store: Store, ids: IdSource) -> None:
        """When one step cannot be, none has happened, and the store goes on."""
        new, wrong = maker(ids.new()), maker(ids.new(), parent=ids.new())
        with pytest.raises(ReferenceNotFound):
            done(
                store,
                lambda unit: unit.repository(Maker).add(new),
                lambda unit: unit.record(naming(ids.new(), new.id)),
                lambda unit: unit.draw("series", "2024"),
                lambda unit: unit.repository(Maker).add(wrong),
            )

        assert found(store, "maker") == ()
        added(store, new)
        with store.begin(write=True) as unit:
            assert unit.history("maker", new.id) == ()
            assert unit.draw("series", "2024") == 1

    def test_own_changes_are_seen_at_once(self, store: Store, ids: IdSource) -> None:
        """A unit of work sees what it added and saved, in every method."""
        (entity,) = added(store, maker(ids.new(), name="before"))
        asked = query("maker", F.name == "after")
        counted = aggregate_query("maker", {"n": count()}, where=F.name == "after")

        with store.begin(write=True) as unit:
            makers = unit.repository(Maker)
            changed = makers.save(attrs.evolve(entity, name="after"))
            new = makers.add(maker(ids.new(), name="after"))

            assert makers.get(entity.id) == changed
            assert dict(makers.get_many([new.id])) == {new.id: new}
            assert page_in(unit, asked).items == (changed, new)
            assert unit.aggregate(counted)[0].values == {"n": 2}

    def test_own_removals_are_seen_at_once(self, store: Store, ids: IdSource) -> None:
        """A unit of work does not see what it removed, in any method."""
        entity, other = added(store, maker(ids.new()), maker(ids.new()))

        with store.begin(write=True) as unit:
            makers = unit.repository(Maker)
            makers.remove(entity)

            with pytest.raises(EntityNotFound):
                makers.get(entity.id)
            assert dict(makers.get_many([entity.id])) == {}
            assert page_in(unit, query("maker")).items == (other,)
            counted = unit.aggregate(aggregate_query("maker", {"n": count()}))
            assert counted[0].values == {"n": 1}

    @needs("reads_beside_a_writer")
    def test_what_is_not_committed_nobody_else_sees(self, store: Store, ids: IdSource) -> None:
        """Others see changes after the commit, not before."""
        kept, doomed = added(store, maker(ids.new()), maker(ids.new()))
        before = everything(store)

        with store.begin(write=True) as unit:
            makers = unit.repository(Maker)
            makers.add(maker(ids.new()))
            makers.save(attrs.evolve(kept, name="changed"))
            makers.remove(doomed)
            during = everything(store)
            unit.commit()

        assert during == before
        assert everything(store) != before

    @needs("snapshots", "reads_beside_a_writer")
    def test_a_reader_sees_one_state_throughout(self, store: Store, ids: IdSource) -> None:
        """What is committed while a unit of work reads stays out of its sight."""
        kept, doomed = added(store, maker(ids.new()), maker(ids.new()))

        with store.begin(write=False) as unit:
            before = unit.repository(Maker).get_many([kept.id, doomed.id])
            saved(store, attrs.evolve(kept, name="changed"))
            removed(store, doomed)
            added(store, maker(ids.new()))
            after = unit.repository(Maker).find(query("maker")).items

        assert after == (before[kept.id], before[doomed.id])

    @needs("snapshots", "reads_beside_a_writer")
    def test_a_reader_counts_and_searches_in_its_state(self, store: Store, ids: IdSource) -> None:
        """Searching by unique fields and references, and counting, look at that state too."""
        (owner,) = added(store, maker(ids.new(), code="X"))
        (entity,) = added(store, machine(ids.new(), maker=owner.id))
        by_code, by_maker = query("maker", F.code == "X"), query("gadget", F.maker == owner.id)

        with store.begin(write=False) as unit:
            unit.repository(Maker).get(owner.id)
            saved(store, attrs.evolve(entity, maker=None))
            saved(store, attrs.evolve(owner, code="Y"))

            assert page_in(unit, by_code).items == (owner,)
            assert page_in(unit, by_maker).items == (entity,)
            counted = aggregate_query("gadget", {"n": count()}, where=F.maker.code == "X")
            assert unit.aggregate(counted)[0].values == {"n": 1}
