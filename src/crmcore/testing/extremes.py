"""Hand-picked values that places for data are known to mishandle, by kind of field."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crmcore.grammar.attributes import Attributes
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.values.money import Money
from crmcore.values.share import Share

TEXTS: tuple[str, ...] = (
    "a",
    "A",
    "",
    " ",
    "a ",
    " a",
    "b",
    "B",
    "ä",
    "a\u0308",
    "Ä",
    "ß",
    "SS",
    "Straße",
    "STRASSE",
    "\u0130",
    "\u0131",
    "\ufb01",
    "\u212b",
    "\u00c5",
    "\u03c2",
    "\u03c3",
    "%",
    "_",
    "a%b",
    "a_b",
    "axb",
    "\\",
    "a\\%b",
    "'",
    '"',
    "''--",
    "$",
    "$where",
    "a.b",
    "[a-z]*",
    "(.*)+$",
    "{}",
    "?1:x",
    "null",
    "None",
    "NaN",
    "0",
    "00",
    "1e3",
    "true",
    "2024-02-29",
    "e\u0301\u0323",
    "\u200b",
    "\ufeffa",
    "a\u00a0",
    "\u2028",
    "\ufffd",
    "\U0001f600",
    "\U0001f469\u200d\U0001f52c",
    "\U0010ffff",
    "\u0627\u0644",
    "٣",
)
"""Pairs that only case, accents, blanks or a normal form tell apart; signs that mean something to
somebody; a text whose order differs between code points and code units."""

INTEGERS: tuple[int, ...] = (
    0,
    1,
    -1,
    2,
    255,
    2**31 - 1,
    2**31,
    -(2**31) - 1,
    2**53 + 1,
    -(2**53) - 1,
    2**63 - 1,
    -(2**63),
)

DATES: tuple[date, ...] = (
    date(2024, 2, 29),
    date(2024, 3, 31),
    date(2023, 12, 31),
    date(2024, 1, 1),
    date(1970, 1, 1),
    date(1969, 12, 31),
    date(1900, 2, 28),
    date.min,
    date.max,
)

INSTANTS: tuple[datetime, ...] = (
    datetime(2024, 2, 29, 23, 59, 59, 999_000, UTC),
    datetime(2024, 3, 1, tzinfo=UTC),
    datetime(2024, 3, 1, 0, 0, 0, 1_000, UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC),
    datetime(2038, 1, 19, 3, 14, 8, 7_000, UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_000, UTC),
)

MONEY: tuple[Money, ...] = (
    Money(0, "EUR"),
    Money("0.0001", "EUR"),
    Money("-0.01", "EUR"),
    Money("12.5", "EUR"),
    Money("12.5", "USD"),
    Money(9, "EUR"),
    Money(10, "EUR"),
    Money("-9999999999.9999", "EUR"),
    Money("9999999999.9999", "EUR"),
    Money(1000, "JPY"),
    Money("0.001", "KWD"),
)

LARGEST_MONEY: tuple[Money, ...] = (
    Money("99999999999999.9999", "EUR"),
    Money("-99999999999999.9999", "EUR"),
)
"""The widest amounts; their sum is no amount any more."""

SHARES: tuple[Share, ...] = (
    Share(0),
    Share(1),
    Share("0.19"),
    Share("0.333333"),
    Share("0.000001"),
    Share("0.5"),
)

IDS: tuple[UUID, ...] = (
    UUID(int=0),
    UUID(int=1),
    UUID(int=2**63),
    UUID(int=2**64),
    UUID(int=2**127),
    UUID(int=2**128 - 1),
    UUID("00ffffff-0000-7000-8000-000000000000"),
    UUID("ff000000-0000-7000-8000-000000000000"),
)
"""Ids whose order goes wrong where bytes are signed or halves are swapped."""


def decimals(places: int) -> tuple[Decimal, ...]:
    """Decimals with at most so many digits after the point, the widest among them."""
    least, most = Decimal((0, (1,), -places)), Decimal((0, (9,) * 18, -places))
    plain = (Decimal(text) for text in ("0", "1", "-1", "9", "10", "0.1", "0.3", "1.005"))
    fitting = (number for number in plain if number == round(number, places))
    return (*fitting, least, -least, most, -most)


def texts(longest: int, lines: bool) -> tuple[str, ...]:
    """Texts of at most so many code points, the longest among them."""
    broken = ("a\nb", "\r\n", "a\tb") if lines else ()
    fitting = (text for text in (*TEXTS, *broken) if len(text) <= longest)
    return (*fitting, "x" * longest, "\U0001f600" * longest)


_BY_KIND: Mapping[Kind, Sequence[Any]] = {
    Kind.INTEGER: INTEGERS,
    Kind.BOOLEAN: (False, True),
    Kind.DATE: DATES,
    Kind.INSTANT: INSTANTS,
    Kind.MONEY: MONEY,
    Kind.SHARE: SHARES,
    Kind.ID: IDS,
    Kind.ATTRIBUTES: (Attributes(),),
}


def extremes(spec: FieldSpec) -> Sequence[Any]:
    """The values of this pool that a single-valued field can hold."""
    match spec.kind:
        case Kind.TEXT:
            return texts(spec.text.max, spec.text.lines)
        case Kind.DECIMAL:
            return decimals(spec.places)
        case Kind.CHOICE:
            members: Mapping[str, Any] = getattr(spec.cls, "__members__", {})
            return tuple(members.values())
        case kind:
            return _BY_KIND.get(kind, ())
