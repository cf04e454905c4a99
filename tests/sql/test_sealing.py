"""Sealed rows stay as they are in every database, whoever asks: triggers, made from a declaration."""

# ruff: noqa: S608 - there are no values of others in these statements

import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import Annotated
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError

from crmcore.errors import (
    CrmError,
    Duplicate,
    ImmutableDocument,
    StaleRevision,
    StoreFailure,
    StoreUnavailable,
    UnsafeStore,
)
from crmcore.grammar import Attributes, Entity, EntityType, Registry, Sealed, Text
from crmcore.grammar.query import Query
from crmcore.memory import MemoryStore
from crmcore.values import Money
from crmcore.wire import dump, load
from crmcore_sql import SqlStore, schema, sqlite_engine
from crmcore_sql._dialects import dialect_for
from crmcore_sql._schema import schema_of
from crmcore_sql._seals import PREFIX, seals_of

AT = datetime(2026, 3, 2, tzinfo=UTC)
ENGINES = ("sqlite", "postgresql", "mariadb")


class State(StrEnum):
    """How far a deed is; this goes on when it is sealed."""

    OPEN = "open"
    DONE = "done"


@attrs.frozen(kw_only=True)
class Sub:
    """A child of a child."""

    note: str


@attrs.frozen(kw_only=True)
class Line:
    """A child with children, and a name that databases know better."""

    name: Annotated[str, Text(max=80, searchable=True)]
    group: int | None = None
    subs: tuple[Sub, ...] = ()


@attrs.frozen(kw_only=True)
class Mark:
    """A child that may come later."""

    who: str


@attrs.frozen(kw_only=True)
class Frame:
    """A record with children."""

    width: int = 1
    subs: tuple[Sub, ...] = ()


@attrs.frozen(kw_only=True, repr=False)
class Deed(Entity):
    """What is sealed by its number."""

    title: Annotated[str, Text(max=80, searchable=True)]
    order: int | None = None
    series: str = "a"
    number: int | None = None
    price: Money | None = None
    frame: Frame | None = None
    state: State = State.OPEN
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()


@attrs.frozen(kw_only=True, repr=False)
class Lease(Deed):
    """One variant."""

    months: int = 1


@attrs.frozen(kw_only=True, repr=False)
class Sale(Deed):
    """Another variant."""

    taxed: bool = False


@attrs.frozen(kw_only=True, repr=False)
class Contract(Entity):
    """What has no variants, and is sealed by a day."""

    title: str
    signed_at: datetime | None = None
    state: State = State.OPEN


@attrs.frozen(kw_only=True, repr=False)
class LongerContract(Entity):
    """The same, a version later."""

    title: str
    signed_at: datetime | None = None
    state: State = State.OPEN
    town: str | None = None


def registry(*open, by="number"):
    """Deeds that are sealed by a number, or not at all without ``by``."""
    sealed = Sealed(by=by, open=open or ("state", "marks")) if by else None
    kind = EntityType(
        name="deed",
        cls=Deed,
        variants=(Lease, Sale),
        unique=(("series", "number"),),
        sealed=sealed,
    )
    return Registry.of([kind], []).with_attributes({"deed": {"colour": str}})


DEEDS = registry()
UNSEALED = registry(by=None)


def contracts(cls, *open, sealed=True):
    """Contracts, sealed when they are signed."""
    seal = Sealed(by="signed_at", open=open) if sealed else None
    return Registry.of([EntityType(name="contract", cls=cls, sealed=seal)], [])


def deed(number=None, id=1, **fields):
    """A new deed with something everywhere."""
    named = {
        "title": "Deed",
        "number": number,
        "price": Money("10", "EUR"),
        "frame": Frame(subs=(Sub(note="f"),)),
        "lines": (Line(name="a", subs=(Sub(note="x"), Sub(note="y"))), Line(name="b", group=2)),
        "marks": (Mark(who="me"),),
        "attributes": Attributes({"colour": "red"}),
    }
    return Lease(id=UUID(int=id), created_at=AT, updated_at=AT, **(named | fields))


SEALED_ID, DRAFT_ID = str(UUID(int=1)), str(UUID(int=2))


@pytest.fixture(params=ENGINES)
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'crm.db'}"
    return request.getfixturevalue(f"{request.param}_url")


