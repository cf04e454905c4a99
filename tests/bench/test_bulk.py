"""Adding and reading many contacts on SQLite, against executemany and select of the same rows."""

import sqlite3
from datetime import UTC, datetime

import attrs
import pytest

import crmcore
from crmcore import F, PostalAddress

from .paired import cpu_seconds, exponent, paired

pytestmark = pytest.mark.bench

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
MANY = 5_000


class Stopped:
    def now(self):
        return NOW


def opened(path):
    return crmcore.open(f"sqlite:///{path}", clock=Stopped())


def add(crm, many=MANY):
    with crm.transaction() as tx:
        for i in range(many):
            tx.contacts.add_person(
                given_name=f"Given {i}",
                family_name=f"Family {i % 97}",
                email=f"person{i}@example.com",
                phone="+49711123456",
                position="buyer",
                external_id=f"erp-{i}",
                address=PostalAddress(
                    street=f"Weg {i}", postal_code="70173", city="Stuttgart", country="DE"
                ),
            )


def left_behind(path):
    connection = sqlite3.connect(path)
    names = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_")
    ]
    schema = [
        sql
        for (sql,) in connection.execute(
            "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql NOT NULL"
        )
    ]
    tables = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608
    connection.close()
    return schema, {name: rows for name, rows in tables.items() if len(rows) >= MANY}


def prepared(path, schema):
    """A file with the same tables and the same settings, and nothing in them."""
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}")
    for sql in schema:
        raw.execute(sql)
    return raw


def insert(raw, tables):
    raw.execute("BEGIN IMMEDIATE")
    for name, rows in tables.items():
        raw.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
    raw.execute("COMMIT")


def test_bulk_add(tmp_path, capsys):
    with opened(tmp_path / "first.db") as crm:
        add(crm)
    schema, tables = left_behind(tmp_path / "first.db")
    crms = [opened(tmp_path / f"ours{n}.db") for n in range(6)]
    raws = [prepared(tmp_path / f"raw{n}.db", schema) for n in range(6)]

    def bound():
        insert(raws.pop(), tables)

    ratio = paired(
        f"bulk add of {MANY} persons by commands, with their events",
        lambda: add(crms.pop()),
        bound,
        ">= 0.3, then 0.4 of the speed",
    )
    with capsys.disabled():
        print(f"\n{ratio}")

    assert tables


def test_bulk_add_of_entities_at_hand(tmp_path, capsys):
    with opened(tmp_path / "first.db") as crm:
        add(crm)
        entities = [attrs.evolve(each, revision=0) for each in crm.contacts.find()]
    schema, tables = left_behind(tmp_path / "first.db")
    rows = tables["crm_contact"]
    crms = [opened(tmp_path / f"ours{n}.db") for n in range(6)]
    raws = [prepared(tmp_path / f"raw{n}.db", schema) for n in range(6)]

    def ours():
        with crms.pop().store.begin(write=True) as unit:
            contacts = unit.repository(crmcore.Contact)
            for entity in entities:
                contacts.add(entity)
            unit.commit()

    def bound():
        insert(raws.pop(), {"crm_contact": rows})

    ratio = paired(
        f"bulk add of {MANY} persons at hand, checked, without events",
        ours,
        bound,
        ">= 0.3, then 0.4 of the speed",
    )
    with capsys.disabled():
        print(f"\n{ratio}")

    assert len(rows) == MANY


def test_full_read(tmp_path, capsys):
    crm = opened(tmp_path / "crm.db")
    add(crm)
    raw = sqlite3.connect(tmp_path / "crm.db")
    found = crm.contacts.find()

    def bound():
        rows = raw.execute("SELECT * FROM crm_contact ORDER BY id").fetchall()
        return [tuple(row) for row in rows]

    assert len(list(found)) == len(bound()) == MANY
    ratio = paired(
        f"full read of {MANY} persons", lambda: list(found), bound, ">= 0.3, then 0.35 of the speed"
    )
    with capsys.disabled():
        print(f"\n{ratio}")
    crm.close()


def test_filtered_paged_find(tmp_path, capsys):
    crm = opened(tmp_path / "crm.db")
    add(crm)
    raw = sqlite3.connect(tmp_path / "crm.db")
    condition = (F.family_name == "Family 13") & (F.address.country == "DE")
    found = crm.contacts.find(condition, order_by=F.external_id, page_size=10)
    sql = (
        "SELECT * FROM crm_contact WHERE tenant = 'main' AND family_name = ? "
        "AND address_country = ? AND (external_id, id) > (?, ?) ORDER BY external_id, id LIMIT 11"
    )

    def bound():
        pages, after = [], ("", "")
        while True:
            cursor = raw.execute(sql, ("Family 13", "DE", *after))
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
            pages.extend(rows[:10])
            if len(rows) <= 10:
                return pages
            last = dict(zip(names, rows[9], strict=True))
            after = (last["external_id"], last["id"])

    assert [str(c.id) for c in found] == [
        row[1] if len(row[1]) == 36 else row[0] for row in bound()
    ]
    ratio = paired("filtered, paged find", lambda: list(found), bound, "<= 1.5x the time")
    with capsys.disabled():
        print(f"\n{ratio}")
    crm.close()


def test_the_cost_of_adding_grows_linearly(tmp_path, capsys):
    sizes = [1_000, 3_000, 9_000]
    seconds = []
    for size in sizes:
        with opened(tmp_path / f"{size}.db") as crm:
            seconds.append(cpu_seconds(lambda crm=crm, size=size: add(crm, size)))

    with capsys.disabled():
        print(f"\nbulk add grows with exponent {exponent(sizes, seconds):.2f} (goal: about 1)")

    assert len(seconds) == len(sizes)
