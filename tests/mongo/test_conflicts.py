"""What becomes of units of work when others, or the line to the server, are in the way."""

import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic

import attrs
import pytest
from bson.errors import InvalidDocument
from pymongo import MongoClient
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
)

from crmcore.errors import (
    Closed,
    Contention,
    Duplicate,
    OutcomeUnknown,
    StaleRevision,
    StoreUnavailable,
)
from crmcore.ports import Remembered
from crmcore.testing.specimens import AT, SPECIMENS, Machine, Maker, machine, maker
from crmcore.testing.steps import added, done, found, got, naming, remembered, saved
from crmcore.values import CountedIds
from crmcore_mongo import MongoStore, _link, open_url
from crmcore_mongo._errors import is_unknown, reason_of, translated
from crmcore_mongo._schema import GUARDS, key_of
from crmcore_mongo._types import OPTIONS

from .wire import Wire

IDS = CountedIds(5)
SECRET = "Ada Lovelace"  # noqa: S105


@pytest.fixture
def store(reused_mongodb_url):
    store = open_url(reused_mongodb_url, registry=SPECIMENS, tenant="main")
    yield store
    store.close()


@pytest.fixture
def database(reused_mongodb_url):
    with MongoClient(reused_mongodb_url) as client:
        yield client.get_default_database().with_options(codec_options=OPTIONS)


def told(error: BaseException) -> str:
    """Everything that is shown of an error, and of those it came from."""
    return "".join(traceback.format_exception(error))


# --- what errors mean ----------------------------------------------------------------------------


def failure(code: int, *labels: str, name: str | None = None) -> OperationFailure:
    details = {"codeName": name, "errmsg": SECRET, "errorLabels": list(labels)}
    return OperationFailure(SECRET, code, details)


TRANSIENT, UNKNOWN = "TransientTransactionError", "UnknownTransactionCommitResult"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (failure(112, TRANSIENT, name="WriteConflict"), Contention("WriteConflict")),
        (failure(112), Contention("WriteConflict")),
        (failure(251, TRANSIENT, name="NoSuchTransaction"), Contention("NoSuchTransaction")),
        (failure(4711, TRANSIENT, name="New"), Contention("New")),
        (failure(13, name="Unauthorized"), StoreUnavailable("Unauthorized")),
        (failure(4711), StoreUnavailable("OperationFailure")),
        (AutoReconnect(SECRET), StoreUnavailable("AutoReconnect")),
        (NetworkTimeout(SECRET), StoreUnavailable("NetworkTimeout")),
        (AutoReconnect(SECRET, {"errorLabels": [TRANSIENT]}), StoreUnavailable("AutoReconnect")),
        (InvalidDocument(SECRET), StoreUnavailable("InvalidDocument")),
    ],
    ids=repr,
)
def test_errors_are_told_by_their_codes(error, expected):
    made = translated(error)

    assert (type(made), str(made)) == (type(expected), str(expected))


def test_a_taken_value_is_found_in_every_form():
    single = DuplicateKeyError(SECRET, 11000, {"code": 11000})
    bulk = BulkWriteError({"writeErrors": [{"index": 0, "code": 11000, "errmsg": SECRET}]})

    assert translated(single) is translated(bulk) is None


def test_a_commit_is_unknown_unless_it_certainly_failed():
    assert is_unknown(failure(64, UNKNOWN))
    assert is_unknown(failure(100, name="UnsatisfiableWriteConcern"))
    assert not is_unknown(failure(251, TRANSIENT))
    assert SECRET not in reason_of(failure(64, UNKNOWN))


# --- two at once ---------------------------------------------------------------------------------


def test_who_writes_what_another_is_writing_fails_at_once(store, database):
    (entity,) = added(store, maker(IDS.new(), name=SECRET))
    before = monotonic()

    with database.client.start_session() as session, session.start_transaction():
        key = {"_id": key_of("main", entity.id)}
        database["crm_maker"].update_one(key, {"$set": {"name": "b"}}, session=session)
        with pytest.raises(Contention) as refusal:
            saved(store, entity)
        session.abort_transaction()

    assert refusal.value.reason == "WriteConflict"
    assert monotonic() - before < 5
    assert SECRET not in told(refusal.value)
    assert not isinstance(refusal.value.__context__, PyMongoError)
    assert got(store, entity) == entity


def test_a_number_that_another_holds_is_not_waited_for(store, database):
    done(store, lambda unit: unit.draw("invoices", "2026"))
    key = {"_id": {"tenant": "main", "series": "invoices", "period": "2026"}}

    with database.client.start_session() as session, session.start_transaction():
        # As if by another process, which holds no turn of this one.
        database["crm__number"].update_one(key, {"$inc": {"value": 1}}, session=session)
        with pytest.raises(Contention):
            done(store, lambda unit: unit.draw("invoices", "2026"))
        session.abort_transaction()

    with store.begin(write=True) as unit:
        assert unit.draw("invoices", "2026") == 2


def test_threads_wait_for_each_other_s_numbers(store):
    with ThreadPoolExecutor(4) as pool:

        def draw(_):
            # Nobody tries twice: within a process nobody is in anybody's way.
            with store.begin(write=True) as unit:
                number = unit.draw("invoices", "2026")
                unit.commit()
            return number

        numbers = list(pool.map(draw, range(40)))

    assert sorted(numbers) == list(range(1, 41))


