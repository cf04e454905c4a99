"""The few numbers that stand above everything else."""

from collections.abc import Iterator

import attrs

from crmcore import Money
from crmcore.demo.figures import Figure, Figures
from crmcore.demo.wording import NO_ANSWER, exact, number_text
from crmcore.kpi import Unit


@attrs.frozen(kw_only=True)
class KeyFigure:
    """One number, big.

    Attributes:
        title: What it is.
        shown: The number, rounded for the eye.
        unit: What it counts; empty for a share.
        note: What else belongs to it.
        exactly: The number with all its digits and the two it rests on.
        definition: What is counted.
    """

    title: str
    shown: str
    unit: str
    note: str
    exactly: str
    definition: str


def key_figures(figures: Figures) -> tuple[KeyFigure, ...]:
    """Those that have an answer."""
    return tuple(_key_figures(figures))


def _key_figures(figures: Figures) -> Iterator[KeyFigure]:
    deals = _shown(figures["won_deals"])
    average = figures["average_deal"]
    yield from _one(
        figures["won_revenue"], note=f"{deals} deals won, {_shown(average)} each on average"
    )
    yield from _one(figures["invoiced"], note="net of VAT, by date of invoice")
    yield from _one(figures["win_rate"], note=_of(figures["win_rate"], "won of", "closed"))
    mean = _shown(figures["sales_cycle"])
    yield from _one(figures["sales_cycle_median"], note=f"median; the mean is {mean} days")
    worth = "pipeline_value" if _has_answer(figures["pipeline_value"]) else "pipeline_list_value"
    yield from _one(figures[worth], note=f"{_shown(figures['pipeline_count'])} open deals")
    conversion = figures["conversion_rate"]
    yield from _one(conversion, note=_of(conversion, "of", "leads became a deal"))
    for name in ("first_response_time", "resolution_time"):
        mean = _shown(figures[name])
        yield from _one(figures[f"{name}_median"], note=f"median; the mean is {mean} hours")


def _one(figure: Figure, note: str) -> Iterator[KeyFigure]:
    total = figure.total
    if total is None or total.value is None:
        return
    unit = figure.measure.unit
    currency = total.value.currency if isinstance(total.value, Money) else None
    parts = f" = {exact(total.numerator)} / {exact(total.denominator)}"
    scale = "" if total.scale == 1 else f" / {total.scale}"
    yield KeyFigure(
        title=figure.measure.title.removesuffix(" (median)"),
        shown=_shown(figure),
        unit=currency or ("" if unit in {Unit.SHARE, Unit.COUNT} else unit.value),
        note=note,
        exactly=f"{exact(total.value)}{'' if total.denominator is None else parts + scale}",
        definition=figure.measure.definition,
    )


def _has_answer(figure: Figure) -> bool:
    return figure.total is not None and figure.total.value is not None


def _shown(figure: Figure) -> str:
    total = figure.total
    return NO_ANSWER if total is None else number_text(total.value, figure.measure.unit)


def _of(figure: Figure, between: str, after: str) -> str:
    total = figure.total
    if total is None:
        return ""
    above = number_text(total.numerator, Unit.COUNT)
    below = number_text(total.denominator, Unit.COUNT)
    return f"{above} {between} {below} {after}"
