"""A bar chart as SVG, drawn without any library.

Colours of text are inherited, so that it reads on light and on dark pages; labels are escaped.
"""

from html import escape

import attrs

_ROW = 24
_BAR = 16
_TOP = 34
_LABELS = 190
_BARS = 360
_VALUES = 130
_MAX_LABEL = 28
_FILL = "#4c78a8"
_FILL_BELOW_ZERO = "#e45756"


@attrs.frozen
class Bar:
    """One bar.

    Attributes:
        label: What it stands for.
        text: Its number as people read it.
        size: Its number; None for no answer, which gets no bar.
    """

    label: str
    text: str
    size: float | None


@attrs.frozen(kw_only=True, repr=False)
class BarChart:
    """Horizontal bars, one per row, that a notebook shows by itself.

    Attributes:
        title: What is above them.
        bars: The bars, from top to bottom.
        left_out: How many more there were.
    """

    title: str
    bars: tuple[Bar, ...]
    left_out: int = 0

    @property
    def svg(self) -> str:
        """The picture as an SVG document."""
        low, high = self._range()
        note = f" (and {self.left_out} more)" if self.left_out else ""
        title = escape(self.title + note)
        width, height = _LABELS + _BARS + _VALUES, _TOP + _ROW * len(self.bars) + 6
        drawn = "".join(_drawn(bar, at, low, high) for at, bar in enumerate(self.bars))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" fill="currentColor" '
            f'font-family="system-ui, sans-serif" font-size="12"><title>{title}</title>'
            f'<text x="0" y="18" font-size="14" font-weight="600">{title}</text>{drawn}</svg>'
        )

    def _range(self) -> tuple[float, float]:
        sizes = [bar.size for bar in self.bars if bar.size is not None]
        return min(0.0, *sizes, 0.0), max(0.0, *sizes, 0.0)

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_html_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<BarChart {self.title!r}, {len(self.bars)} bars>"


def _drawn(bar: Bar, at: int, low: float, high: float) -> str:
    top = _TOP + _ROW * at
    baseline = top + _BAR - 4
    label = bar.label if len(bar.label) <= _MAX_LABEL else bar.label[: _MAX_LABEL - 1] + "…"
    size = bar.size or 0.0
    span = (high - low) or 1.0
    left = _LABELS + _BARS * (min(size, 0.0) - low) / span
    length = _BARS * abs(size) / span
    fill = _FILL if size >= 0 else _FILL_BELOW_ZERO
    hint = f"<title>{escape(bar.label)}: {escape(bar.text)}</title>"
    return (
        f'<g>{hint}<text x="{_LABELS - 8}" y="{baseline}" text-anchor="end">{escape(label)}</text>'
        f'<rect x="{left:.1f}" y="{top}" width="{length:.1f}" height="{_BAR}" fill="{fill}"/>'
        f'<text x="{left + length + 6:.1f}" y="{baseline}">{escape(bar.text)}</text></g>'
    )
