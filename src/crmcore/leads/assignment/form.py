"""An assignment policy as JSON, and from JSON that somebody else wrote.

Nothing is trusted: size first, then shape, then values; every fault is told with its path.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from crmcore.grammar.binding import Scope
from crmcore.grammar.form_parts import NOBODY, read_condition, read_id, read_object
from crmcore.grammar.forms import Form, Limits
from crmcore.grammar.notation import to_json
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.grammar.registry import Registry
from crmcore.leads.assignment.rules import (
    MAX_OWNERS,
    MAX_PREFERENCES,
    MAX_RULES,
    MAX_SKILLS,
    AssignmentRule,
    Preference,
)
from crmcore.leads.model import Lead
from crmcore.teams import Strategy
from crmcore.values import as_int

MAX_LENGTH = 400_000
"""So many characters the text of a policy has at most."""
MAX_VALUES = 20_000
"""So many values a policy holds at most, all those in its conditions counted."""

_WHOLE = "policy"
_KEYS = ("version", "strategy", "seed", "rules", "preferences")
_NUMBERS = ("version", "seed")
_RULE_KEYS = ("name", "when", "team", "owners", "skills", "strategy", "stop")
_PREFERENCE_KEYS = ("owner", "when")
# What stands for a rule that has a fault until all faults are told.
_ANYTHING = AssignmentRule("?")


# --- to JSON -------------------------------------------------------------------------------------


def written(rules: Iterable[AssignmentRule], preferences: Iterable[Preference]) -> dict[str, Any]:
    """The lists of a policy as plain values: what is not given is left out."""
    domains = [{"owner": str(each.owner), "when": to_json(each.when)} for each in preferences]
    return {"rules": [_plain(rule) for rule in rules]} | (
        {"preferences": domains} if domains else {}
    )


def _plain(rule: AssignmentRule) -> dict[str, Any]:
    fields = {
        "name": rule.name,
        "when": None if rule.when == EVERYTHING else to_json(rule.when),
        "team": rule.team and str(rule.team),
        "owners": [str(owner) for owner in rule.owners],
        "skills": sorted(rule.skills),
        "strategy": rule.strategy and rule.strategy.value,
        "stop": rule.stop,
    }
    return {name: value for name, value in fields.items() if value}


# --- from JSON -----------------------------------------------------------------------------------


def read(source: object, registry: Registry | None) -> dict[str, Any]:
    """The fields of a policy.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """
    form = Form(_WHOLE, Limits(length=MAX_LENGTH, values=MAX_VALUES))
    value = form.opened(source)
    scope = None if registry is None else Scope.of(registry.of_class(Lead), registry)
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
        domains = form.listed(value.get("preferences", []), "preferences", MAX_PREFERENCES)
        fields: dict[str, Any] = {
            "rules": tuple(self._rule(each, at) for at, each in form.each(rules, "rules")),
            "preferences": tuple(
                self._preference(each, at) for at, each in form.each(domains, "preferences")
            ),
            "strategy": self._strategy(value.get("strategy"), "strategy") or Strategy.ROUND_ROBIN,
        }
        numbers = {name: self._number(value[name], name) for name in _NUMBERS if name in value}
        form.close()
        return fields | numbers

    def _rule(self, value: object, at: str) -> AssignmentRule:
        form = self._form
        node = read_object(form, value, at)
        if node is None:
            return _ANYTHING
        form.keys(node, at, _RULE_KEYS, ("name",))
        owners = form.listed(node.get("owners", []), f"{at}.owners", MAX_OWNERS)
        skills = form.listed(node.get("skills", []), f"{at}.skills", MAX_SKILLS)
        fields: dict[str, Any] = {
            "name": form.text(node.get("name", "?"), f"{at}.name"),
            "when": self._condition(node.get("when"), f"{at}.when"),
            "team": None if node.get("team") is None else read_id(form, node["team"], f"{at}.team"),
            "owners": tuple(
                read_id(form, each, to) for to, each in form.each(owners, f"{at}.owners")
            ),
            "skills": frozenset(
                form.text(each, to) for to, each in form.each(skills, f"{at}.skills")
            ),
            "strategy": self._strategy(node.get("strategy"), f"{at}.strategy"),
            "stop": form.flag(node.get("stop", False), f"{at}.stop"),
        }
        return form.made(lambda: AssignmentRule(**fields), at, _ANYTHING)

    def _preference(self, value: object, at: str) -> Preference:
        form = self._form
        node = read_object(form, value, at)
        if node is None:
            return Preference(NOBODY, EVERYTHING)
        form.keys(node, at, _PREFERENCE_KEYS, _PREFERENCE_KEYS)
        owner = read_id(form, node.get("owner", str(NOBODY)), f"{at}.owner")
        return Preference(owner, self._condition(node.get("when"), f"{at}.when"))

    def _condition(self, value: object, at: str) -> Condition:
        return EVERYTHING if value is None else read_condition(self._form, value, at, self._scope)

    def _strategy(self, value: object, at: str) -> Strategy | None:
        return None if value is None else self._form.choice(value, at, "strategy", Strategy)

    def _number(self, value: object, at: str) -> int:
        return self._form.made(lambda: as_int(at, value), "", 0)
