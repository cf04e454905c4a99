"""What orders are, and what was changed about them after they were placed.

Nothing about a line ever changes but its ledgers, so a new price is a line cut short and another one.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.catalog import QUANTITY_PLACES, exact_quantity
from crmcore.contacts import ContactId
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Places, Ref, Renamed, Text
from crmcore.opportunities import OpportunityId
from crmcore.sales.milestones import Milestone, check_milestones
from crmcore.sales.orders.lines import OrderLine, was_invoiced
from crmcore.sales.quotes import QuoteId
from crmcore.sales.totals import CurrencyCode, Totals, VatLine, check_totals, vat_breakdown
from crmcore.values import Money, Share, instant

OrderId = Annotated[UUID, Ref("order")]
"""The id of an order."""


class OrderStatus(StrEnum):
    """What was decided about an order; what is still to be done is told by its ledgers."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    DONE = "done"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Fulfilment(StrEnum):
    """How much of an order is done, in one respect."""

    NONE = "none"
    PARTLY = "partly"
    FULLY = "fully"


class OrderProgress(StrEnum):
    """What is still to be done with an order, in one word."""

    TO_DELIVER_AND_BILL = "to_deliver_and_bill"
    TO_DELIVER = "to_deliver"
    TO_BILL = "to_bill"
    DONE = "done"
    ON_HOLD = "on_hold"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class OrderChangeKind(StrEnum):
    """What became of a line."""

    CANCELLED = "cancelled"
    """Some of it, or the rest of it, is not wanted any more."""
    ADDED = "added"
    """It was not in the order before."""


@attrs.frozen(kw_only=True)
class OrderChange:
    """One line of an order, changed.

    Attributes:
        kind: What became of it.
        line: The line.
        quantity: How much was cancelled, or added.
        net: What that is worth.
        reason: Why.
        at: When.
    """

    kind: OrderChangeKind
    line: UUID
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(converter=exact_quantity)
    net: Money
    reason: Annotated[str, Text(min=1, max=500)] | None = None
    at: datetime = attrs.field(converter=instant)


def billing_of(lines: Sequence[OrderLine]) -> Fulfilment:
    """How much of these lines is billed."""
    if all(line.is_billed for line in lines):
        return Fulfilment.FULLY
    return Fulfilment.PARTLY if any(map(was_invoiced, lines)) else Fulfilment.NONE


def delivery_of(lines: Sequence[OrderLine]) -> Fulfilment:
    """How much of these lines is delivered; lines that need no delivery do not count."""
    if not any(line.undelivered for line in lines):
        return Fulfilment.FULLY
    begun = any(line.delivered_quantity for line in lines)
    return Fulfilment.PARTLY if begun else Fulfilment.NONE


def _billing(order: "Order") -> Fulfilment:
    return billing_of(order.lines)


def _delivery(order: "Order") -> Fulfilment:
    return delivery_of(order.lines)


def _nothing(order: "Order") -> Money:
    return Money.zero(order.currency)


@attrs.frozen(kw_only=True, repr=False)
class Order(Entity):
    """What was bought, and what became of it.

    Attributes:
        quote: The quote it was born from; one order per quote.
        opportunity: The opportunity it belongs to.
        account: Who buys.
        number: Its number; None where orders are not numbered.
        currency: The currency of all its amounts.
        lines: What was bought, with the ledgers of deliveries and bills.
        totals: What that comes to, without what was cancelled.
        status: What was decided about it.
        hold_reason: Why it is on hold.
        closed_reason: Why it was closed before all was done.
        placed_at: When it was placed.
        buyer_reference: What the buyer asked to be quoted, such as a Leitweg-ID.
        purchase_order: The buyer's own number.
        billing: How much of it is billed, by its ledgers.
        delivery: How much of it is delivered, by its ledgers.
        milestones: What lines billed by milestones wait for.
        changes: What was changed about its lines since it was placed, oldest first.
        instalments: Into how many equal parts it is being billed; None without such a plan.
        instalments_billed: How many of them are billed.
        invoiced: What its invoices claim, drafts included, withdrawn ones not.
        credited: What its credit notes take back of that.
        external_id: Its id in the system it comes from; unique.
    """

    quote: QuoteId | None = None
    opportunity: OpportunityId | None = None
    account: ContactId
    number: Annotated[str, Text(max=60)] | None = None
    currency: CurrencyCode
    lines: tuple[OrderLine, ...]
    totals: Totals
    status: Annotated[OrderStatus, Renamed("billed", "done")] = OrderStatus.OPEN
    hold_reason: Annotated[str, Text(min=1, max=500)] | None = None
    closed_reason: Annotated[str, Text(min=1, max=500)] | None = None
    placed_at: datetime = attrs.field(converter=instant)
    buyer_reference: Annotated[str, Text(min=1, max=100)] | None = None
    purchase_order: Annotated[str, Text(min=1, max=100)] | None = None
    billing: Fulfilment = attrs.field(default=attrs.Factory(_billing, takes_self=True))
    delivery: Fulfilment = attrs.field(default=attrs.Factory(_delivery, takes_self=True))
    milestones: tuple[Milestone, ...] = ()
    changes: tuple[OrderChange, ...] = ()
    instalments: int | None = None
    instalments_billed: int = 0
    invoiced: Money
    credited: Money = attrs.field(default=attrs.Factory(_nothing, takes_self=True))
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        check_totals(self.lines, self.totals, self.currency)
        if not Money.zero(self.currency) <= self.credited <= self.invoiced:
            raise InvalidValue("credited", "must lie between zero and what is invoiced")
        check_milestones(self.milestones)

    @property
    def vat_lines(self) -> tuple[VatLine, ...]:
        """The tax by category and rate."""
        return vat_breakdown(self.lines)

    @property
    def progress(self) -> OrderProgress:
        """What is still to be done: what was decided first, then what the ledgers say."""
        if self.status is not OrderStatus.OPEN:
            return OrderProgress(self.status.value)
        delivered = self.delivery is Fulfilment.FULLY
        if self.billing is Fulfilment.FULLY:
            return OrderProgress.DONE if delivered else OrderProgress.TO_DELIVER
        return OrderProgress.TO_BILL if delivered else OrderProgress.TO_DELIVER_AND_BILL

    @property
    def reached(self) -> Share:
        """Which part of the milestones is reached."""
        parts = (each.share.value for each in self.milestones if each.reached_on is not None)
        return Share(sum(parts, Decimal(0)))

    @property
    def standing(self) -> Money:
        """What its invoices claim and no credit note took back."""
        return self.invoiced - self.credited

    @property
    def open_payable(self) -> Money:
        """What its invoices still to come will amount to, if they bill what was ordered."""
        return max(self.totals.payable - self.standing, Money.zero(self.currency))


ORDER = EntityType(name="order", cls=Order, unique=(("quote",), ("external_id",)))
"""The declaration of orders."""
