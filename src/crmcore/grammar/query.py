"""The one expression language, as data: a dozen node classes for conditions, orders and aggregates.

Repositories, segments, scoring rules and KPI filters all speak it. Nodes say nothing about how they
are evaluated: `crmcore.grammar.binding` checks them against an entity,
`crmcore.grammar.compiling` turns them into a Python function, and each store has one file that
turns them into its own language. People build them with `crmcore.grammar.field.F`.

Meaning, the same in every store: a comparison with a missing value is false; ``Not`` negates
plainly; text compares by code point; times are UTC.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NoReturn
from uuid import UUID

import attrs

from crmcore.errors import ExpressionTooLarge, InvalidValue
from crmcore.values.money import Money
from crmcore.values.numbers import as_int
from crmcore.values.share import Share

Scalar = str | int | bool | Decimal | date | datetime | UUID | StrEnum | Money | Share
"""A single value the language can compare with."""
CompareOp = Literal["eq", "ne", "lt", "le", "gt", "ge"]
MatchOp = Literal["contains", "starts", "ends"]
BucketUnit = Literal["day", "month", "quarter", "year"]
AggregateFunction = Literal["count", "sum", "avg", "min", "max", "median", "count_distinct"]

MAX_DEPTH = 10
"""So many levels a condition has at most, and so many names a path."""

MAX_NODES = 200
"""So many nodes a condition has at most."""

MAX_VALUES = 1000
"""So many values `Among` has at most."""

MAX_VALUES_IN_ALL = 10_000
"""So many values all of them have together; a statement of SQL takes some 32,000 at most."""

MAX_KEYS = 10
"""So many keys an order or a grouping has at most."""


@attrs.frozen
class Path:
    """The value of a field; a dotted name leads through records, references and own attributes."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.names)


@attrs.frozen
class Folded:
    """A searchable text without regard to case (NFKC and case folding)."""

    path: Path


@attrs.frozen
class Elapsed:
    """The time from ``start`` to ``end``: whole days of dates, milliseconds of instants."""

    start: Path
    end: Path


@attrs.frozen
class Bucket:
    """The calendar unit a date or instant (in UTC) falls into, such as ``2017-Q2``."""

    path: Path
    unit: BucketUnit


Operand = Path | Folded | Elapsed | Bucket
"""What can be compared, grouped by and ordered by."""


class Condition:
    """A question about one entity, answered yes or no; join several with ``&``, ``|`` and ``~``."""

    __slots__ = ()

    def __and__(self, other: "Condition") -> "Every":
        return Every((*_items(self, Every), *_items(other, Every)))

    def __or__(self, other: "Condition") -> "Either":
        return Either((*_items(self, Either), *_items(other, Either)))

    def __invert__(self) -> "Not":
        return Not(self)

    def __bool__(self) -> NoReturn:
        raise InvalidValue("condition", "join conditions with &, | and ~, not with and, or, not")


@attrs.frozen
class Compare(Condition):
    """Whether two values stand in a relation; false where either is missing."""

    op: CompareOp
    left: Operand
    right: Scalar | Operand


@attrs.frozen
class Among(Condition):
    """Whether a value is one of several; false where it is missing."""

    left: Operand
    values: tuple[Scalar, ...]


@attrs.frozen
class Matches(Condition):
    """Whether a text contains, starts or ends with another; no character is special."""

    op: MatchOp
    left: Path | Folded
    text: str


@attrs.frozen
class Missing(Condition):
    """Whether there is no value."""

    left: Operand


@attrs.frozen
class Has(Condition):
    """Whether any child fulfils a condition; paths inside start at the child."""

    children: Path
    where: Condition


@attrs.frozen
class Every(Condition):
    """Whether all conditions hold; true when there are none."""

    items: tuple[Condition, ...]


@attrs.frozen
class Either(Condition):
    """Whether at least one condition holds; false when there are none."""

    items: tuple[Condition, ...]


@attrs.frozen
class Not(Condition):
    """Whether the condition does not hold."""

    item: Condition


EVERYTHING = Every(())
"""The condition that every entity fulfils."""