def engine_of(url):
    return sqlite_engine(url) if url.startswith("sqlite") else create_engine(url)


def run(url, *statements):
    """Carry out statements in one transaction, past the library."""
    engine = engine_of(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


@contextmanager
def opened(url, kinds=DEEDS, **how):
    with closing(SqlStore(url, registry=kinds, **how)) as store:
        yield store


def put(url, *entities, kinds=DEEDS):
    """Afterwards the entities are there."""
    with opened(url, kinds) as store, store.begin(write=True) as unit:
        for each in entities:
            unit.repository(type(each)).add(each)
        unit.commit()


def all_of(url, kinds=DEEDS, name="deed", cls=Deed):
    """What is there."""
    with opened(url, kinds) as store, store.begin(write=False) as unit:
        return unit.repository(cls).find(Query(entity=name)).items


def saved(store, entity, **fields):
    with store.begin(write=True) as unit:
        stored = unit.repository(type(entity)).save(attrs.evolve(entity, **fields))
        unit.commit()
    return stored


# --- past the library ----------------------------------------------------------------------------

HERE = f"WHERE id = '{SEALED_ID}'"
OWNED = f"WHERE owner_id = '{SEALED_ID}'"

REFUSED = {
    "a text": f"UPDATE crm_deed SET title = 'x' {HERE}",
    "a text in other case": f"UPDATE crm_deed SET title = 'DEED' {HERE}",
    "a text with a blank": f"UPDATE crm_deed SET title = 'Deed ' {HERE}",
    "an amount": f"UPDATE crm_deed SET price = 7 {HERE}",
    "an amount that goes": f"UPDATE crm_deed SET price = NULL, price_currency = NULL {HERE}",
    "a currency": f"UPDATE crm_deed SET price_currency = 'USD' {HERE}",
    "the seal": f"UPDATE crm_deed SET number = NULL {HERE}",
    "another seal": f"UPDATE crm_deed SET number = 99 {HERE}",
    "the tenant": f"UPDATE crm_deed SET tenant = 'other' {HERE}",
    "the id": f"UPDATE crm_deed SET id = '{UUID(int=77)}' {HERE}",
    "the variant": f"UPDATE crm_deed SET kind = 'sale' {HERE}",
    "inside a record": f"UPDATE crm_deed SET frame_width = 2 {HERE}",
    "own attributes": f"UPDATE crm_deed SET attributes = '{{}}' {HERE}",
    "something among open ones": f"UPDATE crm_deed SET state = 'done', title = 'x' {HERE}",
    "all rows": "UPDATE crm_deed SET title = 'x'",
    "its row": f"DELETE FROM crm_deed {HERE}",
    "all of its rows": "DELETE FROM crm_deed",
    "a child": f"UPDATE crm_deed_lines SET name = 'x' {OWNED}",
    "a child that goes": f"DELETE FROM crm_deed_lines {OWNED} AND position = 1",
    "a child that moves away": f"UPDATE crm_deed_lines SET owner_id = '{DRAFT_ID}', position = 9 "
    f"{OWNED} AND position = 1",
    "a child that moves in": f"UPDATE crm_deed_lines SET owner_id = '{SEALED_ID}', position = 9 "
    f"WHERE owner_id = '{DRAFT_ID}' AND position = 1",
    "a child of a child": f"UPDATE crm_deed_lines_subs SET note = 'x' {OWNED}",
    "a child of a child that goes": f"DELETE FROM crm_deed_lines_subs {OWNED}",
    "a child of a record": f"UPDATE crm_deed_frame_subs SET note = 'x' {OWNED}",
    "a child more": "INSERT INTO crm_deed_lines (tenant, owner_id, position, name, name_folded) "
    f"VALUES ('main', '{SEALED_ID}', 7, 'x', 'x')",
}

ALLOWED = {
    "an open field": f"UPDATE crm_deed SET state = 'done' {HERE}",
    "what counts changes": f"UPDATE crm_deed SET revision = revision + 1, guarded = 5 {HERE}",
    "when it changed": f"UPDATE crm_deed SET updated_at = created_at {HERE}",
    "what is the same": f"UPDATE crm_deed SET title = title, number = number, price = price {HERE}",
    "an open child": f"UPDATE crm_deed_marks SET who = 'x' {OWNED}",
    "an open child that goes": f"DELETE FROM crm_deed_marks {OWNED}",
    "an open child more": "INSERT INTO crm_deed_marks (tenant, owner_id, position, who) "
    f"VALUES ('main', '{SEALED_ID}', 7, 'x')",
    "a draft": f"UPDATE crm_deed SET title = 'x', number = 5 WHERE id = '{DRAFT_ID}'",
    "a child of a draft": f"UPDATE crm_deed_lines SET name = 'x' WHERE owner_id = '{DRAFT_ID}'",
    "a draft that goes with its children": f"DELETE FROM crm_deed WHERE id = '{DRAFT_ID}'",
}

COPY = "INSERT INTO crm_deed SELECT * FROM crm_deed"
INTO = {
    "sqlite": (
        "INSERT OR REPLACE INTO crm_deed SELECT * FROM crm_deed",
        f"INSERT OR REPLACE INTO crm_deed_lines SELECT * FROM crm_deed_lines {OWNED}",
        f"UPDATE OR REPLACE crm_deed SET number = 1 WHERE id = '{DRAFT_ID}'",
        f"UPDATE OR REPLACE crm_deed SET id = '{SEALED_ID}' WHERE id = '{DRAFT_ID}'",
        f"{COPY} WHERE true ON CONFLICT (tenant, id) DO UPDATE SET title = 'x'",
    ),
    "postgresql": (
        f"{COPY} ON CONFLICT (tenant, id) DO UPDATE SET title = 'x'",
        "SET search_path TO pg_catalog; UPDATE public.crm_deed SET title = 'x'",
        f"SET search_path TO pg_catalog; DELETE FROM public.crm_deed_lines {OWNED}",
    ),
    "mariadb": (
        "REPLACE INTO crm_deed SELECT * FROM crm_deed",
        f"REPLACE INTO crm_deed_lines SELECT * FROM crm_deed_lines {OWNED}",
        f"{COPY} ON DUPLICATE KEY UPDATE title = 'x'",
        f"UPDATE IGNORE crm_deed SET title = 'x' {HERE}",
    ),
}


@pytest.fixture(scope="module")
def three(tmp_path_factory, request):
    """One database per kind with a sealed deed and a draft; what is refused leaves it as it is."""
    made = {}

    def one(kind):
        if kind not in made:
            if kind == "sqlite":
                made[kind] = f"sqlite:///{tmp_path_factory.mktemp('seals') / 'crm.db'}"
            else:
                supplied = request.getfixturevalue(f"{kind}_supply")
                made[kind] = supplied.emptied(f"{__name__}-raw")
            put(made[kind], deed(1), deed(id=2))
        return made[kind]

    return one


def refused(url, statement):
    """Whether a statement is refused with the words of a seal, and changes nothing."""
    before = all_of(url)
    with pytest.raises(DBAPIError) as refusal:
        run(url, *statement.split("; "))
    assert all_of(url) == before
    return "crm_deed is sealed" in str(refusal.value.orig)


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("what", REFUSED)
def test_a_sealed_row_withstands(three, kind, what):
    assert refused(three(kind), REFUSED[what])


@pytest.mark.parametrize(("kind", "what"), [(kind, what) for kind in INTO for what in INTO[kind]])
def test_a_sealed_row_withstands_what_replaces_rows(three, kind, what):
    assert refused(three(kind), what)


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("what", ALLOWED)
def test_all_else_can_be_done(three, kind, what):
    url, statement = three(kind), ALLOWED[what]
    engine = engine_of(url)

    with engine.connect() as connection:
        changed = connection.exec_driver_sql(statement).rowcount
        connection.rollback()
    engine.dispose()

    assert changed


# --- through the library -------------------------------------------------------------------------


def test_a_dump_with_sealed_entities_can_be_loaded(url, tmp_path):
    put(url, deed(1), deed(id=2), deed(2, id=3, lines=()))
    with opened(url) as store:
        lines = [*dump(store)]

    with opened(f"sqlite:///{tmp_path / 'other.db'}") as other:
        load(other, lines)

        assert [*dump(other)] == lines


def test_everything_may_change_together_with_the_seal(url):
    """Children more, fewer and others; a row that goes, and a unique value that changes hands."""
    put(url, deed(id=1), deed(id=2), deed(7, id=3))
    new = (Line(name="z", subs=(Sub(note="1"), Sub(note="2"))), Line(name="b"), Line(name="c"))
    with opened(url) as store, store.begin(write=True) as unit:
        deeds = unit.repository(Deed)
        one, two = (deeds.get(UUID(int=n)) for n in (1, 2))
        deeds.remove(two)
        one = deeds.save(attrs.evolve(one, lines=new))
        assert len(deeds.find(Query(entity="deed")).items) == 2
        one = deeds.save(attrs.evolve(one, number=8, lines=(*new[1:], new[0]), frame=None))
        four = deeds.add(deed(9, id=4))
        unit.commit()

    assert {each.id.int: each for each in all_of(url)}.keys() == {1, 3, 4}
    assert [each for each in all_of(url) if each.id.int in {1, 4}] == [one, four]


@pytest.mark.parametrize("number", [None, 6])
@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_a_draft_that_was_sealed_meanwhile_is_stale(url, number):
    put(url, deed(id=1))
    with opened(url) as store, store.begin(write=True) as unit:
        held = unit.repository(Deed).get(UUID(int=1))
        with opened(url) as other:
            saved(other, held, number=5, lines=held.lines[:1])
        unit.repository(Deed).save(attrs.evolve(held, lines=held.lines[::-1], number=number))

        with pytest.raises(StaleRevision):
            unit.commit()

    assert [(each.number, each.lines) for each in all_of(url)] == [(5, held.lines[:1])]


def test_a_taken_number_is_still_told_as_taken(url):
    put(url, deed(1))

    with pytest.raises(Duplicate) as refusal:
        put(url, deed(1, id=2))
    with pytest.raises(Duplicate) as again:
        put(url, deed(2, id=1))

    assert refusal.value.fields == ("series", "number")
    assert again.value.fields == ("id",)


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_what_was_sealed_behind_ones_back_is_told_as_sealed(url):
    put(url, deed(id=1))
    with opened(url) as store, store.begin(write=True) as unit:
        held = unit.repository(Deed).get(UUID(int=1))
        # Past the library, so that nobody counted: the revision is the same.
        run(url, "UPDATE crm_deed SET number = 5")
        unit.repository(Deed).save(attrs.evolve(held, title="x"))
        with pytest.raises(ImmutableDocument) as refusal:
            unit.commit()

    error = refusal.value
    assert (error.entity, error.id, error.fields) == ("deed", held.id, ("title",))
    assert [(each.number, each.title) for each in all_of(url)] == [(5, "Deed")]


def test_who_does_not_know_of_a_seal_is_not_told_to_try_again(url):
    put(url, deed(1))

    with opened(url, UNSEALED) as store, pytest.raises(StoreUnavailable, match="trigger"):
        saved(store, all_of(url, UNSEALED)[0], title="x")


def test_a_trigger_of_the_application_is_no_contention(tmp_path):
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    put(url, deed(id=1))
    run(
        url,
        "CREATE TRIGGER mine BEFORE UPDATE ON crm_deed BEGIN SELECT RAISE(ABORT, 'mine'); END",
    )

    with opened(url) as store, pytest.raises(StoreUnavailable, match="trigger"):
        saved(store, all_of(url)[0], title="x")
    assert schema.check(url, DEEDS) == ()


def statements_of(tmp_path, name, kinds):
    """How many statements an addition, a seal, and an open change take on SQLite."""
    told = []
    engine = sqlite_engine(f"sqlite:///{tmp_path / name}.db")
    event.listen(engine, "connect", lambda raw, _: raw.set_trace_callback(told.append))
    store = SqlStore(engine, registry=kinds)
    counts = []
    held = deed()
    for step in ("add", {"number": 1}, {"state": State.DONE}):
        told.clear()
        with store.begin(write=True) as unit:
            deeds = unit.repository(Lease)
            if step == "add":
                held = deeds.add(held)
            else:
                held = deeds.save(attrs.evolve(deeds.get(held.id), **step))
            unit.commit()
        counts.append(len([*groupby(told)]))  # it tells a statement again when triggers begin
    store.close()
    engine.dispose()
    return counts


def test_a_seal_costs_no_further_statement(tmp_path):
    sealed = statements_of(tmp_path, "sealed", DEEDS)

    assert sealed == statements_of(tmp_path, "unsealed", UNSEALED)


steps = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "number": st.none() | st.integers(1, 2),
            "title": st.sampled_from("ab"),
            "lines": st.lists(
                st.builds(
                    Line,
                    name=st.sampled_from("ab"),
                    subs=st.lists(st.builds(Sub, note=st.sampled_from("xy")), max_size=2).map(
                        tuple
                    ),
                ),
                max_size=2,
            ).map(tuple),
            "marks": st.lists(st.builds(Mark, who=st.sampled_from("xy")), max_size=2).map(tuple),
            "state": st.sampled_from(State),
        },
    ),
    st.sampled_from(["remove", "commit", "look"]),
)


