"""Documents of the state before quote to cash are read as what they are today."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from pymongo import MongoClient

import crmcore
from crmcore import F, OrderStatus
from crmcore.sales import InvoiceKind
from crmcore_mongo._types import OPTIONS

LINES = (Path(__file__).parents[1] / "wire" / "before.jsonl").read_text().splitlines()


def stripped(document, fields):
    """A document without what its entity had not then."""
    if isinstance(document, list):
        return [stripped(each, old) for each, old in zip(document, fields, strict=True)]
    if not (isinstance(document, dict) and isinstance(fields, dict)):
        return document
    return {
        key: stripped(value, fields.get(key))
        for key, value in document.items()
        if key in fields or key == "_id" or ":" in key
    }


@pytest.fixture
def url(mongodb_url):
    """A database whose documents are those of then."""
    with crmcore.open(mongodb_url) as crm:
        crm.load(LINES)
    with MongoClient(mongodb_url) as client:
        database = client.get_default_database().with_options(codec_options=OPTIONS)
        for line in map(json.loads, LINES):
            if "entity" not in line:
                continue
            collection = database[f"crm_{line['entity']}"]
            where = {"_id.id": UUID(line["fields"]["id"])}
            document = stripped(collection.find_one(where), line["fields"])
            if line["entity"] == "order":
                document["status"] = line["fields"]["status"]
            collection.replace_one(where, document)
        database["crm__schema"].update_one({"_id": "fingerprint"}, {"$set": {"value": "then"}})
    return mongodb_url


def test_documents_of_before_are_read_as_today(url):
    with crmcore.open("memory://") as expected, crmcore.open(url) as crm:
        expected.load(LINES)

        assert [*crm.dump()] == [*expected.dump()]
        assert crm.check().counts == {}


def test_they_are_found_by_what_came_later(url):
    with crmcore.open(url) as crm:
        assert crm.sales.orders.find(F.status == OrderStatus.DONE).count() == 1
        assert crm.sales.invoices.find(F.kind == InvoiceKind.INVOICE).count() == 5


def test_what_was_not_refreshed_is_read_all_the_same(url):
    with MongoClient(url) as client:
        raw = client.get_default_database().with_options(codec_options=OPTIONS)["crm_order"]
        old = raw.find_one({"status": "billed"})
        with crmcore.open(url) as crm:
            raw.replace_one({"_id": old["_id"]}, old)
            assert crm.sales.orders.get(old["_id"]["id"]).status is OrderStatus.DONE


def test_they_are_written_as_today(url):
    with crmcore.open(url) as crm:
        (partly,) = (each for each in crm.sales.invoices.find() if each.is_partly_paid)

        crm.sales.pay(partly.id, amount=partly.due)

        assert [each.amount for each in crm.sales.invoices.get(partly.id).settlements] == [
            partly.paid,
            partly.due,
        ]
        assert crm.check().counts == {}
