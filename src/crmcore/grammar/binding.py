"""Checking expressions against an entity: every path exists, every value fits.

`bind` returns the condition with its values in canonical form, or raises all faults at once. What
a path leads through is told by its `Route`, from which evaluators and stores work.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import attrs

from crmcore.errors import (
    CrmError,
    InvalidValue,
    UnknownField,
    UnknownName,
    WrongType,
    raise_collected,
)
from crmcore.grammar.entity import EntityType, FieldSpec, Kind, Text
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
    Order,
    Path,
    Scalar,
    check_size,
)
from crmcore.grammar.registry import Registry
from crmcore.values.instants import instant
from crmcore.values.money import Money
from crmcore.values.numbers import as_exact
from crmcore.values.share import Share
from crmcore.values.texts import fold, text_fault

MAX_TEXT = 10_000
INT_RANGE = range(-(2**63), 2**63)

Via = Literal["field", "attribute", "variant", "part"]

_ATTRIBUTES = "attributes"
_VARIANT = FieldSpec(name="kind", kind=Kind.TEXT, cls=str)
_MONEY_PARTS: Mapping[str, FieldSpec] = {
    "value": FieldSpec(name="value", kind=Kind.DECIMAL, cls=Decimal),
    "currency": FieldSpec(name="currency", kind=Kind.TEXT, cls=str, text=Text(max=3)),
}


@attrs.frozen
class Step:
    """One name of a path: its field, how it is reached, and the entity it leads on to, if any."""

    spec: FieldSpec
    via: Via
    target: EntityType | None = None


@attrs.frozen
class Route:
    """A resolved path.

    Attributes:
        steps: One step per name.
        may_be_missing: Whether anything on the way, or the value itself, can be None.
    """

    steps: tuple[Step, ...]
    may_be_missing: bool

    @property
    def leaf(self) -> FieldSpec:
        """The field the path ends in."""
        return self.steps[-1].spec


@attrs.frozen(eq=False)
class Scope:
    """Where a path starts: the fields that are visible, and the registry to go on from there."""

    name: str
    fields: Mapping[str, FieldSpec]
    registry: Registry
    entity: EntityType | None = None

    @classmethod
    def of(cls, entity: EntityType, registry: Registry) -> "Scope":
        """The scope of an entity's own fields."""
        return cls(entity.name, entity.fields, registry, entity)

    def route(self, path: Path) -> Route:
        """What ``path`` leads through.

        Raises:
            UnknownField: when a name on the way does not exist, with the nearest that does.
        """
        scope, steps, missing, names = self, list[Step](), False, list(path.names)
        if not names:
            raise UnknownField(self.name, "")
        while names:
            step, scope = scope._step(names, path)
            steps.append(step)
            missing = missing or step.spec.may_be_missing
        return Route(tuple(steps), missing)

    def child(self, route: Route) -> "Scope":
        """The scope inside the children a route leads to."""
        leaf = route.leaf
        nothing: Mapping[str, FieldSpec] = {}
        fields = nothing if leaf.record is None else leaf.record.fields
        return Scope(f"{self.name}.{leaf.name}", fields, self.registry)

    def _step(self, names: list[str], path: Path) -> "tuple[Step, Scope]":
        name = names.pop(0)
        if name == _ATTRIBUTES and self.entity is not None and names:
            return self._attribute(names.pop(0))
        if name == "kind" and self.entity is not None and self.entity.variants:
            return Step(_VARIANT, "variant"), self._beyond(str(path))
        spec = self.fields.get(name)
        if spec is None:
            raise UnknownField(self.name, name, nearest(name, self.fields))
        via: Via = "part" if self.fields is _MONEY_PARTS else "field"
        if not names:
            return Step(spec, via), self
        if spec.reference is not None:
            target = self.registry.named(spec.reference)
            return Step(spec, via, target), Scope.of(target, self.registry)
        if spec.kind is Kind.RECORD and spec.record is not None:
            inside = Scope(f"{self.name}.{name}", spec.record.fields, self.registry)
            return Step(spec, via), inside
        if spec.kind is Kind.MONEY:
            return Step(spec, via), Scope(f"{self.name}.{name}", _MONEY_PARTS, self.registry)
        return Step(spec, via), self._beyond(f"{self.name}.{name}")

    def _attribute(self, name: str) -> "tuple[Step, Scope]":
        declared = self.registry.attributes_of(self.name)
        spec = declared.get(name)
        if spec is None:
            raise UnknownField(f"{self.name}.attributes", name, nearest(name, declared))
        return Step(spec, "attribute"), self._beyond(f"{self.name}.attributes.{name}")

    def _beyond(self, name: str) -> "Scope":
        return Scope(name, {}, self.registry)


