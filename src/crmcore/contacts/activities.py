"""What may be done with a contact, by the roles it holds: the one table every subject asks.

Subjects ask `require` before they act on a contact. Permissions of users do not belong here.
"""

from collections.abc import Mapping
from enum import StrEnum

from crmcore.contacts.model import Contact, Role, RoleHeld, RoleState
from crmcore.errors import ActivityNotAllowed


class Activity(StrEnum):
    """What can be done with a contact, or by one who works here.

    QUALIFY: find out whether it fits. QUOTE: make it an offer. ORDER: take its order. INVOICE: bill
    it. DUN: remind it of what it owes. SUPPORT: help it with a ticket. PURCHASE: buy from it.
    By employees: SELL (own leads and deals), ANSWER (work on tickets), APPROVE.
    """

    QUALIFY = "qualify"
    QUOTE = "quote"
    ORDER = "order"
    INVOICE = "invoice"
    DUN = "dun"
    SUPPORT = "support"
    PURCHASE = "purchase"
    SELL = "sell"
    ANSWER = "answer"
    APPROVE = "approve"


ALLOWED: Mapping[Role, frozenset[Activity]] = {
    Role.LEAD: frozenset({Activity.QUALIFY, Activity.SUPPORT}),
    Role.PROSPECT: frozenset({Activity.QUALIFY, Activity.QUOTE, Activity.ORDER, Activity.SUPPORT}),
    Role.CUSTOMER: frozenset(
        {Activity.QUALIFY, Activity.QUOTE, Activity.ORDER, Activity.INVOICE, Activity.SUPPORT}
    ),
    Role.DEBTOR: frozenset({Activity.INVOICE, Activity.DUN, Activity.SUPPORT}),
    Role.SUPPLIER: frozenset({Activity.PURCHASE, Activity.SUPPORT}),
    Role.EMPLOYEE: frozenset({Activity.SELL, Activity.ANSWER, Activity.APPROVE, Activity.SUPPORT}),
}
"""What each role allows while it is active."""

AT_REST = frozenset({RoleState.BLOCKED, RoleState.ON_LEAVE})
"""The open states in which a role allows nothing but support."""


def may(contact: Contact, activity: Activity) -> bool:
    """Whether one of the roles the contact holds now allows the activity."""
    return any(_allows(role, activity) for role in contact.roles if role.is_open)


def require(contact: Contact, activity: Activity) -> None:
    """Nothing happens when the contact may; otherwise it is refused.

    Raises:
        ActivityNotAllowed: none of the roles held allows it; the error names those that would.
    """
    if not may(contact, activity):
        held = tuple(_described(role) for role in contact.roles if role.is_open)
        raise ActivityNotAllowed(contact.id, activity.value, held, _needed(activity))


def _allows(role: RoleHeld, activity: Activity) -> bool:
    if role.state in AT_REST:
        return activity is Activity.SUPPORT
    return activity in ALLOWED[role.kind]


def _needed(activity: Activity) -> tuple[str, ...]:
    return tuple(kind.value for kind, activities in ALLOWED.items() if activity in activities)


def _described(role: RoleHeld) -> str:
    return f"{role.kind.value} ({role.state.value})" if role.state in AT_REST else role.kind.value
