import re
from html.parser import HTMLParser

import attrs
import pytest

import crmcore
from crmcore import Crm, F
from crmcore.demo import company
from crmcore.demo.dashboard import Page, html
from crmcore.demo.figures import collect
from crmcore.demo.headline import key_figures
from crmcore.demo.sheets import sheets
from crmcore.demo.showcase import CUSTOMER, showcase
from crmcore.demo.story import tell
from crmcore.values import CountedIds

HOSTILE = "</td></table><script>alert('1')</script><img src=//x.example onerror=\"x\"> & \u202eevil"
VOID = {"meta", "link", "br"}
OTHERS = ("team manager", "sector")


class Checked(HTMLParser):
    """Reads a page and keeps what matters; elements must be closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(crm: Crm, **words: str) -> Page:
    figures = collect(crm)
    return Page(
        kicker=words.get("kicker", "A"),
        title=words.get("title", "B"),
        deck=words.get("deck", "C"),
        overview=key_figures(figures),
        sheets=sheets(figures, crm.settings.pipeline(None)),
        story=tell(crm, words.get("customer", CUSTOMER)),
        aside=words.get("aside", ""),
    )


def lived(leads: int) -> Crm:
    at = company.clock()
    crm = crmcore.open("memory://", clock=at, ids=CountedIds(1), settings=company.SETTINGS)
    company.live(crm, at, lambda done, total: None, leads=leads, extras=(showcase,))
    return crm


@pytest.fixture(scope="module")
def source() -> str:
    return html(page_of(lived(80)))


@pytest.fixture(scope="module")
def page(source: str) -> Checked:
    return Checked(source)


def test_the_page_needs_nothing_from_elsewhere(source: str, page: Checked) -> None:
    references = {"src", "href", "srcset", "action", "data", "poster", "xlink:href"}

    assert not [each for _, each in page.elements if references & set(each)]
    assert "//" not in source
    assert "url(" not in source
    assert "@import" not in source


def test_nothing_on_the_page_can_run(page: Checked) -> None:
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "iframe", "object", "embed"})
    assert not [name for _, each in page.elements for name in each if name.startswith("on")]


def test_the_page_forbids_everything_but_its_own_style_sheet(source: str, page: Checked) -> None:
    (policy,) = [each["content"] for each in page.all("meta") if "http-equiv" in each]

    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert source.count("<style>") == 1
    assert not [each for _, each in page.elements if "style" in each]


def test_the_page_fits_a_phone_and_both_colour_schemes(source: str, page: Checked) -> None:
    named = {each["name"]: each["content"] for each in page.all("meta") if "name" in each}

    assert named["viewport"] == "width=device-width, initial-scale=1"
    assert named["color-scheme"] == "light dark"
    assert "prefers-color-scheme: dark" in source
    assert "@media print" in source


def test_the_page_can_be_listened_to(page: Checked) -> None:
    pictures = page.all("svg")

    assert page.all("html")[0]["lang"] == "en"
    assert all(
        each.get("aria-hidden") == "true" or (each["role"] == "img" and each["aria-label"])
        for each in pictures
    )
    assert all(each["aria-label"] for each in page.all("table"))
    assert all(each["scope"] in {"row", "col"} for each in page.all("th"))
    assert [tag for tag, _ in page.elements if tag in {"h1", "main", "header", "footer"}] == [
        "header",
        "h1",
        "main",
        "footer",
    ]


def test_every_chart_has_its_numbers_and_says_what_it_counts(source: str, page: Checked) -> None:
    for title in (
        "From lead to won deal",
        "Pipeline by stage",
        "Won revenue by month, in thousand EUR",
        "Win rate by owner",
        "First response, in hours",
    ):
        assert title in page.words
        figure = source.split(f"<h2>{title}</h2>")[1].split("</figure>", maxsplit=1)[0]
        assert "<svg" in figure
        assert "<figcaption>" in figure
        assert len(re.findall(r"<td>[\d,.%–]+</td>|class=\"value", figure)) > 3  # noqa: RUF001


def test_hostile_names_stay_names() -> None:
    crm = lived(80)
    figures = collect(crm)
    owner = figures["win_rate"].groups["owner"][0].row.key[0]
    customer = crm.contacts.find(F.name == CUSTOMER).one()
    crm.contacts.update(owner, name=f"{HOSTILE}!")
    crm.contacts.update(customer.id, name=HOSTILE)

    made = html(page_of(crm, customer=HOSTILE, kicker=HOSTILE, title=HOSTILE, aside=HOSTILE))
    checked = Checked(made)

    assert not checked.all("script")
    assert not checked.all("img")
    assert "".join(checked.words).count(HOSTILE) >= 5


def test_a_crm_with_hardly_anything_has_a_page_too() -> None:
    page = Checked(html(page_of(lived(0))))

    assert "Won revenue by month, in thousand EUR" in page.words
    assert "Lead conversion by source" in page.words


def test_few_owners_leave_room_for_products_and_many_do_not() -> None:
    few = page_of(lived(80))
    owners = attrs.evolve(few.sheets["owners"], rows=few.sheets["owners"].rows * 9)
    many = attrs.evolve(few, sheets={**few.sheets, "owners": owners})

    def titles(page: Page) -> list[str]:
        return [word for word in Checked(html(page)).words if word.startswith("Win rate by")]

    assert titles(few) == [f"Win rate by {each}" for each in ("owner", "product", *OTHERS)]
    assert titles(many)[1:] == [
        f"Win rate by {each}" for each in ("team manager", "product", "sector")
    ]
