"""Configuration rules as data: if a cart is like this, then that is needed, barred, added or priced.

All of it is checked when it is made. Rules come in sets, see ``ruleset``; what they do to a cart is
in ``running``.
"""

from collections.abc import Iterator
from decimal import Decimal

import attrs

from crmcore.catalog.configuration.cart import MAX_QUANTITY
from crmcore.catalog.discounts import Discount, Surcharge
from crmcore.catalog.parts import exact_quantity
from crmcore.errors import CrmError, InvalidValue, WrongType, raise_collected
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.values import Money, Share, text_fault

MAX_PRIORITY = 1_000_000
"""The largest priority, and with a minus the smallest."""
MAX_NAME = 200
"""So many characters the name of a rule has at most."""
MAX_SKU = 100
"""So many characters an article number has at most."""
MAX_TEXT = 1000
"""So many characters an alert has at most."""


_ONE = Decimal(1)


def _text_faults(field: str, value: object, most: int) -> Iterator[CrmError]:
    if (fault := text_fault(field, value, most, lines=False)) is not None:
        yield fault
    elif not str(value).strip():
        yield InvalidValue(field, "must not be empty")


def _amount_faults(quantity: Decimal, per: str | None) -> Iterator[CrmError]:
    if not 0 < quantity <= MAX_QUANTITY:
        yield InvalidValue("quantity", f"must be more than zero and at most {MAX_QUANTITY}")
    if per is not None:
        yield from _text_faults("per", per, MAX_SKU)


@attrs.frozen
class Requires:
    """So much of a product has to be in the cart.

    Attributes:
        sku: Which product.
        quantity: How much of it at least.
        per: Where given, so much for each unit of this product that is in the cart.
        add: Whether what is missing is added; else it is told as a violation.
    """

    sku: str
    quantity: Decimal = attrs.field(default=_ONE, converter=exact_quantity)
    per: str | None = attrs.field(default=None, kw_only=True)
    add: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        sku = _text_faults("sku", self.sku, MAX_SKU)
        raise_collected([*sku, *_amount_faults(self.quantity, self.per)])


@attrs.frozen
class Excludes:
    """A product must not be in the cart.

    Attributes:
        sku: Which product.
        remove: Whether it is taken out; else it is told as a violation.
    """

    sku: str
    remove: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        raise_collected([*_text_faults("sku", self.sku, MAX_SKU)])


@attrs.frozen
class Default:
    """A product is put into the cart once, where there is none; nobody has to keep it.

    Attributes:
        sku: Which product.
        quantity: How much of it.
        per: Where given, so much for each unit of this product that is in the cart.
    """

    sku: str
    quantity: Decimal = attrs.field(default=_ONE, converter=exact_quantity)
    per: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        sku = _text_faults("sku", self.sku, MAX_SKU)
        raise_collected([*sku, *_amount_faults(self.quantity, self.per)])


@attrs.frozen
class Alert:
    """Somebody is told something; nothing is refused.

    Attributes:
        text: What they are told.
    """

    text: str

    def __attrs_post_init__(self) -> None:
        raise_collected([*_text_faults("text", self.text, MAX_TEXT)])


@attrs.frozen(kw_only=True)
class PriceEffect:
    """Items get a discount, or a surcharge: a share of the item, or an amount on it as a whole.

    Attributes:
        share: The share of the item's amount.
        amount: The amount, once for each item, whatever its quantity.
        surcharge: Whether it is added; else it is taken off.
        items: On which items; all of them when left out.
    """

    share: Share | None = None
    amount: Money | None = None
    surcharge: bool = False
    items: Condition = EVERYTHING

    def __attrs_post_init__(self) -> None:
        items = _any(self.items)
        if not isinstance(items, Condition):
            raise WrongType("items", "a condition", type(items).__name__)
        self.named("?")

    def named(self, label: str) -> Discount | Surcharge:
        """The discount or surcharge, under the name of the rule it comes from."""
        made = Surcharge if self.surcharge else Discount
        return made(label=label, share=self.share, amount=self.amount)


Effect = Requires | Excludes | Default | Alert | PriceEffect
"""What a rule can do."""


@attrs.frozen
class ConfigurationRule:
    """If a condition holds of a cart, something follows.

    Attributes:
        name: What the rule is called in explanations.
        then: What follows.
        when: A condition on a cart, such as ``F.items.any(F.sku == "PUMP")``.
        priority: Rules with a smaller one come first; of equal ones, the one listed first.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them.
    """

    name: str
    then: Effect
    when: Condition = EVERYTHING
    priority: int = attrs.field(default=0, kw_only=True)

    def __attrs_post_init__(self) -> None:
        faults = [*_text_faults("name", self.name, MAX_NAME)]
        when, then, priority = (_any(self.when), _any(self.then), _any(self.priority))
        if not isinstance(when, Condition):
            faults.append(WrongType("when", "a condition", type(when).__name__))
        if not isinstance(then, Effect):
            faults.append(WrongType("then", "an effect", type(then).__name__))
        if type(priority) is not int or not -MAX_PRIORITY <= priority <= MAX_PRIORITY:
            text = f"a whole number from -{MAX_PRIORITY} to {MAX_PRIORITY}"
            faults.append(InvalidValue("priority", text))
        raise_collected(faults)


def _any(value: object) -> object:
    return value
