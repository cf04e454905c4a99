"""A quotient that remembers both its numbers, as every rate among the KPIs does.

Nothing by nothing is no answer, not zero. Fixed rates that people set are in ``share``.
"""

from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation
from math import nan

import attrs

from crmcore.values.numbers import as_exact

_SIGNIFICANT = Context(
    prec=28,
    rounding=ROUND_HALF_UP,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero],
)


def _numerator(value: Decimal | int | str) -> Decimal:
    return as_exact("numerator", value)


def _denominator(value: Decimal | int | str) -> Decimal:
    return as_exact("denominator", value)


@attrs.frozen(repr=False, order=False)
class Ratio:
    """A numerator by a denominator: ``Ratio(4238, 6711)``.

    Equal when both numbers are equal; 1 by 2 is not 2 by 4, for it rests on other facts.

    Attributes:
        numerator: canonical Decimal.
        denominator: canonical Decimal; 0 means there is no answer.
    """

    numerator: Decimal = attrs.field(converter=_numerator)
    denominator: Decimal = attrs.field(converter=_denominator)

    @property
    def is_answer(self) -> bool:
        """Whether the quotient exists: the denominator is not 0."""
        return bool(self.denominator)

    @property
    def value(self) -> Decimal | None:
        """The quotient to 28 significant digits, halves away from zero; None without an answer."""
        if not self.denominator:
            return None
        return _SIGNIFICANT.divide(self.numerator, self.denominator)

    def __float__(self) -> float:
        """The float nearest to the quotient; nan, as data frames expect it, without an answer."""
        if not self.denominator:
            return nan
        above, below = self.numerator.as_integer_ratio()
        divisor, scale = self.denominator.as_integer_ratio()
        # Python's true division of integers is correctly rounded, whatever their size.
        return (above * scale) / (below * divisor)

    def __repr__(self) -> str:
        return f"<Ratio {self}>"

    def __str__(self) -> str:
        answer = repr(float(self)) if self.is_answer else "no answer"
        return f"{self.numerator:f}/{self.denominator:f} = {answer}"
