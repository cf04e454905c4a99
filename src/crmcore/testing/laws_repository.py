"""Laws about adding, getting, saving and removing single entities."""

import attrs
import pytest

from crmcore.errors import (
    Duplicate,
    EntityNotFound,
    NotValid,
    StaleRevision,
)
from crmcore.grammar.field import F
from crmcore.grammar.query import Order, Path
from crmcore.ports import IdSource, Store
from crmcore.testing.extremes import IDS
from crmcore.testing.ground import Ground
from crmcore.testing.specimens import (
    AT,
    Gadget,
    Machine,
    Maker,
    Part,
    Size,
    machine,
    maker,
    tool,
)
from crmcore.testing.steps import added, anatomy, found, got, query, removed, saved


class RepositoryLaws(Ground):
    """What holds for every single entity."""

    def test_what_is_added_stands_at_revision_one(self, store: Store, ids: IdSource) -> None:
        """The new entity as stored is at revision 1, and nothing else about it is new."""
        new = maker(ids.new())

        (stored,) = added(store, new)

        assert stored == attrs.evolve(new, revision=1)
        assert got(store, new) == stored

    def test_getting_what_is_not_there_names_entity_and_id(
        self, store: Store, ids: IdSource
    ) -> None:
        """Getting an unknown id is refused, naming the kind of entity and the id."""
        absent = maker(ids.new())

        with pytest.raises(EntityNotFound) as refusal:
            got(store, absent)

        assert (refusal.value.entity, refusal.value.id) == ("maker", absent.id)

    def test_getting_many_gives_those_that_exist(self, store: Store, ids: IdSource) -> None:
        """Getting many ids gives exactly those that exist, by id; nothing for none."""
        one, two = added(store, maker(ids.new(), name="one"), maker(ids.new(), name="two"))

        with store.begin(write=False) as unit:
            makers = unit.repository(Maker)
            several = makers.get_many([two.id, ids.new(), one.id, two.id])
            none = makers.get_many([])

        assert dict(several) == {one.id: one, two.id: two}
        assert dict(none) == {}

    def test_a_taken_id_is_refused(self, store: Store, ids: IdSource) -> None:
        """No second entity comes under an id that is taken, and the first one stays."""
        (first,) = added(store, maker(ids.new(), name="first"))

        with pytest.raises(Duplicate) as refusal:
            added(store, maker(first.id, name="second"))

        assert (refusal.value.entity, refusal.value.fields) == ("maker", ("id",))
        assert got(store, first) == first

    def test_a_save_raises_the_revision_by_one(self, store: Store, ids: IdSource) -> None:
        """A saved entity is stored as it came, its revision raised by one."""
        (first,) = added(store, maker(ids.new()))

        second = saved(store, attrs.evolve(first, name="renamed"))

        assert second == attrs.evolve(first, name="renamed", revision=2)
        assert got(store, first) == second

    def test_a_stale_save_is_refused(self, store: Store, ids: IdSource) -> None:
        """Saving from an older revision is refused, naming both, and changes nothing."""
        (first,) = added(store, maker(ids.new()))
        second = saved(store, attrs.evolve(first, name="faster"))

        with pytest.raises(StaleRevision) as refusal:
            saved(store, attrs.evolve(first, name="slower"))

        error = refusal.value
        assert (error.entity, error.id) == ("maker", first.id)
        assert (error.expected, error.actual) == (1, 2)
        assert got(store, first) == second

    def test_saving_what_is_gone_is_refused(self, store: Store, ids: IdSource) -> None:
        """Saving an entity that was removed is refused, saying that there is none."""
        (entity,) = added(store, maker(ids.new()))
        removed(store, entity)

        with pytest.raises(StaleRevision) as refusal:
            saved(store, entity)

        assert (refusal.value.expected, refusal.value.actual) == (1, None)

    def test_several_saves_in_one_unit_all_count(self, store: Store, ids: IdSource) -> None:
        """Each save goes on from the one before, in the same unit of work too."""
        with store.begin(write=True) as unit:
            makers = unit.repository(Maker)
            entity = makers.add(maker(ids.new()))
            for name in ("one", "two", "three"):
                entity = makers.save(attrs.evolve(entity, name=name))
            unit.commit()

        assert (entity.revision, entity.name) == (4, "three")
        assert got(store, entity) == entity

    def test_what_is_removed_is_gone(self, store: Store, ids: IdSource) -> None:
        """A removed entity is found in no way, and its neighbours are."""
        entity, other = added(store, maker(ids.new()), maker(ids.new()))

        removed(store, entity)

        with pytest.raises(EntityNotFound):
            got(store, entity)
        assert found(store, "maker") == (other.id,)

    def test_a_stale_removal_is_refused(self, store: Store, ids: IdSource) -> None:
        """What somebody else has changed is not removed; what is gone is not removed again."""
        (first,) = added(store, maker(ids.new()))
        second = saved(store, attrs.evolve(first, name="changed"))

        with pytest.raises(StaleRevision) as stale:
            removed(store, first)
        removed(store, second)
        with pytest.raises(StaleRevision) as gone:
            removed(store, second)

        assert (stale.value.expected, stale.value.actual) == (1, 2)
        assert (gone.value.expected, gone.value.actual) == (2, None)

    def test_a_removed_id_may_come_back(self, store: Store, ids: IdSource) -> None:
        """After a removal, the id is free, and the entity that takes it begins anew."""
        (first,) = added(store, machine(ids.new(), parts=(Part(name="old"),), power=7))
        removed(store, first)

        (second,) = added(store, tool(first.id, title="new"))

        assert second.revision == 1
        assert anatomy(got(store, second)) == anatomy(second)

    def test_every_id_is_an_id(self, store: Store) -> None:
        """Any 128 bits are an id; the smallest, the largest and those that look negative."""
        entities = added(store, *(maker(id, name=str(id)) for id in IDS))

        assert [got(store, each) for each in entities] == list(entities)
        assert found(store, "maker") == tuple(sorted(IDS))


