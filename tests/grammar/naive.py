"""The meaning of the expression language a second time, word by word from its documentation.

A walk over the tree, with unbound conditions and nothing of the registry: what a value is, is seen
from the value itself. It is slow and plain, and owes nothing to the code it judges.
"""

from datetime import UTC, date, datetime, time
from uuid import UUID

from crmcore.grammar import (
    Among,
    Attributes,
    Bucket,
    Compare,
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
from crmcore.values import Money, fold

from .specimens import Thing


def holds(condition, record, world):
    """Whether a record fulfils an unbound condition."""
    match condition:
        case Every(items):
            return all(holds(item, record, world) for item in items)
        case Either(items):
            return any(holds(item, record, world) for item in items)
        case Not(item):
            return not holds(item, record, world)
        case Missing(left):
            return value(left, record, world) is None
        case Among(left, values):
            return any(_compare("eq", left, each, record, world) for each in values)
        case Compare(op, left, right):
            return _compare(op, left, right, record, world)
        case Matches(op, left, text):
            found = value(left, record, world)
            sought = fold(text) if isinstance(left, Folded) else text
            return found is not None and _matches(op, found, sought)
        case Has(children, where):
            found = value(children, record, world)
            return any(holds(where, child, world) for child in found or ())


def value(operand, record, world):
    """The value of an operand; None when it is missing."""
    match operand:
        case Path(names):
            return _followed(names, record, world)
        case Folded(path):
            text = value(path, record, world)
            return None if text is None else fold(text)
        case Elapsed(start, end):
            first, last = value(start, record, world), value(end, record, world)
            return None if first is None or last is None else _elapsed(first, last)
        case Bucket(path, unit):
            day = value(path, record, world)
            return None if day is None else _bucket(day, unit)


def _followed(names, holder, world):
    for name in names:
        if isinstance(holder, UUID):
            holder = world.get(holder)
        if holder is None:
            return None
        match holder:
            case Attributes():
                holder = holder.get(name)
            case Money():
                holder = {"value": holder.amount, "currency": holder.currency}[name]
            case Thing() if name == "kind":
                holder = type(holder).__name__.lower()
            case _:
                holder = getattr(holder, name, None)
    return holder


def _compare(op, left, right, record, world):
    one = value(left, record, world)
    if isinstance(right, Operand):
        other = value(right, record, world)
    else:
        other = fold(right) if isinstance(left, Folded) else right
    if one is None or other is None:
        return False
    if isinstance(one, datetime) and not isinstance(other, datetime):
        other = datetime.combine(other, time(), UTC)
    if isinstance(one, Money) and one.currency != other.currency:
        return op == "ne"
    match op:
        case "eq":
            return one == other
        case "ne":
            return one != other
        case "lt":
            return one < other
        case "le":
            return one < other or one == other
        case "gt":
            return other < one
        case "ge":
            return other < one or one == other


def _matches(op, text, sought):
    places = range(len(text) - len(sought) + 1)
    found = [place for place in places if text[place : place + len(sought)] == sought]
    match op:
        case "contains":
            return bool(found)
        case "starts":
            return 0 in found
        case "ends":
            return len(text) - len(sought) in found


def _elapsed(first, last):
    if isinstance(first, datetime):
        return round((last - first).total_seconds() * 1000)
    return last.toordinal() - first.toordinal()


def _bucket(day, unit):
    year, month = f"{day.year:04}", f"{day.month:02}"
    return {
        "day": date(day.year, day.month, day.day).isoformat(),
        "month": f"{year}-{month}",
        "quarter": f"{year}-Q{'111222333444'[day.month - 1]}",
        "year": year,
    }[unit]
