"""Questions as SQL: one function per node of the expression language; operands lie in `_terms`.

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
from typing import Any

import attrs

from crmcore.errors import WrongType
from crmcore.grammar.aggregating import plain_number
from crmcore.grammar.binding import Scope
from crmcore.grammar.entity import Kind
from crmcore.grammar.paging import beyond, total_order
from crmcore.grammar.query import (
    Among,
    Compare,
    Condition,
    Either,
    Every,
    Has,
    Matches,
    Missing,
    Not,
    Operand,
    Order,
    Query,
    Scalar,
)
from crmcore.values import CONTEXT
from crmcore_sql._dialects import SIGNS, Dialect
from crmcore_sql._schema import Schema
from crmcore_sql._terms import LARGEST, Source, Term, holder
from crmcore_sql._types import Load, optional, places_of

_PLANS = 256


@attrs.frozen
class Statement:
    """SQL text, and the values of its parameters in order.

    Attributes:
        sql: The text.
        values: The values.
        once: Whether to plan it for these values alone. A plan for any values makes a list of them
            anew for each row, where it takes one, and does not know how rare they are.
    """

    sql: str
    values: tuple[Any, ...]
    once: bool = False


# --- conditions ----------------------------------------------------------------------------------


class Conditions:
    """Writes conditions over one `Source`; the values of the parameters gather in order.

    Attributes:
        lists: Whether there are lists of values in what was written.
    """

    def __init__(self, source: Source, dialect: Dialect, values: list[Any]) -> None:
        self._source = source
        self._dialect = dialect
        self._values = values
        self.lists = False

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
        bounded = max(-LARGEST, min(LARGEST, int(whole)))
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
        self.lists = True
        return f"{left.text} IN ({', '.join('?' * len(values))})" if values else "FALSE"

    def _fitting(self, left: Term, values: Sequence[Any]) -> list[Any]:
        held = map(holder(left, self._dialect), values)
        return [each for each in held if each is not None]

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
        self.lists = self.lists or conditions.lists
        return f"EXISTS (SELECT 1 FROM {inner.tables()} WHERE {link} AND {where})"


# --- whole questions -----------------------------------------------------------------------------


class Entry(Conditions):
    """Writes where a page begins; as values it gathers the places of those values in the cursor."""

    def _compare(self, node: Compare, scope: Scope) -> str:
        left = self._source.term(node.left, scope)
        return self._with(f"{left.text} {SIGNS[node.op]} ?", node.right)


Entered = tuple[str, tuple[int, ...]]
"""The condition that begins after a cursor, and the places of its parameters in the cursor."""


@attrs.frozen(eq=False)
class Plan:
    """What finding takes, page after page, save for the place where a page begins.

    These are the tables, joined for all that is asked and ordered by; the statement in parts, with
    the parameters of what is looked for; and how to read the order keys in a row.

    Attributes:
        source: The tables.
        head: The statement up to its condition.
        where: What is looked for.
        values: The parameters of that.
        once: Whether to plan it anew for each question.
        end: The statement after its condition.
        order: The keys of the order, the id last.
        terms: The same as SQL.
        holders: What their columns hold of values.
        width: How many of the columns make an entity; further ones are order keys.
        keys: For each order key but the id, its column, and how to read it.
        entries: The conditions that begin after a cursor, by which of its values are missing.
    """

    source: Source
    head: str
    where: str
    values: tuple[Any, ...]
    once: bool
    end: str
    order: tuple[Order, ...]
    terms: tuple[Term, ...]
    holders: tuple[Load, ...]
    width: int
    keys: tuple[tuple[int, Load], ...]
    entries: dict[tuple[bool, ...], Entered] = attrs.field(
        factory=dict[tuple[bool, ...], Entered], init=False
    )


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
        """The rows of a page in order, with their order keys; and how it was planned."""
        plan = self._planned(query.entity, query.where, total_order(query.order))
        sql, values = f"{plan.head} {plan.where}", [*plan.values]
        if query.after is not None:
            sql += f" AND {self._entry(plan, query, query.after, values)}"
        sql += plan.end
        values.append(tenant)
        if query.limit is not None:
            sql += " LIMIT ?"
            values.append(query.limit + 1)
        return Statement(sql, tuple(values), plan.once), plan

    def _entry(
        self, plan: Plan, query: Query, cursor: Sequence[Scalar | None], values: list[Any]
    ) -> str:
        """The condition that begins after a cursor; from page to page only its values change."""
        scope = self.scopes[query.entity]
        missing = tuple([value is None for value in cursor])
        known = plan.entries.get(missing)
        if known is None:
            known = plan.entries[missing] = self._entered(plan, missing, scope)
        text, places = known
        held = [plan.holders[place](cursor[place]) for place in places]
        if None in held:  # no row gave this cursor: it has a number that no column can hold
            conditions = Conditions(plan.source, self.dialect, values)
            return conditions.text(beyond(plan.order, cursor), scope)
        values.extend(held)
        return text

    def _entered(self, plan: Plan, missing: tuple[bool, ...], scope: Scope) -> Entered:
        places = [None if gone else place for place, gone in enumerate(missing)]
        condition, found = beyond(plan.order, places), list[int]()
        if any(missing) or any(key.descending for key in plan.order) or not self.dialect.rows:
            text = Entry(plan.source, self.dialect, found).text(condition, scope)
            return text, tuple(found)
        keys, marks = ", ".join(term.text for term in plan.terms), ", ".join("?" * len(missing))
        return f"({keys}) > ({marks})", tuple(range(len(missing)))

    def _plan(self, entity: str, where: Condition, order: tuple[Order, ...]) -> "Plan":
        scope, values, source = self.scopes[entity], list[Any](), self.source(entity)
        conditions = Conditions(source, self.dialect, values)
        text = conditions.text(where, scope)
        terms = tuple([source.term(key.by, scope) for key in order])
        sorting = [self._ordered(key, term) for key, term in zip(order, terms, strict=True)]
        columns = [f"{source.alias}.{self.dialect.quote(c.name)}" for c in source.layout.cells]
        width, keys = len(columns), list[tuple[int, Load]]()
        for term in terms[:-1]:
            if term.text not in columns:
                columns.append(term.text)
            load = optional(self.dialect.values.loader(term.spec))
            keys.append((columns.index(term.text), load))
        head = f"SELECT {', '.join(columns)} FROM {source.tables()} WHERE"
        end = f" AND {source.alias}.tenant = ? ORDER BY {', '.join(sorting)}"
        holders = tuple([holder(term, self.dialect) for term in terms])
        looked_for = (text, tuple(values), conditions.lists)
        return Plan(source, head, *looked_for, end, order, terms, holders, width, tuple(keys))

    def source(self, entity: str) -> Source:
        """The tables of a SELECT that begins with an entity."""
        return Source(self.schema, self.dialect, self.schema.layouts[entity], count())

    def _ordered(self, key: Order, term: Term) -> str:
        return self.dialect.ordered(
            term.text, descending=key.descending, may_be_missing=term.may_be_missing
        )
