"""The dashboard: one page that needs nothing else, neither a network nor a script.

It lays out what ``headline``, ``sheets`` and ``story`` hold. The browser is told to load nothing and
to accept no style but the sheet on the page.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from importlib.resources import files

import attrs

from crmcore.demo.blocks import bars, months, story_blocks, table
from crmcore.demo.headline import KeyFigure
from crmcore.demo.markup import Markup, document, element, joined, stylesheet
from crmcore.demo.sheets import Sheet
from crmcore.demo.story import Story

GENERATOR = "crmcore demo"
"""How the page says who wrote it."""


@attrs.frozen(kw_only=True)
class Page:
    """What is on the page.

    Attributes:
        kicker: Whose figures, above the title.
        title: The title.
        deck: A sentence or two below it.
        overview: The key figures.
        sheets: The tables by name; those that are not there are not shown.
        story: The story of one customer.
        aside: What else is to say about the story.
    """

    kicker: str
    title: str
    deck: str
    overview: tuple[KeyFigure, ...]
    sheets: Mapping[str, Sheet]
    story: Story
    aside: str = ""


def html(page: Page) -> str:
    """The page as one file."""
    css = files("crmcore.demo").joinpath("dashboard.css").read_text(encoding="utf-8")
    digest = b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="generator", content=GENERATOR),
        element("title", f"{page.title} · {page.kicker}"),
        stylesheet(css),
    )
    return document(head, element("body", _header(page), _main(page), _footer()))


def _header(page: Page) -> Markup:
    return element(
        "header",
        element("p", page.kicker, class_="kicker"),
        element("h1", page.title),
        element("p", page.deck, class_="deck"),
        element("dl", *(_key_figure(each) for each in page.overview), class_="overview"),
    )


def _key_figure(figure: KeyFigure) -> Markup:
    unit = element("small", figure.unit) if figure.unit else None
    return element(
        "div",
        element("dt", figure.title),
        element("dd", figure.shown, unit, class_="big"),
        element("dd", figure.note, class_="note"),
    )


def _main(page: Page) -> Markup:
    s = page.sheets
    return element(
        "main",
        _section(
            _left(bars(s["funnel"], 0)) if "funnel" in s else None,
            _side(s, ("conversion", bars), ("cycle", table)),
        ),
        _section(
            _left(months(s["months"])) if "months" in s else None,
            _side(s, ("quarters", table), ("pipeline", table)),
        ),
    )
