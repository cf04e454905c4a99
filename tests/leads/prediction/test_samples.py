"""What counts as known of a closed lead, and what does not."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, NaiveTime, WrongType
from crmcore.leads.prediction import Case, Fact, Sample, late_facts

DECIDED = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_bare_values_are_facts_that_were_always_known():
    sample = Sample({"source": "fair", "visits": 3}, won=True)

    assert sample.facts == {"source": Fact("fair"), "visits": Fact(Decimal(3))}
    assert sample.case() == Case({"source": "fair", "visits": Decimal(3)})


def test_a_fact_known_after_the_decision_does_not_count():
    facts = {
        "on_time": Fact("a", DECIDED),
        "late": Fact("b", DECIDED + SECOND),
        "late_and_missing": Fact(None, DECIDED + SECOND),
    }
    tags = [Fact("vip", DECIDED - SECOND), Fact("lost to a rival", DECIDED + SECOND)]

    sample = Sample(facts, won=False, decided_at=DECIDED, tags=tags)

    assert sample.case() == Case({"on_time": "a"}, tags=("vip",))
    assert sample.late == ("late", "late_and_missing", "tags")
    assert late_facts([sample, sample]) == {"late": 2, "late_and_missing": 2, "tags": 2}


def test_without_the_time_of_the_decision_no_dated_fact_counts():
    sample = Sample({"a": Fact("x", DECIDED), "b": "y"}, won=True)

    assert sample.case().facts == {"b": "y"}


@given(st.integers(-(10**6), 10**6))
def test_whether_a_fact_counts_depends_on_its_time_only(seconds):
    fact = Fact("x", DECIDED + timedelta(seconds=seconds))

    known = Sample({"a": fact}, won=True, decided_at=DECIDED).case().facts

    assert ("a" in known) is (seconds <= 0)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (True, "yes"),
        (False, "no"),
        (1.5, Decimal("1.5")),
        (float("nan"), None),
        (1e22, Decimal(10**22)),
        (Decimal("2.50"), Decimal("2.5")),
        (None, None),
        ("", ""),
    ],
)
def test_values_are_kept_as_texts_and_exact_numbers(given, kept):
    assert Fact(given).value == kept


@pytest.mark.parametrize("value", [float("inf"), 1e40, Decimal("NaN")])
def test_numbers_beyond_all_bounds_are_refused(value):
    with pytest.raises(InvalidValue):
        Fact(value)


def test_what_is_no_fact_is_refused():
    with pytest.raises(WrongType, match="source"):
        Sample({"source": ["fair"]}, won=True)
    with pytest.raises(WrongType, match="won"):
        Sample({}, won=1)
    with pytest.raises(InvalidValue, match="tags"):
        Sample({"tags": "vip"}, won=True)
    with pytest.raises(NaiveTime):
        Sample({}, won=True, decided_at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_fields_can_be_left_out_by_name():
    case = Case({"a": "x", "b": "y"}, "north", ("vip",))

    assert case.without(["b"]) == Case({"a": "x"}, "north", ("vip",))
    assert case.without(["team", "tags"]) == Case({"a": "x", "b": "y"})
