"""Quotes made by hand, and the orders and bills that come of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from crmcore.catalog import VatCategory
from crmcore.sales import (
    Quote,
    QuoteLine,
    invoice_from_order,
    line_net,
    order_from_quote,
    totals_of,
)
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
IDS = CountedIds()


def quote_line(quantity, price, rate="0.19"):
    money = Money(price, "EUR")
    exact = Decimal(quantity)
    return QuoteLine(
        id=IDS.new(),
        product=IDS.new(),
        description=f"{quantity} at {price}",
        quantity=exact,
        unit="KGM",
        unit_price=money,
        discount=Share("0.1"),
        vat_category=VatCategory.S,
        vat_rate=Share(rate),
        net=line_net(exact, money, Share("0.1")),
    )


def a_quote(*lines, valid_until=date(2026, 3, 31)):
    lines = lines or (quote_line("3", "33.33"), quote_line("2", "10", "0.07"))
    return Quote(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        opportunity=IDS.new(),
        account=IDS.new(),
        contact=IDS.new(),
        currency="EUR",
        lines=lines,
        totals=totals_of(lines, "EUR"),
        valid_until=valid_until,
    )


def placed(quote):
    return order_from_quote(quote, IDS.new(), ids(len(quote.lines)), LATER)


def an_order(*lines):
    return placed(a_quote(*lines)).order.entity


def ids(count=4):
    return [IDS.new() for _ in range(count)]


def bill(order, **how):
    return invoice_from_order(order, IDS.new(), ids(len(order.lines)), LATER, **how)
