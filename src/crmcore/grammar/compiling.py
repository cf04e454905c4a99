"""Conditions and operands as Python functions, generated and compiled once.

A function takes the record to look at and a look-up for references:
``look(entity_name, id) -> entity | None``. Conditions must be bound before
(`crmcore.grammar.binding`), unless the rows are plain objects or mappings without a schema.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from crmcore.errors import ExpressionTooLarge, WrongType
from crmcore.grammar.entity import variant_name
from crmcore.grammar.generated import function_from
from crmcore.grammar.query import (
    MAX_DEPTH,
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
    Path,
    check_size,
)
from crmcore.grammar.routes import Scope, Step
from crmcore.values.period import bucket
from crmcore.values.texts import fold

Look = Callable[[str, UUID | None], Any]
"""Finds the entity a reference leads to, by entity name and id; None when there is none."""

Predicate = Callable[[Any, Look], bool]
"""Whether a record fulfils a condition."""

Getter = Callable[[Any, Look], Any]
"""The value of an operand at a record; None when it is missing."""

_OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_MILLISECOND = timedelta(milliseconds=1)


def look_nowhere(_entity: str, _id: UUID | None) -> None:
    """The look-up for records without references."""


def elapsed(start: Any, end: Any) -> int | None:
    """Whole days between dates, milliseconds between instants; None when one is missing."""
    if start is None or end is None:
        return None
    gap: timedelta = end - start
    return gap // _MILLISECOND if isinstance(end, datetime) else gap.days


def bucket_of(day: Any, unit: Any) -> str | None:
    """The calendar unit of a date, or of an instant in UTC; None when it is missing."""
    if day is None:
        return None
    moment: date = day.astimezone(UTC).date() if isinstance(day, datetime) else day
    return bucket(moment, unit)


def _folded(text: str | None) -> str | None:
    return None if text is None else fold(text)


def _variant(record: object) -> str:
    return variant_name(type(record))


def _holds_any(children: Iterable[Any] | None, test: Callable[[Any], bool]) -> bool:
    return children is not None and any(map(test, children))


def read_part(row: Any, name: str) -> Any:
    """A named part of a plain object or a mapping; None when it has no such part."""
    if isinstance(row, Mapping):
        return cast("Mapping[str, Any]", row).get(name)
    return getattr(row, name, None)


class Draft:
    """The text of one function while it is being written, and the constants it needs.

    Whoever writes more than one condition into a function, as a scoring model does, writes the lines
    around them and has the conditions written here.

    Args:
        scope: What is visible from the function's ``record``.
        fetch_once: Whether what references of ``record`` lead to is fetched once, at the start.
    """

    def __init__(self, scope: Scope | None, *, fetch_once: bool = False) -> None:
        # What references lead to, by path: the variable that holds it, and how to fetch it.
        self._fetched: dict[tuple[str, ...], tuple[str, str]] | None = {} if fetch_once else None
        self.namespace: dict[str, Any] = {
            "elapsed": elapsed,
            "bucket_of": bucket_of,
            "folded": _folded,
            "variant": _variant,
            "part": read_part,
            "holds_any": _holds_any,
        }
        self.scope = scope
        self._temporaries = 0

    def constant(self, value: Any) -> str:
        """The name under which the function knows a value."""
        name = f"k{len(self.namespace)}"
        self.namespace[name] = value
        return name

    def temporary(self) -> str:
        """The name of a new variable."""
        self._temporaries += 1
        return f"t{self._temporaries}"

    def function(self, lines: Sequence[str], parameters: str = "record, look") -> Any:
        """The function of these lines; ``record`` and ``look`` are among its parameters."""
        fetches = [f"{name} = {text}" for name, text in (self._fetched or {}).values()]
        source = "\n    ".join([f"def generated({parameters}):", *fetches, *lines])
        return function_from(source, self.namespace)

    # --- operands: source text, and whether its value may be None

    def operand(self, operand: Operand, root: str, scope: Scope | None) -> tuple[str, bool]:
        """The text for an operand of ``root``, and whether its value may be None."""
        match operand:
            case Path():
                return self._path(operand, root, scope)
            case Folded(path):
                return f"folded({self._path(path, root, scope)[0]})", True
            case Elapsed(start, end):
                first = self._path(start, root, scope)[0]
                return f"elapsed({first}, {self._path(end, root, scope)[0]})", True
            case Bucket(path, unit):
                inner = self._path(path, root, scope)[0]
                return f"bucket_of({inner}, {self.constant(unit)})", True
            case _:
                raise WrongType("operand", "a field", type(operand).__name__)

    def _path(self, path: Path, root: str, scope: Scope | None) -> tuple[str, bool]:
        if scope is None:
            if len(path.names) > MAX_DEPTH:
                raise ExpressionTooLarge("names in a path", MAX_DEPTH)
            text = root
            for name in path.names:
                text = f"part({text}, {self.constant(name)})"
            return text, True
        text, missing = root, False
        for place, step in enumerate(scope.route(path).steps):
            if missing:
                name = text if text.isidentifier() else self.temporary()
                held = name if name == text else f"({name} := {text})"
                inner, _ = self._step(step, name)
                text = f"(None if {held} is None else {inner})"
            else:
                text, missing = self._step(step, text)
            if self._fetched is not None and step.target is not None and root == "record":
                text = self._fetched.setdefault(path.names[: place + 1], (self.temporary(), text))[
                    0
                ]
        return text, missing

    def _step(self, step: Step, holder: str) -> tuple[str, bool]:
        name = step.spec.name
        match step.via:
            case "variant":
                return f"variant({holder})", False
            case "attribute":
                return f"{holder}.attributes.get({self.constant(name)})", True
            case "part":
                return f"{holder}.{'amount' if name == 'value' else name}", False
            case _:
                text = f"{holder}.{name}"
                if step.spec.variants is not None:
                    text = f"getattr({holder}, {self.constant(name)}, None)"
                if step.target is not None:
                    return self._led_to(step.target.name, text, step.spec.may_be_missing), True
                return text, step.spec.may_be_missing

    def _led_to(self, entity: str, id: str, may_be_missing: bool) -> str:
        # Where there is no id, there is nothing to call the look-up for.
        if not may_be_missing:
            return f"look({self.constant(entity)}, {id})"
        name = self.temporary()
        return f"(None if ({name} := {id}) is None else look({self.constant(entity)}, {name}))"

    # --- conditions

    def condition(self, condition: Condition, root: str, scope: Scope | None) -> str:
        """The text for a bound condition on the variable ``root``."""
        match condition:
            case Every(items):
                return self._joined(items, " and ", "True", root, scope)
            case Either(items):
                return self._joined(items, " or ", "False", root, scope)
            case Not(item):
                return f"(not {self.condition(item, root, scope)})"
            case Compare():
                return self._compare(condition, root, scope)
            case Among(left, values):
                text, _ = self.operand(left, root, scope)
                return f"({text} in {self.constant(frozenset(values))})"
            case Matches():
                return self._matches(condition, root, scope)
            case Missing(left):
                return f"({self.operand(left, root, scope)[0]} is None)"
            case Has():
                return self._has(condition, root, scope)
            case _:
                raise WrongType("condition", "a node of the language", type(condition).__name__)

    def _joined(
        self, items: Sequence[Condition], word: str, empty: str, root: str, scope: Scope | None
    ) -> str:
        if not items:
            return empty
        return f"({word.join(self.condition(item, root, scope) for item in items)})"

    def _compare(self, node: Compare, root: str, scope: Scope | None) -> str:
        left, missing = self.operand(node.left, root, scope)
        sign = _OPERATORS[node.op]
        if isinstance(node.right, Operand):
            right, right_missing = self.operand(node.right, root, scope)
            if missing or right_missing:
                one, two = self.temporary(), self.temporary()
                present = f"({one} := {left}) is not None and ({two} := {right}) is not None"
                return f"({present} and {one} {sign} {two})"
            return f"({left} {sign} {right})"
        constant = self.constant(node.right)
        if missing and node.op != "eq":
            name = self.temporary()
            return f"(({name} := {left}) is not None and {name} {sign} {constant})"
        return f"({left} {sign} {constant})"

    def _matches(self, node: Matches, root: str, scope: Scope | None) -> str:
        left, missing = self.operand(node.left, root, scope)
        guard = ""
        if missing:
            name = self.temporary()
            guard, left = f"({name} := {left}) is not None and ", name
        text = self.constant(node.text)
        test = {
            "contains": f"{text} in {left}",
            "starts": f"{left}.startswith({text})",
            "ends": f"{left}.endswith({text})",
        }[node.op]
        return f"({guard}{test})"

    def _has(self, node: Has, root: str, scope: Scope | None) -> str:
        children, _ = self.operand(node.children, root, scope)
        inside = None if scope is None else scope.child(scope.route(node.children))
        child = self.temporary()
        test = self.condition(node.where, child, inside)
        # A comprehension could not hold the assignments that a path needs.
        return f"holds_any({children}, lambda {child}: {test})"


def compile_condition(condition: Condition, scope: Scope | None) -> Predicate:
    """A bound condition as a function of a record and a look-up.

    Args:
        condition: A condition bound to ``scope``.
        scope: The entity's scope; None for plain objects and mappings without a schema.

    Raises:
        ExpressionTooLarge: when there is no scope, and it exceeds the limits of the language.
    """
    if scope is None:
        check_size(condition)
    source = Draft(scope)
    text = source.condition(condition, "record", scope)
    predicate: Predicate = source.function([f"return {text}"])
    return predicate


def compile_operand(operand: Operand, scope: Scope | None) -> Getter:
    """An operand as a function of a record and a look-up; missing values come as None."""
    source = Draft(scope)
    text, _ = source.operand(operand, "record", scope)
    getter: Getter = source.function([f"return {text}"])
    return getter
