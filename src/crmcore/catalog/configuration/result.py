"""What rules did to a cart: the items now, every rule that fired and what it did, what is wrong."""

import html

import attrs

from crmcore.catalog.configuration.cart import Item
from crmcore.catalog.discounts import Discount, Surcharge


@attrs.frozen
class Fired:
    """A rule whose condition held, and what it did.

    Attributes:
        rule: The name of the rule.
        round: In which round, from 1.
        did: What it did, in a few words.
        changed: Whether the cart is another one since.
    """

    rule: str
    round: int
    did: str
    changed: bool = False

    def __str__(self) -> str:
        return f"{self.round}. {self.rule}: {self.did}"


@attrs.frozen
class Violation:
    """Something that is not as a rule wants it.

    Attributes:
        rule: The name of the rule.
        sku: The article number it is about.
        text: What is wrong, in a plain sentence.
    """

    rule: str
    sku: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"


@attrs.frozen
class RaisedAlert:
    """Something somebody is told.

    Attributes:
        rule: The name of the rule.
        text: What they are told.
    """

    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"


@attrs.frozen
class ItemEffect:
    """A discount or surcharge on one item.

    Attributes:
        rule: The name of the rule.
        item: The place of the item among the items, from 0.
        sku: Its article number.
        change: The discount or surcharge, which bears the name of the rule.
    """

    rule: str
    item: int
    sku: str
    change: Discount | Surcharge

    def __str__(self) -> str:
        sign = "-" if isinstance(self.change, Discount) else "+"
        much = self.change.share if self.change.amount is None else self.change.amount
        return f"{self.sku}: {sign}{much} by {self.rule}"


@attrs.frozen(kw_only=True)
class Configured:
    """A cart after all rules.

    Attributes:
        items: What is in it now; what rules added comes last.
        fired: Every rule that fired, in order, the last round at the end.
        violations: What is not as it has to be.
        alerts: What somebody is told.
        effects: Discounts and surcharges on items.
        loop: The rules that would have gone on and on; empty when the cart settled.
        rounds: How many rounds it took.
        version: The version of the rules.
    """

    items: tuple[Item, ...]
    fired: tuple[Fired, ...] = attrs.field(default=(), repr=False)
    violations: tuple[Violation, ...] = ()
    alerts: tuple[RaisedAlert, ...] = ()
    effects: tuple[ItemEffect, ...] = ()
    loop: tuple[str, ...] = ()
    rounds: int = 1
    version: int = 1

    @property
    def is_valid(self) -> bool:
        """Whether it can be sold like this: no violation, and the rules came to an end."""
        return not self.violations and not self.loop

    def explain(self) -> str:
        """The cart, then what fired, what is wrong, what is told and what is priced, as text."""
        lines = [f"{'valid' if self.is_valid else 'not valid'} after {self.rounds} rounds"]
        lines += [f"  {each.quantity:f} {each.sku}" for each in self.items]
        lists = {
            "fired": self.fired,
            "violations": self.violations,
            "alerts": self.alerts,
            "effects": self.effects,
            "never settles": self.loop,
        }
        for title, listed in lists.items():
            if listed:
                lines += [title, *(f"  {each}" for each in listed)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.explain())}</pre>"
