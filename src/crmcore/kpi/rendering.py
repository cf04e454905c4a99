"""Tables of short texts, as plain text and as HTML.

Nothing is computed here. Whatever the cells hold is escaped.
"""

from collections.abc import Sequence
from html import escape

import attrs


@attrs.frozen(kw_only=True)
class Sheet:
    """A table ready to be shown.

    Attributes:
        caption: What stands above it.
        head: The names of the columns.
        body: The lines.
        texts: How many columns, from the left, hold texts; the others hold numbers.
        note: What stands below it, if anything.
    """

    caption: str
    head: Sequence[str]
    body: Sequence[Sequence[str]]
    texts: int
    note: str = ""

    def text(self) -> str:
        """The table in aligned columns, numbers to the right."""
        table = (self.head, *self.body)
        widths = [max(len(line[at]) for line in table) for at in range(len(self.head))]
        lines = [self._line(line, widths) for line in table]
        return "\n".join([self.caption, *lines, *([self.note] if self.note else [])])

    def _line(self, line: Sequence[str], widths: Sequence[int]) -> str:
        cells = (
            cell.ljust(width) if at < self.texts else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        return "  ".join(cells).rstrip()

    def html(self) -> str:
        """The table as HTML, without colours of its own."""
        heads = "".join(f"<th>{escape(name)}</th>" for name in self.head)
        lines = "".join(f"<tr>{self._html_cells(line)}</tr>" for line in self.body)
        caption = f"<caption>{escape(self.caption)}</caption>"
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return (
            f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>{note}"
        )

    def _html_cells(self, line: Sequence[str]) -> str:
        heads = "".join(f"<th>{escape(cell)}</th>" for cell in line[: self.texts])
        number = '<td style="text-align:right">'
        return heads + "".join(f"{number}{escape(cell)}</td>" for cell in line[self.texts :])
