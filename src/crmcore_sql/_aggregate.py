"""Aggregates as SQL: sums, averages, medians and the like, pushed down whole.

The conditions in them are written by `_compile`; what the numbers mean is told by
`crmcore.grammar.aggregating`, which answers the same over entities in memory.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from crmcore.errors import CrmError, CurrencyMismatch, DamagedRecord, WrongType
from crmcore.grammar.aggregating import middle
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.query import (
    EVERYTHING,
    Aggregate,
    AggregateQuery,
    Condition,
    Every,
    Group,
    Missing,
    Not,
)
from crmcore.values import Money, Ratio
from crmcore_sql._codec import Row
from crmcore_sql._compile import Compiler, Conditions, Statement
from crmcore_sql._terms import Source
from crmcore_sql._types import DAMAGE, MONEY_PLACES, Load, Values, optional, places_of


@attrs.frozen(eq=False)
class Measure:
    """One aggregate of an answer: how many columns it takes, and what they make."""

    name: str
    width: int
    result: Callable[[Sequence[Any]], object]


@attrs.frozen(eq=False)
class Tally:
    """An aggregate query as SQL.

    Attributes:
        query: The query.
        kept: How the database keeps values.
        statement: Gives a row per group: the key, the columns of the measures.
        keys: How to read the parts of a key.
        measures: What the columns make, in order.
        medians: For each median, the statement that gives its key and one or two middle values.
    """

    query: AggregateQuery
    kept: Values
    statement: Statement
    keys: tuple[Load, ...]
    measures: tuple[Measure, ...]
    medians: Mapping[str, tuple[Statement, FieldSpec]]

    def group(self, row: Row, middles: Mapping[str, Mapping[Row, Sequence[Any]]]) -> Group:
        """The group that a row tells of.

        Args:
            row: The row.
            middles: For each median, by key, the one or two values in the middle.

        Raises:
            CurrencyMismatch: amounts in two currencies would become one.
            InvalidValue: an amount would be wider than any.
            DamagedRecord: the row tells of none.
        """
        try:
            return self._group(row, middles)
        except CrmError:
            raise
        except DAMAGE as error:
            damage = DamagedRecord.after(self.query.entity, None, error)
        raise damage  # here, so that the foreign error, which may quote, stays behind

    def _group(self, row: Row, middles: Mapping[str, Mapping[Row, Sequence[Any]]]) -> Group:
        place = width = len(self.keys)
        values: dict[str, object] = {}
        for measure in self.measures:
            values[measure.name] = measure.result(row[place : place + measure.width])
            place += measure.width
        for name, (_, spec) in self.medians.items():
            values[name] = _median_of(spec, middles[name].get(row[:width], ()), self.kept)
        key = tuple(load(part) for load, part in zip(self.keys, row, strict=False))
        return Group(key, {name: values[name] for name in self.query.measures})


def tally(compiler: Compiler, query: AggregateQuery, tenant: str, *, halved: bool) -> Tally:
    """An aggregate query as SQL; ``halved`` sums in two parts, so that no sum can overflow."""
    return _Tallies(compiler, query, tenant, halved=halved).tally()


class _Tallies:
    """Writes one aggregate query."""

    def __init__(
        self, compiler: Compiler, query: AggregateQuery, tenant: str, *, halved: bool
    ) -> None:
        self._compiler = compiler
        self._query = query
        self._tenant = tenant
        self._halved = halved
        self._kept = compiler.dialect.values
        self._scope = compiler.scopes[query.entity]
        self._source = compiler.source(query.entity)
        self._values: list[Any] = []
        self._columns: list[str] = []

    def tally(self) -> Tally:
        """The whole of it."""
        keys = [self._source.term(operand, self._scope) for operand in self._query.by]
        grouped = [key.group(place) for place, key in enumerate(keys, 1)]
        self._columns.extend(key.shown for key in keys)
        measures = tuple(
            self._measure(name, each)
            for name, each in self._query.measures.items()
            if each.function != "median"
        )
        medians = {
            name: self._median(each)
            for name, each in self._query.measures.items()
            if each.function == "median"
        }
        rest = self._rest(self._source, self._query.where, self._values)
        sql = f"SELECT {', '.join(self._columns) or 'COUNT(*)'} {rest}"
        if keys:
            sql += f" GROUP BY {', '.join(grouped)}"
        readers = tuple(optional(self._kept.loader(key.spec)) for key in keys)
        statement = Statement(sql, tuple(self._values))
        return Tally(self._query, self._kept, statement, readers, measures, medians)

    def _rest(self, source: Source, condition: Condition, values: list[Any]) -> str:
        conditions = Conditions(source, self._compiler.dialect, values)
        where = conditions.text(condition, self._scope)
        values.append(self._tenant)
        return f"FROM {source.tables()} WHERE {where} AND {source.alias}.tenant = ?"

    def _measure(self, name: str, aggregate: Aggregate) -> Measure:
        before = len(self._columns)
        result = self._written(aggregate)
        return Measure(name, len(self._columns) - before, result)

    def _written(self, aggregate: Aggregate) -> Callable[[Sequence[Any]], object]:
        if aggregate.operand is None:
            self._column("COUNT", aggregate, "1" if aggregate.where != EVERYTHING else "*")
            return _first
        term = self._source.term(aggregate.operand, self._scope)
        match aggregate.function:
            case "count":
                self._column("COUNT", aggregate, term.there)
                return _first
            case "count_distinct":
                self._column("COUNT", aggregate, term.text, "DISTINCT ")
                return _first
            case "sum":
                self._sum(aggregate, term.text)
            case "avg":
                self._sum(aggregate, term.text)
                self._column("COUNT", aggregate, term.there)
                return self._average(places_of(term.spec))
            case "min" | "max":
                self._column(aggregate.function.upper(), aggregate, term.text)
            case "median":
                raise WrongType("aggregate", "one with columns", "median")
        if term.currency is not None:
            self._column("MIN", aggregate, term.currency)
            self._column("MAX", aggregate, term.currency)
            return self._amount("sum" if aggregate.function == "sum" else "amount")
        return self._summed(term.spec) if aggregate.function == "sum" else self._value(term.spec)

    def _column(self, function: str, aggregate: Aggregate, text: str, word: str = "") -> None:
        if aggregate.where != EVERYTHING:
            conditions = Conditions(self._source, self._compiler.dialect, self._values)
            text = f"CASE WHEN {conditions.text(aggregate.where, self._scope)} THEN {text} END"
        self._columns.append(f"{function}({word}{text})")

    def _sum(self, aggregate: Aggregate, text: str) -> None:
        parts = self._compiler.dialect.halves(text) if self._halved else (text,)
        for part in parts:
            self._column("SUM", aggregate, part)

    def _total(self, values: Sequence[Any], places: int) -> Decimal | None:
        first, kept = values[0], self._kept
        if first is None:
            return None
        return kept.exact((int(first) << 32) + int(values[1]) if self._halved else first, places)

    def _summed(self, spec: FieldSpec) -> Callable[[Sequence[Any]], object]:
        def result(values: Sequence[Any]) -> object:
            total = self._total(values, places_of(spec))
            return total if total is None or spec.kind is not Kind.INTEGER else int(total)

        return result

    def _average(self, places: int) -> Callable[[Sequence[Any]], object]:
        def result(values: Sequence[Any]) -> object:
            total = self._total(values, places)
            return None if total is None else Ratio(total, values[-1])

        return result

    def _value(self, spec: FieldSpec) -> Callable[[Sequence[Any]], object]:
        load = optional(self._kept.loader(spec))
        return lambda values: load(values[0])

    def _amount(self, what: str) -> Callable[[Sequence[Any]], object]:
        def result(values: Sequence[Any]) -> object:
            *_, low, high = values
            if low != high:
                raise CurrencyMismatch(what, low, high)
            if what == "sum":
                total = self._total(values, MONEY_PLACES)
                return None if total is None else Money(total, low)
            return None if values[0] is None else self._kept.money(values[0], low)

        return result

    def _median(self, aggregate: Aggregate) -> tuple[Statement, FieldSpec]:
        source, values = self._compiler.source(self._query.entity), list[Any]()
        keys = [source.term(operand, self._scope).text for operand in self._query.by]
        operand = aggregate.operand
        if operand is None:
            raise WrongType("median", "a field", "nothing")
        term = source.term(operand, self._scope)
        wanted = Every((self._query.where, aggregate.where, Not(Missing(operand))))
        group = f"PARTITION BY {', '.join(keys)}" if keys else ""
        named = [f"{key} AS k{place}" for place, key in enumerate(keys)]
        ranked = (
            f"ROW_NUMBER() OVER ({group} ORDER BY {term.text}) AS place",
            f"COUNT(*) OVER ({group}) AS total",
        )
        inner = f"SELECT {', '.join([*named, f'{term.text} AS value', *ranked])} " + self._rest(
            source, wanted, values
        )
        outer = ", ".join([*(f"k{place}" for place in range(len(keys))), "value"])
        sql = (
            f"SELECT {outer} FROM ({inner}) AS ranked "
            "WHERE 2 * place IN (total, total + 1, total + 2) ORDER BY place"
        )
        return Statement(sql, tuple(values)), term.spec


def _first(values: Sequence[Any]) -> object:
    return values[0]


def _median_of(spec: FieldSpec, found: Sequence[Any], kept: Values) -> Ratio | None:
    """The median, from the one or two values in the middle as a column keeps them."""
    places = places_of(spec)
    return middle([kept.exact(value, places) for value in found])
