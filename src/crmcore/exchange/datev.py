"""Bookings as a file for DATEV: a posting batch (EXTF 700, Buchungsstapel 13), byte for byte.

A spreadsheet that opens the file finds no formula in it: numbers are written from numbers, texts that
look like one are marked as texts.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from unicodedata import category

import attrs

from crmcore.errors import (
    CrmError,
    CurrencyMismatch,
    FaultAt,
    InvalidText,
    InvalidValue,
    NaiveTime,
    raise_collected,
)
from crmcore.exchange.accounts import Chart
from crmcore.exchange.booking import Booking
from crmcore.exchange.datev_columns import COLUMNS, HEADER_TEXTS, TEXTS
from crmcore.grammar.given import given, given_all
from crmcore.grammar.naming import choice
from crmcore.grammar.shapes import shaped
from crmcore.values import CURRENCY_DIGITS, Money, as_int

TEXT_LENGTH = 60
"""The characters of a booking's text; what is longer is cut off."""

MINOR_DIGITS = 2
"""The digits that an amount has after the comma."""

VAT_ID_LENGTH = 15
"""The characters of a VAT number, with its country."""

LABEL_LENGTH = 30
"""The characters of a batch's label."""

MAX_AMOUNT = 10**10
"""An amount has ten digits before the comma at most."""

_AMOUNT, _SIDE, _CURRENCY, _ACCOUNT, _CONTRA, _TAX_KEY, _DAY = 1, 2, 3, 7, 8, 9, 10
_DOCUMENT, _TEXT, _VAT_ID, _FIXED, _DUE = 11, 14, 40, 114, 117

# What a number of a document may be made of; what it must not begin with is a formula elsewhere.
_NUMBER = re.compile(r"[A-Za-z0-9_$%/][A-Za-z0-9_$%/&*+\-]{0,35}")
_NO_LETTERS = frozenset({"Cc", "Cs", "Zl", "Zp", "Zs"})
_FORMULA = ("=", "+", "-", "@")


_Check = Callable[[object, "attrs.Attribute[int]", int], None]


def _within(low: int, high: int) -> _Check:
    def check(_: object, field: "attrs.Attribute[int]", value: int) -> None:
        if not low <= as_int(field.name, value) <= high:
            raise InvalidValue(field.name, f"must lie between {low} and {high}")

    return check


class Encoding(StrEnum):
    """How the letters of a file are written; DATEV reads both."""

    CP1252 = "cp1252"
    """Windows-1252, which every program of DATEV reads."""
    UTF8 = "utf-8"
    """UTF-8 with a byte order mark, for the import by hand and the interface ``extf-files``."""


def _encoding(value: Encoding | str | None) -> Encoding | None:
    return None if value is None else choice("encoding", Encoding, value)


@attrs.frozen(kw_only=True)
class DatevBatch:
    """What stands at the head of a posting batch.

    Attributes:
        consultant: The number of the tax consultant at DATEV (Beraternummer).
        client: The number of the client there (Mandantennummer).
        year_start: The first day of the fiscal year.
        first: The first day that the batch has bookings of.
        last: The last one, within twelve months of the beginning of the fiscal year.
        created_at: When the file is made.
        label: What the batch is called.
        account_length: The digits of an account that is no debtor's.
        currency: The currency that is booked in.
        is_final: Whether the bookings can be changed no more after they are imported.
        encoding: How letters are written; if None, in Windows-1252 where that has all of them, else
            in UTF-8.

    Raises:
        WrongType: something is of another type than it should be.
        UnknownName: there is no such encoding.
        NaiveTime: the time has no zone.
        InvalidValue: a number or a day lies outside its bounds, or amounts of the currency have more
            than two digits after the point.
    """

    consultant: int = attrs.field(validator=_within(1001, 9_999_999))
    client: int = attrs.field(validator=_within(1, 99_999))
    year_start: date
    first: date
    last: date
    created_at: datetime
    label: str = "Rechnungen"
    account_length: int = attrs.field(default=4, validator=_within(4, 8))
    currency: str = "EUR"
    is_final: bool = False
    encoding: Encoding | None = attrs.field(default=None, converter=_encoding)

    def __attrs_post_init__(self) -> None:
        shaped("batch", self, DatevBatch)
        if CURRENCY_DIGITS.get(self.currency, MINOR_DIGITS + 1) > MINOR_DIGITS:
            raise InvalidValue("currency", "must be a currency with two digits at most, as EUR")
        if self.created_at.utcoffset() is None:
            raise NaiveTime("created_at")
        if not self.year_start <= self.first <= self.last:
            raise InvalidValue("first", "must lie within the fiscal year, and not after the last")
        if (self.last - self.year_start).days >= 366:  # noqa: PLR2004 - the days of a leap year
            raise InvalidValue("last", "must lie within the fiscal year")


