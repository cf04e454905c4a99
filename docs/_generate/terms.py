"""The table of the terms of EN 16931: where each stands in the model, by its number."""

import inspect
import re
from collections.abc import Iterator

import attrs

from _generate.tables import table
from crmcore import einvoice

FIELD = re.compile(r"^    (\w+): (.+?)(?=^    \w+: |\Z)", re.MULTILINE | re.DOTALL)
TERM = re.compile(r"\b(?:BT|BG)-\d+(?:-\d+)?\b")


def page() -> str:
    """One row per term or group and the field that holds it."""
    rows = sorted(set(_rows()), key=lambda row: (_order(row[0]), row[1]))
    return table(("term", "field", "what it is"), iter(rows)) + "\n"


def _rows() -> Iterator[tuple[str, str, str]]:
    for name in einvoice.__all__:
        cls = getattr(einvoice, name)
        if not (attrs.has(cls) and cls.__module__.endswith((".model", ".lines", ".parties"))):
            continue
        _, _, fields = (inspect.getdoc(cls) or "").partition("Attributes:\n")
        for field, text in FIELD.findall(fields):
            told = " ".join(text.split())
            plain = re.sub(r"\s*\((?=BT|BG)[^)]*\)", "", told).rstrip(".")
            yield from ((term, f"`{name}.{field}`", plain) for term in TERM.findall(told))


def _order(term: str) -> tuple[str, tuple[int, ...]]:
    kind, *numbers = term.split("-")
    return kind, tuple(map(int, numbers))
