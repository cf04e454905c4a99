from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.grammar.field import F, average, count, total
from crmcore.grammar.query import Bucket, Compare, Every, Path, parts
from crmcore.kpi import Measure, Unit, query_of
from crmcore.kpi.measure import grouping_of, window_of
from crmcore.values import Period

NAMES = st.text("abcdefghij", min_size=1, max_size=8)


def visits(**fields):
    given = {
        "name": "visits",
        "title": "Visits",
        "entity": "visit",
        "numerator": count(),
        "unit": Unit.COUNT,
        "definition": "How many visits there were.",
    }
    return Measure(**{**given, **fields})


def test_a_host_declares_a_measure_of_its_own_with_expressions():
    measure = visits(dated=F.day, by=F.shop, denominator=count(F.paid == True))  # noqa: E712

    assert measure.dated == Path(("day",))
    assert measure.by == (Path(("shop",)),)


def test_the_date_basis_may_be_a_dotted_name_or_a_node():
    assert visits(dated="a.b").dated == visits(dated=Path(("a", "b"))).dated


@pytest.mark.parametrize("name", ["Visits", "", "1st", "no blank"])
def test_the_name_of_a_measure_is_plain(name):
    with pytest.raises(InvalidValue, match="name"):
        visits(name=name)


def test_a_scale_divides_by_one_or_more():
    with pytest.raises(InvalidValue, match="scale"):
        visits(scale=0)


def test_an_average_takes_no_second_denominator():
    with pytest.raises(InvalidValue, match="denominator"):
        visits(numerator=average(F.length), denominator=count())


def test_a_question_joins_population_window_and_filter():
    population, where = F.paid == 1, F.shop == "north"
    measure = visits(population=population, dated=F.day, numerator=total(F.spent))

    query = query_of(measure, during="2017-Q2", where=where)

    assert query.entity == "visit"
    assert query.measures == {"numerator": total(F.spent)}
    assert query.where == Every(
        (
            population,
            Compare("ge", Path(("day",)), date(2017, 4, 1)),
            Compare("lt", Path(("day",)), date(2017, 7, 1)),
            where,
        )
    )


def test_a_measure_with_two_numbers_asks_for_both():
    query = query_of(visits(denominator=count(F.paid == 1)))

    assert set(query.measures) == {"numerator", "denominator"}


def test_the_own_grouping_holds_until_another_is_asked_for():
    measure = visits(by=F.shop)

    assert query_of(measure).by == (Path(("shop",)),)
    assert query_of(measure, by="day").by == (Path(("day",)),)
    assert query_of(measure, by=()).by == ()


def test_a_state_of_the_present_has_no_windows():
    with pytest.raises(InvalidValue, match="visits is a state of the present"):
        query_of(visits(), during="2017")


@given(st.lists(NAMES, max_size=4))
def test_a_grouping_reads_the_same_in_every_spelling(names):
    as_paths = tuple(Path((name,)) for name in names)

    assert grouping_of(names) == as_paths
    assert grouping_of(tuple(F[name] for name in names)) == as_paths
    assert grouping_of(as_paths) == as_paths


@given(st.lists(NAMES, max_size=3), st.booleans(), st.booleans())
def test_a_question_has_just_the_conditions_that_were_given(names, windowed, filtered):
    measure, where = visits(dated=F.day), F.shop == "north"

    query = query_of(
        measure, by=names, during="2017" if windowed else None, where=where if filtered else None
    )

    assert len(parts(query.where)) == 2 * windowed + filtered
    assert len(query.by) == len(names)


def test_a_single_grouping_needs_no_tuple():
    assert grouping_of(F.day.by("quarter")) == (Bucket(Path(("day",)), "quarter"),)
    assert grouping_of(None) == ()


@given(st.dates(date(1, 1, 2), date(9998, 1, 1)), st.integers(1, 300))
def test_a_window_may_be_written_or_given(start, days):
    period = Period(start, date.fromordinal(start.toordinal() + days))

    assert window_of(str(period)) == window_of(period) == period
