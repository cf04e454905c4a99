"""Aggregates over rows in memory: the meaning that every store's own language must reproduce.

One pass over the rows. Sums are exact; ratios keep both parts; amounts in two currencies are
refused. No operand means entities are counted; over no present value there is no answer (None).
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import attrs

from crmcore.errors import (
    CrmError,
    CurrencyMismatch,
    ExpressionTooLarge,
    InexactNumber,
    InvalidValue,
    UnknownName,
    raise_collected,
)
from crmcore.grammar.binding import bind, operand_spec
from crmcore.grammar.compiling import Look, compile_condition, compile_operand
from crmcore.grammar.naming import NAME, nearest, shortened
from crmcore.grammar.query import (
    EVERYTHING,
    MAX_KEYS,
    Aggregate,
    AggregateQuery,
    Group,
    Operand,
    Scalar,
)
from crmcore.grammar.routes import Scope
from crmcore.grammar.specification import MANIFOLD, Kind
from crmcore.values.money import Money
from crmcore.values.numbers import CONTEXT
from crmcore.values.ratio import Ratio
from crmcore.values.share import Share

_SUMMABLE = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY})
_AVERAGED = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.SHARE})
_SINGLE = frozenset(Kind) - MANIFOLD
_ACCEPTS: Mapping[str, frozenset[Kind]] = {
    "count": _SINGLE,
    "count_distinct": _SINGLE - {Kind.MONEY},
    "sum": _SUMMABLE,
    "avg": _AVERAGED,
    "median": _AVERAGED,
    "min": _SINGLE - {Kind.CHOICE, Kind.ID, Kind.BOOLEAN},
    "max": _SINGLE - {Kind.CHOICE, Kind.ID, Kind.BOOLEAN},
}


def bind_aggregates(query: AggregateQuery, scope: Scope) -> AggregateQuery:
    """The query with every condition bound and every operand checked.

    Raises:
        CrmError: the one fault found, or `ManyFaults` with all of them.
    """
    if len(query.by) > MAX_KEYS:
        raise ExpressionTooLarge("group keys", MAX_KEYS)
    faults: list[CrmError] = []
    measures: dict[str, Aggregate] = {}
    for name, aggregate in query.measures.items():
        try:
            measures[name] = _bound(name, aggregate, scope)
        except CrmError as fault:
            faults.append(fault)
    for operand in query.by:
        try:
            _check_kind("group by", operand, _SINGLE - {Kind.MONEY}, scope)
        except CrmError as fault:
            faults.append(fault)
    where = query.where
    try:
        where = bind(where, scope)
    except CrmError as fault:
        faults.append(fault)
    raise_collected(faults)
    return attrs.evolve(query, measures=measures, where=where)


def _bound(name: str, aggregate: Aggregate, scope: Scope) -> Aggregate:
    if not NAME.fullmatch(name):
        raise InvalidValue(
            shortened(name), "a measure's name is lower-case letters, digits and underscores"
        )
    if aggregate.function not in _ACCEPTS:
        raise UnknownName(
            "aggregate", shortened(aggregate.function), nearest(aggregate.function, _ACCEPTS)
        )
    if aggregate.operand is not None:
        _check_kind(aggregate.function, aggregate.operand, _ACCEPTS[aggregate.function], scope)
    elif aggregate.function != "count":
        raise InvalidValue(aggregate.function, "needs a field to work on")
    return attrs.evolve(aggregate, where=bind(aggregate.where, scope))


def _check_kind(what: str, operand: Operand, kinds: frozenset[Kind], scope: Scope) -> None:
    kind = operand_spec(operand, scope).kind
    if kind not in kinds:
        raise InvalidValue(str(operand), f"{what} does not work on a {kind.value}")


class Accumulator(Protocol):
    """What gathers one aggregate of one group."""

    def add(self, value: Any) -> None:
        """Take in one present value."""
        ...

    def result(self) -> object:
        """The aggregate over what was taken in."""
        ...


class _Count:
    def __init__(self) -> None:
        self._count = 0

    def add(self, value: Any) -> None:  # noqa: ARG002 - that it is there is all that counts
        self._count += 1

    def result(self) -> int:
        return self._count


class _Distinct:
    def __init__(self) -> None:
        self._seen = set[Any]()

    def add(self, value: Any) -> None:
        self._seen.add(value)

    def result(self) -> int:
        return len(self._seen)


class _Sum:
    """Amounts become one only at the end, because on the way a sum may be wider than any amount."""

    def __init__(self) -> None:
        self._sum: Any = None
        self._currency: str | None = None

    def add(self, value: Any) -> None:
        currency = value.currency if isinstance(value, Money) else None
        number = plain_number(value)
        if self._sum is None:
            self._sum, self._currency = number, currency
        elif currency == self._currency:
            self._sum = add_exactly(self._sum, number)
        else:
            raise CurrencyMismatch("sum", str(self._currency), str(currency))

    def result(self) -> object:
        return self._sum if self._currency is None else Money(self._sum, self._currency)


class _Average:
    def __init__(self) -> None:
        self._sum: Any = 0
        self._count = 0

    def add(self, value: Any) -> None:
        self._sum = add_exactly(self._sum, plain_number(value))
        self._count += 1

    def result(self) -> Ratio | None:
        return Ratio(self._sum, self._count) if self._count else None


class _Median:
    def __init__(self) -> None:
        self._values = list[Any]()

    def add(self, value: Any) -> None:
        self._values.append(plain_number(value))

    def result(self) -> Ratio | None:
        return middle(sorted(self._values))


class _Extreme:
    def __init__(self, choose: Callable[[Any, Any], Any]) -> None:
        self._choose = choose
        self._value: Any = None

    def add(self, value: Any) -> None:
        self._value = value if self._value is None else self._choose(self._value, value)

    def result(self) -> object:
        return self._value


def _smallest() -> Accumulator:
    return _Extreme(min)


def _largest() -> Accumulator:
    return _Extreme(max)


_ACCUMULATORS: Mapping[str, Callable[[], Accumulator]] = {
    "count": _Count,
    "count_distinct": _Distinct,
    "sum": _Sum,
    "avg": _Average,
    "median": _Median,
    "min": _smallest,
    "max": _largest,
}


class _Pooled:
    """Takes in averages of parts; the average of the whole."""

    def __init__(self) -> None:
        self._sum: Any = 0
        self._count: Any = 0

    def add(self, value: Any) -> None:
        self._sum = add_exactly(self._sum, value.numerator)
        self._count = add_exactly(self._count, value.denominator)

    def result(self) -> Ratio | None:
        return Ratio(self._sum, self._count) if self._count else None


# Of the whole, parts do not tell what is distinct or in the middle.
_OF_PARTS: Mapping[str, Callable[[], Accumulator]] = {
    "count": _Sum,
    "sum": _Sum,
    "avg": _Pooled,
    "min": _smallest,
    "max": _largest,
}


def add_exactly(one: int | Decimal, other: int | Decimal) -> int | Decimal:
    """The exact sum of two numbers, whatever the decimal context of the calling thread.

    Exact, that is, for all that stores keep; numbers from elsewhere may need more than 100 digits.
    """
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return CONTEXT.add(Decimal(one), Decimal(other))
    return one + other


def plain_number(value: Any) -> int | Decimal:
    """The exact number in a value that can be summed or averaged.

    Raises:
        InexactNumber: it is a float, as rows without a schema may have.
    """
    if isinstance(value, float):
        raise InexactNumber("number")
    if isinstance(value, Share):
        return value.value
    number: int | Decimal = value.amount if isinstance(value, Money) else value
    return number


def middle(ordered: list[Any]) -> Ratio | None:
    """The median of sorted numbers as a ratio: the middle one, or the two middle ones over 2."""
    if not ordered:
        return None
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return Ratio(low, 1) if len(ordered) % 2 else Ratio(add_exactly(low, high), 2)


def sort_key(key: tuple[Scalar | None, ...]) -> tuple[tuple[bool, Any], ...]:
    """An order of group keys in which missing values come first."""
    return tuple((part is not None, 0 if part is None else _comparable(part)) for part in key)


def _comparable(part: Scalar) -> Any:
    return part.hex if isinstance(part, UUID) else part


@attrs.frozen
class _Column:
    name: str
    fresh: Callable[[], Accumulator]
    applies: Callable[[Any, Look], bool] | None
    value: Callable[[Any, Look], Any] | None


def _column(name: str, aggregate: Aggregate, scope: Scope | None) -> _Column:
    always = aggregate.where == EVERYTHING
    return _Column(
        name,
        _ACCUMULATORS[aggregate.function],
        None if always else compile_condition(aggregate.where, scope),
        None if aggregate.operand is None else compile_operand(aggregate.operand, scope),
    )


def evaluate(
    query: AggregateQuery, rows: Iterable[Any], look: Look, scope: Scope | None
) -> tuple[Group, ...]:
    """The groups of an aggregate query over rows, ordered by key, missing values first.

    Args:
        query: The query, bound to ``scope`` unless that is None.
        rows: Entities; or plain objects or mappings when ``scope`` is None.
        look: Where references are looked up.
        scope: The entity's scope, or None for rows without a schema.
    """
    columns = [_column(name, each, scope) for name, each in query.measures.items()]
    wanted = compile_condition(query.where, scope)
    getters = [compile_operand(operand, scope) for operand in query.by]
    groups: dict[tuple[Any, ...], list[Accumulator]] = {}
    if not getters:
        groups[()] = [column.fresh() for column in columns]
    for row in rows:
        if not wanted(row, look):
            continue
        key = tuple(getter(row, look) for getter in getters)
        group = groups.get(key)
        if group is None:
            group = groups[key] = [column.fresh() for column in columns]
        for column, gathered in zip(columns, group, strict=True):
            if column.applies is not None and not column.applies(row, look):
                continue
            value = row if column.value is None else column.value(row, look)
            if value is not None:
                gathered.add(value)
    names = [column.name for column in columns]
    return tuple(
        Group(key, dict(zip(names, (each.result() for each in groups[key]), strict=True)))
        for key in sorted(groups, key=sort_key)
    )


def whole_of(query: AggregateQuery, groups: Iterable[Group]) -> Group | None:
    """What the same query without ``by`` would answer, told by its groups; None if they cannot.

    Raises:
        CurrencyMismatch: amounts in two currencies would become one.
        InvalidValue: an amount would be wider than any.
    """
    functions = {name: each.function for name, each in query.measures.items()}
    if not _OF_PARTS.keys() >= {*functions.values()}:
        return None
    gathered = {name: _OF_PARTS[function]() for name, function in functions.items()}
    for group in groups:
        for name, parts in gathered.items():
            if (value := group.values[name]) is not None:
                parts.add(value)
    values = {name: parts.result() for name, parts in gathered.items()}
    for name, function in functions.items():
        if function == "count" and values[name] is None:
            values[name] = 0
    return Group((), values)
