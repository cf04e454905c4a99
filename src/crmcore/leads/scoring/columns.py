"""Conditions as expressions of polars, for scoring data frames without a Python call per row.

A column is named by the path of its field, such as ``contact.address.country``. Meaning is that of
the language: a comparison with a missing value is false, and ``~`` negates plainly. While conditions
are joined, false may be written as null; it is made false where it is negated.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from operator import eq, ge, gt, le, lt, ne
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import NaiveTime, UnknownField, WrongType
from crmcore.grammar.binding import Scope
from crmcore.grammar.naming import nearest
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
)
from crmcore.grammar.specification import FieldSpec, Kind
from crmcore.leads.scoring.moments import epoch_ms
from crmcore.values import Share
from crmcore.values.texts import fold

_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": eq,
    "ne": ne,
    "lt": lt,
    "le": le,
    "gt": gt,
    "ge": ge,
}
_TEXTS = frozenset({Kind.TEXT, Kind.CHOICE, Kind.ID})
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.SHARE})
_FORMATS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


@attrs.frozen(eq=False)
class Columns:
    """What can be asked of the columns of a frame, or of the parts of children in one.

    Attributes:
        pl: The polars module.
        scope: What the columns are about.
        types: The types of the columns by name.
        column: The expression for a column.
    """

    pl: Any
    scope: Scope
    types: Mapping[str, Any]
    column: Callable[[str], Any]

    @classmethod
    def of(cls, pl: Any, frame: Any, scope: Scope) -> "Columns":
        """The columns of a polars frame about the entities of a scope."""
        return cls(pl, scope, dict(frame.schema), pl.col)

    def condition(self, condition: Condition) -> Any:
        """A bound condition as an expression that is true, or false or null."""
        pl = self.pl
        match condition:
            case Every(items):
                return reduce(lambda a, b: a & b, map(self.condition, items), pl.lit(value=True))
            case Either(items):
                return reduce(lambda a, b: a | b, map(self.condition, items), pl.lit(value=False))
            case Not(item):
                return ~self.condition(item).fill_null(value=False)
            case Compare(op, left, right):
                other = (
                    self.operand(right)
                    if isinstance(right, Operand)
                    else self.pl.lit(_plain(right))
                )
                return _SIGNS[op](self.operand(left), other)
            case Among(left, values):
                return self._among(self.operand(left), [*map(_plain, values)])
            case Matches(op, left, text):
                texts = self.operand(left).str
                if op == "contains":
                    return texts.contains(pl.lit(text), literal=True)
                return (texts.starts_with if op == "starts" else texts.ends_with)(pl.lit(text))
            case Missing(left):
                return self._missing(left)
            case Has(children, where):
                return self._has(children, where)
            case _:
                raise WrongType("condition", "a node of the language", type(condition).__name__)

    def operand(self, operand: Operand) -> Any:
        """The values of an operand; instants as milliseconds, ids and choices as texts."""
        match operand:
            case Path():
                return self._path(operand)
            case Folded(path):
                return self._path(path).map_batches(_folded, return_dtype=self.pl.String)
            case Elapsed(start, end):
                gap = self._path(end) - self._path(start)
                is_day = self.scope.route(start).leaf.kind is Kind.DATE
                return gap.dt.total_days() if is_day else gap
            case Bucket(path, unit):
                return self._bucket(path, unit)

    def _among(self, operand: Any, values: list[Any]) -> Any:
        if any(isinstance(value, Decimal) for value in values):
            # A list of them would have to be of the column's own precision.
            return self.pl.any_horizontal([operand == self.pl.lit(value) for value in values])
        return operand.is_in(values) if values else self.pl.lit(value=False)

    def _bucket(self, path: Path, unit: str) -> Any:
        days = self._path(path)
        if self.scope.route(path).leaf.kind is Kind.INSTANT:
            days = days.cast(self.pl.Datetime("ms"))
        days = days.dt
        if unit in _FORMATS:
            return days.strftime(_FORMATS[unit])
        return days.strftime("%Y-Q") + days.quarter().cast(self.pl.String)

    def _missing(self, operand: Operand) -> Any:
        if isinstance(operand, Path) and self.scope.route(operand).leaf.kind is Kind.MONEY:
            return self.operand(Path((*operand.names, "value"))).is_null()
        if isinstance(operand, Path) and self.scope.route(operand).leaf.kind is Kind.CHILDREN:
            return self.pl.lit(value=False)
        return self.operand(operand).is_null()

    def _path(self, path: Path) -> Any:
        name = str(path)
        if name not in self.types:
            raise UnknownField(f"the frame of {self.scope.name}", name, nearest(name, self.types))
        return self._typed(name, self.scope.route(path).leaf)

    def _typed(self, name: str, spec: FieldSpec) -> Any:
        pl, kind, values = self.pl, self.types[name], self.column(name)
        if kind == pl.Null:
            return values.cast(self._missing_type(spec.kind))
        if spec.kind in _TEXTS and kind in (pl.String, pl.Categorical, pl.Enum):
            return values if kind == pl.String else values.cast(pl.String)
        if spec.kind in _NUMBERS and kind.is_numeric():
            return values.fill_nan(None) if kind.is_float() else values
        if spec.kind is Kind.BOOLEAN and kind == pl.Boolean:
            return values
        if spec.kind is Kind.DATE and kind == pl.Date:
            return values
        if spec.kind is Kind.INSTANT and kind == pl.Datetime:
            if kind.time_zone is None:
                raise NaiveTime(name)
            parts = {"ms": 1, "us": 1000, "ns": 10**6}[kind.time_unit]
            return values.to_physical() if parts == 1 else values.to_physical() // parts
        raise WrongType(name, spec.kind.value, str(kind))

    def _missing_type(self, kind: Kind) -> Any:
        pl = self.pl
        known = {Kind.DATE: pl.Date, Kind.BOOLEAN: pl.Boolean}
        number = pl.Int64 if kind in _NUMBERS | {Kind.INSTANT} else pl.String
        return known.get(kind, number)

    def _has(self, children: Path, where: Condition) -> Any:
        name = str(children)
        if name not in self.types:
            raise UnknownField(f"the frame of {self.scope.name}", name, nearest(name, self.types))
        pl, kind = self.pl, self.types[name]
        if kind == pl.Null or (kind == pl.List and kind.inner == pl.Null):
            return pl.lit(value=False)
        if kind != pl.List or kind.inner != pl.Struct:
            raise WrongType(name, "a list of structs", str(kind))
        inside = Columns(
            pl,
            self.scope.child(self.scope.route(children)),
            _parts(pl, kind.inner),
            lambda part: reduce(lambda s, n: s.struct.field(n), part.split("."), pl.element()),
        )
        # A constant has no length of its own; what is asked of the child first has.
        test = pl.element().is_not_null() & inside.condition(where)
        return self.column(name).list.eval(test).list.any()


def _parts(pl: Any, struct: Any, prefix: str = "") -> dict[str, Any]:
    """The types of the fields of a struct and of the structs in it, by dotted name."""
    found: dict[str, Any] = {}
    for field in struct.fields:
        found[prefix + field.name] = field.dtype
        if field.dtype == pl.Struct:
            found |= _parts(pl, field.dtype, f"{prefix}{field.name}.")
    return found


def _plain(value: object) -> Any:
    """A scalar of the language as the columns hold it."""
    match value:
        case StrEnum():
            return value.value
        case UUID():
            return str(value)
        case Share():
            return value.value
        case datetime():
            return epoch_ms(value)
        case _:
            return value


def _folded(texts: Any) -> Any:
    """The texts folded, with one call for each different one."""
    known = texts.drop_nulls().unique()
    return texts.replace_strict(known, [fold(text) for text in known], default=None)
