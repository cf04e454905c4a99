"""A dump holds everything, in one order, however it came to be there."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import attrs
from hypothesis import given
from hypothesis import strategies as st

from crmcore.grammar.change import Entity, Event
from crmcore.grammar.entity import EntityType
from crmcore.grammar.registry import Registry
from crmcore.memory import MemoryStore
from crmcore.ports import Recorded
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


def test_entities_come_by_type_and_id_with_their_events() -> None:
    leaf = Leaf(id=UUID(int=9), created_at=AT, updated_at=AT)
    store = filled([stone(2), leaf, stone(1)])
    with store.begin(write=True) as work:
        for position in (0, 1):
            work.record(recorded(1, position))
        work.commit()

    lines = [json.loads(line) for line in dump(store)]

    assert [(line.get("entity"), line.get("event")) for line in lines] == [
        ("leaf", None),
        ("stone", None),
        (None, "StoneFound"),
        (None, "StoneFound"),
        ("stone", None),
    ]
    assert lines[2] == {
        "event": "StoneFound",
        "fields": {
            "at": "2017-04-03T00:00:00.000Z",
            "stone": "00000000-0000-0000-0000-000000000001",
        },
        "id": "00000000-0000-0000-0000-000000000064",
        "of": {"entity": "stone", "id": "00000000-0000-0000-0000-000000000001"},
        "position": 0,
        "revision": 1,
    }


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

    found = [json.loads(line)["fields"]["id"] for line in dump(filled(stones))]

    assert found == [str(each.id) for each in stones]


def test_an_empty_store_has_an_empty_dump() -> None:
    assert [*dump(filled([]))] == []
