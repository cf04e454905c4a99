"""Operands in SQL: where their values lie, and what has to be joined to reach them.

A reference is followed by a join, which names the tenant. What conditions and whole questions make
of operands lies in `_compile`.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from typing import Any, assert_never

import attrs

from crmcore.grammar.aggregating import plain_number
from crmcore.grammar.binding import Scope, operand_spec
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.query import Bucket, Elapsed, Folded, Operand, Path
from crmcore.values import CONTEXT
from crmcore_sql._dialects import Dialect
from crmcore_sql._schema import CURRENCY, PLAIN, VARIANT, Layout, Schema, Way
from crmcore_sql._types import Load, places_of

LARGEST = 2**63 - 1
"""The largest whole number that a column holds."""


@attrs.frozen
class Term:
    """An operand in SQL: text without parameters, and what sort of value it gives.

    Attributes:
        text: The expression; NULL where the value is missing.
        spec: The field, or what the operand makes of it.
        currency: The expression of the currency, for an amount.
        may_be_missing: Whether it can be NULL.
        presence: What is NULL exactly where it is, where that is less work.
        start: What differs exactly where it does, and the expression made of that, where grouping
            by it is less work.
    """

    text: str
    spec: FieldSpec
    currency: str | None = None
    may_be_missing: bool = True
    presence: str | None = None
    start: tuple[str, str] | None = None

    @property
    def there(self) -> str:
        """What to count: NULL exactly where it is missing."""
        return self.text if self.presence is None else self.presence

    @property
    def shown(self) -> str:
        """How it is selected as the key of a group."""
        return self.text if self.start is None else self.start[1]

    def group(self, place: int) -> str:
        """What to group by, when it is selected as a column."""
        return str(place) if self.start is None else self.start[0]


class Source:
    """The tables of one SELECT: the first one, and those joined to follow references."""

    def __init__(
        self, schema: Schema, dialect: Dialect, layout: Layout, names: "count[int]"
    ) -> None:
        self._schema = schema
        self._dialect = dialect
        self._names = names
        self._joined: dict[tuple[str, Way], tuple[str, Layout]] = {}
        self._joins: list[str] = []
        self._terms: dict[Operand, Term] = {}
        self._quote = dialect.quote
        self.layout = layout
        self.alias = f"t{next(names)}"

    def tables(self) -> str:
        """The text after FROM."""
        first = f"{self._quote(self.layout.name)} AS {self.alias}"
        return " ".join((first, *self._joins))

    def inside(self, layout: Layout) -> "Source":
        """The tables of a SELECT inside this one."""
        return Source(self._schema, self._dialect, layout, self._names)

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
        dialect = self._dialect
        match operand:
            case Path():
                return self.path(operand, scope)
            case Folded(path):
                alias, layout, way = self.reach(path, scope)
                shadow = f"{alias}.{self._quote(layout.shadow(way))}"
                return Term(shadow, operand_spec(operand, scope))
            case Elapsed(start, end):
                first, last = self.path(start, scope), self.path(end, scope)
                text = dialect.elapsed(first.text, last.text, first.spec.kind)
                both = f"CASE WHEN {first.text} IS NOT NULL THEN {last.text} END"
                return Term(text, operand_spec(operand, scope), presence=both)
            case Bucket(path, unit):
                time = self.path(path, scope)
                text = dialect.bucket(time.text, time.spec.kind, unit)
                beginning = dialect.start(time.text, time.spec.kind, unit)
                return Term(text, operand_spec(operand, scope), start=beginning)
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
                return Term(self._dialect.attribute(column, spec), spec)
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
        other, name = self._schema.layouts[target], f"t{next(self._names)}"
        tenant, id = self.keys(name, other.keys)
        self._joins.append(
            f"LEFT JOIN {self._quote(other.name)} AS {name} "
            f"ON {tenant} = {alias}.tenant AND {id} = {self.cell(alias, layout, way)}"
        )
        self._joined[alias, way] = (name, other)
        return name, other


def holder(term: Term, dialect: Dialect) -> Load:
    """The function that tells what a column of such values holds of one; None when it cannot."""
    if term.spec.kind not in {Kind.DECIMAL, Kind.SHARE}:
        return dialect.values.writer(term.spec)
    places, number = places_of(term.spec), dialect.values.number

    def held(value: Any) -> Any:
        exact = CONTEXT.scaleb(Decimal(plain_number(value)), places)
        fits = exact == int(exact) and abs(exact) < LARGEST
        return number(int(exact), places) if fits else None

    return held
