"""Laws about tenants: nothing of one leads to anything of another."""

import attrs
import pytest

from crmcore.errors import (
    EntityNotFound,
    InvalidText,
    InvalidValue,
    ReferenceNotFound,
    StaleRevision,
)
from crmcore.grammar.field import F, count, count_distinct
from crmcore.ports import IdSource, Store
from crmcore.testing.ground import Ground, StoreFactory
from crmcore.testing.laws_events import history, recorded
from crmcore.testing.outgoing import tell
from crmcore.testing.specimens import AT, SPECIMENS, Maker, MakerNamed, Part, machine, maker
from crmcore.testing.steps import (
    added,
    aggregate_query,
    everything,
    found,
    got,
    groups,
    remembered,
    removed,
    saved,
)


class TenantLaws(Ground):
    """Two tenants in one place are as far apart as two places."""

    @pytest.fixture
    def other(self, stores: StoreFactory, store: Store) -> Store:
        """The same place as the law's own store, as another tenant sees it."""
        other = stores.fresh()
        assert other.tenant != store.tenant
        return other

    def test_the_same_id_is_two_entities(self, store: Store, other: Store, ids: IdSource) -> None:
        """Tenants may use the same ids and unique values, each for entities of their own."""
        (mine,) = added(store, maker(ids.new(), name="mine", code="X"))
        (theirs,) = added(other, maker(mine.id, name="theirs", code="X"))

        later = saved(store, attrs.evolve(mine, name="still mine"))

        assert (got(store, mine), got(other, theirs)) == (later, theirs)
        removed(other, theirs)
        assert got(store, mine) == later

    def test_another_tenants_entity_is_not_there(
        self, store: Store, other: Store, ids: IdSource
    ) -> None:
        """An id of another tenant's entity is unknown, for reading and for changing."""
        (theirs,) = added(other, maker(ids.new()))

        with pytest.raises(EntityNotFound):
            got(store, theirs)
        with pytest.raises(StaleRevision):
            saved(store, theirs)
        with pytest.raises(StaleRevision):
            removed(store, theirs)
        with store.begin(write=False) as unit:
            assert dict(unit.repository(Maker).get_many([theirs.id])) == {}
        assert got(other, theirs) == theirs

    def test_no_question_reaches_another_tenant(self, store: Store, filled: Store) -> None:
        """Whatever is asked, nothing of another tenant is found or counted."""
        assert store.tenant != filled.tenant
        questions = (
            F.id == F.id,
            ~(F.id == F.token),
            F.kind == "tool",
            ~(F.title == "x") | (F.title == "y"),
            ~F.parts.any(F.name == "zz"),
        )

        for where in questions:
            assert found(store, "gadget", where) == ()
            measures = {"n": count(), "titles": count_distinct(F.title)}
            (group,) = groups(store, aggregate_query("gadget", measures, where=where))
            assert group.values == {"n": 0, "titles": 0}
        assert len(found(filled, "gadget")) > 0

    def test_a_reference_stays_with_its_tenant(
        self, store: Store, other: Store, ids: IdSource
    ) -> None:
        """A reference to another tenant's entity leads nowhere."""
        (theirs,) = added(other, maker(ids.new()))

        with pytest.raises(ReferenceNotFound):
            added(store, machine(ids.new(), maker=theirs.id))
        with pytest.raises(ReferenceNotFound):
            added(store, machine(ids.new(), parts=(Part(name="p", maker=theirs.id),)))

        assert found(store, "gadget") == ()

    def test_paths_stay_with_their_tenant(self, store: Store, other: Store, ids: IdSource) -> None:
        """Where two tenants use the same ids, paths and children lead to one's own."""
        owner, entity = ids.new(), ids.new()
        for place, name in ((store, "mine"), (other, "theirs")):
            parts = (Part(name=name, maker=owner),)
            added(place, maker(owner, name=name))
            added(place, machine(entity, maker=owner, parts=parts))

        for where in (F.maker.name == "theirs", F.parts.any(F.name == "theirs")):
            assert found(store, "gadget", where) == ()
            assert found(other, "gadget", where) == (entity,)
        assert found(store, "gadget", F.parts.any(F.maker.name == "theirs")) == ()
        assert [each.name for each in got(store, machine(entity)).parts] == ["mine"]

    def test_an_entity_may_go_though_another_tenants_is_referred_to(
        self, store: Store, other: Store, ids: IdSource
    ) -> None:
        """References of another tenant hold nobody."""
        owner = ids.new()
        (mine,) = added(store, maker(owner))
        (theirs,) = added(other, maker(owner))
        added(other, machine(ids.new(), maker=owner))

        removed(store, mine)

        assert got(other, theirs) == theirs

    def test_numbers_and_keys_are_each_tenants_own(self, store: Store, other: Store) -> None:
        """Every tenant counts from 1, and remembers its own keys."""
        first = remembered("k", scope="s")

        for place in (store, other):
            with place.begin(write=True) as unit:
                assert unit.draw("numbers", "2024") == 1
                assert unit.recall("s", "k") is None
                unit.remember(attrs.evolve(first, fingerprint=place.tenant.ljust(64, "0")))
                unit.commit()

        with store.begin(write=False) as unit:
            mine = unit.recall("s", "k")
        assert mine is not None
        assert mine.fingerprint == store.tenant.ljust(64, "0")

    def test_histories_are_each_tenants_own(
        self, store: Store, other: Store, ids: IdSource
    ) -> None:
        """What happened to one tenant's entity is told to nobody else."""
        (mine,) = added(store, maker(ids.new()))
        added(other, mine)
        told = recorded(ids, MakerNamed(at=AT, maker=mine.id), mine, (1, 0))

        tell(store, told)

        assert history(store, mine) == (told,)
        assert history(other, mine) == ()

    def test_the_same_tenant_is_the_same_data(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """Two stores of one tenant in one place hold the same."""
        twin = stores(store.registry, store.tenant)

        (entity,) = added(store, maker(ids.new()))

        assert got(twin, entity) == entity
        assert everything(twin) == everything(store)

    @pytest.mark.parametrize("name", ["A", "a", "a ", "ä", "a\u0308", "'", "%", "$where", "a.b"])
    def test_tenants_differ_in_anything(
        self, stores: StoreFactory, ids: IdSource, name: str
    ) -> None:
        """Case, accents, blanks and signs make different tenants."""
        others = ("A", "a", "a ", "ä", "a\u0308", "'", "%", "$where", "a.b", "_")
        added(stores(SPECIMENS, name), maker(ids.new()))

        for each in others:
            expected = 1 if each == name else 0
            assert len(found(stores(SPECIMENS, each), "maker")) == expected

    @pytest.mark.parametrize("name", ["", "\x00", "a\nb", "\x7f", "\ud800", "x" * 101])
    def test_a_tenant_no_store_may_keep_is_refused(self, stores: StoreFactory, name: str) -> None:
        """A control character, a surrogate, too much or nothing at all names no tenant."""
        with pytest.raises((InvalidText, InvalidValue)) as refusal:
            stores(SPECIMENS, name)

        assert getattr(refusal.value, "field", None) == "tenant"
        assert stores(SPECIMENS, "\U0001f600" * 100).tenant == "\U0001f600" * 100
