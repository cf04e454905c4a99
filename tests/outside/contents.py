"""What lies in the file of a tenant, how it is read, and how it is replaced by another one."""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import Busy
from crmcore.grammar import Registry
from crmcore.ports import Delivery, EventPlace, Posted, Recorded, Remembered
from crmcore.wire import entity_from_dict, entity_to_dict, event_form, new_converter, stored_event

PAUSE = 0.001
WIRE = new_converter()


@attrs.frozen(kw_only=True)
class Post:
    """An event as it is written down: its payload as text, so that nobody has to know its class."""

    id: UUID
    entity: str
    entity_id: UUID
    revision: int
    position: int
    name: str
    version: int
    payload: str
    at: datetime
    recorded_at: datetime
    delivery: Delivery = Delivery.WAITING
    attempts: int = 0
    reason: str | None = None
    claimed_until: datetime | None = None

    @classmethod
    def of(cls, posted: Posted) -> "Post":
        told = posted.recorded
        name, version, payload = event_form(told.event)
        return cls(
            id=told.id,
            entity=told.entity,
            entity_id=told.entity_id,
            revision=told.revision,
            position=told.position,
            name=name,
            version=version,
            payload=payload,
            at=told.event.at,
            recorded_at=told.recorded_at,
            delivery=posted.delivery,
            attempts=posted.attempts,
            reason=posted.reason,
        )

    @property
    def whose(self) -> tuple[str, UUID]:
        return self.entity, self.entity_id

    @property
    def place(self) -> EventPlace:
        return self.entity, self.entity_id, self.revision, self.position

    @property
    def is_waiting(self) -> bool:
        return self.delivery is Delivery.WAITING

    def read(self, registry: Registry) -> Posted:
        recorded = Recorded(
            id=self.id,
            entity=self.entity,
            entity_id=self.entity_id,
            revision=self.revision,
            position=self.position,
            event=stored_event(self.name, self.payload, registry, self.version, self.at),
            recorded_at=self.recorded_at,
        )
        return Posted(
            recorded=recorded,
            delivery=self.delivery,
            attempts=self.attempts,
            reason=self.reason,
            claimed_until=self.claimed_until,
        )


@attrs.define
class Contents:
    """Everything of one tenant. Values are never changed, so that a copy of the dicts is a copy."""

    generation: int = 0
    rows: dict[str, dict[UUID, Any]] = attrs.field(factory=dict)
    posts: dict[UUID, Post] = attrs.field(factory=dict)
    numbers: dict[tuple[str, str], int] = attrs.field(factory=dict)
    keys: dict[tuple[str, str], Remembered] = attrs.field(factory=dict)

    def copy(self) -> "Contents":
        rows = {name: dict(rows) for name, rows in self.rows.items()}
        return Contents(
            self.generation, rows, dict(self.posts), dict(self.numbers), dict(self.keys)
        )

    def lines(self, registry: Registry) -> Iterator[object]:
        yield {"generation": self.generation}
        for rows in self.rows.values():
            yield from (entity_to_dict(each, registry) for each in rows.values())
        yield from ({"event": WIRE.unstructure(each)} for each in self.posts.values())
        yield from ({"number": [*key, value]} for key, value in self.numbers.items())
        yield from ({"key": WIRE.unstructure(each)} for each in self.keys.values())

    def take(self, line: Mapping[str, Any], registry: Registry) -> None:
        if "entity" in line:
            entity = entity_from_dict(line, registry)
            self.rows.setdefault(line["entity"], {})[entity.id] = entity
        elif "event" in line:
            post = WIRE.structure(line["event"], Post)
            self.posts[post.id] = post
        elif "number" in line:
            series, period, value = line["number"]
            self.numbers[series, period] = value
        elif "key" in line:
            key = WIRE.structure(line["key"], Remembered)
            self.keys[key.scope, key.key] = key
        else:
            self.generation = line["generation"]


class TenantFile:
    """The file of one tenant, and the lock beside it."""

    def __init__(self, folder: Path, tenant: str) -> None:
        name = hashlib.sha256(tenant.encode()).hexdigest()
        self._path, self._lock = folder / f"{name}.jsonl", folder / f"{name}.lock"

    def load(self, registry: Registry, known: Contents) -> Contents:
        """What the file holds; what is known already, when nobody has replaced it since."""
        if not self._path.exists():
            return known if known.generation == 0 else Contents()
        with self._path.open(encoding="utf-8") as file:
            head = json.loads(file.readline())
            if head["generation"] == known.generation:
                return known
            loaded = Contents(head["generation"])
            for line in file:
                loaded.take(json.loads(line), registry)
        return loaded

    def replace(self, contents: Contents, registry: Registry) -> None:
        """Afterwards the file holds this, and so it does after a loss of power."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(line)}\n" for line in contents.lines(registry))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def lock(self, seconds: float) -> int:
        """Afterwards nobody else writes. The system opens the lock of whoever dies."""
        held = os.open(self._lock, os.O_RDWR | os.O_CREAT)
        ends = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > ends:
                    os.close(held)
                    raise Busy(seconds) from None
                time.sleep(PAUSE)
            else:
                return held
