"""Tables as HTML: escaped, bounded, and complete in what they say."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from crmcore.values import html_table


class Tags(HTMLParser):
    """What a browser would see: the tags, and the texts between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(st.text("<>&'\"ab/!-"), st.lists(st.text("<>&'\"ab/!-", min_size=1), max_size=5))
def test_no_text_becomes_a_tag(caption: str, cells: list[str]) -> None:
    seen = Tags(html_table(caption, ("one",), ([cell] for cell in cells)))

    assert seen.tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert "".join(seen.texts) == f"{caption}one{''.join(cells)}"


def test_what_is_too_long_is_only_counted() -> None:
    html = html_table("numbers", ("n",), ([each] for each in range(1_003)), shown=3)

    assert html.count("<tr><td>") == 3
    assert "… and 1,000 more" in html


def test_a_missing_value_is_an_empty_cell() -> None:
    html = html_table("one", (), [[None]], foot=["sum"])

    assert "<td></td>" in html
    assert "<tfoot><tr><th>sum</th></tr></tfoot>" in html