# --- the values ----------------------------------------------------------------------------------


def _typed(cls: type, label: str) -> Callable[[str, Any], Any]:
    def check(field: str, value: Any) -> Any:
        if not isinstance(value, cls):
            raise WrongType(field, label, type(value).__name__)
        return value

    return check


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise WrongType(field, "text", type(value).__name__)
    if (fault := text_fault(field, value, MAX_TEXT, lines=True)) is not None:
        raise fault
    return str(value)


def _integer(field: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongType(field, "int", type(value).__name__)
    if value not in INT_RANGE:
        raise InvalidValue(field, "the number does not fit 64 bits")
    return value


def _decimal(field: str, value: Any) -> Decimal:
    if isinstance(value, str | bool):
        raise WrongType(field, "Decimal", type(value).__name__)
    return as_exact(field, value)


def _date(field: str, value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise WrongType(field, "date", type(value).__name__)
    return value


def _instant(field: str, value: Any) -> datetime:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return instant(value, field)


_CHECKS: Mapping[Kind, Callable[[str, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.SHARE: _typed(Share, "Share"),
    Kind.BOOLEAN: _typed(bool, "bool"),
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.ID: _typed(UUID, "UUID"),
    Kind.MONEY: _typed(Money, "Money"),
}


def scalar_for(spec: FieldSpec, value: Any, field: str) -> Scalar:
    """``value`` in the canonical form of the field it is compared with.

    Raises:
        WrongType: when it is of another type.
        UnknownName: when a choice has no such value.
    """
    if spec.kind is Kind.CHOICE:
        members: Iterable[StrEnum] = getattr(spec.cls, "__members__", {}).values()
        known = {str(member.value): member for member in members}
        if not isinstance(value, str):
            raise WrongType(field, spec.cls.__name__, type(value).__name__)
        if str(value) not in known:
            raise UnknownName(f"{field} value", str(value), nearest(str(value), known))
        return known[str(value)]
    check = _CHECKS.get(spec.kind)
    if check is None:
        raise WrongType(field, "a single value", spec.kind.value)
    scalar: Scalar = check(field, value)
    return scalar


# --- operands and conditions ---------------------------------------------------------------------

_MILLISECONDS = FieldSpec(name="elapsed", kind=Kind.INTEGER, cls=int, optional=True)
_UNIT = FieldSpec(name="bucket", kind=Kind.TEXT, cls=str, optional=True)


def operand_spec(operand: Operand, scope: Scope) -> FieldSpec:
    """What sort of value an operand gives.

    Raises:
        UnknownField: when a path does not exist.
        InvalidValue: when the operand does not fit the field it is applied to.
    """
    match operand:
        case Path():
            return scope.route(operand).leaf
        case Folded(path):
            spec = scope.route(path).leaf
            if spec.kind is not Kind.TEXT or not spec.text.searchable:
                raise InvalidValue(str(path), "the field is not declared searchable")
            return spec
        case Elapsed(start, end):
            kinds = {scope.route(start).leaf.kind, scope.route(end).leaf.kind}
            if kinds not in ({Kind.DATE}, {Kind.INSTANT}):
                raise InvalidValue(f"{end} - {start}", "only two dates or two instants subtract")
            return _MILLISECONDS
        case Bucket(path, _):
            if scope.route(path).leaf.kind not in {Kind.DATE, Kind.INSTANT}:
                raise InvalidValue(str(path), "only a date falls into a calendar unit")
            return _UNIT


def bind(condition: Condition, scope: Scope) -> Condition:
    """The condition with every value in canonical form, ready for any evaluator.

    Raises:
        ExpressionTooLarge: when it exceeds the limits of the language.
        CrmError: the one fault found, or `ManyFaults` with all of them.
    """
    if not isinstance(condition, Condition):
        raise WrongType("condition", "an expression of F", type(condition).__name__)
    check_size(condition)
    faults: list[CrmError] = []
    bound = _bound(condition, scope, faults)
    raise_collected(faults)
    return bound


def bind_order(order: tuple[Order, ...], scope: Scope) -> tuple[Order, ...]:
    """The order keys, checked; an amount of money orders by its currency, then its value."""
    keys: list[Order] = []
    for key in order:
        spec = operand_spec(key.by, scope)
        if spec.kind is Kind.MONEY and isinstance(key.by, Path):
            parts_of_money = ("currency", "value")
            keys.extend(
                Order(Path((*key.by.names, part)), key.descending) for part in parts_of_money
            )
        elif spec.kind in {Kind.RECORD, Kind.CHILDREN, Kind.ATTRIBUTES}:
            raise InvalidValue(str(key.by), "only single values can be ordered by")
        else:
            keys.append(key)
    return tuple(keys)


def _bound(condition: Condition, scope: Scope, faults: list[CrmError]) -> Condition:
    match condition:
        case Every(items):
            return Every(tuple(_bound(item, scope, faults) for item in items))
        case Either(items):
            return Either(tuple(_bound(item, scope, faults) for item in items))
        case Not(item):
            return Not(_bound(item, scope, faults))
        case _:
            try:
                return _bound_leaf(condition, scope, faults)
            except CrmError as fault:
                faults.append(fault)
                return condition


def _bound_leaf(condition: Condition, scope: Scope, faults: list[CrmError]) -> Condition:
    match condition:
        case Compare():
            return _bound_compare(condition, scope)
        case Among(left, values):
            spec = operand_spec(left, scope)
            return Among(left, tuple(_value(left, spec, value) for value in values))
        case Matches(op, left, text):
            spec = operand_spec(left, scope)
            if spec.kind is not Kind.TEXT:
                raise WrongType(_label(left), "text", spec.kind.value)
            return Matches(op, left, _value(left, spec, text))
        case Missing(left):
            operand_spec(left, scope)
            return condition
        case Has(children, where):
            route = scope.route(children)
            if route.leaf.kind is not Kind.CHILDREN:
                raise WrongType(str(children), "children", route.leaf.kind.value)
            return Has(children, _bound(where, scope.child(route), faults))
        case _:
            raise WrongType("condition", "a node of the language", type(condition).__name__)


def _bound_compare(condition: Compare, scope: Scope) -> Condition:
    op, left, right = condition.op, condition.left, condition.right
    spec = operand_spec(left, scope)
    if isinstance(right, Path | Folded | Elapsed | Bucket):
        other = operand_spec(right, scope)
        if other.kind is not spec.kind or spec.kind is Kind.MONEY:
            raise WrongType(_label(right), spec.kind.value, other.kind.value)
        return condition
    value = _value(left, spec, right)
    if spec.kind is Kind.CHOICE and op not in {"eq", "ne"}:
        raise InvalidValue(_label(left), "a choice has no order")
    if isinstance(value, Money) and isinstance(left, Path):
        return _money_compare(condition, left, value)
    return Compare(op, left, value)


def _money_compare(condition: Compare, left: Path, money: Money) -> Condition:
    currency = Path((*left.names, "currency"))
    amount = Compare(condition.op, Path((*left.names, "value")), money.amount)
    if condition.op == "ne":
        return Either((Compare("ne", currency, money.currency), amount))
    return Every((Compare("eq", currency, money.currency), amount))


def _value(left: Operand, spec: FieldSpec, value: Any) -> Any:
    scalar = scalar_for(spec, value, _label(left))
    return fold(scalar) if isinstance(left, Folded) and isinstance(scalar, str) else scalar


def _label(operand: Operand) -> str:
    match operand:
        case Path():
            return str(operand)
        case Folded(path) | Bucket(path, _):
            return str(path)
        case Elapsed(start, end):
            return f"{end} - {start}"
