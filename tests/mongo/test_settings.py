"""Which servers and clients are trusted with data, and what a store makes of both."""

import os
import subprocess
import sys
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from bson.son import SON
from pymongo import MongoClient
from pymongo.collation import Collation
from pymongo.errors import ServerSelectionTimeoutError
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from crmcore.errors import (
    Closed,
    InvalidValue,
    MissingExtra,
    StoreUnavailable,
    UnknownStore,
    UnsafeStore,
)
from crmcore.testing.collection import collection
from crmcore.testing.specimens import SPECIMENS, Maker, maker
from crmcore.testing.steps import added, anatomy, everything, found, got
from crmcore.values import CountedIds
from crmcore_mongo import MongoStore, open_url
from crmcore_mongo._errors import asked
from crmcore_mongo._store import verify

from ..servers.mongodb import Mongodb  # noqa: TID252
from ..servers.processes import Missing  # noqa: TID252

PRIMARY = {"setName": "rs0", "isWritablePrimary": True}


@pytest.fixture
def client(reused_mongodb_url):
    with MongoClient(reused_mongodb_url) as client:
        yield client


@pytest.fixture
def database(client):
    return client.get_default_database()


def stored(database, **options) -> MongoStore:
    return MongoStore(database, registry=SPECIMENS, **options)


def another() -> Maker:
    return maker(CountedIds(77).new(), name="another")


# --- servers -------------------------------------------------------------------------------------


class Alone(Mongodb):
    """A MongoDB of the oldest kind: one server, and no set."""

    def command(self) -> Sequence[str | Path]:
        command = [*super().command()]
        at = command.index("--replSet")
        return [*command[:at], *command[at + 2 :]]

    def url(self, database: str = "") -> str:
        return super().url(database).partition("?")[0]


def test_a_server_without_transactions_is_refused():
    try:
        server = Alone()
    except Missing as missing:
        pytest.skip(str(missing))
    with server, pytest.raises(UnsafeStore) as refusal:
        open_url(server.url("crm"), registry=SPECIMENS, tenant="main")

    assert "replica set" in refusal.value.needed


def unsafe(hello, version, concern):
    """What of a server and of a write concern is refused; None where nothing is."""
    try:
        verify(hello, version, concern)
    except UnsafeStore as refusal:
        return refusal.found
    return None


@pytest.mark.parametrize("hello", [PRIMARY, {"msg": "isdbgrid", "isWritablePrimary": True}])
@pytest.mark.parametrize("concern", [{}, {"w": "majority"}, {"w": 2, "j": True}, {"wtimeout": 100}])
def test_replica_sets_and_clusters_are_accepted(hello, concern):
    assert unsafe(hello, "6.0.0", concern) is None


@pytest.mark.parametrize(
    ("hello", "version", "concern", "found"),
    [
        (PRIMARY, "5.0.29", {}, "5.0.29"),
        ({"isWritablePrimary": True}, "7.0.1", {}, "a server of its own"),
        (
            {**PRIMARY, "isWritablePrimary": False},
            "7.0.1",
            {},
            "a member that cannot be written to",
        ),
        (PRIMARY, "7.0.1", {"w": 0}, "w: 0"),
        (PRIMARY, "7.0.1", {"w": 1, "j": True}, "w: 1"),
        (PRIMARY, "7.0.1", {"w": "majority", "j": False}, "j: false"),
    ],
)
def test_what_could_lose_something_is_refused(hello, version, concern, found):
    assert unsafe(hello, version, concern) == found


def test_a_server_that_is_not_there_is_told_soon():
    with pytest.raises(StoreUnavailable) as refusal:
        open_url(
            "mongodb://ada:hush@127.0.0.1:1/crm?serverSelectionTimeoutMS=100",
            registry=SPECIMENS,
            tenant="main",
        )

    assert "127.0.0.1:1: [Errno" in refusal.value.reason
    assert "Topology" not in refusal.value.reason
    assert "hush" not in "".join(traceback.format_exception(refusal.value))


def test_a_driver_that_quotes_the_password_is_not_repeated():
    said = ServerSelectionTimeoutError("at mongodb://a:hu%2Fsh@h/x, 'hu/sh', a")

    def fails():
        raise said

    with pytest.raises(StoreUnavailable) as refusal:
        asked(fails, ("hu%2Fsh", "hu/sh"))

    told = "ServerSelectionTimeoutError: at mongodb://***@h/x, '***', a"
    assert refusal.value.reason == told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mongodb://u:hush@[::1/x", "is no URL of a database"),
        ("mongodb://u:hush@h/x?foo=hush", "mean nothing: foo"),
        ("mongodb://u:hush@h/x?foo=1;bar=2&w=majority", "mean nothing: bar, foo"),
        ("mongodb://u:hush@h/x?serverSelectionTimeoutMS=hush", "serverSelectionTimeoutMS"),
        ("mongodb://u:hu/sh@h/x", "must name a database"),
        ("mongodb://u:hu@sh@h/x", "is none that the driver understands"),
    ],
)
def test_a_url_that_means_nothing_is_refused_without_being_quoted(url, told):
    with pytest.raises(InvalidValue) as refusal:
        open_url(url, registry=SPECIMENS, tenant="main")

    assert told in refusal.value.reason
    assert "hush" not in "".join(traceback.format_exception(refusal.value))


