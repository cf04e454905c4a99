"""An approval policy as JSON, and from JSON that somebody else wrote.

Nothing is trusted: size first, then shape, then values; every fault is told with its path.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from crmcore.grammar.binding import Scope
from crmcore.grammar.form_parts import read_condition, read_id, read_object
from crmcore.grammar.forms import Form, Limits
from crmcore.grammar.notation import to_json
from crmcore.grammar.query import EVERYTHING
from crmcore.grammar.registry import Registry
from crmcore.sales.quotes.approval.figures import QUOTE_FIGURES
from crmcore.sales.quotes.approval.rules import MAX_PEOPLE, MAX_RULES, ApprovalRule
from crmcore.values import as_int

MAX_LENGTH = 400_000
"""So many characters the text of a policy has at most."""
MAX_VALUES = 20_000
"""So many values a policy holds at most, all those in its conditions counted."""

_WHOLE = "policy"
_KEYS = ("version", "rules")
_RULE_KEYS = ("name", "when", "people", "team", "position")
# What stands for a rule that has a fault until all faults are told.
_ANYTHING = ApprovalRule("?")


def written(rules: Iterable[ApprovalRule]) -> dict[str, Any]:
    """The rules of a policy as plain values: what is not given is left out."""
    return {"rules": [_plain(rule) for rule in rules]}


def _plain(rule: ApprovalRule) -> dict[str, Any]:
    fields = {
        "name": rule.name,
        "when": None if rule.when == EVERYTHING else to_json(rule.when),
        "people": [str(each) for each in rule.people],
        "team": rule.team and str(rule.team),
        "position": rule.position,
    }
    return {name: value for name, value in fields.items() if value}


def read(source: object, registry: Registry | None) -> dict[str, Any]:
    """The fields of a policy.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """
    form = Form(_WHOLE, Limits(length=MAX_LENGTH, values=MAX_VALUES))
    value = form.opened(source)
    scope = None if registry is None else Scope.of(QUOTE_FIGURES, registry)
    return _Reader(form, scope).policy(value)


class _Reader:
    """Reads one policy, gathering its faults."""

    def __init__(self, form: Form, scope: Scope | None) -> None:
        self._form = form
        self._scope = scope

    def policy(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        form = self._form
        form.keys(value, _WHOLE, _KEYS, ("rules",))
        rules = form.listed(value.get("rules", []), "rules", MAX_RULES)
        version = form.made(lambda: as_int("version", value.get("version", 1)), "", 1)
        made = tuple(self._rule(each, at) for at, each in form.each(rules, "rules"))
        form.close()
        return {"rules": made, "version": version}

    def _rule(self, value: object, at: str) -> ApprovalRule:
        form = self._form
        node = read_object(form, value, at)
        if node is None:
            return _ANYTHING
        form.keys(node, at, _RULE_KEYS, ("name",))
        people = form.listed(node.get("people", []), f"{at}.people", MAX_PEOPLE)
        when, position = node.get("when"), node.get("position")
        fields: dict[str, Any] = {
            "name": form.text(node.get("name", "?"), f"{at}.name"),
            "when": EVERYTHING
            if when is None
            else read_condition(form, when, f"{at}.when", self._scope),
            "people": tuple(
                read_id(form, each, to) for to, each in form.each(people, f"{at}.people")
            ),
            "team": None if node.get("team") is None else read_id(form, node["team"], f"{at}.team"),
            "position": None if position is None else form.text(position, f"{at}.position"),
        }
        return form.made(lambda: ApprovalRule(**fields), at, _ANYTHING)
