"""Expressions as JSON and back: how rules, segments and KPI filters are kept and exchanged.

``to_json`` gives plain dicts, lists and scalars for `json.dumps`; values that JSON does not have
are tagged, such as ``{"$date": "2017-04-01"}``. The way back is in `crmcore.grammar.reading`.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from crmcore.errors import WrongType
from crmcore.grammar.query import (
    Among,
    Bucket,
    Compare,
    Condition,
    Either,
    Elapsed,
    Every,
    Folded,
    Has,
    Matches,
    Missing,
    Not,
    Operand,
    Path,
    check_size,
)
from crmcore.grammar.reading import from_json, operand_from_json, scalar_from_json
from crmcore.values.instants import instant
from crmcore.values.money import Money
from crmcore.values.numbers import as_exact
from crmcore.values.share import Share

__all__ = [
    "Json",
    "from_json",
    "operand_from_json",
    "operand_to_json",
    "scalar_from_json",
    "scalar_to_json",
    "to_json",
]

Json = dict[str, Any] | list[Any] | str | int | bool | None


def scalar_to_json(value: object) -> Json:
    """A scalar as JSON, tagged where JSON has no such type.

    Raises:
        NotValid: when it is none, or no store could keep it.
    """
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
            return {"$decimal": f"{as_exact('value', value):f}"}
        case datetime():
            return {"$instant": instant(value).isoformat(timespec="milliseconds")}
        case date():
            return {"$date": value.isoformat()}
        case UUID():
            return {"$id": str(value)}
        case _:
            raise WrongType("value", "a scalar of the language", type(value).__name__)


def operand_to_json(operand: Operand) -> Json:
    """An operand as JSON: a dotted name, or a dict for what is computed.

    Raises:
        WrongType: when it is none.
    """
    match operand:
        case Path():
            return str(operand)
        case Folded(path):
            return {"folded": str(path)}
        case Elapsed(start, end):
            return {"elapsed": [str(start), str(end)]}
        case Bucket(path, unit):
            return {"bucket": [str(path), unit]}
        case _:
            raise WrongType("operand", "a field", type(operand).__name__)


def to_json(condition: Condition) -> dict[str, Any]:
    """A condition as plain JSON values; `from_json` gives the same condition back.

    Choices lose their class on the way and are given back as text, which binding restores.

    Raises:
        ExpressionTooLarge: when it exceeds the limits of the language.
        NotValid: when it holds something that is no part of the language.
    """
    check_size(condition)
    return _written(condition)


def _written(condition: Condition) -> dict[str, Any]:
    match condition:
        case Every(items):
            return {"op": "and", "items": [_written(item) for item in items]}
        case Either(items):
            return {"op": "or", "items": [_written(item) for item in items]}
        case Not(item):
            return {"op": "not", "item": _written(item)}
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
            return {"op": "any", "of": str(children), "item": _written(where)}
        case _:
            raise WrongType("condition", "a node of the language", type(condition).__name__)


def _right_to_json(right: object) -> dict[str, Json]:
    if isinstance(right, Operand):
        return {"field": operand_to_json(right)}
    return {"value": scalar_to_json(right)}
