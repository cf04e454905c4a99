"""The small values that pass through the ports: events as kept, numbers, keys, pages."""

from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

import attrs

from crmcore.grammar.change import Entity, Event
from crmcore.grammar.query import Scalar
from crmcore.values import instant, optional_instant

E_co = TypeVar("E_co", bound=Entity, covariant=True)


@attrs.frozen(kw_only=True)
class Recorded:
    """An event as a store keeps it.

    Attributes:
        id: The event's own id; a receiver tells repeats by it.
        entity: The name of the entity type it happened to.
        entity_id: Which entity.
        revision: The entity's revision that the event came with.
        position: Its place among the events of that revision, from 0.
        event: What happened.
        recorded_at: When it was recorded; `Event.at` tells when it happened.
    """

    id: UUID
    entity: str
    entity_id: UUID
    revision: int
    position: int
    event: Event
    recorded_at: datetime = attrs.field(converter=instant)


@attrs.frozen(kw_only=True)
class UnknownEvent(Event):
    """An event whose class the registry does not know; it is handed on as it was stored.

    Attributes:
        name: The name of its class.
        version: The version of that class's form it was written in.
        payload: Its fields, as the JSON that was stored.
    """

    name: str
    version: int
    payload: str


class Delivery(StrEnum):
    """How far the delivery of an event has come."""

    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"


ROUND = 1_000_000
"""Attempts are counted in rounds of so many; each time an event is resumed, a round begins."""


def next_round(attempts: int) -> int:
    """The attempts of an event that is resumed: more than before, so that no claimant returns."""
    return attempts - attempts % ROUND + ROUND


@attrs.frozen(kw_only=True)
class Posted:
    """An event in the outbox, and how far its delivery has come.

    Attributes:
        recorded: The event. One whose class is not registered any more is an `UnknownEvent`.
        delivery: Waiting, done, or parked because it could not be delivered.
        attempts: Tells claimants apart: whoever claims it later has a higher number, for good.
        reason: Why it is parked.
        claimed_until: Until when it is left to whoever claimed it, or rests after a failure.
    """

    recorded: Recorded
    delivery: Delivery = Delivery.WAITING
    attempts: int = 0
    reason: str | None = None
    claimed_until: datetime | None = attrs.field(default=None, converter=optional_instant)

    @property
    def tries(self) -> int:
        """How often it was claimed since it was recorded, or resumed."""
        return self.attempts % ROUND


@attrs.frozen(kw_only=True)
class Lag:
    """How far the delivery of events is behind.

    Attributes:
        waiting: Events that are neither done nor parked.
        parked: Events that are parked.
        oldest: When the oldest waiting event was recorded; None when none waits.
    """

    waiting: int
    parked: int
    oldest: datetime | None


@attrs.frozen(kw_only=True, order=True)
class Drawn:
    """The last number drawn from a series in a period."""

    series: str
    period: str
    value: int


@attrs.frozen(kw_only=True)
class Remembered:
    """The first result of a command that came with an idempotency key.

    Attributes:
        scope: The command's name.
        key: The caller's key; keys that differ in anything are different keys.
        fingerprint: SHA-256 of the command's arguments.
        entity: The entity type of the result.
        entity_id: The id of the result.
        at: When it was remembered.
    """

    scope: str
    key: str
    fingerprint: str
    entity: str
    entity_id: UUID
    at: datetime = attrs.field(converter=instant)


EventPlace = tuple[str, UUID, int, int]
"""Where an event stands among all: entity, id of the entity, revision, position."""


@attrs.frozen
class Page(Generic[E_co]):
    """Some entities in order, and where to go on.

    Attributes:
        items: The entities.
        cursor: What to give as `Query.after` for the next page; None when this is the last one.
    """

    items: tuple[E_co, ...]
    cursor: tuple[Scalar | None, ...] | None
