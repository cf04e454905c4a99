"""A quote, an order and an invoice of one line each, made by hand."""

from datetime import UTC, date, datetime

from crmcore.catalog import VatCategory
from crmcore.sales import Invoice, InvoiceLine, Order, OrderLine, Quote, QuoteLine, totals_of
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDS = CountedIds()


def made(cls, line_cls, **fields):
    own = {"invoiced_net": Money(0, "EUR")} if line_cls is OrderLine else {}
    line = line_cls(
        id=IDS.new(),
        description="a thing",
        quantity=2,
        unit_price=Money(50, "EUR"),
        vat_category=VatCategory.S,
        vat_rate=Share("0.19"),
        net=Money(100, "EUR"),
        **own,
    )
    given = {
        "id": IDS.new(),
        "created_at": NOW,
        "updated_at": NOW,
        "account": IDS.new(),
        "currency": "EUR",
        "lines": (line,),
        "totals": totals_of([line], "EUR"),
    }
    return cls(**(given | fields))


def quote():
    return made(Quote, QuoteLine, valid_until=date(2026, 3, 31))


def order(**fields):
    return made(Order, OrderLine, placed_at=NOW, **({"invoiced": Money(0, "EUR")} | fields))


def invoice(**fields):
    return made(Invoice, InvoiceLine, paid=Money(0, "EUR"), **fields)
