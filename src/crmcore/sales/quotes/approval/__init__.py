"""Which quotes have to be approved, by whom, and why: rules as data, and what they ask of a quote.

Here too are the verbs: submitted by one, approved or refused by another.
"""

from crmcore.sales.quotes.approval.asking import ApprovalNeed, ApprovalRequest, Approver, approver
from crmcore.sales.quotes.approval.figures import (
    QUOTE_FIGURES,
    QuoteFigures,
    figures_of,
    line_discount,
    margin_of,
)
from crmcore.sales.quotes.approval.policy import NO_APPROVAL, ApprovalPolicy
from crmcore.sales.quotes.approval.rules import ApprovalRule
from crmcore.sales.quotes.approval.verbs import approve, refuse, submit

__all__ = [
    "NO_APPROVAL",
    "QUOTE_FIGURES",
    "ApprovalNeed",
    "ApprovalPolicy",
    "ApprovalRequest",
    "ApprovalRule",
    "Approver",
    "QuoteFigures",
    "approve",
    "approver",
    "figures_of",
    "line_discount",
    "margin_of",
    "refuse",
    "submit",
]
