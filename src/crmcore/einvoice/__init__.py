"""Electronic invoices: the core model of EN 16931 as values, and its rules.

Floor 3 of the house, pure: no XML here (that is at the edge, in the room ``exchange``).
"""

from crmcore.einvoice.checking import RULES, check, checked_rules
from crmcore.einvoice.compose import einvoice_of
from crmcore.einvoice.lines import (
    AllowanceCharge,
    EInvoiceLine,
    InvoicingPeriod,
    Item,
    ItemAttribute,
    Price,
)
from crmcore.einvoice.model import (
    Attachment,
    CreditTransfer,
    Delivery,
    DirectDebit,
    DocumentTotals,
    EInvoice,
    Note,
    PaymentCard,
    PaymentInstructions,
    PrecedingInvoice,
    SupportingDocument,
    Syntax,
    VatBreakdown,
    checked_einvoice,
)
from crmcore.einvoice.parties import Address, Contact, Identifier, Party
from crmcore.einvoice.reckoning import EXEMPTIONS, Exemption, reckon
from crmcore.einvoice.rule import Breach, Profile, Rule, Severity
from crmcore.einvoice.survey import Survey
from crmcore.einvoice.verdict import Finding, Verdict

__all__ = [
    "EXEMPTIONS",
    "RULES",
    "Address",
    "AllowanceCharge",
    "Attachment",
    "Breach",
    "Contact",
    "CreditTransfer",
    "Delivery",
    "DirectDebit",
    "DocumentTotals",
    "EInvoice",
    "EInvoiceLine",
    "Exemption",
    "Finding",
    "Identifier",
    "InvoicingPeriod",
    "Item",
    "ItemAttribute",
    "Note",
    "Party",
    "PaymentCard",
    "PaymentInstructions",
    "PrecedingInvoice",
    "Price",
    "Profile",
    "Rule",
    "Severity",
    "SupportingDocument",
    "Survey",
    "Syntax",
    "VatBreakdown",
    "Verdict",
    "check",
    "checked_einvoice",
    "checked_rules",
    "einvoice_of",
    "reckon",
]
