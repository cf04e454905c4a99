"""What lies beside the entities: events on their way, numbers and keys."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import attrs

from crmcore.errors import CrmError, Duplicate
from crmcore.grammar import Entity, EntityType, Registry, checked_entity, checked_series
from crmcore.ports import Delivery, Drawn, EventPlace, Lag, Posted, Remembered, next_round

from .contents import Contents, Post


class Unit(Protocol):
    """What is needed here of a unit of work."""

    registry: Registry

    def reading(self) -> Contents: ...
    def writing(self) -> Contents: ...
    def posts(self) -> list[Post]: ...
    def look(self, name: str, id: UUID | None) -> Any: ...
    def put(self, kind: EntityType, entity: Entity) -> None: ...
    def refused(self, conflict: CrmError) -> CrmError: ...


class FileOutbox:
    """The events on their way."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def claim(self, limit: int, /, *, now: datetime, until: datetime) -> tuple[Posted, ...]:
        posts = self._unit.writing().posts
        held = {
            each.whose
            for each in posts.values()
            if each.delivery is Delivery.PARKED
            or (each.is_waiting and each.claimed_until is not None and each.claimed_until > now)
        }
        free = [each for each in self._unit.posts() if each.is_waiting and each.whose not in held]
        claimed = [
            attrs.evolve(each, attempts=each.attempts + 1, claimed_until=until)
            for each in free[:limit]
        ]
        posts.update((each.id, each) for each in claimed)
        return tuple(each.read(self._unit.registry) for each in claimed)

    def settle(self, claimed: Iterable[Posted], /) -> int:
        return self._decide(claimed, delivery=Delivery.DONE, claimed_until=None)

    def release(self, claimed: Iterable[Posted], /, *, until: datetime, tried: bool = True) -> int:
        if tried:
            return self._decide(claimed, claimed_until=until)
        return sum(
            self._decide((each,), claimed_until=until, attempts=each.attempts - 1)
            for each in claimed
        )

    def park(self, claimed: Posted, reason: str, /) -> int:
        return self._decide((claimed,), delivery=Delivery.PARKED, reason=reason, claimed_until=None)

    def parked(self, limit: int, /) -> tuple[Posted, ...]:
        parked = [each for each in self._unit.posts() if each.delivery is Delivery.PARKED]
        return tuple(each.read(self._unit.registry) for each in parked[:limit])

    def resume(self, id: UUID, /) -> int:
        posts = self._unit.writing().posts
        if id not in posts or posts[id].delivery is not Delivery.PARKED:
            return 0
        attempts = next_round(posts[id].attempts)
        posts[id] = attrs.evolve(
            posts[id], delivery=Delivery.WAITING, attempts=attempts, reason=None
        )
        return 1

    def lag(self) -> Lag:
        posts = self._unit.reading().posts.values()
        waiting = [each.recorded_at for each in posts if each.is_waiting]
        parked = sum(each.delivery is Delivery.PARKED for each in posts)
        return Lag(waiting=len(waiting), parked=parked, oldest=min(waiting, default=None))

    def _decide(self, claimed: Iterable[Posted], **fields: Any) -> int:
        posts, decided = self._unit.writing().posts, 0
        for each in claimed:
            post = posts.get(each.recorded.id)
            # Somebody who claimed it later has raised the attempts.
            if post is not None and post.is_waiting and post.attempts == each.attempts:
                posts[post.id] = attrs.evolve(post, **fields)
                decided += 1
        return decided


class FileArchive:
    """All that lies beside the entities, and ways to put everything back."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def numbers(self) -> tuple[Drawn, ...]:
        numbers = sorted(self._unit.reading().numbers.items())
        return tuple(Drawn(series=key[0], period=key[1], value=value) for key, value in numbers)

    def keys(self, after: tuple[str, str] | None, limit: int, /) -> tuple[Remembered, ...]:
        keys = self._unit.reading().keys
        places = [place for place in sorted(keys) if after is None or place > after]
        return tuple(keys[place] for place in places[:limit])

    def events(self, after: EventPlace | None, limit: int, /) -> tuple[Posted, ...]:
        posts = [each for each in self._unit.posts() if after is None or each.place > after]
        return tuple(each.read(self._unit.registry) for each in posts[:limit])

    def forget(self, before: datetime, /) -> int:
        keys = self._unit.writing().keys
        old = [place for place, each in keys.items() if each.at < before]
        for place in old:
            del keys[place]
        return len(old)

    def restore(self, entities: Iterable[Entity], /) -> None:
        self._unit.writing()
        registry = self._unit.registry
        for entity in entities:
            registry.check(entity)
            kind = registry.of_class(type(entity))
            if self._unit.look(kind.name, entity.id) is not None:
                raise self._unit.refused(Duplicate(kind.name, ("id",), entity.id))
            self._unit.put(kind, entity)

    def restore_events(self, posted: Iterable[Posted], /) -> None:
        posts = self._unit.writing().posts
        for each in posted:
            checked_entity(each.recorded.entity)
            posts[each.recorded.id] = Post.of(each)

    def restore_number(self, drawn: Drawn, /) -> None:
        key = checked_series(drawn.series, drawn.period)
        self._unit.writing().numbers[key] = drawn.value
