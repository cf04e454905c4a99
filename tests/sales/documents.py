"""Orders and invoices made by the pure verbs, for tests about documents."""

from datetime import UTC, datetime
from decimal import Decimal

from crmcore.catalog import VatCategory
from crmcore.sales import (
    Buyer,
    DrawnNumber,
    IssueFacts,
    Order,
    OrderLine,
    Seller,
    invoice_from_order,
    issue,
    line_net,
    totals_of,
)
from crmcore.values import CountedIds, Money, PostalAddress, Share

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOW.date()
BUYER = Buyer(
    name="ACME SAS",
    address=PostalAddress(street="1 rue X", city="Paris", country="FR"),
    vat_id="FR40303265045",
)
SELLER = Seller(
    name="Pump GmbH",
    address=PostalAddress(city="Kiel", country="DE"),
    vat_id="DE136695976",
    tax_number="20/123/45678",
)
IDS = CountedIds()


def line_of(quantity, price, currency="EUR", **fields):
    """A line of an order."""
    money = Money(price, currency)
    net = line_net(Decimal(quantity), money, Share(0))
    given = {"vat_category": VatCategory.S, "vat_rate": Share("0.19")} | fields
    return OrderLine(
        id=IDS.new(),
        description="Pump",
        quantity=Decimal(quantity),
        unit_price=money,
        net=net,
        invoiced_net=Money.zero(currency),
        **given,
    )


def order_of(*lines):
    """An order over these lines."""
    currency = lines[0].net.currency
    return Order(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        account=IDS.new(),
        currency=currency,
        lines=lines,
        totals=totals_of(lines, currency),
        placed_at=NOW,
        invoiced=Money.zero(currency),
    )


def billed(order, **how):
    """The order after a bill, and the draft."""
    done = invoice_from_order(order, IDS.new(), [IDS.new() for _ in order.lines], NOW, **how)
    return done.order.entity, done.invoice.entity


def issued(draft, sequence=1, previous=None, **fields):
    """The draft as issued."""
    facts = IssueFacts(**{"buyer": BUYER, "on": TODAY, "due_in_days": 14} | fields)
    return issue(draft, facts, number(sequence, previous, series="RE"), NOW).entity


def number(sequence=1, previous=None, series="CN"):
    """A number of a document; of a credit note, unless told otherwise."""
    return DrawnNumber(
        series=series,
        period="2026",
        sequence=sequence,
        number=f"{series}-{sequence}",
        previous=previous,
    )