def walked(store, plan):
    """What comes of some steps with two deeds: how each ends, and what is there afterwards."""
    told = []
    unit = store.begin(write=True)
    for id, step in plan:
        try:
            deeds = unit.repository(Lease)
            if step == "commit":
                unit.commit()
                unit = store.begin(write=True)
            elif step == "look":
                told.append(deeds.find(Query(entity="deed")).items)
            elif (held := deeds.get_many([UUID(int=id)]).get(UUID(int=id))) is None:
                deeds.add(deed(id=id, **({} if step == "remove" else step)))
            elif step == "remove":
                deeds.remove(held)
            else:
                deeds.save(attrs.evolve(held, **step))
            told.append("done")
        except CrmError as error:
            told.append(type(error).__name__)
            if not isinstance(error, ImmutableDocument):
                break
    unit.__exit__(None, None, None)
    with store.begin(write=False) as after:
        return told, after.repository(Deed).find(Query(entity="deed")).items


@given(st.lists(st.tuples(st.integers(1, 2), steps), max_size=10))
def test_seals_mean_the_same_in_memory_and_in_a_database(tmp_path_factory, plan):
    # One number each: when two would take the same one, stores may say so at different moments.
    plan = [
        (id, step | {"series": str(id)} if isinstance(step, dict) else step) for id, step in plan
    ]
    store = SqlStore(f"sqlite:///{tmp_path_factory.mktemp('walk') / 'crm.db'}", registry=DEEDS)

    found = walked(store, plan)
    store.close()

    assert found == walked(MemoryStore(registry=DEEDS), plan)


