"""Tables of counts and decisions for people: in a terminal, and as HTML in a notebook.

Whatever came from a file is escaped, and only so many rows are shown.
"""

from collections.abc import Iterable, Sequence

from crmcore.importing.decision import Alias, Decision, shown
from crmcore.values import html_table

SHOWN = 20
"""So many rows of each kind are shown."""

Cell = str | int


def text_table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Columns under each other, numbers to the right."""
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def decisions_table(caption: str, decisions: Sequence[Decision]) -> str:
    """The first of some decisions, as HTML; nothing at all when there are none."""
    if not decisions:
        return ""
    rows = (
        (f"{each.file}:{each.line}", each.subject.value, each.key, each.note)
        for each in decisions[:SHOWN]
    )
    head = ("row", "subject", "external id", "note")
    return html_table(f"{caption}: {_some(len(decisions))}", head, rows)


def aliases_table(aliases: Sequence[Alias]) -> str:
    """The first of some aliases, as HTML; nothing at all when there are none."""
    if not aliases:
        return ""
    rows = (
        (each.column, shown(each.written), shown(each.meant), each.rule, each.times)
        for each in aliases[:SHOWN]
    )
    head = ("column", "written", "read as", "rule", "rows")
    return html_table(f"spellings: {_some(len(aliases))}", head, rows)


def _some(number: int) -> str:
    return f"{number}" if number <= SHOWN else f"{number}, the first {SHOWN} of them"
