"""Tables are made, brought up to date without losing anything, and compared, on every database."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import attrs
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

import crmcore
from crmcore.errors import StoreFailure, UnsafeStore
from crmcore.grammar import Entity, EntityType, Ref
from crmcore.grammar.query import Query
from crmcore.grammar.registry import Registry
from crmcore.subjects import SUBJECTS
from crmcore.wire import dump
from crmcore_sql import SqlStore, schema, sqlite_engine
from crmcore_sql.__main__ import main
from crmcore_sql._schema import schema_of

VERSION_1 = (Path(__file__).parent / "version_1.sql").read_text()
"""A file that the library left before it had revisions: from a lead to a paid invoice."""


@attrs.frozen(kw_only=True, repr=False)
class Rocket(Entity):
    """An entity type of a host application."""

    name: str


@attrs.frozen(kw_only=True, repr=False)
class LargerRocket(Rocket):
    """The same, a version later: with more that may be missing."""

    thrust: int | None = None
    pad: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class StricterRocket(Rocket):
    """The same, with something that must be there."""

    crew: int


class Phase(StrEnum):
    """How far a rocket is."""

    BUILT = "built"
    QUOTED = "it's (away)"


class LaterPhase(StrEnum):
    """The same, a version later."""

    BUILT = "built"
    QUOTED = "it's (away)"
    LANDED = "landed"


@attrs.frozen(kw_only=True, repr=False)
class PhasedRocket(Entity):
    """A rocket with a value out of a few."""

    phase: Phase
    name: str


@attrs.frozen(kw_only=True, repr=False)
class LaterRocket(Entity):
    """The same, with more of them, and another one."""

    phase: LaterPhase
    name: str
    before: LaterPhase | None = None


@attrs.frozen(kw_only=True, repr=False)
class Launch(Entity):
    """An entity type that came later, and refers to one that was there."""

    rocket: Annotated[UUID, Ref("rocket")]
    name: str


def registry(cls):
    return Registry.of([EntityType(name="rocket", cls=cls)], [])


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'crm.db'}"
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def old(tmp_path):
    """The URL of a file of version 1."""
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    connection.close()
    return f"sqlite:///{path}"


def test_what_is_made_is_what_should_be_there(url):
    schema.create(url)
    schema.create(url)

    assert schema.check(url) == ()
    assert schema.upgrade(url) == ()


def test_an_upgrade_of_an_empty_place_makes_everything(url):
    assert schema.check(url)

    schema.upgrade(url)

    assert schema.check(url) == ()
    with crmcore.open(url) as crm:
        assert crm.contacts.find().count() == 0


def test_the_revisions_alone_make_the_same_tables_out_of_nothing(url):
    engine = create_engine(url.replace("sqlite:", "sqlite+pysqlite:"))
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", "crmcore_sql:migrations")
        config.attributes |= {
            "connection": connection,
            "schema": schema_of(SUBJECTS),
            "version_table": schema.VERSION_TABLE,
        }
        command.upgrade(config, "head")
        connection.commit()
    engine.dispose()

    assert schema.check(url) == ()


def test_tables_of_the_application_stay_as_they_are(url):
    engine = create_engine(url.replace("sqlite:", "sqlite+pysqlite:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mine (id INTEGER)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('mine')"))

    schema.upgrade(url)

    assert schema.check(url) == ()
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "mine"
        assert {"mine", schema.VERSION_TABLE} <= set(inspect(connection).get_table_names())
        if not url.startswith("sqlite"):
            version = text(f"SELECT version_num FROM {schema.VERSION_TABLE}")  # noqa: S608
            assert connection.scalar(version) == "0002"
    engine.dispose()


def test_a_file_of_version_1_is_refused_until_it_is_upgraded(old):
    with pytest.raises(UnsafeStore, match="python -m crmcore_sql upgrade"):
        crmcore.open(old)

    done = schema.upgrade(old)

    assert done[0] == "revision 0001 to 0002"
    assert {"make crm_engagement", "crm_lead.assigned_at is missing"} <= {*done}
    assert any(line.startswith("crm_lead: ck_crm_lead_status does not allow") for line in done)
    assert schema.upgrade(old) == schema.check(old) == ()


def test_an_upgrade_loses_nothing_and_everything_goes_on(old):
    schema.upgrade(old)

    with crmcore.open(old) as crm:
        (firm,) = crm.contacts.find(crmcore.F.name == "ACME GmbH")
        assert (
            crm.contacts.add_organization(name="ACME GmbH", vat_id="DE136695976", key="form-1").id
            == firm.id
        )  # the key was kept
        (first,) = crm.sales.invoices.find()
        second = crm.sales.issue(crm.sales.bill(first.order, part=2, of=3).id)
        assert (first.number, second.sequence) == ("INV-2026-00001", 1 + (second.period == "2026"))
        waiting = crm.outbox.lag().waiting
        assert waiting == crm.outbox.deliver(lambda _: None, limit=500).done > 20
        firm = crm.contacts.get(firm.id)
        assert crm.contacts.update(firm, sector="pumps").revision == firm.revision + 1
        lead = crm.leads.find().first()
        assert (lead.answers, lead.status_log) == ((), ())
        new = crm.leads.capture(firm.id, source="fair")
        assert crm.leads.nurture(new.id).status == "nurture"  # no column allowed that
        assert crm.check()


def test_columns_that_may_be_empty_and_tables_are_added(url):
    SqlStore(url, registry=registry(Rocket)).close()
    with pytest.raises(UnsafeStore):
        SqlStore(url, registry=registry(LargerRocket))

    done = schema.upgrade(url, registry(LargerRocket))

    assert sorted(done) == ["crm_rocket.pad is missing", "crm_rocket.thrust is missing"]
    SqlStore(url, registry=registry(LargerRocket)).close()
    assert schema.check(url, registry(LargerRocket)) == ()


def rocket(cls, **fields):
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return cls(id=uuid4(), created_at=at, updated_at=at, name="Ariane", **fields)


def kept(url, cls):
    """The rockets there, after one more was added."""
    store = SqlStore(url, registry=registry(cls))
    last = list(cls.__annotations__["phase"])[-1]
    more = {"before": last} if cls is LaterRocket else {}
    with store.begin(write=True) as unit:
        unit.repository(cls).add(rocket(cls, phase=last, **more))
        unit.commit()
    with store.begin(write=False) as unit:
        found = unit.repository(cls).find(Query(entity="rocket", order=())).items
    store.close()
    return sorted(each.phase.value for each in found)


def test_a_field_may_have_more_values_later(url):
    assert kept(url, PhasedRocket) == ["it's (away)"]
    with pytest.raises(StoreFailure):
        kept(url, LaterRocket)

    done = schema.upgrade(url, registry(LaterRocket))

    assert sorted(done) == [
        "crm_rocket.before is missing",
        "crm_rocket: ck_crm_rocket_before is missing",
        "crm_rocket: ck_crm_rocket_phase does not allow landed",
    ]
    assert schema.upgrade(url, registry(LaterRocket)) == ()
    assert kept(url, LaterRocket) == ["it's (away)", "landed"]


def test_a_value_that_is_no_longer_known_is_told_and_left(url):
    assert kept(url, LaterRocket) == ["landed"]

    found = schema.check(url, registry(PhasedRocket))

    assert "crm_rocket: ck_crm_rocket_phase allows the unknown landed" in found
    with pytest.raises(UnsafeStore, match="landed"):
        schema.upgrade(url, registry(PhasedRocket))


def test_what_a_column_allows_is_still_kept_after_an_upgrade(url):
    kept(url, PhasedRocket)
    schema.upgrade(url, registry(LaterRocket))
    engine = sqlite_engine(url) if url.startswith("sqlite") else create_engine(url)

    for name in ("phase", "before"):
        change = text(f"UPDATE crm_rocket SET {name} = 'sunk'")  # noqa: S608
        with engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(change)
    engine.dispose()


def test_an_entity_type_that_comes_later_gets_its_table_with_all_its_indexes(url):
    SqlStore(url, registry=registry(Rocket)).close()
    kinds = [EntityType(name="rocket", cls=Rocket), EntityType(name="launch", cls=Launch)]
    later = Registry.of(kinds, [])

    assert schema.upgrade(url, later) == ("make crm_launch",)

    assert schema.check(url, later) == ()
    assert schema.upgrade(url, later) == ()


def test_what_needs_a_decision_is_told_and_left(url):
    SqlStore(url, registry=registry(Rocket)).close()

    with pytest.raises(UnsafeStore, match=r"crm_rocket\.crew is missing"):
        schema.upgrade(url, registry(StricterRocket))

    assert schema.check(url, registry(StricterRocket)) == ("crm_rocket.crew is missing",)
    assert schema.check(url, registry(Rocket)) == ()


def test_drift_is_found(url):
    schema.create(url)
    engine = sqlite_engine(url) if url.startswith("sqlite") else create_engine(url)
    with engine.begin() as connection:
        kind = "TEXT" if url.startswith("sqlite") else "VARCHAR(10)"
        connection.execute(text(f"ALTER TABLE crm_product ADD COLUMN colour {kind}"))
        connection.execute(text("ALTER TABLE crm_team DROP COLUMN name_folded"))
    engine.dispose()

    found = schema.check(url)

    assert sorted(found) == ["crm_product.colour is not known", "crm_team.name_folded is missing"]


def upgraded(url):
    schema.upgrade(url)


def test_several_upgrades_at_once_end_well(old):
    command = [sys.executable, "-m", "crmcore_sql", "upgrade", old]
    workers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(3)
    ]

    said = [worker.communicate(timeout=60)[0] for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert sum("revision 0001 to 0002" in each for each in said) == 1
    assert schema.upgrade(old) == schema.check(old) == ()
    with crmcore.open(old) as crm:
        assert crm.sales.invoices.find().count() == 1


def test_an_upgrade_killed_at_any_moment_can_be_taken_up_again(tmp_path):
    context, died = multiprocessing.get_context("fork"), 0
    expected = None
    for turn in range(20):
        path = tmp_path / f"{turn}.db"
        connection = sqlite3.connect(path)
        connection.executescript(VERSION_1)
        connection.close()
        worker = context.Process(target=upgraded, args=(f"sqlite:///{path}",))
        worker.start()
        time.sleep(0.004 * turn)
        if worker.is_alive():
            os.kill(worker.pid or 0, signal.SIGKILL)
            died += 1
        worker.join(30)

        schema.upgrade(f"sqlite:///{path}")

        assert schema.check(f"sqlite:///{path}") == ()
        store = SqlStore(f"sqlite:///{path}")
        found = [line for line in dump(store) if '"at":' not in line or "remembered" not in line]
        store.close()
        expected = expected or len(found)
        assert len(found) == expected
    assert died > 5


def test_an_upgrade_killed_after_it_noted_the_revision_is_taken_up_again(old):
    schema.upgrade(old)
    connection = sqlite3.connect(old.removeprefix("sqlite:///"))
    connection.execute("UPDATE crm__schema SET value = '1' WHERE name = 'version'")
    connection.commit()
    connection.close()

    assert schema.upgrade(old) == ("revision 0002 to 0002",)

    crmcore.open(old).close()
    assert schema.upgrade(old) == schema.check(old) == ()


def test_the_command_line_does_the_same(tmp_path, capsys):
    url = f"sqlite:///{tmp_path / 'crm.db'}"

    assert main(["check", url]) == 1
    assert "crm_contact is missing" in capsys.readouterr().out
    assert main(["create", url]) == 0
    assert main(["upgrade", url]) == 0
    assert main(["check", url]) == 0
    assert "no difference" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "oracle://host/db"],
        ["upgrade", "sqlite:///crm.db", "--registry", "crmcore.subjects:NOBODY"],
        ["upgrade", "sqlite:///crm.db", "--registry", "nowhere:X"],
        ["upgrade", "sqlite:///crm.db", "--registry", ":X"],
    ],
)
def test_the_command_line_says_what_is_wrong(arguments, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("crmcore_sql: ")


def test_the_command_line_takes_a_registry(tmp_path, capsys):
    url = f"sqlite:///{tmp_path / 'crm.db'}"

    assert main(["create", url, "--registry", "crmcore.subjects:SUBJECTS"]) == 0
    assert main(["check", url, "--registry", "crmcore.subjects:SUBJECTS"]) == 0


def test_who_makes_tables_is_told_which(tmp_path, capsys):
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    main(["create", url])
    made = capsys.readouterr().out.splitlines()
    connection = sqlite3.connect(tmp_path / "crm.db")
    connection.execute("DROP TABLE crm__number")
    connection.execute("DELETE FROM crm__schema")
    connection.commit()
    connection.close()

    assert main(["create", url]) == main(["create", url]) == 0

    assert "crm_contact made" in made
    assert len(made) > 20
    assert capsys.readouterr().out == "crm__number made\nnothing was missing\n"


@pytest.mark.parametrize("asked", [schema.check, schema.upgrade])
def test_tables_of_a_newer_library_are_refused(asked, tmp_path):
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    schema.create(url)
    connection = sqlite3.connect(tmp_path / "crm.db")
    connection.execute("UPDATE crm__schema SET value = '9' WHERE name = 'version'")
    connection.commit()
    connection.close()

    with pytest.raises(UnsafeStore, match="newer"):
        crmcore.open(url)
    if asked is schema.upgrade:
        with pytest.raises(UnsafeStore, match="newer"):
            asked(url)


@pytest.mark.parametrize("asked", [schema.create, schema.check, schema.upgrade])
def test_what_is_no_database_is_told_with_an_error_of_ours(asked, tmp_path):
    (tmp_path / "crm.db").write_bytes(b"no database" * 1000)

    with pytest.raises(StoreFailure):
        asked(f"sqlite:///{tmp_path / 'crm.db'}")
    with pytest.raises(StoreFailure):
        asked(f"sqlite:///{tmp_path / 'nowhere' / 'crm.db'}")


@pytest.mark.parametrize("asked", [schema.check, schema.upgrade])
def test_a_place_that_could_lose_work_is_not_touched(asked, tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'crm.db'}")

    with pytest.raises(UnsafeStore, match="foreign_keys"):
        asked(engine)

    engine.dispose()
    assert (
        sqlite3.connect(tmp_path / "crm.db").execute("SELECT * FROM sqlite_master").fetchall() == []
    )