# --- made, compared, brought up to date ----------------------------------------------------------


def test_databases_made_before_are_sealed_when_they_are_opened(url):
    put(url, deed(1), kinds=UNSEALED)
    missing = schema.check(url, DEEDS)
    assert missing
    assert all(line.endswith(" is missing") and PREFIX in line for line in missing)

    opened_once = all_of(url)

    assert schema.check(url, DEEDS) == schema.upgrade(url, DEEDS) == ()
    assert [each.number for each in opened_once] == [1]
    with pytest.raises(DBAPIError, match="sealed"):
        run(url, "UPDATE crm_deed SET title = 'x'")


def test_an_upgrade_seals_databases_made_before(url):
    put(url, deed(1), kinds=UNSEALED)
    missing = schema.check(url, DEEDS)

    assert sorted(schema.upgrade(url, DEEDS)) == sorted(missing)

    assert schema.upgrade(url, DEEDS) == schema.check(url, DEEDS) == ()
    with pytest.raises(DBAPIError, match="sealed"):
        run(url, "DELETE FROM crm_deed_lines_subs")


def test_another_declaration_is_told_and_replaces_the_old_one(url):
    put(url, deed(1))
    wider = registry("state", "marks", "title")

    told = schema.check(url, wider)

    assert told
    assert all(line.endswith(" is another one") for line in told)
    assert schema.upgrade(url, wider) == told
    assert schema.check(url, wider) == ()
    run(url, "UPDATE crm_deed SET title = 'x'")
    put(url, deed(2, id=2))  # opens it with the first declaration again
    assert schema.check(url, DEEDS) == ()
    with pytest.raises(DBAPIError, match="sealed"):
        run(url, "UPDATE crm_deed SET title = 'y'")