def _items(condition: Condition, cls: type[Every] | type[Either]) -> tuple[Condition, ...]:
    if isinstance(condition, cls):
        return condition.items
    return (condition,)


def parts(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside a condition."""
    match condition:
        case Every(items) | Either(items):
            return items
        case Not(item):
            return (item,)
        case Has(where=where):
            return (where,)
        case _:
            return ()


def check_size(condition: Condition) -> None:
    """Return when the condition keeps the limits of depth, nodes and values.

    Raises:
        ExpressionTooLarge: when it does not. The walk is iterative, so no depth can exhaust the
            stack.
    """
    nodes, values, level = 1, 0, [condition]
    for _ in range(MAX_DEPTH):
        for each in level:
            # Counted before they are gathered: nodes that are shared can be very many very fast.
            nodes += len(parts(each))
            listed = len(each.values) if isinstance(each, Among) else 0
            values += listed
            if nodes > MAX_NODES:
                raise ExpressionTooLarge("nodes", MAX_NODES)
            if listed > MAX_VALUES:
                raise ExpressionTooLarge("values", MAX_VALUES)
        if values > MAX_VALUES_IN_ALL:
            raise ExpressionTooLarge("values in all", MAX_VALUES_IN_ALL)
        level = [part for each in level for part in parts(each)]
        if not level:
            return
    raise ExpressionTooLarge("levels", MAX_DEPTH)


@attrs.frozen
class Order:
    """One key of an order. Missing values come first, whichever the direction."""

    by: Operand
    descending: bool = False


def _at_least_one(_query: object, _field: object, limit: int | None) -> None:
    if limit is not None and as_int("limit", limit) < 1:
        raise InvalidValue("limit", "must be at least 1")


@attrs.frozen(kw_only=True)
class Query:
    """Which entities, in which order, from where on, and how many at most.

    Attributes:
        entity: The name of the entity type.
        where: What they fulfil.
        order: The keys of the order; a store always adds the id as the last key.
        after: The cursor of the page before: the order keys and the id of its last entity.
        limit: The most entities to return, at least one; None for all.
    """

    entity: str
    where: Condition = EVERYTHING
    order: tuple[Order, ...] = ()
    after: tuple[Scalar | None, ...] | None = None
    limit: int | None = attrs.field(default=None, validator=_at_least_one)


@attrs.frozen
class Aggregate:
    """A number over many entities.

    ``sum``, ``avg``, ``min``, ``max``, ``median`` and ``count_distinct`` look at present values
    only; over none they have no answer (``count_distinct`` is 0). ``count`` without an operand
    counts entities, with one it counts present values.

    Attributes:
        function: What to compute.
        operand: Of what; None only for ``count``.
        where: Of which entities only.
    """

    function: AggregateFunction
    operand: Operand | None = None
    where: Condition = EVERYTHING

    def only(self, where: Condition) -> "Aggregate":
        """The same aggregate over fewer entities."""
        return attrs.evolve(self, where=self.where & where)


@attrs.frozen(kw_only=True)
class AggregateQuery:
    """Several aggregates over the entities that fulfil a condition, per group.

    Attributes:
        entity: The name of the entity type.
        measures: The aggregates by name.
        by: The values that make the groups; empty for one group of everything.
        where: Which entities take part at all.
    """

    entity: str
    measures: Mapping[str, Aggregate]
    by: tuple[Operand, ...] = ()
    where: Condition = EVERYTHING


@attrs.frozen
class Group:
    """One row of an answer: the group's key and its aggregates by name."""

    key: tuple[Scalar | None, ...]
    values: Mapping[str, object]


def operands(condition: Condition) -> Iterator[Operand]:
    """Every operand of a condition, in reading order, those inside ``Has`` left out."""
    waiting = [condition]
    while waiting:
        match waiting.pop():
            case Compare(left=left, right=right):
                yield left
                if isinstance(right, Operand):
                    yield right
            case Among(left=left) | Matches(left=left) | Missing(left=left):
                yield left
            case Has():
                continue
            case joined:
                waiting.extend(reversed(parts(joined)))
