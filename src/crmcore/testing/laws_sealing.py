"""Laws about seals: what is sealed stays as it is, and only what is open goes on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from crmcore.errors import CrmError, EntityNotFound, ImmutableDocument
from crmcore.grammar.attributes import NO_ATTRIBUTES, Attributes
from crmcore.ports import IdSource, Store
from crmcore.testing.capabilities import needs
from crmcore.testing.charters import SEALED, UNSEALED, Charter, Remark, charter
from crmcore.testing.ground import Ground, StoreFactory
from crmcore.testing.specimens import AT, Grade, Maker, Part, Size, maker
from crmcore.testing.steps import added, anatomy, done, got, removed, saved
from crmcore.values.money import Money

CHANGES: dict[str, Callable[[Charter], dict[str, Any]]] = {
    "a text": lambda _: {"title": "charter"},
    "a text that was missing": lambda _: {"body": ""},
    "an amount": lambda _: {"price": Money("12.51", "EUR")},
    "a currency": lambda _: {"price": Money("12.50", "USD")},
    "an amount that goes": lambda _: {"price": None},
    "the time it began": lambda _: {"created_at": AT + timedelta(milliseconds=1)},
    "another seal": lambda _: {"number": "C-2"},
    "no seal": lambda _: {"number": None},
    "inside a record": lambda _: {"size": Size(width=4, note="small")},
    "a record that goes": lambda _: {"size": None},
    "inside a child": lambda held: {"parts": (*held.parts[:2], Part(name="C"))},
    "one child more": lambda held: {"parts": (*held.parts, Part(name="d"))},
    "one child less": lambda held: {"parts": held.parts[:2]},
    "the order of children": lambda held: {"parts": held.parts[::-1]},
    "an own attribute": lambda _: {"attributes": Attributes({"colour": "blue"})},
    "no own attributes": lambda _: {"attributes": NO_ATTRIBUTES},
}
"""What is not open: how a sealed charter may not be changed."""

OPEN: dict[str, Any] = {
    "grade": Grade.FINEST,
    "worth": Money(7, "EUR"),
    "remarks": (Remark(text="two"), Remark(text="three", grade=Grade.FINE)),
}
"""What is open, with other values."""


def sealing(stores: StoreFactory) -> Store:
    """A store without anything, in which charters can be sealed."""
    return stores(SEALED, stores.fresh().tenant)


def filled(stores: StoreFactory, id: UUID) -> tuple[Store, Charter]:
    """A store with one charter, which is sealed."""
    store = sealing(stores)
    (draft,) = added(store, charter(id))
    return store, saved(store, attrs.evolve(draft, number="C-1"))


class SealLaws(Ground):
    """What is sealed stays as it is, but for what is open."""

    @pytest.mark.parametrize("what", CHANGES)
    def test_what_is_sealed_cannot_be_changed(
        self, stores: StoreFactory, ids: IdSource, what: str
    ) -> None:
        """A save of other values than open ones is refused, naming them; nothing is stored."""
        store, entity = filled(stores, ids.new())
        change = CHANGES[what](entity)

        with pytest.raises(ImmutableDocument) as refusal:
            saved(store, attrs.evolve(entity, **change, **OPEN))

        error = refusal.value
        assert (error.entity, error.id, error.fields) == ("charter", entity.id, (*change,))
        assert anatomy(got(store, entity)) == anatomy(entity)

    def test_what_is_sealed_cannot_be_removed(self, stores: StoreFactory, ids: IdSource) -> None:
        """It cannot go, and says so."""
        store, entity = filled(stores, ids.new())

        with pytest.raises(ImmutableDocument) as refusal:
            removed(store, entity)

        error = refusal.value
        assert (error.entity, error.id, error.fields) == ("charter", entity.id, ())
        assert got(store, entity) == entity

    def test_everything_sealed_is_named_at_once(self, stores: StoreFactory, ids: IdSource) -> None:
        """A refusal names every field that would have changed."""
        store, entity = filled(stores, ids.new())

        with pytest.raises(ImmutableDocument) as refusal:
            saved(store, attrs.evolve(entity, title="x", parts=(), size=None, grade=Grade.FINE))

        assert {*refusal.value.fields} == {"title", "parts", "size"}

    def test_what_is_open_goes_on(self, stores: StoreFactory, ids: IdSource) -> None:
        """Open fields and open children change as ever, again and again; guards hold too."""
        store, entity = filled(stores, ids.new())

        for name, value in OPEN.items():
            entity = saved(store, attrs.evolve(entity, **{name: value}))
        done(store, lambda unit: unit.guard(entity))
        entity = saved(
            store, attrs.evolve(entity, remarks=(), updated_at=AT + timedelta(days=1), worth=None)
        )

        assert (entity.revision, entity.number) == (6, "C-1")
        assert anatomy(got(store, entity)) == anatomy(entity)

    def test_until_then_everything_changes(self, stores: StoreFactory, ids: IdSource) -> None:
        """Without a seal it can be changed in every field, and removed."""
        store = sealing(stores)
        (draft,) = added(store, charter(ids.new()))
        for what, change in CHANGES.items():
            if "seal" not in what:
                draft = saved(store, attrs.evolve(draft, **change(draft)))
                assert anatomy(got(store, draft)) == anatomy(draft)

        removed(store, draft)

        with pytest.raises(EntityNotFound):
            got(store, draft)

    @pytest.mark.parametrize("what", [name for name in CHANGES if "seal" not in name])
    def test_it_may_change_with_the_save_that_seals_it(
        self, stores: StoreFactory, ids: IdSource, what: str
    ) -> None:
        """The seal is on what is stored: the save that seals may change everything."""
        store = sealing(stores)
        (draft,) = added(store, charter(ids.new()))

        entity = saved(store, attrs.evolve(draft, **CHANGES[what](draft), **OPEN, number="C-1"))

        assert anatomy(got(store, entity)) == anatomy(entity)
        with pytest.raises(ImmutableDocument):
            saved(store, attrs.evolve(entity, title="later"))

    @pytest.mark.parametrize("how", ["added", "restored"])
    def test_it_may_come_sealed(self, stores: StoreFactory, ids: IdSource, how: str) -> None:
        """What is new, or comes from elsewhere, may be sealed already; it is from then on."""
        store, entity = sealing(stores), charter(ids.new(), number="C-1", revision=4)
        if how == "added":
            (entity,) = added(store, entity)
        else:
            done(store, lambda unit: unit.archive.restore([entity]))

        assert anatomy(got(store, entity)) == anatomy(entity)
        with pytest.raises(ImmutableDocument):
            saved(store, attrs.evolve(entity, parts=()))
        with pytest.raises(ImmutableDocument):
            removed(store, entity)
        assert saved(store, attrs.evolve(entity, **OPEN)).revision == entity.revision + 1

    def test_a_seal_holds_in_the_unit_that_sets_it(
        self, stores: StoreFactory, ids: IdSource
    ) -> None:
        """What a unit of work has sealed it cannot change either, though nobody else sees it yet."""
        store = sealing(stores)

        with store.begin(write=True) as unit:
            charters = unit.repository(Charter)
            draft = charters.add(charter(ids.new()))
            entity = charters.save(attrs.evolve(draft, number="C-1"))
            with pytest.raises(ImmutableDocument):
                charters.save(attrs.evolve(entity, title="later"))
            with pytest.raises(ImmutableDocument):
                charters.remove(entity)
            entity = charters.save(attrs.evolve(entity, **OPEN))
            unit.commit()

        assert anatomy(got(store, entity)) == anatomy(entity)

    def test_a_seal_that_was_taken_back_holds_nothing(
        self, stores: StoreFactory, ids: IdSource
    ) -> None:
        """After a rollback it is as free as before."""
        store = sealing(stores)
        (draft,) = added(store, charter(ids.new()))
        with store.begin(write=True) as unit:
            unit.repository(Charter).save(attrs.evolve(draft, number="C-1"))
            unit.rollback()

        assert saved(store, attrs.evolve(draft, title="later")).title == "later"

    def test_a_refusal_by_a_seal_ends_nothing(self, stores: StoreFactory, ids: IdSource) -> None:
        """The unit of work goes on, and what else it does is committed."""
        store, entity = filled(stores, ids.new())

        with store.begin(write=True) as unit:
            for step in (unit.repository(Charter).save, unit.repository(Charter).remove):
                with pytest.raises(ImmutableDocument):
                    step(attrs.evolve(entity, number=None) if step.__name__ == "save" else entity)
            new = unit.repository(Maker).add(maker(ids.new()))
            unit.commit()

        assert (got(store, new), got(store, entity)) == (new, entity)

    def test_a_seal_is_each_tenants_own(self, stores: StoreFactory, ids: IdSource) -> None:
        """The same id may be sealed for one tenant and free for another."""
        _, entity = filled(stores, ids.new())
        other = sealing(stores)
        (draft,) = added(other, charter(entity.id))

        draft = saved(other, attrs.evolve(draft, title="mine", parts=(Part(name="z"),)))

        assert got(other, draft) == draft
        removed(other, draft)

    @needs("durable")
    def test_reopening_keeps_seals(self, stores: StoreFactory, ids: IdSource) -> None:
        """Whoever opens the place again finds it sealed."""
        store, entity = filled(stores, ids.new())

        again = stores.reopen(store)

        with pytest.raises(ImmutableDocument):
            saved(again, attrs.evolve(entity, title="later"))
        assert got(again, entity) == entity

    @needs("seals_for_everybody")
    def test_who_does_not_know_of_a_seal_cannot_break_it(
        self, stores: StoreFactory, ids: IdSource
    ) -> None:
        """Who opens the place without the declaration is refused by the place itself."""
        store, entity = filled(stores, ids.new())
        ignorant = stores(UNSEALED, store.tenant)

        with pytest.raises(CrmError):
            removed(ignorant, entity)
        for change in CHANGES.values():
            with pytest.raises(CrmError):
                saved(ignorant, attrs.evolve(entity, **change(entity)))

        assert anatomy(got(store, entity)) == anatomy(entity)

    def test_who_does_not_know_of_a_seal_goes_on_with_the_rest(
        self, stores: StoreFactory, ids: IdSource
    ) -> None:
        """For whoever does not know of it, what is open stays open, and drafts are free."""
        store, entity = filled(stores, ids.new())
        ignorant = stores(UNSEALED, store.tenant)

        entity = saved(ignorant, attrs.evolve(entity, **OPEN))
        new = charter(ids.new()), charter(ids.new(), number="C-9", parts=())
        draft, sealed = added(ignorant, *new)
        removed(ignorant, saved(ignorant, attrs.evolve(draft, parts=())))

        assert [got(store, each) for each in (entity, sealed)] == [entity, sealed]
