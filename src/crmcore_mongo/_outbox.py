"""The events of a tenant as documents, and the outbox: who has claimed which, and what is done."""

from collections.abc import Iterable
from datetime import datetime
from operator import index
from typing import Any
from uuid import UUID

from bson.int64 import Int64
from pymongo.operations import UpdateMany, UpdateOne

from crmcore.errors import DamagedRecord
from crmcore.grammar.registry import Registry
from crmcore.ports import Delivery, Lag, Posted, Recorded, next_round
from crmcore.wire import event_form, stored_event
from crmcore_mongo._hold import Hold
from crmcore_mongo._schema import CLAIMED, DELIVERY, EVENT, PLACE, TENANT, id_in, key_of
from crmcore_mongo._types import DAMAGE, Document, aware

WAITING, DONE, PARKED = (str(each.value) for each in Delivery)
BY_PLACE = tuple((name, 1) for name in PLACE)
"""The order of events: by entity, id, revision and position."""


def event_document(tenant: str, posted: Posted) -> Document:
    """An event as documents keep it."""
    recorded = posted.recorded
    name, version, payload = event_form(recorded.event)
    document: Document = {
        "_id": key_of(tenant, recorded.id),
        "entity": recorded.entity,
        "entity_id": recorded.entity_id,
        "revision": Int64(recorded.revision),
        "position": Int64(recorded.position),
        "type": name,
        "version": Int64(version),
        "at": recorded.event.at,
        "recorded_at": recorded.recorded_at,
        "payload": payload,
        DELIVERY: posted.delivery.value,
        "attempts": Int64(posted.attempts),
    }
    if posted.reason is not None:
        document["reason"] = posted.reason
    return document


def recorded_of(document: Document, registry: Registry) -> Recorded:
    """The event that a document keeps.

    Raises:
        DamagedRecord: it keeps none.
    """
    try:
        return _recorded(document, registry)
    except DAMAGE as error:
        damage = DamagedRecord.after("event", id_in(document), error)
    raise damage  # here, so that the foreign error, which may quote, stays behind


def _recorded(document: Document, registry: Registry) -> Recorded:
    name, version = document["type"], index(document["version"])
    at = aware(document["at"])
    return Recorded(
        id=document["_id"]["id"],
        entity=document["entity"],
        entity_id=document["entity_id"],
        revision=index(document["revision"]),
        position=index(document["position"]),
        event=stored_event(name, document["payload"], registry, version, at),
        recorded_at=aware(document["recorded_at"]),
    )


def posted_of(document: Document, registry: Registry) -> Posted:
    """The event that a document keeps, and how far its delivery has come.

    Raises:
        DamagedRecord: it keeps none.
    """
    recorded, claimed = recorded_of(document, registry), document.get(CLAIMED)
    try:
        return Posted(
            recorded=recorded,
            delivery=Delivery(document[DELIVERY]),
            attempts=_attempts_in(document),
            reason=document.get("reason"),
            claimed_until=None if claimed is None else aware(claimed),
        )
    except DAMAGE as error:
        damage = DamagedRecord.after("event", recorded.id, error)
    raise damage


def _attempts_in(document: Document) -> int:
    try:
        return index(document["attempts"])
    except DAMAGE as error:
        damage = DamagedRecord.after("event", id_in(document), error)
    raise damage


