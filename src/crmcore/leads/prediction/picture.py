"""Calibration and lift as SVG, drawn without any library.

Colours of text are inherited, so that it reads on light and on dark pages; labels are escaped.
"""

from html import escape

import attrs

_SIZE = 220
_LEFT = 44
_TOP = 44
_GAP = 76
_FILL = "#4c78a8"
_BASE = "#e45756"
_PERCENT = 100
_RADIUS = 7


@attrs.frozen(kw_only=True, repr=False)
class JudgementChart:
    """Two small pictures beside each other, that a notebook shows by itself.

    Attributes:
        title: What is above them.
        calibration: Per part of the range: mean estimate, share won, and how many leads.
        deciles: The share won per tenth, the most promising first; None for no answer.
        base_rate: The share won among all.
    """

    title: str
    calibration: tuple[tuple[float | None, float | None, int], ...]
    deciles: tuple[float | None, ...]
    base_rate: float | None

    @property
    def svg(self) -> str:
        """The pictures as one SVG document."""
        width, height = 2 * (_LEFT + _SIZE) + _GAP, _TOP + _SIZE + 40
        title = escape(self.title)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" fill="currentColor" '
            f'font-family="system-ui, sans-serif" font-size="12"><title>{title}</title>'
            f'<text x="0" y="18" font-size="14" font-weight="600">{title}</text>'
            f"{self._calibration(_LEFT)}{self._lift(_LEFT * 2 + _SIZE + _GAP)}</svg>"
        )

    def _calibration(self, left: int) -> str:
        most = max((count for _, _, count in self.calibration), default=0) or 1
        dots = "".join(
            f'<circle cx="{left + said * _SIZE:.1f}" cy="{_height(won):.1f}" '
            f'r="{2 + _RADIUS * (count / most) ** 0.5:.1f}" fill="{_FILL}">'
            f"<title>{count} leads: said {said:.1%}, won {won:.1%}</title></circle>"
            for said, won, count in self.calibration
            if said is not None and won is not None
        )
        diagonal = _line(left, _height(0), left + _SIZE, _height(1), _BASE)
        return _frame(left, "said", "won") + diagonal + dots

    def _lift(self, left: int) -> str:
        step = _SIZE / max(1, len(self.deciles))
        bars = "".join(
            f'<rect x="{left + place * step + 2:.1f}" y="{_height(won):.1f}" '
            f'width="{step - 4:.1f}" height="{won * _SIZE:.1f}" fill="{_FILL}">'
            f"<title>tenth {place + 1}: won {won:.1%}</title></rect>"
            for place, won in enumerate(self.deciles)
            if won is not None
        )
        height = _height(self.base_rate or 0)
        return (
            _frame(left, "tenths", "won") + bars + _line(left, height, left + _SIZE, height, _BASE)
        )

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_html_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<JudgementChart {self.title!r}>"


def _height(share: float) -> float:
    return _TOP + _SIZE * (1 - share)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        'stroke-dasharray="4 3"/>'
    )


def _frame(left: int, below: str, beside: str) -> str:
    marks = "".join(
        f'<text x="{left - 6}" y="{_height(share) + 4:.1f}" text-anchor="end">'
        f"{share * _PERCENT:.0f} %</text>"
        for share in (0.0, 0.5, 1.0)
    )
    return (
        f'<rect x="{left}" y="{_TOP}" width="{_SIZE}" height="{_SIZE}" fill="none" '
        f'stroke="currentColor" stroke-opacity="0.3"/>{marks}'
        f'<text x="{left + _SIZE / 2:.0f}" y="{_TOP + _SIZE + 24}" text-anchor="middle">{below}</text>'
        f'<text x="{left}" y="{_TOP - 8}">{beside}</text>'
    )
