"""Laws about putting back what was read from an archive: it is as it was, and goes on from there."""

from uuid import UUID

import attrs
import pytest

from crmcore.errors import Duplicate, InvalidText, ReferenceNotFound, StaleRevision
from crmcore.grammar.change import Entity
from crmcore.grammar.query import Query
from crmcore.ports import Delivery, Drawn, IdSource, Posted, Store, UnitOfWork
from crmcore.testing.capabilities import needs
from crmcore.testing.collection import collection
from crmcore.testing.ground import Ground, StoreFactory
from crmcore.testing.laws_archive import keys, numbers, remember
from crmcore.testing.outgoing import (
    attempts,
    claim,
    events,
    happened,
    park,
    posted,
    settle,
    tell,
)
from crmcore.testing.specimens import SPECIMENS, Maker, Part, badge, machine, maker
from crmcore.testing.steps import (
    MANY,
    Deed,
    added,
    anatomy,
    done,
    everything,
    found,
    got,
    naming,
    remembered,
    removed,
    saved,
)

SOMEBODY = maker(UUID(int=9), code="X", revision=7)
BEFORE = Posted(recorded=naming(UUID(int=8), SOMEBODY.id), attempts=2)
LAST = Drawn(series="numbers", period="2024", value=41)

RESTORINGS: dict[str, Deed] = {
    "restore": lambda unit: unit.archive.restore([SOMEBODY]),
    "restore_events": lambda unit: unit.archive.restore_events([BEFORE]),
    "restore_number": lambda unit: unit.archive.restore_number(LAST),
}
"""What may be put back."""


def restored(store: Store, *entities: Entity) -> None:
    """Afterwards the entities are stored as they are, all in one unit of work."""
    done(store, lambda unit: unit.archive.restore(entities))


def copied(source: UnitOfWork, target: UnitOfWork) -> None:
    """Put everything of one tenant into another one, page by page where there may be much."""
    archive = source.archive
    for name, kind in SPECIMENS.entities.items():
        target.archive.restore(source.repository(kind.cls).find(Query(entity=name)).items)
    target.archive.restore_events(archive.events(None, MANY))
    for drawn in archive.numbers():
        target.archive.restore_number(drawn)
    for each in archive.keys(None, MANY):
        target.remember(each)


