"""A scoring model as JSON, and from JSON that somebody else wrote.

Nothing is trusted: size first, then shape, then values; every fault is told with its path, and a
hostile model costs no more than its first hundred faults. Numbers are never calculated with before
they are known to be small.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from crmcore.grammar.binding import Scope
from crmcore.grammar.form_parts import read_condition, read_object
from crmcore.grammar.forms import Form, Limits, is_list
from crmcore.grammar.notation import to_json
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.grammar.registry import Registry
from crmcore.leads.scoring.binding import SUBJECT_OF, scope_of
from crmcore.leads.scoring.rules import EngagementRule, Grades, Group, ScoreRule, Threshold
from crmcore.leads.scoring.structure import (
    HEAD,
    LIMITS,
    Member,
    head_faults,
    is_tuple,
    structure_faults,
)

MAX_LENGTH = 250_000
"""So many characters the text of a model has at most."""
MAX_VALUES = 12_000
"""So many values a model holds at most, all those in its conditions counted."""

R = TypeVar("R", Grades, Threshold)
Item = ScoreRule | EngagementRule | Group

_KINDS: Mapping[str, type[Item]] = {
    "fit": ScoreRule,
    "engagement": EngagementRule,
    "groups": Group,
}
# What every item needs of these, and what stands for it until all faults are told.
_FILLED: Mapping[str, object] = {"name": "?", "points": 0, "when": EVERYTHING, "cap": 0}
_KEYS = ("name", "version", *_KINDS, "fit_cap", "engagement_cap", "grades", "mql")


# --- to JSON -------------------------------------------------------------------------------------


def written(rest: Mapping[str, Any], lists: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """A model as plain values: what is not given is left out."""
    listed = {name: [*map(_plain, items)] for name, items in lists.items()}
    plain = _given(rest) | {name: items for name, items in listed.items() if items}
    return {key: plain[key] for key in _KEYS if key in plain} | {"fit": listed["fit"]}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, Condition):
        return to_json(value)
    if is_tuple(value):
        return [*value]
    if isinstance(value, ScoreRule | EngagementRule | Group | Grades | Threshold):
        return _given(attrs.asdict(value, recurse=False))
    return value


# --- from JSON -----------------------------------------------------------------------------------


def read(source: object, registry: Registry | None) -> dict[str, Any]:
    """The fields of a model.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """
    form = Form("model", Limits(length=MAX_LENGTH, values=MAX_VALUES))
    return _Reader(form, registry).model(form.opened(source))


class _Reader:
    """Reads one model, gathering its faults."""

    def __init__(self, form: Form, registry: Registry | None) -> None:
        self._form = form
        self._registry = registry

    def model(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        self._form.keys(value, "model", _KEYS, ("name", "version", "fit"))
        lists = {
            name: self._form.listed(value.get(name, []), name, LIMITS[name]) for name in _KINDS
        }
        fields: dict[str, Any] = {name: tuple(self._items(name, lists[name])) for name in _KINDS}
        fields["grades"] = self._record(value.get("grades"), "grades", Grades)
        fields["mql"] = self._record(value.get("mql"), "mql", Threshold)
        members = {name: [*map(_member, lists[name])] for name in ("fit", "engagement")}
        groups = [_member(group).name for group in lists["groups"]]
        head = {key: value[key] for key in HEAD if key in value}
        self._form.faults.extend([*structure_faults(members, groups), *head_faults(head)])
        self._form.close()
        return fields | head

    def _items(self, name: str, listed: Sequence[Any]) -> Iterator[Any]:
        scope = None
        if listed and self._registry is not None and name in SUBJECT_OF:
            scope = scope_of(name, self._registry)
        for at, item in self._form.each(listed, name):
            made = self._item(item, at, _KINDS[name], scope)
            if made is not None:
                yield made

    def _item(self, value: object, at: str, kind: type[Item], scope: Scope | None) -> Item | None:
        given = read_object(self._form, value, at)
        if given is None:
            return None
        known = [field.name for field in attrs.fields(kind)]
        needed = [each.name for each in attrs.fields(kind) if each.default is attrs.NOTHING]
        self._form.keys(given, at, known, needed)
        fields: dict[str, Any] = {key: _FILLED[key] for key in needed} | {
            k: given[k] for k in known if k in given
        }
        if "when" in fields and "when" in given:
            fields["when"] = read_condition(self._form, given["when"], f"{at}.when", scope)
        return self._form.made(lambda: kind(**fields), at, None)

    def _record(self, value: object, at: str, kind: type[R]) -> R | None:
        given = None if value is None else read_object(self._form, value, at)
        if given is None:
            return None
        known = [field.name for field in attrs.fields(kind)]
        self._form.keys(given, at, known, known if kind is Grades else ())
        filled = (1, 0) if kind is Grades else None
        fields: dict[str, Any] = {key: _tupled(given.get(key, filled)) for key in known}
        return self._form.made(lambda: kind(**fields), at, None)


def _tupled(value: object) -> object:
    return tuple(value) if is_list(value) else value


def _member(value: object) -> Member:
    """What is told of a rule or a group, as far as it can be read."""
    match value:
        case {"name": str(name), "group": str(group)}:
            return Member(name, group)
        case {"name": str(name)}:
            return Member(name, None)
        case {"group": str(group)}:
            return Member(None, group)
        case _:
            return Member(None, None)