def test_a_trigger_that_somebody_took_away_is_missed(url):
    put(url, deed(1))
    of_table = " ON crm_deed_lines" if url.startswith("postgresql") else ""
    name = "seal_crm_deed_lines" + ("" if of_table else "_update")
    run(url, f"DROP TRIGGER {name}{of_table}")

    assert schema.check(url, DEEDS) == (f"crm_deed_lines: {name} is missing",)

    assert schema.upgrade(url, DEEDS) == (f"crm_deed_lines: {name} is missing",)
    assert schema.check(url, DEEDS) == ()


def test_a_trigger_that_somebody_switched_off_is_missed(postgresql_url):
    put(postgresql_url, deed(1))
    run(postgresql_url, "ALTER TABLE crm_deed DISABLE TRIGGER seal_crm_deed")

    assert schema.check(postgresql_url, DEEDS) == ("crm_deed: seal_crm_deed is missing",)

    schema.upgrade(postgresql_url, DEEDS)
    assert schema.check(postgresql_url, DEEDS) == ()
    with pytest.raises(DBAPIError, match="sealed"):
        run(postgresql_url, "DELETE FROM crm_deed")


def test_a_seal_that_is_no_longer_declared_is_told_and_left(url):
    put(url, deed(1))

    told = schema.check(url, UNSEALED)

    assert told
    assert all(line.endswith(" is not known") for line in told)
    with pytest.raises(UnsafeStore, match="not known"):
        schema.upgrade(url, UNSEALED)
    with pytest.raises(DBAPIError, match="sealed"):
        run(url, "DELETE FROM crm_deed")