class RestoreLaws(Ground):
    """What was kept elsewhere can be put in whole, and lives on."""

    def test_what_is_restored_is_as_it_was(self, store: Store, ids: IdSource) -> None:
        """Every field comes back, revision included."""
        entities = tuple(
            attrs.evolve(each, revision=place) for place, each in enumerate(collection(), start=1)
        )

        restored(store, *entities)

        for each in entities:
            assert anatomy(got(store, each)) == anatomy(each)

    def test_revisions_go_on_from_where_they_were(self, store: Store, ids: IdSource) -> None:
        """A save from the restored revision counts on; one from any other is refused."""
        entity = maker(ids.new(), revision=7)
        restored(store, entity)

        for wrong in (1, 6, 8):
            with pytest.raises(StaleRevision) as refusal:
                saved(store, attrs.evolve(entity, revision=wrong))
            assert (refusal.value.expected, refusal.value.actual) == (wrong, 7)

        assert saved(store, entity).revision == 8
        with pytest.raises(StaleRevision):
            removed(store, entity)

    def test_what_is_restored_is_seen_at_once(self, store: Store, ids: IdSource) -> None:
        """The unit of work that restores goes on with what it restored."""
        entity = maker(ids.new(), revision=7)

        with store.begin(write=True) as unit:
            unit.archive.restore([entity])
            held = unit.repository(Maker).get(entity.id)
            later = unit.repository(Maker).save(held)
            unit.commit()

        assert (held, later.revision) == (entity, 8)

    def test_what_is_taken_cannot_be_restored(self, store: Store, ids: IdSource) -> None:
        """Neither an id nor a unique value goes to two."""
        (holder,) = added(store, maker(ids.new(), code="X"))
        before = everything(store)

        for wrong in (maker(holder.id, revision=7), maker(ids.new(), code="X", revision=7)):
            with pytest.raises(Duplicate):
                restored(store, maker(ids.new()), wrong)

        assert everything(store) == before

    def test_what_is_restored_refers_to_something(self, store: Store, ids: IdSource) -> None:
        """A reference that leads nowhere is refused, and nothing is stored."""
        with pytest.raises(ReferenceNotFound):
            restored(store, maker(ids.new()), machine(ids.new(), maker=ids.new(), revision=3))

        assert found(store, "maker") == ()

    def test_what_is_restored_may_refer_to_what_comes_later(
        self, store: Store, ids: IdSource
    ) -> None:
        """Within one unit of work the order does not matter, and two may refer to each other."""
        one, two, gadget = ids.new(), ids.new(), ids.new()
        entities = (
            badge(ids.new(), gadget, revision=2),
            machine(gadget, maker=one, parts=(Part(name="p", maker=two),), revision=3),
            maker(one, parent=two, revision=4),
            maker(two, parent=one, revision=5),
        )

        restored(store, *entities)

        assert tuple(got(store, each) for each in entities) == entities

    def test_what_no_store_may_keep_is_not_restored(self, store: Store, ids: IdSource) -> None:
        """The boundary is the same for what comes from elsewhere."""
        with pytest.raises(InvalidText):
            restored(store, maker(ids.new(), name="\x00", revision=7))

        assert found(store, "maker") == ()

    def test_numbers_go_on_from_where_they_were(self, store: Store) -> None:
        """The next number follows the restored one, whatever was drawn before."""
        for last in (41, 7, 1_000_000):
            drawn = Drawn(series="numbers", period="2024", value=last)
            with store.begin(write=True) as unit:
                unit.archive.restore_number(drawn)
                unit.commit()

            assert numbers(store) == (drawn,)
            with store.begin(write=True) as unit:
                assert unit.draw("numbers", "2024") == last + 1
                assert unit.draw("numbers", "2023") == 1
                unit.rollback()

    def test_events_are_on_their_way_as_far_as_they_were(self, store: Store, ids: IdSource) -> None:
        """Done stays done, parked stays parked; what waits can be claimed, and counts on."""
        one, two, three = (happened(ids, ids.new())[0] for _ in range(3))
        behind = happened(ids, three.entity_id, since=2)[0]
        every = (
            Posted(recorded=one, delivery=Delivery.DONE, attempts=2),
            Posted(recorded=two, delivery=Delivery.PARKED, attempts=3, reason="refused"),
            Posted(recorded=three, attempts=4),
            Posted(recorded=behind),
        )

        done(store, lambda unit: unit.archive.restore_events(every))

        assert posted(store) == every
        claimed = claim(store)
        assert (events(claimed), attempts(claimed)) == ((three, behind), (5, 1))

    def test_nobody_has_claimed_what_was_restored(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """Claims stay behind: elsewhere, what was claimed waits for anybody."""
        told, other = happened(ids, ids.new(), 2), stores.fresh()
        tell(store, *told)
        claim(store)
        taken = posted(store)

        done(other, lambda unit: unit.archive.restore_events(taken))

        assert claim(store) == ()
        assert [each.claimed_until for each in posted(other)] == [None, None]
        claimed = claim(other)
        assert (events(claimed), attempts(claimed)) == (told, (2, 2))

    @pytest.mark.parametrize("what", RESTORINGS)
    def test_restoring_taken_back_leaves_no_trace(self, store: Store, what: str) -> None:
        """What was restored and rolled back is not there."""
        before = everything(store)

        with store.begin(write=True) as unit:
            RESTORINGS[what](unit)
            unit.rollback()

        assert everything(store) == before
        done(store, RESTORINGS[what])
        assert everything(store) != before

    @pytest.mark.parametrize("what", RESTORINGS)
    def test_restoring_is_each_tenants_own(
        self, stores: StoreFactory, store: Store, what: str
    ) -> None:
        """What is put into one tenant's place is in no other's."""
        other = stores.fresh()
        before = everything(other)

        done(store, RESTORINGS[what])

        assert everything(other) == before

    def test_a_copy_of_everything_is_the_same(
        self, stores: StoreFactory, filled: Store, ids: IdSource
    ) -> None:
        """Read whole and put in elsewhere, nothing has changed; only claims stay behind."""
        tell(filled, *happened(ids, collection()[0].id, 3), *happened(ids, ids.new(), 2))
        first, *_, last = claim(filled)
        settle(filled, first)
        park(filled, last)
        done(filled, lambda unit: [unit.draw("numbers", "2024") for _ in range(3)])
        remember(filled, remembered("one"), remembered("two"))
        other = stores.fresh()

        with filled.begin(write=False) as source, other.begin(write=True) as target:
            copied(source, target)
            target.commit()

        unclaimed = tuple(attrs.evolve(each, claimed_until=None) for each in posted(filled))
        assert everything(other) == {**everything(filled), "events": anatomy(unclaimed)}
        assert (numbers(other), keys(other)) == (numbers(filled), keys(filled))

    @needs("durable")
    def test_reopening_keeps_what_was_restored(self, stores: StoreFactory) -> None:
        """Whoever opens the place again finds it restored."""
        store = stores.fresh()
        for deed in RESTORINGS.values():
            done(store, deed)
        before = everything(store)

        assert everything(stores.reopen(store)) == before
