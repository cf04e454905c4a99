"""The collections of a registry in a database: what follows from both, made once, and making them.

Whoever opens a store without wanting anything made is told what is missing. Errors of the driver
leave here as they are.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import attrs
from bson import encode
from pymongo import IndexModel, ReplaceOne
from pymongo.errors import CollectionInvalid, OperationFailure

from crmcore.errors import DamagedRecord, UnsafeStore
from crmcore.grammar.entity import FieldSpec
from crmcore.grammar.registry import Registry
from crmcore_mongo._compile import Compiler
from crmcore_mongo._hold import EntityTable
from crmcore_mongo._link import Place
from crmcore_mongo._schema import GUARDS, SCHEMA, VERSION, Collection, Index, schema_of
from crmcore_mongo._types import OPTIONS, Document

_AT_ONCE = 500
_SPECIAL = ("collation", "capped", "timeseries", "clusteredIndex")
_THERE_ALREADY = 48
_OURS = "as this library makes it"
_PASSING = frozenset({"v", "ns", "background"})
"""What is told of an index without making any difference."""

_NEEDED = (
    f"{VERSION} (take a newer release of this library; or dump with the one that made them, and load "
    "into another database)"
)


@attrs.frozen(eq=False)
class Prepared:
    """What follows from a registry alone, and takes a while to make.

    Attributes:
        compiler: How to ask.
        tables: The entity types in the database.
        collections: All collections.
        fingerprint: What tells these collections from others.
    """

    compiler: Compiler
    tables: Mapping[str, EntityTable]
    collections: tuple[Collection, ...]
    fingerprint: str


@lru_cache(maxsize=16)
def prepared(registry: Registry) -> Prepared:
    """What follows from a registry."""
    schema = schema_of(registry)
    tables = {name: EntityTable(kind, registry) for name, kind in registry.entities.items()}
    collections = (*schema.collections.values(), *schema.own.values())
    shapes = (str(_shape(kind.fields)) for kind in registry.entities.values())
    text = "\n".join([*map(repr, collections), *shapes])
    mark = hashlib.sha256(text.encode()).hexdigest()
    return Prepared(Compiler(schema), tables, collections, mark)


def make_collections(place: Place, prepared: Prepared) -> None:
    """Afterwards every collection is there with its indexes, whoever else makes them meanwhile.

    Documents that an earlier version wrote have what came later, so that they can be asked for it.

    Raises:
        UnsafeStore: what is there is of another version of this library, or not as it has to be.
    """
    if _marks(place).get("fingerprint") == prepared.fingerprint:
        return
    there = _there(place)
    for collection in prepared.collections:
        found = there.get(collection.name)
        if found is None:
            _create(place, collection)
        else:
            _check(found)
        if collection.indexes:
            _index(place, collection)
    for table in prepared.tables.values():
        _refresh(place, table)
    marks = {"version": VERSION, "fingerprint": prepared.fingerprint}
    for name, value in marks.items():
        place.collection(SCHEMA).update_one({"_id": name}, {"$set": {"value": value}}, upsert=True)


def check_collections(place: Place, prepared: Prepared) -> None:
    """Return when every collection is there with its indexes, each as it has to be.

    What was noted when they were made is not relied on: indexes are easily dropped, or left behind
    when a database is moved, and without them nothing is unique.

    Raises:
        UnsafeStore: naming what is missing, of another version of this library, or different.
    """
    _marks(place)
    there = _there(place)
    for collection in prepared.collections:
        found = there.get(collection.name)
        if found is None:
            raise UnsafeStore(collection.name, "missing", "there")
        _check(found)
        _check_indexes(place, collection)


def _marks(place: Place) -> dict[str, str]:
    marks = {str(each["_id"]): str(each["value"]) for each in place.collection(SCHEMA).find()}
    version = marks.get("version", VERSION)
    if version != VERSION:
        raise UnsafeStore("the version of the collections", version, _NEEDED)
    return marks


def _shape(fields: Mapping[str, FieldSpec]) -> list[Any]:
    """What documents of an entity, or of a part of one, are made of."""
    return [
        (name, spec.renamed, [] if spec.record is None else _shape(spec.record.fields))
        for name, spec in fields.items()
    ]


def _refresh(place: Place, table: EntityTable) -> None:
    collection = place.collection(table.collection)
    steps: list[ReplaceOne[Document]] = []
    for found in collection.find():
        try:
            entity, guards = table.decoded(found)
        except DamagedRecord:
            continue  # a check tells of it
        made = table.codec.encode[type(entity)](entity, found["_id"]["tenant"], guards)
        if encode(made, codec_options=OPTIONS) != encode(found, codec_options=OPTIONS):
            where = {name: found[name] for name in ("_id", "revision", GUARDS)}
            steps.append(ReplaceOne(where, made))
        if len(steps) >= _AT_ONCE:
            collection.bulk_write(steps, ordered=False)
            steps.clear()
    if steps:
        collection.bulk_write(steps, ordered=False)


def _there(place: Place) -> dict[str, Mapping[str, Any]]:
    return {str(each["name"]): each for each in place.database.list_collections()}


def _create(place: Place, collection: Collection) -> None:
    # Beforehand, because what a transaction creates others cannot see yet, and run into.
    try:
        place.database.create_collection(collection.name, check_exists=False)
    except CollectionInvalid:
        return
    except OperationFailure as error:
        if error.code != _THERE_ALREADY:
            raise


def _check(found: Mapping[str, Any]) -> None:
    special = [name for name in _SPECIAL if name in found["options"]]
    if found["type"] != "collection" or special:
        what = ", ".join(special) or found["type"]
        raise UnsafeStore(found["name"], what, f"a collection {_OURS}")


def _options(index: Index) -> Document:
    """What the database is told of an index, and tells of it, beside its name and keys."""
    return {
        **({"unique": True} if index.fields else {}),
        **({"partialFilterExpression": dict(index.only)} if index.only else {}),
    }


def _index(place: Place, collection: Collection) -> None:
    models = [
        IndexModel([*index.keys], name=index.name, **_options(index))
        for index in collection.indexes
    ]
    try:
        place.collection(collection.name).create_indexes(models)
    except OperationFailure as error:
        wrong = str((error.details or {}).get("codeName"))
    else:
        return
    raise UnsafeStore(f"the indexes of {collection.name}", wrong, "as this library makes them")


def _check_indexes(place: Place, collection: Collection) -> None:
    there = place.collection(collection.name).index_information()
    for index in collection.indexes:
        what, found = f"the index {index.name!r} of {collection.name}", there.get(index.name)
        if found is None:
            raise UnsafeStore(what, "missing", "there")
        options = {name: value for name, value in found.items() if name not in _PASSING}
        if options != {"key": [*index.keys], **_options(index)}:
            raise UnsafeStore(what, "of another kind", _OURS)
