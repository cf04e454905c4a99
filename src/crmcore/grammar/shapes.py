"""Whether a value that was made of attrs classes holds what their annotations say, all the way down.

For values that no store checks, such as an electronic invoice or a paper. Quick where all is well;
only where something is not, every fault is looked for.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from itertools import islice
from types import UnionType
from typing import Any, TypeGuard, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from crmcore.errors import WrongType, raise_collected
from crmcore.grammar.faults import MAX_FAULTS
from crmcore.grammar.generated import function_from
from crmcore.grammar.given import given, is_mapping

T = TypeVar("T")

_Fits = Callable[[Any], bool]


def shaped(field: str, value: object, cls: type[T], wanted: str | None = None) -> T:
    """The value, which is of the class, and everything in it of the type it should be.

    Args:
        field: What errors call it.
        value: What was given.
        cls: The attrs class.
        wanted: What would be right, see `given`.

    Raises:
        WrongType: it is not, with the path; `ManyFaults` for several.
    """
    found = given(field, value, cls, wanted)
    hint: Any = cls
    if not _fits(hint)(found):
        raise_collected([*islice(_faults(found, hint, ""), MAX_FAULTS)])
    return found


def _is_tuple(value: object) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple)


def _is_set(value: object) -> TypeGuard[frozenset[Any]]:
    return isinstance(value, frozenset)


@cache
def _fields(cls: type[Any]) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(cls)
    return tuple((each.name, hints[each.name]) for each in attrs.fields(cls))


@cache
def _fits(hint: Any) -> _Fits:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        rests = [_fits(part) for part in parts if part is not type(None)]
        return lambda value: value is None or any(fits(value) for fits in rests)
    if origin is tuple:
        return _fits_tuple(parts)
    if origin is frozenset:
        each = _fits(parts[0])
        return lambda value: _is_set(value) and all(map(each, value))
    if origin in {dict, Mapping}:
        key, item = map(_fits, parts)
        return lambda value: (
            is_mapping(value) and all(map(key, value.keys())) and all(map(item, value.values()))
        )
    return _fits_class(hint)


def _fits_tuple(parts: tuple[Any, ...]) -> _Fits:
    if parts[-1] is Ellipsis:
        each = _fits(parts[0])
        return lambda value: _is_tuple(value) and all(map(each, value))
    several = [_fits(part) for part in parts]
    return lambda value: (
        _is_tuple(value)
        and len(value) == len(several)
        and all(fits(one) for fits, one in zip(several, value, strict=True))
    )


def _fits_class(cls: type[Any]) -> _Fits:
    if cls is date:
        return lambda value: isinstance(value, date) and not isinstance(value, datetime)
    if not attrs.has(cls):
        return lambda value: isinstance(value, cls)
    # Generated, for a document has half a million fields: four times as fast as a loop over them.
    namespace: dict[str, Any] = {"cls": cls, "empty": ()}
    tests = [_test(hint, name, at, namespace) for at, (name, hint) in enumerate(_fields(cls))]
    source = " and ".join(["isinstance(record, cls)", *tests])
    fits: _Fits = function_from(f"def generated(record):\n    return {source}", namespace)
    return fits


def _test(hint: Any, name: str, at: int, namespace: dict[str, Any]) -> str:
    namespace[f"fits{at}"] = _fits(hint)
    parts = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    namespace[f"known{at}"] = frozenset(
        part for part in parts if isinstance(part, type) and not attrs.has(part)
    )
    value = f"v{at}"
    if get_origin(hint) is tuple:
        return f"(({value} := record.{name}) is empty or fits{at}({value}))"
    return f"(type({value} := record.{name}) in known{at} or fits{at}({value}))"


def _faults(value: Any, hint: Any, path: str) -> Iterator[WrongType]:
    """Every part that does not fit, of a value that does not."""
    if _fits(hint)(value):
        return
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        (hint,) = (part for part in parts if part is not type(None))
        origin, parts = get_origin(hint), get_args(hint)
    if origin is tuple and parts[-1] is Ellipsis and _is_tuple(value):
        for at, each in enumerate(value):
            yield from _faults(each, parts[0], f"{path}[{at}]")
    elif isinstance(hint, type) and attrs.has(hint) and isinstance(value, hint):
        for name, inner in _fields(hint):
            yield from _faults(getattr(value, name), inner, f"{path}.{name}".removeprefix("."))
    else:
        yield WrongType(path, _named(hint), type(value).__name__)


def _named(hint: Any) -> str:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is None:
        return str(getattr(hint, "__name__", hint))
    inner = ", ".join("..." if part is Ellipsis else _named(part) for part in parts)
    return f"{origin.__name__}[{inner}]"
