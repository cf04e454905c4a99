"""Laws about ends: over is over, and what only reads only reads."""

from collections.abc import Callable
from uuid import UUID

import attrs
import pytest

from crmcore.errors import (
    Closed,
    Conflict,
    EntityNotFound,
    NestedTransaction,
    NotAllowed,
    NotValid,
    ReferenceNotFound,
)
from crmcore.grammar.field import count
from crmcore.ports import Drawn, IdSource, Posted, Store, UnitOfWork
from crmcore.testing.ground import Ground
from crmcore.testing.specimens import AT, NOBODY, Maker, maker
from crmcore.testing.steps import (
    Deed,
    added,
    aggregate_query,
    done,
    everything,
    fail,
    found,
    got,
    naming,
    query,
    remembered,
    saved,
)

READINGS: dict[str, Deed] = {
    "repository": lambda unit: unit.repository(Maker),
    "aggregate": lambda unit: unit.aggregate(aggregate_query("maker", {"n": count()})),
    "history": lambda unit: unit.history("maker", NOBODY),
    "recall": lambda unit: unit.recall("scope", "key"),
    "parked": lambda unit: unit.outbox.parked(1),
    "lag": lambda unit: unit.outbox.lag(),
    "numbers": lambda unit: unit.archive.numbers(),
    "keys": lambda unit: unit.archive.keys(None, 1),
    "events": lambda unit: unit.archive.events(None, 1),
}
CLAIMED = Posted(recorded=naming(UUID(int=8), UUID(int=9)), attempts=1)
CHANGES: dict[str, Deed] = {
    "add": lambda unit: unit.repository(Maker).add(maker(UUID(int=9))),
    "record": lambda unit: unit.record(naming(UUID(int=8), UUID(int=9))),
    "draw": lambda unit: unit.draw("series", "2024"),
    "remember": lambda unit: unit.remember(remembered("key")),
    "claim": lambda unit: unit.outbox.claim(1, now=AT, until=AT),
    "settle": lambda unit: unit.outbox.settle([CLAIMED]),
    "release": lambda unit: unit.outbox.release([CLAIMED], until=AT),
    "park": lambda unit: unit.outbox.park(CLAIMED, "refused"),
    "resume": lambda unit: unit.outbox.resume(UUID(int=8)),
    "forget": lambda unit: unit.archive.forget(AT),
    "restore": lambda unit: unit.archive.restore([maker(UUID(int=9))]),
    "restore_events": lambda unit: unit.archive.restore_events([CLAIMED]),
    "restore_number": lambda unit: unit.archive.restore_number(
        Drawn(series="series", period="2024", value=7)
    ),
}
ENDINGS: dict[str, Deed] = {
    "commit": lambda unit: unit.commit(),
    "rollback": lambda unit: unit.rollback(),
}
CONFLICTS: dict[str, Callable[[UnitOfWork, Maker], object]] = {
    "a taken id": lambda unit, old: unit.repository(Maker).add(maker(old.id)),
    "a taken code": lambda unit, _: unit.repository(Maker).add(maker(UUID(int=9), code="X")),
    "a stale save": lambda unit, old: unit.repository(Maker).save(old),
    "a stale removal": lambda unit, old: unit.repository(Maker).remove(old),
    "a stale guard": lambda unit, old: unit.guard(old),
    "no referent": lambda unit, _: unit.repository(Maker).add(maker(UUID(int=9), parent=NOBODY)),
    "a referrer": lambda unit, old: unit.repository(Maker).remove(attrs.evolve(old, revision=2)),
    "a taken key": lambda unit, _: unit.remember(remembered("taken")),
}
"""What is refused by conflict, where a maker has gone on from what is given to revision 2."""

REFUSALS: dict[str, Deed] = {
    "a wrong value": lambda unit: unit.repository(Maker).add(maker(UUID(int=9), name="\x00")),
    "an unknown id": lambda unit: unit.repository(Maker).get(NOBODY),
    "a wrong name": lambda unit: unit.draw("", ""),
}


