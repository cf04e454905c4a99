"""A CRM you import.

``crmcore.open(url)`` gives a CRM on the store the URL names; `F` writes conditions; the other names
here are what people pass in and get back most. Everything else lies in the rooms below: values,
grammar, checking, one room per subject, kpi, ports, wire, usecases, memory, importing, testing.

Each name is fetched from its room when it is first used, so that whoever needs one part of the
library does not pay for the others. What types the names have is told by the stub beside this file.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "crmcore.catalog": (
        "Product",
        "VatCategory",
    ),
    "crmcore.consents": (
        "Consent",
        "ConsentChannel",
        "ConsentDraft",
    ),
    "crmcore.contacts": (
        "Activity",
        "Contact",
        "Organization",
        "Person",
        "Role",
    ),
    "crmcore.engagements": ("Engagement",),
    "crmcore.errors": (
        "Conflict",
        "CrmError",
        "NotAllowed",
        "NotFound",
        "NotValid",
        "StoreFailure",
    ),
    "crmcore.grammar.change": (
        "Change",
        "Entity",
        "Event",
    ),
    "crmcore.grammar.entity": (
        "EntityType",
        "Places",
        "Ref",
        "Text",
    ),
    "crmcore.grammar.field": ("F",),
    "crmcore.leads": (
        "AnswerState",
        "AssignmentPolicy",
        "AssignmentRule",
        "CheckItem",
        "Checklist",
        "EngagementRule",
        "Grades",
        "Lead",
        "LeadStatus",
        "Score",
        "ScoreRule",
        "ScoringModel",
        "Threshold",
    ),
    "crmcore.opportunities": (
        "LostReason",
        "Opportunity",
        "OpportunityStatus",
        "Pipeline",
        "Stage",
    ),
    "crmcore.sales": (
        "Invoice",
        "InvoiceStatus",
        "LineDraft",
        "Order",
        "OrderStatus",
        "Payment",
        "Quote",
        "QuoteStatus",
    ),
    "crmcore.teams": (
        "Strategy",
        "Team",
    ),
    "crmcore.tickets": (
        "Channel",
        "Priority",
        "Ticket",
        "TicketStatus",
    ),
    "crmcore.usecases": (
        "Crm",
        "Retry",
        "Settings",
        "Transaction",
        "open",
    ),
    "crmcore.values": (
        "Money",
        "NumberPattern",
        "Period",
        "PostalAddress",
        "Ratio",
        "Share",
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
_ROOMS = frozenset(
    {
        "catalog",
        "checking",
        "consents",
        "contacts",
        "engagements",
        "errors",
        "grammar",
        "importing",
        "kpi",
        "leads",
        "memory",
        "opportunities",
        "ports",
        "sales",
        "subjects",
        "teams",
        "testing",
        "tickets",
        "usecases",
        "values",
        "wire",
    }
)

__all__ = [
    "Activity",
    "AnswerState",
    "AssignmentPolicy",
    "AssignmentRule",
    "Change",
    "Channel",
    "CheckItem",
    "Checklist",
    "Conflict",
    "Consent",
    "ConsentChannel",
    "ConsentDraft",
    "Contact",
    "Crm",
    "CrmError",
    "Engagement",
    "EngagementRule",
    "Entity",
    "EntityType",
    "Event",
    "F",
    "Grades",
    "Invoice",
    "InvoiceStatus",
    "Lead",
    "LeadStatus",
    "LineDraft",
    "LostReason",
    "Money",
    "NotAllowed",
    "NotFound",
    "NotValid",
    "NumberPattern",
    "Opportunity",
    "OpportunityStatus",
    "Order",
    "OrderStatus",
    "Organization",
    "Payment",
    "Period",
    "Person",
    "Pipeline",
    "Places",
    "PostalAddress",
    "Priority",
    "Product",
    "Quote",
    "QuoteStatus",
    "Ratio",
    "Ref",
    "Retry",
    "Role",
    "Score",
    "ScoreRule",
    "ScoringModel",
    "Settings",
    "Share",
    "Stage",
    "StoreFailure",
    "Strategy",
    "Team",
    "Text",
    "Threshold",
    "Ticket",
    "TicketStatus",
    "Transaction",
    "VatCategory",
    "open",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
