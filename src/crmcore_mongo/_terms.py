"""Operands in documents: where their values lie, and what has to be joined to reach them.

A reference is followed by ``$lookup``: its ``_id`` holds the tenant, so nothing of another one can
be reached. What conditions make of operands lies in `_compile`.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any, assert_never

import attrs

from crmcore.errors import ExpressionTooLarge
from crmcore.grammar.binding import Scope, operand_spec
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.query import Bucket, Elapsed, Folded, Operand, Path
from crmcore_mongo._schema import VARIANT, Schema, folded
from crmcore_mongo._types import AMOUNT, CURRENCY, Document

Expression = Any
"""What stands in a pipeline for a value."""

ENTITY_ID = "_id.id"
"""Where an entity has its id."""

_MOST_JOINS = 300
_FORMATS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y", "quarter": "%Y-Q"}
_QUARTERS = [*"111222333444"]


@attrs.frozen
class Holder:
    """Where an entity or a child lies of which something is asked.

    Attributes:
        key: The dotted key that leads to it, from the document that a pipeline works on.
        arrays: How many arrays that key leads through.
        prefix: What an expression puts in front of a key of it.
        near: What a filter puts in front of a key of it; None where no filter can reach it.
        is_entity: Whether it is an entity, whose id lies in ``_id``.
    """

    key: str
    arrays: int
    prefix: str
    near: str | None
    is_entity: bool

    def key_of(self, way: tuple[str, ...]) -> str:
        """The key of a value, from this holder."""
        return ENTITY_ID if self.is_entity and way == ("id",) else ".".join(way)

    def below(self, way: tuple[str, ...]) -> str:
        """The key of a value, from the document that a pipeline works on."""
        return ".".join((self.key, *way) if self.key else way)


@attrs.frozen
class Term:
    """An operand in a pipeline.

    Attributes:
        value: The expression of it; null or nothing where it is missing.
        spec: The field, or what the operand makes of it.
        may_be_missing: Whether it can be missing.
        key: The key a filter or a sort finds it by, if there is one.
        parts: What must be there for it to be, where that is less work than the value.
        is_small: Whether it is a whole number of which no sum can leave 64 bits.
    """

    value: Expression
    spec: FieldSpec
    may_be_missing: bool
    key: str | None = None
    parts: tuple[Expression, ...] = ()
    is_small: bool = False


class Joins:
    """The stages of one pipeline that follow references, each way once."""

    def __init__(self, schema: Schema, tenant: str) -> None:
        self._schema = schema
        self._known: dict[str, str] = {}
        self._names = count(1)
        self.tenant = tenant
        self.stages: list[Document] = []
        self.keys: list[str] = []

    def variable(self) -> str:
        """A name that no other variable has."""
        return f"v{next(self._names)}"

    def join(self, path: str, arrays: int, target: str) -> str:
        """The key under which lies what a reference leads to; all of it, from inside arrays."""
        known = self._known.get(path)
        if known is not None:
            return known
        if len(self._known) >= _MOST_JOINS:
            raise ExpressionTooLarge("references to follow", _MOST_JOINS)
        key = self._known[path] = f":{len(self._known)}"
        self.keys.append(key)
        ids: Expression = self._id(f"${path}")
        if arrays:
            ids = {"$map": {"input": _flat(f"${path}", arrays), "in": self._id("$$this")}}
        collection = self._schema.collections[target].name
        found = {"from": collection, "localField": key, "foreignField": "_id", "as": key}
        self.stages += [{"$set": {key: ids}}, {"$lookup": found}]
        if not arrays:
            self.stages.append({"$set": {key: {"$first": f"${key}"}}})
        return key

    def _id(self, id: Expression) -> Expression:
        return {"tenant": {"$literal": self.tenant}, "id": id}


def _flat(path: str, arrays: int) -> Expression:
    """The values that a path finds in arrays, as one array."""
    values: Expression = path
    for _ in range(arrays - 1):
        joined = {"$concatArrays": ["$$value", "$$this"]}
        values = {"$reduce": {"input": values, "initialValue": [], "in": joined}}
    return values


class Frame:
    """One holder, what its references lead to, and the operands that begin there."""

    def __init__(self, joins: Joins, holder: Holder) -> None:
        self.joins = joins
        self.holder = holder
        self._known: dict[tuple[str, str], Holder] = {}
        self._bound: list[tuple[str, Expression]] = []
        self._terms: dict[Operand, Term] = {}

    @classmethod
    def of(cls, schema: Schema, tenant: str) -> "Frame":
        """The frame of a document itself, in a new pipeline."""
        return cls(Joins(schema, tenant), Holder("", 0, "$", "", is_entity=True))

    @property
    def is_outermost(self) -> bool:
        """Whether its holder is the document itself, and no child of it."""
        return not self.holder.arrays

    @property
    def name(self) -> str:
        """The variable that holds a child."""
        return self.holder.prefix.strip("$.")

    def within(self, value: Expression) -> Expression:
        """An expression over this frame, with everything bound that it needs."""
        for name, bound in reversed(self._bound):
            value = {"$let": {"vars": {name: bound}, "in": value}}
        return value

    def children(self, path: Path, scope: Scope) -> tuple[Expression, "Frame"]:
        """The children at the end of a path, and the frame of any of them."""
        holder, way = self.reach(path, scope)
        inside = Holder(
            *(holder.below(way), holder.arrays + 1, f"$${self.joins.variable()}.", ""),
            is_entity=False,
        )
        return f"{holder.prefix}{holder.key_of(way)}", Frame(self.joins, inside)

    # --- operands

    def key(self, operand: Operand, scope: Scope) -> str | None:
        """The key by which a filter over this frame finds an operand, if there is one."""
        if not isinstance(operand, Path | Folded):
            return None
        if not self.is_outermost and crosses(operand, scope):
            return None
        return self.term(operand, scope).key

    def term(self, operand: Operand, scope: Scope) -> Term:
        """An operand as an expression."""
        known = self._terms.get(operand)
        if known is None:
            known = self._terms[operand] = self._term(operand, scope)
        return known

    def _term(self, operand: Operand, scope: Scope) -> Term:
        spec = operand_spec(operand, scope)
        missing = any(scope.route(path).may_be_missing for path in paths(operand))
        match operand:
            case Path():
                return self._value(operand, spec, scope, missing=missing)
            case Folded(path):
                text = self._value(path, spec, scope, missing=missing)
                key = None if text.key is None else folded(text.key)
                return attrs.evolve(text, value=folded(text.value), key=key)
            case Elapsed(start, end):
                return self._elapsed(start, end, spec, scope)
            case Bucket(path, unit):
                day = self.term(path, scope).value
                name: Expression = {"$dateToString": {"date": day, "format": _FORMATS[unit]}}
                if unit == "quarter":
                    month = {"$subtract": [{"$month": day}, 1]}
                    name = {"$concat": [name, {"$arrayElemAt": [_QUARTERS, month]}]}
                return Term(name, spec, missing)
            case _ as never:
                assert_never(never)

    def _elapsed(self, start: Path, end: Path, spec: FieldSpec, scope: Scope) -> Term:
        both = first, last = self.term(start, scope), self.term(end, scope)
        by_day = first.spec.kind is Kind.DATE
        value: Expression = {"$subtract": [last.value, first.value]}
        if by_day:
            days = {"startDate": first.value, "endDate": last.value, "unit": "day"}
            value = {"$dateDiff": days}
        parts = tuple([each.value for each in both if each.may_be_missing])
        return Term(value, spec, bool(parts), parts=parts, is_small=by_day)

    def _value(self, path: Path, spec: FieldSpec, scope: Scope, *, missing: bool) -> Term:
        holder, way = self.reach(path, scope)
        # Own attributes are there wherever the entity is.
        key = "_id" if spec.kind is Kind.ATTRIBUTES else holder.key_of(way)
        near = None if holder.near is None else f"{holder.near}{key}"
        return Term(f"{holder.prefix}{key}", spec, missing, near)

    # --- ways

    def reach(self, path: Path, scope: Scope) -> tuple[Holder, tuple[str, ...]]:
        """Where a path ends, and the way from there; references become joins."""
        holder, way = self.holder, tuple[str, ...]()
        for step in scope.route(path).steps:
            match step.via:
                case "field":
                    way = (*way, step.spec.name)
                case "attribute":
                    way = ("attributes", step.spec.name)
                case "variant":
                    way = (VARIANT,)
                case "part":
                    way = (*way, AMOUNT if step.spec.name == "value" else CURRENCY)
            if step.target is not None:
                holder, way = self._joined(holder, way, step.target.name), ()
        return holder, way

    def _joined(self, holder: Holder, way: tuple[str, ...], target: str) -> Holder:
        place = (holder.prefix, ".".join(way))
        known = self._known.get(place)
        if known is not None:
            return known
        key = self.joins.join(holder.below(way), holder.arrays, target)
        if holder.arrays:
            name = self.joins.variable()
            same = {"$eq": ["$$this._id.id", "".join(place)]}
            one = {"$filter": {"input": f"${key}", "cond": same, "limit": 1}}
            self._bound.append((name, {"$first": one}))
            found = Holder(key, 1, f"$${name}.", None, is_entity=True)
        else:
            found = Holder(key, 0, f"${key}.", f"{key}.", is_entity=True)
        self._known[place] = found
        return found


def paths(operand: Operand) -> Iterator[Path]:
    """The paths in an operand."""
    match operand:
        case Path():
            yield operand
        case Folded(path) | Bucket(path, _):
            yield path
        case Elapsed(start, end):
            yield start
            yield end
        case _ as never:
            assert_never(never)


def crosses(operand: Operand, scope: Scope) -> bool:
    """Whether an operand leads through a reference."""
    routes = (scope.route(path) for path in paths(operand))
    return any(step.target is not None for route in routes for step in route.steps)
