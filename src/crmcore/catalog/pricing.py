"""Which price of a product is valid on a day, and why.

A dated price beats the list price. Discounts are given on a line, not here.
"""

from datetime import date
from enum import StrEnum

import attrs

from crmcore.catalog.model import Price, Product
from crmcore.errors import NothingFound
from crmcore.values import Money


class PriceSource(StrEnum):
    """Where a price comes from."""

    DATED_PRICE = "dated price"
    LIST_PRICE = "list price"


@attrs.frozen(kw_only=True)
class PriceFound:
    """A price with the reason for it.

    Attributes:
        amount: The price of one unit, net of VAT.
        source: Where it comes from.
        on: The day that was asked for.
        valid_from: The first day of the dated price's window; None for the list price.
        valid_until: The day after its last one; None for no end, and for the list price.
        trace: What was looked at, in order, one sentence each.
    """

    amount: Money
    source: PriceSource
    on: date
    valid_from: date | None = None
    valid_until: date | None = None
    trace: tuple[str, ...] = ()

    def explain(self) -> str:
        """The trace as one text, a line for each step."""
        return "\n".join(self.trace)


def price_of(product: Product, on: date, currency: str) -> PriceFound:
    """The price of one unit of ``product`` on that day in that currency.

    Raises:
        NothingFound: no dated price is valid that day, and no list price is in that currency.
    """
    day = on.isoformat()
    dated = next((price for price in product.prices if _fits(price, on, currency)), None)
    if dated is not None:
        return PriceFound(
            amount=dated.amount,
            source=PriceSource.DATED_PRICE,
            on=on,
            valid_from=dated.valid_from,
            valid_until=dated.valid_until,
            trace=(f"the dated price {_window(dated)} is valid on {day}: {dated.amount}",),
        )
    listed = product.list_price
    if listed is None or listed.currency != currency:
        raise NothingFound(f"price of product {product.sku} in {currency} on {day}")
    return PriceFound(
        amount=listed,
        source=PriceSource.LIST_PRICE,
        on=on,
        trace=(
            f"none of {len(product.prices)} dated prices is valid in {currency} on {day}",
            f"the list price holds: {listed}",
        ),
    )


def _fits(price: Price, on: date, currency: str) -> bool:
    return price.amount.currency == currency and price.covers(on)


def _window(price: Price) -> str:
    end = "without end" if price.valid_until is None else f"until {price.valid_until.isoformat()}"
    return f"from {price.valid_from.isoformat()} {end}"
