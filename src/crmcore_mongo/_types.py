"""Values on their way into documents and out of them, and the options of the driver that this needs.

One recipe for each kind of value, for documents as for questions. How whole entities are written
lies in `_codec`; what conditions mean lies in `_compile`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from operator import index
from struct import Struct
from typing import Any

from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from bson.decimal128 import Decimal128
from bson.int64 import Int64

from crmcore.errors import CrmError, InvalidValue
from crmcore.grammar.attributes import NO_ATTRIBUTES, Attributes
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.values import CONTEXT, Money, Share

Document = dict[str, Any]
Load = Callable[[Any], Any]

OPTIONS: CodecOptions[Document] = CodecOptions(
    document_class=dict,
    tz_aware=False,
    uuid_representation=UuidRepresentation.STANDARD,
    unicode_decode_error_handler="strict",
)
"""What our databases are opened with, whatever options their client has.

Moments come in without a zone, and get it from `aware`, which takes a fifth of the driver's time.
"""

DAMAGE = (ArithmeticError, AttributeError, CrmError, LookupError, TypeError, ValueError)
"""What is raised by reading something that the library has not written."""

AMOUNT, CURRENCY = "amount", "currency"
"""The parts of money."""

_CACHED = 4096
_MIDNIGHT = time(tzinfo=UTC)

# --- exact numbers -------------------------------------------------------------------------------

_HALVES = Struct("<QQ")
_LARGE = 0b11 << 61
_EXPONENT, _BIAS = (1 << 14) - 1, 6176
_FRACTION = (1 << 49) - 1


@lru_cache(_CACHED)
def decimal128(value: Decimal) -> Decimal128:
    """An exact number as documents keep it."""
    return Decimal128(value)


@lru_cache(_CACHED)
def _number(encoded: bytes) -> Decimal:
    """The canonical exact number in 16 bytes; several times as fast as the driver's own way."""
    low, high = _HALVES.unpack(encoded)
    if high & _LARGE == _LARGE:
        # Infinite, no number, or beyond the digits that anything here ever has.
        return Decimal128.from_bid(encoded).to_decimal()
    number = ((high & _FRACTION) << 64) | low
    exponent = ((high >> 49) & _EXPONENT) - _BIAS
    while exponent < 0 and not number % 10:
        if not number:
            return Decimal(0)
        number //= 10
        exponent += 1
    if exponent > 0:
        number, exponent = number * 10**exponent, 0
    return Decimal(-number if high >> 63 else number).scaleb(exponent, CONTEXT)


def exact(value: Decimal128) -> Decimal:
    """The canonical exact number that a document keeps, or that the database has calculated."""
    return _number(value.bid)


@lru_cache(_CACHED)
def _share(encoded: bytes) -> Share:
    return Share(_number(encoded))


def share_of(value: Decimal128) -> Share:
    """The share that a document keeps."""
    return _share(value.bid)


@lru_cache(_CACHED)
def _money(encoded: bytes, currency: str) -> Money:
    return Money(_number(encoded), currency)


def money_document(money: Money) -> Document:
    """Money as documents keep it."""
    return {AMOUNT: decimal128(money.amount), CURRENCY: money.currency}


def money_of(value: Mapping[str, Any]) -> Money:
    """The money that a document keeps."""
    return _money(value[AMOUNT].bid, value[CURRENCY])


# --- single values -------------------------------------------------------------------------------


def midnight(day: date) -> datetime:
    """The moment that stands for a date."""
    return datetime.combine(day, _MIDNIGHT)


@lru_cache(_CACHED)
def aware(at: datetime) -> datetime:
    """The moment that the driver has read."""
    return at.replace(tzinfo=UTC)


def stored(spec: FieldSpec, value: Any) -> Any:
    """A single value of a field as documents keep it."""
    match spec.kind:
        case Kind.INTEGER:
            return Int64(value)
        case Kind.DECIMAL:
            return decimal128(value)
        case Kind.SHARE:
            return decimal128(value.value)
        case Kind.MONEY:
            return money_document(value)
        case Kind.DATE:
            return midnight(value)
        case Kind.CHOICE:
            return str(value)
        case _:
            return value


def _plain(value: Any) -> Any:
    return value


def loader(spec: FieldSpec) -> Load:
    """The function that makes a single value of a field of what documents keep, never None."""
    match spec.kind:
        case Kind.INTEGER:
            return index  # of a fraction, or a text, it makes no number
        case Kind.DECIMAL:
            return exact
        case Kind.SHARE:
            return share_of
        case Kind.MONEY:
            return money_of
        case Kind.DATE:
            return datetime.date
        case Kind.INSTANT:
            return aware
        case Kind.CHOICE:
            return members(spec).__getitem__
        case _:
            return _plain


def optional(load: Load) -> Load:
    """The same function, None for None."""
    return lambda value: None if value is None else load(value)


def members(spec: FieldSpec) -> dict[str, Any]:
    """The members of a choice by the text that is kept of them, and by what it was before."""
    listed: Mapping[str, StrEnum] = getattr(spec.cls, "__members__", {})
    known: dict[str, Any] = {str(member.value): member for member in listed.values()}
    return known | {each.old: known[each.new] for each in spec.renamed}


# --- own attributes ------------------------------------------------------------------------------


def attributes_writer(own: Mapping[str, FieldSpec]) -> Callable[[Attributes], Document]:
    """The function that makes a document of own attributes, each value as a field would keep it."""

    def write(attributes: Attributes) -> Document:
        if attributes is NO_ATTRIBUTES:
            return {}
        return {name: stored(own[name], value) for name, value in attributes.items()}

    return write


def attributes_reader(own: Mapping[str, FieldSpec]) -> Callable[[Document], Attributes]:
    """The function that reads them.

    A stored name that is not declared is refused: left out, it would be lost at the next save.
    """
    loaders = {name: loader(spec) for name, spec in own.items()}

    def read(values: Document) -> Attributes:
        if not values:
            return NO_ATTRIBUTES
        for name in values.keys() - loaders.keys():
            raise InvalidValue(f"attributes.{name}", "is stored, but not declared when opening")
        return Attributes({name: loaders[name](each) for name, each in values.items()})

    return read
