"""A part of a whole: tax rates, discounts, probabilities, quotas.

There is one spelling, 0 to 1; percent is only a way to write it. Quotients of counted things, which
remember both numbers, are in ``ratio``.
"""

from decimal import Decimal
from typing import Self

import attrs

from crmcore.errors import InvalidValue
from crmcore.values.numbers import CONTEXT, as_decimal

_PLACES = 6
_ONE = Decimal(1)
_HUNDRED = Decimal(100)


def _within(value: Decimal | int | str) -> Decimal:
    number = as_decimal("share", value, _PLACES)
    if not 0 <= number <= 1:
        raise InvalidValue("share", "must be at least 0 and at most 1")
    return number


@attrs.frozen(order=True, repr=False)
class Share:
    """A part of a whole, from 0 to 1, exact to six places: ``Share("0.19")``.

    Attributes:
        value: the part as a canonical Decimal.
    """

    value: Decimal = attrs.field(converter=_within)

    @classmethod
    def percent(cls, value: Decimal | int | str) -> Self:
        """The share of so many hundredths: ``Share.percent(19) == Share("0.19")``."""
        return cls(CONTEXT.divide(as_decimal("share", value, _PLACES - 2), _HUNDRED))

    @property
    def as_percent(self) -> Decimal:
        """The share in hundredths: ``Share("0.19").as_percent == 19``."""
        return as_decimal("share", CONTEXT.multiply(self.value, _HUNDRED))

    @property
    def rest(self) -> Self:
        """What is missing to the whole: ``Share("0.19").rest == Share("0.81")``."""
        return type(self)(CONTEXT.subtract(_ONE, self.value))

    def __repr__(self) -> str:
        return f"Share('{self.value:f}')"

    def __str__(self) -> str:
        return f"{self.as_percent:f} %"
