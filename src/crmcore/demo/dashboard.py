"""The dashboard: one page that needs nothing else, neither a network nor a script.

It lays out what ``headline``, ``sheets`` and ``story`` hold. The browser is told to load nothing and
to accept no style but the sheet on the page.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from importlib.resources import files

import attrs

from crmcore.demo.blocks import Block, bars, calendar, months, story_blocks, table
from crmcore.demo.headline import KeyFigure
from crmcore.demo.markup import Markup, document, element, joined, stylesheet
from crmcore.demo.sheets import Sheet
from crmcore.demo.story import Story

GENERATOR = "crmcore demo"
"""How the page says who wrote it."""

_FEW = 16
_SIDES = ("wide", "side")


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
    left, right = story_blocks(page.story, page.aside)
    share = "The line marks the win rate over all."
    rates = ("managers", "products", "sectors")
    # Few owners leave room below them.
    beside = rates[1:2] if "owners" in s and len(s["owners"].rows) <= _FEW else ()
    return element(
        "main",
        _section(_block(s, "funnel", bars), _block(s, "conversion", bars)),
        _section(
            joined((_block(s, "months", months), _block(s, "quarters", table))),
            _block(s, "months", calendar),
        ),
        _section(_block(s, "pipeline", bars), _block(s, "cycle", table)),
        _section(
            joined(
                (
                    _block(s, "owners", lambda sheet: bars(sheet, mark=-1, key=share)),
                    *(_block(s, name, bars) for name in beside),
                )
            ),
            joined(_block(s, name, table) for name in rates if name not in beside),
        ),
        _section(_block(s, "first responses", _times), _block(s, "resolutions", _times)),
        _section(left, right),
    )


def _times(sheet: Sheet) -> Markup:
    return bars(sheet, mark=1, key="The bar is the median, the line the mean.")


def _block(sheets: Mapping[str, Sheet], name: str, made: Block) -> Markup:
    return made(sheets[name]) if name in sheets else joined(())


def _section(left: Markup, right: Markup) -> Markup:
    parts = [part for part in (left, right) if part.source]
    if not parts:
        return joined(())
    sides = (element("div", part, class_=name) for part, name in zip(parts, _SIDES, strict=False))
    return element("section", *sides, class_="pair" if len(parts) > 1 else None)


def _footer() -> Markup:
    return element(
        "footer",
        element(
            "p",
            "Every figure with its numerator and denominator is in ",
            element("code", "kpis.json"),
            ", what it rests on in ",
            element("code", "crm.db"),
            "; both lie beside this page. Made by ",
            element("code", "python -m crmcore.demo"),
            ".",
        ),
    )
