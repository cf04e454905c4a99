"""Laws about units of work: all or not at all, seen by whom, and over when they are over."""

from uuid import UUID

import attrs
import pytest

from crmcore.errors import (
    Closed,
    Conflict,
    EntityNotFound,
    NestedTransaction,
    NotAllowed,
    ReferenceNotFound,
    StaleRevision,
)
from crmcore.grammar.field import F, count
from crmcore.ports import IdSource, Recorded, Remembered, Store, UnitOfWork
from crmcore.testing.capabilities import needs
from crmcore.testing.extremes import texts
from crmcore.testing.ground import Ground
from crmcore.testing.specimens import AT, Maker, MakerNamed, machine, maker
from crmcore.testing.steps import (
    Deed,
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

NOBODY = UUID(int=0)


def naming(id: UUID, entity: UUID, revision: int = 1, position: int = 0) -> Recorded:
    """An event, ready to be recorded."""
    event = MakerNamed(at=AT, maker=entity)
    return Recorded(
        id=id, entity="maker", entity_id=entity, revision=revision, position=position, event=event
    )


def remembered(key: str, scope: str = "scope") -> Remembered:
    """A first result, ready to be remembered."""
    return Remembered(scope=scope, key=key, fingerprint="0" * 64, entity="maker", entity_id=NOBODY)


def fail(_unit: UnitOfWork) -> None:
    """What goes wrong in the caller's own code."""
    raise ZeroDivisionError


def meddle(unit: UnitOfWork, kept: Maker, doomed: Maker, ids: IdSource) -> None:
    """Add, save, remove and record something, without an end."""
    makers = unit.repository(Maker)
    makers.add(maker(ids.new(), code="new"))
    makers.save(attrs.evolve(kept, name="changed"))
    makers.remove(doomed)
    unit.record(naming(ids.new(), kept.id))


READINGS: dict[str, Deed] = {
    "repository": lambda unit: unit.repository(Maker),
    "aggregate": lambda unit: unit.aggregate(aggregate_query("maker", {"n": count()})),
    "history": lambda unit: unit.history("maker", NOBODY),
    "recall": lambda unit: unit.recall("scope", "key"),
}
CHANGES: dict[str, Deed] = {
    "add": lambda unit: unit.repository(Maker).add(maker(UUID(int=9))),
    "record": lambda unit: unit.record(naming(UUID(int=8), UUID(int=9))),
    "draw": lambda unit: unit.draw("series", "2024"),
    "remember": lambda unit: unit.remember(remembered("key")),
}
ENDINGS: dict[str, Deed] = {
    "commit": lambda unit: unit.commit(),
    "rollback": lambda unit: unit.rollback(),
}


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
        changes: dict[str, Deed] = {
            **CHANGES,
            "save": lambda unit: unit.repository(Maker).save(entity),
            "remove": lambda unit: unit.repository(Maker).remove(entity),
        }

        with store.begin(write=False) as unit, pytest.raises(NotAllowed):
            changes[change](unit)

        assert found(store, "maker") == (entity.id,)
        assert got(store, entity) == entity

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


class GuardLaws(Ground):
    """A decision that rests on an entity holds only while the entity does."""

    def test_a_guard_on_what_stands_lets_the_commit_pass(self, store: Store, ids: IdSource) -> None:
        """Nobody changed it: the commit goes through, and the entity stays as it is."""
        (entity,) = added(store, maker(ids.new()))

        with store.begin(write=True) as unit:
            unit.guard(entity)
            new = unit.repository(Maker).add(maker(ids.new()))
            unit.commit()

        assert got(store, new) == new
        assert got(store, entity).name == entity.name

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

        assert (refusal.value.id, refusal.value.expected) == (entity.id, 1)
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


class NumberLaws(Ground):
    """Numbers on documents: from 1, without gaps."""

    def test_numbers_begin_at_one_and_have_no_gaps(self, store: Store) -> None:
        """Over all commits, and within one, each number is the next one."""
        drawn: list[int] = []
        for many in (1, 3, 1):
            with store.begin(write=True) as unit:
                drawn += [unit.draw("invoices", "2024") for _ in range(many)]
                unit.commit()

        assert drawn == [1, 2, 3, 4, 5]

    def test_a_number_rolled_back_is_drawn_again(self, store: Store) -> None:
        """A number whose unit of work did not commit was never given."""
        for ending in ("commit", "rollback"):
            with store.begin(write=True) as unit:
                unit.draw("invoices", "2024")
                ENDINGS[ending](unit)

        with store.begin(write=True) as unit:
            assert unit.draw("invoices", "2024") == 2

    def test_series_and_periods_count_for_themselves(self, store: Store) -> None:
        """Every series begins at 1 in every period; no text is like another."""
        names = texts(longest=40, lines=False)

        with store.begin(write=True) as unit:
            first = [unit.draw(name, "2024") for name in names]
            periods = [unit.draw("series", name) for name in names]
            unit.commit()
        with store.begin(write=True) as unit:
            second = [unit.draw(name, "2024") for name in names]

        assert set(first) == set(periods) == {1}
        assert set(second) == {2}


class KeyLaws(Ground):
    """Idempotency keys: what was remembered, for exactly that key."""

    def test_what_was_remembered_is_recalled(self, store: Store, ids: IdSource) -> None:
        """A key recalls its first result, all of it; an unknown one recalls nothing."""
        first = attrs.evolve(remembered("key"), fingerprint="f" * 64, entity_id=ids.new())

        with store.begin(write=True) as unit:
            unit.remember(first)
            assert unit.recall("scope", "key") == first
            unit.commit()

        with store.begin(write=False) as unit:
            assert unit.recall("scope", "key") == first
            assert unit.recall("scope", "another") is None

    def test_keys_differ_in_anything(self, store: Store) -> None:
        """Case, accents, blanks and normal forms make different keys."""
        keys = [*texts(longest=200, lines=True), "k" * 255]

        with store.begin(write=True) as unit:
            for key in keys:
                assert unit.recall("scope", key) is None
                unit.remember(remembered(key))
            unit.commit()

        with store.begin(write=False) as unit:
            assert [unit.recall("scope", key) for key in keys] == [*map(remembered, keys)]

    def test_a_key_counts_within_its_scope(self, store: Store) -> None:
        """Two commands may use the same key."""
        with store.begin(write=True) as unit:
            unit.remember(remembered("key", scope="one"))
            unit.remember(remembered("key", scope="One"))
            unit.commit()

        with store.begin(write=False) as unit:
            assert unit.recall("one", "key") == remembered("key", scope="one")
            assert unit.recall("two", "key") is None

    def test_a_key_is_taken_once(self, store: Store) -> None:
        """A second result for a key is refused, and the first one stays."""
        with store.begin(write=True) as unit:
            unit.remember(remembered("key"))
            unit.commit()

        other = attrs.evolve(remembered("key"), fingerprint="1" * 64)
        with pytest.raises(Conflict):
            done(store, lambda unit: unit.remember(other))

        with store.begin(write=False) as unit:
            assert unit.recall("scope", "key") == remembered("key")

    def test_a_key_rolled_back_is_free(self, store: Store) -> None:
        """A key whose unit of work did not commit was never taken."""
        with store.begin(write=True) as unit:
            unit.remember(remembered("key"))
            unit.rollback()

        with store.begin(write=True) as unit:
            assert unit.recall("scope", "key") is None
            unit.remember(remembered("key"))
            unit.commit()