def test_who_makes_no_tables_makes_no_triggers_either(url):
    put(url, deed(1), kinds=UNSEALED)

    with pytest.raises(UnsafeStore, match=PREFIX):
        SqlStore(url, registry=DEEDS, schema=False)

    put(url, deed(2, id=2))
    with opened(url, schema=False) as store:
        assert store.tenant == "main"


def test_a_new_column_is_sealed_by_the_upgrade_that_adds_it(url):
    signed = Contract(id=UUID(int=1), created_at=AT, updated_at=AT, title="x", signed_at=AT)
    put(url, signed, kinds=contracts(Contract, "state"))
    later = contracts(LongerContract, "state")
    with pytest.raises(UnsafeStore):
        SqlStore(url, registry=later)

    done = schema.upgrade(url, later)

    assert "crm_contract.town is missing" in done
    assert schema.check(url, later) == ()
    with pytest.raises(DBAPIError, match="sealed"):
        run(url, "UPDATE crm_contract SET town = 'Ulm'")
    run(url, "UPDATE crm_contract SET state = 'done'")


def test_without_a_right_to_make_triggers_nothing_is_opened(mariadb_url):
    put(mariadb_url, deed(1), kinds=UNSEALED)
    database = mariadb_url.rpartition("/")[2]
    engine = create_engine(mariadb_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE USER IF NOT EXISTS 'poor'@'%%' IDENTIFIED BY 'poor'")
        rights = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, REFERENCES"
        connection.exec_driver_sql(f"GRANT {rights} ON `{database}`.* TO 'poor'@'%%'")
    poor = engine.url.set(username="poor", password="poor")  # noqa: S106 - of a test
    engine.dispose()

    with pytest.raises(StoreFailure, match="right"):
        SqlStore(poor, registry=DEEDS)


@pytest.mark.parametrize("kind", ENGINES)
def test_names_and_messages_fit_into_every_database(kind):
    @attrs.frozen(kw_only=True, repr=False)
    class Long(Entity):
        a_name_that_is_as_long_as_a_name_may_be_and_then_some: tuple[Sub, ...] = ()
        number: int | None = None

    name = "an_entity_type_with_a_name_that_is_rather_longer_than_needed"
    kinds = Registry.of([EntityType(name=name, cls=Long, sealed=Sealed(by="number"))], [])
    dialect = dialect_for(kind)

    seals = [*seals_of(schema_of(kinds), dialect)]

    assert len({seal.name for seal in seals}) == len(seals) > 1
    assert all(len(seal.name) <= 60 for seal in seals)
    assert all(seal.name.startswith(PREFIX) for seal in seals)


def test_the_file_of_sqlite_tells_what_it_refuses(tmp_path):
    put(f"sqlite:///{tmp_path / 'crm.db'}", deed(1))
    connection = sqlite3.connect(tmp_path / "crm.db")

    with pytest.raises(sqlite3.IntegrityError, match="crm_deed is sealed: no change, no removal"):
        connection.execute("UPDATE crm_deed SET title = 'x'")
    connection.close()
