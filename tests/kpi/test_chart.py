from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from crmcore.kpi import Bar, BarChart

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=40)
SIZES = st.none() | st.floats(-1e15, 1e15)
BARS = st.lists(st.builds(Bar, TEXTS, TEXTS, SIZES), max_size=8)


def drawn(chart):
    return ET.fromstring(chart.svg)  # noqa: S314 - our own document


@given(BARS, TEXTS)
def test_whatever_the_labels_the_picture_is_well_formed(bars, title):
    root = drawn(BarChart(title=title, bars=tuple(bars)))

    hints = [group.find(f"{SVG}title").text or "" for group in root.iter(f"{SVG}g")]
    assert hints == [f"{bar.label}: {bar.text}" for bar in bars]


@given(BARS)
def test_every_bar_stays_inside_and_none_is_shorter_than_a_smaller_one(bars):
    root = drawn(BarChart(title="t", bars=tuple(bars)))

    boxes = [(float(r.get("x")), float(r.get("width"))) for r in root.iter(f"{SVG}rect")]
    assert all(x >= 190 and x + width <= 550.2 for x, width in boxes)
    sized = sorted(
        (abs(bar.size or 0.0), width) for bar, (_, width) in zip(bars, boxes, strict=True)
    )
    assert [width for _, width in sized] == sorted(width for _, width in sized)


def test_no_answer_has_no_bar():
    root = drawn(BarChart(title="t", bars=(Bar("a", "1", 1.0), Bar("b", "–", None))))  # noqa: RUF001

    assert [rect.get("width") for rect in root.iter(f"{SVG}rect")] == ["360.0", "0.0"]


def test_long_labels_are_cut_and_kept_in_the_hint():
    label = "x" * 50

    svg = BarChart(title="t", bars=(Bar(label, "1", 1.0),)).svg

    assert f">{'x' * 27}…<" in svg
    assert f"<title>{label}: 1</title>" in svg


def test_text_takes_the_colour_of_the_page():
    chart = BarChart(title="Win rate", bars=(), left_out=4)

    assert 'fill="currentColor"' in chart.svg
    assert "Win rate (and 4 more)" in chart.svg


def test_a_notebook_shows_the_picture_by_itself():
    chart = BarChart(title="Win rate", bars=())

    assert chart._repr_svg_() == chart._repr_html_() == chart.svg
    assert repr(chart) == "<BarChart 'Win rate', 0 bars>"
