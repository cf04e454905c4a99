"""Aggregates as one pipeline: sums, averages, medians and the like, pushed down whole.

The conditions in them are written by `_conditions`; what the numbers mean is told by
`crmcore.grammar.aggregating`, which answers the same over entities in memory.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

import attrs

from crmcore.errors import CrmError, CurrencyMismatch, DamagedRecord
from crmcore.grammar.aggregating import middle, plain_number, sort_key
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.query import EVERYTHING, Aggregate, AggregateQuery, Group
from crmcore.values import Money, Ratio
from crmcore_mongo._compile import Compiler
from crmcore_mongo._conditions import Conditions, present
from crmcore_mongo._terms import Expression, Frame, Term
from crmcore_mongo._types import AMOUNT, CURRENCY, DAMAGE, Document, Load, exact, loader, optional

Result = Callable[[Document], object]
"""Makes the value of an aggregate of what the pipeline gives for a group."""

_NONE = "$$REMOVE"


@attrs.frozen(eq=False)
class Tally:
    """An aggregate query as a pipeline.

    Attributes:
        entity: Of which entity it asks.
        collection: Where it begins.
        pipeline: Its stages; they give a document per group.
        keys: How to read the parts of a group's key.
        results: By name, what makes the aggregates of a group.
    """

    entity: str
    collection: str
    pipeline: tuple[Document, ...]
    keys: tuple[Load, ...]
    results: Mapping[str, Result]

    def groups(self, documents: Iterable[Document]) -> tuple[Group, ...]:
        """The answer, of what the pipeline gave.

        Raises:
            CurrencyMismatch: amounts in two currencies would become one.
            InvalidValue: an amount would be wider than any.
            DamagedRecord: a document tells of no group.
        """
        found = [*documents]
        if not found and not self.keys:
            nothing: Document = {}
            found = [nothing]
        groups = [self._group(document) for document in found]
        return tuple(sorted(groups, key=lambda group: sort_key(group.key)))

    def _group(self, document: Document) -> Group:
        try:
            return self._read(document)
        except CrmError:
            raise
        except DAMAGE as error:
            damage = DamagedRecord.after(self.entity, None, error)
        raise damage  # here, so that the foreign error, which may quote, stays behind

    def _read(self, document: Document) -> Group:
        key = tuple(load(document["_id"][f"k{place}"]) for place, load in enumerate(self.keys))
        return Group(key, {name: result(document) for name, result in self.results.items()})


def tally(compiler: Compiler, query: AggregateQuery, tenant: str) -> Tally:
    """A bound aggregate query as a pipeline."""
    return _Tallies(compiler, query, tenant).tally()


class _Tallies:
    """Writes one aggregate query."""

    def __init__(self, compiler: Compiler, query: AggregateQuery, tenant: str) -> None:
        self._compiler = compiler
        self._query = query
        self._tenant = tenant
        self._scope = compiler.scopes[query.entity]
        self._frame = Frame.of(compiler.schema, tenant)
        self._conditions = Conditions(self._frame)
        self._gathered: Document = {}
        self._finished: Document = {}

    def tally(self) -> Tally:
        """The whole of it."""
        entity, where = self._query.entity, self._query.where
        arms = [*self._compiler.arms(self._frame, where, self._scope)]
        own = [arm for arm, through in arms if not through]
        own.append(self._compiler.tenant_arm(entity, where, self._tenant))
        joined = [arm for arm, through in arms if through]
        keys = [self._frame.term(operand, self._scope) for operand in self._query.by]
        parts = {f"k{at}": {"$ifNull": [key.value, None]} for at, key in enumerate(keys)}
        results = {
            name: self._result(f"m{place}", aggregate)
            for place, (name, aggregate) in enumerate(self._query.measures.items())
        }
        stages: list[Document] = [{"$match": {"$and": own}}, *self._frame.joins.stages]
        if joined:
            stages.append({"$match": {"$and": joined}})
        stages.append({"$group": {"_id": parts or None, **self._gathered}})
        if self._finished:
            stages.append({"$set": self._finished})
        return Tally(
            entity,
            self._compiler.schema.collections[entity].name,
            tuple(stages),
            tuple(optional(loader(key.spec)) for key in keys),
            results,
        )

    # --- one aggregate

    def _result(self, name: str, aggregate: Aggregate) -> Result:
        if aggregate.operand is None:
            return self._count(name, aggregate, None)
        term = self._frame.term(aggregate.operand, self._scope)
        match aggregate.function:
            case "count":
                return self._count(name, aggregate, term)
            case "count_distinct":
                self._gathered[name] = {"$addToSet": self._of(aggregate, term)}
                self._finished[name] = {"$size": f"${name}"}
                return _whole(name)
            case "median":
                self._gathered[name] = {"$push": self._of(aggregate, term)}
                self._finished[name] = _middle(f"${name}")
                return _median(name, term.spec)
            case "sum" | "avg":
                return self._sum(name, aggregate, term)
            case "min" | "max":
                return self._extreme(name, aggregate, term)

    def _count(self, name: str, aggregate: Aggregate, term: Term | None) -> Result:
        self._gathered[name] = {"$sum": self._chosen(aggregate, term, 1, 0)}
        return _whole(name)

    def _sum(self, name: str, aggregate: Aggregate, term: Term) -> Result:
        number = f"{name}_n"
        self._count(number, aggregate, term)
        is_money, is_whole = term.spec.kind is Kind.MONEY, term.spec.kind is Kind.INTEGER
        value = _part(term, AMOUNT) if is_money else term.value
        # Whole numbers would overflow to floats.
        value = {"$toDecimal": value} if is_whole and not term.is_small else value
        self._gathered[name] = {"$sum": self._chosen(aggregate, None, value, _NONE)}
        currencies = self._currencies(name, aggregate, term) if is_money else None
        is_average = aggregate.function == "avg"

        def result(group: Document) -> object:
            if not group.get(number):
                return None
            total = Decimal(group[name]) if term.is_small else exact(group[name])
            if is_average:
                return Ratio(total, group[number])
            if currencies is not None:
                return Money(total, currencies(group))
            return int(total) if is_whole else total

        return result

    def _extreme(self, name: str, aggregate: Aggregate, term: Term) -> Result:
        is_money, word = term.spec.kind is Kind.MONEY, f"${aggregate.function}"
        value = _part(term, AMOUNT) if is_money else term.value
        self._gathered[name] = {word: self._chosen(aggregate, None, value, _NONE)}
        currencies = self._currencies(name, aggregate, term) if is_money else None
        load = exact if is_money else loader(term.spec)

        def result(group: Document) -> object:
            value = group.get(name)
            if value is None:
                return None
            return load(value) if currencies is None else Money(load(value), currencies(group))

        return result

    def _currencies(self, name: str, aggregate: Aggregate, term: Term) -> Callable[[Document], str]:
        currency = self._chosen(aggregate, None, _part(term, CURRENCY), _NONE)
        low, high = f"{name}_low", f"{name}_high"
        self._gathered |= {low: {"$min": currency}, high: {"$max": currency}}
        what = "sum" if aggregate.function == "sum" else "amount"

        def one(group: Document) -> str:
            if group[low] != group[high]:
                raise CurrencyMismatch(what, group[low], group[high])
            return str(group[low])

        return one

    def _of(self, aggregate: Aggregate, term: Term) -> Expression:
        return self._chosen(aggregate, term, term.value, _NONE)

    def _chosen(
        self, aggregate: Aggregate, term: Term | None, value: Expression, otherwise: Expression
    ) -> Expression:
        """A value where the filter of an aggregate lets pass, and a term, if any, is there."""
        tests: list[Expression] = []
        if aggregate.where != EVERYTHING:
            tests.append(self._conditions.expression(aggregate.where, self._scope))
        if term is not None and term.may_be_missing:
            tests.extend(present(each) for each in term.parts or (term.value,))
        if not tests:
            return value
        return {"$cond": [tests[0] if len(tests) == 1 else {"$and": tests}, value, otherwise]}


def _part(term: Term, name: str) -> str:
    return f"{term.value}.{name}"


def _middle(values: str) -> Expression:
    """The one or two values in the middle of an array."""
    size = {"$size": values}
    start = {"$toInt": {"$floor": {"$divide": [{"$max": [0, {"$subtract": [size, 1]}]}, 2]}}}
    number = {"$subtract": [2, {"$mod": [size, 2]}]}
    return {"$slice": [{"$sortArray": {"input": values, "sortBy": 1}}, start, number]}


def _whole(name: str) -> Result:
    return lambda group: int(group.get(name) or 0)


def _median(name: str, spec: FieldSpec) -> Result:
    load = loader(spec)
    return lambda group: middle([plain_number(load(value)) for value in group.get(name) or ()])
