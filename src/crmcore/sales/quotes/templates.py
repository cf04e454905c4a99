"""Templates of quotes: the lines and terms that offers of one kind begin with.

A template holds no prices of products: those are found on the day it is used. How one is added and
edited is in ``template_verbs``, what becomes of its lines in ``drafting``.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

import attrs

from crmcore.catalog import QUANTITY_PLACES, ProductId, exact_quantity
from crmcore.errors import CrmError, InvalidValue, raise_collected
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Places, Text
from crmcore.grammar.naming import hyphenated
from crmcore.sales.lines import NO_DISCOUNT, BillingPolicy
from crmcore.sales.milestones import Milestone, check_milestones
from crmcore.sales.quotes.lines import LineDraft
from crmcore.values import Money, Share, as_int

MAX_VALIDITY = 3650
"""So many days a quote made from a template is valid at most."""
MAX_TEMPLATE_LINES = 1000
"""So many lines a template has at most."""


@attrs.frozen(kw_only=True)
class TemplateLine:
    """A line that quotes made from a template begin with.

    Attributes:
        product: The product; None for a free line, which needs a description and a price.
        description: What stands on the document; the product's name if None.
        quantity: How much.
        unit: The unit; the product's own if None.
        unit_price: The price of one unit; found in the price book if None.
        discount: The part of the price that is not charged.
        optional: Whether the customer may leave the line out.
        billing: What decides how much of it may be billed.
        unit_cost: What one unit costs us, for the contribution margin; the product's if None.
    """

    product: ProductId | None = None
    description: Annotated[str, Text(min=1, max=500)] | None = None
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(
        default=Decimal(1), converter=exact_quantity
    )
    unit: Annotated[str, Text(max=10)] | None = None
    unit_price: Money | None = None
    discount: Share = NO_DISCOUNT
    optional: bool = False
    billing: BillingPolicy = BillingPolicy.ORDERED
    unit_cost: Money | None = None

    def __attrs_post_init__(self) -> None:
        faults: list[CrmError] = []
        if self.quantity <= 0:
            faults.append(InvalidValue("quantity", "must be above zero"))
        if self.product is None and self.description is None:
            faults.append(InvalidValue("description", "is needed where there is no product"))
        if self.product is None and self.unit_price is None:
            faults.append(InvalidValue("unit_price", "is needed where there is no product"))
        raise_collected(faults)

    @property
    def draft(self) -> LineDraft:
        """The line as a caller would draft it."""
        return LineDraft(
            product=self.product,
            description=self.description,
            quantity=self.quantity,
            unit=self.unit,
            unit_price=self.unit_price,
            discount=self.discount,
            optional=self.optional,
            billing=self.billing,
            unit_cost=self.unit_cost,
        )


@attrs.frozen(kw_only=True, repr=False)
class QuoteTemplate(Entity):
    """What quotes of one kind begin with.

    Attributes:
        code: What it is asked for by, such as ``pump``.
        name: What it is called.
        lines: Its lines.
        validity_days: How many days its quotes are valid, the day of the quote not counted.
        introduction: What stands above the lines.
        milestones: What lines billed by milestones wait for.
        is_active: Whether quotes can be made from it.

    Raises:
        InvalidValue: a number makes no sense, or the milestones do not come to the whole.
    """

    code: Annotated[str, Text(min=1, max=100)] = attrs.field(validator=hyphenated)
    name: Annotated[str, Text(min=1, max=200, searchable=True)]
    lines: tuple[TemplateLine, ...] = ()
    validity_days: int | None = None
    introduction: Annotated[str, Text(max=4000, lines=True)] | None = None
    milestones: tuple[Milestone, ...] = ()
    is_active: bool = True

    def __attrs_post_init__(self) -> None:
        check_milestones(self.milestones)
        if len(self.lines) > MAX_TEMPLATE_LINES:
            raise InvalidValue("lines", f"a template has at most {MAX_TEMPLATE_LINES}")
        days = self.validity_days
        if days is not None and not 0 <= as_int("validity_days", days) <= MAX_VALIDITY:
            raise InvalidValue("validity_days", f"must be from 0 to {MAX_VALIDITY}")

    @property
    def drafts(self) -> tuple[LineDraft, ...]:
        """Its lines as a caller would draft them."""
        return tuple(line.draft for line in self.lines)

    def valid_until(self, day: date) -> date | None:
        """The last day of a quote of ``day``; None where the template does not say."""
        return None if self.validity_days is None else day + timedelta(days=self.validity_days)


QUOTE_TEMPLATE = EntityType(name="quote_template", cls=QuoteTemplate, unique=(("code",),))
"""The declaration of templates of quotes."""
