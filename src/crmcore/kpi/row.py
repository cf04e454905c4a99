"""One row of a KPI: the exact numbers it rests on, and its value as they make it.

A quotient keeps both its numbers; nothing by nothing is no answer, not zero.
"""

from decimal import ROUND_HALF_UP, Context, Decimal
from math import nan
from typing import TypeAlias

import attrs

from crmcore.errors import CurrencyMismatch
from crmcore.grammar.query import Scalar
from crmcore.values import CONTEXT, Money, Ratio, round_half_up

Number: TypeAlias = int | Decimal | Money
"""What a measure can count, sum or give as its value."""

_PLACES = 4

# As many digits as decimals have by default, so that the float of the decimal is the nearest, too.
_SIGNIFICANT = Context(prec=28, rounding=ROUND_HALF_UP)


@attrs.frozen
class KpiRow:
    """The number of one group.

    Attributes:
        key: The values that make the group; empty for everything.
        labels: The same as people read them.
        numerator: What was counted or summed; None when there was nothing to sum. Of a median, the
            middle value or the sum of the two middle ones.
        denominator: By what it is divided; None when by nothing.
        scale: By what it is divided further, because facts are kept in a finer unit.
    """

    key: tuple[Scalar | None, ...]
    labels: tuple[str, ...]
    numerator: Number | None
    denominator: Number | None = None
    scale: int = 1

    @property
    def label(self) -> str:
        """All labels in one text; ``Total`` for everything."""
        return " · ".join(self.labels) or "Total"

    @property
    def ratio(self) -> Ratio | None:
        """The value as an exact quotient without a currency; None without a numerator.

        Raises:
            CurrencyMismatch: amounts in two currencies are to be divided.
        """
        above, below = self.numerator, self.denominator
        if above is None:
            return None
        if isinstance(above, Money) and isinstance(below, Money) and _differ(above, below):
            raise CurrencyMismatch("denominator", above.currency, below.currency)
        divisor = Decimal(1) if below is None else _plain(below)
        return Ratio(_plain(above), CONTEXT.multiply(divisor, Decimal(self.scale)))

    @property
    def value(self) -> Number | None:
        """What the measure says of this group; None when there is no answer.

        Quotients have 28 significant digits, amounts of money 4 digits after the point; the exact
        numbers are in ``numerator`` and ``denominator``.
        """
        if self.denominator is None and self.scale == 1:
            return self.numerator
        ratio = self.ratio
        if ratio is None or not ratio.is_answer:
            return None
        if isinstance(self.numerator, Money) and not isinstance(self.denominator, Money):
            exact = CONTEXT.divide(ratio.numerator, ratio.denominator)
            return Money(round_half_up(exact, _PLACES), self.numerator.currency)
        return quotient(ratio.numerator, ratio.denominator)

    @property
    def as_float(self) -> float | None:
        """The float nearest to the exact value; None when there is no answer."""
        ratio = self.ratio
        return None if ratio is None or not ratio.is_answer else float(ratio)

    def __float__(self) -> float:
        """Like ``as_float``, with nan for no answer, as data frames expect it."""
        nearest = self.as_float
        return nan if nearest is None else nearest


def quotient(above: Decimal, below: Decimal) -> Decimal:
    """The quotient to 28 significant digits, halves away from zero."""
    return _SIGNIFICANT.divide(above, below)


def _differ(one: Money, other: Money) -> bool:
    return one.currency != other.currency


def _plain(number: Number) -> Decimal:
    return number.amount if isinstance(number, Money) else Decimal(number)
