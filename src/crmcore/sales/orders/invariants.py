"""What holds for orders, whatever commands were called, and for what they were born from.

The same facts are told from both sides wherever two documents hold them: the ledgers of an order and
the sum over its delivery notes. What is billed of it is a matter of the laws of invoices.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from crmcore.checking import Breach, Invariant, Law, Referred, Referring
from crmcore.contacts import Contact, Role
from crmcore.opportunities import Opportunity, OpportunityStatus
from crmcore.sales.agreement import (
    NETS,
    TOTALS,
    differs,
    net_breaches,
    sum_in,
    sum_quantities,
    total_breaches,
)
from crmcore.sales.orders.delivery_notes import DeliveryNote
from crmcore.sales.orders.lifecycle import STANDING_STATUSES
from crmcore.sales.orders.model import Order, OrderChangeKind
from crmcore.sales.quotes import Quote, QuoteStatus
from crmcore.values import CONTEXT

_DECIDED = frozenset(
    {QuoteStatus.ACCEPTED, QuoteStatus.REJECTED, QuoteStatus.EXPIRED, QuoteStatus.SUPERSEDED}
)
_TAKEN = (
    "product",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount",
    "vat_category",
    "vat_rate",
    "vat_reason",
    "net",
    "allowance",
    "charge",
    "billing",
)


def quote_breaches(quote: Quote, orders: Sequence[Order]) -> Iterator[Breach]:
    """What a quote has against its status, and orders it should not have.

    Args:
        quote: The quote.
        orders: The orders born from it.
    """
    decided = quote.status in _DECIDED
    if (quote.decided_at is not None) is not decided:
        yield Breach(text=f"is {quote.status} and has {'no' if decided else 'a'} decided_at")
    if quote.status is QuoteStatus.SENT and quote.sent_at is None:
        yield Breach(text="is sent and has no sent_at")
    if quote.status is QuoteStatus.DRAFT and quote.sent_at is not None:
        yield Breach(text="is a draft and has a sent_at")
    wanted = 1 if quote.status is QuoteStatus.ACCEPTED else 0
    yield from differs(f"a quote that is {quote.status} has orders", wanted, len(orders))
    for order in orders:
        text = f"order {order.id} is not what was offered:"
        yield from differs(f"{text} account", quote.account, order.account)
        yield from differs(f"{text} opportunity", quote.opportunity, order.opportunity)


def taken_breaches(quote: Quote, orders: Sequence[Order]) -> Iterator[Breach]:
    """Orders that do not begin with exactly the lines that count; changes add their lines behind.

    Args:
        quote: The quote.
        orders: The orders born from it.
    """
    for line in quote.lines:
        if line.chosen and not line.optional:
            yield Breach(text="a line is chosen that is not optional")
        elif line.chosen and quote.status is not QuoteStatus.ACCEPTED:
            yield Breach(text=f"is {quote.status}, and an option is chosen")
    counted = [line for line in quote.lines if line.is_counted]
    for order in orders:
        if len(order.lines) < len(counted):
            text = f"order {order.id} has fewer lines than were accepted"
            yield Breach(text=text, expected=len(counted), found=len(order.lines))
            continue
        for place, (line, taken) in enumerate(zip(counted, order.lines, strict=False), start=1):
            for name in _TAKEN:
                if getattr(line, name) != getattr(taken, name):
                    # Without what it says: a description may hold anything.
                    text = f"order {order.id}: the {name} of line {place} is not as accepted"
                    yield Breach(text=text)


def deal_breaches(opportunity: Opportunity, orders: Sequence[Order]) -> Iterator[Breach]:
    """A deal with several standing orders, or with one and not won.

    Args:
        opportunity: The deal.
        orders: All orders it led to.
    """
    standing = [each for each in orders if each.status in STANDING_STATUSES]
    if len(standing) > 1:
        yield Breach(text="led to more than one order", expected=1, found=len(standing))
    if standing:
        won = OpportunityStatus.WON.value
        yield from differs("has an order and is not won", won, opportunity.status.value)


def delivery_breaches(order: Order, deliveries: Sequence[DeliveryNote]) -> Iterator[Breach]:
    """Where what an order has delivered and taken back is not what its notes hold.

    Args:
        order: The order.
        deliveries: All deliveries and returns of it.
    """
    there: dict[UUID, Decimal] = {}
    back: dict[UUID, Decimal] = {}
    for each in deliveries:
        held = back if each.is_return else there
        for item in each.lines:
            before = held.get(item.order_line, Decimal(0))
            held[item.order_line] = CONTEXT.add(before, item.quantity)
    for place, line in enumerate(order.lines, start=1):
        for name, sums in (("delivered", there), ("returned", back)):
            yield from differs(
                f"what is {name} of line {place} is not what its notes hold",
                sums.get(line.id, Decimal(0)),
                getattr(line, f"{name}_quantity"),
            )


def note_breaches(delivery: DeliveryNote, orders: Sequence[Order]) -> Iterator[Breach]:
    """Where a delivery is not of its order: another account, or lines of another.

    Args:
        delivery: The delivery, or return.
        orders: The order it fulfils.
    """
    for order in orders:
        yield from differs("the account is not the order's", order.account, delivery.account)
        known = {line.id: line for line in order.lines}
        for place, line in enumerate(delivery.lines, start=1):
            original = known.get(line.order_line)
            if original is None:
                text = "delivers a line that the order does not have"
                yield Breach(text=text, found=line.order_line)
                continue
            for name in ("product", "unit", "description"):
                if getattr(line, name) != getattr(original, name):
                    yield Breach(text=f"the {name} of line {place} is not that of the order's line")
        if len({line.order_line for line in delivery.lines}) < len(delivery.lines):
            yield Breach(text="delivers a line of the order twice")


def change_breaches(order: Order) -> Iterator[Breach]:
    """Where what is cancelled and added is not what was changed about an order."""
    cancelled = [each for each in order.changes if each.kind is OrderChangeKind.CANCELLED]
    added = {each.line: each for each in order.changes if each.kind is OrderChangeKind.ADDED}
    for place, line in enumerate(order.lines, start=1):
        mine = [each for each in cancelled if each.line == line.id]
        yield from differs(
            f"what is cancelled of line {place} is not what was changed",
            sum_quantities(each.quantity for each in mine),
            line.cancelled_quantity,
        )
        yield from differs(
            f"the value cancelled of line {place} is not what was changed",
            sum_in(order.currency, (each.net for each in mine)),
            line.cancelled_net,
        )
        change = added.pop(line.id, None)
        if change is not None:
            yield from differs(
                f"line {place} was added otherwise",
                (change.quantity, change.net),
                (line.quantity, line.net),
            )
    for each in added.values():
        yield Breach(text="a line was added that it does not have", found=each.line)


def customer_breaches(order: Order, accounts: Sequence[Contact]) -> Iterator[Breach]:
    """Orders of accounts that never were customers; since then, the role may have ended.

    Args:
        order: The order.
        accounts: Who buys.
    """
    for account in accounts:
        if account.role(Role.CUSTOMER) is None:
            yield Breach(text=f"is {order.status}, and its account never was a customer")


INVARIANTS: tuple[Law, ...] = (
    Invariant(name="order-totals", law=TOTALS, entity="order", check=total_breaches),
    Invariant(name="order-lines", law=NETS, entity="order", check=net_breaches),
    Invariant(
        name="quote-order",
        law="a quote has the times its status needs; an accepted one has one order, as offered",
        entity="quote",
        check=quote_breaches,
        beside={"orders": Referring("order", "quote")},
    ),
    Invariant(
        name="quote-options",
        law="an order begins with exactly the lines of its quote that are not optional, or chosen",
        entity="quote",
        check=taken_breaches,
        beside={"orders": Referring("order", "quote")},
    ),
    Invariant(
        name="opportunity-order",
        law="a deal leads to one standing order at most, and then it is won",
        entity="opportunity",
        check=deal_breaches,
        beside={"orders": Referring("order", "opportunity")},
    ),
    Invariant(
        name="order-delivery",
        law="what is delivered and returned of an order is what its notes hold, line by line",
        entity="order",
        check=delivery_breaches,
        beside={"deliveries": Referring("delivery_note", "order")},
    ),
    Invariant(
        name="delivery-order",
        law="a delivery has the account and lines of its order, as they are there",
        entity="delivery_note",
        check=note_breaches,
        beside={"orders": Referred("order", "order")},
    ),
    Invariant(
        name="order-changes",
        law="what is cancelled of an order, and added to it, is what was changed about it",
        entity="order",
        check=change_breaches,
    ),
    Invariant(
        name="order-account",
        law="the account of an order is, or was, a customer",
        entity="order",
        check=customer_breaches,
        beside={"accounts": Referred("contact", "account")},
    ),
)
"""The laws of orders."""
