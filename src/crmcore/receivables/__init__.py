"""The receivables: payments and what they settle, open items, reminders.

Knows sales and contacts. Invoices themselves, and how one gets settled, are in the sales room; terms
of payment are fixed when an invoice is issued, and so are they.
"""

from crmcore.receivables.dunning import DunningPlan, ReminderPlan, dunning_plan, interest
from crmcore.receivables.dunning_verbs import remind
from crmcore.receivables.events import (
    EVENTS,
    AccountReminded,
    PaymentAllocated,
    PaymentReceived,
    PaymentRefunded,
    PaymentReleased,
    RefundPaid,
)
from crmcore.receivables.forgiving import VatShare, discount_in_time, vat_of
from crmcore.receivables.forgiving_verbs import write_off
from crmcore.receivables.invariants import INVARIANTS
from crmcore.receivables.items import (
    DEFAULT_AGES,
    Aging,
    AgingRow,
    OpenItem,
    aging,
    due_as_of,
    open_items,
)
from crmcore.receivables.model import (
    PAYMENT,
    REMINDER,
    Allocation,
    DunnedItem,
    Payment,
    PaymentId,
    PaymentKind,
    Reminder,
)
from crmcore.receivables.policy import (
    DEFAULT_DUNNING,
    DunningLevel,
    DunningPolicy,
    InterestRate,
)
from crmcore.receivables.refunding import Refunded, pay_back, refund
from crmcore.receivables.statement import Entry, Statement, statement
from crmcore.receivables.verbs import Received, allocate, offset, prepay, receive, release

__all__ = [
    "DEFAULT_AGES",
    "DEFAULT_DUNNING",
    "EVENTS",
    "INVARIANTS",
    "PAYMENT",
    "REMINDER",
    "AccountReminded",
    "Aging",
    "AgingRow",
    "Allocation",
    "DunnedItem",
    "DunningLevel",
    "DunningPlan",
    "DunningPolicy",
    "Entry",
    "InterestRate",
    "OpenItem",
    "Payment",
    "PaymentAllocated",
    "PaymentId",
    "PaymentKind",
    "PaymentReceived",
    "PaymentRefunded",
    "PaymentReleased",
    "Received",
    "RefundPaid",
    "Refunded",
    "Reminder",
    "ReminderPlan",
    "Statement",
    "VatShare",
    "aging",
    "allocate",
    "discount_in_time",
    "due_as_of",
    "dunning_plan",
    "interest",
    "offset",
    "open_items",
    "pay_back",
    "prepay",
    "receive",
    "refund",
    "release",
    "remind",
    "statement",
    "vat_of",
    "write_off",
]
