"""What lies beside the entities: keys and numbers as documents, all of it read whole and put back."""

from collections.abc import Iterable
from datetime import datetime
from operator import index

from bson.int64 import Int64
from bson.max_key import MaxKey
from pymongo.operations import DeleteMany, UpdateOne

from crmcore.errors import WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.naming import checked_entity, checked_series
from crmcore.ports import Drawn, EventPlace, Posted, Remembered
from crmcore_mongo._hold import Hold
from crmcore_mongo._outbox import BY_PLACE, posted_of
from crmcore_mongo._schema import EVENT, KEY, NUMBER, PLACE, TENANT
from crmcore_mongo._types import Document, aware


def number_key(tenant: str, series: str, period: str) -> Document:
    """The ``_id`` of the last number of a series."""
    return {"tenant": tenant, "series": series, "period": period}


def key_key(tenant: str, scope: str, key: str) -> Document:
    """The ``_id`` of an idempotency key."""
    return {"tenant": tenant, "scope": scope, "key": key}


def key_document(tenant: str, remembered: Remembered) -> Document:
    """An idempotency key as documents keep it."""
    return {
        "_id": key_key(tenant, remembered.scope, remembered.key),
        "fingerprint": remembered.fingerprint,
        "entity": remembered.entity,
        "entity_id": remembered.entity_id,
        "at": remembered.at,
    }


def remembered_of(document: Document) -> Remembered:
    """The idempotency key that a document keeps."""
    return Remembered(
        scope=document["_id"]["scope"],
        key=document["_id"]["key"],
        fingerprint=document["fingerprint"],
        entity=document["entity"],
        entity_id=document["entity_id"],
        at=aware(document["at"]),
    )


class MongoArchive:
    """What one tenant has beside its entities, and ways to put all of it back."""

    def __init__(self, hold: Hold) -> None:
        self._hold = hold
        self._registry = hold.compiler.schema.registry

    def numbers(self) -> tuple[Drawn, ...]:
        """The last number of every series, by series and period."""
        link, tenant = self._hold.settled(), self._hold.tenant
        where = {"_id": {"$gte": {"tenant": tenant}, "$lt": _end(tenant, "series")}}
        found = link.rows(NUMBER, where, order=(("_id", 1),))
        return tuple(
            Drawn(
                series=each["_id"]["series"],
                period=each["_id"]["period"],
                value=index(each["value"]),
            )
            for each in found
        )

    def keys(self, after: tuple[str, str] | None, limit: int, /) -> tuple[Remembered, ...]:
        """The next remembered keys by scope and key, beginning after the pair given."""
        link, tenant = self._hold.settled(), self._hold.tenant
        if limit < 1:
            return ()
        first = {"tenant": tenant} if after is None else key_key(tenant, *after)
        where = {"_id": {"$gt": first, "$lt": _end(tenant, "scope")}}
        found = link.rows(KEY, where, order=(("_id", 1),), limit=limit)
        return tuple(map(remembered_of, found))

    def events(self, after: EventPlace | None, limit: int, /) -> tuple[Posted, ...]:
        """The next events by entity, id, revision and position, beginning after the place given."""
        link = self._hold.settled()
        if limit < 1:
            return ()
        where = {**_beyond(after), TENANT: {"$eq": self._hold.tenant}}
        found = link.rows(EVENT, where, order=BY_PLACE, limit=limit)
        return tuple(posted_of(each, self._registry) for each in found)

    def forget(self, before: datetime, /) -> int:
        """Afterwards keys remembered before that instant may be used anew; how many there were."""
        self._hold.writing()
        self._hold.settled()
        where = {"at": {"$lt": before}, TENANT: {"$eq": self._hold.tenant}}
        return self._hold.begun().change(KEY, [DeleteMany(where)]).deleted

    def restore(self, entities: Iterable[Entity], /) -> None:
        """Afterwards these are stored as they are, revision included.

        Raises:
            Duplicate: the id, or a declared set of unique fields, is taken; at the latest when
                committing.
            ReferenceNotFound: a reference leads nowhere; when committing.
            NotValid: the boundary check of the registry refuses a value.
        """
        self._hold.writing()
        for entity in entities:
            kind = self._registry.of_class(type(entity))
            if type(entity) not in kind.records:
                raise WrongType("entity", kind.name, type(entity).__name__)
            self._registry.check(entity)
            self._hold.entities.put_new(self._hold.tables[kind.name], entity)

    def restore_events(self, posted: Iterable[Posted], /) -> None:
        """Afterwards these are stored, on their way as far as they were; nobody has claimed them."""
        self._hold.writing()
        for each in posted:
            checked_entity(each.recorded.entity)
            self._hold.events.append(each)

    def restore_number(self, drawn: Drawn, /) -> None:
        """Afterwards the series goes on after this number, whatever was drawn from it before."""
        self._hold.writing()
        place = checked_series(drawn.series, drawn.period)
        self._hold.take_turn("number", self._hold.tenant, *place)
        where = {"_id": number_key(self._hold.tenant, *place)}
        step = UpdateOne(where, {"$set": {"value": Int64(drawn.value)}}, upsert=True)
        self._hold.begun().change(NUMBER, [step])


def _end(tenant: str, name: str) -> Document:
    """What comes after every ``_id`` of a tenant that goes on with a name."""
    return {"tenant": tenant, name: MaxKey()}


def _beyond(place: EventPlace | None) -> Document:
    if place is None:
        return {}
    same: Document = {}
    arms: list[Document] = []
    for name, value in zip(PLACE, place, strict=True):
        arms.append({**same, name: {"$gt": value}})
        same[name] = value
    # The first says nothing new, but the index is entered by it.
    return {PLACE[0]: {"$gte": place[0]}, "$or": arms}
