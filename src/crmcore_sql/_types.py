"""Column recipes for each kind of value, and everything SQLite says or needs in its own way.

A second database gets its own `Dialect` here. How errors of drivers are told apart lies in
`_errors`; what conditions mean lies in `_compile`.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any
from uuid import UUID, SafeUUID

from sqlalchemy import BigInteger, Integer, Numeric, String, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

from crmcore.errors import UnsafeStore
from crmcore.grammar.attributes import Attributes
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.query import BucketUnit
from crmcore.values import CONTEXT, Money, Share

BUSY_SECONDS = 30.0
"""How long a writer waits for its turn."""

MONEY_PLACES = 4
SHARE_PLACES = 6
ID_LENGTH = 36
CHOICE_LENGTH = 60
INSTANT_LENGTH = 24
DATE_LENGTH = 10

Load = Callable[[Any], Any]

# --- values on their way in and out --------------------------------------------------------------

_CACHED = 4096
_UNKNOWN = SafeUUID.unknown
_set_int: Callable[[UUID, int], None] = vars(UUID)["int"].__set__
_set_safe: Callable[[UUID, SafeUUID], None] = vars(UUID)["is_safe"].__set__


def id_of(text: str) -> UUID:
    """The id in a stored text; about twice as fast as the class, which also takes other forms."""
    made = object.__new__(UUID)
    _set_int(made, int(text.replace("-", ""), 16))
    _set_safe(made, _UNKNOWN)
    return made


@lru_cache(_CACHED)
def instant_text(at: datetime) -> str:
    """An instant as text of fixed width, which sorts like the instants."""
    return at.isoformat("T", "milliseconds")[:23] + "Z"


@cache
def scaler(places: int) -> Callable[[Decimal], int]:
    """The function that turns an exact number into a whole number of its smallest parts."""

    def scaled(value: Decimal) -> int:
        return int(CONTEXT.scaleb(value, places))

    return lru_cache(_CACHED)(scaled)


def unscaled(number: int, places: int) -> Decimal:
    """The canonical exact number of so many smallest parts."""
    while places and not number % 10:
        number //= 10
        places -= 1
    return Decimal(number).scaleb(-places, CONTEXT)


@cache
def unscaler(places: int) -> Callable[[int], Decimal]:
    """The function that turns a whole number of smallest parts into the canonical exact number."""

    def loaded(number: int) -> Decimal:
        return unscaled(number, places)

    return lru_cache(_CACHED)(loaded)


@lru_cache(_CACHED)
def share_of(number: int) -> Share:
    """The share of so many millionths."""
    return Share(unscaled(number, SHARE_PLACES))


@lru_cache(_CACHED)
def money_of(number: int, currency: str) -> Money:
    """The amount of so many smallest parts of a currency."""
    return Money(unscaled(number, MONEY_PLACES), currency)


def places_of(spec: FieldSpec) -> int:
    """How many digits after the point the column of a field keeps as part of its whole number."""
    match spec.kind:
        case Kind.DECIMAL:
            return spec.places
        case Kind.SHARE:
            return SHARE_PLACES
        case Kind.MONEY:
            return MONEY_PLACES
        case _:
            return 0


def stored(spec: FieldSpec, value: Any) -> Any:
    """A single value of a field as its column keeps it; for money, the amount."""
    match spec.kind:
        case Kind.DECIMAL:
            return scaler(spec.places)(value)
        case Kind.SHARE:
            return scaler(SHARE_PLACES)(value.value)
        case Kind.MONEY:
            return scaler(MONEY_PLACES)(value.amount)
        case Kind.BOOLEAN:
            return int(value)
        case Kind.DATE:
            return value.isoformat()
        case Kind.INSTANT:
            return instant_text(value)
        case Kind.ID | Kind.CHOICE:
            return str(value)
        case _:
            return value


def _plain(value: Any) -> Any:
    return value


def loader(spec: FieldSpec) -> Load:
    """The function that makes a single value of a field of what its column keeps, never None."""
    match spec.kind:
        case Kind.DECIMAL:
            return unscaler(spec.places)
        case Kind.SHARE:
            return share_of
        case Kind.BOOLEAN:
            return bool
        case Kind.DATE:
            return date.fromisoformat
        case Kind.INSTANT:
            return datetime.fromisoformat
        case Kind.ID:
            return id_of
        case Kind.CHOICE:
            return members(spec).__getitem__
        case _:
            return _plain


def optional(load: Load) -> Load:
    """The same function, None for None."""
    return lambda value: None if value is None else load(value)


def members(spec: FieldSpec) -> dict[str, Any]:
    """The members of a choice by the text that is kept of them."""
    listed: Mapping[str, StrEnum] = getattr(spec.cls, "__members__", {})
    return {str(member.value): member for member in listed.values()}


# --- own attributes ------------------------------------------------------------------------------

NOTHING = Attributes()


def attributes_writer(own: Mapping[str, FieldSpec]) -> Callable[[Attributes], str]:
    """The function that writes own attributes as JSON, each value as a column would keep it."""

    def write(attributes: Attributes) -> str:
        if not attributes:
            return "{}"
        values = {name: stored(own[name], value) for name, value in attributes.items()}
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    return write


def attributes_reader(own: Mapping[str, FieldSpec]) -> Callable[[str], Attributes]:
    """The function that reads them.

    A stored name that is not declared is refused: left out, it would be lost at the next save.
    """
    loaders = {name: loader(spec) for name, spec in own.items()}

    def read(text: str) -> Attributes:
        if text == "{}":
            return NOTHING
        values: dict[str, Any] = json.loads(text)
        for name in values.keys() - loaders.keys():
            raise UnsafeStore(f"own attribute {name!r}", "stored here", "declared when opening")
        return Attributes({name: loaders[name](each) for name, each in values.items()})

    return read


# --- column types --------------------------------------------------------------------------------

Type = TypeEngine[Any]


def text_type(length: int) -> Type:
    """Text compared by code point; strict tables of SQLite know no lengths."""
    return String(length).with_variant(Text(), "sqlite")


def whole_type() -> Type:
    """Whole numbers of 64 bits."""
    return BigInteger().with_variant(Integer(), "sqlite")


def column_type(spec: FieldSpec) -> Type:
    """The type of the (first) column of a field."""
    match spec.kind:
        case Kind.TEXT:
            return text_type(spec.text.max)
        case Kind.DECIMAL | Kind.MONEY | Kind.SHARE:
            # SQLite has no exact decimals: there it is the number of smallest parts.
            return Numeric(18, places_of(spec)).with_variant(Integer(), "sqlite")
        case Kind.INTEGER | Kind.BOOLEAN:
            return whole_type()
        case Kind.ID:
            return text_type(ID_LENGTH)
        case Kind.CHOICE:
            return text_type(CHOICE_LENGTH)
        case Kind.DATE:
            return text_type(DATE_LENGTH)
        case Kind.INSTANT:
            return text_type(INSTANT_LENGTH)
        case _:
            return Text()


# --- the dialect ---------------------------------------------------------------------------------


class Dialect:
    """How SQLite says what every database says differently.

    Operands come as SQL text without parameters; a ``?`` in an answer is one parameter.
    """

    read = "BEGIN"
    write = "BEGIN IMMEDIATE"
    pin = "SELECT 1 FROM crm__schema"
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    columns = "SELECT name FROM pragma_table_info(?)"

    def __init__(self) -> None:
        self.of_tables = sqlite.dialect()
        self.quote: Callable[[str], str] = self.of_tables.identifier_preparer.quote

    # --- texts, by code point: LIKE would not tell cases apart

    def contains(self, text: str) -> str:
        """Whether a text contains the parameter."""
        return f"instr({text}, ?) > 0"

    def starts(self, text: str, length: int) -> str:
        """Whether a text starts with the parameter of that length."""
        return f"substr({text}, 1, {length}) = ?"

    def ends(self, text: str, length: int) -> str:
        """Whether a text ends with the parameter of that length, not 0."""
        return f"substr({text}, -{length}) = ?"

    def attribute(self, column: str, name: str) -> str:
        """The own attribute in a column of attributes."""
        return f"json_extract({column}, '$.{name}')"

    # --- times

    def days(self, start: str, end: str) -> str:
        """The whole days from one date to another."""
        return f"CAST(julianday({end}) - julianday({start}) AS INTEGER)"

    def milliseconds(self, start: str, end: str) -> str:
        """The milliseconds from one instant to another, without any float."""
        return f"({self._since_epoch(end)} - {self._since_epoch(start)})"

    def _since_epoch(self, at: str) -> str:
        seconds = f"CAST(strftime('%s', substr({at}, 1, 19)) AS INTEGER)"
        return f"({seconds} * 1000 + CAST(substr({at}, 21, 3) AS INTEGER))"

    def bucket(self, day: str, unit: BucketUnit) -> str:
        """The calendar unit of a date or an instant."""
        match unit:
            case "day":
                return f"substr({day}, 1, 10)"
            case "month":
                return f"substr({day}, 1, 7)"
            case "year":
                return f"substr({day}, 1, 4)"
            case "quarter":
                quarter = f"(CAST(substr({day}, 6, 2) AS INTEGER) + 2) / 3"
                return f"(substr({day}, 1, 4) || '-Q' || ({quarter}))"

    # --- numbers

    def floor(self, number: str, factor: int) -> str:
        """A whole number divided by a factor, rounded down."""
        return f"({number} / {factor} - ({number} % {factor} < 0))"

    def ceiling(self, number: str, factor: int) -> str:
        """A whole number divided by a factor, rounded up."""
        return f"({number} / {factor} + ({number} % {factor} > 0))"

    def halves(self, number: str) -> tuple[str, str]:
        """A whole number as two whose sums stay within 64 bits: times 2**32, and the rest."""
        return f"{number} >> 32", f"{number} & 4294967295"

    # --- order

    def ordered(self, key: str, *, descending: bool, may_be_missing: bool) -> str:
        """A key of an order, missing values first."""
        if not descending:
            return key  # SQLite puts them first by itself
        return f"{key} DESC NULLS FIRST" if may_be_missing else f"{key} DESC"

    # --- statements

    def draw(self, table: str) -> str:
        """The statement that draws the next number: tenant, series, period in, the number out."""
        return (
            f"INSERT INTO {table} (tenant, series, period, value) VALUES (?, ?, ?, 1) "
            "ON CONFLICT (tenant, series, period) DO UPDATE SET value = value + 1 RETURNING value"
        )
