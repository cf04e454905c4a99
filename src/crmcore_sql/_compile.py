"""Questions as SQL: one function per node of the expression language.

Conditions arrive bound. Text from outside reaches a statement as a parameter only; what is written
into it are names from the layouts, and numbers. Missing values: every leaf is true, false or NULL,
and NULL counts as false, because ``Not`` is written as ``IS NOT TRUE``.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from itertools import count
from typing import Any, assert_never

import attrs

from crmcore.errors import WrongType
from crmcore.grammar.aggregating import plain_number
from crmcore.grammar.binding import Scope, operand_spec
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.paging import beyond, total_order
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
    Order,
    Path,
    Query,
)
from crmcore.values import CONTEXT
from crmcore_sql._dialects import SIGNS, Dialect
from crmcore_sql._schema import CURRENCY, PLAIN, VARIANT, Layout, Schema, Way
from crmcore_sql._types import Load, optional, places_of

_LARGEST = 2**63 - 1
_PLANS = 256


@attrs.frozen
class Statement:
    """SQL text, and the values of its parameters in order."""

    sql: str
    values: tuple[Any, ...]


@attrs.frozen
class Term:
    """An operand in SQL: text without parameters, and what sort of value it gives.

    Attributes:
        text: The expression; NULL where the value is missing.
        spec: The field, or what the operand makes of it.
        currency: The expression of the currency, for an amount.
        may_be_missing: Whether it can be NULL.
    """

    text: str
    spec: FieldSpec
    currency: str | None = None
    may_be_missing: bool = True


class Source:
    """The tables of one SELECT: the first one, and those joined to follow references."""

    def __init__(self, compiler: "Compiler", layout: Layout, names: "count[int]") -> None:
        self._compiler = compiler
        self._names = names
        self._joined: dict[tuple[str, Way], tuple[str, Layout]] = {}
        self._joins: list[str] = []
        self._terms: dict[Operand, Term] = {}
        self._quote = compiler.dialect.quote
        self.layout = layout
        self.alias = f"t{next(names)}"

    def tables(self) -> str:
        """The text after FROM."""
        first = f"{self._quote(self.layout.name)} AS {self.alias}"
        return " ".join((first, *self._joins))

    def inside(self, layout: Layout) -> "Source":
        """The tables of a SELECT inside this one."""
        return Source(self._compiler, layout, self._names)

    def cell(self, alias: str, layout: Layout, way: Way, part: str = PLAIN) -> str:
        """A column of a layout."""
        return f"{alias}.{self._quote(layout.cells[layout.at[way, part]].name)}"

    def keys(self, alias: str, keys: Sequence[str]) -> list[str]:
        """The columns that tell a row."""
        return [f"{alias}.{self._quote(key)}" for key in ("tenant", *keys)]

    # --- operands

    def term(self, operand: Operand, scope: Scope) -> Term:
        """An operand as SQL."""
        known = self._terms.get(operand)
        if known is None:
            known = self._terms[operand] = self._term(operand, scope)
        return known

    def _term(self, operand: Operand, scope: Scope) -> Term:
        dialect = self._compiler.dialect
        match operand:
            case Path():
                return self.path(operand, scope)
            case Folded(path):
                alias, layout, way = self.reach(path, scope)
                shadow = f"{alias}.{self._quote(layout.shadow(way))}"
                return Term(shadow, operand_spec(operand, scope))
            case Elapsed(start, end):
                first, last = self.path(start, scope), self.path(end, scope)
                by_day = first.spec.kind is Kind.DATE
                elapsed = dialect.days if by_day else dialect.milliseconds
                return Term(elapsed(first.text, last.text), operand_spec(operand, scope))
            case Bucket(path, unit):
                time = self.path(path, scope)
                text = dialect.bucket(time.text, time.spec.kind, unit)
                return Term(text, operand_spec(operand, scope))
            case _ as never:
                assert_never(never)

    def reach(self, path: Path, scope: Scope) -> tuple[str, Layout, Way]:
        """Where a path ends: alias, layout, and the way inside it; references become joins."""
        alias, layout, way = self.alias, self.layout, Way()
        for step in scope.route(path).steps:
            if step.via == "field":
                way = (*way, step.spec.name)
            if step.target is not None:
                alias, layout = self._join(alias, layout, way, step.target.name)
                way = ()
        return alias, layout, way

    def path(self, path: Path, scope: Scope) -> Term:
        """The value at the end of a path."""
        route = scope.route(path)
        alias, layout, way = self.reach(path, scope)
        spec, missing = route.leaf, route.may_be_missing
        match route.steps[-1].via:
            case "variant":
                return Term(self.cell(alias, layout, (), VARIANT), spec, None, missing)
            case "attribute":
                column = self.cell(alias, layout, ("attributes",))
                return Term(self._compiler.dialect.attribute(column, spec), spec)
            case "part":
                part = PLAIN if spec.name == "value" else CURRENCY
                return Term(self.cell(alias, layout, way, part), spec, None, missing)
            case "field":
                if spec.kind in {Kind.RECORD, Kind.CHILDREN}:
                    return Term(self._presence(alias, layout, spec, way), spec)
                money = spec.kind is Kind.MONEY
                currency = self.cell(alias, layout, way, CURRENCY) if money else None
                return Term(self.cell(alias, layout, way), spec, currency, missing)

    def _presence(self, alias: str, layout: Layout, spec: FieldSpec, way: Way) -> str:
        """Something that is NULL exactly where a record or its children are missing."""
        if spec.kind is Kind.CHILDREN:
            above = self._holder(alias, layout, way[:-1])
            if spec.variants is None:
                return above
            listed = ", ".join(f"'{name}'" for name in sorted(spec.variants))
            return f"CASE WHEN {self.cell(alias, layout, (), VARIANT)} IN ({listed}) THEN 1 END"
        return self._holder(alias, layout, way)

    def _holder(self, alias: str, layout: Layout, way: Way) -> str:
        while way and way not in layout.present:
            way = way[:-1]
        if not way:
            return f"{alias}.{self._quote(layout.keys[0])}"
        return self.cell(alias, layout, *layout.present[way])

    def _join(self, alias: str, layout: Layout, way: Way, target: str) -> tuple[str, Layout]:
        known = self._joined.get((alias, way))
        if known is not None:
            return known
        other, name = self._compiler.schema.layouts[target], f"t{next(self._names)}"
        tenant, id = self.keys(name, other.keys)
        self._joins.append(
            f"LEFT JOIN {self._quote(other.name)} AS {name} "
            f"ON {tenant} = {alias}.tenant AND {id} = {self.cell(alias, layout, way)}"
        )
        self._joined[alias, way] = (name, other)
        return name, other


# --- conditions ----------------------------------------------------------------------------------


class Conditions:
    """Writes conditions over one `Source`; the values of the parameters gather in order."""

    def __init__(self, source: Source, dialect: Dialect, values: list[Any]) -> None:
        self._source = source
        self._dialect = dialect
        self._values = values

    def text(self, node: Condition, scope: Scope) -> str:
        """A condition as SQL; NULL counts as false."""
        match node:
            case Every(items):
                return self._joined(items, " AND ", "TRUE", scope)
            case Either(items):
                return self._joined(items, " OR ", "FALSE", scope)
            case Not(item):
                return f"({self.text(item, scope)}) IS NOT TRUE"
            case Compare():
                return self._compare(node, scope)
            case Among():
                return self._among(node, scope)
            case Matches():
                return self._matches(node, scope)
            case Missing(left):
                return f"{self._source.term(left, scope).text} IS NULL"
            case Has():
                return self._has(node, scope)
            case _:
                raise WrongType("condition", "a node of the language", type(node).__name__)

    def _joined(self, items: Sequence[Condition], word: str, empty: str, scope: Scope) -> str:
        return f"({word.join(self.text(item, scope) for item in items)})" if items else empty

    def _with(self, text: str, value: Any) -> str:
        self._values.append(value)
        return text

    def _compare(self, node: Compare, scope: Scope) -> str:
        left = self._source.term(node.left, scope)
        if isinstance(node.right, Operand):
            return self._compare_terms(node.op, left, self._source.term(node.right, scope))
        if left.spec.kind in {Kind.DECIMAL, Kind.SHARE}:
            return self._compare_number(node.op, left, plain_number(node.right))
        return self._with(f"{left.text} {SIGNS[node.op]} ?", self._stored(left, node.right))

    def _stored(self, left: Term, value: Any) -> Any:
        return self._dialect.values.stored(left.spec, value)

    def _compare_number(self, op: str, left: Term, value: Any) -> str:
        """A column of numbers against one that may be finer or larger than it can hold."""
        places = places_of(left.spec)
        exact = CONTEXT.scaleb(Decimal(value), places)
        up = op in {"lt", "ge"}
        whole = exact.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR, CONTEXT)
        if whole != exact and op in {"eq", "ne"}:
            return "FALSE" if op == "eq" else f"{left.text} IS NOT NULL"
        bounded = max(-_LARGEST, min(_LARGEST, int(whole)))
        number = self._dialect.values.number(bounded, places)
        return self._with(f"{left.text} {SIGNS[op]} ?", number)

    def _compare_terms(self, op: str, left: Term, right: Term) -> str:
        finer = places_of(left.spec) - places_of(right.spec)
        if finer < 0:
            turned = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}.get(op, op)
            return self._compare_terms(turned, right, left)
        return self._dialect.compared(op, left.text, right.text, finer)

    def _among(self, node: Among, scope: Scope) -> str:
        left = self._source.term(node.left, scope)
        values = self._fitting(left, node.values)
        self._values.extend(values)
        return f"{left.text} IN ({', '.join('?' * len(values))})" if values else "FALSE"

    def _fitting(self, left: Term, values: Sequence[Any]) -> list[Any]:
        """What a column can hold of some values; a number may be too fine or too large for it."""
        if left.spec.kind not in {Kind.DECIMAL, Kind.SHARE}:
            return [self._stored(left, value) for value in values]
        places, number = places_of(left.spec), self._dialect.values.number
        exact = [CONTEXT.scaleb(Decimal(plain_number(value)), places) for value in values]
        fitting = [int(each) for each in exact if each == int(each) and abs(each) < _LARGEST]
        return [number(each, places) for each in fitting]

    def _matches(self, node: Matches, scope: Scope) -> str:
        text, length = self._source.term(node.left, scope).text, len(node.text)
        if not length:
            return f"{text} IS NOT NULL"
        match node.op:
            case "contains":
                return self._with(self._dialect.contains(text), node.text)
            case "starts":
                return self._with(self._dialect.starts(text, length), node.text)
            case "ends":
                return self._with(self._dialect.ends(text, length), node.text)

    def _has(self, node: Has, scope: Scope) -> str:
        alias, layout, way = self._source.reach(node.children, scope)
        child = layout.children[way]
        inner = self._source.inside(child)
        held = self._source.keys(alias, layout.keys)
        own = self._source.keys(inner.alias, child.keys[: len(layout.keys)])
        link = " AND ".join(f"{one} = {other}" for one, other in zip(own, held, strict=True))
        conditions = Conditions(inner, self._dialect, self._values)
        where = conditions.text(node.where, scope.child(scope.route(node.children)))
        return f"EXISTS (SELECT 1 FROM {inner.tables()} WHERE {link} AND {where})"


# --- whole questions -----------------------------------------------------------------------------


@attrs.frozen(eq=False)
class Plan:
    """What finding takes, page after page, save for the place where a page begins.

    These are the tables, joined for all that is asked and ordered by; the statement in parts, with
    the parameters of what is looked for; and how to read the order keys that follow a row.
    """

    source: Source
    head: str
    where: str
    values: tuple[Any, ...]
    order: str
    loaders: tuple[Load, ...]


class Compiler:
    """Turns queries over the entities of a schema into SQL."""

    def __init__(self, schema: Schema, dialect: Dialect) -> None:
        self.schema = schema
        self.dialect = dialect
        self._planned = lru_cache(_PLANS)(self._plan)
        self.scopes = {
            name: Scope.of(schema.registry.named(name), schema.registry) for name in schema.layouts
        }

    def find(self, query: Query, tenant: str) -> tuple[Statement, "Plan"]:
        """The rows of a page in order, each followed by its order keys; and how it was planned."""
        order = total_order(query.order)
        plan = self._planned(query.entity, query.where, order)
        values, where = [*plan.values], plan.where
        if query.after is not None:
            conditions = Conditions(plan.source, self.dialect, values)
            further = conditions.text(beyond(order, query.after), self.scopes[query.entity])
            where = f"{where} AND {further}"
        sql = f"{plan.head} {where} AND {plan.source.alias}.tenant = ? {plan.order}"
        values.append(tenant)
        if query.limit is not None:
            sql += " LIMIT ?"
            values.append(query.limit + 1)
        return Statement(sql, tuple(values)), plan

    def _plan(self, entity: str, where: Condition, order: Sequence[Order]) -> "Plan":
        scope, values, source = self.scopes[entity], list[Any](), self.source(entity)
        text = Conditions(source, self.dialect, values).text(where, scope)
        terms = [source.term(key.by, scope) for key in order]
        sorting = [self._ordered(key, term) for key, term in zip(order, terms, strict=True)]
        columns = [f"{source.alias}.{self.dialect.quote(c.name)}" for c in source.layout.cells]
        columns += [term.text for term in terms[:-1]]
        head = f"SELECT {', '.join(columns)} FROM {source.tables()} WHERE"
        loaders = tuple(optional(self.dialect.values.loader(term.spec)) for term in terms[:-1])
        sorted_by = f"ORDER BY {', '.join(sorting)}"
        return Plan(source, head, text, tuple(values), sorted_by, loaders)

    def source(self, entity: str) -> Source:
        """The tables of a SELECT that begins with an entity."""
        return Source(self, self.schema.layouts[entity], count())

    def _ordered(self, key: Order, term: Term) -> str:
        return self.dialect.ordered(
            term.text, descending=key.descending, may_be_missing=term.may_be_missing
        )
