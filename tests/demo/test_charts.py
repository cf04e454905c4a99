import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.demo.charts import Column, bar, columns

sizes = st.floats(0, 1e9, allow_subnormal=False)


def column(size: float, name: str = "Jan") -> Column:
    return Column(name=name, below="", size=size, shown="7", hint="h", is_major=True)


def heights(svg: str) -> list[float]:
    return [float(each) for each in re.findall(r'<rect[^>]* height="([\d.]+)"', svg)]


def labels(svg: str) -> list[float]:
    found = re.findall(r'class="tick"[^>]*>([\d,.]+)<', svg)
    return [float(each.replace(",", "")) for each in found]


@given(st.floats(-2, 3))
def test_a_bar_never_leaves_its_place(part: float):
    (width,) = re.findall(r'width="([\d.]+)%"', str(bar(part)))

    assert 0 <= float(width) <= 100


@given(st.floats(0, 1))
def test_a_mark_stands_where_it_should(part: float):
    (at,) = re.findall(r'x1="([\d.]+)%"', str(bar(0.5, mark=part)))

    assert float(at) == pytest.approx(100 * part, abs=0.006)


@given(st.lists(sizes, min_size=1, max_size=60))
def test_columns_are_as_high_as_their_numbers(many: list[float]):
    drawn = heights(str(columns("t", "d", [column(size) for size in many])))

    assert len(drawn) == len(many)
    assert max(drawn) <= 190
    for one, high in zip(many, drawn, strict=True):
        assert high == pytest.approx(max(drawn) * one / (max(many) or 1), abs=0.01)


@given(st.floats(0.001, 1e12))
def test_the_axis_has_few_lines_and_reaches_beyond_the_highest(most: float):
    svg = str(columns("t", "d", [column(most)]))
    lines = svg.count('class="grid"')

    assert 2 <= lines <= 5
    assert 190 * 0.6 <= heights(svg)[0] <= 190


def test_lines_are_at_round_numbers():
    assert labels(str(columns("t", "d", [column(138.3)]))) == [50, 100, 150]
    assert labels(str(columns("t", "d", [column(1340)]))) == [500, 1000, 1500]
    assert labels(str(columns("t", "d", [column(0.9)]))) == [0.2, 0.4, 0.6, 0.8, 1.0]


def test_a_picture_says_what_it_is():
    svg = str(columns("Revenue", "By month.", [column(3)]))

    assert 'role="img"' in svg
    assert 'aria-label="Revenue. By month."' in svg
    assert "<title>Revenue</title><desc>By month.</desc>" in svg


def test_nothing_can_be_drawn_too():
    assert heights(str(columns("t", "d", []))) == []
    assert heights(str(columns("t", "d", [column(0)]))) == [0]


def test_only_the_highest_column_stands_out():
    svg = str(columns("t", "d", [column(1), column(5), column(5)]))

    assert svg.count("bar strong") == 1
    assert svg.count("value peak") == 1


def test_a_bar_is_not_read_aloud():
    assert 'aria-hidden="true"' in str(bar(0.3))
