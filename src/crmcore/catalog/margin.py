"""The contribution margin (Deckungsbeitrag): what is left of the revenue after the cost of the goods.

Pure arithmetic on amounts. A cost nobody knows is no cost of nothing: then there is no answer.
"""

import html
from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.catalog.model import Product
from crmcore.catalog.structure import MAX_LEVELS
from crmcore.errors import CurrencyMismatch
from crmcore.values import CONTEXT, Money, Ratio, as_decimal, round_half_up, sum_money


@attrs.frozen(kw_only=True)
class Margin:
    """Revenue, cost and what lies between them.

    Attributes:
        revenue: What is earned, net of VAT.
        cost: What that costs the seller; None where it is not known of every line.
        unknown: Of how many lines the cost is not known.
        lines: How many lines there are.
    """

    revenue: Money
    cost: Money | None
    unknown: int = 0
    lines: int = 1

    @property
    def margin(self) -> Money | None:
        """What is left of the revenue; None when the cost is not known."""
        return None if self.cost is None else self.revenue - self.cost

    @property
    def ratio(self) -> Ratio | None:
        """The margin by the revenue; None when the cost is not known.

        Nothing is earned by nothing: then there is a ratio, and it has no answer.
        """
        margin = self.margin
        return None if margin is None else Ratio(margin.amount, self.revenue.amount)

    def explain(self) -> str:
        """Revenue, cost and margin in one line."""
        if self.margin is None or self.cost is None:
            return f"{self.revenue} revenue, cost unknown of {self.unknown} of {self.lines} lines"
        rate = None if self.ratio is None else self.ratio.value
        shown = "no ratio" if rate is None else f"{_percent(rate):f} %"
        return f"{self.revenue} revenue - {self.cost} cost = {self.margin} margin ({shown})"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.explain())}</pre>"


def _percent(rate: Decimal) -> Decimal:
    return round_half_up(CONTEXT.multiply(rate, Decimal(100)), 1)


def line_margin(
    revenue: Money, unit_cost: Money | None, quantity: Decimal | int | str = 1
) -> Margin:
    """The margin of one line.

    Args:
        revenue: What the line earns, net of VAT.
        unit_cost: What one unit costs; None when nobody knows.
        quantity: How many units, in the unit of the cost.

    Raises:
        CurrencyMismatch: the cost is in another currency than the revenue.
    """
    many = as_decimal("quantity", quantity)
    if unit_cost is None:
        return Margin(revenue=revenue, cost=None, unknown=1)
    if unit_cost.currency != revenue.currency:
        raise CurrencyMismatch("unit_cost", revenue.currency, unit_cost.currency)
    return Margin(revenue=revenue, cost=unit_cost * many)


def sum_margins(margins: Iterable[Margin], currency: str) -> Margin:
    """The margin of several lines together; no answer when one of them has none.

    Raises:
        CurrencyMismatch: one is in another currency.
    """
    given = [*margins]
    costs = [each.cost for each in given if each.cost is not None]
    unknown = sum(each.unknown for each in given)
    return Margin(
        revenue=sum_money((each.revenue for each in given), currency),
        cost=None if unknown else sum_money(costs, currency),
        unknown=unknown,
        lines=sum(each.lines for each in given),
    )


def cost_of(product: Product, products: Mapping[UUID, Product]) -> Money | None:
    """What one unit of a product costs: its own cost, or that of what it is or holds.

    Args:
        product: The product.
        products: What it holds at any depth, and what these and it are variants of, by id.

    Returns:
        Its own unit cost; else, of a bundle, the sum over what is in it; else, of a variant, the cost
        of what it is a variant of. None when that is not known, or is in several currencies.
    """
    if product.unit_cost is None and not product.components:
        return _of_parent(product, products)
    return _cost(product, products, {}, MAX_LEVELS)


def _cost(
    product: Product,
    products: Mapping[UUID, Product],
    known: dict[UUID, Money | None],
    levels: int,
) -> Money | None:
    if product.unit_cost is not None:
        return product.unit_cost
    if product.id not in known:
        # Until it is known it is not, which ends the search in a bundle that lies in itself.
        known[product.id] = None
        known[product.id] = (
            _of_parts(product, products, known, levels - 1)
            if product.components and levels
            else _of_parent(product, products)
        )
    return known[product.id]


def _of_parent(product: Product, products: Mapping[UUID, Product]) -> Money | None:
    parent = None if product.variant_of is None else products.get(product.variant_of)
    return None if parent is None or parent.unit != product.unit else parent.unit_cost


def _of_parts(
    bundle: Product,
    products: Mapping[UUID, Product],
    known: dict[UUID, Money | None],
    levels: int,
) -> Money | None:
    costs: list[Money] = []
    for each in bundle.components:
        inside = products.get(each.product)
        cost = None if inside is None else _cost(inside, products, known, levels)
        if cost is None or (costs and costs[0].currency != cost.currency):
            return None
        costs.append(cost * each.quantity)
    return sum_money(costs, costs[0].currency)
