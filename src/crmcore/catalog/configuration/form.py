"""Configuration rules as JSON, and from JSON that somebody else wrote.

Nothing is trusted: size first, then shape, then values; every fault is told with its path.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from crmcore.catalog.configuration.cart import CART_SCOPE, ITEM_SCOPE
from crmcore.catalog.configuration.rules import (
    Alert,
    ConfigurationRule,
    Default,
    Effect,
    Excludes,
    PriceEffect,
    Requires,
)
from crmcore.errors import InvalidValue, WrongType
from crmcore.grammar.binding import Scope
from crmcore.grammar.form_parts import read_condition, read_object
from crmcore.grammar.forms import Form, Limits
from crmcore.grammar.notation import to_json
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.grammar.scalars import as_text
from crmcore.values import Money, Share, as_decimal, as_int

T = TypeVar("T")

MAX_RULES = 1000
"""So many rules a set has at most."""
MAX_LENGTH = 400_000
"""So many characters the text of a set has at most."""
MAX_VALUES = 20_000
"""So many values a set holds at most, all those in its conditions counted."""

_WHOLE = "rules"
_KEYS = ("version", "rules")
_RULE_KEYS = ("name", "priority", "when", "then")
_EFFECTS: Mapping[str, type[Effect]] = {
    "requires": Requires,
    "excludes": Excludes,
    "default": Default,
    "alert": Alert,
    "price_effect": PriceEffect,
}
_NAMES = {cls: name for name, cls in _EFFECTS.items()}
# What stands for something that has a fault until all faults are told.
_NOTHING: Effect = Alert("?")
_ANYTHING = ConfigurationRule("?", _NOTHING)
_ONE = Decimal(1)


# --- to JSON -------------------------------------------------------------------------------------


def written(rule: ConfigurationRule) -> dict[str, Any]:
    """A rule as plain values: what is not given is left out."""
    made: dict[str, Any] = {"name": rule.name}
    if rule.priority:
        made["priority"] = rule.priority
    if rule.when != EVERYTHING:
        made["when"] = to_json(rule.when)
    fields = {
        each.name: _plain(getattr(rule.then, each.name))
        for each in attrs.fields(type(rule.then))
        if getattr(rule.then, each.name) != each.default
    }
    return made | {"then": {_NAMES[type(rule.then)]: fields}}


def _plain(value: object) -> object:
    match value:
        case Condition():
            return to_json(value)
        case Decimal():
            return f"{value:f}"
        case Share():
            return f"{value.value:f}"
        case Money():
            return str(value)
        case _:
            return value


# --- from JSON -----------------------------------------------------------------------------------


def read(source: object) -> dict[str, Any]:
    """The fields of a set of rules.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """
    form = Form(_WHOLE, Limits(length=MAX_LENGTH, values=MAX_VALUES))
    return _Reader(form).rules(form.opened(source))


class _Reader:
    """Reads one set of rules, gathering its faults."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._fields: Mapping[str, Callable[[object, str], Any]] = {
            "sku": form.text,
            "text": form.text,
            "per": form.text,
            "add": form.flag,
            "remove": form.flag,
            "surcharge": form.flag,
            "quantity": self._quantity,
            "share": self._share,
            "amount": self._amount,
            "items": self._items,
        }

    def rules(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        form = self._form
        form.keys(value, _WHOLE, _KEYS, ("rules",))
        listed = form.listed(value.get("rules", []), "rules", MAX_RULES)
        rules = tuple(self._rule(each, at) for at, each in form.each(listed, "rules"))
        version = form.made(lambda: as_int("version", value.get("version", 1)), "", 1)
        form.close()
        return {"rules": rules, "version": version}

    def _rule(self, value: object, at: str) -> ConfigurationRule:
        form = self._form
        node = read_object(form, value, at)
        if node is None:
            return _ANYTHING
        form.keys(node, at, _RULE_KEYS, ("name", "then"))
        fields: dict[str, Any] = {
            "name": form.text(node.get("name", "?"), f"{at}.name"),
            "when": self._condition(node.get("when"), f"{at}.when", CART_SCOPE),
            "then": self._effect(node["then"], f"{at}.then") if "then" in node else _NOTHING,
            "priority": form.made(lambda: as_int(f"{at}.priority", node.get("priority", 0)), "", 0),
        }
        return form.made(lambda: ConfigurationRule(**fields), at, _ANYTHING)

    def _effect(self, value: object, at: str) -> Effect:
        form = self._form
        node = form.mapping(value, at)
        if node is None:
            return _NOTHING
        form.keys(node, at, tuple(_EFFECTS))
        if len(node) != 1:
            form.faults.add(InvalidValue(at, f"one of {', '.join(_EFFECTS)}"))
            return _NOTHING
        ((name, inside),) = node.items()
        cls = _EFFECTS.get(name)
        given = None if cls is None else form.mapping(inside, f"{at}.{name}")
        if cls is None or given is None:
            return _NOTHING
        return self._made(cls, given, f"{at}.{name}")

    def _made(self, cls: type[Effect], given: Mapping[Any, Any], at: str) -> Effect:
        form, known = self._form, {each.name: each for each in attrs.fields(cls)}
        needed = [name for name, each in known.items() if each.default is attrs.NOTHING]
        form.keys(given, at, tuple(known), needed)
        fields: dict[str, Any] = dict.fromkeys(needed, "?") | {
            name: self._fields[name](given[name], f"{at}.{name}") for name in known if name in given
        }
        build: Callable[..., Effect] = cls
        return form.made(lambda: build(**fields), at, _NOTHING)

    def _quantity(self, value: object, at: str) -> Decimal:
        return self._form.made(lambda: as_decimal(at, value), "", _ONE)

    def _share(self, value: object, at: str) -> Share | None:
        return self._parsed(Share, value, at, Share(0))

    def _amount(self, value: object, at: str) -> Money | None:
        return self._parsed(Money.parse, value, at, Money.zero("EUR"))

    def _parsed(self, parse: Callable[[str], T], value: object, at: str, instead: T) -> T:
        def make() -> T:
            text = as_text(at, value)
            try:
                return parse(text)
            except (InvalidValue, WrongType) as fault:
                raise attrs.evolve(fault, field=at) from None

        return self._form.made(make, "", instead)

    def _items(self, value: object, at: str) -> Condition:
        return self._condition(value, at, ITEM_SCOPE)

    def _condition(self, value: object, at: str, scope: Scope) -> Condition:
        if value is None:
            return EVERYTHING
        place = at if at.endswith(".when") else f"{at}.when"
        return read_condition(self._form, value, place, scope)