# --- clients -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "concern", [WriteConcern(w=0), WriteConcern(w=1), WriteConcern(w="majority", j=False)]
)
def test_an_application_that_asks_for_less_is_refused(database, concern):
    with pytest.raises(UnsafeStore):
        stored(database.with_options(write_concern=concern))


def test_a_url_that_asks_for_less_is_refused(reused_mongodb_url):
    with pytest.raises(UnsafeStore):
        open_url(f"{reused_mongodb_url}&w=1", registry=SPECIMENS, tenant="main")


def test_the_options_of_a_client_change_no_value(reused_mongodb_url, database):
    added(stored(database), *collection())
    before = everything(stored(database))

    with MongoClient(
        reused_mongodb_url,
        document_class=SON,
        tz_aware=True,
        tzinfo=timezone(timedelta(hours=5)),
        uuidRepresentation="javaLegacy",
        readPreference="secondaryPreferred",
        readConcernLevel="local",
        retryWrites=False,
    ) as client:
        odd = client.get_default_database().with_options(
            codec_options=CodecOptions(uuid_representation=UuidRepresentation.PYTHON_LEGACY),
            read_preference=ReadPreference.NEAREST,
        )
        for each in (client.get_default_database(), odd):
            store = stored(each)
            (entity,) = added(store, another())
            assert got(store, entity) == entity
            with store.begin(write=True) as unit:
                unit.repository(Maker).remove(entity)
                unit.commit()
            assert everything(store) == before


def test_a_client_of_the_application_stays_open(client, database):
    store = stored(database)

    store.close()

    with pytest.raises(Closed):
        store.begin(write=False)
    assert client.admin.command("ping")["ok"]


def test_a_client_of_the_store_is_closed_with_it(reused_mongodb_url):
    store = open_url(reused_mongodb_url, registry=SPECIMENS, tenant="main")
    unit = store.begin(write=False)

    store.close()

    with pytest.raises(StoreUnavailable):
        unit.repository(Maker).get(CountedIds().new())
    with pytest.raises(Closed):
        unit.rollback()


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("postgresql://localhost/crm", UnknownStore),
        ("mongodb://localhost", InvalidValue),
        ("mongodb://localhost/", InvalidValue),
        ("mongodb://localhost/a%2Fb", InvalidValue),
        ("mongodb:///crm", InvalidValue),
    ],
)
def test_a_url_that_names_no_database_is_refused(url, error):
    with pytest.raises(error):
        open_url(url, registry=SPECIMENS, tenant="main")


def test_no_password_is_shown(reused_mongodb_url, database):
    store = open_url(reused_mongodb_url, registry=SPECIMENS, tenant="main")
    store._source._database = "mongodb://ada:secret@one:1,two:2/crm?replicaSet=rs0"

    shown = repr(store)

    assert shown == "<MongoStore 'main' mongodb://one:1,two:2/crm>"
    assert repr(stored(database)) == f"<MongoStore 'main' {database.name}>"
    store.close()


