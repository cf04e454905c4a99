"""What the demo prints: sheets, key figures and the story as plain text of a terminal's width."""

from collections.abc import Iterable, Sequence

from crmcore.demo.headline import KeyFigure
from crmcore.demo.sheets import Sheet
from crmcore.demo.story import Story
from crmcore.demo.wording import cell_text, day_text

_MAX_ROWS = 40
_MAX_LABEL = 34
_MAX_DETAIL = 58


def heading(text: str) -> str:
    """A title with a line below it."""
    return f"\n{text}\n{'─' * len(text)}"


def sheet_text(sheet: Sheet) -> str:
    """The sheet with aligned numbers, its total last."""
    body = [(row.label, *(cell_text(c, cents=True) for c in row.cells)) for row in sheet.rows]
    shown = body[:_MAX_ROWS]
    if sheet.total is not None:
        shown.append((sheet.total.label, *(cell_text(c, cents=True) for c in sheet.total.cells)))
    left_out = len(body) - _MAX_ROWS
    lines = _aligned([(sheet.head, *sheet.columns), *shown])
    if left_out > 0:
        lines.append(f"… and {left_out} more in kpis.json")
    return "\n".join([heading(sheet.title), *lines])


def key_figures_text(figures: Iterable[KeyFigure]) -> str:
    """One line for each: what, how much, and the exact numbers it rests on."""
    rows = [(each.title, f"{each.shown} {each.unit}".strip(), each.exactly) for each in figures]
    widths = [max(len(row[at]) for row in rows) for at in range(2)]
    lines = [
        f"{title:<{widths[0]}}  {shown:>{widths[1]}}  {exactly}".rstrip()
        for title, shown, exactly in rows
    ]
    return "\n".join([heading("Key figures"), *lines])


def story_text(story: Story, aside: str = "") -> str:
    """The story day by day, then what its documents come to, then what was tried on them."""
    steps = [
        (
            day_text(step.at.date()),
            step.what,
            _cut(step.detail, _MAX_DETAIL),
            "" if step.amount is None else str(step.amount),
        )
        for step in story.steps
    ]
    sums = [(label, str(amount)) for label, amount in story.sums]
    lines = [
        *([aside, ""] if aside else []),
        *_aligned(steps, texts=3),
        "",
        *_aligned(sums),
        "",
        *story.proofs,
    ]
    return "\n".join([heading(f"One lead walked through: {story.customer}, {story.deal}"), *lines])


def _aligned(rows: Sequence[Sequence[str]], texts: int = 1) -> list[str]:
    cut = [[_cut(cell, _MAX_LABEL) if at == 0 else cell for at, cell in enumerate(r)] for r in rows]
    widths = [max(len(row[at]) for row in cut) for at in range(len(cut[0]))]
    return [
        "  ".join(
            cell.ljust(width) if at < texts else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cut
    ]


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
