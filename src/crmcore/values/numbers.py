"""Exact numbers: what a Decimal must look like to enter, and how it is rounded.

Every number is bounded *before* any arithmetic and leaves in one canonical form: no exponent, no
trailing zeros after the point, no negative zero. Nothing here depends on the decimal context of the
calling thread. Amounts with a currency are in ``money``, parts of a whole in ``share``.
"""

import re
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from functools import cache

from crmcore.errors import InexactNumber, InvalidValue, WrongType

MAX_DIGITS = 18
"""Digits of a stored number before and after the point together: it fits a signed 64-bit integer."""

EXACT_WHOLE = 30
"""Digits before the point of a number that is only calculated with (see ``as_exact``)."""

EXACT_PLACES = 40
"""Digits after the point of a number that is only calculated with (see ``as_exact``)."""

CONTEXT = Context(
    prec=100,  # a stored number times an exact one has at most 88 digits: products stay exact
    rounding=ROUND_HALF_UP,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""The decimal context of all arithmetic here; the thread's own may have any precision."""

_INT_LIMIT = 1 << 63
ZERO = Decimal(0)
_EXPECTED = "Decimal, int or str"
_POWERS = tuple(10**digits for digits in range(EXACT_WHOLE + 1))
_QUANTA = tuple(Decimal((0, (1,), -places)) for places in range(EXACT_PLACES + 1))


@cache
def _grammar(whole: int, places: int) -> re.Pattern[str]:
    fraction = rf"(?:\.[0-9]{{1,{places}}})?" if places else ""
    return re.compile(rf"[+-]?[0-9]{{1,{whole}}}{fraction}")


def _too_fine(field: str, places: int) -> InvalidValue:
    return InvalidValue(field, f"must have at most {places} digits after the point")


def _too_large(field: str, whole: int) -> InvalidValue:
    return InvalidValue(field, f"must have at most {whole} digits before the point")


def canonical(field: str, value: Decimal, whole: int, places: int) -> Decimal:
    """The number in canonical form, with so many digits before and after the point at most.

    Raises:
        InvalidValue: it is not finite, too large or too fine.
    """
    # Nearly every number is written plainly, and reading the text is faster than taking it apart.
    if type(value) is Decimal:
        before, _, after = str(value).partition(".")
        if before.isdigit() and len(before) <= whole:
            if not after:
                return value
            kept = after.rstrip("0")
            if len(kept) <= places and after.isdigit():
                return value if kept == after else Decimal(f"{before}.{kept}")
    return _taken_apart(field, value, whole, places)


def _taken_apart(field: str, value: Decimal, whole: int, places: int) -> Decimal:
    sign, digits, exponent = value.as_tuple()
    if isinstance(exponent, str):
        raise InvalidValue(field, "must be a finite number")
    if (
        -places <= exponent <= 0
        and len(digits) + exponent <= whole
        and (digits[-1] or (exponent == 0 and not (sign and digits == (0,))))
        and type(value) is Decimal
    ):
        return value
    if not any(digits):
        return ZERO
    end = len(digits)
    while exponent < 0 and digits[end - 1] == 0:
        end -= 1
        exponent += 1
    if exponent < -places:
        raise _too_fine(field, places)
    if end + exponent > whole:
        raise _too_large(field, whole)
    zeros = (0,) * max(exponent, 0)
    return Decimal((sign, digits[:end] + zeros, min(exponent, 0)))


def _converted(field: str, value: object, whole: int, places: int) -> Decimal:
    if isinstance(value, str):
        if _grammar(whole, places).fullmatch(value) is None:
            rule = f"at most {whole} digits before and {places} after the point"
            raise InvalidValue(field, f"must be a plain number with {rule}")
        return canonical(field, Decimal(value), whole, places)
    if isinstance(value, int) and not isinstance(value, bool):
        if not -_POWERS[whole] < value < _POWERS[whole]:
            raise _too_large(field, whole)
        return Decimal(value)
    if isinstance(value, float):
        raise InexactNumber(field)
    raise WrongType(field, _EXPECTED, type(value).__name__)


def as_decimal(field: str, value: object, places: int = 4) -> Decimal:
    """The number in ``value``, exact, canonical, and small enough for every store.

    A Decimal may carry more zeros after the point than ``places``, as some databases return them;
    a text may not. Nothing is ever rounded here.

    Args:
        field: the name for error messages.
        value: a Decimal, an int, or a text such as ``"-12.50"`` in ASCII digits, without exponent,
            blanks or underscores.
        places: how many digits may follow the point, 0 to 17; ``MAX_DIGITS - places`` may precede it.

    Raises:
        InexactNumber: it is a float.
        WrongType: it is something else (a bool too).
        InvalidValue: it is not finite, too large, too fine, or no plain number.
    """
    if not 0 <= places < MAX_DIGITS:
        raise InvalidValue("places", f"must be at least 0 and less than {MAX_DIGITS}")
    if isinstance(value, Decimal):
        return canonical(field, value, MAX_DIGITS - places, places)
    return _converted(field, value, MAX_DIGITS - places, places)


def as_exact(field: str, value: object) -> Decimal:
    """The number in ``value``, exact and canonical, for calculating only: a factor, rate or sum.

    It may be longer than a stored number (``EXACT_WHOLE`` and ``EXACT_PLACES`` digits); a product
    with a stored number is still exact in ``CONTEXT``.

    Raises:
        InexactNumber: it is a float.
        WrongType: it is something else (a bool too).
        InvalidValue: it is not finite, too large, too fine, or no plain number.
    """
    if isinstance(value, Decimal):
        return canonical(field, value, EXACT_WHOLE, EXACT_PLACES)
    return _converted(field, value, EXACT_WHOLE, EXACT_PLACES)


def as_int(field: str, value: object) -> int:
    """The whole number in ``value``, within the signed 64 bits that every store has.

    Raises:
        WrongType: it is no int (a bool is none).
        InvalidValue: it does not fit 64 bits.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongType(field, "int", type(value).__name__)
    if not -_INT_LIMIT <= value < _INT_LIMIT:
        raise InvalidValue(field, "must fit a signed integer of 64 bits")
    return value


def round_half_up(value: Decimal, places: int) -> Decimal:
    """``value`` with at most ``places`` digits after the point; halves go away from zero.

    The result is canonical: 2.50 to two places is ``Decimal('2.5')``.

    Raises:
        InvalidValue: the value is not finite or beyond 50 digits before the point, or ``places`` is
            not within 0 to ``EXACT_PLACES``.
    """
    if not 0 <= places <= EXACT_PLACES:
        raise InvalidValue("places", f"must be at least 0 and at most {EXACT_PLACES}")
    if not value.is_finite():
        raise InvalidValue("value", "must be a finite number")
    if value.adjusted() >= CONTEXT.prec // 2:
        raise _too_large("value", CONTEXT.prec // 2)
    rounded = value.quantize(_QUANTA[places], ROUND_HALF_UP, CONTEXT)
    return canonical("value", rounded, CONTEXT.prec // 2 + 1, places)
