"""What is kept where, and which ways lead there."""

from bson import BSON

from crmcore.grammar.registry import references
from crmcore_mongo._schema import collection_name, schema_of, tenant_of

from .worlds import WORLD

SCHEMA = schema_of(WORLD)


def test_a_registry_has_one_schema():
    assert schema_of(WORLD) is schema_of(WORLD)


def test_every_reference_has_an_index_in_the_order_of_ids():
    for name, kind in WORLD.entities.items():
        keys = {index.keys for index in SCHEMA.collections[name].indexes}
        for path, _ in references(kind.fields):
            assert ((path, 1), ("_id", 1)) in keys


def test_a_unique_set_is_kept_per_tenant_and_only_where_every_value_is_there():
    (index,) = (each for each in SCHEMA.collections["person"].indexes if each.fields)

    assert index.fields == ("name", "born")
    assert index.keys == (("_id.tenant", 1), ("name", 1), ("born", 1))
    assert index.only == {"name": {"$exists": True}, "born": {"$exists": True}}
    assert SCHEMA.collections["person"].unique(index.name) == ("name", "born")
    assert SCHEMA.collections["person"].unique("_id_") == ()


def test_who_refers_to_whom_is_known_inside_children_and_records_too():
    referring = {(name, key) for name, _, key in SCHEMA.referring["person"]}

    assert {("thing", "owner"), ("thing", "place.keeper"), ("thing", "notes.author")} <= referring
    assert ("person", "home.keeper") in referring
    assert {name for name, *_ in SCHEMA.referring["thing"]} == {"thing"}


def test_no_index_is_declared_twice():
    for collection in (*SCHEMA.collections.values(), *SCHEMA.own.values()):
        names = [index.name for index in collection.indexes]
        assert len(names) == len(set(names))


def test_own_collections_are_none_of_an_entity():
    assert not {*SCHEMA.own} & {each.name for each in SCHEMA.collections.values()}
    # A name of an entity begins with a letter.
    assert all(name.startswith(collection_name("_")) for name in SCHEMA.own)


def test_the_filter_of_a_tenant_holds_its_name_as_a_value():
    for tenant in ("$gt", "a.b", "{}"):
        assert BSON.encode(tenant_of(tenant)).decode()["_id"]["$gte"]["tenant"] == tenant