def test_a_taken_code_tells_neither_code_nor_name(store):
    taken = SECRET.upper()
    added(store, maker(IDS.new(), name=SECRET, code=taken))

    with pytest.raises(Duplicate) as refusal:
        added(store, maker(IDS.new(), name=SECRET, code=taken))

    assert SECRET not in told(refusal.value)
    assert taken not in told(refusal.value)
    assert refusal.value.__cause__ is None
    assert not isinstance(refusal.value.__context__, PyMongoError)


def test_of_several_saves_the_stale_one_is_named(store):
    one, two, three = added(store, *(maker(IDS.new(), name=name) for name in "abc"))

    with store.begin(write=True) as unit:
        makers = unit.repository(Maker)
        held = [makers.get(each.id) for each in (one, two, three)]
        with ThreadPoolExecutor(1) as pool:
            pool.submit(saved, store, two).result()
        for each in held:
            makers.save(attrs.evolve(each, name="changed"))
        with pytest.raises(StaleRevision) as refusal:
            unit.commit()

    assert (refusal.value.id, refusal.value.expected, refusal.value.actual) == (two.id, 1, 2)
    assert [got(store, each).name for each in (one, two, three)] == ["a", "b", "c"]


def test_a_guard_is_counted_and_shown_by_nothing(store, database):
    (entity,) = added(store, maker(IDS.new()))

    done(store, lambda unit: unit.guard(entity))

    document = database["crm_maker"].find_one({"_id.id": {"$exists": True}})
    assert (document[GUARDS], document["revision"]) == (1, 1)
    assert got(store, entity) == entity


def test_an_event_cannot_be_recorded_twice(store):
    (entity,) = added(store, maker(IDS.new()))
    event = naming(IDS.new(), entity.id)
    done(store, lambda unit: unit.record(event))

    with pytest.raises(Duplicate) as refusal:
        done(store, lambda unit: unit.record(event))

    assert refusal.value.entity == "event"


def test_two_that_remember_the_same_at_once(store):
    first = attrs.evolve(remembered("key"), entity_id=IDS.new())

    with store.begin(write=True) as unit:
        unit.remember(attrs.evolve(first, entity_id=IDS.new()))
        with ThreadPoolExecutor(1) as pool:
            pool.submit(done, store, lambda other: other.remember(first)).result()
        with pytest.raises(Duplicate) as refusal:
            unit.commit()

    assert (refusal.value.entity, refusal.value.fields) == ("idempotency key", ("scope", "key"))
    assert refusal.value.existing == first.entity_id


# --- a commit whose answer is lost ---------------------------------------------------------------


@pytest.fixture
def wire(reused_mongodb_url):
    with Wire(reused_mongodb_url) as wire:
        yield wire


def test_a_lost_answer_is_asked_for_again(wire):
    store = open_url(wire.url, registry=SPECIMENS, tenant="main")
    wire.lost = 3

    (entity,) = added(store, maker(IDS.new()))

    assert wire.commits > 3
    assert got(store, entity) == entity
    assert found(store, "maker") == (entity.id,)
    store.close()


def test_an_answer_that_never_comes_is_told_as_unknown(wire, store, monkeypatch):
    monkeypatch.setattr(_link, "COMMIT_SECONDS", 1.0)
    mine = open_url(wire.url, registry=SPECIMENS, tenant="main")
    key = attrs.evolve(remembered("key"), at=AT + timedelta(days=1))
    wire.lost = 1000
    new = maker(IDS.new(), name=SECRET)
    unit = mine.begin(write=True)
    unit.repository(Maker).add(new)
    unit.remember(key)

    with pytest.raises(OutcomeUnknown) as refusal:
        unit.commit()

    assert SECRET not in told(refusal.value)
    with pytest.raises(Closed):
        unit.commit()
    # The server did it; whoever asks with the same key learns so.
    with store.begin(write=False) as asked:
        assert isinstance(asked.recall("scope", "key"), Remembered)
    assert found(store, "maker") == (new.id,)
    wire.lost = 0
    added(mine, machine(IDS.new(), maker=new.id))
    mine.close()


def test_a_line_that_breaks_before_the_commit_is_a_failure(wire, store):
    mine = open_url(wire.url + "&serverSelectionTimeoutMS=300", registry=SPECIMENS, tenant="main")
    unit = mine.begin(write=True)
    unit.repository(Machine).add(machine(IDS.new()))
    wire.cut()

    with pytest.raises(StoreUnavailable):
        unit.commit()

    with pytest.raises(Closed):
        unit.rollback()
    assert found(store, "gadget") == ()
    mine.close()


def test_a_thread_that_failed_may_begin_again(wire, store):
    mine = MongoStore(
        MongoClient(wire.url, serverSelectionTimeoutMS=300).get_default_database(),
        registry=SPECIMENS,
    )
    wire.cut()

    for _ in range(2):
        with pytest.raises(StoreUnavailable), mine.begin(write=True) as unit:
            unit.repository(Maker).get(IDS.new())
    mine._place.client.close()
