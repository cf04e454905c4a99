"""What lies in the database: documents that look as anybody would have written them."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from bson.decimal128 import Decimal128
from bson.int64 import Int64
from hypothesis import given
from hypothesis import strategies as st
from pymongo import MongoClient

from crmcore.errors import DamagedRecord
from crmcore.grammar.attributes import Attributes
from crmcore.grammar.registry import Registry
from crmcore.testing.specimens import (
    AT,
    BADGE,
    GADGET,
    MAKER,
    SPECIMENS,
    Grade,
    Machine,
    Maker,
    Part,
    Size,
    machine,
    maker,
)
from crmcore.testing.steps import added, done, got, naming, query, remembered
from crmcore.values import CountedIds, Money, Share
from crmcore_mongo import MongoStore, open_url
from crmcore_mongo._types import OPTIONS, exact

IDS = CountedIds(9)
NAIVE = AT.replace(tzinfo=None)


@pytest.fixture
def database(reused_mongodb_url):
    with MongoClient(reused_mongodb_url) as client:
        yield client.get_default_database().with_options(codec_options=OPTIONS)


@pytest.fixture
def store(database):
    return MongoStore(database, registry=SPECIMENS, tenant="acme")


def test_an_entity_is_one_natural_document(store, database):
    owner = maker(IDS.new())
    entity = machine(
        IDS.new(),
        title="Straße",
        order=3,
        weight=Decimal("12.5"),
        discount=Share("0.19"),
        price=Money("9.9", "EUR"),
        bought=date(2024, 2, 29),
        maker=owner.id,
        size=Size(),
        parts=(Part(name="bolt", kind=Grade.FINE, price=Money(1, "EUR")),),
        attributes=Attributes({"colour": "red", "shelf": 4, "due": date(2024, 1, 1)}),
    )
    added(store, owner, entity)

    document = database["crm_gadget"].find_one({"_id": {"tenant": "acme", "id": entity.id}})

    expected = {
        "kind": "machine",
        "revision": 1,
        "title": "Straße",
        "title:folded": "strasse",
        "order": 3,
        "weight": Decimal128("12.5"),
        "discount": Decimal128("0.19"),
        "price": {"amount": Decimal128("9.9"), "currency": "EUR"},
        "bought": datetime(2024, 2, 29),  # noqa: DTZ001 - as the driver reads it
        "created_at": NAIVE,
        "maker": owner.id,
        "size": {},
        "attributes": {
            "colour": "red",
            "shelf": 4,
            "due": datetime(2024, 1, 1),  # noqa: DTZ001 - as the driver reads it
        },
        ":guards": 0,
    }
    assert {name: document.get(name) for name in expected} == expected
    assert document["parts"][0]["price"] == {"amount": Decimal128("1"), "currency": "EUR"}
    assert (document["parts"][0]["name"], document["parts"][0]["kind"]) == ("bolt", "fine")
    assert all(isinstance(document[name], Int64) for name in ("revision", "order", ":guards"))
    assert None not in document.values()
    assert "id" not in document


def test_what_is_missing_has_no_key(store, database):
    entity = machine(IDS.new(), notes=None, order=None, size=None, parts=())
    added(store, entity)

    document = database["crm_gadget"].find_one({"_id.id": entity.id})

    assert not {"notes", "order", "size"} & {*document}
    assert document["parts"] == []
    assert document["attributes"] == {}


def test_events_keys_and_numbers_are_documents_too(store, database):
    (entity,) = added(store, maker(IDS.new()))
    event, key = naming(IDS.new(), entity.id), remembered("key")

    def step(unit):
        unit.record(event)
        unit.remember(key)
        unit.draw("invoices", "2024")

    done(store, step)

    assert database["crm__number"].find_one() == {
        "_id": {"tenant": "acme", "series": "invoices", "period": "2024"},
        "value": 1,
    }
    assert database["crm__key"].find_one() == {
        "_id": {"tenant": "acme", "scope": "scope", "key": "key"},
        "fingerprint": key.fingerprint,
        "entity": key.entity,
        "entity_id": key.entity_id,
        "at": key.at.replace(tzinfo=None),
    }
    stored = database["crm__event"].find_one()
    assert stored["_id"] == {"tenant": "acme", "id": event.id}
    assert (stored["entity"], stored["entity_id"]) == ("maker", entity.id)
    assert (stored["type"], stored["version"]) == ("MakerNamed", 1)
    assert (stored["delivery"], stored["attempts"]) == ("waiting", 0)
    assert isinstance(stored["payload"], str)
    assert not {"claimed_until", "reason"} & {*stored}


def test_a_save_takes_away_what_is_missing_now(store, database):
    (entity,) = added(store, machine(IDS.new(), notes="a", order=1))

    with store.begin(write=True) as unit:
        unit.repository(Machine).save(machine(entity.id, revision=1, order=None))
        unit.commit()

    document = database["crm_gadget"].find_one({"_id.id": entity.id})
    assert not {"notes", "order"} & {*document}
    assert document["revision"] == 2


# --- what others have left there -----------------------------------------------------------------


def test_own_attributes_that_are_not_declared_are_refused(store, database):
    (entity,) = added(store, machine(IDS.new(), attributes=Attributes({"colour": "red"})))
    forgetful = MongoStore(
        database, registry=Registry.of([MAKER, GADGET, BADGE], []), tenant="acme"
    )

    for ask in (
        lambda unit: unit.repository(Machine).get(entity.id),
        lambda unit: unit.repository(Machine).get_many([entity.id]),
        lambda unit: unit.repository(Machine).find(query("gadget")),
    ):
        with forgetful.begin(write=True) as unit:
            with pytest.raises(DamagedRecord, match=r"attributes\.colour: is stored") as refusal:
                ask(unit)
            unit.commit()
        assert (refusal.value.entity, refusal.value.id) == ("gadget", entity.id)


@pytest.mark.parametrize(
    "change",
    [
        {"$unset": {"name": ""}},
        {"$unset": {":guards": ""}},
        {"$set": {"created_at": 5}},
        {"$set": {"revision": 1.5}},
        {"$set": {"revision": "1"}},
        {"$set": {"attributes": 5}},
    ],
)
def test_a_document_of_another_form_is_refused(store, database, change):
    (entity,) = added(store, maker(IDS.new(), name="Ada"))
    database["crm_maker"].update_one({"_id.id": entity.id}, change)

    with store.begin(write=False) as unit:
        for ask in (
            lambda makers: makers.get(entity.id),
            lambda makers: makers.get_many([entity.id]),
            lambda makers: makers.find(query("maker")),
        ):
            with pytest.raises(DamagedRecord) as refusal:
                ask(unit.repository(Maker))

            assert (refusal.value.entity, refusal.value.id) == ("maker", entity.id)
            assert "Ada" not in str(refusal.value)


def test_what_others_add_to_a_document_is_not_in_the_way(store, database):
    (entity,) = added(store, maker(IDS.new()))
    database["crm_maker"].update_one({"_id.id": entity.id}, {"$set": {"legacy": {"id": 4711}}})

    assert got(store, entity) == entity


# --- numbers -------------------------------------------------------------------------------------

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(
    lambda number: len(number.as_tuple().digits) <= 34 and -6000 < number.adjusted() < 200
)


@given(number=DECIMALS)
def test_numbers_are_read_as_the_driver_reads_them(number):
    kept = Decimal128(number)

    read = exact(kept)

    assert read == kept.to_decimal()
    assert isinstance(read.as_tuple().exponent, int)
    assert read.as_tuple().exponent <= 0
    assert str(read) != "-0"


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_zeros_at_the_end_are_not_kept(number):
    if len(number.as_tuple().digits) > 30:
        return

    read = exact(Decimal128(number))

    assert read.as_tuple().exponent == 0 or read.as_tuple().digits[-1]


def test_a_url_opens_the_same(store, reused_mongodb_url):
    (entity,) = added(store, maker(IDS.new()))
    other = open_url(reused_mongodb_url, registry=SPECIMENS, tenant="acme")

    assert got(other, entity) == entity

    other.close()
