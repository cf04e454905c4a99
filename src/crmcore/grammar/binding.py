"""Checking expressions against an entity: every path exists, every value fits.

`bind` returns the condition with its values in canonical form, or raises all faults at once. After
it, amounts of money are asked for by their parts only. Where paths lead is told in
`crmcore.grammar.routes`, what may be compared with a field in `crmcore.grammar.scalars`.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, get_args

from crmcore.errors import (
    CrmError,
    ExpressionTooLarge,
    InvalidValue,
    UnknownName,
    WrongType,
    raise_collected,
)
from crmcore.grammar.entity import variant_name
from crmcore.grammar.naming import nearest, shortened
from crmcore.grammar.query import (
    MAX_DEPTH,
    MAX_KEYS,
    Among,
    Bucket,
    BucketUnit,
    Compare,
    CompareOp,
    Condition,
    Either,
    Elapsed,
    Every,
    Folded,
    Has,
    Matches,
    MatchOp,
    Missing,
    Not,
    Operand,
    Order,
    Path,
    check_size,
)
from crmcore.grammar.routes import VARIANT, Route, Scope, Step, Via
from crmcore.grammar.scalars import MAX_TEXT, scalar_for
from crmcore.grammar.specification import MANIFOLD, FieldSpec, Kind
from crmcore.values.money import Money
from crmcore.values.texts import fold

__all__ = [
    "MAX_TEXT",
    "Route",
    "Scope",
    "Step",
    "Via",
    "bind",
    "bind_order",
    "operand_spec",
    "scalar_for",
]

_MILLISECONDS = FieldSpec(name="elapsed", kind=Kind.INTEGER, cls=int, optional=True)
_UNIT = FieldSpec(name="bucket", kind=Kind.TEXT, cls=str, optional=True)
_TIMES = frozenset({Kind.DATE, Kind.INSTANT})


# --- operands and orders -------------------------------------------------------------------------


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
            if len(kinds) > 1 or not kinds <= _TIMES:
                raise InvalidValue(f"{end} - {start}", "only two dates or two instants subtract")
            return _MILLISECONDS
        case Bucket(path, unit):
            _check_name("calendar unit", unit, get_args(BucketUnit))
            if scope.route(path).leaf.kind not in _TIMES:
                raise InvalidValue(str(path), "only a date falls into a calendar unit")
            return _UNIT
        case _:
            raise WrongType("operand", "a field", type(operand).__name__)


def bind_order(order: Sequence[Order], scope: Scope) -> tuple[Order, ...]:
    """The order keys, checked; an amount of money orders by its currency, then its value.

    Raises:
        ExpressionTooLarge: when there are too many.
        CrmError: the one fault found, or `ManyFaults` with all of them.
    """
    if len(order) > MAX_KEYS:
        raise ExpressionTooLarge("order keys", MAX_KEYS)
    keys: list[Order] = []
    faults: list[CrmError] = []
    for key in order:
        try:
            keys.extend(_bound_keys(key, scope))
        except CrmError as fault:
            faults.append(fault)
    raise_collected(faults)
    return tuple(keys)


def _bound_keys(key: Order, scope: Scope) -> tuple[Order, ...]:
    if not isinstance(key, Order):
        raise WrongType("order", "an order key", type(key).__name__)
    spec = operand_spec(key.by, scope)
    if spec.kind is Kind.MONEY and isinstance(key.by, Path):
        return tuple(Order(part, key.descending) for part in _parts_of(key.by))
    if spec.kind in MANIFOLD:
        raise InvalidValue(_label(key.by), "only single values can be ordered by")
    return (key,)


# --- conditions ----------------------------------------------------------------------------------


def bind(condition: Condition, scope: Scope) -> Condition:
    """The condition with every value in canonical form, ready for any evaluator.

    Raises:
        ExpressionTooLarge: when it exceeds the limits of the language.
        CrmError: the one fault found, or `ManyFaults` with one for every node that has any.
    """
    if not isinstance(condition, Condition):
        raise WrongType("condition", "a condition", type(condition).__name__)
    check_size(condition)
    faults: list[CrmError] = []
    bound = _bound(condition, scope, faults)
    raise_collected(faults)
    return bound


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
        case Compare(op, left, right):
            _check_name("operator", op, get_args(CompareOp))
            if isinstance(right, Operand):
                return _bound_paths(condition, right, scope)
            return _bound_compare(op, left, right, scope)
        case Among(left, values):
            return _bound_among(left, tuple(_values(left, values, scope)), scope)
        case Matches(op, left, text):
            _check_name("operator", op, get_args(MatchOp))
            spec = operand_spec(left, scope)
            if spec.kind is not Kind.TEXT or not isinstance(left, Path | Folded):
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


def _bound_paths(condition: Compare, right: Operand, scope: Scope) -> Condition:
    spec, other = operand_spec(condition.left, scope), operand_spec(right, scope)
    if spec.kind in MANIFOLD or spec.kind is Kind.MONEY:
        raise WrongType(_label(condition.left), "a single value", spec.kind.value)
    if other.kind is not spec.kind or (spec.kind is Kind.CHOICE and other.cls is not spec.cls):
        raise WrongType(_label(right), spec.kind.value, other.kind.value)
    _check_order(condition.op, condition.left, spec)
    return condition


def _bound_compare(op: CompareOp, left: Operand, right: Any, scope: Scope) -> Condition:
    spec = operand_spec(left, scope)
    (value,) = _values(left, (right,), scope)
    _check_order(op, left, spec)
    if isinstance(value, Money) and isinstance(left, Path):
        currency, amount = _parts_of(left)
        same = Compare(op if op == "ne" else "eq", currency, value.currency)
        pair = (same, Compare(op, amount, value.amount))
        return Either(pair) if op == "ne" else Every(pair)
    return Compare(op, left, value)


def _bound_among(left: Operand, values: tuple[Any, ...], scope: Scope) -> Condition:
    if operand_spec(left, scope).kind is not Kind.MONEY or not isinstance(left, Path):
        return Among(left, values)
    amounts: dict[str, list[Decimal]] = {}
    for value in values:
        amounts.setdefault(value.currency, []).append(value.amount)
    currency, amount = _parts_of(left)
    return Either(
        tuple(
            Every((Compare("eq", currency, code), Among(amount, tuple(listed))))
            for code, listed in sorted(amounts.items())
        )
    )


def _check_order(op: CompareOp, left: Operand, spec: FieldSpec) -> None:
    if spec.kind is Kind.CHOICE and op not in {"eq", "ne"}:
        raise InvalidValue(_label(left), "a choice has no order")


def _check_name(kind: str, name: object, known: tuple[str, ...]) -> None:
    if not isinstance(name, str) or name not in known:
        raise UnknownName(kind, shortened(name), nearest(name, known))


def _values(left: Operand, values: Sequence[Any], scope: Scope) -> Iterator[Any]:
    spec = operand_spec(left, scope)
    known = _variants(left, scope) if spec is VARIANT else ()
    for value in values:
        scalar = _value(left, spec, value)
        if known:
            _check_name(f"{_label(left)} value", scalar, known)
        yield scalar


def _variants(left: Operand, scope: Scope) -> tuple[str, ...]:
    """The variants of the entity whose kind a path asks for."""
    steps = scope.route(left).steps if isinstance(left, Path) else ()
    passed = [step.target for step in steps if step.target is not None]
    owner = passed[-1] if passed else scope.entity
    return () if owner is None else tuple(variant_name(cls) for cls in owner.variants)


def _value(left: Operand, spec: FieldSpec, value: Any) -> Any:
    scalar = scalar_for(spec, value, _label(left))
    return fold(scalar) if isinstance(left, Folded) and isinstance(scalar, str) else scalar


def _parts_of(amount: Path) -> tuple[Path, Path]:
    """The paths of an amount's currency and value, which take a name more."""
    if len(amount.names) >= MAX_DEPTH:
        raise ExpressionTooLarge("names in a path", MAX_DEPTH)
    return Path((*amount.names, "currency")), Path((*amount.names, "value"))


def _label(operand: Operand) -> str:
    match operand:
        case Path():
            return str(operand)
        case Folded(path) | Bucket(path, _):
            return str(path)
        case _:
            return f"{operand.end} - {operand.start}"
