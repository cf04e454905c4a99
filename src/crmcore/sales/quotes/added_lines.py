"""Lines that configuration rules add: how they are taxed and billed, and what rules add to an order.

A line that is added belongs to the one that asked for it. What rules do to the others is in
``configuring``.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import attrs

from crmcore.catalog import (
    Cart,
    ConfigurationRule,
    ConfigurationRules,
    Default,
    Excludes,
    Item,
    Product,
    Requires,
    VatCategory,
    Violation,
    configure,
)
from crmcore.catalog.configuration.running import cause_of
from crmcore.sales.quotes.lines import LineDraft
from crmcore.values import Money, Share


class _Taxed(TypedDict, total=False):
    vat_category: VatCategory
    vat_rate: Share | None
    vat_reason: str | None


def added_draft(
    item: Item,
    behind: Sequence[LineDraft],
    cart: Cart,
    rules: ConfigurationRules,
    by_sku: Mapping[str, Product],
) -> LineDraft:
    """The line of an item that a rule added, billed and taxed as the line that asked for it.

    Its product decides on the tax where that is taxed in a way of its own.

    Args:
        item: What was added.
        behind: The lines of the items before it.
        cart: The cart as the rules left it.
        rules: The rules.
        by_sku: The products by article number.
    """
    product = by_sku[item.sku]
    before = attrs.evolve(cart, items=cart.items[: len(behind)])
    adding = (each for each in rules.in_order if _adds(each, item.sku))
    causes = (cause_of(each, before) for each in adding)
    cause = next((place for place in causes if place is not None), None)
    if cause is None:
        return LineDraft(product=product.id, quantity=item.quantity)
    line, of = behind[cause], by_sku[before.items[cause].sku]
    return LineDraft(
        product=product.id,
        quantity=item.quantity,
        billing=line.billing,
        **_taxed_like(line, of, product),
    )


def _adds(rule: ConfigurationRule, sku: str) -> bool:
    match rule.then:
        case Requires(sku=added, add=True) | Default(sku=added):
            return added == sku
        case _:
            return False


def _taxed_like(line: LineDraft, of: Product, added: Product) -> _Taxed:
    """What a line says of its tax, for a product that was added because of it."""
    says_nothing = line.vat_category is None and line.vat_rate is None
    if says_nothing or added.vat_category is not VatCategory.S:
        return {}
    category = of.vat_category if line.vat_category is None else line.vat_category
    # A reduced rate is that of a product; another rate for what is taxed alike is that of the sale.
    is_alike = of.vat_category is VatCategory.S and of.vat_rate == added.vat_rate
    if category is VatCategory.S and not is_alike:
        return {}
    return {
        "vat_category": category,
        "vat_rate": line.vat_rate,
        "vat_reason": line.vat_reason,
    }


def for_more(
    rules: ConfigurationRules,
    standing: Cart,
    products: Mapping[str, Product],
    prices: Mapping[str, Money],
) -> tuple[ConfigurationRules, tuple[Violation, ...]]:
    """The rules for what is bought besides something, and what that violates already.

    What is bought is not taken out any more, so it is told. What is put in once is not put in again,
    because it was, or could have been, before.
    """
    firm = [_firm(rule, standing) for rule in rules.rules]
    alone = configure(standing, attrs.evolve(rules, rules=firm), products, prices)
    once = {each.rule for each in alone.fired if each.changed}
    kept = [each for each in firm if each.name not in once or not isinstance(each.then, Default)]
    left = attrs.evolve(rules, rules=kept)
    return left, configure(standing, left, products, prices).violations


def _firm(rule: ConfigurationRule, standing: Cart) -> ConfigurationRule:
    then = rule.then
    if isinstance(then, Excludes) and then.remove and standing.quantity_of(then.sku):
        return attrs.evolve(rule, then=Excludes(then.sku))
    return rule
