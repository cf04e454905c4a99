"""The one check every value passes before any store may see it.

Generated per class from its field specifications: types, text limits, number ranges, zones and
declared own attributes. The same verdict on every store, because no store decides.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from typing import Any

from crmcore.errors import (
    CrmError,
    InexactNumber,
    InvalidText,
    InvalidValue,
    NaiveTime,
    UnknownField,
    WrongType,
)
from crmcore.grammar.attributes import NO_ATTRIBUTES, Attributes
from crmcore.grammar.generated import function_from
from crmcore.grammar.naming import nearest, shortened
from crmcore.grammar.specification import FieldSpec, Kind, Text
from crmcore.values.numbers import as_decimal
from crmcore.values.texts import text_fault

Fields = Mapping[str, FieldSpec]

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1


def faults_of(record: Any, fields: Fields, own: Fields, prefix: str = "") -> Iterator[CrmError]:
    """Every fault of a record's values, each naming its field by a dotted path.

    Args:
        record: The entity, embedded value or child.
        fields: The field specifications of its class.
        own: The own attributes declared for the entity.
        prefix: The path that leads to ``record``.
    """
    for name, spec in fields.items():
        yield from _field_faults(getattr(record, name), spec, own, prefix + name)


def _field_faults(value: Any, spec: FieldSpec, own: Fields, path: str) -> Iterator[CrmError]:
    if value is None:
        if not spec.optional:
            yield WrongType(path, spec.kind.value, "None")
    elif spec.kind is Kind.CHILDREN:
        yield from _children_faults(value, spec, own, path)
    elif type(value) is not spec.cls:
        # Not isinstance: drivers disagree about subclasses, and none of them gives one back.
        inexact = isinstance(value, float) and spec.kind is Kind.DECIMAL
        yield (
            InexactNumber(path)
            if inexact
            else WrongType(path, spec.cls.__name__, type(value).__name__)
        )
    elif spec.kind is Kind.RECORD and spec.record is not None:
        yield from faults_of(value, spec.record.fields, own, f"{path}.")
    elif spec.kind is Kind.ATTRIBUTES:
        yield from _attribute_faults(value, own, path)
    else:
        yield from _scalar_faults(value, spec, path)


def _children_faults(
    children: tuple[Any, ...], spec: FieldSpec, own: Fields, path: str
) -> Iterator[CrmError]:
    if type(children) is not tuple:
        yield WrongType(path, "tuple", type(children).__name__)
        return
    for place, child in enumerate(children):
        if type(child) is not spec.cls or spec.record is None:
            yield WrongType(f"{path}[{place}]", spec.cls.__name__, type(child).__name__)
        else:
            yield from faults_of(child, spec.record.fields, own, f"{path}[{place}].")


def _attribute_faults(value: Attributes, own: Fields, path: str) -> Iterator[CrmError]:
    for name, each in value.items():
        spec = own.get(name)
        if spec is None:
            yield UnknownField(path, shortened(name), nearest(name, own))
        else:
            yield from _field_faults(each, spec, own, f"{path}.{name}")


def _scalar_faults(value: Any, spec: FieldSpec, path: str) -> Iterator[CrmError]:
    match spec.kind:
        case Kind.TEXT:
            fault = text_fault(path, value, spec.text.max, lines=spec.text.lines)
            fault = fault or _short_fault(path, value, spec.text)
            if fault is not None:
                yield fault
        case Kind.INTEGER:
            if not _INT_MIN <= value <= _INT_MAX:
                yield InvalidValue(path, "the number does not fit 64 bits")
        case Kind.DECIMAL:
            try:
                as_decimal(path, value, places=spec.places)
            except CrmError as fault:
                yield fault
        case Kind.INSTANT:
            if value.tzinfo is None:
                yield NaiveTime(path)
            elif value.tzinfo is not UTC or value.microsecond % 1000:
                yield InvalidValue(path, "the time is not in UTC and whole milliseconds")
        case _:
            return


def _short_fault(path: str, value: str, limits: Text) -> InvalidText | None:
    if limits.min and not value.strip():
        return InvalidText(path, "must not be blank")
    if len(value) < limits.min:
        return InvalidText(path, f"must have at least {limits.min} characters")
    return None


def compile_check(fields: Fields, own: Fields) -> Callable[[Any], bool]:
    """One function that says whether a record has no fault, about as fast as by hand.

    It may say no for a value that turns out fine; then `faults_of` decides.
    """
    namespace: dict[str, Any] = {"UTC": UTC}
    tests = [_quick(spec, own, namespace) for spec in fields.values()]
    source = "def generated(record):\n    return " + (" and ".join(tests) or "True")
    check: Callable[[Any], bool] = function_from(source, namespace)
    return check


def _quick(spec: FieldSpec, own: Fields, namespace: dict[str, Any]) -> str:
    value = f"v{len(namespace)}"
    fetch = f"({value} := record.{spec.name})"
    test = _quick_test(spec, value, own, namespace)
    if spec.optional:
        return f"({fetch} is None or {test})"
    return f"({fetch} is not None and {test})"


def _quick_test(spec: FieldSpec, value: str, own: Fields, namespace: dict[str, Any]) -> str:
    name = f"c{len(namespace)}"
    namespace[name] = spec.cls
    exact = f"type({value}) is {name}"
    match spec.kind:
        case Kind.TEXT:
            least, most = spec.text.min, spec.text.max
            blank = f" and not {value}.isspace()" if least else ""
            return (
                f"({exact} and {least} <= len({value}) <= {most} and {value}.isprintable(){blank})"
            )
        case Kind.INTEGER:
            return f"({exact} and {_INT_MIN} <= {value} <= {_INT_MAX})"
        case Kind.INSTANT:
            return f"({exact} and {value}.tzinfo is UTC and not {value}.microsecond % 1000)"
        case Kind.RECORD if spec.record is not None:
            namespace[f"check_{name}"] = compile_check(spec.record.fields, own)
            return f"({exact} and check_{name}({value}))"
        case Kind.CHILDREN if spec.record is not None:
            namespace[f"check_{name}"] = compile_check(spec.record.fields, own)
            each = f"type(child) is {name} and check_{name}(child)"
            return f"(type({value}) is tuple and all({each} for child in {value}))"
        case Kind.DECIMAL:
            namespace[f"check_{name}"] = _slow(spec, own)
            return f"check_{name}({value})"
        case Kind.ATTRIBUTES:
            namespace |= {f"check_{name}": _slow(spec, own), f"none_{name}": NO_ATTRIBUTES}
            return f"({value} is none_{name} or ({exact} and check_{name}({value})))"
        case _:
            return f"({exact})"


def _slow(spec: FieldSpec, own: Fields) -> Callable[[Any], bool]:
    def passes(value: Any) -> bool:
        return next(_field_faults(value, spec, own, spec.name), None) is None

    return passes
