"""What stands in for foreign keys: nothing refers to what is gone, whoever is at work beside.

A transaction sees one state, and two of them that write different documents never meet. So one that
adds a reference and one that removes what it leads to would both go through. To make them meet,
whoever adds references writes one of several small documents, its lane, and whoever removes writes
them all. Lanes are many, so that those who add rarely meet each other.

Between others who never stop, no moment might be left for a removal. So it closes the lanes first,
which waits for whoever is under way; a lane that was left closed opens by itself a little later.
"""

from collections.abc import Sequence
from time import monotonic
from typing import Any
from uuid import UUID

from bson.int64 import Int64
from pymongo.operations import UpdateOne

from crmcore.errors import Contention, ReferenceNotFound, StillReferenced
from crmcore_mongo._codec import Reference
from crmcore_mongo._hold import Hold, Slot, portions
from crmcore_mongo._schema import LANE, key_of, tenant_of
from crmcore_mongo._turns import LANES
from crmcore_mongo._types import Document

_CLOSED_MS = 3_000
_PATIENCE_SECONDS, _PAUSE_SECONDS = 5.0, 0.005

_MORE = {"$add": [{"$ifNull": ["$uses", Int64(0)]}, Int64(1)]}
_IS_CLOSED = {"$gt": ["$closed", "$$NOW"]}
_PASS: list[Document] = [{"$set": {"uses": {"$cond": [_IS_CLOSED, "$uses", _MORE]}}}]
_CLOSE: list[Document] = [{"$set": {"uses": _MORE, "closed": {"$add": ["$$NOW", _CLOSED_MS]}}}]
_OPEN: list[Document] = [{"$set": {"uses": _MORE}}, {"$unset": "closed"}]


class References:
    """The references that a unit of work adds, and what it removes that others may refer to."""

    def __init__(self, hold: Hold) -> None:
        self._hold = hold
        self._wanted: dict[str, dict[UUID, tuple[str, str]]] = {}
        self._removed: dict[str, list[UUID]] = {}
        for slot, (before, _) in hold.entities.touched.items():
            if slot.entity is not None:
                self._add(slot, before)
            elif before is not None and hold.compiler.schema.referring.get(slot.table.name):
                self._removed.setdefault(slot.table.name, []).append(slot.id)

    def prepare(self) -> None:
        """To be called before the transaction begins, if it has not: closes the lanes if need be."""
        hold = self._hold
        if not self._removed or hold.has_begun:
            return
        hold.take_turn("removal", hold.tenant)
        hold.endings.append(self._open)
        steps = [{"q": {"_id": lane}, "u": _CLOSE, "upsert": True} for lane in self._lanes()]
        hold.reading().beside(LANE, steps)

    def enter(self) -> None:
        """Afterwards this transaction and any that could contradict it cannot both commit."""
        hold = self._hold
        if self._removed:
            steps = [UpdateOne({"_id": lane}, _OPEN, upsert=True) for lane in self._lanes()]
            hold.begun().change(LANE, steps)
        elif self._wanted:
            self._pass()

    def check(self) -> None:
        """Return when, as this transaction sees it, every reference leads somewhere.

        Raises:
            ReferenceNotFound: something added or saved refers to nothing.
            StillReferenced: something removed is referred to.
        """
        for target, wanted in self._wanted.items():
            for part in portions(list(wanted)):
                self._find(target, part)
        for name, ids in self._removed.items():
            for by, collection, key in self._hold.compiler.schema.referring[name]:
                for part in portions(ids):
                    self._refuse_referrer(name, part, by, collection, key)

    def _add(self, slot: Slot, before: Any) -> None:
        name, hold = slot.table.name, self._hold
        found = _references(slot, slot.entity)
        if not found:
            return
        kept = {(target, id) for _, target, id in _references(slot, before)}
        for path, target, id in found:
            other = hold.entities.known(hold.tables[target], id)
            if other is not None and other in hold.entities.touched:
                if other.entity is None:
                    raise hold.refused(ReferenceNotFound(name, path, id))
            elif other not in hold.entities.guarded and (target, id) not in kept:
                # What was referred to before cannot go as long as nobody saves the referrer.
                self._wanted.setdefault(target, {}).setdefault(id, (name, path))

    def _find(self, target: str, ids: Sequence[UUID]) -> None:
        hold = self._hold
        where = {"_id": {"$in": [key_of(hold.tenant, id) for id in ids]}}
        rows = hold.reading().rows(hold.tables[target].collection, where, keys=("_id",))
        found = {row["_id"]["id"] for row in rows}
        for id in ids:
            if id not in found:
                raise hold.refused(ReferenceNotFound(*self._wanted[target][id], id))

    def _refuse_referrer(
        self, name: str, ids: Sequence[UUID], by: str, collection: str, key: str
    ) -> None:
        hold = self._hold
        where = {**tenant_of(hold.tenant), key: {"$in": list(ids)}}
        for row in hold.reading().rows(collection, where, limit=1):
            entity, _ = hold.tables[by].decoded(row)
            slot = Slot(hold.tables[by], entity.id, entity)
            gone = next(
                id for _, target, id in _references(slot, entity) if target == name and id in ids
            )
            raise hold.refused(StillReferenced(name, gone, by))

    # --- lanes

    def _pass(self) -> None:
        hold = self._hold
        is_first = not hold.has_begun
        link, number = hold.begun(), hold.lane
        if not is_first:
            if not link.change(LANE, [self._step(number)]).changed:
                raise hold.refused(Contention("a removal"))
            return
        # Nothing is lost by beginning anew, so whoever removes just now is waited for; and on
        # another lane, in case that somebody has died on this one.
        end = monotonic() + _PATIENCE_SECONDS
        while not link.entered(LANE, self._step(number)):
            if monotonic() > end:
                raise hold.refused(Contention("a removal"))
            hold.place.wait(_PAUSE_SECONDS)
            number = (number + 1) % LANES

    def _step(self, number: int) -> UpdateOne:
        return UpdateOne({"_id": self._lane(number)}, _PASS, upsert=True)

    def _lane(self, number: int) -> Document:
        return {"tenant": self._hold.tenant, "lane": number}

    def _lanes(self) -> list[Document]:
        return [self._lane(number) for number in range(LANES)]

    def _open(self) -> None:
        # When nobody can be told, they open by themselves.
        if not self._hold.is_committed:
            self._hold.place.tell(LANE, {"_id": {"$in": self._lanes()}}, _OPEN)


def _references(slot: Slot, entity: Any) -> list[Reference]:
    found: list[Reference] = []
    if entity is not None:
        slot.table.codec.references[type(entity)](entity, found)
    return found
