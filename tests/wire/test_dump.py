"""A dump holds everything, in one order, however it came to be there."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import StoreUnavailable
from crmcore.grammar.change import Entity, Event
from crmcore.grammar.entity import EntityType
from crmcore.grammar.registry import Registry
from crmcore.memory import MemoryStore
from crmcore.ports import Posted, Recorded, Remembered, UnknownEvent
from crmcore.values import CountedIds
from crmcore.wire import dump


@attrs.frozen(kw_only=True)
class Stone(Entity):
    """Something to keep."""

    weight: int


@attrs.frozen(kw_only=True)
class Leaf(Entity):
    """Something else to keep."""


@attrs.frozen(kw_only=True)
class StoneFound(Event):
    """Something that happened to it."""

    stone: UUID


AT = datetime(2017, 4, 3, tzinfo=UTC)
REGISTRY = Registry.of(
    (EntityType(name="stone", cls=Stone), EntityType(name="leaf", cls=Leaf)), (StoneFound,)
)


def stone(number: int) -> Stone:
    return Stone(id=UUID(int=number), created_at=AT, updated_at=AT, weight=number)


def filled(entities: Iterable[Entity]) -> MemoryStore:
    store = MemoryStore(registry=REGISTRY)
    with store.begin(write=True) as work:
        for entity in entities:
            work.repository(type(entity)).add(entity)
        work.commit()
    return store


def recorded(number: int, position: int) -> Recorded:
    return Recorded(
        id=UUID(int=100 + position),
        entity="stone",
        entity_id=UUID(int=number),
        revision=1,
        position=position,
        event=StoneFound(at=AT, stone=UUID(int=number)),
        recorded_at=AT,
    )


@given(st.permutations([stone(number) for number in range(5)]))
def test_the_order_of_adding_does_not_show(stones: list[Stone]) -> None:
    expected = [*dump(filled(stone(number) for number in range(5)))]

    assert [*dump(filled(stones))] == expected


def test_entities_come_by_type_and_id_and_then_their_events() -> None:
    leaf = Leaf(id=UUID(int=9), created_at=AT, updated_at=AT)
    store = filled([stone(2), leaf, stone(1)])
    with store.begin(write=True) as work:
        for position in (0, 1):
            work.record(recorded(1, position))
        work.commit()

    first, *lines, last = [json.loads(line) for line in dump(store)]

    assert (first, last) == (
        {"crmcore": "dump", "version": 1},
        {"end": {"entities": 3, "events": 2, "keys": 0, "numbers": 0}},
    )
    assert [(line.get("entity"), line.get("event")) for line in lines] == [
        ("leaf", None),
        ("stone", None),
        ("stone", None),
        (None, "StoneFound"),
        (None, "StoneFound"),
    ]
    assert lines[3] == {
        "at": "2017-04-03T00:00:00.000Z",
        "delivery": "waiting",
        "event": "StoneFound",
        "fields": {
            "at": "2017-04-03T00:00:00.000Z",
            "stone": "00000000-0000-0000-0000-000000000001",
        },
        "id": "00000000-0000-0000-0000-000000000064",
        "of": {"entity": "stone", "id": "00000000-0000-0000-0000-000000000001"},
        "position": 0,
        "reason": None,
        "recorded_at": "2017-04-03T00:00:00.000Z",
        "revision": 1,
        "version": 1,
    }


def test_events_of_what_was_removed_numbers_and_keys_are_in_it() -> None:
    store = filled([stone(1)])
    key = Remembered(
        scope="find", key="k", fingerprint="f", entity="stone", entity_id=UUID(int=1), at=AT
    )
    with store.begin(write=True) as work:
        stones = work.repository(Stone)
        work.record(recorded(1, 0))
        work.draw("invoice", "2017")
        work.remember(key)
        stones.remove(stones.get(UUID(int=1)))
        work.commit()

    told = [json.loads(line) for line in dump(store)][1:-1]

    assert [each.get("event") for each in told] == ["StoneFound", None, None]
    assert told[1] == {"number": {"period": "2017", "series": "invoice", "value": 1}}
    assert told[2]["key"]["scope"] == "find"


def test_a_dump_does_not_tell_whose_data_they_are() -> None:
    others = MemoryStore(registry=REGISTRY, tenant="other")

    assert [*dump(others)] == [*dump(filled([]))]


def test_any_change_shows() -> None:
    store = filled([stone(1)])
    before = [*dump(store)]
    with store.begin(write=True) as work:
        stones = work.repository(Stone)
        stones.save(stones.get(UUID(int=1)))
        work.commit()

    assert [*dump(store)] != before


def test_a_rollback_does_not_show() -> None:
    store = filled([stone(1)])
    before = [*dump(store)]

    with store.begin(write=True) as work:
        work.repository(Stone).add(stone(2))

    assert [*dump(store)] == before


def test_more_than_a_page_comes_whole(ids: CountedIds) -> None:
    stones = [attrs.evolve(stone(1), id=ids.new()) for _ in range(1001)]

    found = [json.loads(line) for line in dump(filled(stones))]

    assert [each["fields"]["id"] for each in found[1:-1]] == [str(each.id) for each in stones]


def test_an_event_that_cannot_be_written_is_refused() -> None:
    store = filled([])
    broken = UnknownEvent(at=AT, name="Unknown", version=1, payload="no JSON")
    with store.begin(write=True) as work:
        work.archive.restore_events([Posted(recorded=attrs.evolve(recorded(1, 0), event=broken))])
        work.commit()

    with pytest.raises(StoreUnavailable, match="cannot be read"):
        [*dump(store)]
