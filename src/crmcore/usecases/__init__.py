"""Load, decide, save: what ``crm.leads``, ``crm.sales`` … are.

Commands are thin: they open a unit of work, load what the verb needs, let it decide, and store the
change with its events. No rule of the business lives here.
"""

from crmcore.usecases.assignment import AssignmentRun, Assignments
from crmcore.usecases.assignment_plans import AssignmentPlans
from crmcore.usecases.catalog import Catalog
from crmcore.usecases.checking import check
from crmcore.usecases.consents import Consents
from crmcore.usecases.contact_plans import ContactPlans
from crmcore.usecases.contacts import Contacts
from crmcore.usecases.crm import Crm, Transaction
from crmcore.usecases.engagements import Engagements
from crmcore.usecases.finding import Collection, Found
from crmcore.usecases.handover import Handover
from crmcore.usecases.inbox import Inbox
from crmcore.usecases.invoice_plans import InvoicePlans
from crmcore.usecases.invoices import Invoices
from crmcore.usecases.kpi import Kpis
from crmcore.usecases.lead_plans import LeadPlans
from crmcore.usecases.leads import Leads
from crmcore.usecases.opening import GROUP, SystemClock, open
from crmcore.usecases.opportunities import Opportunities
from crmcore.usecases.orders import Orders
from crmcore.usecases.outbox import Delivered, Outbox
from crmcore.usecases.prediction import Predictions
from crmcore.usecases.price_lists import PriceLists
from crmcore.usecases.pricing import price_book
from crmcore.usecases.quote_templates import QuoteTemplates
from crmcore.usecases.quotes import Quotes
from crmcore.usecases.receivable_plans import ReceivablePlans
from crmcore.usecases.receivables import Receivables
from crmcore.usecases.renewal_results import RenewalOutlook, RenewalRun
from crmcore.usecases.retrying import Retry, Retrying
from crmcore.usecases.sales import Sales
from crmcore.usecases.sales_plans import SalesPlans
from crmcore.usecases.scoring import Scoring, Sweep
from crmcore.usecases.settings import CREDIT_NOTES, INVOICES, Settings
from crmcore.usecases.subscription_plans import SubscriptionPlans
from crmcore.usecases.subscriptions import Subscriptions
from crmcore.usecases.teams import Teams
from crmcore.usecases.tickets import Tickets

__all__ = [
    "CREDIT_NOTES",
    "GROUP",
    "INVOICES",
    "AssignmentPlans",
    "AssignmentRun",
    "Assignments",
    "Catalog",
    "Collection",
    "Consents",
    "ContactPlans",
    "Contacts",
    "Crm",
    "Delivered",
    "Engagements",
    "Found",
    "Handover",
    "Inbox",
    "InvoicePlans",
    "Invoices",
    "Kpis",
    "LeadPlans",
    "Leads",
    "Opportunities",
    "Orders",
    "Outbox",
    "Predictions",
    "PriceLists",
    "QuoteTemplates",
    "Quotes",
    "ReceivablePlans",
    "Receivables",
    "RenewalOutlook",
    "RenewalRun",
    "Retry",
    "Retrying",
    "Sales",
    "SalesPlans",
    "Scoring",
    "Settings",
    "SubscriptionPlans",
    "Subscriptions",
    "Sweep",
    "SystemClock",
    "Teams",
    "Tickets",
    "Transaction",
    "check",
    "open",
    "price_book",
]
