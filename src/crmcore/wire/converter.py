"""How every value is written on the wire and read back: the one set of conversion rules.

JSON types where JSON has them; exact numbers, shares, dates, instants and ids as texts in one
canonical form; attrs classes as objects of their fields; money as ``{"amount": "12.5", "currency":
"EUR"}``. Reading is strict about types, and ignores fields it does not know, so that newer data
can be read. The conversion library is used in this room and nowhere else.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from operator import is_
from types import GenericAlias
from typing import Annotated, Any, TypeGuard, get_args, get_origin
from uuid import UUID
from weakref import WeakKeyDictionary

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from crmcore.errors import CrmError, InvalidValue, WrongType, raise_collected
from crmcore.grammar.attributes import Attributes, AttributeValue
from crmcore.grammar.entity import EntityType, Renamed, variant_name
from crmcore.grammar.registry import Registry
from crmcore.values import Money, Share, as_decimal, as_exact, as_int, as_uuid, instant

KIND = "kind"
"""The key that tells the variants of one entity apart, as in the query language."""

_KNOWN: WeakKeyDictionary[Registry, Converter] = WeakKeyDictionary()
_MILLISECONDS = "milliseconds"
_TAG_COUNT = 1


def wire_converter(registry: Registry) -> Converter:
    """The converter for everything a registry knows; the same one each time.

    Variants of one entity are written with their ``kind``, and reading their common class gives
    the variant. Do not register further rules on it: build your own from `new_converter`.
    """
    known = _KNOWN.get(registry)
    if known is None:
        known = new_converter()
        for entity in registry.entities.values():
            if entity.variants:
                _teach_variants(known, entity)
        _KNOWN[registry] = known
    return known


def new_converter() -> Converter:
    """A fresh converter with the rules for all values, but without any entity's variants."""
    converter = Converter(unstruct_collection_overrides={tuple: list})
    for cls, write in _WRITERS.items():
        converter.register_unstructure_hook(cls, write)
    for cls, read in _READERS.items():
        converter.register_structure_hook(cls, read)
    converter.register_structure_hook_factory(attrs.has, partial(_object_reader, converter))
    converter.register_structure_hook_factory(_is_children, partial(_children_reader, converter))
    converter.register_structure_hook_factory(_is_renamed, _renamed_reader)
    return converter


# --- writing -------------------------------------------------------------------------------------


def decimal_text(value: Decimal) -> str:
    """The number in its one canonical form: ``1.5`` for 1.50, never an exponent."""
    return f"{as_exact('', value):f}"


def instant_text(value: datetime) -> str:
    """The moment as ``2017-04-01T12:00:00.000Z``."""
    return f"{instant(value, '').isoformat(timespec=_MILLISECONDS)[:-6]}Z"


def _money(value: Money) -> dict[str, str]:
    return {"amount": f"{value.amount:f}", "currency": value.currency}


def _share(value: Share) -> str:
    return f"{value.value:f}"


def _choice(value: StrEnum) -> str:
    return value.value


def _attributes(value: Attributes) -> dict[str, Any]:
    return {name: _tagged(each) for name, each in value.items()}


def _tagged(value: AttributeValue) -> object:
    match value:
        case Decimal():
            return {"$decimal": decimal_text(value)}
        case datetime():
            return {"$instant": instant_text(value)}
        case date():
            return {"$date": value.isoformat()}
        case _:
            return value


_WRITERS: Mapping[type, Callable[[Any], Any]] = {
    UUID: str,
    Decimal: decimal_text,
    datetime: instant_text,
    date: date.isoformat,
    StrEnum: _choice,
    Money: _money,
    Share: _share,
    Attributes: _attributes,
}


# --- reading: a fault of a single value names no field, for its path is added above ---------------


def _read_text(value: object, _cls: object = str) -> str:
    if not isinstance(value, str):
        raise WrongType("", "text", type(value).__name__)
    return value


def _read_bool(value: object, _cls: object) -> bool:
    if not isinstance(value, bool):
        raise WrongType("", "true or false", type(value).__name__)
    return value


def _read_int(value: object, _cls: object) -> int:
    return as_int("", value)


def _read_decimal(value: object, _cls: object = Decimal) -> Decimal:
    return as_exact("", _read_text(value))


def _read_date(value: object, _cls: object = date) -> date:
    text = _read_text(value)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # Other spellings of ISO 8601, such as weeks, are parsed too; they are not canonical.
    if day is None or day.isoformat() != text:
        raise InvalidValue("", "must be a date such as 2017-04-01")
    return day


def _read_instant(value: object, _cls: object = datetime) -> datetime:
    try:
        at = datetime.fromisoformat(_read_text(value))
    except ValueError as error:
        if isinstance(error, CrmError):
            raise
        raise InvalidValue("", "must be a time such as 2017-04-01T12:00:00.000Z") from None
    return instant(at, "")


