"""Tables for people to look at in a notebook: escaped, and never longer than somebody reads.

What is in a table is decided where its numbers are; here it only becomes HTML.
"""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice

SHOWN = 100
"""So many rows a table shows at most."""


def html_table(
    caption: str,
    head: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    foot: Sequence[object] = (),
    shown: int = SHOWN,
) -> str:
    """A table as HTML, every text escaped; what is beyond ``shown`` rows is only said.

    Args:
        caption: What the table is about.
        head: The names of the columns; empty for none.
        rows: The rows, as many cells each as there are columns.
        foot: The last row, such as sums; empty for none.
        shown: How many rows are shown at most.
    """
    whole = iter(rows)
    body = "".join(f"<tr>{_cells('td', row)}</tr>" for row in islice(whole, shown))
    left = sum(1 for _ in whole)
    more = f"<tr><td colspan='{max(len(head), 1)}'>… and {left:,} more</td></tr>" if left else ""
    heading = f"<thead><tr>{_cells('th', head)}</tr></thead>" if head else ""
    footing = f"<tfoot><tr>{_cells('th', foot)}</tr></tfoot>" if foot else ""
    return (
        f"<table><caption>{escape(caption)}</caption>{heading}"
        f"<tbody>{body}{more}</tbody>{footing}</table>"
    )


def _cells(tag: str, cells: Sequence[object]) -> str:
    return "".join(f"<{tag}>{escape('' if cell is None else str(cell))}</{tag}>" for cell in cells)
