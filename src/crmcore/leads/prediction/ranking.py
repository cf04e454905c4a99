"""How well any number puts leads in order, such as the points of a scoring model.

Points are no probability, so there is no calibration here; see ``judging`` for what estimates one.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import attrs

from crmcore.errors import InvalidValue
from crmcore.leads.prediction.figures import (
    Decile,
    Estimate,
    area_under_curve,
    deciles_of,
    lift_columns,
)
from crmcore.values import CONTEXT, Ratio, html_table

_HALF = Decimal("0.5")


@attrs.frozen(kw_only=True, repr=False)
class Ranking:
    """What a number said about closed leads, against what happened.

    Attributes:
        name: What the number is called.
        leads: How many leads.
        won: How many of them were won.
        auc: The share of pairs of a won and a lost lead that are ranked right; 1/2 is by chance.
        deciles: Tenths of the leads, the most promising first.
    """

    name: str
    leads: int
    won: int
    auc: Ratio
    deciles: tuple[Decile, ...]

    @property
    def base_rate(self) -> Ratio:
        """The share of the leads that was won."""
        return Ratio(self.won, self.leads)

    @property
    def top_decile(self) -> Ratio:
        """The share of the most promising tenth that was won."""
        return self.deciles[0].conversion

    def lift_columns(self) -> dict[str, list[Any]]:
        """The tenths as columns, for plotting: decile, count, conversion, lift."""
        return lift_columns(self.deciles)

    def explain(self) -> str:
        """The figures as lines of text."""
        lines = [f"{self.name}, judged on {self.leads} leads, {self.won} of them won"]
        lines += [f"{_text(value):>8}  {what}" for what, value in self._figures()]
        lines += ["tenth    leads  won       lift"]
        lines += [
            f"{each.place:>5}  {each.count:>7}  {_text(each.conversion):>7}  {_text(each.lift)}"
            for each in self.deciles
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Ranking by {self.name}: AUC {_text(self.auc)} on {self.leads} leads>"

    def _repr_html_(self) -> str:
        rows = (
            (each.place, each.count, _text(each.conversion), _text(each.lift))
            for each in self.deciles
        )
        said = ", ".join(f"{what} {_text(value)}" for what, value in self._figures())
        return html_table(f"{self.name}: {said}", ("tenth", "leads", "won", "lift"), rows)

    def _figures(self) -> tuple[tuple[str, Ratio], ...]:
        return (
            ("AUC: pairs of a won and a lost lead ranked right", self.auc),
            ("won among the most promising tenth", self.top_decile),
            ("won among all", self.base_rate),
        )


def ranked(name: str, outcomes: Iterable[tuple[int | Decimal, bool]]) -> Ranking:
    """How well a number ranks leads whose end is known.

    Args:
        name: What the number is called.
        outcomes: For each lead its number, and whether it was won.

    Raises:
        InvalidValue: a number is none that can be compared.
    """
    estimates = [Estimate(_finite(number), _HALF, won) for number, won in outcomes]
    return Ranking(
        name=name,
        leads=len(estimates),
        won=sum(each.won for each in estimates),
        auc=area_under_curve(estimates),
        deciles=deciles_of(estimates),
    )


def _finite(number: int | Decimal) -> Decimal:
    rank = Decimal(number)
    if not rank.is_finite():
        raise InvalidValue("outcomes", "a number must be finite")
    return rank


def _text(ratio: Ratio) -> str:
    value = ratio.value
    return "none" if value is None else f"{CONTEXT.quantize(value, Decimal('0.0001')):f}"