def _read_id(value: object, _cls: object) -> UUID:
    return as_uuid("", value)


def _read_choice(value: object, cls: type[StrEnum]) -> StrEnum:
    text = _read_text(value)
    try:
        return cls(text)
    except ValueError:
        known = ", ".join(member.value for member in cls)
        raise InvalidValue("", f"must be one of {known}") from None


def _read_money(value: object, _cls: object) -> Money:
    parts = _object(value)
    for name in ("amount", "currency"):
        if not isinstance(parts.get(name), str):
            raise WrongType(name, "text", type(parts.get(name)).__name__)
    return Money(as_decimal("amount", parts["amount"]), parts["currency"])


def _read_share(value: object, _cls: object) -> Share:
    return Share(_read_text(value))


def _read_attributes(value: object, _cls: object) -> Attributes:
    values: dict[str, AttributeValue] = {}
    faults: list[CrmError] = []
    for name, tagged in _object(value).items():
        try:
            values[name] = _untagged(name, tagged)
        except CrmError as fault:
            faults.append(fault)
    raise_collected(faults)
    return Attributes(values)


_TAGS: Mapping[str, Callable[[object], AttributeValue]] = {
    "$decimal": _read_decimal,
    "$instant": _read_instant,
    "$date": _read_date,
}


def _untagged(name: str, value: object) -> AttributeValue:
    if isinstance(value, str | int):
        return value
    parts = _object(value, name)
    tag, inner = next(iter(parts.items()), ("", None))
    if len(parts) != _TAG_COUNT or tag not in _TAGS:
        raise InvalidValue(name, f"must be a single value, or one tagged {', '.join(_TAGS)}")
    try:
        return _TAGS[tag](inner)
    except CrmError as fault:
        raise InvalidValue(name, fault.message.removeprefix(": ")) from None


def _object(value: object, field: str = "") -> Mapping[str, Any]:
    if not _is_mapping(value):
        raise WrongType(field, "an object", type(value).__name__)
    return value


def _is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


_READERS: Mapping[Any, Callable[[Any, Any], Any]] = {
    str: _read_text,
    bool: _read_bool,
    int: _read_int,
    Decimal: _read_decimal,
    datetime: _read_instant,
    date: _read_date,
    UUID: _read_id,
    StrEnum: _read_choice,
    Money: _read_money,
    Share: _read_share,
    Attributes: _read_attributes,
}


def _object_reader(converter: Converter, cls: Any) -> Callable[[Any, Any], Any]:
    generated = make_dict_structure_fn(cls, converter)

    def read_object(value: Any, kind: Any) -> Any:
        return generated(_object(value), kind)

    return read_object


def _is_children(cls: Any) -> bool:
    return get_origin(cls) is tuple and get_args(cls)[1:] == (...,)


def _children_reader(converter: Converter, cls: Any) -> Callable[[Any, Any], Any]:
    read_list = converter.get_structure_hook(GenericAlias(list, (get_args(cls)[0],)))

    def read_children(value: object, _cls: object) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise WrongType("", "a list", type(value).__name__)
        return tuple(read_list(value, list))

    return read_children


def _is_renamed(cls: Any) -> bool:
    return get_origin(cls) is Annotated and any(_renames(cls))


def _renames(cls: Any) -> Iterator[Renamed]:
    return (mark for mark in get_args(cls)[1:] if isinstance(mark, Renamed))


def _renamed_reader(cls: Any) -> Callable[[Any, Any], Any]:
    now = {mark.old: mark.new for mark in _renames(cls)}
    choice = get_args(cls)[0]

    def read_renamed(value: object, _cls: object) -> StrEnum:
        return _read_choice(now.get(value, value) if isinstance(value, str) else value, choice)

    return read_renamed


# --- variants ------------------------------------------------------------------------------------


def _teach_variants(converter: Converter, entity: EntityType) -> None:
    readers = {variant_name(cls): _object_reader(converter, cls) for cls in entity.classes}
    for cls in entity.classes:
        converter.register_unstructure_hook_func(partial(is_, cls), _variant_writer(converter, cls))

    def read_variant(value: Any, _cls: Any) -> Any:
        name = _object(value).get(KIND)
        if not isinstance(name, str) or name not in readers:
            raise InvalidValue(KIND, f"must be one of {', '.join(readers)}")
        return readers[name](value, entity.variant_named(name))

    converter.register_structure_hook_func(partial(is_, entity.cls), read_variant)


def _variant_writer(converter: Converter, cls: type[Any]) -> Callable[[Any], dict[str, Any]]:
    name, write = variant_name(cls), make_dict_unstructure_fn(cls, converter)

    def write_variant(entity: Any) -> dict[str, Any]:
        return {KIND: name, **write(entity)}

    return write_variant
