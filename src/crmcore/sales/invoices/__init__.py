"""Invoices and credit notes: issued, sealed, credited, settled; terms, rates, and gaps in numbers.

Knows orders, from which invoices are born.
"""

from crmcore.sales.invoices.conversion import Billed, Withdrawn, invoice_from_order, withdraw
from crmcore.sales.invoices.credit_ledger import CreditLeft, credits_left, discount_credited
from crmcore.sales.invoices.crediting import Credited, CreditPlan, CreditWish, credit, plan_credit
from crmcore.sales.invoices.events import (
    EVENTS,
    CreditNoteIssued,
    InvoiceDrafted,
    InvoiceIssued,
    InvoicePaid,
    InvoicePartlyPaid,
    InvoiceReopened,
    InvoiceWithdrawn,
)
from crmcore.sales.invoices.exemptions import USUAL_REASONS, UsualReason
from crmcore.sales.invoices.gaps import (
    Disorder,
    Gap,
    GapReport,
    gap_report,
    gaps_of,
    joined,
    period_report,
)
from crmcore.sales.invoices.invariants import INVARIANTS, invoice_breaches
from crmcore.sales.invoices.lifecycle import (
    DOCUMENT_STATUSES,
    INVOICE_LIFECYCLE,
    IS_DOCUMENT,
    IS_NO_CREDIT_NOTE,
    IS_OPEN_INVOICE,
    IS_OWED,
    IS_STANDING_INVOICE,
    LATEST_PART,
    NOT_CANCELLED,
    InvoiceFacts,
)
from crmcore.sales.invoices.lines import InvoiceLine
from crmcore.sales.invoices.model import INVOICE, Invoice, InvoiceId, InvoiceKind, InvoiceStatus
from crmcore.sales.invoices.planning import InvoicePlan
from crmcore.sales.invoices.portions import MAX_INSTALMENTS
from crmcore.sales.invoices.prepayment import paid_in_advance
from crmcore.sales.invoices.rates import ExchangeRate, RateSource, RateTable, rate_of
from crmcore.sales.invoices.sealing import (
    SEAL_VERSION,
    SEALED_FIELDS,
    SealLink,
    VerifyReport,
    alone_breaches,
    chain_breaches,
    content_of,
    digest_of,
    seal_breaches,
)
from crmcore.sales.invoices.settlement import EarlyDiscount, Instalment, Settlement, SettlementKind
from crmcore.sales.invoices.terms import (
    MAX_DUE_DAYS,
    DiscountStep,
    PaymentTerms,
    Schedule,
    TermKind,
    TermPart,
    schedule,
)
from crmcore.sales.invoices.verbs import (
    DrawnNumber,
    IssueFacts,
    discard,
    issue,
    prepare_issue,
    settle,
)

__all__ = [
    "DOCUMENT_STATUSES",
    "EVENTS",
    "INVARIANTS",
    "INVOICE",
    "INVOICE_LIFECYCLE",
    "IS_DOCUMENT",
    "IS_NO_CREDIT_NOTE",
    "IS_OPEN_INVOICE",
    "IS_OWED",
    "IS_STANDING_INVOICE",
    "LATEST_PART",
    "MAX_DUE_DAYS",
    "MAX_INSTALMENTS",
    "NOT_CANCELLED",
    "SEALED_FIELDS",
    "SEAL_VERSION",
    "USUAL_REASONS",
    "Billed",
    "CreditLeft",
    "CreditNoteIssued",
    "CreditPlan",
    "CreditWish",
    "Credited",
    "DiscountStep",
    "Disorder",
    "DrawnNumber",
    "EarlyDiscount",
    "ExchangeRate",
    "Gap",
    "GapReport",
    "Instalment",
    "Invoice",
    "InvoiceDrafted",
    "InvoiceFacts",
    "InvoiceId",
    "InvoiceIssued",
    "InvoiceKind",
    "InvoiceLine",
    "InvoicePaid",
    "InvoicePartlyPaid",
    "InvoicePlan",
    "InvoiceReopened",
    "InvoiceStatus",
    "InvoiceWithdrawn",
    "IssueFacts",
    "PaymentTerms",
    "RateSource",
    "RateTable",
    "Schedule",
    "SealLink",
    "Settlement",
    "SettlementKind",
    "TermKind",
    "TermPart",
    "UsualReason",
    "VerifyReport",
    "Withdrawn",
    "alone_breaches",
    "chain_breaches",
    "content_of",
    "credit",
    "credits_left",
    "digest_of",
    "discard",
    "discount_credited",
    "gap_report",
    "gaps_of",
    "invoice_breaches",
    "invoice_from_order",
    "issue",
    "joined",
    "paid_in_advance",
    "period_report",
    "plan_credit",
    "prepare_issue",
    "rate_of",
    "schedule",
    "seal_breaches",
    "settle",
    "withdraw",
]
