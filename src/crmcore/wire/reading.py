"""Reading what comes from outside: all its faults at once, each as `$.path: what is wrong`.

The library below reports faults as nested groups of exceptions; here they become the errors of this
library, with the texts of our own checks kept and no value quoted.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

import attrs
from cattrs import (
    AttributeValidationNote,
    BaseValidationError,
    ClassValidationError,
    Converter,
    IterableValidationError,
)

from crmcore.errors import CrmError, InvalidValue, ManyFaults

T = TypeVar("T")

ROOT = "$"
"""The path of everything that was given."""


def read(converter: Converter, value: object, cls: type[T], path: str = ROOT) -> T:
    """An object of ``cls`` made of plain data that lies at ``path``.

    Raises:
        CrmError: the one fault found, or `ManyFaults` with all of them.
    """
    try:
        return converter.structure(value, cls)
    except (BaseValidationError, CrmError, TypeError, ValueError, KeyError) as error:
        faults = [*faults_in(error, path)]
    raise faults[0] if len(faults) == 1 else ManyFaults(tuple(faults))


def faults_in(error: BaseException, path: str) -> Iterator[CrmError]:
    """Every fault an exception tells of, as errors of this library that name the full path."""
    match error:
        case ClassValidationError() | IterableValidationError():
            noted, others = error.group_exceptions()
            for fault, note in noted:
                yield from _noted(fault, note, path)
            for fault in others:
                yield from faults_in(fault, path)
        case ManyFaults(faults=faults):
            for fault in faults:
                yield from faults_in(fault, path)
        case CrmError():
            yield _placed(error, path)
        case _:
            yield InvalidValue(path, _text_of(error))


def _noted(fault: BaseException, note: Any, path: str) -> Iterator[CrmError]:
    if not isinstance(note, AttributeValidationNote):
        yield from faults_in(fault, f"{path}[{note.index!r}]")
    elif isinstance(fault, KeyError) and fault.args == (note.name,):
        yield InvalidValue(f"{path}.{note.name}", "is missing")
    else:
        yield from faults_in(fault, f"{path}.{note.name}")


def _placed(fault: Any, path: str) -> CrmError:
    # The field of a fault is relative to the object that raised it; a single value has none.
    field: object = getattr(fault, "field", None)
    placed: CrmError = fault
    if isinstance(field, str):
        placed = attrs.evolve(fault, field=f"{path}.{field}" if field else path)
    return placed


def _text_of(error: BaseException) -> str:
    # Some validators put the value itself among the arguments, behind the text.
    text: object = error.args[0] if error.args else None
    return text if isinstance(text, str) else "cannot be read"
