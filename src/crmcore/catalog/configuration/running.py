"""Rules at work: they run by priority until nothing changes any more, and that comes to an end.

A cart that comes back to how it was before would go round for ever, so it is left there, and the
rules that keep it going are named. What rules only tell or price is asked of the settled cart.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import attrs

from crmcore.catalog.configuration.cart import (
    CART_SCOPE,
    ITEM_SCOPE,
    MAX_ITEMS,
    MAX_QUANTITY,
    Cart,
    Item,
)
from crmcore.catalog.configuration.result import (
    Configured,
    Fired,
    ItemEffect,
    RaisedAlert,
    Violation,
)
from crmcore.catalog.configuration.rules import (
    Alert,
    ConfigurationRule,
    Default,
    Excludes,
    PriceEffect,
    Requires,
)
from crmcore.catalog.configuration.ruleset import ConfigurationRules
from crmcore.catalog.model import Product, ProductStatus
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.compiling import compile_condition
from crmcore.grammar.query import Condition
from crmcore.values import CONTEXT, Money, as_decimal, round_half_up

MAX_ROUNDS = 50
"""So many rounds rules run at most."""

_PLACES = 4
_Holds = Callable[[Any], bool]
_Key = tuple[tuple[tuple[str, Decimal], ...], frozenset[str]]


@attrs.frozen(eq=False)
class _Ready:
    """A rule with its conditions compiled."""

    rule: ConfigurationRule
    holds: _Holds
    matches: _Holds


def _look(_entity: str, _id: UUID | None) -> None:
    return None


def _compiled(condition: Condition, scope: Scope) -> _Holds:
    predicate = compile_condition(bind(condition, scope), scope)
    return lambda value: bool(predicate(value, _look))


@lru_cache(maxsize=32)
def _ready(rules: ConfigurationRules) -> tuple[_Ready, ...]:
    return tuple(
        _Ready(
            rule,
            _compiled(rule.when, CART_SCOPE),
            _compiled(rule.then.items, ITEM_SCOPE) if isinstance(rule.then, PriceEffect) else bool,
        )
        for rule in rules.in_order
    )


def configure(
    cart: Cart,
    rules: ConfigurationRules,
    products: Mapping[str, Product] | None = None,
    prices: Mapping[str, Money] | None = None,
) -> Configured:
    """What a cart becomes by the rules, and what they have to say about it.

    Args:
        cart: The cart.
        rules: The rules.
        products: What rules may add, by article number; what is not there, or is discontinued, is
            told as a violation instead of being added.
        prices: What one unit of that costs, by article number, where it is known.
    """
    run = _Run(cart, _ready(rules), products or {}, prices or {})
    run.settle()
    return run.result(rules.version)


def cause_of(rule: ConfigurationRule, cart: Cart) -> int | None:
    """The place of the item because of which a rule adds something to a cart.

    That is the first one the rule counts by, or else the first one it would hold of alone; where it
    is about several at once, the first of all. None where the rule does not hold.
    """
    per = rule.then.per if isinstance(rule.then, Requires | Default) else None
    holds = _compiled(rule.when, CART_SCOPE)
    if not cart.items or not holds(cart):
        return None
    for place, item in enumerate(cart.items):
        alone = attrs.evolve(cart, items=(item,))
        if item.sku == per if per is not None else holds(alone):
            return place
    return 0


class _Run:
    """One cart while rules are at it."""

    def __init__(
        self,
        cart: Cart,
        rules: Sequence[_Ready],
        products: Mapping[str, Product],
        prices: Mapping[str, Money],
    ) -> None:
        self._cart = cart
        self._rules = rules
        self._products = products
        self._prices = prices
        self._defaulted: set[str] = set()
        self._fired: list[Fired] = []
        self._loop: tuple[str, ...] = ()
        self._round = 0

    def settle(self) -> None:
        """Afterwards no rule changes the cart any more, or those that would go on are known."""
        seen: dict[_Key, int] = {self._key(): 0}
        while True:
            self._round += 1
            if not self._one_round():
                return
            before = seen.setdefault(self._key(), self._round)
            if before < self._round or self._round >= MAX_ROUNDS:
                late = before if before < self._round else self._round - 1
                acting = (each for each in self._fired if each.changed and each.round > late)
                self._loop = tuple(dict.fromkeys(each.rule for each in acting))
                return

    def result(self, version: int) -> Configured:
        """What it came to, with what rules only tell or price."""
        holding = [each for each in self._rules if each.holds(self._cart)]
        violations = [fault for each in holding for fault in self._violations(each.rule)]
        effects = [effect for each in holding for effect in self._effects(each)]
        alerts = [
            RaisedAlert(each.rule.name, each.rule.then.text)
            for each in holding
            if isinstance(each.rule.then, Alert)
        ]
        told = {each.rule: each.text for each in alerts}
        told |= {each.rule: each.text for each in violations}
        priced = {each.rule for each in effects}
        for each in holding:
            name = each.rule.name
            if name in told or name in priced:
                did = told.get(name, "changes prices")
                self._fired.append(Fired(name, self._round, did))
        return Configured(
            items=self._cart.items,
            fired=tuple(self._fired),
            violations=tuple(violations),
            alerts=tuple(alerts),
            effects=tuple(effects),
            loop=self._loop,
            rounds=self._round,
            version=version,
        )

    def _key(self) -> _Key:
        held = tuple((each.sku, each.quantity) for each in self._cart.items)
        return held, frozenset(self._defaulted)

    def _one_round(self) -> bool:
        has_changed = False
        for each in self._rules:
            did = self._act(each.rule) if each.holds(self._cart) else ""
            if did:
                self._fired.append(Fired(each.rule.name, self._round, did, True))
                has_changed = True
        return has_changed

    def _act(self, rule: ConfigurationRule) -> str:
        """What the rule changed; empty when nothing."""
        match rule.then:
            case Requires(sku=sku, add=True) as then:
                missing = self._needed(then) - self._cart.quantity_of(sku)
                return self._added(sku, missing) if missing > 0 else ""
            case Default(sku=sku) as then:
                if rule.name in self._defaulted or self._cart.quantity_of(sku):
                    return ""
                did = self._added(sku, self._needed(then))
                if did:
                    self._defaulted.add(rule.name)
                return did
            case Excludes(sku=sku, remove=True):
                kept = tuple(each for each in self._cart.items if each.sku != sku)
                if len(kept) == len(self._cart.items):
                    return ""
                self._cart = attrs.evolve(self._cart, items=kept)
                return f"takes {sku} out"
            case _:
                return ""

    def _needed(self, then: Requires | Default) -> Decimal:
        times = Decimal(1) if then.per is None else self._cart.quantity_of(then.per)
        return round_half_up(CONTEXT.multiply(then.quantity, times), _PLACES)

    def _added(self, sku: str, quantity: Decimal) -> str:
        if not quantity or self._why_not(sku, quantity):
            return ""
        items = list(self._cart.items)
        place = next((at for at, each in enumerate(items) if each.sku == sku), None)
        if place is None:
            items.append(Item.of(self._products[sku], quantity, self._prices.get(sku)))
        else:
            much = CONTEXT.add(items[place].quantity, quantity)
            items[place] = attrs.evolve(items[place], quantity=as_decimal("quantity", much))
        self._cart = attrs.evolve(self._cart, items=tuple(items))
        return f"adds {quantity:f} {sku}"

    def _why_not(self, sku: str, quantity: Decimal) -> str:
        """Why so much cannot be added; empty when it can."""
        has = self._cart.quantity_of(sku)
        product = self._products.get(sku)
        if has + quantity > MAX_QUANTITY:
            return f"more than {MAX_QUANTITY} {sku} would be needed"
        if has:
            return ""
        if product is None:
            return f"{sku} is not known"
        if product.status is ProductStatus.DISCONTINUED:
            return f"{sku} is discontinued"
        return "the cart is full" if len(self._cart.items) >= MAX_ITEMS else ""

    def _violations(self, rule: ConfigurationRule) -> Iterator[Violation]:
        match rule.then:
            case Requires(sku=sku) as then:
                has, needs = self._cart.quantity_of(sku), self._needed(then)
                if has < needs:
                    reason = self._why_not(sku, needs - has) if then.add else ""
                    text = f"needs {needs:f} {sku}, has {has:f}"
                    yield Violation(rule.name, sku, f"{text}: {reason}" if reason else text)
            case Excludes(sku=sku):
                if self._cart.quantity_of(sku):
                    yield Violation(rule.name, sku, f"does not go with {sku}")
            case Default(sku=sku) as then:
                if rule.name not in self._defaulted and not self._cart.quantity_of(sku):
                    reason = self._why_not(sku, self._needed(then))
                    if reason:
                        yield Violation(rule.name, sku, reason)
            case _:
                return

    def _effects(self, ready: _Ready) -> Iterator[ItemEffect]:
        then, name = ready.rule.then, ready.rule.name
        if isinstance(then, PriceEffect):
            for place, item in enumerate(self._cart.items):
                if ready.matches(item):
                    yield ItemEffect(name, place, item.sku, then.named(name))
