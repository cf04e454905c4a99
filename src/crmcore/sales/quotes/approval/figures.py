"""The figures of a quote that rules of approval ask about: amounts, discount, margin.

Pure: everything follows from the lines. Amounts are of the lines that count; discounts and prices
typed in by hand are looked for on optional lines too, because the customer may choose those.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

import attrs

from crmcore.catalog import Margin, line_margin, sum_margins
from crmcore.grammar.entity import EntityType, Places
from crmcore.sales.lines import NOTHING
from crmcore.sales.quotes.lines import QuoteLine
from crmcore.sales.quotes.model import Quote
from crmcore.sales.totals import line_net
from crmcore.values import CONTEXT, Money, Share, round_half_up

_PLACES = 6


@attrs.frozen(kw_only=True, repr=False)
class QuoteFigures(Quote):
    """A quote with its figures, as conditions ask about them (``F.discount``, ``F.margin_ratio``).

    Attributes:
        net: What it comes to, net of VAT.
        gross: What it comes to with VAT.
        discount: The largest part of the price that is let off on any line, all discounts together.
        margin: The contribution margin (Deckungsbeitrag); None where a cost is not known.
        margin_ratio: The margin by the net; None where there is no answer.
        own_prices: How many lines of products have a price that is not the price book's.
        own_costs: How many lines have a cost by hand that is below what the product costs.
    """

    net: Money
    gross: Money
    discount: Share
    margin: Money | None = None
    margin_ratio: Annotated[Decimal, Places(_PLACES)] | None = None
    own_prices: int = 0
    own_costs: int = 0


QUOTE_FIGURES = EntityType(name="quote", cls=QuoteFigures)
"""What the conditions of approval are about; no store keeps it."""


def figures_of(quote: Quote) -> QuoteFigures:
    """The quote with its figures."""
    margin = margin_of(quote)
    ratio = None if margin.ratio is None else margin.ratio.value
    fields = {each.name: getattr(quote, each.name) for each in attrs.fields(Quote)}
    return QuoteFigures(
        **fields,
        net=quote.totals.net,
        gross=quote.totals.gross,
        discount=max(map(line_discount, quote.lines), default=NOTHING),
        margin=margin.margin,
        margin_ratio=None if ratio is None else round_half_up(ratio, _PLACES),
        own_prices=sum(line.product is not None and line.priced_by is None for line in quote.lines),
        own_costs=sum(line.has_own_cost for line in quote.lines),
    )


def open_figures(quote: QuoteFigures) -> Mapping[str, str]:
    """The figures that have no value, or none that a limit could be held against, each with why.

    Nothing earned at a cost is worse than any ratio, so it is no ratio that a limit would pass.
    """
    if quote.margin is None:
        return dict.fromkeys(("margin", "margin_ratio"), "the margin is not known")
    if quote.margin_ratio is None and quote.margin.amount < 0:
        return {"margin_ratio": f"margin is {quote.margin} of a net of {quote.net}"}
    return {}


def line_discount(line: QuoteLine) -> Share:
    """The part of a line's price that is let off, its part of discounts on the whole included."""
    full = line_net(line.quantity, line.unit_price, NOTHING)
    if full.is_zero or line.allowance.is_zero:
        return line.discount
    off = full - line_net(line.quantity, line.unit_price, line.discount) + line.allowance
    exact = Fraction(off.amount) / Fraction(full.amount)
    # Rounded up, so that no limit is passed unseen.
    millionths = -((-exact * 10**_PLACES).__floor__())
    return Share(Decimal(min(millionths, 10**_PLACES)).scaleb(-_PLACES, CONTEXT))


def margin_of(quote: Quote) -> Margin:
    """The contribution margin of the lines that count, at what they cost at least.

    A cost by hand below that of the product does not better it. A line of text, without a product
    and a price, costs nothing where nobody says otherwise.
    """
    lines = (line for line in quote.lines if line.is_counted)
    margins = (line_margin(line.net, _cost(line), line.quantity) for line in lines)
    return sum_margins(margins, quote.currency)


def _cost(line: QuoteLine) -> Money | None:
    if line.has_own_cost:
        return line.product_cost
    is_text = line.product is None and line.unit_price.is_zero and line.net.is_zero
    return line.net if line.unit_cost is None and is_text else line.unit_cost
