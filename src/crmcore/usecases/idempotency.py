"""What tells two calls of a command apart: the caller's key, and a digest of the arguments.

Equal arguments have equal fingerprints, on every machine and in every version of Python: 3 and
``Decimal("3.0")``, a member of an enumeration and its value, a list and a tuple. Used to refuse an
idempotency key that comes back with other arguments.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import InexactNumber, InvalidValue, WrongType
from crmcore.grammar.canonical import canonical_json
from crmcore.values import as_exact, instant, text_fault

MAX_KEY = 255


def check_key(key: str) -> None:
    """Return when ``key`` may be an idempotency key.

    Raises:
        InvalidText: when it is no text, too long, or has characters no store may keep.
        InvalidValue: when it is empty.
    """
    if (fault := text_fault("key", key, MAX_KEY, lines=False)) is not None:
        raise fault
    if not key:
        raise InvalidValue("key", "must not be empty")


def fingerprint(arguments: Mapping[str, object]) -> str:
    """The SHA-256 of the arguments, as 64 hexadecimal digits.

    Args:
        arguments: Scalars, money, enumerations, dates, sequences, sets, mappings and attrs values,
            nested as need be.

    Raises:
        WrongType: one of them is something else.
        InexactNumber: one of them is a float.
        NaiveTime: a time has no zone.
        InvalidValue: they are nested too deeply to be compared.
    """
    try:
        plain = canonical_json(_plain(arguments, "$"))
    except RecursionError:
        raise InvalidValue("$", "is nested too deeply") from None
    return sha256(plain.encode("ascii")).hexdigest()


def _plain(value: Any, path: str) -> object:
    if value is None or isinstance(value, bool):
        return value
    for cls, plain in _KINDS.items():
        if isinstance(value, cls):
            return plain(value, path)
    return _record(value, path)


def _record(value: Any, path: str) -> object:
    cls: type[Any] = value.__class__
    if not attrs.has(cls):
        raise WrongType(path, "a value, or a collection of values", cls.__name__)
    fields = attrs.asdict(value, recurse=False, filter=_is_given)
    return {cls.__name__: _mapping(fields, path)}


def _is_given(attribute: Any, _value: object) -> bool:
    return bool(attribute.init)


def _text(value: str, _path: str) -> object:
    return str(value)


def _number(value: int | Decimal, path: str) -> object:
    return {"number": f"{as_exact(path, value):f}"}


def _instant(value: datetime, path: str) -> object:
    return {"instant": instant(value, path).isoformat()}


def _date(value: date, _path: str) -> object:
    return {"date": value.isoformat()}


def _id(value: UUID, _path: str) -> object:
    return {"id": value.hex}


def _inexact(_value: float, path: str) -> object:
    raise InexactNumber(path)


def _mapping(value: Mapping[Any, object], path: str) -> object:
    # Keys may be ids, so this is a list of pairs in the order of their texts.
    pairs = ([_plain(key, path), _plain(each, f"{path}.{key}")] for key, each in value.items())
    return {"mapping": sorted(pairs, key=canonical_json)}


def _set(value: Iterable[object], path: str) -> object:
    return {"set": sorted((_plain(each, path) for each in value), key=canonical_json)}


def _sequence(value: Iterable[object], path: str) -> object:
    return [_plain(each, f"{path}[{place}]") for place, each in enumerate(value)]


_KINDS: Mapping[Any, Callable[[Any, str], object]] = {
    str: _text,
    int: _number,
    Decimal: _number,
    datetime: _instant,
    date: _date,
    UUID: _id,
    float: _inexact,
    Mapping: _mapping,
    frozenset: _set,
    set: _set,
    tuple: _sequence,
    list: _sequence,
}
