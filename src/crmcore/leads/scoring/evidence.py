"""What a rule looked at, so that a score can show it."""

from collections.abc import Callable, Iterator
from typing import Any

from crmcore.grammar.binding import Scope
from crmcore.grammar.compiling import Look, compile_condition, compile_operand
from crmcore.grammar.query import (
    Among,
    Bucket,
    Compare,
    Condition,
    Elapsed,
    Folded,
    Has,
    Matches,
    Missing,
    Operand,
    Path,
    parts,
)

Seen = tuple[tuple[str, object], ...]
"""Names of fields and their values."""
Witness = Callable[[Any, Look], Seen]
"""What there was to see at a record."""


def compile_evidence(condition: Condition, scope: Scope) -> Witness:
    """What a condition looks at, each once, in reading order.

    Of children it is what was looked at of the first one that fulfils what was asked.
    """
    asked = [*dict.fromkeys(_asked(condition))]
    witnesses = [_child(e, scope) if isinstance(e, Has) else _value(e, scope) for e in asked]

    def witness(record: Any, look: Look) -> Seen:
        return tuple(seen for each in witnesses for seen in each(record, look))

    return witness


def _asked(condition: Condition) -> Iterator[Operand | Has]:
    match condition:
        case Compare(left=left, right=right):
            yield left
            if isinstance(right, Operand):
                yield right
        case Among(left=left) | Matches(left=left) | Missing(left=left):
            yield left
        case Has():
            yield condition
        case _:
            for part in parts(condition):
                yield from _asked(part)


def _value(operand: Operand, scope: Scope) -> Witness:
    label, value = _label(operand), compile_operand(operand, scope)
    return lambda record, look: ((label, value(record, look)),)


def _child(has: Has, scope: Scope) -> Witness:
    inside = scope.child(scope.route(has.children))
    children = compile_operand(has.children, scope)
    holds = compile_condition(has.where, inside)
    witness = compile_evidence(has.where, inside)

    def seen(record: Any, look: Look) -> Seen:
        first = next((c for c in children(record, look) or () if holds(c, look)), None)
        found = () if first is None else witness(first, look)
        return tuple((f"{has.children}.{label}", value) for label, value in found)

    return seen


def _label(operand: Operand) -> str:
    match operand:
        case Path():
            return str(operand)
        case Folded(path):
            return f"{path} (folded)"
        case Bucket(path, unit):
            return f"{path} ({unit})"
        case Elapsed(start, end):
            return f"{end} - {start}"
