"""Which numbers of a series are missing, or out of the order of time."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.documents import TODAY

from crmcore.errors import InvalidValue, WrongType
from crmcore.sales import gap_report
from crmcore.sales.invoices import joined, period_report
from crmcore.values import NumberPattern

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


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        (2, r"numbers\[1\]"),
        (("RE-2026-00002",), r"numbers\[1\]"),
        ((2, date(2026, 1, 1)), r"numbers\[1\]"),
        (("RE-2026-00002", "2026-01-01"), r"numbers\[1\]\[1\]"),
        (("RE-2026-00002", datetime(2026, 1, 1, tzinfo=UTC)), r"numbers\[1\]\[1\]"),
    ],
)
def test_what_is_no_number_with_or_without_a_day_is_refused(wrong, path):
    with pytest.raises(WrongType, match=path):
        gap_report(["RE-2026-00001", wrong], PATTERN)


@given(st.sets(st.integers(1, 60), min_size=1), st.sampled_from(["R{seq}", "R-{YY}{MM}-{seq:02}"]))
def test_gaps_and_numbers_make_up_the_whole_range(there, text):
    pattern = NumberPattern(text)
    report = gap_report((pattern.render(each, TODAY) for each in there), pattern)

    missing = {each for gap in report.gaps for each in range(gap.first, gap.last + 1)}
    assert missing | there == set(range(min(there), max(there) + 1))
    assert not missing & there
    assert report.missing == len(missing)


def test_a_day_before_that_of_a_lower_number_is_out_of_order():
    days = {1: 5, 2: 9, 3: 7, 4: 9, 5: 8, 7: 10}
    dated = [(f"RE-2026-{each:05}", date(2026, 3, day)) for each, day in reversed(days.items())]

    report = gap_report([*dated, "RE-2026-00008"], PATTERN)

    assert [(each.sequence, each.behind) for each in report.disorder] == [(3, 2), (5, 4)]
    assert not report
    assert report.explain().splitlines() == [
        "7 numbers, 1 gaps, 1 missing, 2 out of order",
        "missing: RE-2026-00006 (1)",
        "out of order: RE-2026-00003 of 2026-03-07, after RE-2026-00002 of 2026-03-09",
        "out of order: RE-2026-00005 of 2026-03-08, after RE-2026-00004 of 2026-03-09",
    ]
    page = report._repr_html_()
    assert "of 2026-03-07, after RE-2026-00002 of 2026-03-09" in page
    assert repr(report) == "<GapReport 7 numbers, 1 gaps, 1 missing, 2 out of order>"


def test_everything_that_is_odd_is_in_the_table_too():
    page = gap_report(["RE-2026-00001", "RE-2026-00001", "INV-1"], PATTERN)._repr_html_()

    assert "twice" in page
    assert "not of this series" in page


def test_each_period_has_an_order_of_its_own():
    # A later period with an earlier day: such as a financial year that was put wrong.
    dated = [("RE-2025-00001", date(2026, 1, 2)), ("RE-2026-00001", date(2026, 1, 1))]

    (odd,) = gap_report([*dated, ("RE-2026-00002", date(2025, 12, 31))], PATTERN).disorder

    assert gap_report(dated, PATTERN)
    assert (odd.number, odd.behind_on) == ("RE-2026-00002", date(2026, 1, 1))


@given(st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=12))
def test_what_is_out_of_order_is_what_lies_before_the_latest_day_so_far(days):
    dated = [
        (place, None if day is None else TODAY + timedelta(days=day))
        for place, day in enumerate(days, start=1)
    ]

    report = period_report(iter(dated), series="invoice", period="2026")

    latest = accumulate((-1 if day is None else day for day in days), max)
    wanted = [
        place
        for place, (day, most) in enumerate(zip(days, latest, strict=True), start=1)
        if day is not None and day < most
    ]
    assert [each.sequence for each in report.disorder] == wanted
    assert (report.examined, report.gaps) == (len(days), ())
    assert bool(report) is (not wanted)
    for each in report.disorder:
        assert each.on < each.behind_on == dated[each.behind - 1][1]
        assert str(each).startswith(f"invoice 2026 {each.sequence} of ")


def test_several_reports_are_told_in_one():
    one = period_report([(2, TODAY), (3, TODAY - timedelta(days=1))])

    both = joined([one, one, gap_report(["x", "R1", "R1"], NumberPattern("R{seq}"))])

    assert (both.examined, both.missing, len(both.disorder)) == (7, 2, 2)
    assert (both.repeated, both.foreign) == (("R1",), ("x",))
    assert joined([])


def test_one_text_is_no_list_of_numbers():
    with pytest.raises(WrongType, match="numbers: expected a list of numbers, got one text"):
        gap_report("RE-2025-0001", PATTERN)