def write_datev(bookings: Iterable[Booking], batch: DatevBatch) -> bytes:
    """The bookings as a posting batch; its name should begin with ``EXTF_`` and end in ``.csv``.

    The chart of accounts is that of the bookings. No letter is replaced: what the encoding of the
    batch does not have is a fault.

    Args:
        bookings: The bookings, in the order they shall stand in.
        batch: What stands at its head.

    Raises:
        WrongType: they are no bookings, or the batch is none.
        InvalidText: the label of the batch has a letter that its encoding has not.
        FaultAt: a booking lies outside the batch, is in another currency or of another chart than
            the first one, or has a text, a number or an account that DATEV does not take; with its
            place. `ManyFaults` for several.
    """
    given("batch", batch, DatevBatch)
    listed = given_all("bookings", bookings, Booking)
    chart = listed[0].chart if listed else None
    faults: list[CrmError] = [*_unwritable("label", _text(batch.label, LABEL_LENGTH), batch)]
    for at, booking in enumerate(listed):
        faults += [FaultAt(f"bookings[{at}]", each) for each in _faults(booking, batch, chart)]
    raise_collected(faults)
    head = _row(_header(batch, chart), 31, HEADER_TEXTS)
    rows = [_row(_cells(each, batch), len(COLUMNS), TEXTS) for each in listed]
    return _encoded([head, ";".join(COLUMNS), *rows], batch.encoding)


def _encoded(lines: Sequence[str], encoding: Encoding | None) -> bytes:
    text = "".join(f"{line}\r\n" for line in lines)
    if encoding is not Encoding.UTF8:
        try:
            return text.encode("cp1252")
        except UnicodeEncodeError:
            pass  # a batch that wants it has been refused already
    return text.encode("utf-8-sig")


def _unwritable(field: str, text: str, batch: DatevBatch) -> Iterator[CrmError]:
    if batch.encoding is Encoding.CP1252:
        try:
            text.encode("cp1252")
        except UnicodeEncodeError as error:
            letter = error.object[error.start]
            yield InvalidText(field, f"holds {letter!r}, which Windows-1252 has not")


def _faults(booking: Booking, batch: DatevBatch, chart: Chart | None) -> Iterator[CrmError]:
    if booking.chart is not chart:
        yield InvalidValue("chart", f"is {booking.chart}, and {chart} in the first booking")
    yield from _unwritable("text", _text(booking.text, TEXT_LENGTH), batch)
    yield from _unwritable("vat_id", booking.vat_id or "", batch)
    if len(booking.vat_id or "") > VAT_ID_LENGTH:
        yield InvalidText("vat_id", f"must have {VAT_ID_LENGTH} characters at most")
    if booking.amount.currency != batch.currency:
        yield CurrencyMismatch("amount", batch.currency, booking.amount.currency)
    if booking.amount.amount >= MAX_AMOUNT:
        yield InvalidValue("amount", "must have ten digits before the comma at most")
    if not batch.first <= booking.on <= batch.last:
        yield InvalidValue("on", "must lie within the days of the batch")
    if not _NUMBER.fullmatch(booking.document):
        yield InvalidValue("document", "must be 1 to 36 letters, digits or $%&*+-/_, no sign first")
    for name, number in (("account", booking.account), ("contra", booking.contra)):
        # A debtor's account has one digit more than the others.
        if number >= 10 ** (batch.account_length + 1):
            most = batch.account_length + 1
            yield InvalidValue(name, f"must have {most} digits at most")


def _cells(booking: Booking, batch: DatevBatch) -> Mapping[int, str]:
    due = booking.due_on
    return {
        _AMOUNT: _amount(booking.amount),
        _SIDE: booking.side.value,
        _CURRENCY: booking.amount.currency,
        _ACCOUNT: str(booking.account),
        _CONTRA: str(booking.contra),
        _TAX_KEY: booking.tax_key or "",
        _DAY: f"{booking.on:%d%m}",
        _DOCUMENT: booking.document,
        _TEXT: _text(booking.text, TEXT_LENGTH),
        _VAT_ID: _text(booking.vat_id or "", VAT_ID_LENGTH),
        _FIXED: "1" if batch.is_final else "0",
        _DUE: "" if due is None else f"{due:%d%m}{due.year:04}",
    }


def _header(batch: DatevBatch, chart: Chart | None) -> Mapping[int, str]:
    at = batch.created_at
    return {
        1: "EXTF",
        2: "700",
        3: "21",
        4: "Buchungsstapel",
        5: "13",
        6: f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03}",
        8: "RE",
        11: str(batch.consultant),
        12: str(batch.client),
        13: _day(batch.year_start),
        14: str(batch.account_length),
        15: _day(batch.first),
        16: _day(batch.last),
        17: _text(batch.label, LABEL_LENGTH),
        19: "1",
        20: "0",
        21: "1" if batch.is_final else "0",
        22: batch.currency,
        27: "" if chart is None else chart.value,
    }


def _row(cells: Mapping[int, str], count: int, texts: frozenset[int]) -> str:
    return ";".join(
        _quoted(cells.get(at, "")) if at in texts else cells.get(at, "")
        for at in range(1, count + 1)
    )


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _text(text: str, most: int) -> str:
    # No control character may stand in a text of the format, and blanks of all kinds become one.
    parts = "".join(" " if category(sign) in _NO_LETTERS else sign for sign in text).split()
    plain = " ".join(parts)
    marked = f"'{plain}" if plain.startswith(_FORMULA) else plain
    return marked[:most]


def _amount(amount: Money) -> str:
    return f"{amount.amount:.2f}".replace(".", ",")


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")
