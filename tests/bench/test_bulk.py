"""Adding and reading many contacts on SQLite, against executemany and select of the same rows."""

import sqlite3

import attrs
import pytest

from .drivers import prepared, rows_of, schema_of
from .paired import cpu_seconds, growth, paired
from .samples import add_entities, add_persons, opened, persons

pytestmark = pytest.mark.bench

MANY = 5_000


def left_behind(path):
    return schema_of(path), {
        name: rows for name, rows in rows_of(path).items() if len(rows) >= MANY
    }


def insert(raw, tables):
    raw.execute("BEGIN IMMEDIATE")
    for name, rows in tables.items():
        raw.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
    raw.execute("COMMIT")


def test_bulk_add(tmp_path, capsys):
    with opened(f"sqlite:///{tmp_path}/first.db") as crm:
        add_persons(crm, MANY)
    schema, tables = left_behind(tmp_path / "first.db")
    crms = [opened(f"sqlite:///{tmp_path}/ours{n}.db") for n in range(6)]
    raws = [prepared(tmp_path / f"raw{n}.db", schema) for n in range(6)]

    ratio = paired(
        f"bulk add of {MANY} persons by commands, with their events, SQLite file",
        lambda: add_persons(crms.pop(), MANY),
        lambda: insert(raws.pop(), tables),
        "none of its own; entities at hand are what is meant",
    )
    with capsys.disabled():
        print(f"\n{ratio}")

    assert tables


def test_bulk_add_of_entities_at_hand(tmp_path, capsys):
    with opened(f"sqlite:///{tmp_path}/first.db") as crm:
        add_persons(crm, MANY)
        entities = [attrs.evolve(each, revision=0) for each in crm.contacts.find()]
    schema, tables = left_behind(tmp_path / "first.db")
    rows = {"crm_contact": tables["crm_contact"]}
    crms = [opened(f"sqlite:///{tmp_path}/ours{n}.db") for n in range(6)]
    raws = [prepared(tmp_path / f"raw{n}.db", schema) for n in range(6)]

    ratio = paired(
        f"bulk add of {MANY} persons at hand, checked, SQLite file",
        lambda: add_entities(crms.pop().store, entities),
        lambda: insert(raws.pop(), rows),
        ">= 0.4 of the speed, then 0.6",
    )
    with capsys.disabled():
        print(f"\n{ratio}")

    assert len(rows["crm_contact"]) == MANY


def test_full_read(tmp_path, capsys):
    crm = opened(f"sqlite:///{tmp_path}/crm.db")
    add_persons(crm, MANY)
    raw = sqlite3.connect(tmp_path / "crm.db")
    found = crm.contacts.find()

    def bound():
        rows = raw.execute("SELECT * FROM crm_contact ORDER BY id").fetchall()
        return [tuple(row) for row in rows]

    assert len(list(found)) == len(bound()) == MANY
    ratio = paired(
        f"full read of {MANY} persons, SQLite file",
        lambda: list(found),
        bound,
        ">= 0.35 of the speed, then 0.5",
    )
    with capsys.disabled():
        print(f"\n{ratio}")
    crm.close()


def test_the_cost_of_adding_grows_linearly(tmp_path, capsys):
    sizes = [1_000, 3_000, 9_000]
    seconds = []
    for size in sizes:
        with opened(f"sqlite:///{tmp_path}/{size}.db") as crm:
            entities = persons(0, size)
            seconds.append(
                cpu_seconds(lambda crm=crm, entities=entities: add_entities(crm.store, entities))
            )

    with capsys.disabled():
        print(f"\n{growth('bulk add, SQLite file,', sizes, seconds)}")

    assert len(seconds) == len(sizes)
