"""`F`, with which people write expressions: ``(F.source == "fair") & ~F.owner.is_missing()``.

The builder holds no meaning of its own; every operator returns a node of `crmcore.grammar.query`.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any, ClassVar

import attrs

from crmcore.errors import InvalidValue, WrongType
from crmcore.grammar.query import (
    MAX_VALUES,
    Aggregate,
    Among,
    Bucket,
    BucketUnit,
    Compare,
    CompareOp,
    Condition,
    Elapsed,
    Folded,
    Has,
    Matches,
    Missing,
    Operand,
    Order,
    Path,
    Scalar,
)
from crmcore.values.period import Period


class Expression:
    """A value to compare, to group by or to order by.

    Its node lies under a name with an underscore, because every other name is a field's.
    """

    __slots__ = ("_node",)

    def __init__(self, node: Operand) -> None:
        self._node = node

    def __call__(self) -> Operand:
        """The node this expression stands for."""
        return self._node

    @property
    def descending(self) -> Order:
        """As a key of an order, largest first (missing values still come first)."""
        return Order(self._node, descending=True)

    # Comparisons return a condition where object promises a bool, hence Any.
    def __eq__(self, other: object) -> Any:
        return _compare("eq", self._node, other)

    def __ne__(self, other: object) -> Any:
        return _compare("ne", self._node, other)

    def __lt__(self, other: object) -> Condition:
        return _compare("lt", self._node, other)

    def __le__(self, other: object) -> Condition:
        return _compare("le", self._node, other)

    def __gt__(self, other: object) -> Condition:
        return _compare("gt", self._node, other)

    def __ge__(self, other: object) -> Condition:
        return _compare("ge", self._node, other)

    def __hash__(self) -> int:
        return hash(self._node)

    def __repr__(self) -> str:
        return f"F.{self._node}" if isinstance(self._node, Path) else repr(self._node)

    def in_(self, values: Iterable[Scalar]) -> Condition:
        """Whether it is one of ``values``.

        Raises:
            WrongType: a single text was given, or nothing that can be iterated.
            InvalidValue: None is among them.
        """
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise WrongType(str(self), "several values", type(values).__name__)
        # One more than the limit is enough to be refused, and the values may have no end.
        listed: tuple[Any, ...] = tuple(islice(values, MAX_VALUES + 1))
        if any(value is None for value in listed):
            raise InvalidValue(str(self), "ask for missing values by is_missing()")
        return Among(self._node, listed)

    def is_missing(self) -> Condition:
        """Whether there is no value."""
        return Missing(self._node)

    def between(self, first: Scalar, last: Scalar) -> Condition:
        """Whether it lies from ``first`` to ``last``, both included."""
        return _compare("ge", self._node, first) & _compare("le", self._node, last)

    def during(self, period: Period | str) -> Condition:
        """Whether a date lies in a half-open period, given as such or as ``"2017-Q2"``."""
        span = period if isinstance(period, Period) else Period.parse(period)
        return Compare("ge", self._node, span.start) & Compare("lt", self._node, span.end)

    def contains(self, text: str) -> Condition:
        """Whether the text contains ``text``; no character is special."""
        return Matches("contains", _textual(self._node), text)

    def startswith(self, text: str) -> Condition:
        """Whether the text begins with ``text``."""
        return Matches("starts", _textual(self._node), text)

    def endswith(self, text: str) -> Condition:
        """Whether the text ends with ``text``."""
        return Matches("ends", _textual(self._node), text)


class Field(Expression):
    """A path to a field. A field named like a method of this class is reached by ``F["name"]``."""

    __slots__ = ()

    def __getattr__(self, name: str) -> "Field":
        # Names with underscores in front belong to protocols such as copying and pickling.
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    # Having items would otherwise make it iterable, without an end.
    __iter__: ClassVar[None] = None

    def __getitem__(self, name: str) -> "Field":
        if not isinstance(name, str):
            raise WrongType(str(self), "the name of a field", type(name).__name__)
        return Field(Path((*path_of(self).names, *name.split("."))))

    def __sub__(self, start: "Field") -> Expression:
        return Expression(Elapsed(path_of(start), path_of(self)))

    @property
    def folded(self) -> Expression:
        """The text without regard to case; for fields declared searchable."""
        return Expression(Folded(path_of(self)))

    def by(self, unit: BucketUnit) -> Expression:
        """The calendar unit the date falls into: day, month, quarter or year."""
        return Expression(Bucket(path_of(self), unit))

    def any(self, where: Condition) -> Condition:
        """Whether any child fulfils ``where``, whose paths start at the child."""
        return Has(path_of(self), where)


def path_of(field: Field | str) -> Path:
    """The path a field stands for; a text is read as a dotted name."""
    if isinstance(field, str):
        return Path(tuple(field.split(".")))
    node = operand_of(field)
    if not isinstance(node, Path):
        raise InvalidValue("path", f"a field is needed, not {node}")
    return node


def operand_of(value: Expression | Operand | str) -> Operand:
    """The operand node of whatever people may give for one."""
    if isinstance(value, Expression):
        return value()
    return path_of(value) if isinstance(value, str) else value


def order_of(value: Expression | Order | str) -> Order:
    """The order key of whatever people may give for one; ``"-name"`` is descending."""
    if isinstance(value, Order):
        return value
    if isinstance(value, str) and value.startswith("-"):
        return Order(path_of(value[1:]), descending=True)
    return Order(operand_of(value))


def _compare(op: CompareOp, left: Operand, right: object) -> Condition:
    if right is None:
        raise InvalidValue(str(left), "compare with None by is_missing()")
    if isinstance(right, Expression):
        return Compare(op, left, operand_of(right))
    # What is no scalar is found and named when the condition is bound to an entity.
    scalar: Any = right
    return Compare(op, left, scalar)


def _textual(node: Operand) -> Path | Folded:
    if isinstance(node, Path | Folded):
        return node
    raise InvalidValue(str(node), "only a text can be searched")


def count(where: Condition | None = None) -> Aggregate:
    """How many entities (that fulfil ``where``)."""
    return _aggregate(Aggregate("count"), where)


def count_distinct(of: Expression, where: Condition | None = None) -> Aggregate:
    """How many different present values."""
    return _aggregate(Aggregate("count_distinct", operand_of(of)), where)


def total(of: Expression, where: Condition | None = None) -> Aggregate:
    """The exact sum; amounts of money must share one currency."""
    return _aggregate(Aggregate("sum", operand_of(of)), where)


def average(of: Expression, where: Condition | None = None) -> Aggregate:
    """The mean, as an exact ratio of sum and count."""
    return _aggregate(Aggregate("avg", operand_of(of)), where)


def median(of: Expression, where: Condition | None = None) -> Aggregate:
    """The middle value, or the mean of the two middle ones, as an exact ratio."""
    return _aggregate(Aggregate("median", operand_of(of)), where)


def smallest(of: Expression, where: Condition | None = None) -> Aggregate:
    """The smallest present value."""
    return _aggregate(Aggregate("min", operand_of(of)), where)


def largest(of: Expression, where: Condition | None = None) -> Aggregate:
    """The largest present value."""
    return _aggregate(Aggregate("max", operand_of(of)), where)


def _aggregate(aggregate: Aggregate, where: Condition | None) -> Aggregate:
    return aggregate if where is None else attrs.evolve(aggregate, where=where)


F = Field(Path(()))
"""The root of every path: ``F.amount``, ``F.account.sector``, ``F["dotted.name"]``."""
