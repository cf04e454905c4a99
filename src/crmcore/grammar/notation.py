"""Expressions as JSON and back: how rules, segments and KPI filters are kept and exchanged.

``to_json`` gives plain dicts, lists and scalars for `json.dumps`; values that JSON does not have
are tagged, such as ``{"$date": "2017-04-01"}``. ``from_json`` trusts nothing: it checks shape,
size and names, and reports every fault with its path.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeGuard, cast, get_args
from uuid import UUID

from crmcore.errors import (
    CrmError,
    ExpressionTooLarge,
    InvalidValue,
    UnknownName,
    WrongType,
    raise_collected,
)
from crmcore.grammar.naming import NAME, nearest
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
)
from crmcore.values.ids import as_uuid
from crmcore.values.instants import instant
from crmcore.values.money import Money
from crmcore.values.numbers import as_exact
from crmcore.values.share import Share

Json = dict[str, Any] | list[Any] | str | int | bool | None

_COMPARE: frozenset[str] = frozenset(get_args(CompareOp))
_MATCH: frozenset[str] = frozenset(get_args(MatchOp))
_UNITS: frozenset[str] = frozenset(get_args(BucketUnit))
_OPS = _COMPARE | _MATCH | {"in", "missing", "any", "and", "or", "not"}


def scalar_to_json(value: object) -> Json:
    """A scalar as JSON, tagged where JSON has no such type."""
    match value:
        case StrEnum():
            return str(value.value)
        case bool() | int() | str():
            return value
        case Money(amount=amount, currency=currency):
            return {"$money": [f"{amount:f}", currency]}
        case Share():
            return {"$share": f"{value.value:f}"}
        case Decimal():
            return {"$decimal": f"{value:f}"}
        case datetime():
            return {"$instant": instant(value).isoformat(timespec="milliseconds")}
        case date():
            return {"$date": value.isoformat()}
        case UUID():
            return {"$id": str(value)}
        case _:
            raise WrongType("value", "a scalar of the language", type(value).__name__)


def operand_to_json(operand: Operand) -> Json:
    """An operand as JSON: a dotted name, or a dict for what is computed."""
    match operand:
        case Path():
            return str(operand)
        case Folded(path):
            return {"folded": str(path)}
        case Elapsed(start, end):
            return {"elapsed": [str(start), str(end)]}
        case Bucket(path, unit):
            return {"bucket": [str(path), unit]}


def to_json(condition: Condition) -> dict[str, Any]:
    """A condition as plain JSON values; `from_json` gives the same condition back.

    Choices lose their class on the way and are given back as text, which binding restores.
    """
    match condition:
        case Every(items):
            return {"op": "and", "items": [to_json(item) for item in items]}
        case Either(items):
            return {"op": "or", "items": [to_json(item) for item in items]}
        case Not(item):
            return {"op": "not", "item": to_json(item)}
        case Compare(op, left, right):
            return {"op": op, "of": operand_to_json(left), **_right_to_json(right)}
        case Among(left, values):
            listed = [scalar_to_json(value) for value in values]
            return {"op": "in", "of": operand_to_json(left), "values": listed}
        case Matches(op, left, text):
            return {"op": op, "of": operand_to_json(left), "value": text}
        case Missing(left):
            return {"op": "missing", "of": operand_to_json(left)}
        case Has(children, where):
            return {"op": "any", "of": str(children), "item": to_json(where)}
        case _:
            raise WrongType("condition", "a node of the language", type(condition).__name__)


def _right_to_json(right: object) -> dict[str, Json]:
    if isinstance(right, Path | Folded | Elapsed | Bucket):
        return {"field": operand_to_json(right)}
    return {"value": scalar_to_json(right)}


# --- and back --------------------------------------------------------------------------------------


def _text(value: object, at: str) -> str:
    if not isinstance(value, str):
        raise WrongType(at, "text", type(value).__name__)
    return value


def _instant(value: object, at: str) -> datetime:
    try:
        return instant(datetime.fromisoformat(_text(value, at)).astimezone(UTC), at)
    except ValueError:
        raise InvalidValue(at, "not an instant in ISO 8601") from None


def _date(value: object, at: str) -> date:
    try:
        return date.fromisoformat(_text(value, at))
    except ValueError:
        raise InvalidValue(at, "not a date in ISO 8601") from None


def _money(value: object, at: str) -> Money:
    amount, currency = _listed(value, at, 2)
    return Money(_text(amount, at), _text(currency, at))


_TAGS: Mapping[str, Callable[[object, str], Any]] = {
    "$money": _money,
    "$share": lambda value, at: Share(_text(value, at)),
    "$decimal": lambda value, at: as_exact(at, _text(value, at)),
    "$instant": _instant,
    "$date": _date,
    "$id": lambda value, at: as_uuid(at, value),
}


def scalar_from_json(value: object, at: str = "$") -> Any:
    """The scalar that `scalar_to_json` wrote.

    Raises:
        NotValid: when it is none; ``at`` is the path to name in the error.
    """
    if isinstance(value, str | int):
        return value
    parts = _object(value, at)
    if len(parts) == 1:
        (tag, inner) = next(iter(parts.items()))
        if tag in _TAGS:
            return _TAGS[tag](inner, at)
        raise UnknownName("tag", tag, nearest(tag, _TAGS))
    raise WrongType(at, "a scalar", "an object")


def _object(value: object, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrongType(at, "an object", type(value).__name__)
    return cast("dict[str, Any]", value)


def _listed(value: object, at: str, length: int | None = None) -> Sequence[Any]:
    if not _is_list(value):
        raise WrongType(at, "a list", type(value).__name__)
    if length is not None and len(value) != length:
        raise InvalidValue(at, f"needs {length} items, has {len(value)}")
    return value


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _path(value: object, at: str) -> Path:
    names = tuple(_text(value, at).split("."))
    if len(names) > MAX_DEPTH or not all(NAME.fullmatch(name) for name in names):
        raise InvalidValue(at, "not a dotted name of fields")
    return Path(names)


def operand_from_json(value: object, at: str = "$") -> Operand:
    """The operand that `operand_to_json` wrote.

    Raises:
        NotValid: when it is none.
    """
    if isinstance(value, str):
        return _path(value, at)
    match _object(value, at):
        case {"folded": path, **rest} if not rest:
            return Folded(_path(path, at))
        case {"elapsed": [start, end], **rest} if not rest:
            return Elapsed(_path(start, at), _path(end, at))
        case {"bucket": [path, unit], **rest} if not rest and unit in _UNITS:
            return Bucket(_path(path, at), cast("BucketUnit", unit))
        case _:
            raise InvalidValue(at, "not a field, folded, elapsed or bucket")


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
        try:
            return self._node(_object(value, at), at, depth)
        except ExpressionTooLarge:
            raise
        except CrmError as fault:
            self.faults.append(fault)
            return Every(())

    def _node(self, node: dict[str, Any], at: str, depth: int) -> Condition:
        match node:
            case {"op": ("and" | "or") as op, "items": items, **rest} if not rest:
                listed = tuple(
                    self.condition(item, f"{at}.items[{place}]", depth + 1)
                    for place, item in enumerate(_listed(items, at))
                )
                return Every(listed) if op == "and" else Either(listed)
            case {"op": "not", "item": item, **rest} if not rest:
                return Not(self.condition(item, f"{at}.item", depth + 1))
            case {"op": "any", "of": of, "item": item, **rest} if not rest:
                inner = self.condition(item, f"{at}.item", depth + 1)
                return Has(_path(of, f"{at}.of"), inner)
            case _:
                return _leaf(node, at)


def _leaf(node: dict[str, Any], at: str) -> Condition:
    match node:
        case {"op": op, "of": of, "value": value, **rest} if op in _COMPARE and not rest:
            left = operand_from_json(of, f"{at}.of")
            return Compare(op, left, scalar_from_json(value, f"{at}.value"))
        case {"op": op, "of": of, "field": field, **rest} if op in _COMPARE and not rest:
            left = operand_from_json(of, f"{at}.of")
            return Compare(op, left, operand_from_json(field, f"{at}.field"))
        case {"op": "in", "of": of, "values": values, **rest} if not rest:
            return Among(operand_from_json(of, f"{at}.of"), _values(values, f"{at}.values"))
        case {"op": op, "of": of, "value": text, **rest} if op in _MATCH and not rest:
            searched = operand_from_json(of, f"{at}.of")
            if not isinstance(searched, Path | Folded):
                raise InvalidValue(f"{at}.of", "only a text can be searched")
            return Matches(op, searched, _text(text, f"{at}.value"))
        case {"op": "missing", "of": of, **rest} if not rest:
            return Missing(operand_from_json(of, f"{at}.of"))
        case {"op": str(op)} if op not in _OPS:
            raise UnknownName("operator", op, nearest(op, _OPS))
        case _:
            raise InvalidValue(at, "not a node: its keys do not fit its op")


def _values(values: object, at: str) -> tuple[Any, ...]:
    listed = _listed(values, at)
    if len(listed) > MAX_VALUES:
        raise ExpressionTooLarge("values", MAX_VALUES)
    return tuple(scalar_from_json(each, f"{at}[{place}]") for place, each in enumerate(listed))


def from_json(value: object) -> Condition:
    """The condition that `to_json` wrote; its field names are checked when it is bound.

    Raises:
        ExpressionTooLarge: when it exceeds the limits of the language.
        NotValid: the one fault found, or `ManyFaults` with all of them, each with its path.
    """
    reader = _Reader()
    condition = reader.condition(value, "$", 1)
    raise_collected(reader.faults)
    return condition
