"""A set of configuration rules: a value with a version, checked against what a cart has.

How it is written as JSON is in ``form``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any

import attrs

from crmcore.catalog.configuration import form
from crmcore.catalog.configuration.cart import CART_SCOPE, ITEM_SCOPE
from crmcore.catalog.configuration.rules import (
    ConfigurationRule,
    Default,
    PriceEffect,
    Requires,
)
from crmcore.errors import CrmError, InvalidValue, ManyFaults, WrongType
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.faults import Faults, placed
from crmcore.grammar.forms import length_faults
from crmcore.grammar.query import Condition
from crmcore.values import as_int


def _rules(rules: Iterable[ConfigurationRule]) -> tuple[ConfigurationRule, ...]:
    return tuple(rules)


# Rules made ready are looked up by their set, which may have a thousand.
@attrs.frozen(cache_hash=True)
class ConfigurationRules:
    """Rules that together say what can be sold together, and for how much.

    Attributes:
        rules: The rules, each with a name of its own.
        version: Raised whenever a rule changes, so that old results can be told apart.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them, each with its path, such as
            ``rules[3].when``.
    """

    rules: tuple[ConfigurationRule, ...] = attrs.field(default=(), converter=_rules)
    version: int = 1

    def __attrs_post_init__(self) -> None:
        as_int("version", self.version)
        faults = Faults("rules")
        faults.extend(_set_faults(self.rules))
        faults.close()

    @property
    def in_order(self) -> tuple[ConfigurationRule, ...]:
        """The rules by priority, as they are run."""
        return tuple(sorted(self.rules, key=attrgetter("priority")))

    @property
    def adds(self) -> frozenset[str]:
        """The article numbers of what the rules may put into a cart."""
        return frozenset(
            rule.then.sku
            for rule in self.rules
            if isinstance(rule.then, Default) or (isinstance(rule.then, Requires) and rule.then.add)
        )

    def to_json(self) -> dict[str, Any]:
        """The rules as plain values for `json.dumps`; `from_json` gives the same rules back.

        Choices in conditions lose their class on the way and are given back as text, which is
        restored when the rules are run.
        """
        return {"version": self.version, "rules": [form.written(rule) for rule in self.rules]}

    @classmethod
    def from_json(cls, source: str | Mapping[str, Any]) -> "ConfigurationRules":
        """The rules that `to_json` wrote, or somebody else; nothing is trusted.

        Args:
            source: A text of JSON, or what was read from one.

        Raises:
            CrmError: the one fault, or `ManyFaults` with all of them (the first hundred, that is),
                each with its path, such as ``rules[3].then.requires.sku``.
        """
        return cls(**form.read(source))


def _set_faults(rules: tuple[ConfigurationRule, ...]) -> Iterator[CrmError]:
    yield from length_faults("rules", len(rules), form.MAX_RULES)
    if len(rules) > form.MAX_RULES:
        return
    strange = [at for at, each in enumerate(rules) if not isinstance(each, ConfigurationRule)]
    if strange:
        yield WrongType(f"rules[{strange[0]}]", "a rule", type(rules[strange[0]]).__name__)
        return
    names = Counter(rule.name for rule in rules)
    for at, rule in enumerate(rules):
        if names[rule.name] > 1:
            yield InvalidValue(f"rules[{at}].name", "is shared by several rules")
        yield from _unbound(rule.when, CART_SCOPE, f"rules[{at}].when")
        if isinstance(rule.then, PriceEffect):
            yield from _unbound(rule.then.items, ITEM_SCOPE, f"rules[{at}].then.items.when")


def _unbound(condition: Condition, scope: Scope, at: str) -> Iterator[CrmError]:
    try:
        bind(condition, scope)
    except ManyFaults as faults:
        yield from (placed(each, at) for each in faults.faults)
    except CrmError as fault:
        yield placed(fault, at)


NO_RULES = ConfigurationRules()
"""Everything can be sold with everything; give your own in the settings."""
