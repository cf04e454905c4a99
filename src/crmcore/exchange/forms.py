"""How single values are written as text in XML: numbers, days, codes and files, in both directions.

A form reads what it writes. What cannot be read is a ValueError with the reason, which the reading of
the document collects.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

DIGITS = 40
"""The characters a number may have; all of it is looked at before anything is computed."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
# The schema lets a day carry a zone, which is nothing to a day.
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_DAY_102 = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


@attrs.frozen(eq=False)
class Form:
    """How a value is written.

    Attributes:
        read: The value of a text; without the blanks around it, unless they belong to it.
        write: The text of a value.
        is_amount: Whether a currency is given beside it.
        keeps_blanks: Whether the blanks and line ends around a text belong to it.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    is_amount: bool = False
    keeps_blanks: bool = False


def _number(text: str) -> Decimal:
    if len(text) > DIGITS or not _NUMBER.fullmatch(text):
        raise ValueError("must be a decimal number")
    return Decimal(text)


def _digits(value: Decimal) -> str:
    # A Decimal such as 1E+999999 would be a text of a million characters.
    if (
        not value.is_finite()
        or abs(value.adjusted()) > DIGITS
        or len(value.as_tuple().digits) > DIGITS
    ):
        raise ValueError(f"must be a number of at most {DIGITS} digits")
    return format(value, "f")


def _day_by(pattern: re.Pattern[str], how: str) -> Callable[[str], date]:
    def read(text: str) -> date:
        match = pattern.fullmatch(text)
        if match is None:
            raise ValueError(f"must be a day written {how}")
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            raise ValueError("is no day of the calendar") from None

    return read


def _bytes(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise ValueError("must be base64") from None


def coded(codes: Mapping[str, str]) -> Form:
    """A form of codes that the model calls otherwise; what is in no pair stays as it is.

    Args:
        codes: The code of the model by the code in XML.
    """
    back = {value: key for key, value in codes.items()}

    def write(value: str) -> str:
        return back.get(value, value)

    return Form(lambda text: codes.get(text, text), write)


CODE = Form(str, str)
"""A code, an identifier or whatever else is compared: the blanks around it say nothing."""

TEXT = Form(str, str, keeps_blanks=True)
"""Text for people, as it is: a line end may be part of it, as after the last line of Skonto."""

NUMBER = Form(_number, _digits)
"""A quantity, a price or a rate."""

AMOUNT = Form(_number, _digits, is_amount=True)
"""An amount of money, with its currency beside it where the syntax wants that."""

DAY = Form(_day_by(_DAY, "YYYY-MM-DD"), date.isoformat)
"""A day as ISO 8601 writes it."""

DAY_102 = Form(_day_by(_DAY_102, "YYYYMMDD"), lambda day: day.isoformat().replace("-", ""))
"""A day in the format 102 of UN/CEFACT."""

FILE = Form(_bytes, lambda content: b64encode(content).decode("ascii"))
"""The bytes of a file."""
