"""Laws about what lies beside the entities: numbers, keys and events can be read whole."""

from datetime import timedelta

import attrs
import pytest

from crmcore.ports import Drawn, EventPlace, IdSource, Posted, Remembered, Store
from crmcore.testing.extremes import IDS, INSTANTS, texts
from crmcore.testing.ground import Ground, StoreFactory
from crmcore.testing.outgoing import claim, happened, park, posted, settle, tell
from crmcore.testing.specimens import AT, maker
from crmcore.testing.steps import MANY, added, done, naming, remembered, removed

SIZES = (1, 2, 3, 7, 100)
LATER = AT + timedelta(days=1)


def numbers(store: Store) -> tuple[Drawn, ...]:
    """The last numbers of all series."""
    with store.begin(write=False) as unit:
        return unit.archive.numbers()


def keys(store: Store, size: int = MANY) -> tuple[Remembered, ...]:
    """All remembered keys, read in pages of a size."""
    with store.begin(write=False) as unit:
        read = page = unit.archive.keys(None, size)
        while len(page) == size:
            last = page[-1].scope, page[-1].key
            page = unit.archive.keys(last, size)
            assert all((each.scope, each.key) > last for each in page)
            read += page
    return read


def paged_events(store: Store, size: int) -> tuple[Posted, ...]:
    """All events, read in pages of a size."""
    with store.begin(write=False) as unit:
        read = page = unit.archive.events(None, size)
        while len(page) == size:
            last = place_of(page[-1])
            page = unit.archive.events(last, size)
            assert all(place_of(each) > last for each in page)
            read += page
    return read


def place_of(each: Posted) -> EventPlace:
    """Where an event stands among all."""
    told = each.recorded
    return told.entity, told.entity_id, told.revision, told.position


def remember(store: Store, *every: Remembered) -> None:
    """Afterwards the keys are taken."""
    with store.begin(write=True) as unit:
        for each in every:
            unit.remember(each)
        unit.commit()


class ArchiveLaws(Ground):
    """All that is kept can be read, page by page, in one order everywhere."""

    def test_the_last_numbers_come_in_order(self, store: Store) -> None:
        """By series and period, by code point, each with the number drawn last."""
        names = [name for name in texts(longest=20, lines=False) if name]
        series = [(name, period) for name in names for period in ("", "2024")]

        with store.begin(write=True) as unit:
            for name, period in series:
                unit.draw(name, period)
            unit.draw("a", "2024")
            own = unit.archive.numbers()
            unit.commit()

        expected = tuple(
            Drawn(series=name, period=period, value=2 if (name, period) == ("a", "2024") else 1)
            for name, period in sorted(series)
        )
        assert numbers(store) == own == expected

    def test_a_number_taken_back_is_not_there(self, store: Store) -> None:
        """A series that nothing was drawn from for good has no last number."""
        with store.begin(write=True) as unit:
            unit.draw("numbers", "2024")
            unit.rollback()

        assert numbers(store) == ()

    @pytest.mark.parametrize("size", SIZES)
    def test_keys_come_page_by_page(self, store: Store, size: int) -> None:
        """By scope and key, by code point, each exactly once and whole."""
        names = [name for name in texts(longest=100, lines=False) if name]
        every = [remembered(name, scope=scope) for name in names for scope in ("s", "S", "é")]
        remember(store, *every)

        assert keys(store, size) == tuple(sorted(every, key=lambda each: (each.scope, each.key)))

    def test_a_key_knows_when_it_was_remembered(self, store: Store) -> None:
        """The instant comes back to the millisecond, recalled or read."""
        every = tuple(remembered(f"{place:03}", at=at) for place, at in enumerate(INSTANTS))
        remember(store, *every)

        with store.begin(write=False) as unit:
            assert tuple(unit.recall("scope", each.key) for each in every) == every
        assert keys(store) == every

    @pytest.mark.parametrize("size", SIZES)
    def test_events_come_page_by_page(self, store: Store, size: int) -> None:
        """By entity, id, revision and position, each exactly once and whole."""
        places = ((1, 0), (1, 1), (2, 0), (10, 0))
        told = tuple(naming(id, id, *place) for id in sorted(IDS) for place in places)
        told = tuple(attrs.evolve(each, id=IDS[0].__class__(int=n)) for n, each in enumerate(told))
        of_badge = attrs.evolve(told[0], id=IDS[-1], entity="badge")
        tell(store, *told[::-1], of_badge)

        expected = tuple(Posted(recorded=each) for each in (of_badge, *told))
        assert paged_events(store, size) == expected

    def test_events_tell_how_far_they_have_come(self, store: Store, ids: IdSource) -> None:
        """Waiting, claimed, done or parked; also when their entity is gone."""
        (entity,) = added(store, maker(ids.new()))
        told = (*happened(ids, entity.id, 2), *happened(ids, ids.new(), 2))
        tell(store, *told)
        first, _, third, _ = claim(store)
        settle(store, first)
        park(store, third, "refused")
        removed(store, entity)

        states = [(each.delivery, each.attempts, each.reason) for each in posted(store)]
        assert states == [
            ("done", 1, None),
            ("waiting", 1, None),
            ("parked", 1, "refused"),
            ("waiting", 1, None),
        ]

    def test_an_event_knows_when_it_was_recorded(self, store: Store, ids: IdSource) -> None:
        """Beside when it happened; told in its history, claimed or read."""
        entity = ids.new()
        told = tuple(
            naming(ids.new(), entity, revision, recorded_at=at)
            for revision, at in enumerate(INSTANTS, start=1)
        )
        tell(store, *told)

        with store.begin(write=False) as unit:
            assert unit.history("maker", entity) == told
        assert tuple(each.recorded for each in posted(store)) == told
        assert tuple(each.recorded for each in claim(store)) == told

    def test_old_keys_are_forgotten(self, store: Store) -> None:
        """Those remembered before an instant are free again; the others stay."""
        old, edge, new = (
            remembered(name, at=at)
            for name, at in (("old", AT), ("edge", LATER), ("new", LATER + timedelta(days=1)))
        )
        remember(store, old, edge, new)

        with store.begin(write=True) as unit:
            assert unit.archive.forget(LATER) == 1
            assert unit.recall("scope", "old") is None
            unit.commit()

        assert keys(store) == (edge, new)
        again = attrs.evolve(old, fingerprint="1" * 64)
        remember(store, again)
        assert keys(store) == (edge, new, again)

    def test_forgetting_taken_back_forgets_nothing(self, store: Store) -> None:
        """Who forgets and rolls back still remembers."""
        remember(store, remembered("key"))

        with store.begin(write=True) as unit:
            assert unit.archive.forget(LATER) == 1
            unit.rollback()

        assert keys(store) == (remembered("key"),)

    def test_archives_are_each_tenants_own(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """Nothing of another tenant is read, and nothing of it is forgotten."""
        other = stores.fresh()
        remember(store, remembered("key"))
        tell(store, *happened(ids, ids.new()))
        done(store, lambda unit: unit.draw("numbers", "2024"))

        assert (numbers(other), keys(other), posted(other)) == ((), (), ())
        with other.begin(write=True) as unit:
            assert unit.archive.forget(LATER) == 0
            unit.commit()
        assert keys(store) == (remembered("key"),)
