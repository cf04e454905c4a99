"""What somebody wrote as JSON, read without trust: size first, then shape, then values.

One reader for everything that is kept as JSON beside the expressions: models, policies, checklists.
Every fault is told with its path, and what is hostile costs no more than its first hundred faults.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NoReturn, TypeGuard, TypeVar

import attrs

from crmcore.errors import (
    CrmError,
    ExpressionTooLarge,
    FaultAt,
    InvalidValue,
    UnknownName,
    WrongType,
)
from crmcore.grammar.faults import Faults
from crmcore.grammar.naming import nearest, shortened
from crmcore.grammar.scalars import as_text

T = TypeVar("T")
C = TypeVar("C", bound=StrEnum)


@attrs.frozen(kw_only=True)
class Limits:
    """How large a form may be.

    Attributes:
        length: So many characters its text has at most.
        values: So many values it holds at most, however deep they lie.
        levels: So many levels it is deep at most.
    """

    length: int
    values: int
    levels: int = 24


class Form:
    """One form while it is being read.

    Args:
        whole: What it is called as a whole in faults, such as ``model``.
        limits: How large it may be.

    Attributes:
        faults: What was found to be wrong so far.
    """

    def __init__(self, whole: str, limits: Limits) -> None:
        self.faults = Faults(whole)
        self._whole = whole
        self._limits = limits
        self._budget = limits.values
        self._skipped = 0

    def opened(self, source: object) -> Mapping[Any, Any]:
        """The object that the form is: given as such, or as a text of JSON.

        Raises:
            NotValid: it is neither, or the text is too long, or no JSON.
        """
        value = self._parsed(source) if isinstance(source, str) else source
        if not _is_mapping(value):
            raise WrongType(self._whole, "an object", type(value).__name__)
        return value

    def fits(self, value: object, at: str) -> bool:
        """Whether a part is neither too deep nor, with those asked about before, too large."""
        level: list[Any] = [value]
        for _ in range(self._limits.levels):
            level = [inner for each in level for inner in self._inside(each)]
            if self._budget < 0:
                self.faults.add(FaultAt(at, ExpressionTooLarge("values", self._limits.values)))
                return False
            if not level:
                return True
        self.faults.add(FaultAt(at, ExpressionTooLarge("levels", self._limits.levels)))
        return False

    def mapping(self, value: object, at: str) -> Mapping[Any, Any] | None:
        """The value where it is an object; else None, and that is a fault."""
        if _is_mapping(value):
            return value
        self.faults.add(WrongType(at, "an object", type(value).__name__))
        return None

    def keys(
        self, value: Mapping[Any, Any], at: str, known: Sequence[str], needed: Iterable[str] = ()
    ) -> None:
        """Afterwards unknown keys, with the nearest known one, and missing ones are faults."""
        for key in value:
            if self.faults.is_full:
                return
            if key not in known:
                unknown = UnknownName("key", shortened(key), nearest(key, known))
                self.faults.add(FaultAt(at, unknown))
        for key in needed:
            if key not in value:
                self.faults.add(InvalidValue(f"{at}.{key}", "is missing"))

    def listed(self, value: object, at: str, most: int) -> Sequence[Any]:
        """The items of a list; none when it is no list or has more than so many: a fault."""
        if not is_list(value):
            self.faults.add(WrongType(at, "a list", type(value).__name__))
            return ()
        too_long = [*length_faults(at, len(value), most)]
        self.faults.extend(too_long)
        return () if too_long else value

    def each(self, items: Sequence[Any], at: str) -> Iterator[tuple[str, Any]]:
        """The items, each with its path, as long as more faults can be told."""
        for place, item in enumerate(items):
            if self.faults.is_full:
                self._skipped += len(items) - place
                return
            yield f"{at}[{place}]", item

    def named(self, value: object, at: str) -> Iterator[tuple[str, Any]]:
        """What an object with keys of any name holds, as long as more faults can be told."""
        given: Mapping[Any, Any] = self.mapping(value, at) or {}
        for place, (name, item) in enumerate(given.items()):
            if self.faults.is_full:
                self._skipped += len(given) - place
                return
            if isinstance(name, str):
                yield name, item
            else:
                self.faults.add(WrongType(at, "texts as keys", type(name).__name__))

    def made(self, make: Callable[[], T], at: str, instead: T) -> T:
        """What is made; its faults are told under the path, and something stands in for it."""
        try:
            return make()
        except CrmError as fault:
            self.faults.add(fault, at)
            return instead

    def text(self, value: object, at: str) -> str:
        """A text that every store can keep."""
        return self.made(lambda: as_text(at, value), "", "?")

    def flag(self, value: object, at: str) -> bool:
        """True or False, and nothing that is only like one of them."""
        if isinstance(value, bool):
            return value
        self.faults.add(WrongType(at, "bool", type(value).__name__))
        return False

    def choice(self, value: object, at: str, kind: str, known: Iterable[C]) -> C | None:
        """The one of the choices of a kind that is named; None when there is none such: a fault."""
        choices = {each.value: each for each in known}
        if isinstance(value, str) and value in choices:
            return choices[value]
        unknown = UnknownName(kind, shortened(value), nearest(value, choices))
        self.faults.add(FaultAt(at, unknown))
        return None

    def close(self) -> None:
        """Return when nothing is wrong.

        Raises:
            CrmError: the one fault, or `ManyFaults` with all of them (the first hundred, that is).
        """
        self.faults.close(f"{self._skipped} items nobody looked at" if self._skipped else "")

    def _parsed(self, text: str) -> object:
        if len(text) > self._limits.length:
            reason = f"the text has more than {self._limits.length} characters"
            raise InvalidValue(self._whole, reason)
        try:
            return json.loads(text, object_pairs_hook=self._paired, parse_constant=self._refused)
        except CrmError:
            raise
        except RecursionError:
            raise ExpressionTooLarge("levels", self._limits.levels) from None
        except ValueError as error:
            place = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
            raise InvalidValue(self._whole, f"is no JSON{place}") from None

    def _paired(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            self.faults.add(InvalidValue(self._whole, "an object has a key twice"))
        return made

    def _refused(self, constant: str) -> NoReturn:
        raise InvalidValue(self._whole, f"is no JSON: {constant} is no number")

    def _inside(self, value: object) -> Iterable[Any]:
        if self._budget < 0 or not (_is_mapping(value) or is_list(value)):
            return ()
        self._budget -= len(value)
        if self._budget < 0:
            return ()
        return value.values() if _is_mapping(value) else value


def length_faults(at: str, length: int, most: int) -> Iterator[CrmError]:
    """What is wrong with how long a list is."""
    if length > most:
        yield InvalidValue(at, f"at most {most} are possible, not {length}")


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether it is a list, of whatever."""
    return isinstance(value, list)
