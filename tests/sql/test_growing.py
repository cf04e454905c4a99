"""Tables of the state before quote to cash become those of today: filled, renamed, nothing lost."""

# ruff: noqa: S608 - there are no values of others in these statements

import json
import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import attrs
import pytest
from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    MetaData,
    Numeric,
    create_engine,
    insert,
    inspect,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

import crmcore
from crmcore import F, Money
from crmcore.errors import DamagedRecord, UnsafeStore
from crmcore.grammar import Entity, EntityType, Ref, Registry, Renamed, Sealed, Text
from crmcore.grammar.query import Query
from crmcore.sales import Fulfilment, InvoiceStatus, OrderStatus, SettlementKind
from crmcore.wire import dump
from crmcore_sql import SqlStore, schema, sqlite_engine

BEFORE = Path(__file__).parent / "before"
ROWS = (BEFORE / "sqlite.sql").read_text()
AT = datetime(2026, 3, 2, tzinfo=UTC)
COVER = Money("1000", "EUR")
ENGINES = ("sqlite", "postgresql", "mariadb")


@pytest.fixture(params=ENGINES)
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'crm.db'}"
    return request.getfixturevalue(f"{request.param}_url")


def engine_of(url):
    return sqlite_engine(url) if url.startswith("sqlite") else create_engine(url)


