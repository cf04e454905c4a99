"""Laws about events whose classes change or go: what was written once can always be read."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import attrs
import pytest

from crmcore.errors import NotValid
from crmcore.grammar.change import Event
from crmcore.grammar.registry import Registry
from crmcore.ports import Delivery, IdSource, Posted, Recorded, Store, UnknownEvent
from crmcore.testing.ground import Ground, StoreFactory
from crmcore.testing.outgoing import claim, events, happened, park, posted, settle, tell
from crmcore.testing.specimens import AT, BADGE, GADGET, MAKER, SPECIMENS, GadgetMade, MakerNamed
from crmcore.testing.steps import done


def named_later() -> type[Event]:
    """The event of the same name, after its form has changed twice."""

    @attrs.frozen(kw_only=True)
    class Renamed(Event):
        VERSION: ClassVar[int] = 3
        who: UUID
        since: int

        @classmethod
        def upgraded(cls, fields: Mapping[str, Any], version: int) -> Mapping[str, Any]:
            return {"at": fields["at"], "who": fields["maker"], "since": version}

    Renamed.__name__ = MakerNamed.__name__
    return Renamed


LATER: Any = named_later()


def serving(*known: type[Event]) -> Registry:
    """The registry of the laws with other events."""
    grown = Registry.of([MAKER, GADGET, BADGE], known)
    return attrs.evolve(grown, attributes=SPECIMENS.attributes)


class VersionLaws(Ground):
    """Events outlive the classes they were told with."""

    def with_events(self, stores: StoreFactory, store: Store, *known: type[Event]) -> Store:
        """The same tenant, as somebody sees it who knows other events."""
        return stores(serving(*known), store.tenant)

    def test_an_event_of_an_older_form_is_upgraded(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """Its class says how to read what was written before; wherever it is read."""
        (told,) = happened(ids, ids.new())
        tell(store, told)

        later = self.with_events(stores, store, LATER)

        new = attrs.evolve(told, event=LATER(at=AT, who=told.entity_id, since=1))
        with later.begin(write=False) as unit:
            assert unit.history("maker", told.entity_id) == (new,)
        assert events(posted(later)) == events(claim(later)) == (new,)

    def test_an_event_is_written_in_the_form_of_its_class(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """What is told with the newer form comes back without an upgrade."""
        later = self.with_events(stores, store, LATER)
        (told,) = happened(ids, ids.new())
        new = attrs.evolve(told, event=LATER(at=AT, who=told.entity_id, since=2024))

        tell(later, new)

        assert events(posted(later)) == (new,)

    def test_an_unknown_event_comes_as_such(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """Who does not know its class gets its name, its version and its fields as they are."""
        (told,) = happened(ids, ids.new())
        tell(store, told)

        without = self.with_events(stores, store, GadgetMade)

        with without.begin(write=False) as unit:
            (read,) = unit.history("maker", told.entity_id)
        event = read.event
        assert isinstance(event, UnknownEvent)
        assert (event.at, event.name, event.version) == (AT, "MakerNamed", 1)
        assert str(told.entity_id) in event.payload
        assert attrs.evolve(read, event=told.event) == told
        assert events(posted(without)) == events(claim(without)) == (read,)

    def test_an_unknown_event_is_kept(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """Delivered or parked by who does not know it, it is told whole to who does."""
        one, two = (happened(ids, ids.new())[0] for _ in range(2))
        tell(store, one, two)
        without = self.with_events(stores, store, GadgetMade)

        first, second = claim(without)
        settle(without, first)
        park(without, second, "unknown")

        expected = (
            Posted(recorded=one, delivery=Delivery.DONE, attempts=1),
            Posted(recorded=two, delivery=Delivery.PARKED, attempts=1, reason="unknown"),
        )
        assert posted(store) == expected

    def test_an_unknown_event_can_be_restored(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """It passes unread through the hands of who does not know it."""
        told, other = happened(ids, ids.new(), 2), stores.fresh()
        tell(store, *told)
        unread = posted(self.with_events(stores, store, GadgetMade))
        between = self.with_events(stores, other, GadgetMade)

        done(between, lambda unit: unit.archive.restore_events(unread))

        assert posted(between) == unread
        assert events(posted(other)) == told

    def test_an_unknown_event_is_not_told_anew(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """Only restoring takes what nobody here knows; recording does not."""
        without = self.with_events(stores, store, GadgetMade)
        event = UnknownEvent(at=AT, name="MakerNamed", version=1, payload="{}")
        told: Recorded = attrs.evolve(happened(ids, ids.new())[0], event=event)

        with pytest.raises(NotValid):
            tell(without, told)

        assert posted(store) == ()
