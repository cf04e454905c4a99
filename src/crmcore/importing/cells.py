"""The cells of one row as typed values; what is wrong with them is collected, not raised."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

import attrs

from crmcore.errors import InvalidValue, NotValid
from crmcore.importing.dates import DateForm, parse_date
from crmcore.importing.reading import Row
from crmcore.values import CONTEXT, Money, as_decimal, as_exact

T = TypeVar("T")


@attrs.define
class Cells:
    """A row that is being read.

    Attributes:
        row: The row.
        faults: What was wrong so far, each naming its column.
    """

    row: Row
    faults: list[str] = attrs.field(factory=list[str])

    def needed(self, column: str) -> str:
        """The text; an empty one is a fault."""
        value = self.row.value(column)
        if value is None:
            self.faults.append(f"{column}: is missing")
        return value or ""

    def day(self, column: str, form: DateForm) -> date | None:
        """The date; None for an empty cell."""
        return self._read(column, lambda text: parse_date(text, form, column))

    def whole(self, column: str, most: int) -> int | None:
        """The number, from 0 to ``most``; None for an empty cell."""
        return self._read(column, lambda text: _whole(column, text, most))

    def amount(self, column: str, currency: str, times: int = 1) -> Money | None:
        """The amount, ``times`` what is written, never negative; None for an empty cell."""
        return self._read(column, lambda text: _amount(column, text, currency, times))

    def _read(self, column: str, read: Callable[[str], T]) -> T | None:
        text = self.row.value(column)
        if text is None:
            return None
        try:
            return read(text)
        except NotValid as fault:
            self.faults.append(str(fault))
            return None


def _whole(column: str, text: str, most: int) -> int:
    number = int(as_decimal(column, text, 0))
    if not 0 <= number <= most:
        raise InvalidValue(column, f"must be at least 0 and at most {most}")
    return number


def _amount(column: str, text: str, currency: str, times: int) -> Money:
    number = as_decimal(column, CONTEXT.multiply(as_exact(column, text), times))
    if number < 0:
        raise InvalidValue(column, "must not be negative")
    return Money(number, currency)
