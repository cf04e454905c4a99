"""Expressions from JSON: what `crmcore.grammar.notation` wrote, or somebody else did.

Nothing is trusted: shape, size, names of operators and values are checked, and every fault is told
with its path. Whether fields exist is checked later, when the condition is bound to an entity.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeGuard, TypeVar, cast, get_args

import attrs

from crmcore.errors import (
    CrmError,
    ExpressionTooLarge,
    InexactNumber,
    InvalidValue,
    ManyFaults,
    UnknownName,
    WrongType,
    raise_collected,
)
from crmcore.grammar.naming import NAME, nearest, shortened
from crmcore.grammar.query import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_VALUES,
    Among,
    Bucket,
    BucketUnit,
    Compare,
    CompareOp,
    Condition,
    Either,
    Elapsed,
    Every,
    Folded,
    Has,
    Matches,
    MatchOp,
    Missing,
    Not,
    Operand,
    Path,
    check_size,
)
from crmcore.grammar.scalars import as_text
from crmcore.values.ids import as_uuid
from crmcore.values.instants import instant
from crmcore.values.money import Money
from crmcore.values.numbers import as_exact, as_int
from crmcore.values.share import Share

T = TypeVar("T")

MAX_FAULTS = 100
"""After so many faults, reading goes no further."""

_UNITS: frozenset[str] = frozenset(get_args(BucketUnit))
_LONGEST_PATH = 64 * MAX_DEPTH
_LONGEST_OPERATOR = 20


# --- values and operands -------------------------------------------------------------------------


def _named(at: str, make: Callable[[], T]) -> T:
    """What ``make`` gives; its faults are told with the path instead of the name of a part."""
    try:
        return make()
    except (InvalidValue, WrongType) as fault:
        raise attrs.evolve(fault, field=at) from None


def _instant(value: object, at: str) -> datetime:
    text = as_text(at, value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValue(at, "not an instant in ISO 8601") from None
    return instant(moment, at)


def _date(value: object, at: str) -> date:
    text = as_text(at, value)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # Other spellings of ISO 8601, such as weeks, are parsed too; they are not canonical.
    if day is None or day.isoformat() != text:
        raise InvalidValue(at, "not a date such as 2017-04-01")
    return day


def _money(value: object, at: str) -> Money:
    amount, currency = (as_text(at, part) for part in _listed(value, at, 2))
    return _named(at, lambda: Money(amount, currency))


def _share(value: object, at: str) -> Share:
    text = as_text(at, value)
    return _named(at, lambda: Share(text))


_TAGS: Mapping[str, Callable[[object, str], Any]] = {
    "$money": _money,
    "$share": _share,
    "$decimal": lambda value, at: as_exact(at, as_text(at, value)),
    "$instant": _instant,
    "$date": _date,
    "$id": lambda value, at: as_uuid(at, as_text(at, value)),
}


def scalar_from_json(value: object, at: str = "$") -> Any:
    """The scalar that `scalar_to_json` wrote.

    Raises:
        NotValid: when it is none; ``at`` is the path to name in the error.
    """
    match value:
        case str():
            return as_text(at, value)
        case bool():
            return value
        case int():
            return as_int(at, value)
        case float():
            raise InexactNumber(at)
        case _:
            return _tagged(value, at)


def _tagged(value: object, at: str) -> Any:
    if not _is_object(value) or len(value) != 1:
        raise WrongType(at, "a scalar", type(value).__name__)
    tag, inner = next(iter(value.items()))
    if tag not in _TAGS:
        raise UnknownName(f"tag at {at}", shortened(tag), nearest(tag, _TAGS))
    return _TAGS[tag](inner, at)


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _object(value: object, at: str) -> dict[str, Any]:
    if not _is_object(value):
        raise WrongType(at, "an object", type(value).__name__)
    return value


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _listed(value: object, at: str, length: int | None = None) -> Sequence[Any]:
    if not _is_list(value):
        raise WrongType(at, "a list", type(value).__name__)
    if length is not None and len(value) != length:
        raise InvalidValue(at, f"needs {length} items, has {len(value)}")
    return value


def _path(value: object, at: str) -> Path:
    text = as_text(at, value)
    names = tuple(text.split(".")) if len(text) <= _LONGEST_PATH else ()
    if not 1 <= len(names) <= MAX_DEPTH or not all(NAME.fullmatch(name) for name in names):
        raise InvalidValue(at, "not a dotted name of fields")
    return Path(names)


def operand_from_json(value: object, at: str = "$") -> Operand:
    """The operand that `operand_to_json` wrote.

    Raises:
        NotValid: when it is none; ``at`` is the path to name in the error.
    """
    if isinstance(value, str):
        return _path(value, at)
    match _object(value, at):
        case {"folded": path, **rest} if not rest:
            return Folded(_path(path, at))
        case {"elapsed": [start, end], **rest} if not rest:
            return Elapsed(_path(start, at), _path(end, at))
        case {"bucket": [path, str(unit)], **rest} if not rest and unit in _UNITS:
            return Bucket(_path(path, at), cast("BucketUnit", unit))
        case _:
            raise InvalidValue(at, "not a field, folded, elapsed or bucket")


# --- conditions ----------------------------------------------------------------------------------

_ONE_VALUE = ({"of", "value"}, {"of", "field"})
_FORMS: Mapping[str, Sequence[set[str]]] = {
    "and": ({"items"},),
    "or": ({"items"},),
    "not": ({"item"},),
    "any": ({"of", "item"},),
    "in": ({"of", "values"},),
    "missing": ({"of"},),
    **{op: ({"of", "value"},) for op in get_args(MatchOp)},
    **dict.fromkeys(get_args(CompareOp), _ONE_VALUE),
}
"""Per operator, the keys that a node has beside it: one of these sets."""

# What stands for something with a fault until all faults are told.
_NOTHING: Condition = Every(())
_NOWHERE: Operand = Path(())
_NO_VALUES: Sequence[Any] = ()


def _operator(node: Mapping[str, Any], at: str) -> str:
    op = node.get("op")
    if not isinstance(op, str):
        raise WrongType(f"{at}.op", "the name of an operator", type(op).__name__)
    if op not in _FORMS:
        near = nearest(op, _FORMS) or nearest(op[:_LONGEST_OPERATOR].lower(), _FORMS)
        is_listed = near is None and len(op) <= _LONGEST_OPERATOR
        listed = f" (known are {', '.join(_FORMS)})" if is_listed else ""
        raise UnknownName(f"operator at {at}{listed}", shortened(op), near)
    known = {"op"}.union(*_FORMS[op])
    for key in node:
        if key not in known:
            raise UnknownName(f"key of {op!r} at {at}", shortened(key), nearest(key, known))
    if node.keys() - {"op"} not in _FORMS[op]:
        needed = ", or ".join(" and ".join(sorted(form)) for form in _FORMS[op])
        raise InvalidValue(at, f"{op!r} needs {needed}")
    return op


class _Reader:
    """Reads one expression, gathering its faults and counting its nodes."""

    def __init__(self) -> None:
        self.faults: list[CrmError] = []
        self._nodes = 0

    def condition(self, value: object, at: str, depth: int) -> Condition:
        self._nodes += 1
        if depth > MAX_DEPTH:
            raise ExpressionTooLarge("levels", MAX_DEPTH)
        if self._nodes > MAX_NODES:
            raise ExpressionTooLarge("nodes", MAX_NODES)
        return self._taken(lambda: self._node(_object(value, at), at, depth), _NOTHING)

    def _taken(self, read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except (ExpressionTooLarge, ManyFaults):
            raise
        except CrmError as fault:
            self.faults.append(fault)
            if len(self.faults) >= MAX_FAULTS:
                raise ManyFaults(tuple(self.faults)) from None
            return instead

    def _node(self, node: dict[str, Any], at: str, depth: int) -> Condition:
        op = _operator(node, at)
        match op:
            case "and" | "or":
                listed = tuple(
                    self.condition(item, f"{at}.items[{place}]", depth + 1)
                    for place, item in enumerate(_listed(node["items"], f"{at}.items"))
                )
                return Every(listed) if op == "and" else Either(listed)
            case "not":
                return Not(self.condition(node["item"], f"{at}.item", depth + 1))
            case "any":
                children = self._taken(lambda: _path(node["of"], f"{at}.of"), Path(()))
                return Has(children, self.condition(node["item"], f"{at}.item", depth + 1))
            case _:
                return self._leaf(op, node, at)

    def _leaf(self, op: str, node: dict[str, Any], at: str) -> Condition:
        left = self._operand(node["of"], f"{at}.of")
        match op:
            case "missing":
                return Missing(left)
            case "in":
                return Among(left, self._values(node["values"], f"{at}.values"))
            case "contains" | "starts" | "ends":
                text = self._taken(lambda: as_text(f"{at}.value", node["value"]), "")
                if not isinstance(left, Path | Folded):
                    raise InvalidValue(f"{at}.of", "only a text can be searched")
                return Matches(op, left, text)
            case _:
                sign = cast("CompareOp", op)
                if "field" in node:
                    return Compare(sign, left, self._operand(node["field"], f"{at}.field"))
                return Compare(sign, left, self._scalar(node["value"], f"{at}.value"))

    def _operand(self, value: object, at: str) -> Operand:
        return self._taken(lambda: operand_from_json(value, at), _NOWHERE)

    def _scalar(self, value: object, at: str) -> Any:
        return self._taken(lambda: scalar_from_json(value, at), None)

    def _values(self, values: object, at: str) -> tuple[Any, ...]:
        listed = self._taken(lambda: _listed(values, at), _NO_VALUES)
        if len(listed) > MAX_VALUES:
            raise ExpressionTooLarge("values", MAX_VALUES)
        return tuple(self._scalar(each, f"{at}[{place}]") for place, each in enumerate(listed))


def from_json(value: object) -> Condition:
    """The condition that `to_json` wrote; its field names are checked when it is bound.

    Raises:
        ExpressionTooLarge: when it exceeds the limits of the language.
        NotValid: the one fault found, or `ManyFaults` with all of them (the first hundred, that
            is), each with its path.
    """
    reader = _Reader()
    condition = reader.condition(value, "$", 1)
    raise_collected(reader.faults)
    check_size(condition)
    return condition
