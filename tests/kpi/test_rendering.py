from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from crmcore.kpi.rendering import Sheet

CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []
        self.texts = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag in {"th", "td"}:
            self.texts.append("")

    def handle_data(self, data):
        if self.tags[-1] in {"th", "td"}:
            self.texts[-1] += data


def sheet(lines, **fields):
    given = {"caption": "Win rate", "head": ("owner", "Win rate"), "body": lines, "texts": 1}
    return Sheet(**{**given, **fields})


def test_a_table_aligns_texts_left_and_numbers_right():
    table = sheet([("Ada", "66.7%"), ("Bob", "5.0%")], note="… and 3 more")

    assert table.text().splitlines() == [
        "Win rate",
        "owner  Win rate",
        "Ada       66.7%",
        "Bob        5.0%",
        "… and 3 more",
    ]


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5), CELLS)
def test_no_cell_becomes_markup(lines, caption):
    reader = Reader()

    reader.feed(sheet(lines, caption=caption, note="n").html())
    reader.close()

    assert set(reader.tags) <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "p"}
    assert reader.texts == ["owner", "Win rate", *(cell for line in lines for cell in line)]


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_every_line_of_the_text_is_a_line_of_the_table(lines):
    body = [(label.replace("\u2028", "").replace("\u2029", ""), "1") for label, _ in lines]

    assert len(sheet(body).text().split("\n")) == len(body) + 2
