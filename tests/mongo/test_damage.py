"""A check survives what somebody did to the documents of a database, and tells all of it."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

import crmcore
from crmcore import Contact, LineDraft, Money, Organization
from crmcore.checking import MAX_KEPT
from crmcore.errors import CrmError, DamagedRecord, StoreUnavailable
from crmcore_mongo._types import OPTIONS

RAW: CodecOptions = CodecOptions(
    document_class=RawBSONDocument, uuid_representation=UuidRepresentation.STANDARD
)
NOBODY = UUID(int=99)
MANY = 250
"""So many firms, so that a page is not all of them."""


@pytest.fixture
def crm(reused_mongodb_url):
    with crmcore.open(reused_mongodb_url) as crm:
        yield crm


@pytest.fixture
def database(reused_mongodb_url):
    with MongoClient(reused_mongodb_url) as client:
        yield client.get_default_database().with_options(codec_options=OPTIONS)


@pytest.fixture
def firms(crm):
    with crm.transaction() as tx:
        return [
            tx.contacts.add_organization(name=f"Firm {number}", external_id=str(number))
            for number in range(MANY)
        ]


@pytest.fixture
def invoice(crm, firms):
    deal = crm.opportunities.open(title="Pumps", account=firms[0].id)
    line = LineDraft(description="Pump", quantity=3, unit_price=Money("10", "EUR"))
    quote = crm.sales.quote(deal.id, lines=[line], valid_until=date(2999, 1, 1))
    bill = crm.sales.bill(crm.sales.accept(quote.id).id)
    return crm.sales.issue(bill.id)


def changed(database, entity, whose, **fields):
    """Afterwards a document has these values."""
    database[f"crm_{entity}"].update_one({"_id.id": whose.id}, {"$set": fields})


def lacking(database, entity, whose, field):
    """Afterwards a document lacks a field."""
    database[f"crm_{entity}"].update_one({"_id.id": whose.id}, {"$unset": {field: ""}})


def undecodable(database, whose):
    """Afterwards a document has bytes that are no text."""
    raw = database["crm_contact"].with_options(codec_options=RAW)
    held = raw.find_one({"_id.id": whose.id}).raw
    name = whose.name.encode()
    raw.delete_one({"_id.id": whose.id})
    raw.insert_one(RawBSONDocument(held.replace(name, b"\xff" * len(name))))


def test_documents_that_cannot_be_read_are_told_and_the_others_are_examined(crm, firms, database):
    changed(database, "contact", firms[5], created_at="once")
    changed(database, "contact", firms[6], created_at=DatetimeMS(1 << 60))
    changed(database, "contact", firms[220], attributes={"colour": "red"})
    changed(database, "contact", firms[221], kind="robot")
    changed(database, "contact", firms[222], revision=1.5)
    lacking(database, "contact", firms[223], "name")
    lacking(database, "contact", firms[224], ":guards")
    undecodable(database, firms[225])
    changed(database, "contact", firms[240], vat_id="X")
    changed(database, "contact", firms[241], sector=5)

    report = crm.check()

    damaged = {5, 6, *range(220, 226)}
    assert {fault.id for fault in report.of("readable")} == {firms[each].id for each in damaged}
    assert {fault.id for fault in report.of("sound")} == {firms[240].id, firms[241].id}
    (undeclared,) = (each for each in report.of("readable") if each.id == firms[220].id)
    assert undeclared.text == "attributes.colour: is stored, but not declared when opening"
    assert report.examined["contact"] == len(firms)
    # What has to pass by in order cannot be examined any more, and that is told too.
    assert {*report.counts} == {"readable", "sound", "unique"}
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        [*crm.dump()]


@pytest.mark.parametrize(
    "damage",
    [
        lambda database, firm: changed(database, "contact", firm, created_at="once"),
        lambda database, firm: lacking(database, "contact", firm, "name"),
        undecodable,
    ],
)
def test_what_is_damaged_is_in_the_way_of_nothing_else(crm, firms, database, damage):
    damage(database, firms[3])

    with crm.store.begin(write=True) as unit:
        contacts = unit.repository(Contact)
        with pytest.raises(DamagedRecord) as refusal:
            contacts.get(firms[3].id)
        with pytest.raises(DamagedRecord):
            contacts.get_many([each.id for each in firms])
        contacts.remove(contacts.get(firms[4].id))
        with pytest.raises(DamagedRecord):
            contacts.get(firms[3].id)
        contacts.remove(contacts.get(firms[5].id))
        unit.commit()

    assert (refusal.value.entity, refusal.value.id) == ("contact", firms[3].id)
    with crm.store.begin(write=False) as unit:
        left = unit.repository(Organization).get_many([each.id for each in firms[4:]])
    assert len(left) == len(firms) - 6


def test_an_event_that_cannot_be_read_is_told(crm, firms, database):
    database["crm__event"].update_one({"entity_id": firms[9].id}, {"$set": {"payload": "["}})

    report = crm.check()

    assert report.counts == {"readable": 1}
    assert report.of("readable")[0].entity == "event"


def test_a_reference_to_nothing_is_told(crm, firms, database, invoice):
    changed(database, "contact", firms[7], parent=NOBODY)
    changed(database, "invoice", invoice, **{"lines.0.product": NOBODY})

    report = crm.check()

    # The product of the invoice is not that of the order any more.
    assert report.counts == {"references": 2, "invoice-order": 1, "invoice-seal": 1}
    assert {(fault.entity, fault.id) for fault in report.faults} == {
        ("contact", firms[7].id),
        ("invoice", invoice.id),
    }
    assert any("lines.product" in fault.text for fault in report.faults)


def test_what_is_unique_twice_is_told(crm, firms, database):
    database["crm_contact"].drop_index("unique external_id")
    changed(database, "contact", firms[7], external_id="8")

    report = crm.check()

    assert report.counts == {"unique": 1}
    assert report.of("unique")[0].id in {firms[7].id, firms[8].id}


def test_an_invoice_that_was_deleted_is_told_by_all_that_knew_of_it(crm, database, invoice):
    database["crm_invoice"].delete_one({"_id.id": invoice.id})

    assert {*crm.check().counts} == {"invoice-numbers", "order-billing", "contact-debtor"}


def test_a_number_that_was_changed_is_told(crm, database, invoice):
    database["crm__number"].update_many({}, {"$set": {"value": 7}})

    (fault,) = crm.check().faults

    assert (fault.law, fault.expected, fault.found) == ("invoice-numbers", "1", "7")


@pytest.mark.parametrize("value", ["x", 1.5])
def test_a_number_that_is_none_is_told(crm, database, invoice, value):
    database["crm__number"].update_many({}, {"$set": {"value": value}})

    report = crm.check()

    assert "invoice-numbers" in report.counts
    assert all("could not be examined" in fault.text for fault in report.faults)


def test_an_amount_that_was_changed_is_told(crm, database, invoice):
    changed(database, "invoice", invoice, **{"totals.gross.amount": Decimal128("1")})

    assert "invoice-totals" in crm.check().counts


def test_a_law_that_would_have_to_look_at_what_cannot_be_read_says_so(
    crm, firms, database, invoice
):
    changed(database, "invoice", invoice, created_at="once")

    report = crm.check()

    assert {"readable", "order-billing", "contact-debtor", "invoice-numbers"} <= {*report.counts}
    assert all("could not be examined" in fault.text for fault in report.of("contact-debtor"))


def test_everything_damaged_at_once_ends_with_a_report(crm, firms, database, invoice):
    for name, fields in {
        "crm_contact": {"created_at": "once"},
        "crm__event": {"payload": "["},
        "crm_order": {"revision": -5},
        "crm_quote": {"totals.gross.currency": "XXX", "lines": {"a": 1}},
        "crm__number": {"value": -1},
    }.items():
        database[name].update_many({}, {"$set": fields})

    report = crm.check()

    assert not report
    assert len(report.faults) <= MAX_KEPT * len(report.laws)
    assert report.counts["readable"] == len(firms) + 2


@pytest.mark.parametrize(
    "fields", [{"created_at": "?"}, {"attributes": "?"}, {"name": " "}, {"revision": -1}]
)
def test_a_damaged_tenant_is_never_moved(crm, firms, database, fields):
    database["crm_contact"].update_many({}, {"$set": fields})
    other = crmcore.open("memory://")
    empty = [*other.dump()]

    with pytest.raises(CrmError):
        other.load(crm.dump())

    assert [*other.dump()] == empty


def test_a_delivery_that_cannot_be_is_told(crm, database):
    done, claimed = (crm.contacts.add_organization(name=name) for name in "AB")
    crm.outbox.deliver(lambda _: None, limit=1)
    far = {"claimed_until": datetime(2999, 1, 1, tzinfo=UTC)}
    database["crm__event"].update_many({}, {"$set": far})

    report = crm.check()

    assert report.counts == {"outbox": 2}
    told = {fault.id: fault.text for fault in report.faults}
    assert "which is done, is still claimed" in told[done.id]
    assert "for more than a day" in told[claimed.id]


def test_a_parked_event_without_a_number_of_attempts_is_damaged(crm, database):
    crm.contacts.add_organization(name="ACME")
    crm.outbox.deliver(lambda _: 1 / 0, tries=1)
    (parked,) = crm.outbox.parked()
    database["crm__event"].update_many({}, {"$set": {"attempts": "x"}})

    with pytest.raises(DamagedRecord):
        crm.outbox.parked()
    with pytest.raises(DamagedRecord):
        crm.outbox.resume(parked.recorded.id)


def test_a_group_that_cannot_be_read_is_a_typed_error_that_quotes_nothing(crm, database, invoice):
    changed(database, "invoice", invoice, issued_on="once")

    with pytest.raises(DamagedRecord, match="what is stored of invoice") as told:
        crm.sales.invoices.gaps()

    assert told.value.__context__ is None
    assert not crm.sales.invoices.verify().is_clean
