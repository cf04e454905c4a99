"""An assignment policy: rules in their order, preferences, and how those who may are put in order.

A policy is a value with a version. How it is written as JSON is in `crmcore.leads.assignment.form`.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.registry import Registry
from crmcore.leads.assignment import form
from crmcore.leads.assignment.rules import (
    MAX_PREFERENCES,
    MAX_RULES,
    AssignmentRule,
    Preference,
)
from crmcore.teams import Strategy
from crmcore.values import as_int


@attrs.frozen(kw_only=True)
class AssignmentPolicy:
    """Rules that together say who follows up a lead.

    Attributes:
        rules: The rules, each with a name of its own; the first that applies and finds somebody wins.
        preferences: Who of a rule's pool comes first for which leads.
        strategy: Who comes first where a rule does not say.
        seed: Another one breaks ties in another way.
        version: Raised whenever a rule changes, so that old choices can be told apart.

    Raises:
        InvalidValue: two rules share a name, or there are too many rules or preferences.
    """

    rules: tuple[AssignmentRule, ...] = attrs.field(converter=tuple[AssignmentRule, ...])
    preferences: tuple[Preference, ...] = attrs.field(default=(), converter=tuple[Preference, ...])
    strategy: Strategy = Strategy.ROUND_ROBIN
    seed: int = 0
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if len(self.rules) > MAX_RULES:
            raise InvalidValue("rules", f"a policy has at most {MAX_RULES}")
        if len(self.preferences) > MAX_PREFERENCES:
            raise InvalidValue("preferences", f"a policy has at most {MAX_PREFERENCES}")
        if len({rule.name for rule in self.rules}) < len(self.rules):
            raise InvalidValue("rules", "two rules share a name")
        as_int("seed", self.seed)
        as_int("version", self.version)

    def to_json(self) -> dict[str, Any]:
        """The policy as plain values for `json.dumps`; `from_json` gives the same policy back.

        Choices in conditions lose their class on the way and are given back as text, which an
        assigner restores.
        """
        head = {"version": self.version, "strategy": self.strategy.value, "seed": self.seed}
        return head | form.written(self.rules, self.preferences)

    @classmethod
    def from_json(
        cls, source: str | Mapping[str, Any], registry: Registry | None = None
    ) -> "AssignmentPolicy":
        """The policy that `to_json` wrote, or somebody else; nothing is trusted.

        Everything but the rules may be left out, and of a rule everything but its name.

        Args:
            source: A text of JSON, or what was read from one.
            registry: Where given, conditions are held against its entities too.

        Raises:
            CrmError: the one fault, or `ManyFaults` with all of them (the first hundred, that is),
                each with its path, such as ``rules[3].when``.
        """
        return cls(**form.read(source, registry))


DEFAULT_ASSIGNMENT = AssignmentPolicy(rules=(AssignmentRule("everybody who works here"),))
"""Everybody in turn; give your own in the settings."""
