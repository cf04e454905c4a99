"""Rows that are no entities: plain objects, mappings and data frames, made ready to be counted.

Data frames are told by what they can do, so none of their libraries is imported. What comes out has
dates and times as the core keeps them, exact numbers, choices as their enums, and None for whatever
a data frame writes where nothing is.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, cast

import attrs

from crmcore.errors import InvalidValue, WrongType
from crmcore.grammar.binding import scalar_for
from crmcore.grammar.compiling import read_part
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.subjects import SUBJECTS
from crmcore.values import instant

# The names pandas has for nothing; its NaT is a datetime, and its NA does not even compare.
_NOTHING = frozenset({"NaTType", "NAType"})
_TIMES = frozenset({Kind.DATE, Kind.INSTANT})
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY})
_NO_FIELDS: Mapping[str, FieldSpec] = {}


@attrs.define
class Row:
    """A plain object or a mapping whose parts read as the core's own values.

    Attributes are the parts; one that is not there reads as None.
    """

    _raw: Any
    _fields: Mapping[str, FieldSpec]

    def __getattr__(self, name: str) -> Any:
        return value_of(name, read_part(self._raw, name), self._fields.get(name))

    def __contains__(self, name: str) -> bool:
        raw = self._raw
        return name in raw if isinstance(raw, Mapping) else hasattr(raw, name)

    def __dir__(self) -> Iterable[str]:
        raw = self._raw
        if isinstance(raw, Mapping):
            return [str(name) for name in cast("Mapping[str, Any]", raw)]
        return dir(raw)


def rows_of(source: Any, entity: str) -> list[Row]:
    """The rows of a data frame, or of any iterable of objects and mappings.

    Args:
        source: The rows; a pandas, polars or Arrow table, or whatever has one of their ways out.
        entity: The name of the entity they are about; its fields tell the types of theirs.

    Raises:
        WrongType: it is neither.
    """
    kind = SUBJECTS.entities.get(entity)
    fields = _NO_FIELDS if kind is None else kind.fields
    return [Row(each, fields) for each in _listed(source)]


def _listed(source: Any) -> Iterable[Any]:
    if hasattr(source, "collect") and hasattr(source, "lazy"):
        return _listed(source.collect())
    for way_out in ("to_dicts", "to_pylist"):
        if hasattr(source, way_out):
            rows: Iterable[Any] = getattr(source, way_out)()
            return rows
    if hasattr(source, "iter_rows"):
        named: Iterable[Any] = source.iter_rows(named=True)
        return named
    if hasattr(source, "to_dict") and hasattr(source, "columns"):
        records: Iterable[Any] = source.to_dict("records")
        return records
    if isinstance(source, Mapping | str) or not hasattr(source, "__iter__"):
        raise WrongType("rows", "rows or a data frame", _type_name(source))
    listed: Iterable[Any] = source
    return listed


def _type_name(value: Any) -> str:
    return type(value).__name__


def value_of(name: str, value: Any, spec: FieldSpec | None) -> Any:
    """A value from outside as the core would keep it; None where it says that nothing is there.

    Raises:
        WrongType: a text stands where a date or a number belongs.
        UnknownName: a choice has no such value.
    """
    if is_nothing(value):
        return None
    kind = None if spec is None else spec.kind
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    if spec is not None and kind is Kind.CHOICE:
        return scalar_for(spec, value, name)
    if isinstance(value, date):
        return _time_of(name, value, kind)
    if kind in _TIMES or (kind in _NUMBERS and isinstance(value, str)):
        raise WrongType(name, "date" if kind in _TIMES else "number", type(value).__name__)
    if isinstance(value, float):
        return exact(name, value)
    inside = _NO_FIELDS if spec is None else _fields_inside(spec)
    if isinstance(value, Mapping):
        return Row(value, inside)
    if type(value) in {list, tuple}:
        return tuple(Row(child, inside) for child in value)
    return value


def is_nothing(value: Any) -> bool:
    """Whether a value stands for a missing one, as None, nan, NaT and NA do."""
    if value is None or type(value).__name__ in _NOTHING:
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, float) and value != value  # noqa: PLR0124 - only nan is not itself


def exact(name: str, value: float) -> int | Decimal:
    """The shortest decimal that reads back as this float, as people see it printed.

    Raises:
        InvalidValue: it is infinite.
    """
    if value in {float("inf"), float("-inf")}:
        raise InvalidValue(name, "must be a finite number")
    return int(value) if value.is_integer() else Decimal(repr(float(value)))


def moment_of(name: str, value: datetime) -> datetime:
    """The moment in UTC; a time without a zone, as data frames keep them, counts as UTC."""
    aware = value.replace(tzinfo=UTC) if value.utcoffset() is None else value
    return instant(aware, name)


def midnight(day: date) -> datetime:
    """The moment a day begins, in UTC."""
    return datetime.combine(day, time(), UTC)


def _time_of(name: str, value: date, kind: Kind | None) -> date:
    if isinstance(value, datetime):
        moment = moment_of(name, value)
        return moment.date() if kind is Kind.DATE else moment
    return midnight(value) if kind is Kind.INSTANT else value


def _fields_inside(spec: FieldSpec) -> Mapping[str, FieldSpec]:
    if spec.record is not None:
        return spec.record.fields
    return _NO_FIELDS if spec.reference is None else SUBJECTS.named(spec.reference).fields
