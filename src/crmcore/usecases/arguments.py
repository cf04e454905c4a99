"""What callers pass is checked before anything happens: each argument against its annotation.

People call from notebooks, forms and untyped code. Without this, a text where a date belongs would
surface as an `AttributeError` somewhere below; with it, as one typed error that names the argument.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from types import FunctionType, UnionType
from typing import Any, ParamSpec, TypeGuard, TypeVar, Union, get_args, get_origin, get_type_hints

from crmcore.errors import CrmError, WrongType, raise_collected
from crmcore.values import Share

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)

_Fits = Callable[[Any], bool]


def _fits_class(cls: type) -> _Fits:
    if getattr(cls, "_is_protocol", False):
        names = [name for name in dir(cls) if not name.startswith("_")]
        return lambda value: all(hasattr(value, name) for name in names)
    if cls is date:
        return lambda value: isinstance(value, date) and not isinstance(value, datetime)
    if cls is int:
        return lambda value: isinstance(value, int) and not isinstance(value, bool)
    return lambda value: isinstance(value, cls)


def _is_sequence(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _fits_items(hint: Any) -> _Fits:
    fits = _fits(get_args(hint)[0])
    return lambda value: _is_sequence(value) and all(map(fits, value))


def _fits(hint: Any) -> _Fits:
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        checks = tuple(_fits(part) for part in get_args(hint))
        return lambda value: any(check(value) for check in checks)
    if origin is Sequence:
        return _fits_items(hint)
    cls = origin or hint
    # Type variables say nothing that could be told from a value alone.
    if not isinstance(cls, type) or cls is object:
        return lambda _value: True
    return _fits_class(cls)


def _plain(hint: Any) -> frozenset[type]:
    """Classes whose own instances fit, without a look at the value."""
    if get_origin(hint) in {Union, UnionType}:
        return frozenset[type]().union(*map(_plain, get_args(hint)))
    is_plain = isinstance(hint, type) and not getattr(hint, "_is_protocol", False)
    return frozenset({hint}) if is_plain else frozenset()


def _named(hint: Any) -> str:
    if get_origin(hint) in {Union, UnionType}:
        return " or ".join(_named(part) for part in get_args(hint))
    if get_origin(hint) is Sequence:
        return f"a sequence of {_named(get_args(hint)[0])}"
    if hint is Share:
        return 'a Share such as Share("0.8")'
    return "None" if hint is type(None) else str(getattr(hint, "__name__", hint))


def _fault(name: str, hint: Any, value: object) -> WrongType:
    """What is wrong with a value that does not fit; of a sequence, its first wrong item."""
    if get_origin(hint) is Sequence and _is_sequence(value):
        (item,) = get_args(hint)
        fits = _fits(item)
        place, wrong = next((at, each) for at, each in enumerate(value) if not fits(each))
        return _fault(f"{name}[{place}]", item, wrong)
    return WrongType(name, _named(hint), type(value).__name__)


class _Checks:
    """The checks of one function's arguments, made when it is first called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        hints = get_type_hints(function)
        parameters = inspect.signature(function).parameters.values()
        named = [each for each in parameters if each.kind is not each.VAR_KEYWORD]
        self._rest = next((each.name for each in named if each.kind is each.VAR_POSITIONAL), None)
        self._order = [each.name for each in named if each.kind is each.POSITIONAL_OR_KEYWORD]
        self._hints = {each.name: hints[each.name] for each in named if each.name in hints}
        self._fits = {name: _fits(hint) for name, hint in self._hints.items()}
        self._plain = {name: _plain(hint) for name, hint in self._hints.items()}

    def check(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        places = [*self._order, *[self._rest or ""] * (len(args) - len(self._order))]
        faults: list[CrmError] = []
        for name, value in (*zip(places, args, strict=False), *kwargs.items()):
            fits = self._fits.get(name)
            if fits is None or type(value) in self._plain[name]:
                continue
            if not fits(value):
                faults.append(_fault(name, self._hints[name], value))
        raise_collected(faults)


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """``function``, refusing arguments of another type than annotated.

    Raises:
        WrongType: from the result, naming the argument; `ManyFaults` when there are several.
    """
    known: list[_Checks] = []

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not known:
            known.append(_Checks(function))
        known[0].check(args, kwargs)
        return function(*args, **kwargs)

    return call


def commands(cls: C) -> C:
    """A class whose public methods are `checked`."""
    for name, method in vars(cls).copy().items():
        if isinstance(method, FunctionType) and (name == "__call__" or not name.startswith("_")):
            setattr(cls, name, checked(method))
    return cls