def test_without_the_driver_it_is_told_what_to_install():
    script = """
import sys
sys.modules["pymongo"] = None
import importlib.util
importlib.util.find_spec = lambda name, package=None: None
try:
    import crmcore_mongo
except ImportError as error:
    print(type(error).__name__, error.extra)
"""
    told = subprocess.run(  # noqa: S603 - a script of ours
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == [MissingExtra.__name__, "mongo"]


# --- collections ---------------------------------------------------------------------------------


def test_several_may_open_an_empty_database_at_once(mongodb_url):
    with ThreadPoolExecutor(6) as pool:
        opened = [
            pool.submit(open_url, mongodb_url, registry=SPECIMENS, tenant=f"tenant {number}")
            for number in range(6)
        ]
        stores = [each.result() for each in opened]

    for store in stores:
        assert found(store, "maker") == ()
        store.close()


def test_every_index_is_there(mongodb_url):
    open_url(mongodb_url, registry=SPECIMENS, tenant="main").close()

    with MongoClient(mongodb_url) as client:
        database = client.get_default_database()
        names = {*database.list_collection_names()}
        indexes = database["crm_gadget"].index_information()

    assert names >= {
        "crm_maker",
        "crm_gadget",
        "crm__event",
        "crm__key",
        "crm__number",
        "crm__lane",
    }
    assert {name for name, index in indexes.items() if index.get("unique")} == {
        "unique serial",
        "unique maker model",
    }
    assert {"reference maker", "reference parts.maker"} <= {*indexes}


def test_a_collection_of_another_kind_is_refused(mongodb_url):
    with MongoClient(mongodb_url) as client:
        client.get_default_database().create_collection(
            "crm_maker", collation=Collation("de", strength=1)
        )

    with pytest.raises(UnsafeStore) as refusal:
        open_url(mongodb_url, registry=SPECIMENS, tenant="main")

    assert (refusal.value.setting, refusal.value.found) == ("crm_maker", "collation")


def test_an_index_of_another_kind_is_refused(mongodb_url):
    with MongoClient(mongodb_url) as client:
        place = client.get_default_database()["crm_maker"]
        place.create_index([("nickname", 1)], name="unique code")

    with pytest.raises(UnsafeStore) as refusal:
        open_url(mongodb_url, registry=SPECIMENS, tenant="main")

    assert "crm_maker" in refusal.value.setting


def test_collections_of_another_version_are_refused(mongodb_url):
    with MongoClient(mongodb_url) as client:
        marks = client.get_default_database()["crm__schema"]
        marks.insert_one({"_id": "version", "value": "0"})

        for schema in (True, False):
            with pytest.raises(UnsafeStore, match=r"is 0, but must be 1 \(.*newer.*dump.*load"):
                stored(client.get_default_database(), schema=schema)


@pytest.fixture
def empty(mongodb_url):
    with MongoClient(mongodb_url) as client:
        yield client.get_default_database()


def test_whoever_wants_no_collections_made_is_told_that_there_are_none(empty):
    with pytest.raises(UnsafeStore) as refusal:
        stored(empty, schema=False)

    assert (refusal.value.setting, refusal.value.found) == ("crm_maker", "missing")
    assert empty.list_collection_names() == []


def test_whoever_wants_no_collections_made_takes_those_that_are_there(empty):
    stored(empty)

    store = stored(empty, schema=False)

    assert [each.id for each in added(store, another())] == [*found(store, "maker")]


@pytest.mark.parametrize("name", ["crm_maker", "crm__event", "crm__number", "crm__lane"])
def test_a_collection_that_is_missing_is_named(empty, name):
    stored(empty)
    empty.drop_collection(name)

    with pytest.raises(UnsafeStore, match=f"{name} is missing"):
        stored(empty, schema=False)


def test_an_index_that_is_missing_is_named(empty):
    stored(empty)
    empty["crm_gadget"].drop_index("unique serial")

    with pytest.raises(UnsafeStore, match="the index 'unique serial' of crm_gadget is missing"):
        stored(empty, schema=False)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"unique": True},
        {"unique": True, "partialFilterExpression": {"serial": {"$gt": "a"}}},
        {
            "unique": True,
            "partialFilterExpression": {"serial": {"$exists": True}},
            "collation": Collation("de", strength=1),
        },
    ],
)
def test_an_index_that_keeps_less_unique_is_named(empty, other):
    stored(empty)
    empty["crm_gadget"].drop_index("unique serial")
    keys = [("_id.tenant", 1), ("serial", 1)]
    empty["crm_gadget"].create_index(keys, name="unique serial", **other)

    with pytest.raises(UnsafeStore, match="'unique serial' of crm_gadget is of another kind"):
        stored(empty, schema=False)


def test_an_index_as_it_should_be_is_taken_whoever_made_it(empty):
    stored(empty)
    empty["crm_gadget"].drop_index("unique serial")
    empty["crm_gadget"].create_index(
        [("_id.tenant", 1), ("serial", 1)],
        name="unique serial",
        unique=True,
        partialFilterExpression={"serial": {"$exists": True}},
    )

    assert found(stored(empty, schema=False), "gadget") == ()


# --- processes -----------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_store_goes_on_in_a_forked_child(reused_mongodb_url):
    store = open_url(reused_mongodb_url, registry=SPECIMENS, tenant="main")
    (entity,) = added(store, another())

    child = os.fork()
    if not child:
        # Whatever happens, the child must not go on with the tests of its parent.
        status = 1
        try:
            if anatomy(got(store, entity)) == anatomy(entity):
                added(store, maker(CountedIds(78).new()))
                status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)

    assert status == 0
    assert len(found(store, "maker")) == 2
    store.close()
