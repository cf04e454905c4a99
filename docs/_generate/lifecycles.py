"""The page of lifecycles: for each table a picture, its moves with their guards, and Mermaid text.

The picture is drawn here as SVG, because the usual extension for Mermaid fetches its renderer from
the network when the page is looked at.
"""

import importlib
from collections import defaultdict
from html import escape
from typing import Any

import attrs

from _generate.api import doors
from crmcore.contacts import ENTRY_GUARDS
from crmcore.grammar import Guard, Lifecycle
from crmcore.teams import JOIN_GUARDS

ROW, BOX, TALL, REACH, LETTER = 58, 118, 30, 104, 7.0


def tables() -> dict[str, Lifecycle[Any, Any]]:
    """Every lifecycle that a room offers, by its name."""
    found: dict[str, Lifecycle[Any, Any]] = {}
    for door in doors():
        for value in vars(importlib.import_module(door)).values():
            if isinstance(value, Lifecycle):
                found[value.name] = value
    return dict(sorted(found.items()))


def page() -> str:
    """The text of the page."""
    parts = [_section(table) for table in tables().values()]
    entries = [
        (f"begin the role {role.value}", guard)
        for role, guards in ENTRY_GUARDS.items()
        for guard in guards
    ]
    entries += [("join a team", guard) for guard in JOIN_GUARDS]
    rows = "\n".join(f"| {what} | `{guard.name}` | {guard.reason} |" for what, guard in entries)
    head = "## What must hold to begin\n\n| To … | guard | refused with |\n|---|---|---|"
    return "\n\n".join([*parts, f"{head}\n{rows}\n"])


def _section(table: Lifecycle[Any, Any]) -> str:
    return "\n\n".join(
        (
            f"## {table.name[0].upper()}{table.name[1:]}",
            f"```{{raw}} html\n{drawn(table)}\n```",
            f"| action | from | to | only if |\n|---|---|---|---|\n{_rows(table)}",
            f"<details><summary>As Mermaid text</summary>\n\n```text\n{table.mermaid()}\n```\n\n</details>",
        )
    )


def _rows(table: Lifecycle[Any, Any]) -> str:
    rows = (
        (
            f"`{row.action}`",
            ", ".join(state.value for state in table.states if state in row.sources),
            row.target.value,
            "; ".join(map(_guard, row.guards)),
        )
        for row in table.moves
    )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _guard(guard: Guard[Any]) -> str:
    return f"`{guard.name}` (else: {guard.reason})"


# --- the picture: states from top to bottom, moves down on the right, moves up on the left ----------


@attrs.frozen
class _Arrow:
    source: int
    target: int
    label: str

    @property
    def span(self) -> int:
        return abs(self.source - self.target)


def drawn(table: Lifecycle[Any, Any]) -> str:
    """The table as an SVG picture in the colours of the page around it."""
    places = {state: at for at, state in enumerate(table.states)}
    labels: dict[tuple[int, int], list[str]] = defaultdict(list)
    for row in table.moves:
        for source in sorted(row.sources, key=places.__getitem__):
            labels[places[source], places[row.target]].append(row.action)
    arrows = [_Arrow(*ends, ", ".join(names)) for ends, names in labels.items()]
    up = [arrow for arrow in arrows if arrow.target < arrow.source]
    down = [arrow for arrow in arrows if arrow.target >= arrow.source]
    reach = max(REACH, _reach(up), _reach(down))
    left, right = _room(up, reach), _room(down, reach)
    width, height = left + BOX + right, ROW * len(places)
    shapes = [_state(table, state, at, left) for state, at in places.items()]
    shapes += [_arrow(arrow, left, reach) for arrow in arrows]
    return (
        f'<svg viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}" role="img" '
        'fill="none" stroke="currentColor" font-family="inherit" font-size="13" '
        'style="max-width:100%;height:auto">'
        f"<title>Lifecycle {escape(table.name)}</title>{_HEAD}{''.join(shapes)}</svg>"
    )


_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="currentColor" stroke="none"/>'
    "</marker></defs>"
)


def _reach(arrows: list[_Arrow]) -> float:
    """How far an arrow reaches per state it passes, so that no label runs into the next arrow."""
    longest = max((arrow.span for arrow in arrows), default=0)
    inner = [len(arrow.label) for arrow in arrows if 0 < arrow.span < longest]
    return (LETTER * max(inner, default=0) + 12) / 0.568


def _room(arrows: list[_Arrow], reach: float) -> float:
    needed = (arrow.span * reach * 0.75 + 14 + LETTER * len(arrow.label) for arrow in arrows)
    return max(needed, default=0) + 8


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" stroke="none" fill="currentColor" '
        f'dominant-baseline="central">{escape(text)}</text>'
    )


def _state(table: Lifecycle[Any, Any], state: Any, at: int, left: float) -> str:
    y = ROW * at + (ROW - TALL) / 2
    strong = 2.5 if state in table.initial else 1
    inner = ""
    if state in table.final:
        inner = _box(left + 3, y + 3, BOX - 6, TALL - 6, 1)
    box = _box(left, y, BOX, TALL, strong)
    return box + inner + _text(left + BOX / 2, ROW * (at + 0.5), state.value, "middle")


def _box(x: float, y: float, wide: float, tall: float, strong: float) -> str:
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{wide:.0f}" height="{tall:.0f}" rx="7" '
        f'stroke-width="{strong}"/>'
    )


def _arrow(arrow: _Arrow, left: float, reach: float) -> str:
    from_y, to_y = (ROW * (at + 0.5) for at in (arrow.source, arrow.target))
    if arrow.span == 0:
        return _text(left + BOX + 8, from_y, f"↻ {arrow.label}", "start")
    side, edge, anchor = (1, left + BOX, "start") if to_y > from_y else (-1, left, "end")
    far = edge + side * arrow.span * reach
    # Arrows of one state leave a little apart from each other.
    from_y, to_y = from_y + 4 * side, to_y - 4 * side
    curve = f"M{edge:.0f} {from_y:.0f}C{far:.0f} {from_y:.0f} {far:.0f} {to_y:.0f} {edge:.0f} {to_y:.0f}"
    apex = edge + side * (arrow.span * reach * 0.75 + 6)
    label = _text(apex, (from_y + to_y) / 2, arrow.label, anchor)
    return f'<path d="{curve}" marker-end="url(#head)"/>{label}'
