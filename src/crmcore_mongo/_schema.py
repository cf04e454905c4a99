"""Collections for entity types: what they are called, which keys documents have, and the indexes.

A document tells its tenant and its id by ``_id``; every further key is named by the field it keeps,
and missing values have none. What is kept under a key is told in `_types` and `_codec`.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import attrs
from bson.max_key import MaxKey
from bson.min_key import MinKey

from crmcore.grammar.entity import EntityType
from crmcore.grammar.registry import Registry, references
from crmcore_mongo._types import Document

VERSION = "1"
"""The version of the library's own collections."""

EVENT, NUMBER, KEY, SCHEMA = "crm__event", "crm__number", "crm__key", "crm__schema"
LANE = "crm__lane"

TENANT = "_id.tenant"
"""The key of the tenant."""

GUARDS = ":guards"
"""The key of the hidden count that grows whenever somebody decides by an entity."""

FOLDED = ":folded"
"""What is put behind the key of a text, for the key of its folded form."""

VARIANT = "kind"
"""The key of the variant; an entity with variants has no field of this name."""

DELIVERY, DONE = "delivery", "done"
"""Where an event tells how far its delivery has come, and what it tells in the end."""

CLAIMED = "claimed_until"
"""Until when nobody may claim an event; missing where anybody may, and from what is not waiting."""

Way = tuple[str, ...]
Keys = tuple[tuple[str, int], ...]

PLACE = ("entity", "entity_id", "revision", "position")


@attrs.frozen
class Index:
    """An index of a collection.

    Attributes:
        name: What it is called there.
        keys: The keys of the documents, each with 1 for ascending.
        fields: For a set of fields that is declared unique, their names; otherwise none.
        only: Which documents are in it.
    """

    name: str
    keys: Keys
    fields: Way = ()
    only: Mapping[str, Any] | None = None


@attrs.frozen(eq=False)
class Collection:
    """Where one entity type lies, or something else that a store keeps."""

    name: str
    indexes: tuple[Index, ...] = ()

    def unique(self, index: str) -> Way:
        """The fields of the unique set that an index keeps; none for another index."""
        return next((each.fields for each in self.indexes if each.name == index), ())


@attrs.frozen(eq=False)
class Schema:
    """All collections of a registry.

    Attributes:
        registry: Whose entities they keep.
        collections: The collections by entity name.
        own: The library's own collections, by their names.
        referring: By entity name, who refers to it: entity name, collection, dotted key. A key that
            leads through children asks for any of them.
    """

    registry: Registry
    collections: Mapping[str, Collection]
    own: Mapping[str, Collection]
    referring: Mapping[str, tuple[tuple[str, str, str], ...]]


def key_of(tenant: str, id: UUID) -> Document:
    """The ``_id`` of an entity."""
    return {"tenant": tenant, "id": id}


def id_in(document: Document) -> UUID | None:
    """The id that a document tells; None when it tells none."""
    id = document["_id"].get("id")
    return id if isinstance(id, UUID) else None


def tenant_of(tenant: str) -> Document:
    """The filter that lets pass the entities of a tenant, and nothing else."""
    first, last = {"tenant": tenant, "id": MinKey()}, {"tenant": tenant, "id": MaxKey()}
    return {"_id": {"$gte": first, "$lte": last}}


def folded(key: str) -> str:
    """The key of the folded form of a text."""
    return key + FOLDED


# --- the collections -----------------------------------------------------------------------------


@lru_cache(maxsize=16)
def schema_of(registry: Registry) -> Schema:
    """The collections that keep the entities of a registry, and the library's own."""
    referring: dict[str, list[tuple[str, str, str]]] = {}
    for kind in registry.entities.values():
        for path, spec in references(kind.fields):
            if spec.reference is not None:
                entry = (kind.name, collection_name(kind.name), path)
                referring.setdefault(spec.reference, []).append(entry)
    return Schema(
        registry,
        {name: _collection(kind) for name, kind in registry.entities.items()},
        {each.name: each for each in _own()},
        {name: tuple(entries) for name, entries in referring.items()},
    )


def collection_name(entity: str) -> str:
    """The collection of an entity."""
    return f"crm_{entity}"


def kept_in(collection: str) -> str:
    """What a collection keeps, an entity or something of the library's own, by its name."""
    return collection.removeprefix("crm_").removeprefix("_")


def _collection(kind: EntityType) -> Collection:
    return Collection(collection_name(kind.name), (*_unique(kind), *_references(kind)))


def _unique(kind: EntityType) -> Iterator[Index]:
    for names in dict.fromkeys(kind.unique):
        # One that lacks a value is left out, and never in the way of another that lacks it too.
        present = {_key(name): {"$exists": True} for name in names}
        keys: Keys = ((TENANT, 1), *((_key(name), 1) for name in names))
        yield Index(f"unique {' '.join(names)}", keys, names, present)


def _key(field: str) -> str:
    return "_id.id" if field == "id" else field


def _references(kind: EntityType) -> Iterator[Index]:
    for path, _ in references(kind.fields):
        # The whole ``_id`` as the second part finds the tenant's, already in the order of their ids.
        yield Index(f"reference {path}", ((path, 1), ("_id", 1)))


def _own() -> Iterator[Collection]:
    place: Keys = ((TENANT, 1), *((name, 1) for name in PLACE))
    delivery: Keys = ((TENANT, 1), (DELIVERY, 1), *((name, 1) for name in PLACE))
    # What is not done sorts after it; there are few of those, and always more that are done.
    waiting = Index("outbox", delivery, only={DELIVERY: {"$gt": DONE}})
    held = Index("claimed", ((TENANT, 1), (CLAIMED, 1)), only={CLAIMED: {"$exists": True}})
    yield Collection(EVENT, (Index("place", place), waiting, held))
    yield Collection(KEY, (Index("at", ((TENANT, 1), ("at", 1))),))
    yield Collection(NUMBER)
    yield Collection(LANE)
    yield Collection(SCHEMA)
