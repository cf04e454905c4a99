"""Money: an exact amount in one currency, and what can be done with it without losing a cent.

Amounts carry up to four places, so that unit prices fit; ``rounded`` brings them to the minor unit of
the currency, halves away from zero. Converting between currencies needs a rate and is not done here.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

import attrs

from crmcore.errors import CurrencyMismatch, InvalidValue, WrongType
from crmcore.values.currencies import CURRENCY_DIGITS
from crmcore.values.numbers import (
    CONTEXT,
    EXACT_PLACES,
    MAX_DIGITS,
    ZERO,
    as_decimal,
    as_exact,
    as_int,
    canonical,
    round_half_up,
)
from crmcore.values.share import Share

PLACES = 4
"""Digits after the point of every amount, whatever its currency."""

MAX_PARTS = 100_000
"""So many parts an amount can be split into at most."""

_WHOLE = MAX_DIGITS - PLACES
_ALL = Decimal(1)
_QUANTUM = Decimal((0, (1,), -PLACES))
_TEXT = re.compile(r"(?:([A-Z]{3}) )?([+-]?[0-9.]{1,40})(?: ([A-Z]{3}))?")


def _amount(value: Decimal | int | str) -> Decimal:
    if isinstance(value, Decimal):
        return canonical("amount", value, _WHOLE, PLACES)
    return as_decimal("amount", value, PLACES)


def _currency(value: object) -> str:
    if not isinstance(value, str):
        raise WrongType("currency", "str", type(value).__name__)
    if value not in CURRENCY_DIGITS:
        raise InvalidValue("currency", "must be a code of ISO 4217 in capitals, such as EUR")
    return value


def _known_currency(currency: str) -> str:
    # Asked of every amount there is: a known one is found here, any other is told of above.
    if type(currency) is str and currency in CURRENCY_DIGITS:
        return currency
    return _currency(currency)


@attrs.frozen(repr=False, order=False)
class Money:
    """An exact amount in one currency: ``Money("12.50", "EUR")``.

    Equality is by value, so ``Money("12.5", "EUR") == Money("12.50", "EUR")``. Order, sum and difference
    exist within one currency only. Like a number, an amount is true when it is not zero; ask
    ``is None`` where an amount may be missing.

    Attributes:
        amount: canonical Decimal with at most 14 digits before and 4 after the point.
        currency: code of ISO 4217.
    """

    amount: Decimal = attrs.field(converter=_amount)
    currency: str = attrs.field(converter=_known_currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in that currency."""
        return cls(ZERO, currency)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The money written as ``12500.00 EUR`` or ``EUR 12500.00``; no other form is taken.

        Raises:
            InvalidValue: the text has another form, or its parts are not valid.
            WrongType: it is no text.
        """
        before, number, after = _parts_of(text)
        if (before is None) == (after is None):
            raise InvalidValue("money", "must have one currency, before or after the amount")
        return cls(number, before or after or "")

    @property
    def digits(self) -> int:
        """The digits after the point of the currency's minor unit."""
        return CURRENCY_DIGITS[self.currency]

    @property
    def is_zero(self) -> bool:
        """Whether the amount is nothing."""
        return not self.amount

    @property
    def is_payable(self) -> bool:
        """Whether it can change hands: it is in whole minor units of the currency."""
        return self.amount == round_half_up(self.amount, self.digits)

    def rounded(self) -> Self:
        """The amount in whole minor units of the currency; halves go away from zero."""
        return type(self)(round_half_up(self.amount, self.digits), self.currency)

    def part(self, of: Decimal, whole: Decimal = _ALL) -> Self:
        """The part that ``of`` is of ``whole``, in whole minor units; halves go away from zero.

        It is rounded once. A product is not the same: it has four places, and where it stands just
        below a half it may be rounded to that half first, and then up. So parts are taken by this.

        Args:
            of: How much of the whole.
            whole: What the amount is for; by default one, and ``of`` is a share or a factor.

        Raises:
            InvalidValue: the whole is nothing, or the part is larger than an amount may be.
        """
        exact = CONTEXT.multiply(self.amount, as_exact("of", of))
        if whole is not _ALL:
            divisor = as_exact("whole", whole)
            if not divisor:
                raise InvalidValue("whole", "must not be zero")
            exact = CONTEXT.divide(exact, divisor)
        return type(self)(round_half_up(exact, self.digits), self.currency)

    def split(self, n: int) -> tuple[Self, ...]:
        """``n`` parts that sum up to this amount and differ by one minor unit at most, larger first.

        A negative amount is split like its opposite, so ``(-m).split(n)`` mirrors ``m.split(n)``.

        Raises:
            InvalidValue: ``n`` is not within 1 to ``MAX_PARTS``, or the amount is finer than the
                minor unit.
        """
        if not 1 <= as_int("n", n) <= MAX_PARTS:
            raise InvalidValue("n", f"must be at least 1 and at most {MAX_PARTS}")
        units = self._units()
        each, left = divmod(abs(units), n)
        larger, smaller = self._of_units(each + 1, units), self._of_units(each, units)
        return (larger,) * left + (smaller,) * (n - left)

    def allocate(self, weights: Sequence[int | Decimal]) -> tuple[Self, ...]:
        """Parts in proportion to ``weights`` that sum up to this amount exactly.

        What is left after rounding down goes to the largest remainders, the earlier one first.

        Raises:
            InvalidValue: there are no weights or too many, one is negative or all are zero, or the
                amount is finer than the minor unit.
        """
        scaled = _scaled(weights)
        total = sum(scaled)
        units = self._units()
        shares = [divmod(abs(units) * weight, total) for weight in scaled]
        left = abs(units) - sum(whole for whole, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda at: -shares[at][1])
        raised = frozenset(by_remainder[:left])
        return tuple(
            self._of_units(whole + (at in raised), units) for at, (whole, _) in enumerate(shares)
        )

    def _units(self) -> int:
        scaled = self.amount.scaleb(self.digits, CONTEXT)
        units = int(scaled)
        if units != scaled:
            raise InvalidValue("amount", f"is finer than the minor unit of {self.currency}")
        return units

    def _of_units(self, units: int, sign_of: int) -> Self:
        amount = Decimal(-units if sign_of < 0 else units).scaleb(-self.digits, CONTEXT)
        return type(self)(amount, self.currency)

    def __add__(self, other: "Money") -> Self:
        return type(self)(CONTEXT.add(self.amount, self._met(other)), self.currency)

    def __sub__(self, other: "Money") -> Self:
        return type(self)(CONTEXT.subtract(self.amount, self._met(other)), self.currency)

    def __mul__(self, factor: int | Decimal | Share) -> Self:
        exact = factor.value if isinstance(factor, Share) else as_exact("factor", factor)
        product = CONTEXT.multiply(self.amount, exact)
        return type(self)(product.quantize(_QUANTUM, ROUND_HALF_UP, CONTEXT), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Self:
        return type(self)(CONTEXT.minus(self.amount), self.currency)

    def __abs__(self) -> Self:
        return type(self)(CONTEXT.abs(self.amount), self.currency)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._met(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._met(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._met(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._met(other)

    def _met(self, other: object) -> Decimal:
        return _amount_in(self.currency, other)

    def _plain(self) -> str:
        # Never rounds: the amount is canonical, and is padded to the minor unit.
        whole, _, fraction = str(self.amount).partition(".")
        padded = fraction.ljust(self.digits, "0")
        return f"{whole}.{padded}" if padded else whole

    def __repr__(self) -> str:
        return f"Money('{self._plain()}', '{self.currency}')"

    def __str__(self) -> str:
        return f"{self._plain()} {self.currency}"


def sum_money(amounts: Iterable[Money], currency: str) -> Money:
    """The exact sum; zero in that currency when there are no amounts.

    Raises:
        CurrencyMismatch: one amount is in another currency.
        InvalidValue: the currency is unknown, or the sum has too many digits.
    """
    total, add = ZERO, CONTEXT.add
    known = _known_currency(currency)
    for money in amounts:
        total = add(total, _amount_in(known, money))
    return Money(total, known)


def _amount_in(currency: str, money: object) -> Decimal:
    if not isinstance(money, Money):
        raise WrongType("amount", "Money", type(money).__name__)
    if money.currency != currency:
        raise CurrencyMismatch("amount", currency, money.currency)
    return money.amount


def _parts_of(text: object) -> tuple[str | None, str, str | None]:
    if not isinstance(text, str):
        raise WrongType("money", "str", type(text).__name__)
    match = _TEXT.fullmatch(text)
    if match is None:
        raise InvalidValue("money", "must be an amount and a currency, such as 12500.00 EUR")
    return match[1], match[2], match[3]


def _scaled(weights: Sequence[int | Decimal]) -> list[int]:
    if not 1 <= len(weights) <= MAX_PARTS:
        raise InvalidValue("weights", f"must be at least 1 and at most {MAX_PARTS} numbers")
    exact = [as_exact("weights", weight) for weight in weights]
    if any(weight < 0 for weight in exact):
        raise InvalidValue("weights", "must not be negative")
    if not any(exact):
        raise InvalidValue("weights", "must not all be zero")
    return [int(weight.scaleb(EXACT_PLACES, CONTEXT)) for weight in exact]
