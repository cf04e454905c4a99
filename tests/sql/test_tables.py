"""What lies in the file: tables that a person, a report or another program can read."""

# The names in these statements come from the database itself.
# ruff: noqa: S608

import json
import sqlite3
from decimal import Decimal

import attrs
import pytest

from crmcore.errors import InvalidText, InvalidValue, UnsafeStore
from crmcore.grammar.registry import Registry
from crmcore.ports import Recorded, Remembered
from crmcore.values import Money, Share
from crmcore_sql import SqlStore

from .things import (
    MAKER,
    NOW,
    THINGS,
    Colour,
    GadgetSeen,
    Maker,
    Part,
    Puzzle,
    Screw,
    Size,
    Spot,
    id_of,
)

PUZZLE = Puzzle(
    id=id_of(1),
    created_at=NOW,
    updated_at=NOW,
    attributes={"odds": Decimal("0.1"), "checked": True, "woke": NOW, "nick": "ä"},
    title="Straße",
    colour=Colour.RED,
    is_new=True,
    count=3,
    score=Decimal("0.1"),
    quota=Share("0.19"),
    price=Money("12.5", "EUR"),
    cost=Money("99999999999999.9999", "JPY"),
    day=NOW.date(),
    seen=NOW,
    maker=id_of(7),
    spot=Spot(),
    size=Size(width=Decimal("1.25")),
    pieces=500,
    picture="Cat",
    box=Size(width=Decimal(2), note="blue"),
    parts=(
        Part(id=id_of(20), code="A", screws=(Screw(length=3), Screw(length=4))),
        Part(id=id_of(21), code="B", weight=Decimal("0.05"), maker=id_of(7)),
    ),
)
MAKER_7 = Maker(id=id_of(7), created_at=NOW, updated_at=NOW, name="Weiß", rank=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "things.db"


@pytest.fixture
def store(path):
    store = SqlStore(f"sqlite:///{path}", registry=THINGS)
    with store.begin(write=True) as uow:
        uow.repository(Puzzle).add(PUZZLE)
        uow.repository(Maker).add(MAKER_7)
        uow.commit()
    yield store
    store.close()


@pytest.fixture
def raw(store, path):
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def test_an_entity_is_one_row_of_plain_columns(raw):
    row = dict(raw.execute("SELECT * FROM crm_gadget").fetchone())

    assert row["kind"] == "puzzle"
    assert row["id"] == "018bcfe5-0000-7000-8000-000000000001"
    assert row["revision"] == 1
    assert row["seen"] == "2024-02-29T23:59:59.999Z"
    assert row["day"] == "2024-02-29"
    assert (row["title"], row["title_folded"]) == ("Straße", "strasse")
    assert (row["is_new"], row["is_old"]) == (1, None)
    assert (row["size_width"], row["box_width"], row["box_note"]) == (125, 200, "blue")
    assert (row["spot_present"], row["spot_row"], row["spare_width"]) == (1, None, None)
    assert row["power"] is None


def test_numbers_are_exact_whole_numbers_of_their_smallest_parts(raw):
    row = raw.execute("SELECT * FROM crm_gadget").fetchone()

    assert (row["score"], row["quota"]) == (1000, 190000)
    assert (row["price"], row["price_currency"]) == (125000, "EUR")
    assert (row["cost"], row["cost_currency"]) == (999999999999999999, "JPY")
    kinds = raw.execute("SELECT typeof(score), typeof(cost), typeof(seen) FROM crm_gadget")
    assert tuple(kinds.fetchone()) == ("integer", "integer", "text")


def test_own_attributes_are_json_with_values_as_columns_keep_them(raw):
    text = raw.execute("SELECT attributes FROM crm_gadget").fetchone()[0]

    assert json.loads(text) == {
        "odds": 1000,
        "checked": 1,
        "woke": "2024-02-29T23:59:59.999Z",
        "nick": "ä",
    }


def test_children_lie_in_tables_of_their_own_in_order(raw):
    parts = raw.execute("SELECT * FROM crm_gadget_parts ORDER BY position").fetchall()
    screws = raw.execute("SELECT * FROM crm_gadget_parts_screws ORDER BY position_2").fetchall()

    assert [(row["owner_id"][-1], row["position"], row["code"]) for row in parts] == [
        ("1", 0, "A"),
        ("1", 1, "B"),
    ]
    assert [(row["position"], row["position_2"], row["length"]) for row in screws] == [
        (0, 0, 3),
        (0, 1, 4),
    ]
    assert [row["position_"] for row in screws] == [None, None]


def test_the_tables_refuse_what_the_library_would_never_write(raw):
    raw.execute("PRAGMA foreign_keys = ON")
    for change in (
        "UPDATE crm_gadget SET colour = 'pink'",
        "UPDATE crm_gadget SET is_new = 2",
        "UPDATE crm_gadget SET kind = 'robot'",
        "UPDATE crm_gadget SET count = 'many'",
        "UPDATE crm_gadget SET score = 0.1",
        "UPDATE crm_gadget SET title = NULL",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(change)
    raw.execute("UPDATE crm_gadget SET maker = 'nobody'")
    with pytest.raises(sqlite3.IntegrityError):
        raw.commit()


def test_every_reference_has_an_index(raw):
    def indexed(table):
        names = raw.execute(f"SELECT name FROM pragma_index_list('{table}')").fetchall()
        return {
            tuple(row[0] for row in raw.execute(f"SELECT name FROM pragma_index_info('{name}')"))
            for (name,) in names
        }

    for (table,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        by_id: dict[int, list[str]] = {}
        for row in raw.execute(f"SELECT * FROM pragma_foreign_key_list('{table}')"):
            by_id.setdefault(row["id"], []).append(row["from"])
        for columns in by_id.values():
            assert any(index[: len(columns)] == tuple(columns) for index in indexed(table))


def test_what_has_no_tenant_is_the_version_of_the_tables_only(raw):
    tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    without = [
        table
        for table in tables
        if "tenant"
        not in [row[0] for row in raw.execute(f"SELECT name FROM pragma_table_info('{table}')")]
    ]

    assert without == ["crm__schema"]


def test_events_and_keys_are_rows_that_others_can_read(store, raw):
    with store.begin(write=True) as uow:
        uow.record(
            Recorded(
                id=id_of(50),
                entity="gadget",
                entity_id=PUZZLE.id,
                revision=1,
                position=0,
                event=GadgetSeen(gadget=PUZZLE.id, at=NOW, price=Money("1.5", "EUR")),
                recorded_at=NOW,
            )
        )
        uow.remember(
            Remembered(
                scope="s",
                key="K ",
                fingerprint="f",
                entity="gadget",
                entity_id=PUZZLE.id,
                at=NOW,
            )
        )
        uow.draw("invoice", "2024")
        uow.commit()

    event = dict(raw.execute("SELECT * FROM crm__event").fetchone())
    payload = json.loads(event.pop("payload"))
    assert event == {
        "tenant": "main",
        "id": str(id_of(50)),
        "entity": "gadget",
        "entity_id": str(PUZZLE.id),
        "revision": 1,
        "position": 0,
        "type": "GadgetSeen",
        "version": 1,
        "at": "2024-02-29T23:59:59.999Z",
        "recorded_at": "2024-02-29T23:59:59.999Z",
        "delivery": "waiting",
        "attempts": 0,
        "claimed_until": None,
        "reason": None,
    }
    assert payload["gadget"] == str(PUZZLE.id)
    assert tuple(raw.execute("SELECT scope, key FROM crm__key").fetchone()) == ("s", "K ")
    assert tuple(raw.execute("SELECT * FROM crm__number").fetchone()) == (
        "main",
        "invoice",
        "2024",
        1,
    )


def test_opening_again_changes_nothing(store, path, raw):
    before = raw.execute("SELECT * FROM sqlite_master").fetchall()

    SqlStore(f"sqlite:///{path}", registry=THINGS).close()

    assert raw.execute("SELECT * FROM sqlite_master").fetchall() == before


def test_more_entity_types_get_their_tables_beside_the_old_ones(path):
    SqlStore(f"sqlite:///{path}", registry=Registry.of((MAKER,), ())).close()

    store = SqlStore(f"sqlite:///{path}", registry=THINGS)
    with store.begin(write=True) as uow:
        puzzle = uow.repository(Puzzle).add(attrs.evolve(PUZZLE, maker=None, parts=()))
        uow.commit()

    with store.begin(write=False) as uow:
        assert uow.repository(Puzzle).get(puzzle.id) == puzzle
    store.close()


def test_a_table_without_a_needed_column_is_refused(store, path, raw):
    raw.execute("ALTER TABLE crm_maker RENAME COLUMN rank TO level")
    raw.execute("DELETE FROM crm__schema")
    raw.commit()

    with pytest.raises(UnsafeStore, match="crm_maker is without rank"):
        SqlStore(f"sqlite:///{path}", registry=THINGS)


def test_tables_of_another_version_are_refused(store, path, raw):
    raw.execute("UPDATE crm__schema SET value = '99'")
    raw.commit()

    with pytest.raises(UnsafeStore, match="version of the tables is 99"):
        SqlStore(f"sqlite:///{path}", registry=THINGS)


def test_only_the_rows_of_one_tenant_are_ever_seen(store, path):
    other = SqlStore(f"sqlite:///{path}", registry=THINGS, tenant="other")

    with other.begin(write=True) as uow:
        assert uow.repository(Maker).get_many([MAKER_7.id]) == {}
        uow.repository(Maker).add(attrs.evolve(MAKER_7, name="Other"))
        uow.commit()

    with store.begin(write=False) as uow:
        assert uow.repository(Maker).get(MAKER_7.id).name == "Weiß"
    other.close()


def test_a_tenant_needs_a_name_every_store_can_keep(path):
    for tenant, fault in (("", InvalidValue), ("x" * 101, InvalidText), ("a\0", InvalidText)):
        with pytest.raises(fault):
            SqlStore(f"sqlite:///{path}", registry=THINGS, tenant=tenant)
