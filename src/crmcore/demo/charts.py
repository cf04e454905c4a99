"""Two small pictures as SVG: a bar within a row of a table, and columns over time.

Widths are shares of the place they get, letters are not, so one picture suits a wide screen and a
phone. Colours come from the style sheet by class.
"""

from collections.abc import Sequence

import attrs

from crmcore.demo.markup import Markup, element, joined

_BAR = 12
_TOP, _HEIGHT, _FOOT = 22, 190, 40
_LEFT = 9.0
_FEW = 12
_MANY = 40


def bar(part: float, *, mark: float | None = None, is_strong: bool = False) -> Markup:
    """A bar of a part of its place, from 0 to 1, with a mark across it where one is given.

    It repeats what stands beside it in numbers, and so is hidden from those who listen.
    """
    drawn = [
        element(
            "rect",
            class_="bar strong" if is_strong else "bar",
            width=f"{_percent(part)}%",
            height=_BAR,
            y=2,
        )
    ]
    if mark is not None:
        at = f"{_percent(mark)}%"
        drawn.append(element("line", class_="mark", x1=at, x2=at, y1=0, y2=_BAR + 4))
    return element("svg", *drawn, class_="inline", height=_BAR + 4, aria_hidden="true")


@attrs.frozen
class Column:
    """One column.

    Attributes:
        name: What stands below it.
        below: What stands below that; empty for most.
        size: How high it is, in units of the axis.
        shown: The number above it.
        hint: What it says when pointed at.
        is_major: Whether its name is needed where there is little room.
    """

    name: str
    below: str
    size: float
    shown: str
    hint: str
    is_major: bool


def columns(title: str, description: str, drawn: Sequence[Column]) -> Markup:
    """Columns side by side over a common axis, with a grid of few lines.

    Args:
        title: What it is, for those who listen.
        description: What it shows, for them too.
        drawn: The columns, from left to right.
    """
    step, top = _axis(max((each.size for each in drawn), default=0.0))
    lines = [_line(step * at, top) for at in range(round(top / step) + 1)]
    wide = (100 - _LEFT) / max(1, len(drawn))
    peak = max(drawn, key=lambda each: each.size, default=None)
    density = "few" if len(drawn) <= _FEW else "many" if len(drawn) > _MANY else "some"
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        *lines,
        *(
            _column(each, _LEFT + at * wide, wide, top, is_peak=each is peak)
            for at, each in enumerate(drawn)
        ),
        class_=f"columns {density}",
        role="img",
        aria_label=f"{title}. {description}",
        height=_TOP + _HEIGHT + _FOOT,
    )


def _column(each: Column, left: float, wide: float, top: float, *, is_peak: bool) -> Markup:
    high = _HEIGHT * max(0.0, each.size) / top
    middle = f"{_rounded(left + wide / 2)}%"
    parts = [
        element(
            "rect",
            element("title", each.hint),
            class_="bar strong" if is_peak else "bar",
            x=f"{_rounded(left + wide * 0.14)}%",
            width=f"{_rounded(wide * 0.72)}%",
            y=_TOP + _HEIGHT - high,
            height=high,
        )
    ]
    if each.size > 0:
        kind = "value peak" if is_peak else "value"
        parts.append(
            element("text", each.shown, class_=kind, x=middle, y=_TOP + _HEIGHT - high - 5)
        )
    kind = "name major" if each.is_major else "name"
    parts.append(element("text", each.name, class_=kind, x=middle, y=_TOP + _HEIGHT + 16))
    if each.below:
        parts.append(element("text", each.below, class_="year", x=middle, y=_TOP + _HEIGHT + 32))
    return joined(parts)


def _line(value: float, top: float) -> Markup:
    y = _TOP + _HEIGHT - _HEIGHT * value / top
    label = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    return joined(
        (
            element(
                "line",
                class_="axis" if value == 0 else "grid",
                x1="0",
                x2="100%",
                y1=y,
                y2=y,
            ),
            element("text", label, class_="tick", x=0, y=y - 4) if value else None,
        )
    )


def _axis(most: float) -> tuple[float, float]:
    """The step between lines, and the highest line: three or four steps of 1, 2 or 5."""
    if most <= 0:
        return 1.0, 1.0
    power = 1.0
    while power * 10 <= most:
        power *= 10
    while power > most:
        power /= 10
    step = next(size * power for size in (0.2, 0.5, 1, 2, 5) if most <= 5 * size * power)
    lines = 1
    while lines * step < most:
        lines += 1
    return step, lines * step


def _percent(part: float) -> str:
    return _rounded(100 * min(1.0, max(0.0, part)))


def _rounded(number: float) -> str:
    return f"{number:.2f}"
