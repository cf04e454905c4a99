"""Documents changed past every rule, in the store itself: each change is found."""

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from uuid import UUID

import pymongo
import pytest
from bson import Decimal128

from .paper_trail import filled, opened

ASIDE = {
    ":guards",
    "guarded",
    "tenant",
    "id",
    "revision",
    "updated_at",
    "status",
    "settlements",
    "paid",
    "paid_currency",
}
"""What is no content, or goes on: what settles a document is told by its own laws."""


class Sqlite:
    """A file of SQLite, its triggers dropped."""

    def __init__(self, path):
        self.url = f"sqlite:///{path}/crm.db"
        self._path = f"{path}/crm.db"

    def keep(self):
        """What `put_back` goes back to."""
        with closing(sqlite3.connect(self._path)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self._path, f"{self._path}.kept")

    def put_back(self):
        with closing(sqlite3.connect(self._path)) as raw:
            raw.execute("ATTACH ? AS kept", (f"{self._path}.kept",))
            for table in ("crm__number", "crm_invoice", *self._tables_of_children(raw)):
                raw.execute(f"DELETE FROM {table}")  # noqa: S608 - our tables
                raw.execute(f"INSERT INTO {table} SELECT * FROM kept.{table}")  # noqa: S608
            raw.commit()

    def _tables_of_children(self, raw):
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'crm_invoice_*'"
        return [name for (name,) in raw.execute(named)]

    def run(self, statement, *values):
        with closing(sqlite3.connect(self._path)) as raw:
            raw.execute("PRAGMA ignore_check_constraints = ON")
            names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in names:
                raw.execute(f"DROP TRIGGER {name}")
            changed = raw.execute(statement, values).rowcount
            raw.commit()
        assert changed

    def tamperings(self, documents):
        """Each a name and a step."""
        with closing(sqlite3.connect(self._path)) as raw:
            columns = {
                table: raw.execute(f"PRAGMA table_info({table})").fetchall()
                for table in ("crm_invoice", "crm_invoice_lines", "crm_invoice_instalments")
            }
        first, *_ = documents
        for _, name, kind, *_ in columns["crm_invoice"]:
            if name not in ASIDE and not name.endswith("_present"):
                whose = documents[3] if name.startswith("rate") else first
                yield name, self._changed("crm_invoice", name, kind, "id", whose)
        for _, name, kind, *_ in columns["crm_invoice_lines"]:
            if name not in {"tenant", "owner_id"}:
                yield (
                    f"lines.{name}",
                    self._changed("crm_invoice_lines", name, kind, "owner_id", documents[1]),
                )
        for _, name, kind, *_ in columns["crm_invoice_instalments"]:
            if name not in {"tenant", "owner_id", "position"}:
                yield (
                    f"instalments.{name}",
                    self._changed("crm_invoice_instalments", name, kind, "owner_id", first),
                )
        for at, each in enumerate(documents):
            yield (
                f"removed {at}",
                lambda each=each: self.run("DELETE FROM crm_invoice WHERE id = ?", str(each.id)),
            )
            yield (
                f"a line removed {at}",
                lambda each=each: self.run(
                    "DELETE FROM crm_invoice_lines WHERE owner_id = ? AND position = 0",
                    str(each.id),
                ),
            )
        yield (
            "status",
            lambda: self.run("UPDATE crm_invoice SET status = 'draft' WHERE id = ?", str(first.id)),
        )
        yield "counter", lambda: self.run("UPDATE crm__number SET value = value - 1")

    def _changed(self, table, name, kind, by, document):
        value = (
            f'coalesce("{name}", 0) + 77'
            if kind == "INTEGER"
            else f"coalesce(\"{name}\", '') || 'x'"
        )
        if name in {"cancels", "reopens"}:
            value = f"1 - coalesce({name}, 0)"
        if name == "attributes":
            value = '\'{"cost_centre": "forged"}\''
        if table == "crm_invoice_lines" and name == "position":
            value = "CASE position WHEN 0 THEN 9 ELSE position END"
        statement = f'UPDATE {table} SET "{name}" = {value} WHERE {by} = ?'  # noqa: S608 - our tables
        return lambda: self.run(statement, str(document.id))


class Mongo:
    """A database of MongoDB, which has no triggers."""

    def __init__(self, url, client):
        self.url = url
        self._documents = client.get_default_database()["crm_invoice"]
        self._numbers = client.get_default_database()["crm__number"]

    def keep(self):
        self._kept = [(each, [*each.find()]) for each in (self._documents, self._numbers)]

    def put_back(self):
        for collection, kept in self._kept:
            collection.delete_many({})
            collection.insert_many(kept)

    def run(self, change, of):
        assert self._documents.update_one({"_id.id": of.id}, change).modified_count

    def tamperings(self, documents):
        for document in documents[:2]:
            (stored,) = self._documents.find({"_id.id": document.id})
            for path, value in _leaves(stored):
                if path.split(".")[0] not in {"_id", *ASIDE}:
                    yield path, self._set(path, _another(value), document)
        for at, each in enumerate(documents):
            where = {"_id.id": each.id}
            yield f"removed {at}", lambda where=where: self._documents.delete_one(where)
            pull = {"$pop": {"lines": 1}}
            yield f"a line removed {at}", lambda each=each, pull=pull: self.run(pull, each)
            extra = {"$set": {"status": "draft"}}
            yield f"status {at}", lambda each=each, extra=extra: self.run(extra, each)
        yield "counters", lambda: self._numbers.update_many({}, {"$inc": {"value": -1}})

    def _set(self, path, value, of):
        return lambda: self.run({"$set": {path: value}}, of)


def _leaves(stored, before=""):
    """Every single value in a stored document, by its path."""
    items = stored.items() if isinstance(stored, dict) else enumerate(stored)
    for name, value in items:
        if isinstance(value, dict | list):
            yield from _leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _another(value):
    match value:
        case bool():
            return not value
        case int():
            return value + 77
        case Decimal128():
            return Decimal128(value.to_decimal() + 1)
        case datetime():
            return value + timedelta(days=1)
        case UUID():
            return UUID(int=7)
        case str():
            return f"{value}x"
        case _:
            return "x"


@pytest.fixture(params=["sqlite", "mongodb"])
def raw_store(request, tmp_path):
    if request.param == "sqlite":
        yield Sqlite(tmp_path)
        return
    url = request.getfixturevalue("mongodb_url")
    with pymongo.MongoClient(url, uuidRepresentation="standard") as client:
        yield Mongo(url, client)


def test_100_tamperings_of_a_store_are_found_every_one(raw_store):
    with opened(raw_store.url) as crm:
        documents = filled(crm)
        assert crm.sales.invoices.verify()
    raw_store.keep()
    missed, spoiled, tried = [], [], []
    with opened(raw_store.url) as crm:
        for name, step in raw_store.tamperings(documents):
            step()
            tried.append(name)
            if crm.sales.invoices.verify():
                missed.append(name)
            raw_store.put_back()
            if not crm.sales.invoices.verify():
                spoiled.append(name)

    assert missed == spoiled == []
    assert len(tried) >= 100


@pytest.mark.parametrize("server", ["postgresql", "mariadb", "mongodb"])
def test_a_server_gives_back_what_was_sealed(server, request):
    with opened(request.getfixturevalue(f"{server}_url")) as crm:
        documents = filled(crm)

        report = crm.sales.invoices.verify()

        assert report, report.explain()
        assert report.examined["documents"] == len(documents)
        assert crm.sales.invoices.verify(head=report.head)
        assert not crm.sales.invoices.gaps().gaps
        assert crm.check()
