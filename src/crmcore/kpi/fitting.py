"""Questions made to fit plain rows, which have no schema to be bound to.

Does for them what binding does for entities, as far as the rows themselves can tell: fields exist,
and constants are of the type of what they are compared with.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never

import attrs

from crmcore.errors import UnknownField, WrongType
from crmcore.grammar.binding import scalar_for
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.naming import nearest
from crmcore.grammar.query import (
    AggregateQuery,
    Among,
    Bucket,
    Compare,
    Condition,
    Either,
    Elapsed,
    Every,
    Folded,
    Matches,
    Not,
    Operand,
    Path,
    operands,
)
from crmcore.kpi.plain import Row, exact, midnight, moment_of
from crmcore.values import fold


def fitted(
    query: AggregateQuery, rows: Sequence[Row], optional: frozenset[str] = frozenset()
) -> AggregateQuery:
    """The query with its constants in the form of the rows' own values.

    Args:
        query: The query.
        rows: The rows.
        optional: Fields that are missing where no row has them.

    Raises:
        UnknownField: another field that not a single row has; with the nearest that the first has.
        WrongType: a constant is of another type than the values it is compared with.
    """
    samples = {path: _sample(path, rows, query.entity, optional) for path in _paths(query)}
    for operand in query.by:
        if isinstance(operand, Path) and isinstance(samples[operand], Row | tuple):
            raise WrongType(str(operand), "a single value", "a row")
    measures = {
        name: attrs.evolve(each, where=_fitted(each.where, samples))
        for name, each in query.measures.items()
    }
    return attrs.evolve(query, measures=measures, where=_fitted(query.where, samples))


def _paths(query: AggregateQuery) -> set[Path]:
    found = [*query.by, *operands(query.where)]
    for aggregate in query.measures.values():
        found += [] if aggregate.operand is None else [aggregate.operand]
        found += operands(aggregate.where)
    return {path for operand in found for path in _paths_of(operand)}


def _paths_of(operand: Operand) -> Iterator[Path]:
    match operand:
        case Path():
            yield operand
        case Folded(path) | Bucket(path, _):
            yield path
        case Elapsed(start, end):
            yield from (start, end)
        case _ as never:
            assert_never(never)


def _sample(path: Path, rows: Sequence[Row], entity: str, optional: frozenset[str]) -> Any:
    """The first present value at a path; None when all are missing."""
    somewhere, lacking = False, False
    for row in rows:
        there, value = _walk(row, path)
        if value is not None:
            return value
        somewhere, lacking = somewhere or there, lacking or not there
    if lacking and not somewhere and str(path) not in optional:
        known = [name for name in dir(rows[0]) if not name.startswith("_")]
        raise UnknownField(entity, str(path), nearest(path.names[0], known))
    return None


def _walk(row: Row, path: Path) -> tuple[bool, Any]:
    holder: Any = row
    for name in path.names:
        if holder is None:
            return True, None
        if not (name in holder if isinstance(holder, Row) else hasattr(holder, name)):
            return False, None
        holder = getattr(holder, name)
    return True, holder


def _fitted(condition: Condition, samples: Mapping[Path, Any]) -> Condition:
    match condition:
        case Every(items):
            return Every(tuple(_fitted(item, samples) for item in items))
        case Either(items):
            return Either(tuple(_fitted(item, samples) for item in items))
        case Not(item):
            return Not(_fitted(item, samples))
        case Compare(op, left, right) if not isinstance(right, Path | Folded | Elapsed | Bucket):
            return Compare(op, left, _constant(left, right, samples))
        case Among(left, values):
            return Among(left, tuple(_constant(left, value, samples) for value in values))
        case Matches(op, Folded() as left, text):
            return Matches(op, left, fold(text))
        case _:
            return condition


def _constant(left: Operand, value: Any, samples: Mapping[Path, Any]) -> Any:
    if isinstance(left, Folded) and isinstance(value, str):
        return fold(value)
    sample = samples.get(left) if isinstance(left, Path) else None
    if isinstance(value, float):
        return exact(str(left), value)
    if isinstance(sample, StrEnum):
        return scalar_for(_choice(left, sample), value, str(left))
    if sample is None:
        return value
    if isinstance(value, datetime) and isinstance(sample, datetime):
        return moment_of(str(left), value)
    if isinstance(sample, datetime) and isinstance(value, date):
        return value if isinstance(value, datetime) else midnight(value)
    for sort in (datetime, date, str):
        if isinstance(sample, sort) is not isinstance(value, sort):
            raise WrongType(str(left), type(sample).__name__, type(value).__name__)
    return value


def _choice(left: Operand, sample: StrEnum) -> FieldSpec:
    return FieldSpec(name=str(left), kind=Kind.CHOICE, cls=type(sample))
