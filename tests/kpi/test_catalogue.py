from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore import kpi
from crmcore.errors import NothingFound
from crmcore.grammar.aggregating import bind_aggregates, evaluate
from crmcore.grammar.binding import Scope
from crmcore.grammar.compiling import look_nowhere
from crmcore.grammar.entity import Kind
from crmcore.grammar.field import F
from crmcore.grammar.notation import from_json, to_json
from crmcore.kpi import CATALOGUE, measure_named, over_rows, query_of, table_of
from crmcore.opportunities import Opportunity, OpportunityStatus
from crmcore.subjects import SUBJECTS
from crmcore.values import Money, Share

MEASURES = pytest.mark.parametrize("measure", CATALOGUE.values(), ids=list(CATALOGUE))
DATED = [measure for measure in CATALOGUE.values() if measure.dated is not None]
AT = datetime(2017, 1, 1, tzinfo=UTC)


def scope_of(measure):
    return Scope.of(SUBJECTS.named(measure.entity), SUBJECTS)


@MEASURES
def test_a_measure_fits_the_fields_of_its_entity(measure):
    query = query_of(measure)

    bound = bind_aggregates(query, scope_of(measure))

    assert bound.by == measure.by


@pytest.mark.parametrize("measure", DATED, ids=[measure.name for measure in DATED])
def test_the_date_basis_of_a_measure_is_a_date(measure):
    route = scope_of(measure).route(measure.dated)

    assert route.leaf.kind in {Kind.DATE, Kind.INSTANT}
    assert str(measure.dated) in measure.definition


@MEASURES
def test_a_measure_says_what_it_means_and_where_from(measure):
    assert measure.definition.endswith(".")
    assert measure.formula
    assert measure.edge_cases
    assert measure.source
    assert measure.dated is not None or "without a date basis" in measure.definition


@MEASURES
def test_the_conditions_of_a_measure_can_be_written_down(measure):
    scope = scope_of(measure)
    again = from_json(to_json(measure.population))

    bound = bind_aggregates(query_of(measure, where=again), scope)

    twice = bind_aggregates(query_of(measure, where=measure.population), scope)
    assert bound == twice


@MEASURES
def test_a_measure_has_a_function_of_its_name(measure):
    function = getattr(kpi, measure.name)

    assert function([], by=()).measure is measure


def test_a_measure_is_found_by_its_name():
    assert measure_named("win_rate") is CATALOGUE["win_rate"]


def test_a_wrong_name_suggests_the_nearest():
    with pytest.raises(NothingFound, match="did you mean 'win_rate'"):
        measure_named("winrate")


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        CATALOGUE["win_rate"] = None


@st.composite
def opportunities(draw):
    status = draw(st.sampled_from(OpportunityStatus))
    closed = None if status is OpportunityStatus.OPEN else draw(st.dates(date(2017, 1, 1)))
    lag = timedelta(days=draw(st.integers(0, 200)))
    engaged = draw(st.booleans())
    amount = draw(st.none() | st.integers(0, 10**6).map(lambda cents: Money(cents, "EUR")))
    return Opportunity(
        id=UUID(int=draw(st.integers(1, 10**9))),
        created_at=AT,
        updated_at=AT,
        title="Pumps",
        account=UUID(int=1),
        owner=draw(st.none() | st.sampled_from([UUID(int=2), UUID(int=3)])),
        pipeline="sales",
        stage=draw(st.sampled_from(["engaging", "proposal"])),
        status=status,
        amount=amount,
        probability=Share("0.5"),
        closed_on=closed,
        engaged_on=closed - lag if closed and engaged else None,
        lost_reason="price" if status is OpportunityStatus.LOST else None,
    )


SOLD = [
    measure
    for measure in CATALOGUE.values()
    if measure.entity == "opportunity" and measure.name != "pipeline_list_value"
]


@given(st.lists(opportunities(), max_size=12), st.sampled_from(SOLD))
def test_entities_with_and_without_their_schema_give_the_same_table(deals, measure):
    scope = scope_of(measure)
    where = ~(F.stage == "proposal")
    query = bind_aggregates(query_of(measure, by="owner", where=where), scope)
    everything = bind_aggregates(query_of(measure, by=(), where=where), scope)

    of_store = table_of(
        measure,
        evaluate(query, deals, look_nowhere, scope),
        evaluate(everything, deals, look_nowhere, scope)[0],
        by="owner",
        where=where,
    )

    assert over_rows(measure, deals, by="owner", where=where) == of_store
