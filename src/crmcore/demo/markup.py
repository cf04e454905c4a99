"""HTML and SVG put together so that nothing can slip in: whatever is not markup is escaped.

One function makes elements; there is no way to write markup as text from data.
"""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

import attrs


@attrs.frozen
class Markup:
    """Finished markup; only this module makes it."""

    source: str

    def __str__(self) -> str:
        return self.source


Inside: TypeAlias = Markup | str | None
"""What may stand within an element; a text is escaped, None is nothing."""

_VOID = frozenset({"meta", "link", "br"})


def element(tag: str, /, *inside: Inside, **attributes: str | float | None) -> Markup:
    """An element.

    Args:
        tag: Its name.
        inside: What stands within it.
        attributes: Its attributes; underscores become dashes, one at the end is dropped, so that
            ``class_`` can be written. None leaves an attribute out.
    """
    written = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{joined(inside).source}</{tag}>")


def joined(parts: Iterable[Inside]) -> Markup:
    """Several parts, one after the other."""
    return Markup("".join(_markup(part) for part in parts))


def stylesheet(css: str) -> Markup:
    """A style element with a sheet of our own, which nothing escapes.

    Raises:
        ValueError: when the sheet would end the element.
    """
    if "</" in css:
        raise ValueError(css)
    return Markup(f"<style>{css}</style>")


def document(head: Markup, body: Markup) -> str:
    """A whole page."""
    return f'<!doctype html>\n<html lang="en">\n{head}\n{body}\n</html>\n'


def _markup(part: Inside) -> str:
    if part is None:
        return ""
    return part.source if isinstance(part, Markup) else escape(part, quote=False)


def _plain(value: str | float) -> str:
    # Three places are a fraction of a pixel, and the same on every machine.
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
