from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.demo.markup import document, element, joined, stylesheet

words = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"))


class Reading(HTMLParser):
    """Keeps what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.words += data


def read(source: str) -> Reading:
    reading = Reading()
    reading.feed(source)
    reading.close()
    return reading


@given(words, words)
def test_whatever_a_text_is_it_stays_text(inside: str, attribute: str):
    reading = read(str(element("p", inside, title=attribute)))

    assert reading.tags == ["p"]
    assert reading.words == inside
    assert reading.attributes == {"title": attribute}


@given(st.floats(-1e6, 1e6))
def test_numbers_in_attributes_are_short_and_plain(number: float):
    written = read(str(element("rect", x=number))).attributes["x"]

    assert written is not None
    assert float(written) == pytest.approx(number, abs=0.0006)
    assert "e" not in written


def test_attributes_are_named_as_in_html():
    made = element("td", class_="a", aria_hidden="true", colspan=2, title=None)

    assert str(made) == '<td class="a" aria-hidden="true" colspan="2"></td>'


def test_parts_are_joined_and_nothing_is_left_out_but_none():
    assert str(joined(["a<", None, element("b", "c")])) == "a&lt;<b>c</b>"


def test_void_elements_have_no_end():
    assert str(element("meta", charset="utf-8")) == '<meta charset="utf-8">'


def test_a_style_sheet_cannot_end_its_element():
    assert str(stylesheet("a > b {}")) == "<style>a > b {}</style>"
    with pytest.raises(ValueError, match="</style>"):
        stylesheet("</style><script>")


def test_a_document_says_its_language():
    page = document(element("head"), element("body"))

    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert read(page).tags == ["html", "head", "body"]
