"""The laws that hold for entities of any type, whatever they are: their form, references, events.

They follow from the registry alone, so entities of a host application are examined by them too.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from crmcore.checking import Breach
from crmcore.errors import CrmError, ManyFaults
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType
from crmcore.grammar.query import EVERYTHING, Condition, Missing, Path
from crmcore.grammar.registry import Registry, reference_values
from crmcore.ports import Delivery, EventPlace, Posted, Recorded, Remembered, UnitOfWork
from crmcore.usecases.source import Source, Unreadable
from crmcore.wire import entity_from_dict, entity_to_dict, place_of

GENERIC = {
    "readable": "every entity and every event can be read",
    "sound": "every entity keeps the rules of its class and the limits of its fields",
    "references": "every reference leads to an entity of the same tenant",
    "unique": "no two entities share what is declared unique",
    "revisions": "events belong to the revisions of their entity, in order and without gaps",
    "outbox": "every event has the attempts, the reason and the claim that its delivery allows",
    "keys": "every idempotency key leads to a result that is, or was, there",
}
"""The sentence of each law, by its code."""

_EVENTS = 500

CLAIMED_AHEAD = timedelta(days=1, hours=1)
"""Nobody claims events for longer, be it with a clock that is somewhat fast."""


def unsound(entity: Entity, registry: Registry) -> Iterator[Breach]:
    """What of an entity its own class or the boundary would refuse.

    Stores put entities together without asking their classes, because it is their own writing that
    they read; so they are put together once more here, with all checks.
    """
    try:
        registry.check(entity)
        again = entity_from_dict(entity_to_dict(entity, registry), registry)
    except ManyFaults as faults:
        yield from (Breach(text=fault.message) for fault in faults.faults)
        return
    except CrmError as fault:
        yield Breach(text=fault.message)
        return
    except Exception as error:  # noqa: BLE001 - whatever damaged values raise
        yield Breach(text=f"cannot be put together: {type(error).__name__}")
        return
    if again != entity:
        yield Breach(text="is not what its own class makes of it")
    if entity.revision < 1:
        yield Breach(text="has no revision", expected=1, found=entity.revision)


def dangling(
    entities: Sequence[Entity], kind: EntityType, source: Source
) -> Iterator[tuple[UUID, Breach]]:
    """The references of some entities that lead nowhere, each with whose it is."""
    held = [
        (entity.id, path, target, id)
        for entity in entities
        for path, target, id in reference_values(entity, kind)
    ]
    wanted: dict[str, set[UUID]] = {}
    for _, _, target, id in held:
        wanted.setdefault(target, set()).add(id)
    there = {target: source.existing(target, ids) for target, ids in wanted.items()}
    for whose, path, target, id in held:
        if id not in there[target]:
            text = f"{path} refers to {target} {id}, which does not exist"
            yield whose, Breach(text=text)


def shared(kind: EntityType, source: Source) -> Iterator[Breach | Unreadable]:
    """Entities that share what is declared unique with the one before them."""
    for names in kind.unique:
        where: Condition = EVERYTHING
        for name in names:
            where = where & ~Missing(Path((name,)))
        before: tuple[object, ...] | None = None
        for entity in source.ordered(kind, where, names):
            if isinstance(entity, Unreadable):
                yield entity
                break
            key = tuple(getattr(entity, name, None) for name in names)
            if key == before:
                text = f"shares {', '.join(names)} with another one"
                yield Breach(text=text, id=entity.id)
            before = key


def misplaced(revision: int, events: Iterable[Posted], *, complete: bool) -> Iterator[Breach]:
    """What is wrong with the events of an entity.

    Args:
        revision: The revision of the entity.
        events: Its events, by revision and position.
        complete: Whether every revision must have come with an event.
    """
    present, last, position = 0, 0, 0
    for posted in events:
        recorded = posted.recorded
        if recorded.revision != last:
            last, position = recorded.revision, 0
            present += 1 <= last <= revision
        if recorded.position != position:
            text = f"the events of revision {last} have a gap, or one twice"
            yield Breach(text=text, expected=position, found=recorded.position)
        position = recorded.position + 1
        if position == 1 and not 1 <= last <= revision:
            text = "an event belongs to a revision that the entity never had"
            yield Breach(text=text, expected=f"1 to {revision}", found=last)
    if complete and present != revision:
        text = "not every revision came with an event"
        yield Breach(text=text, expected=revision, found=present)


def undeliverable(posted: Posted, now: datetime | None) -> Iterator[Breach]:
    """What an event on its way has, or lacks, against how far its delivery has come.

    Args:
        posted: The event.
        now: The present; without it, nothing is said of how long a claim lasts.
    """
    which = f"event {posted.recorded.id}, which is {posted.delivery},"
    if posted.attempts < 0:
        yield Breach(text=f"{which} was claimed less than never", expected=0, found=posted.attempts)
    is_parked, until = posted.delivery is Delivery.PARKED, posted.claimed_until
    if (posted.reason is not None) is not is_parked:
        yield Breach(text=f"{which} has {'no' if is_parked else 'a'} reason to be parked")
    if until is not None and posted.delivery is not Delivery.WAITING:
        yield Breach(text=f"{which} is still claimed", found=until)
    elif until is not None and now is not None and until - now > CLAIMED_AHEAD:
        yield Breach(text=f"{which} is claimed for more than a day", found=until)


def forgotten(
    keys: Sequence[Remembered], registry: Registry, source: Source
) -> Iterator[tuple[Remembered, Breach]]:
    """Which of some keys lead to a result that was never there."""
    served = [key for key in keys if key.entity in registry.entities]
    wanted: dict[str, set[UUID]] = {}
    for key in served:
        wanted.setdefault(key.entity, set()).add(key.entity_id)
    there = {name: source.existing(name, ids) for name, ids in wanted.items()}
    for key in served:
        if key.entity_id in there[key.entity]:
            continue
        past = source.tried(partial(_history, key))
        if past == ():
            text = f"a key of {key.scope} leads to a result that was never there"
            yield key, Breach(text=text)


def _history(key: Remembered, work: UnitOfWork) -> tuple[Recorded, ...]:
    return work.history(key.entity, key.entity_id)


class Histories:
    """The events of all entities, handed out while the entities pass by in the same order.

    Args:
        source: Where they are read.
        look: Called with every event there is, those of entities that are gone too.
    """

    def __init__(self, source: Source, look: Callable[[Posted], None]) -> None:
        self._source = source
        self._look = look
        self._after: EventPlace | None = None
        self._waiting: list[Posted] = []
        self._is_over = False
        self.stopped: Unreadable | None = None
        self.seen = 0

    def of(self, name: str, id: UUID) -> tuple[Posted, ...] | None:
        """The events of an entity; None when they cannot be read any more.

        Those of entities that sort before it, and did not pass by, are left behind.
        """
        found: list[Posted] = []
        while (posted := self._first()) is not None:
            whose = place_of(posted)[:2]
            if whose > (name, id):
                break
            if whose == (name, id):
                found.append(posted)
            self._waiting.pop()
            self.seen += 1
        return tuple(found) if self.stopped is None else None

    def rest(self) -> None:
        """Afterwards all the events were handed out or left behind."""
        while self._first() is not None:
            self._waiting.pop()
            self.seen += 1

    def _first(self) -> Posted | None:
        if not self._waiting and not self._is_over:
            page = self._source.tried(self._page)
            if isinstance(page, Unreadable):
                self.stopped, self._is_over = page, True
                return None
            self._is_over = len(page) < _EVENTS
            for posted in page:
                self._look(posted)
            self._waiting = [*reversed(page)]
            self._after = place_of(page[-1]) if page else self._after
        return self._waiting[-1] if self._waiting else None

    def _page(self, work: UnitOfWork) -> tuple[Posted, ...]:
        return work.archive.events(self._after, _EVENTS)