class ClosingLaws(Ground):
    """Over is over, and what only reads only reads."""

    @pytest.mark.parametrize("ending", ENDINGS)
    @pytest.mark.parametrize("use", [*READINGS, *CHANGES, *ENDINGS])
    def test_a_closed_unit_refuses_every_use(self, store: Store, ending: str, use: str) -> None:
        """After commit or rollback, a unit of work does nothing any more."""
        unit = store.begin(write=True)
        ENDINGS[ending](unit)

        with pytest.raises(Closed):
            (READINGS | CHANGES | ENDINGS)[use](unit)

        assert found(store, "maker") == ()

    @pytest.mark.parametrize("conflict", CONFLICTS)
    def test_a_conflict_ends_the_unit(self, store: Store, ids: IdSource, conflict: str) -> None:
        """What somebody else's change refuses takes all back, and the unit of work is over."""
        (old,) = added(store, maker(ids.new(), code="X"))
        saved(store, old)
        added(store, maker(ids.new(), parent=old.id))
        done(store, lambda unit: unit.remember(remembered("taken")))
        before = everything(store)
        unit = store.begin(write=True)

        with pytest.raises((Conflict, ReferenceNotFound)):
            unit.repository(Maker).add(maker(ids.new()))
            CONFLICTS[conflict](unit, old)
            unit.commit()

        for use in (READINGS | CHANGES | ENDINGS).values():
            with pytest.raises(Closed):
                use(unit)
        assert everything(store) == before
        added(store, maker(ids.new()))

    def test_a_stale_entity_ends_a_reading_unit_too(self, store: Store, ids: IdSource) -> None:
        """Whoever only looks, and finds what he holds outdated, begins anew."""
        (old,) = added(store, maker(ids.new()))
        saved(store, old)
        unit = store.begin(write=False)

        with pytest.raises(Conflict):
            unit.guard(old)

        with pytest.raises(Closed):
            unit.repository(Maker)

    @pytest.mark.parametrize("refusal", REFUSALS)
    def test_a_refusal_without_a_conflict_ends_nothing(
        self, store: Store, ids: IdSource, refusal: str
    ) -> None:
        """What can never be, and what is not there, spoil nothing of the unit of work."""
        with store.begin(write=True) as unit:
            before = unit.repository(Maker).add(maker(ids.new()))
            with pytest.raises((NotValid, EntityNotFound)):
                REFUSALS[refusal](unit)
            after = unit.repository(Maker).add(maker(ids.new()))
            unit.commit()

        assert found(store, "maker") == (before.id, after.id)

    def test_a_repository_ends_with_its_unit(self, store: Store, ids: IdSource) -> None:
        """A repository that outlives its unit of work refuses every use."""
        (entity,) = added(store, maker(ids.new()))
        with store.begin(write=True) as unit:
            makers = unit.repository(Maker)

        for use in (
            lambda: makers.get(entity.id),
            lambda: makers.get_many([entity.id]),
            lambda: makers.find(query("maker")),
            lambda: makers.add(maker(NOBODY)),
            lambda: makers.save(entity),
            lambda: makers.remove(entity),
        ):
            with pytest.raises(Closed):
                use()

    @pytest.mark.parametrize("change", [*CHANGES, "save", "remove"])
    def test_a_reading_unit_changes_nothing(self, store: Store, ids: IdSource, change: str) -> None:
        """Only a unit of work begun for writing may change anything."""
        (entity,) = added(store, maker(ids.new()))
        before = everything(store)
        changes: dict[str, Deed] = {
            **CHANGES,
            "save": lambda unit: unit.repository(Maker).save(entity),
            "remove": lambda unit: unit.repository(Maker).remove(entity),
        }

        with store.begin(write=False) as unit, pytest.raises(NotAllowed):
            changes[change](unit)

        assert found(store, "maker") == (entity.id,)
        assert got(store, entity) == entity
        assert everything(store) == before

    def test_a_nested_writing_unit_is_refused(self, store: Store, ids: IdSource) -> None:
        """A thread that writes cannot begin to write again; what it was doing goes on."""
        with store.begin(write=True) as unit:
            new = unit.repository(Maker).add(maker(ids.new()))
            with pytest.raises(NestedTransaction):
                store.begin(write=True)
            unit.commit()

        assert got(store, new) == new

    @pytest.mark.parametrize("ending", ["commit", "rollback", "error", "refusal"])
    def test_the_next_writer_gets_its_turn(self, store: Store, ids: IdSource, ending: str) -> None:
        """However a writing unit of work ended, the next one can begin."""
        wrong = maker(ids.new(), parent=ids.new())
        ways: dict[str, Deed] = {
            **ENDINGS,
            "error": fail,
            "refusal": lambda unit: unit.repository(Maker).add(wrong),
        }

        # Where commit or rollback came first, the last commit finds the unit of work over.
        with pytest.raises((ZeroDivisionError, ReferenceNotFound, Closed)):
            done(store, ways[ending])

        (entity,) = added(store, maker(ids.new()))
        assert found(store, "maker") == (entity.id,)

    def test_a_closed_store_begins_nothing(self, store: Store) -> None:
        """After closing, which may be repeated, no unit of work begins."""
        store.close()
        store.close()

        for write in (False, True):
            with pytest.raises(Closed):
                store.begin(write=write)

    def test_a_store_names_its_tenant_and_registry(self, store: Store) -> None:
        """A store tells whose data it holds, and what it serves."""
        assert store.tenant.startswith("tenant-")
        assert store.registry.named("maker").cls is Maker
