"""From counts to log-odds to a probability: decimal arithmetic, the same digits on every machine.

``Decimal.ln`` and ``exp`` are correctly rounded, which the floats of no two C libraries promise.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation
from functools import reduce

from crmcore.values import CONTEXT, Share, round_half_up

ZERO = Decimal(0)

PLACES = 6
"""Digits after the point of log-odds; each part is rounded, and what is rounded is summed exactly."""

PROBABILITY_PLACES = 4
"""Digits after the point of a probability."""

LEAST = Decimal("0.0001")
"""The smallest probability of a lead that is open; 0 is kept for those that are lost."""

MOST = Decimal("0.9999")
"""The largest probability of a lead that is open; 1 is kept for those that are won."""

REACH = Decimal(50)
"""Log-odds beyond this, either way, make no difference any more."""

EXACT = Context(
    prec=28,
    rounding=ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero],
)
"""The context of the arithmetic here; the thread's own may have any precision."""

_STEP = Decimal(1).scaleb(-PLACES)
_ONE = Decimal(1)
_FAR_BELOW = Decimal(-50)


def rounded(value: Decimal) -> Decimal:
    """Log-odds as they are kept: six digits after the point, halves to the even one."""
    return value.quantize(_STEP, context=EXACT)


def total(values: Iterable[Decimal], start: Decimal = ZERO) -> Decimal:
    """The exact sum, whatever the precision of the calling thread."""
    return reduce(CONTEXT.add, values, start)


def log_of(above: int, below: int) -> Decimal:
    """The natural logarithm of a fraction of two positive whole numbers, as it is kept."""
    return rounded(EXACT.ln(EXACT.divide(Decimal(above), Decimal(below))))


def probability_of(log_odds: Decimal) -> Share:
    """1 / (1 + e^-x) to four digits, halves up, and never 0 nor 1."""
    bounded = max(_FAR_BELOW, min(REACH, log_odds))
    exact = EXACT.divide(_ONE, EXACT.add(_ONE, EXACT.exp(EXACT.minus(bounded))))
    return Share(max(LEAST, min(MOST, round_half_up(exact, PROBABILITY_PLACES))))
