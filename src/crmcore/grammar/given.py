"""What callers of a calculator or an edge gave, checked as they come in: one typed error that helps.

Commands check their arguments by their annotations, see `crmcore.usecases`. Here are the checks of
functions that know their arguments by name, and can say what would have been right.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeGuard, TypeVar

from crmcore.errors import CrmError, WrongType, raise_collected
from crmcore.grammar.faults import MAX_FAULTS

T = TypeVar("T")


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether the value is a mapping, of whatever."""
    return isinstance(value, Mapping)


def is_series(value: object) -> TypeGuard[Iterable[Any]]:
    """Whether one can go through the value, and it is no text."""
    return isinstance(value, Iterable) and not isinstance(value, str | bytes)


def given(field: str, value: object, cls: type[T], wanted: str | None = None) -> T:
    """The value, which is of the class.

    Args:
        field: What errors call it.
        value: What was given.
        cls: The class; a day is no time.
        wanted: What would be right, and perhaps how to come by it; the name of the class if missing.

    Raises:
        WrongType: it is of another one.
    """
    if not isinstance(value, cls) or (cls is date and isinstance(value, datetime)):
        raise WrongType(field, wanted or cls.__name__, type(value).__name__)
    return value


def given_or_none(field: str, value: object, cls: type[T], wanted: str | None = None) -> T | None:
    """The value, which is of the class or missing; faults as in `given`."""
    return None if value is None else given(field, value, cls, wanted)


def given_all(field: str, values: object, cls: type[T], wanted: str | None = None) -> tuple[T, ...]:
    """All the values, which are of the class.

    Raises:
        WrongType: they are no series of values, or one is of another class; `ManyFaults` for several.
    """
    told = wanted or cls.__name__
    if not is_series(values):
        raise WrongType(field, f"a series, each {told}", type(values).__name__)
    listed = (*values,)
    faults: list[CrmError] = [
        WrongType(f"{field}[{at}]", told, type(each).__name__)
        for at, each in enumerate(listed)
        if not isinstance(each, cls)
    ]
    raise_collected(faults[:MAX_FAULTS])
    return listed


def given_by_key(
    field: str, values: object, cls: type[T], wanted: str | None = None
) -> Mapping[Any, T]:
    """The mapping, whose values are of the class; faults as in `given_all`."""
    told = wanted or cls.__name__
    if not is_mapping(values):
        raise WrongType(field, f"a mapping, each value {told}", type(values).__name__)
    faults: list[CrmError] = [
        WrongType(f"{field}[{key!r}]"[:100], told, type(each).__name__)
        for key, each in values.items()
        if not isinstance(each, cls)
    ]
    raise_collected(faults[:MAX_FAULTS])
    return values