def filed(path):
    """The URL of a file as the library left it then."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(ROWS)
    return f"sqlite:///{path}"


@pytest.fixture
def before(url, tmp_path):
    """The URL of a database as the library left it then."""
    source = filed(tmp_path / ("crm.db" if url.startswith("sqlite") else "rows.db"))
    if url.startswith("sqlite"):
        return source
    engine, rows = create_engine(url), sqlite_engine(source)
    statements = (BEFORE / f"{engine.dialect.name}.sql").read_text().split(";\n")
    with engine.begin() as connection, rows.connect() as given:
        if engine.dialect.name == "mariadb":
            connection.execute(text("SET foreign_key_checks = 0"))
        for statement in filter(str.strip, statements):
            connection.exec_driver_sql(statement)
        metadata = MetaData()
        metadata.reflect(connection)
        for table in metadata.tables.values():
            found = given.execute(text(f'SELECT * FROM "{table.name}"')).mappings().all()
            native = [{name: kept(table.columns[name], row[name]) for name in row} for row in found]
            if native:
                connection.execute(insert(table), native)
        if engine.dialect.name == "mariadb":
            connection.execute(text("SET foreign_key_checks = 1"))
    rows.dispose()
    engine.dispose()
    return url


def kept(column, value):
    """What a server keeps where SQLite keeps a number or a text."""
    match column.type:
        case _ if value is None:
            return None
        case Numeric(scale=int(scale)):
            return Decimal(value).scaleb(-scale)
        case DateTime(timezone=timezone):
            at = datetime.fromisoformat(value)
            return at if timezone else at.replace(tzinfo=None)
        case Date():
            return date.fromisoformat(value)
        case Boolean():
            return bool(value)
        case JSONB():
            return json.loads(value)
        case _:
            return value


def columns(url):
    """Every column of ours, and whether it may be empty."""
    engine = engine_of(url)
    inspector = inspect(engine)
    found = {
        (name, each["name"]): each["nullable"]
        for name in inspector.get_table_names()
        if name.startswith("crm_")
        for each in inspector.get_columns(name)
    }
    engine.dispose()
    return found


# --- the state before quote to cash --------------------------------------------------------------


def test_tables_of_before_become_those_of_today(before):
    with pytest.raises(UnsafeStore):
        crmcore.open(before)

    assert schema.upgrade(before)

    assert schema.upgrade(before) == schema.check(before) == ()
    with crmcore.open(before) as crm:
        assert crm.check().counts == {}
        assert crm.check().examined["invoice"] == 5


def test_columns_that_came_later_are_like_those_of_fresh_tables(before, tmp_path):
    schema.upgrade(before)

    fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
    schema.create(fresh)
    of_ours = {place: may for place, may in columns(before).items() if "alembic" not in place[0]}
    assert of_ours == columns(fresh)


def test_what_came_later_has_its_default(before):
    schema.upgrade(before)

    with crmcore.open(before) as crm:
        orders = [*crm.sales.orders.find()]
        (done,) = (each for each in orders if each.status is OrderStatus.DONE)
        assert (done.billing, done.delivery, done.credited) == (
            *(Fulfilment.FULLY, Fulfilment.FULLY),
            Money.zero("EUR"),
        )
        assert sorted(each.billing for each in orders) == ["fully", "none", "none", "partly"]
        assert crm.catalog.find(F.kind == "goods").count() == 2
        assert crm.sales.quotes.find(F.version == 1).count() == 7
        (paid,) = crm.sales.invoices.find(F.status == InvoiceStatus.PAID)
        (settlement,) = paid.settlements
        assert (settlement.kind, settlement.amount) == (SettlementKind.PAYMENT, paid.paid)


def test_everything_goes_on_where_it_was(before):
    schema.upgrade(before)

    with crmcore.open(before) as crm:
        (partly,) = (each for each in crm.sales.invoices.find() if each.is_partly_paid)
        crm.sales.pay(partly.id, amount=partly.due)
        (draft,) = crm.sales.invoices.find(F.status == InvoiceStatus.DRAFT)
        crm.sales.issue(draft.id)
        assert crm.sales.invoices.get(partly.id).status is InvoiceStatus.PAID
        assert crm.check().counts == {}


def test_the_constraints_of_today_are_kept(before):
    schema.upgrade(before)
    engine = engine_of(before)

    for change in (
        "UPDATE crm_order SET status = 'billed'",
        "UPDATE crm_order SET billing = NULL",
        "UPDATE crm_order SET external_id = 'one and the same'",
        "UPDATE crm_invoice SET issued_on = NULL",
    ):
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(text(change))
    engine.dispose()


def test_a_file_is_whole_afterwards(tmp_path):
    url = filed(tmp_path / "crm.db")

    schema.upgrade(url)

    with closing(sqlite3.connect(tmp_path / "crm.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def upgraded(url):
    schema.upgrade(url)


def test_an_upgrade_that_was_cut_off_is_taken_up_again(before):
    context = multiprocessing.get_context("spawn")
    for seconds in (0.9, 1.3, 1.7, 2.1, 2.6):
        worker = context.Process(target=upgraded, args=(before,))
        worker.start()
        time.sleep(seconds)
        if worker.is_alive():
            os.kill(worker.pid or 0, signal.SIGKILL)
        worker.join(30)

    schema.upgrade(before)

    assert schema.check(before) == ()
    with crmcore.open(before) as crm:
        assert crm.check().counts == {}
        assert sum(len(each.settlements) for each in crm.sales.invoices.find()) == 2


# --- any entity type -----------------------------------------------------------------------------


class Phase(StrEnum):
    SENT = "sent"
    BUILT = "built"


class LaterPhase(StrEnum):
    LAUNCHED = "launched"
    BUILT = "built"


@attrs.frozen(kw_only=True)
class Stage:
    thrust: int


@attrs.frozen(kw_only=True)
class Pad:
    place: str


@attrs.frozen(kw_only=True, repr=False)
class Rocket(Entity):
    name: str
    phase: Phase
    price: Money
    stages: tuple[Stage, ...] = ()
    pad: Pad | None = None
    approved: str | None = None


@attrs.frozen(kw_only=True)
class LaterStage:
    thrust: int
    fuel: str = "kerosene"
    margin: int = attrs.field(
        default=attrs.Factory(lambda stage: stage.thrust // 10, takes_self=True)
    )


@attrs.frozen(kw_only=True)
class LaterPad:
    is_wet: bool = False
    place: str


@attrs.frozen(kw_only=True)
class Seat:
    number: int


@attrs.frozen(kw_only=True, repr=False)
class LaterRocket(Entity):
    name: Annotated[str, Text(max=200)]
    phase: Annotated[LaterPhase, Renamed("sent", "launched")]
    price: Money
    stages: tuple[LaterStage, ...] = ()
    pad: LaterPad | None = None
    approved: str | None = None
    label: Annotated[str, Text(max=200, searchable=True)] = attrs.field(
        default=attrs.Factory(lambda rocket: rocket.name.upper(), takes_self=True)
    )
    crew: int = 2
    deposit: Money = attrs.field(
        default=attrs.Factory(lambda rocket: Money.zero(rocket.price.currency), takes_self=True)
    )
    seats: tuple[Seat, ...] = attrs.field(
        default=attrs.Factory(
            lambda rocket: tuple(Seat(number=each) for each in range(rocket.crew)), takes_self=True
        )
    )
    sister: Annotated[UUID, Ref("rocket")] | None = None
    code: Annotated[str, Text(max=20)] | None = None


@attrs.frozen(kw_only=True, repr=False)
class MannedRocket(Rocket):
    crew: int = 2
    insured: Money = COVER


@attrs.frozen(kw_only=True, repr=False)
class StrictRocket(MannedRocket):
    captain: str


@attrs.frozen(kw_only=True, repr=False)
class UnluckyRocket(Rocket):
    crew: int = attrs.field(default=attrs.Factory(lambda rocket: 13, takes_self=True))

    def __attrs_post_init__(self) -> None:
        if self.name == "Rocket 7":
            raise ValueError(self.name)


def registry(cls, **declared):
    return Registry.of([EntityType(name="rocket", cls=cls, **declared)], [])


SEALED = Sealed(by="approved")
EARLIER = registry(Rocket, sealed=SEALED)
LATER = registry(LaterRocket, unique=(("code",),), sealed=SEALED)
MANY = 450


@pytest.fixture
def rockets(url):
    """A database with more rockets than one page of them holds, of two tenants."""
    for tenant in ("north", "south"):
        store = SqlStore(url, registry=EARLIER, tenant=tenant)
        with store.begin(write=True) as unit:
            for number in range(MANY if tenant == "north" else 3):
                fields = {
                    "phase": Phase.SENT if number % 2 else Phase.BUILT,
                    "price": Money("10", "USD" if number % 3 else "EUR"),
                    "stages": tuple(Stage(thrust=100 * each) for each in range(number % 4)),
                    "pad": Pad(place="Kourou") if number % 5 else None,
                    "approved": "Ada" if number % 7 else None,
                }
                rocket = Rocket(
                    id=uuid4(), created_at=AT, updated_at=AT, name=f"Rocket {number}", **fields
                )
                unit.repository(Rocket).add(rocket)
            unit.commit()
        store.close()
    return url


def found(url, cls, kinds, tenant="north") -> Iterator[Entity]:
    store = SqlStore(url, registry=kinds, tenant=tenant)
    with store.begin(write=False) as unit:
        yield from unit.repository(cls).find(Query(entity="rocket", order=())).items
    store.close()


def test_what_the_class_makes_of_the_rest_is_what_is_kept(rockets):
    schema.upgrade(rockets, LATER)

    assert schema.upgrade(rockets, LATER) == schema.check(rockets, LATER) == ()
    for tenant, many in (("north", MANY), ("south", 3)):
        kept = [*found(rockets, LaterRocket, LATER, tenant)]
        assert len(kept) == many
        for each in kept:
            number = int(each.name.rpartition(" ")[2])
            stages = [Stage(thrust=100 * at) for at in range(number % 4)]
            assert each == LaterRocket(
                id=each.id,
                revision=1,
                created_at=AT,
                updated_at=AT,
                name=each.name,
                phase=LaterPhase.LAUNCHED if number % 2 else LaterPhase.BUILT,
                price=each.price,
                stages=tuple(LaterStage(thrust=stage.thrust) for stage in stages),
                pad=LaterPad(place="Kourou") if number % 5 else None,
                approved="Ada" if number % 7 else None,
            )
            assert (each.label, len(each.seats)) == (each.name.upper(), 2)


def test_one_value_for_all_is_put_into_all_rows(rockets):
    kinds = registry(MannedRocket, sealed=SEALED)

    done = [line for line in schema.upgrade(rockets, kinds) if "seal_" not in line]
    assert sorted(done) == [
        "crm_rocket.crew is missing",
        "crm_rocket.insured is missing",
        "crm_rocket.insured_currency is missing",
    ]

    assert schema.check(rockets, kinds) == ()
    kept = {(each.crew, each.insured) for each in found(rockets, MannedRocket, kinds)}
    assert kept == {(2, Money("1000", "EUR"))}


def test_a_field_without_a_default_is_told_and_nothing_is_filled(rockets):
    kinds = registry(StrictRocket, sealed=SEALED)

    with pytest.raises(UnsafeStore, match=r"crm_rocket\.captain is missing"):
        schema.upgrade(rockets, kinds)

    assert sum("is missing" in line for line in schema.check(rockets, kinds)) == 4


def test_an_entity_that_its_class_refuses_is_named(rockets):
    kinds = registry(UnluckyRocket, sealed=SEALED)

    with pytest.raises(DamagedRecord, match="rocket"):
        schema.upgrade(rockets, kinds)

    engine = engine_of(rockets)
    if engine.dialect.name == "mariadb":
        # It cannot undo the making of columns; so nobody takes them for filled.
        with pytest.raises(UnsafeStore, match="upgraded in part"):
            SqlStore(rockets, registry=kinds)
    engine.dispose()

    manned = registry(MannedRocket, sealed=SEALED)
    schema.upgrade(rockets, manned)
    assert {each.crew for each in found(rockets, MannedRocket, manned)} == {2}


def test_what_is_there_twice_is_not_made_unique(rockets):
    kinds = registry(Rocket, unique=(("phase",),), sealed=SEALED)

    with pytest.raises(UnsafeStore, match="uq_crm_rocket_tenant_phase"):
        schema.upgrade(rockets, kinds)


def test_an_upgrade_is_a_matter_of_all_tenants(rockets):
    schema.upgrade(rockets, LATER)

    store = SqlStore(rockets, registry=LATER, tenant="south")
    assert sum('"entity":"rocket"' in line for line in dump(store)) == 3
    store.close()
