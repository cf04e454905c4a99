"""What can be asked about an entity: every operand of the language, and values worth comparing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from crmcore.grammar.binding import Scope, operand_spec
from crmcore.grammar.entity import EntityType, Kind, variant_name
from crmcore.grammar.query import Bucket, BucketUnit, Elapsed, Folded, Operand, Path
from crmcore.testing.extremes import extremes
from crmcore.values.period import bucket

UNITS: tuple[BucketUnit, ...] = ("day", "month", "quarter", "year")
DAY = 86_400_000
TIMES = frozenset({Kind.DATE, Kind.INSTANT})
MANIFOLD = frozenset({Kind.RECORD, Kind.CHILDREN, Kind.ATTRIBUTES})


def paths(scope: Scope, depth: int = 2) -> Iterator[Path]:
    """Every path from a scope that goes through fewer than ``depth`` references."""
    for names in _names(scope, depth):
        yield Path(names)


def _names(scope: Scope, depth: int) -> Iterator[tuple[str, ...]]:
    for name, spec in scope.fields.items():
        yield (name,)
        if spec.reference is not None and depth > 1:
            target = scope.registry.named(spec.reference)
            inside = _names(Scope.of(target, scope.registry), depth - 1)
            yield from ((name, *rest) for rest in inside)
        elif spec.kind is Kind.RECORD and spec.record is not None:
            inner = Scope(name, spec.record.fields, scope.registry)
            yield from ((name, *rest) for rest in _names(inner, depth))
        elif spec.kind is Kind.MONEY:
            yield from ((name, "value"), (name, "currency"))
    if scope.entity is not None:
        own = scope.registry.attributes_of(scope.entity.name)
        yield from (("attributes", name) for name in own)
        if scope.entity.variants:
            yield ("kind",)


def operands(scope: Scope, depth: int = 2) -> tuple[Operand, ...]:
    """Every operand that gives a single value, from a scope."""
    single = [path for path in paths(scope, depth) if kind_of(path, scope) not in MANIFOLD]
    times = [path for path in single if kind_of(path, scope) in TIMES]
    own = [path for path in times if len(path.names) == 1]
    return (
        *single,
        *(Folded(path) for path in single if _is_searchable(path, scope)),
        *(Bucket(path, UNITS[place % len(UNITS)]) for place, path in enumerate(times)),
        *(Bucket(path, unit) for path in own for unit in UNITS),
        *(
            Elapsed(start, end)
            for start in own
            for end in own
            if kind_of(start, scope) is kind_of(end, scope)
        ),
    )


def children(scope: Scope) -> tuple[Path, ...]:
    """The paths from a scope to children."""
    return tuple(path for path in paths(scope) if kind_of(path, scope) is Kind.CHILDREN)


def kind_of(operand: Operand, scope: Scope) -> Kind:
    """What sort of value an operand gives."""
    return operand_spec(operand, scope).kind


def values(operand: Operand, scope: Scope, ids: Mapping[str, Sequence[UUID]]) -> Sequence[Any]:
    """Values worth comparing an operand with; those of references come from ``ids``."""
    spec = operand_spec(operand, scope)
    match operand:
        case Elapsed():
            return (0, 1, -1, 59, DAY, -366, 2**40)
        case Bucket(path, unit):
            days = extremes(operand_spec(path, scope))
            return tuple(dict.fromkeys(bucket(day, unit) for day in days))
        case Path() if scope.route(operand).steps[-1].via == "variant":
            owner = _owner(operand, scope)
            return tuple(variant_name(cls) for cls in owner.variants) if owner else ()
        case Path((*_, "currency")):
            return ("EUR", "JPY", "eur", "")
        case _ if spec.reference is not None:
            return ids[spec.reference]
        case _ if spec.name == "id" and (owner := _owner(operand, scope)) is not None:
            return ids[owner.name]
        case _:
            return extremes(spec)


def _owner(operand: Operand, scope: Scope) -> EntityType | None:
    steps = scope.route(operand).steps if isinstance(operand, Path) else ()
    passed = [step.target for step in steps if step.target is not None]
    return passed[-1] if passed else scope.entity


def _is_searchable(path: Path, scope: Scope) -> bool:
    spec = operand_spec(path, scope)
    return spec.kind is Kind.TEXT and spec.text.searchable
