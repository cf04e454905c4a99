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
from crmcore import subscriptions as subscriptions
from crmcore import teams as teams
from crmcore import testing as testing
from crmcore import tickets as tickets
from crmcore import usecases as usecases
from crmcore import values as values
from crmcore import wire as wire
from crmcore.catalog import (
    Combination,
    Component,
    ConfigurationRule,
    ConfigurationRules,
    Discount,
    Option,
    PriceEntry,
    PriceList,
    Product,
    ProductKind,
    Surcharge,
    UnitFactor,
    VatCategory,
)
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
from crmcore.grammar.entity import EntityType, Places, Ref, Renamed, Sealed, Text
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
from crmcore.receivables import DunningLevel, DunningPolicy, Payment
from crmcore.sales import (
    ApprovalPolicy,
    ApprovalRule,
    BillingPolicy,
    DeliveryNote,
    ExchangeRate,
    Invoice,
    InvoiceStatus,
    LineDraft,
    Milestone,
    Order,
    OrderProgress,
    OrderStatus,
    PaymentTerms,
    Quote,
    QuoteStatus,
    RateTable,
    Seller,
    TemplateLine,
)
from crmcore.subscriptions import Every, Subscription, SubscriptionStatus
from crmcore.teams import Strategy, Team
from crmcore.tickets import Channel, Priority, Ticket, TicketStatus
from crmcore.usecases import Crm, Retry, Settings, Transaction
from crmcore.usecases import open as open
from crmcore.values import Money, NumberPattern, Period, PostalAddress, Ratio, Share

__version__: str

__all__ = [
    "Activity",
    "AnswerState",
    "ApprovalPolicy",
    "ApprovalRule",
    "AssignmentPolicy",
    "AssignmentRule",
    "BillingPolicy",
    "Change",
    "Channel",
    "CheckItem",
    "Checklist",
    "Combination",
    "Component",
    "ConfigurationRule",
    "ConfigurationRules",
    "Conflict",
    "Consent",
    "ConsentChannel",
    "ConsentDraft",
    "Contact",
    "Crm",
    "CrmError",
    "DeliveryNote",
    "Discount",
    "DunningLevel",
    "DunningPolicy",
    "Engagement",
    "EngagementRule",
    "Entity",
    "EntityType",
    "Event",
    "Every",
    "ExchangeRate",
    "F",
    "Grades",
    "Invoice",
    "InvoiceStatus",
    "Lead",
    "LeadStatus",
    "LineDraft",
    "LostReason",
    "Milestone",
    "Money",
    "NotAllowed",
    "NotFound",
    "NotValid",
    "NumberPattern",
    "Opportunity",
    "OpportunityStatus",
    "Option",
    "Order",
    "OrderProgress",
    "OrderStatus",
    "Organization",
    "Payment",
    "PaymentTerms",
    "Period",
    "Person",
    "Pipeline",
    "Places",
    "PostalAddress",
    "PriceEntry",
    "PriceList",
    "Priority",
    "Product",
    "ProductKind",
    "Quote",
    "QuoteStatus",
    "RateTable",
    "Ratio",
    "Ref",
    "Renamed",
    "Retry",
    "Role",
    "Score",
    "ScoreRule",
    "ScoringModel",
    "Sealed",
    "Seller",
    "Settings",
    "Share",
    "Stage",
    "StoreFailure",
    "Strategy",
    "Subscription",
    "SubscriptionStatus",
    "Surcharge",
    "Team",
    "TemplateLine",
    "Text",
    "Threshold",
    "Ticket",
    "TicketStatus",
    "Transaction",
    "UnitFactor",
    "VatCategory",
]
