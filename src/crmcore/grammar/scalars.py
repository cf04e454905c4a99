"""Values to compare with, in the canonical form of the field they are compared with.

What a condition is made of beside its paths. Values that are to be stored pass another check, which
is in `crmcore.grammar.boundary`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from crmcore.errors import UnknownName, WrongType
from crmcore.grammar.naming import nearest, shortened
from crmcore.grammar.query import Scalar
from crmcore.grammar.specification import FieldSpec, Kind
from crmcore.values.instants import instant
from crmcore.values.money import Money
from crmcore.values.numbers import as_exact, as_int
from crmcore.values.share import Share
from crmcore.values.texts import text_fault

MAX_TEXT = 10_000
"""So many characters a text to compare with has at most."""


def as_text(field: str, value: object) -> str:
    """The plain text in ``value``, free of what no store can take.

    Raises:
        WrongType: it is no text.
        InvalidText: it is too long, or holds a character that cannot be kept.
    """
    if not isinstance(value, str):
        raise WrongType(field, "text", type(value).__name__)
    if (fault := text_fault(field, value, MAX_TEXT, lines=True)) is not None:
        raise fault
    # The text itself, whatever a subclass (an enumeration, say) would print.
    return str.__str__(value)


def _typed(cls: type[Any]) -> Callable[[str, Any], Any]:
    def check(field: str, value: Any) -> Any:
        if not isinstance(value, cls):
            raise WrongType(field, cls.__name__, type(value).__name__)
        return value

    return check


def _integer(field: str, value: Any) -> int:
    return int(as_int(field, value))


def _decimal(field: str, value: Any) -> Decimal:
    if isinstance(value, str):
        raise WrongType(field, "Decimal", "str")
    return as_exact(field, value)


def _date(field: str, value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise WrongType(field, "date", type(value).__name__)
    return date(value.year, value.month, value.day)


def _instant(field: str, value: Any) -> datetime:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return instant(value, field)


_CHECKS: Mapping[Kind, Callable[[str, Any], Any]] = {
    Kind.TEXT: as_text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.SHARE: _typed(Share),
    Kind.BOOLEAN: _typed(bool),
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.ID: _typed(UUID),
    Kind.MONEY: _typed(Money),
}


def scalar_for(spec: FieldSpec, value: Any, field: str) -> Scalar:
    """``value`` in the canonical form of the field it is compared with.

    A choice may be given by its text, a date stands for its first moment in UTC, and a number may
    be finer or larger than the field can hold.

    Raises:
        WrongType: when it is of another type.
        UnknownName: when a choice has no such value.
        NotValid: when it breaks another rule of its type.
    """
    if spec.kind is Kind.CHOICE:
        return _choice(spec.cls, value, field)
    check = _CHECKS.get(spec.kind)
    if check is None:
        raise WrongType(field, "a single value", spec.kind.value)
    scalar: Scalar = check(field, value)
    return scalar


def _choice(cls: type[Any], value: Any, field: str) -> StrEnum:
    known: dict[str, StrEnum] = {member.value: member for member in cls.__members__.values()}
    if not isinstance(value, str):
        raise WrongType(field, cls.__name__, type(value).__name__)
    text = str.__str__(value)
    if text not in known:
        raise UnknownName(f"{field} value", shortened(text), nearest(text, known))
    return known[text]