class MongoOutbox:
    """The events of one tenant that are on their way, as one unit of work sees them."""

    def __init__(self, hold: Hold) -> None:
        self._hold = hold
        self._registry = hold.compiler.schema.registry

    def claim(self, limit: int, /, *, now: datetime, until: datetime) -> tuple[Posted, ...]:
        """Up to so many waiting events, which nobody else claims before ``until``.

        Whoever claims the same at the same time is told that somebody was in the way.
        """
        self._hold.writing()
        self._hold.settled()
        found = self._claimable(limit, now)
        ids = [each["_id"] for each in found]
        if ids:
            taken = {"$inc": {"attempts": Int64(1)}, "$set": {CLAIMED: until}}
            self._hold.begun().change(EVENT, [UpdateMany({"_id": {"$in": ids}}, taken)])
        for each in found:
            each["attempts"] += 1
            each[CLAIMED] = until
        return tuple(posted_of(each, self._registry) for each in found)

    def settle(self, claimed: Iterable[Posted], /) -> int:
        """Afterwards these are done, save those that somebody else has claimed since; how many."""
        return self._put(claimed, {"$set": {DELIVERY: DONE}, "$unset": {CLAIMED: ""}})

    def release(self, claimed: Iterable[Posted], /, *, until: datetime, tried: bool = True) -> int:
        """Give back what could not be delivered; nobody claims it before ``until``."""
        back: dict[str, Any] = {} if tried else {"$inc": {"attempts": -1}}
        return self._put(claimed, {"$set": {CLAIMED: until}, **back})

    def park(self, claimed: Posted, reason: str, /) -> int:
        """Afterwards the event waits for a person, and so do the later ones of its entity."""
        parked = {"$set": {DELIVERY: PARKED, "reason": reason}, "$unset": {CLAIMED: ""}}
        return self._put((claimed,), parked)

    def parked(self, limit: int, /) -> tuple[Posted, ...]:
        """The first parked events, by entity, id, revision and position."""
        link = self._hold.settled()
        if limit < 1:
            return ()
        where = self._that_are(PARKED)
        found = link.rows(EVENT, where, order=BY_PLACE, limit=limit)
        return tuple(posted_of(each, self._registry) for each in found)

    def resume(self, id: UUID, /) -> int:
        """Afterwards the parked event of this id waits again, without a try; how many did."""
        self._hold.writing()
        self._hold.settled()
        link, where = self._hold.begun(), {"_id": key_of(self._hold.tenant, id), DELIVERY: PARKED}
        steps: list[UpdateOne] = []
        for each in link.rows(EVENT, where, keys=("attempts",)):
            new = {DELIVERY: WAITING, "attempts": Int64(next_round(_attempts_in(each)))}
            steps.append(UpdateOne(where, {"$set": new, "$unset": {"reason": ""}}))
        return link.change(EVENT, steps).matched if steps else 0

    def lag(self) -> Lag:
        """How far the delivery is behind."""
        counted = {"_id": f"${DELIVERY}", "n": {"$sum": 1}, "oldest": {"$min": "$recorded_at"}}
        undone = self._that_are(WAITING, PARKED)
        found = self._hold.settled().piped(EVENT, [{"$match": undone}, {"$group": counted}])
        by = {each["_id"]: each for each in found}
        waiting, parked = by.get(WAITING, {}), by.get(PARKED, {})
        return Lag(
            waiting=int(waiting.get("n", 0)),
            parked=int(parked.get("n", 0)),
            oldest=aware(waiting["oldest"]) if waiting else None,
        )

    def _that_are(self, *delivery: str) -> Document:
        return {DELIVERY: {"$in": [*delivery]}, TENANT: {"$eq": self._hold.tenant}}

    def _claimable(self, limit: int, now: datetime) -> list[Document]:
        """The first waiting events of entities of which none is claimed, or parked."""
        if limit < 1:
            return []
        hold, whose = self._hold, ("entity", "entity_id")
        link = hold.begun()
        held: Document = {CLAIMED: {"$gt": now}, TENANT: {"$eq": hold.tenant}}
        blocked = {
            (each["entity"], each["entity_id"])
            for where in (held, self._that_are(PARKED))
            for each in link.rows(EVENT, where, keys=whose)
        }
        found: list[Document] = []
        for each in link.walk(EVENT, self._that_are(WAITING), BY_PLACE, limit):
            if (each["entity"], each["entity_id"]) not in blocked:
                found.append(each)
                if len(found) == limit:
                    break
        return found

    def _put(self, claimed: Iterable[Posted], change: Document) -> int:
        self._hold.writing()
        self._hold.settled()
        by_attempts: dict[int, list[Any]] = {}
        for each in claimed:
            ids = by_attempts.setdefault(each.attempts, [])
            ids.append(key_of(self._hold.tenant, each.recorded.id))
        steps = [
            UpdateMany({"_id": {"$in": ids}, DELIVERY: WAITING, "attempts": attempts}, change)
            for attempts, ids in by_attempts.items()
        ]
        return self._hold.begun().change(EVENT, steps).matched if steps else 0
