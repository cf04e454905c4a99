"""What holds between a subscription and what it was billed by, whatever commands were called."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from uuid import UUID

from crmcore.checking import Breach, Invariant, Law, Referred, Referring
from crmcore.sales import Invoice, Order, differs
from crmcore.subscriptions.model import BilledPeriod, Subscription, SubscriptionStatus


def ledger_breaches(subscription: Subscription, orders: Sequence[Order]) -> Iterator[Breach]:
    """Where the ledger is not what its orders come to.

    Args:
        subscription: The subscription.
        orders: The orders in its ledger.
    """
    known = {order.id: order for order in orders}
    for place, period in enumerate(subscription.billed, start=1):
        if (period.order is None) is not period.net.is_zero:
            has = "no order" if period.order is None else "an order"
            yield Breach(text=f"period {place} comes to {period.net} and has {has}")
        order = None if period.order is None else known.get(period.order)
        if order is not None:
            yield from _order_breaches(subscription, place, period, order)
    given: list[UUID] = [each.order for each in subscription.billed if each.order is not None]
    if len({*given}) < len(given):
        yield Breach(text="two of its periods have one order")


def _order_breaches(
    subscription: Subscription, place: int, period: BilledPeriod, order: Order
) -> Iterator[Breach]:
    text = f"the order of period {place} is of another"
    yield from differs(f"{text} account", subscription.account, order.account)
    if order.currency != subscription.currency:
        yield from differs(f"{text} currency", subscription.currency, order.currency)
    elif period.net not in accumulate(line.net for line in order.lines):
        # Lines that were added to the order since then come after those it was born with.
        yield Breach(text=f"{text} net", expected=period.net, found=order.totals.net)


def invoice_breaches(subscription: Subscription, invoices: Sequence[Invoice]) -> Iterator[Breach]:
    """Periods whose invoice is not one of their order.

    Args:
        subscription: The subscription.
        invoices: The invoices in its ledger.
    """
    orders = {period.invoice: period.order for period in subscription.billed if period.invoice}
    for invoice in invoices:
        yield from differs(
            f"invoice {invoice.id} is of another order", orders[invoice.id], invoice.order
        )


def status_breaches(subscription: Subscription) -> Iterator[Breach]:
    """A status that the dates of a subscription do not allow."""
    status, end = subscription.status, subscription.ends_before
    if status is SubscriptionStatus.PAUSED and not subscription.pauses:
        yield Breach(text="is paused, and has no pause")
    if status is not SubscriptionStatus.ENDED:
        return
    if subscription.billed and (end is None or subscription.billed_until < end):
        yield Breach(
            text="has ended, and is not billed to its last day",
            expected=end,
            found=subscription.billed_until,
        )


def once_breaches(order: Order, subscriptions: Sequence[Subscription]) -> Iterator[Breach]:
    """Orders that several subscriptions have in their ledgers.

    Args:
        order: The order.
        subscriptions: The subscriptions that have it in theirs.
    """
    if len(subscriptions) > 1:
        text = "is in the ledgers of several subscriptions"
        yield Breach(text=text, id=order.id, expected=1, found=len(subscriptions))


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="subscription-ledger",
        law="what was charged for a period is what its order comes to, of the same account",
        entity="subscription",
        check=ledger_breaches,
        beside={"orders": Referred("order", "billed.order")},
    ),
    Invariant(
        name="subscription-invoices",
        law="the invoice of a period is one of its order",
        entity="subscription",
        check=invoice_breaches,
        beside={"invoices": Referred("invoice", "billed.invoice")},
    ),
    Invariant(
        name="subscription-status",
        law="a subscription has ended when it is billed to its last day, and is paused by a pause",
        entity="subscription",
        check=status_breaches,
    ),
    Invariant(
        name="order-subscription",
        law="an order is in the ledger of one subscription at most",
        entity="order",
        check=once_breaches,
        beside={"subscriptions": Referring("subscription", "billed.order")},
    ),
)
"""The laws of subscriptions."""
