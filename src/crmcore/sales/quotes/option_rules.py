"""What configuration rules say to the optional lines that a customer chooses.

A quote is configured without them, so they are asked about when they are chosen. By then nothing is
added to an offer or taken out of it: what rules would do to it, they refuse.
"""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import attrs

from crmcore.catalog import (
    QUANTITY_PLACES,
    Cart,
    ConfigurationRule,
    ConfigurationRules,
    Excludes,
    Item,
    Product,
    Requires,
    configure,
)
from crmcore.errors import InvalidValue, UnknownName, raise_collected
from crmcore.sales.quotes.lines import QuoteLine
from crmcore.sales.quotes.model import Quote
from crmcore.values import CONTEXT, Money, round_half_up


def check_choice(
    quote: Quote,
    options: Sequence[UUID],
    rules: ConfigurationRules,
    products: Mapping[UUID, Product],
    buying: Cart,
) -> None:
    """Nothing, when rules refuse no more of the quote with the options than they do without.

    Args:
        quote: The quote, with the options chosen.
        options: The ids of the chosen lines.
        rules: The rules.
        products: The products of its lines, by id.
        buying: For whom and when: a cart without items.

    Raises:
        InvalidValue: something does not go with an option, with the path of that;
            `ManyFaults` for several.
    """
    strict = _strict(rules)
    if not options or not strict.rules:
        return
    lines = [line for line in quote.lines if line.is_counted and line.product in products]
    items = [_item(line, products) for line in lines]
    before = [item for line, item in zip(lines, items, strict=True) if line.id not in options]
    known = configure(attrs.evolve(buying, items=before), strict).violations
    first = {item.sku: line.id for line, item in zip(lines, items, strict=True)}
    faults: list[InvalidValue] = []
    for violation in configure(attrs.evolve(buying, items=items), strict).violations:
        if violation not in known:
            line = first.get(violation.sku)
            path = f"options[{options.index(line)}]" if line in options else "options"
            faults.append(InvalidValue(path, str(violation)))
    raise_collected(faults)


def _strict(rules: ConfigurationRules) -> ConfigurationRules:
    """The rules about what has to be there and what must not, so that they refuse only."""
    return attrs.evolve(rules, rules=tuple(_refusing(rules.rules)))


def _refusing(rules: Sequence[ConfigurationRule]) -> Iterator[ConfigurationRule]:
    for rule in rules:
        match rule.then:
            case Requires() as then:
                yield attrs.evolve(rule, then=attrs.evolve(then, add=False))
            case Excludes() as then:
                yield attrs.evolve(rule, then=attrs.evolve(then, remove=False))
            case _:
                continue


def _item(line: QuoteLine, products: Mapping[UUID, Product]) -> Item:
    """So much of the product of a line, in the product's own unit, at the price of that unit."""
    if line.product is None:
        raise InvalidValue("product", "a line without a product is no item")
    product = products[line.product]
    try:
        factor = product.factor(line.unit)
    except UnknownName:
        # The product was sold in this unit once.
        return Item.of(product, line.quantity)
    many = round_half_up(CONTEXT.multiply(line.quantity, factor), QUANTITY_PLACES)
    each = round_half_up(CONTEXT.divide(line.unit_price.amount, factor), QUANTITY_PLACES)
    return Item.of(product, many, Money(each, line.unit_price.currency))
