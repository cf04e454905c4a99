"""Laws about what entities owe each other: unique fields, and references that lead somewhere."""

from typing import Any

import attrs
import pytest

from crmcore.errors import (
    Duplicate,
    ReferenceNotFound,
    StillReferenced,
)
from crmcore.ports import IdSource, Store
from crmcore.testing.extremes import texts
from crmcore.testing.ground import Ground
from crmcore.testing.specimens import (
    Maker,
    Part,
    Size,
    badge,
    machine,
    maker,
    tool,
)
from crmcore.testing.steps import added, everything, found, got, removed, saved


class UniqueLaws(Ground):
    """What holds for declared sets of unique fields."""

    def test_a_taken_unique_field_is_refused(self, store: Store, ids: IdSource) -> None:
        """A second entity with the same unique field is refused, naming field and holder."""
        (holder,) = added(store, maker(ids.new(), code="X"))
        before = everything(store)

        with pytest.raises(Duplicate) as refusal:
            added(store, maker(ids.new(), name="other", code="X"))

        error = refusal.value
        assert (error.entity, error.fields, error.existing) == ("maker", ("code",), holder.id)
        assert everything(store) == before

    def test_saving_into_a_taken_unique_field_is_refused(self, store: Store, ids: IdSource) -> None:
        """A save must not take what another entity holds."""
        holder, other = added(store, maker(ids.new(), code="X"), maker(ids.new(), code="Y"))

        with pytest.raises(Duplicate) as refusal:
            saved(store, attrs.evolve(other, code="X"))

        assert (refusal.value.fields, refusal.value.existing) == (("code",), holder.id)
        assert got(store, other) == other

    def test_an_entity_keeps_its_own_unique_fields(self, store: Store, ids: IdSource) -> None:
        """Nobody is in one's own way."""
        (holder,) = added(store, maker(ids.new(), code="X"))

        again = saved(store, attrs.evolve(holder, name="renamed"))

        assert (again.code, again.revision) == ("X", 2)

    def test_missing_values_never_match(self, store: Store, ids: IdSource) -> None:
        """Any number of entities may lack a unique field, or a part of a unique set."""
        (owner,) = added(store, maker(ids.new()))
        lacking = [machine(ids.new(), serial=None, model="M") for _ in range(3)]
        partly = [machine(ids.new(), maker=owner.id, model=None) for _ in range(3)]

        added(store, *lacking, *partly)

        assert len(found(store, "gadget")) == 6

    def test_a_unique_set_matches_as_a_whole_only(self, store: Store, ids: IdSource) -> None:
        """Entities may share a part of a unique set, but not all of it."""
        one, two = added(store, maker(ids.new()), maker(ids.new()))
        (holder,) = added(store, machine(ids.new(), maker=one.id, model="M"))
        added(store, machine(ids.new(), maker=two.id, model="M"))
        added(store, tool(ids.new(), maker=one.id, model="N"))

        with pytest.raises(Duplicate) as refusal:
            added(store, tool(ids.new(), maker=one.id, model="M"))

        assert refusal.value.fields == ("maker", "model")
        assert refusal.value.existing == holder.id

    def test_unique_texts_differ_in_anything(self, store: Store, ids: IdSource) -> None:
        """Case, accents, blanks and normal forms make different texts."""
        codes = texts(longest=40, lines=False)

        entities = added(store, *(maker(ids.new(), code=code) for code in codes))

        assert [got(store, each).code for each in entities] == list(codes)

    def test_what_a_removed_entity_held_is_free(self, store: Store, ids: IdSource) -> None:
        """A unique value is free again once its holder is gone, even in the same unit of work."""
        (first,) = added(store, maker(ids.new(), code="X"))

        with store.begin(write=True) as unit:
            makers = unit.repository(Maker)
            makers.remove(first)
            second = makers.add(maker(ids.new(), code="X"))
            unit.commit()

        assert found(store, "maker") == (second.id,)

    def test_what_a_save_gave_up_is_free(self, store: Store, ids: IdSource) -> None:
        """A unique value is free again once its holder has another one."""
        (first,) = added(store, maker(ids.new(), code="X"))
        saved(store, attrs.evolve(first, code="Y"))

        added(store, maker(ids.new(), code="X"))

        with pytest.raises(Duplicate):
            added(store, maker(ids.new(), code="Y"))

    def test_unique_fields_hold_within_a_unit(self, store: Store, ids: IdSource) -> None:
        """Two additions in one unit of work collide like any others."""
        with pytest.raises(Duplicate):
            added(store, maker(ids.new(), code="X"), maker(ids.new(), code="X"))

        assert found(store, "maker") == ()