class VariantLaws(Ground):
    """What holds for entities of several classes in one repository, and for values held."""

    def test_a_variant_comes_back_as_itself(self, store: Store, ids: IdSource) -> None:
        """An entity is of the class it was stored with, asked for by whichever class it has."""
        one, two = machine(ids.new(), power=3), tool(ids.new(), handed=True)
        added(store, one, two)

        with store.begin(write=False) as unit:
            from_common = unit.repository(Gadget).get_many([one.id, two.id])

        assert anatomy(from_common[one.id]) == anatomy(attrs.evolve(one, revision=1))
        assert anatomy(from_common[two.id]) == anatomy(attrs.evolve(two, revision=1))

    def test_a_variants_repository_knows_no_other_variant(
        self, store: Store, ids: IdSource
    ) -> None:
        """Asked for one variant, entities of the others are not there, in any method."""
        other, one, two = added(store, tool(ids.new()), machine(ids.new()), machine(ids.new()))
        asked = query("gadget", F.title != "x", order=(Order(Path(("title",)), descending=True),))

        with store.begin(write=False) as unit:
            machines = unit.repository(Machine)
            with pytest.raises(EntityNotFound) as refusal:
                machines.get(other.id)

            assert (refusal.value.entity, refusal.value.id) == ("gadget", other.id)
            assert machines.get(one.id) == one
            assert [*machines.get_many([other.id, two.id])] == [two.id]
            assert machines.find(query("gadget")).items == (one, two)
            first = machines.find(attrs.evolve(asked, limit=1))
            rest = machines.find(attrs.evolve(asked, limit=1, after=first.cursor))
            assert (first.items, rest.items, rest.cursor) == ((one,), (two,), None)
            assert [each.id for each in unit.repository(Gadget).find(asked).items] == [
                *(other.id, one.id, two.id)
            ]

    def test_a_repository_takes_its_own_entities_only(self, store: Store, ids: IdSource) -> None:
        """An entity of another type is refused, and nothing is stored."""
        stranger: object = machine(ids.new())

        with store.begin(write=True) as unit, pytest.raises(NotValid):
            getattr(unit.repository(Maker), "add")(stranger)  # noqa: B009

        assert found(store, "maker") == found(store, "gadget") == ()

    def test_what_variants_have_in_common_is_no_entity(self, store: Store, ids: IdSource) -> None:
        """Only the variants themselves can be stored, not the class they come from."""
        neither = Gadget(id=ids.new(), title="neither", created_at=AT, updated_at=AT)

        with pytest.raises(NotValid):
            added(store, neither)

        assert found(store, "gadget") == ()

    def test_what_you_hold_is_a_copy(self, store: Store, ids: IdSource) -> None:
        """A value once given stays as it was, whatever happens in the store."""
        (first,) = added(store, machine(ids.new(), parts=(Part(name="a"),), size=Size(width=1)))
        held, before = got(store, first), anatomy(got(store, first))

        saved(store, attrs.evolve(first, title="changed", parts=(), size=None))

        assert anatomy(held) == before
        assert anatomy(first) == before

    def test_a_held_value_changes_no_store(self, store: Store, ids: IdSource) -> None:
        """Making another value from what you hold changes nothing in the store."""
        (first,) = added(store, machine(ids.new(), title="as stored"))

        attrs.evolve(got(store, first), title="another")

        assert got(store, first).title == "as stored"
