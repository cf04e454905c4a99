"""The small steps that the laws about delivery are told in: tell, claim, settle, look."""

from datetime import datetime, timedelta
from uuid import UUID

from crmcore.ports import IdSource, Posted, Recorded, Store
from crmcore.testing.specimens import AT
from crmcore.testing.steps import MANY, naming

NOW = AT + timedelta(hours=1)
"""When the laws about delivery take place."""

UNTIL = NOW + timedelta(seconds=30)
"""How long a claim lasts in them."""


def happened(ids: IdSource, entity: UUID, many: int = 1, since: int = 1) -> tuple[Recorded, ...]:
    """So many events of one maker, at one revision after the other."""
    return tuple(naming(ids.new(), entity, since + place) for place in range(many))


def tell(store: Store, *told: Recorded) -> None:
    """Record events in a unit of work of their own."""
    with store.begin(write=True) as unit:
        for each in told:
            unit.record(each)
        unit.commit()


def claim(
    store: Store, limit: int = MANY, now: datetime = NOW, until: datetime = UNTIL
) -> tuple[Posted, ...]:
    """What a claim gives, made and committed in a unit of work of its own."""
    with store.begin(write=True) as unit:
        claimed = unit.outbox.claim(limit, now=now, until=until)
        unit.commit()
    return claimed


def settle(store: Store, *claimed: Posted) -> int:
    """How many were settled, in a unit of work of their own."""
    with store.begin(write=True) as unit:
        settled = unit.outbox.settle(claimed)
        unit.commit()
    return settled


def release(store: Store, *claimed: Posted, until: datetime = NOW, tried: bool = True) -> int:
    """How many were given back, in a unit of work of their own."""
    with store.begin(write=True) as unit:
        released = unit.outbox.release(claimed, until=until, tried=tried)
        unit.commit()
    return released


def park(store: Store, claimed: Posted, reason: str = "refused") -> int:
    """How many were parked, in a unit of work of its own."""
    with store.begin(write=True) as unit:
        parked = unit.outbox.park(claimed, reason)
        unit.commit()
    return parked


def resume(store: Store, id: UUID) -> int:
    """How many were resumed, in a unit of work of its own."""
    with store.begin(write=True) as unit:
        resumed = unit.outbox.resume(id)
        unit.commit()
    return resumed


def posted(store: Store) -> tuple[Posted, ...]:
    """Every event there is, and how far its delivery has come."""
    with store.begin(write=False) as unit:
        return unit.archive.events(None, MANY)


def events(claimed: tuple[Posted, ...]) -> tuple[Recorded, ...]:
    """The events themselves."""
    return tuple(each.recorded for each in claimed)


def attempts(claimed: tuple[Posted, ...]) -> tuple[int, ...]:
    """How often each was claimed."""
    return tuple(each.attempts for each in claimed)
