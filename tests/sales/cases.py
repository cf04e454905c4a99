"""Strategies: quotes of any lines, and orders billed in any parts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.errors import CrmError
from crmcore.sales import (
    Invoice,
    Order,
    Quote,
    QuoteLine,
    invoice_from_order,
    line_net,
    order_from_quote,
    totals_of,
    withdraw,
)
from crmcore.values import CountedIds, Money, Share

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ACCOUNT = UUID(int=7)


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    """Quotes with lines of any price, quantity, discount and rate."""
    lines: list[QuoteLine] = []
    for number in range(draw(st.integers(1, 3))):
        quantity = Decimal(draw(st.integers(1, 10**6))).scaleb(-2)
        price = Money(Decimal(draw(st.integers(0, 10**7))).scaleb(-3), "EUR")
        discount = Share(Decimal(draw(st.integers(0, 100))).scaleb(-2))
        lines.append(
            QuoteLine(
                id=UUID(int=100 + number),
                description="Part",
                quantity=quantity,
                unit_price=price,
                discount=discount,
                vat_category=VatCategory.S,
                vat_rate=Share(draw(st.sampled_from(["0.19", "0.07"]))),
                net=line_net(quantity, price, discount),
            )
        )
    return Quote(
        id=UUID(int=1),
        created_at=AT,
        updated_at=AT,
        account=ACCOUNT,
        currency="EUR",
        lines=tuple(lines),
        totals=totals_of(lines, "EUR"),
        valid_until=date(2999, 1, 1),
    )


@st.composite
def billed(draw: st.DrawFn) -> tuple[Order, list[Invoice]]:
    """Orders some of which is billed, in any parts, some of it withdrawn again."""
    ids, quote = CountedIds(), draw(quotes())
    placed = order_from_quote(quote, UUID(int=2), [ids.new() for _ in quote.lines], AT)
    order, invoices = placed.order.entity, list[Invoice]()
    for _ in range(draw(st.integers(0, 6))):
        line = draw(st.sampled_from(order.lines))
        way = draw(st.sampled_from(["all", "part", "quantity", "withdraw"]))
        part = order.instalments_billed + 1
        ways = {
            "part": {"part": part, "of": 4},
            "quantity": {
                "quantities": {line.id: draw(st.sampled_from([line.quantity, Decimal(1)]))}
            },
        }
        try:
            if way == "withdraw" and invoices:
                done = withdraw(invoices[-1], order, AT)
                invoices[-1] = done.invoice.entity
            else:
                new = [ids.new() for _ in order.lines]
                done = invoice_from_order(order, ids.new(), new, AT, **ways.get(way, {}))
                invoices.append(done.invoice.entity)
        except CrmError:
            continue
        order = done.order.entity
    return order, invoices
