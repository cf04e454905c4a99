"""How conditions, groupings and numbers read in front of people.

Exact parts are kept elsewhere; what is rounded here is for the eye only.
"""

from datetime import date
from decimal import Decimal
from typing import Any, assert_never

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
    Path,
)
from crmcore.kpi.measure import Unit
from crmcore.values import CONTEXT, Money, round_half_up

NO_ANSWER = "–"  # noqa: RUF001 - a dash is what people expect where there is no number
"""What stands where there is no number."""

MISSING = "(missing)"
"""What a group is called whose value is missing."""

_SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
_TESTS = {"contains": "contains", "starts": "starts with", "ends": "ends with"}
_CENTS = 2
_HUNDRED = Decimal(100)


def column_of(operand: Operand) -> str:
    """The name of a column of groups, such as ``owner`` or ``closed_on_quarter``."""
    match operand:
        case Path() | Folded(Path()):
            return str(operand if isinstance(operand, Path) else operand.path)
        case Bucket(path, unit):
            return f"{path}_{unit}"
        case Elapsed(start, end):
            return f"{start}_to_{end}"
        case _ as never:
            assert_never(never)


def operand_text(operand: Operand) -> str:
    """An operand in words."""
    match operand:
        case Path():
            return str(operand)
        case Folded(path):
            return f"{path} (in any case)"
        case Bucket(path, unit):
            return f"{unit} of {path}"
        case Elapsed(start, end):
            return f"time from {start} to {end}"
        case _ as never:
            assert_never(never)


def condition_text(condition: Condition) -> str:
    """A condition in words."""
    match condition:
        case Every(items):
            return " and ".join(_inner(item) for item in items) or "everything"
        case Either(items):
            return " or ".join(_inner(item) for item in items) or "nothing"
        case Not(Missing(left)):
            return f"{operand_text(left)} is there"
        case Not(item):
            return f"not {_inner(item)}"
        case Missing(left):
            return f"{operand_text(left)} is missing"
        case Compare(op, left, right):
            return f"{operand_text(left)} {_SIGNS[op]} {_right_text(right)}"
        case Among(left, values):
            return f"{operand_text(left)} is one of {', '.join(map(str, values))}"
        case Matches(op, left, text):
            return f"{operand_text(left)} {_TESTS[op]} {text!r}"
        case Has(children, where):
            return f"any of {children} has {_inner(where)}"
        case _:
            return str(condition)


def _inner(condition: Condition) -> str:
    text = condition_text(condition)
    joined = isinstance(condition, Every | Either) and len(condition.items) > 1
    return f"({text})" if joined else text


def _right_text(right: Any) -> str:
    if isinstance(right, Path | Folded | Elapsed | Bucket):
        return operand_text(right)
    return right.isoformat() if isinstance(right, date) else str(right)


def label_of(part: object) -> str:
    """A value of a group's key in words."""
    return MISSING if part is None else str(part)


def number_text(value: Decimal | Money | int | None, unit: Unit) -> str:
    """A number in the form people expect of its unit, rounded half up."""
    if value is None:
        return NO_ANSWER
    if isinstance(value, Money):
        amount = round_half_up(value.amount, value.digits)
        return f"{amount:,.{value.digits}f} {value.currency}"
    match unit:
        case Unit.SHARE:
            return f"{round_half_up(CONTEXT.multiply(Decimal(value), _HUNDRED), 1):,.1f}%"
        case Unit.DAYS | Unit.HOURS:
            return f"{round_half_up(Decimal(value), 1):,.1f} {unit}"
        case Unit.MONEY | Unit.COUNT:
            return plain_text(value)
        case _ as never:
            assert_never(never)


def plain_text(value: Decimal | Money | int | None) -> str:
    """A number without a unit: whole as it is, else with two digits after the point."""
    if value is None or isinstance(value, Money):
        return number_text(value, Unit.MONEY)
    if value == int(value):
        return f"{int(value):,}"
    return f"{round_half_up(Decimal(value), _CENTS):,.2f}"
