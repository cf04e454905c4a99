"""Orders: placed, delivered, changed and ended, with two ledgers a line; their deliveries and laws.

Knows quotes, from which orders are born; what invoices do to an order comes in as facts.
"""

from crmcore.sales.orders.billing_plans import Billable, BillingPlan, billable, billing_plan
from crmcore.sales.orders.change_verbs import cancel_rest, change_order, repriced
from crmcore.sales.orders.conversion import Accepted, order_from_quote
from crmcore.sales.orders.delivery_notes import (
    DELIVERY_NOTE,
    DeliveryKind,
    DeliveryLine,
    DeliveryNote,
    DeliveryNoteId,
)
from crmcore.sales.orders.delivery_verbs import DeliveryDetails, Fulfilled, deliver, take_back
from crmcore.sales.orders.events import (
    EVENTS,
    DeliveryRecorded,
    MilestoneReached,
    MilestonesPlanned,
    OrderBilled,
    OrderBillingReversed,
    OrderCancelled,
    OrderChanged,
    OrderClosed,
    OrderCredited,
    OrderDelivered,
    OrderHeld,
    OrderPlaced,
    OrderReopened,
    OrderResumed,
    OrderReturned,
)
from crmcore.sales.orders.invariants import INVARIANTS
from crmcore.sales.orders.ledgers import with_lines
from crmcore.sales.orders.lifecycle import (
    IS_STANDING_ORDER,
    NOT_IN_INSTALMENTS,
    NOTHING_DELIVERED,
    NOTHING_INVOICED,
    ORDER_LIFECYCLE,
)
from crmcore.sales.orders.lines import OrderLine, are_exact, stands_invoiced, unexchanged
from crmcore.sales.orders.milestone_verbs import plan_milestones, reach_milestone
from crmcore.sales.orders.model import (
    ORDER,
    Fulfilment,
    Order,
    OrderChange,
    OrderChangeKind,
    OrderId,
    OrderProgress,
    OrderStatus,
    billing_of,
    delivery_of,
)
from crmcore.sales.orders.quantities import Quantities, asked_quantities
from crmcore.sales.orders.verbs import (
    OrderTerms,
    cancel_order,
    close_order,
    hold_order,
    order_lines,
    place_order,
    reopen_order,
    resume_order,
)

__all__ = [
    "DELIVERY_NOTE",
    "EVENTS",
    "INVARIANTS",
    "IS_STANDING_ORDER",
    "NOTHING_DELIVERED",
    "NOTHING_INVOICED",
    "NOT_IN_INSTALMENTS",
    "ORDER",
    "ORDER_LIFECYCLE",
    "Accepted",
    "Billable",
    "BillingPlan",
    "DeliveryDetails",
    "DeliveryKind",
    "DeliveryLine",
    "DeliveryNote",
    "DeliveryNoteId",
    "DeliveryRecorded",
    "Fulfilled",
    "Fulfilment",
    "MilestoneReached",
    "MilestonesPlanned",
    "Order",
    "OrderBilled",
    "OrderBillingReversed",
    "OrderCancelled",
    "OrderChange",
    "OrderChangeKind",
    "OrderChanged",
    "OrderClosed",
    "OrderCredited",
    "OrderDelivered",
    "OrderHeld",
    "OrderId",
    "OrderLine",
    "OrderPlaced",
    "OrderProgress",
    "OrderReopened",
    "OrderResumed",
    "OrderReturned",
    "OrderStatus",
    "OrderTerms",
    "Quantities",
    "are_exact",
    "asked_quantities",
    "billable",
    "billing_of",
    "billing_plan",
    "cancel_order",
    "cancel_rest",
    "change_order",
    "close_order",
    "deliver",
    "delivery_of",
    "hold_order",
    "order_from_quote",
    "order_lines",
    "place_order",
    "plan_milestones",
    "reach_milestone",
    "reopen_order",
    "repriced",
    "resume_order",
    "stands_invoiced",
    "take_back",
    "unexchanged",
    "with_lines",
]
