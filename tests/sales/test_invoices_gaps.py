"""Which numbers are missing in a list from elsewhere."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, WrongType
from crmcore.sales import gap_report
from crmcore.values import NumberPattern

from .documents import TODAY

PATTERN = NumberPattern("RE-{YYYY}-{seq:05}")


def legacy():
    """A list of two years, as another system exports it, with three holes."""
    rows = [f"RE-2024-{each:05}" for each in range(400, 1_000) if each not in {417, 500, 501, 502}]
    rows += [f"RE-2025-{each:05}" for each in range(1, 800) if each not in {33, 799}]
    text = "number;net\n" + "".join(f" {row} ;1.00\n" for row in reversed(rows))
    return [row["number"] for row in csv.DictReader(io.StringIO(text), delimiter=";")]


def test_a_legacy_series_with_three_gaps_has_exactly_three():
    report = gap_report(legacy(), PATTERN)

    assert [each.numbers for each in report.gaps] == [
        "RE-2024-00417",
        "RE-2024-00500 to RE-2024-00502",
        "RE-2025-00033",
    ]
    assert (report.missing, report.repeated, report.foreign, bool(report)) == (5, (), (), False)
    assert report.explain().splitlines() == [
        "1,393 numbers, 3 gaps, 5 missing",
        "missing: RE-2024-00417 (1)",
        "missing: RE-2024-00500 to RE-2024-00502 (3)",
        "missing: RE-2025-00033 (1)",
    ]
    assert "RE-2025-00033" in report._repr_html_()
    assert repr(report) == "<GapReport 1,393 numbers, 3 gaps, 5 missing>"


def test_a_start_makes_the_head_of_the_list_a_gap():
    report = gap_report(["RE-2026-00003"], PATTERN, start=1)

    assert [(gap.first, gap.last) for gap in report.gaps] == [(1, 2)]
    with pytest.raises(InvalidValue):
        gap_report([], PATTERN, start=0)


def test_a_counter_that_never_restarts_runs_through_all_periods():
    numbers = ["RE-2025-00009", "RE-2026-00010", "RE-2026-00012"]

    assert [gap.numbers for gap in gap_report(numbers, PATTERN, restarts=False).gaps] == ["11"]


def test_what_comes_twice_and_what_is_no_number_is_told():
    report = gap_report(["RE-2026-00001", "RE-2026-00001", "INV-1", "RE-2026-1", ""], PATTERN)

    assert report.repeated == ("RE-2026-00001",)
    assert report.foreign == ("INV-1", "RE-2026-1")
    assert not report
    assert "not of this series: 'INV-1'" in report.explain()


def test_a_list_without_holes_is_clean():
    assert gap_report([], PATTERN)
    assert gap_report([f"RE-2026-{each:05}" for each in range(1, 50)], PATTERN)


def test_what_is_no_text_is_refused():
    with pytest.raises(WrongType, match=r"numbers\[1\]"):
        gap_report(["RE-2026-00001", 2], PATTERN)


@given(st.sets(st.integers(1, 60), min_size=1), st.sampled_from(["R{seq}", "R-{YY}{MM}-{seq:02}"]))
def test_gaps_and_numbers_make_up_the_whole_range(there, text):
    pattern = NumberPattern(text)
    report = gap_report((pattern.render(each, TODAY) for each in there), pattern)

    missing = {each for gap in report.gaps for each in range(gap.first, gap.last + 1)}
    assert missing | there == set(range(min(there), max(there) + 1))
    assert not missing & there
    assert report.missing == len(missing)