class ReferenceLaws(Ground):
    """What holds for references."""

    @pytest.mark.parametrize("path", ["maker", "parts.maker", "size.measured_by", "operator"])
    def test_an_unknown_reference_is_refused(self, store: Store, ids: IdSource, path: str) -> None:
        """A reference that leads nowhere is refused by its dotted name, and nothing is stored."""
        absent = ids.new()
        wrong: dict[str, dict[str, Any]] = {
            "maker": {"maker": absent},
            "operator": {"operator": absent},
            "parts.maker": {"parts": (Part(name="a"), Part(name="b", maker=absent))},
            "size.measured_by": {"size": Size(measured_by=absent)},
        }

        with pytest.raises(ReferenceNotFound) as refusal:
            added(store, maker(ids.new()), machine(ids.new(), **wrong[path]))

        error = refusal.value
        assert (error.entity, error.field, error.id) == ("gadget", path, absent)
        assert found(store, "gadget") == found(store, "maker") == ()

    def test_a_save_cannot_refer_to_nothing(self, store: Store, ids: IdSource) -> None:
        """A saved reference must lead somewhere too; the entity stays as it was."""
        (owner,) = added(store, maker(ids.new()))
        (entity,) = added(store, machine(ids.new(), maker=owner.id))

        with pytest.raises(ReferenceNotFound) as refusal:
            saved(store, attrs.evolve(entity, maker=ids.new()))

        assert refusal.value.field == "maker"
        assert got(store, entity) == entity

    @pytest.mark.parametrize("place", ["field", "child", "record"])
    def test_what_is_referred_to_stays(self, store: Store, ids: IdSource, place: str) -> None:
        """An entity that another one refers to cannot be removed."""
        (owner,) = added(store, maker(ids.new()))
        referring: dict[str, dict[str, Any]] = {
            "field": {"maker": owner.id},
            "child": {"parts": (Part(name="p", maker=owner.id),)},
            "record": {"size": Size(measured_by=owner.id)},
        }
        added(store, machine(ids.new(), **referring[place]))

        with pytest.raises(StillReferenced) as refusal:
            removed(store, owner)

        error = refusal.value
        assert (error.entity, error.id) == ("maker", owner.id)
        assert "gadget" in error.by
        assert got(store, owner) == owner

    def test_what_nobody_refers_to_any_more_can_go(self, store: Store, ids: IdSource) -> None:
        """Once its referrers refer elsewhere or are gone, an entity can be removed."""
        (owner,) = added(store, maker(ids.new()))
        one, two = added(
            store,
            machine(ids.new(), maker=owner.id),
            machine(ids.new(), parts=(Part(name="p", maker=owner.id),)),
        )
        saved(store, attrs.evolve(one, maker=None))
        saved(store, attrs.evolve(two, parts=()))

        removed(store, owner)

        assert found(store, "maker") == ()

    def test_referrer_and_referred_can_go_together(self, store: Store, ids: IdSource) -> None:
        """One unit of work may remove an entity together with all that refer to it."""
        (entity,) = added(store, machine(ids.new()))
        (label,) = added(store, badge(ids.new(), entity.id))

        removed(store, label, entity)

        assert found(store, "gadget") == found(store, "badge") == ()

    def test_a_unit_may_refer_to_its_own_additions(self, store: Store, ids: IdSource) -> None:
        """What was added before in the same unit of work can be referred to."""
        owner = maker(ids.new())

        _, entity = added(store, owner, machine(ids.new(), maker=owner.id))

        assert got(store, entity) == entity

    def test_an_entity_may_refer_to_itself(self, store: Store, ids: IdSource) -> None:
        """A reference to oneself leads somewhere, and does not keep one from going."""
        own = ids.new()

        (entity,) = added(store, maker(own, parent=own))
        removed(store, saved(store, entity))

        assert found(store, "maker") == ()

    def test_references_among_removed_entities_hold_nobody(
        self, store: Store, ids: IdSource
    ) -> None:
        """What a removed entity referred to can be removed afterwards."""
        (owner,) = added(store, maker(ids.new()))
        (entity,) = added(store, machine(ids.new(), maker=owner.id))
        removed(store, entity)

        removed(store, owner)

        assert found(store, "maker") == ()
