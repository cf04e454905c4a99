"""How the parts of a scoring model fit together: names told apart, groups known and used.

Asked of a finished model, and of what can be read of a faulty one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

import attrs

from crmcore.errors import CrmError, FaultAt, InvalidValue, UnknownName
from crmcore.grammar import forms
from crmcore.grammar.naming import nearest, shortened
from crmcore.leads.scoring.rules import MAX_CAP, name_faults, whole_faults

MAX_RULES = 1000
"""So many rules a part has at most."""
MAX_GROUPS = 100
"""So many groups a model has at most."""
LIMITS: Mapping[str, int] = {"fit": MAX_RULES, "engagement": MAX_RULES, "groups": MAX_GROUPS}
"""How many items each list of a model has at most."""

HEAD = ("name", "version", "fit_cap", "engagement_cap")
"""The single values at the top of a model."""

_HINTS = 10


@attrs.frozen
class Member:
    """What a rule is called and the group it names, as far as it can be read."""

    name: str | None
    group: str | None


def is_tuple(value: object) -> TypeGuard[tuple[Any, ...]]:
    """Whether it is a tuple, of whatever."""
    return isinstance(value, tuple)


def head_faults(values: Mapping[str, object]) -> Iterator[CrmError]:
    """What is wrong with the single values at the top of a model, as far as they are given."""
    for field, value in values.items():
        if field == "name":
            yield from name_faults(field, value)
        elif field == "version":
            yield from whole_faults(field, value, 1, MAX_CAP)
        elif value is not None:
            yield from whole_faults(field, value, 0, MAX_CAP)


def length_faults(field: str, length: int) -> Iterator[CrmError]:
    """What is wrong with how long a list of a model is."""
    return forms.length_faults(field, length, LIMITS[field])


def structure_faults(
    parts: Mapping[str, Sequence[Member]], groups: Sequence[str | None]
) -> Iterator[CrmError]:
    """What is wrong with names and groups across the parts of a model."""
    places = [
        (f"{part}[{place}]", member)
        for part, members in parts.items()
        for place, member in enumerate(members)
    ]
    yield from _taken((f"{at}.name", member.name) for at, member in places)
    yield from _taken((f"groups[{at}].name", name) for at, name in enumerate(groups))
    known = {name for name in groups if name is not None}
    for at, member in places:
        if member.group is not None and member.group not in known:
            hint = nearest(member.group, known) if len(known) <= _HINTS else None
            yield FaultAt(f"{at}.group", UnknownName("group", shortened(member.group), hint))
    used = {part: {member.group for member in members} for part, members in parts.items()}
    for place, name in enumerate(groups):
        holding = [part for part, names in used.items() if name in names]
        if name is not None and len(holding) != 1:
            reason = f"holds rules of {' and of '.join(holding)}" if holding else "no rule is in it"
            yield InvalidValue(f"groups[{place}]", reason)


def _taken(names: Iterable[tuple[str, str | None]]) -> Iterator[CrmError]:
    seen: set[str] = set()
    for at, name in names:
        if name in seen:
            yield InvalidValue(at, "the name is taken already")
        elif name is not None:
            seen.add(name)
