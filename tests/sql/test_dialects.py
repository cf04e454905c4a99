"""What each database says in its own way: texts of statements, values in and out, types of columns."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import String
from sqlalchemy.schema import CreateTable

from crmcore.errors import UnknownStore
from crmcore.grammar.aggregating import bind_aggregates
from crmcore.grammar.binding import Scope, bind_order
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.query import Aggregate, AggregateQuery, Path, Query
from crmcore.subjects import SUBJECTS
from crmcore.testing.extremes import extremes
from crmcore.testing.specimens import SPECIMENS
from crmcore.values import Money
from crmcore_sql._aggregate import tally
from crmcore_sql._columns import column_type, text_type
from crmcore_sql._compile import Compiler
from crmcore_sql._dialects import dialect_for
from crmcore_sql._making import making
from crmcore_sql._schema import NUMBER, schema_of

from .things import GADGET, THINGS, Colour, aggregates, conditions, operands, orders

NAMES = ("sqlite", "postgresql", "mariadb")
SCOPE = Scope.of(GADGET, THINGS)
COMPILERS = {name: Compiler(schema_of(THINGS), dialect_for(name)) for name in NAMES}
SPECS = [FieldSpec(name="x", kind=kind, cls=str) for kind in Kind if kind is not Kind.CHOICE]
SPECS.append(FieldSpec(name="x", kind=Kind.CHOICE, cls=Colour))
SPECS.append(FieldSpec(name="x", kind=Kind.DECIMAL, cls=Decimal, places=17))
KEPT = [spec for spec in SPECS if extremes(spec) and spec.kind is not Kind.ATTRIBUTES]
NO_MONEY = frozenset(Kind) - {Kind.MONEY, Kind.RECORD, Kind.CHILDREN, Kind.ATTRIBUTES}


def came_back(name, spec, kept):
    """What a loader makes of what a column gives; drivers give numbers with all their places."""
    values = dialect_for(name).values
    if isinstance(kept, Decimal):
        kept = kept.quantize(Decimal((0, (1,), -column_type(spec).scale)))
    if spec.kind is Kind.MONEY:
        return values.money(kept, "EUR")
    return values.loader(spec)(kept)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_a_statement_has_a_mark_for_every_value_and_for_nothing_else(name, data):
    where, order = data.draw(conditions(SCOPE)), bind_order(data.draw(orders(SCOPE)), SCOPE)
    found = COMPILERS[name].find(Query(entity="gadget", where=where, order=order), "main")[0]
    query = AggregateQuery(
        entity="gadget",
        measures={"m": data.draw(aggregates(SCOPE))},
        by=tuple(
            operand for operand, spec in [data.draw(operands(SCOPE))] if spec.kind in NO_MONEY
        ),
        where=where,
    )
    counted = tally(COMPILERS[name], bind_aggregates(query, SCOPE), "main", halved=False)

    for statement in (found, counted.statement, *(one for one, _ in counted.medians.values())):
        assert statement.sql.count("?") == len(statement.values)
        assert name == "sqlite" or "%" not in statement.sql


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("spec", KEPT, ids=lambda spec: f"{spec.kind.value}-{spec.places}")
def test_a_value_that_is_stored_comes_back_the_same(name, spec):
    values = dialect_for(name).values

    for value in extremes(spec):
        given_ = Money(value.amount, "EUR") if isinstance(value, Money) else value
        kept = values.stored(spec, given_)
        loaded = came_back(name, spec, kept)

        assert (loaded, repr(loaded), type(loaded)) == (given_, repr(given_), type(given_))


@pytest.mark.parametrize("name", ["postgresql", "mariadb"])
@pytest.mark.parametrize("places", [0, 2, 4, 17])
@given(whole=st.integers(-(10**18) + 1, 10**18 - 1))
def test_a_number_of_smallest_parts_is_the_same_number_everywhere(name, places, whole):
    native, plain = dialect_for(name).values, dialect_for("sqlite").values

    number = native.exact(native.number(whole, places), places)

    assert repr(number) == repr(plain.exact(plain.number(whole, places), places))
    assert number == Decimal(whole).scaleb(-places)


def test_an_instant_is_in_utc_whatever_the_zone_it_came_in():
    spec = FieldSpec(name="x", kind=Kind.INSTANT, cls=datetime)
    at = datetime(2024, 2, 29, 23, 59, 59, 999000, UTC)
    elsewhere = at.astimezone(timezone(timedelta(hours=-8)))

    loaded = dialect_for("postgresql").values.loader(spec)(elsewhere)

    assert (loaded, loaded.tzinfo) == (at, UTC)
    assert dialect_for("mariadb").values.stored(spec, at) == at.replace(tzinfo=None)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("registry", [THINGS, SPECIMENS, SUBJECTS], ids=["things", "specimens", ""])
def test_every_name_fits_and_is_there_once(name, registry):
    schema, dialect = schema_of(registry), dialect_for(name)
    made = [each.name for table in schema.metadata.tables.values() for each in table.indexes]
    statements = [one for each in making(schema, dialect).values() for one in each.statements]

    assert len(set(made)) == len(made)
    assert all(len(table) <= 60 for table in schema.metadata.tables)
    assert len(set(statements)) == len(statements)


@pytest.mark.parametrize("name", ["postgresql", "mariadb"])
def test_tables_are_made_before_others_refer_to_them(name):
    there: set[str] = set()

    for table, made in making(schema_of(SUBJECTS), dialect_for(name)).items():
        there.add(table)
        targets = {
            part.split("REFERENCES ")[1].split(" ")[0]
            for part in "".join(made.statements).splitlines()
            if "REFERENCES" in part
        }
        assert targets <= there
    assert any(made.links for made in making(schema_of(SUBJECTS), dialect_for(name)).values())


def test_only_databases_that_cannot_wait_check_references_at_once():
    schema = schema_of(THINGS)
    deferred = {
        name: "DEFERRED" in "".join(sum((m.statements for m in made.values()), ()))
        for name in NAMES
        for made in [making(schema, dialect_for(name))]
    }

    assert deferred == {"sqlite": True, "postgresql": True, "mariadb": False}
    assert deferred == {name: dialect_for(name).defers for name in NAMES}


def test_texts_of_mariadb_neither_pad_nor_crowd_a_row():
    dialect = dialect_for("mariadb").of_tables

    texts = [text_type(most).compile(dialect=dialect) for most in (3, 20, 255, 256, 100_000)]

    assert [text.split(" ")[0] for text in texts] == [
        "VARCHAR(3)",
        "VARCHAR(64)",
        "VARCHAR(255)",
        "TEXT",
        "LONGTEXT",
    ]
    assert all(text.endswith("COLLATE utf8mb4_nopad_bin") for text in texts)


def test_no_column_of_a_server_is_without_a_collation_of_its_own():
    for name, collation in (("postgresql", 'COLLATE "C"'), ("mariadb", "_bin")):
        dialect = dialect_for(name).of_tables
        for table in schema_of(SUBJECTS).metadata.tables.values():
            for column in table.columns:
                text = column.type.compile(dialect=dialect)
                if isinstance(column.type.dialect_impl(dialect), String):
                    assert collation in text or text == "UUID", (table.name, column.name)
            assert str(CreateTable(table).compile(dialect=dialect))


def test_an_amount_has_its_own_measure_for_each_part():
    query = AggregateQuery(entity="gadget", measures={"m": Aggregate("sum", Path(("cost",)))})

    for compiler in COMPILERS.values():
        asked = tally(compiler, query, "main", halved=False)

        assert [measure.width for measure in asked.measures] == [3]


@pytest.mark.parametrize("name", NAMES)
def test_drawing_takes_a_tenant_a_series_and_a_period(name):
    statement = dialect_for(name).draw(NUMBER)

    assert statement.count("?") == 3
    assert statement.endswith("RETURNING value")


def test_a_database_that_is_not_served_is_refused():
    with pytest.raises(UnknownStore):
        dialect_for("oracle")


@pytest.mark.parametrize("name", NAMES)
def test_what_makes_the_tables_is_the_same_whichever_database_came_before(name):
    schema = schema_of(SUBJECTS)
    fresh = schema_of.__wrapped__(SUBJECTS)

    for before in NAMES:
        making(schema, dialect_for(before))

    assert making(schema, dialect_for(name)) == making(fresh, dialect_for(name))
