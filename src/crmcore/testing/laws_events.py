"""Laws about events: they exist if, and only if, the change does."""

from datetime import timedelta
from itertools import permutations

import attrs
import pytest
from hypothesis import given

from crmcore.errors import NotValid, ReferenceNotFound
from crmcore.grammar.change import Event
from crmcore.ports import IdSource, Recorded, Store
from crmcore.testing.capabilities import needs
from crmcore.testing.ground import LAW, Ground, StoreFactory
from crmcore.testing.outgoing import tell
from crmcore.testing.specimens import AT, GadgetMade, Maker, MakerNamed, NeverRegistered, maker
from crmcore.testing.steps import added, anatomy, done, removed
from crmcore.testing.strategies import events
from crmcore.values.ids import CountedIds


def recorded(ids: IdSource, event: Event, entity: Maker, place: tuple[int, int]) -> Recorded:
    """An event of a maker, at a revision and a position."""
    revision, position = place
    return Recorded(
        id=ids.new(),
        entity="maker",
        entity_id=entity.id,
        revision=revision,
        position=position,
        event=event,
        recorded_at=AT,
    )


def history(store: Store, entity: Maker) -> tuple[Recorded, ...]:
    """All events of a maker."""
    with store.begin(write=False) as unit:
        return unit.history("maker", entity.id)


class EventLaws(Ground):
    """What happened is told once, whole and in order."""

    def test_an_event_comes_with_its_change(self, store: Store, ids: IdSource) -> None:
        """Entity and event are stored by the same commit."""
        new = maker(ids.new())
        told = recorded(ids, MakerNamed(at=AT, maker=new.id), new, (1, 0))

        with store.begin(write=True) as unit:
            unit.repository(Maker).add(new)
            unit.record(told)
            unit.commit()

        assert history(store, new) == (told,)

    def test_without_the_change_there_is_no_event(self, store: Store, ids: IdSource) -> None:
        """Events of a unit of work that did not commit were never told."""
        new = maker(ids.new())
        told = recorded(ids, MakerNamed(at=AT, maker=new.id), new, (1, 0))
        with store.begin(write=True) as unit:
            unit.repository(Maker).add(new)
            unit.record(told)
            unit.rollback()
        wrong = attrs.evolve(new, parent=ids.new())
        with pytest.raises(ReferenceNotFound):
            done(
                store,
                lambda unit: unit.record(told),
                lambda unit: unit.repository(Maker).add(wrong),
            )

        assert history(store, new) == ()

    def test_own_events_are_seen_at_once(self, store: Store, ids: IdSource) -> None:
        """A unit of work sees the events it recorded, after those that were there."""
        (entity,) = added(store, maker(ids.new()))
        first, second = (
            recorded(ids, MakerNamed(at=AT, maker=entity.id), entity, (revision, 0))
            for revision in (1, 2)
        )
        tell(store, first)

        with store.begin(write=True) as unit:
            unit.record(second)

            assert unit.history("maker", entity.id) == (first, second)

    @needs("reads_beside_a_writer")
    def test_nobody_else_sees_them_before_the_commit(self, store: Store, ids: IdSource) -> None:
        """Others learn of an event when it has happened."""
        (entity,) = added(store, maker(ids.new()))
        told = recorded(ids, MakerNamed(at=AT, maker=entity.id), entity, (1, 0))

        with store.begin(write=True) as unit:
            unit.record(told)
            during = history(store, entity)
            unit.commit()

        assert (during, history(store, entity)) == ((), (told,))

    @LAW
    @given(event=events(GadgetMade))
    def test_events_come_back_whole(self, stores: StoreFactory, event: GadgetMade) -> None:
        """Everything an event tells comes back equal and of the same type."""
        store, ids = stores.fresh(), CountedIds()
        (entity,) = added(store, maker(ids.new()))
        told = recorded(ids, event, entity, (1, 0))

        tell(store, told)

        assert anatomy(history(store, entity)) == anatomy((told,))

    def test_a_history_is_in_order(self, store: Store, ids: IdSource) -> None:
        """By revision and position, whenever and in whatever order they were recorded."""
        places = ((1, 0), (2, 0), (2, 1), (10, 0))

        for order in permutations(places):
            (entity,) = added(store, maker(ids.new()))
            for place in order:
                late = AT - timedelta(seconds=place[0])
                tell(store, recorded(ids, MakerNamed(at=late, maker=entity.id), entity, place))

            told = history(store, entity)
            assert tuple((each.revision, each.position) for each in told) == places

    def test_histories_do_not_mix(self, store: Store, ids: IdSource) -> None:
        """Every entity has its own history; the same id under another type is another entity."""
        one, two = added(store, maker(ids.new()), maker(ids.new()))
        of_one = recorded(ids, MakerNamed(at=AT, maker=one.id), one, (1, 0))
        of_two = recorded(ids, MakerNamed(at=AT, maker=two.id), two, (1, 0))
        of_gadget = attrs.evolve(of_one, id=ids.new(), entity="gadget")

        tell(store, of_two, of_gadget, of_one)

        assert history(store, one) == (of_one,)
        assert history(store, two) == (of_two,)
        with store.begin(write=False) as unit:
            assert unit.history("gadget", one.id) == (of_gadget,)
            assert unit.history("badge", one.id) == ()

    def test_a_history_outlives_its_entity(self, store: Store, ids: IdSource) -> None:
        """What happened to an entity is still told when the entity is gone."""
        (entity,) = added(store, maker(ids.new()))
        told = recorded(ids, MakerNamed(at=AT, maker=entity.id), entity, (1, 0))
        tell(store, told)

        removed(store, entity)

        assert history(store, entity) == (told,)

    def test_an_unknown_event_is_refused(self, store: Store, ids: IdSource) -> None:
        """Only registered events can be recorded, for only they can be told again."""
        (entity,) = added(store, maker(ids.new()))
        stranger = NeverRegistered(at=AT, maker=entity.id)

        with pytest.raises(NotValid):
            tell(store, recorded(ids, stranger, entity, (1, 0)))

        assert history(store, entity) == ()

    @needs("durable")
    def test_reopening_keeps_the_history(self, stores: StoreFactory, ids: IdSource) -> None:
        """Whoever opens the place again can tell everything that happened."""
        store = stores.fresh()
        (entity,) = added(store, maker(ids.new()))
        told = recorded(ids, MakerNamed(at=AT, maker=entity.id), entity, (1, 0))
        tell(store, told)

        assert history(stores.reopen(store), entity) == (told,)
