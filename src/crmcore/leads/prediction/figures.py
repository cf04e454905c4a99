"""How good estimates were, as exact numbers: ranking, error, calibration, lift.

Each is a pure function of what was said and what happened. The formulas and their sources are in
the reference; nothing is trained or asked here.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

import attrs

from crmcore.leads.prediction.odds import total
from crmcore.values import CONTEXT, Ratio

BINS = 10
"""Into so many equal parts the range from 0 to 1 is cut for calibration."""

TENTHS = 10
"""Into so many parts the leads are cut for lift."""


@attrs.frozen
class Estimate:
    """What was said about one lead, and what happened.

    Attributes:
        rank: What leads are put in order by, such as the log-odds.
        probability: What was said.
        won: What happened.
    """

    rank: Decimal
    probability: Decimal
    won: bool


@attrs.frozen
class CalibrationBin:
    """The leads whose estimates lie in one part of the range.

    Attributes:
        low: Where the part begins.
        high: Where it ends; the end belongs to the next one, but 1 to the last.
        count: How many leads.
        said: The sum of their estimates.
        won: How many were won.
    """

    low: Decimal
    high: Decimal
    count: int
    said: Decimal
    won: int

    @property
    def predicted(self) -> Ratio:
        """The mean estimate."""
        return Ratio(self.said, self.count)

    @property
    def observed(self) -> Ratio:
        """The share that was won."""
        return Ratio(self.won, self.count)


@attrs.frozen
class Decile:
    """A tenth of the leads, in the order of their estimates.

    Attributes:
        place: 1 for the most promising tenth.
        count: How many leads.
        conversion: The share of them that was won; where leads of one rank lie in two tenths, each
            has its part of those that were won.
        lift: How many times the share among all leads that is.
    """

    place: int
    count: int
    conversion: Ratio
    lift: Ratio


def area_under_curve(estimates: Sequence[Estimate]) -> Ratio:
    """The share of pairs of a won and a lost lead that are ranked right; a tie is half a pair.

    With ranks r from 1, ties averaged, n1 won and n0 lost: (sum of r of the won - n1(n1+1)/2) / n1 n0,
    the statistic U of Mann and Whitney by its greatest value.
    """
    doubled, before, won = 0, 0, 0
    for _, group in groupby(sorted(estimates, key=_rank), key=_rank):
        outcomes = [each.won for each in group]
        # Twice the mean of the ranks before+1 … before+n.
        doubled += sum(outcomes) * (2 * before + len(outcomes) + 1)
        before += len(outcomes)
        won += sum(outcomes)
    return _ratio(Fraction(doubled - won * (won + 1), 2), won * (before - won))


def brier_score(estimates: Sequence[Estimate]) -> Ratio:
    """The mean of (p - y)², y being 1 for won and 0 for lost."""
    errors = [CONTEXT.subtract(each.probability, Decimal(each.won)) for each in estimates]
    return Ratio(total(CONTEXT.multiply(error, error) for error in errors), len(estimates))


def calibration_of(estimates: Sequence[Estimate]) -> tuple[CalibrationBin, ...]:
    """The leads by tenths of the range of estimates."""
    parts: list[list[Estimate]] = [[] for _ in range(BINS)]
    for each in estimates:
        parts[min(BINS - 1, int(CONTEXT.multiply(each.probability, Decimal(BINS))))].append(each)
    return tuple(
        CalibrationBin(
            low=CONTEXT.divide(Decimal(place), Decimal(BINS)),
            high=CONTEXT.divide(Decimal(place + 1), Decimal(BINS)),
            count=len(part),
            said=total(each.probability for each in part),
            won=sum(each.won for each in part),
        )
        for place, part in enumerate(parts)
    )


def expected_calibration_error(bins: Sequence[CalibrationBin]) -> Ratio:
    """The mean distance of what was said and what happened: sum of |said - won| of the parts, by n."""
    gaps = (CONTEXT.abs(CONTEXT.subtract(each.said, Decimal(each.won))) for each in bins)
    return Ratio(total(gaps), sum(each.count for each in bins))


def deciles_of(estimates: Sequence[Estimate]) -> tuple[Decile, ...]:
    """The leads by tenths of their number, the most promising first."""
    count, won = len(estimates), sum(each.won for each in estimates)
    ends = [place * count // TENTHS for place in range(TENTHS + 1)]
    shares = [Fraction(0)] * TENTHS
    start = 0
    for _, group in groupby(sorted(estimates, key=_rank, reverse=True), key=_rank):
        outcomes = [each.won for each in group]
        stop = start + len(outcomes)
        for place in range(TENTHS):
            inside = max(0, min(stop, ends[place + 1]) - max(start, ends[place]))
            shares[place] += Fraction(inside * sum(outcomes), len(outcomes))
        start = stop
    sizes = [stop - start for start, stop in pairwise(ends)]
    return tuple(
        Decile(place, size, _ratio(share, size), _ratio(share * count, size * won))
        for place, (size, share) in enumerate(zip(sizes, shares, strict=True), start=1)
    )


def lift_columns(deciles: Sequence[Decile]) -> dict[str, list[Any]]:
    """The tenths as columns, for plotting: decile, count, conversion, lift."""
    return {
        "decile": [each.place for each in deciles],
        "count": [each.count for each in deciles],
        "conversion": [as_float(each.conversion) for each in deciles],
        "lift": [as_float(each.lift) for each in deciles],
    }


def as_float(ratio: Ratio) -> float | None:
    """The ratio as pictures take it; None where it has no answer."""
    return float(ratio) if ratio.is_answer else None


def _rank(estimate: Estimate) -> Decimal:
    return estimate.rank


def _ratio(above: Fraction, below: int) -> Ratio:
    return Ratio(above.numerator, above.denominator * below)
