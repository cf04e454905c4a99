"""What happened to orders, told in the past tense; deliveries are told here too."""

from datetime import date
from uuid import UUID

import attrs

from crmcore.grammar.change import Event
from crmcore.values import Money


@attrs.frozen(kw_only=True)
class OrderPlaced(Event):
    """An order was placed."""

    order: UUID
    quote: UUID | None = None
    opportunity: UUID | None = None
    account: UUID
    net: Money
    gross: Money


@attrs.frozen(kw_only=True)
class OrderBilled(Event):
    """An invoice was drawn up for a part of an order, or for all that was open."""

    order: UUID
    invoice: UUID
    payable: Money
    complete: bool


@attrs.frozen(kw_only=True)
class OrderBillingReversed(Event):
    """A draft invoice was withdrawn; what it held can be billed again."""

    order: UUID
    invoice: UUID
    payable: Money


@attrs.frozen(kw_only=True)
class OrderCancelled(Event):
    """An order was cancelled before anything was billed."""

    order: UUID


@attrs.frozen(kw_only=True)
class OrderDelivered(Event):
    """A part of an order, or all that was open, went to the customer."""

    order: UUID
    delivery: UUID
    delivered_on: date
    complete: bool


@attrs.frozen(kw_only=True)
class OrderReturned(Event):
    """Something of an order came back."""

    order: UUID
    delivery: UUID
    delivered_on: date


@attrs.frozen(kw_only=True)
class OrderHeld(Event):
    """Nothing is delivered or billed of an order until it is resumed; the reason is on the order."""

    order: UUID


@attrs.frozen(kw_only=True)
class OrderResumed(Event):
    """An order is not on hold any more."""

    order: UUID


@attrs.frozen(kw_only=True)
class OrderClosed(Event):
    """What is left of an order will not be done; the reason is on the order."""

    order: UUID


@attrs.frozen(kw_only=True)
class OrderReopened(Event):
    """What is left of an order that was closed will be done after all."""

    order: UUID


@attrs.frozen(kw_only=True)
class OrderChanged(Event):
    """Lines of an order were cut short, or added; ``net`` is what it comes to since."""

    order: UUID
    cancelled: int
    added: int
    net: Money


@attrs.frozen(kw_only=True)
class MilestonesPlanned(Event):
    """It was decided by what milestones an order is billed."""

    order: UUID
    milestones: int


@attrs.frozen(kw_only=True)
class MilestoneReached(Event):
    """A milestone of an order was reached; its name is on the order."""

    order: UUID
    milestone: int
    reached_on: date


@attrs.frozen(kw_only=True)
class DeliveryRecorded(Event):
    """There is a note of a delivery, or of a return."""

    delivery_note: UUID
    order: UUID
    account: UUID
    delivered_on: date
    is_return: bool


@attrs.frozen(kw_only=True)
class OrderCredited(Event):
    """Something billed of an order was taken back by a credit note."""

    order: UUID
    invoice: UUID
    credit_note: UUID
    payable: Money
    reopens: bool


EVENTS: tuple[type[Event], ...] = (
    OrderPlaced,
    OrderBilled,
    OrderBillingReversed,
    OrderCancelled,
    OrderDelivered,
    OrderReturned,
    OrderHeld,
    OrderResumed,
    OrderClosed,
    OrderReopened,
    OrderChanged,
    MilestonesPlanned,
    MilestoneReached,
    DeliveryRecorded,
    OrderCredited,
)
"""Every event of orders."""
