from crmcore import catalog as catalog
from crmcore import checking as checking
from crmcore import consents as consents
from crmcore import contacts as contacts
from crmcore import engagements as engagements
from crmcore import errors as errors
from crmcore import grammar as grammar
from crmcore import importing as importing
from crmcore import kpi as kpi
from crmcore import leads as leads
from crmcore import memory as memory
from crmcore import opportunities as opportunities
from crmcore import ports as ports
from crmcore import sales as sales
from crmcore import subjects as subjects
from crmcore import teams as teams
from crmcore import testing as testing
from crmcore import tickets as tickets
from crmcore import usecases as usecases
from crmcore import values as values
from crmcore import wire as wire
from crmcore.catalog import Product, VatCategory
from crmcore.consents import Consent, ConsentChannel, ConsentDraft
from crmcore.contacts import Activity, Contact, Organization, Person, Role
from crmcore.engagements import Engagement
from crmcore.errors import (
    Conflict,
    CrmError,
    NotAllowed,
    NotFound,
    NotValid,
    StoreFailure,
)
from crmcore.grammar.change import Change, Entity, Event
from crmcore.grammar.entity import EntityType, Places, Ref, Text
from crmcore.grammar.field import F
from crmcore.leads import (
    AnswerState,
    AssignmentPolicy,
    AssignmentRule,
    CheckItem,
    Checklist,
    EngagementRule,
    Grades,
    Lead,
    LeadStatus,
    Score,
    ScoreRule,
    ScoringModel,
    Threshold,
)
from crmcore.opportunities import (
    LostReason,
    Opportunity,
    OpportunityStatus,
    Pipeline,
    Stage,
)
from crmcore.sales import (
    Invoice,
    InvoiceStatus,
    LineDraft,
    Order,
    OrderStatus,
    Payment,
    Quote,
    QuoteStatus,
)
from crmcore.teams import Strategy, Team
from crmcore.tickets import Channel, Priority, Ticket, TicketStatus
from crmcore.usecases import Crm, Retry, Settings, Transaction, open
from crmcore.values import Money, NumberPattern, Period, PostalAddress, Ratio, Share

__version__: str

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
