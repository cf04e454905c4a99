"""The numbers of an electronic invoice: exact, bounded, with the digits they were written with.

Whether they add up is not told here.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce

import attrs

from crmcore.errors import WrongType
from crmcore.values import CONTEXT, CURRENCY_DIGITS, as_exact, round_half_up

ZERO = Decimal(0)

MOST_DIGITS = 2
"""So many digits after the point an amount has at most, whatever its currency (BR-DEC)."""


def number(_: object, field: "attrs.Attribute[Decimal | None]", value: object) -> None:
    """Nothing, when the value is missing or an exact number that can be calculated with.

    Raises:
        WrongType: it is something else, a float too.
        InvalidValue: it is not finite or has too many digits.
    """
    if value is None:
        return
    if not isinstance(value, Decimal):
        raise WrongType(field.name, "Decimal", type(value).__name__)
    as_exact(field.name, value)


def total(values: Iterable[Decimal | None]) -> Decimal:
    """The sum of the values, exact; what is missing counts nothing."""
    return reduce(CONTEXT.add, (value for value in values if value is not None), ZERO)


def digits_of(currency: str | None) -> int:
    """To how many digits after the point amounts are rounded: two at most, as the standard says."""
    return min(MOST_DIGITS, CURRENCY_DIGITS.get(currency or "", MOST_DIGITS))


def tax_on(taxable: Decimal, rate: Decimal, digits: int) -> Decimal:
    """The tax on an amount at a rate in percent, rounded once, half up (BR-CO-17)."""
    exact = CONTEXT.multiply(taxable, rate).scaleb(-2, CONTEXT)
    return round_half_up(exact, digits)
