"""Quotes: drafted, priced, approved, revised, compared and decided; their templates and laws.

Stands on nothing but what all of sales shares.
"""

from crmcore.sales.quotes.adjusting import adjusted
from crmcore.sales.quotes.approval import (
    NO_APPROVAL,
    QUOTE_FIGURES,
    ApprovalNeed,
    ApprovalPolicy,
    ApprovalRequest,
    ApprovalRule,
    Approver,
    approve,
    approver,
    refuse,
    submit,
)
from crmcore.sales.quotes.comparing import Difference, LineChange, QuoteComparison, compare
from crmcore.sales.quotes.configuring import Buying, configured_draft
from crmcore.sales.quotes.drafting import quote_lines
from crmcore.sales.quotes.events import (
    EVENTS,
    QuoteAccepted,
    QuoteApproved,
    QuoteChanged,
    QuoteDrafted,
    QuoteExpired,
    QuoteRefused,
    QuoteRejected,
    QuoteRevised,
    QuoteSent,
    QuoteSubmitted,
    QuoteSuperseded,
    QuoteTemplateAdded,
    QuoteTemplateEdited,
)
from crmcore.sales.quotes.invariants import INVARIANTS
from crmcore.sales.quotes.lifecycle import (
    APPROVED,
    FOUR_EYES,
    MAY_APPROVE,
    NEEDS_APPROVAL,
    NO_OTHER_ORDER,
    NOT_EXPIRED,
    QUOTE_LIFECYCLE,
    QuoteFacts,
)
from crmcore.sales.quotes.lines import LineDraft, QuoteLine
from crmcore.sales.quotes.model import QUOTE, Approval, Quote, QuoteId, QuoteStatus
from crmcore.sales.quotes.option_rules import check_choice
from crmcore.sales.quotes.planning import QuotePlan
from crmcore.sales.quotes.template_verbs import add_template, edit_template
from crmcore.sales.quotes.templates import QUOTE_TEMPLATE, QuoteTemplate, TemplateLine
from crmcore.sales.quotes.verbs import (
    QUOTE_PROTECTED,
    accept,
    change_quote,
    check_deal,
    draft_quote,
    expire_quote,
    reject,
    send,
    with_options,
)
from crmcore.sales.quotes.versions import Revised, revise

__all__ = [
    "APPROVED",
    "EVENTS",
    "FOUR_EYES",
    "INVARIANTS",
    "MAY_APPROVE",
    "NEEDS_APPROVAL",
    "NOT_EXPIRED",
    "NO_APPROVAL",
    "NO_OTHER_ORDER",
    "QUOTE",
    "QUOTE_FIGURES",
    "QUOTE_LIFECYCLE",
    "QUOTE_PROTECTED",
    "QUOTE_TEMPLATE",
    "Approval",
    "ApprovalNeed",
    "ApprovalPolicy",
    "ApprovalRequest",
    "ApprovalRule",
    "Approver",
    "Buying",
    "Difference",
    "LineChange",
    "LineDraft",
    "Quote",
    "QuoteAccepted",
    "QuoteApproved",
    "QuoteChanged",
    "QuoteComparison",
    "QuoteDrafted",
    "QuoteExpired",
    "QuoteFacts",
    "QuoteId",
    "QuoteLine",
    "QuotePlan",
    "QuoteRefused",
    "QuoteRejected",
    "QuoteRevised",
    "QuoteSent",
    "QuoteStatus",
    "QuoteSubmitted",
    "QuoteSuperseded",
    "QuoteTemplate",
    "QuoteTemplateAdded",
    "QuoteTemplateEdited",
    "Revised",
    "TemplateLine",
    "accept",
    "add_template",
    "adjusted",
    "approve",
    "approver",
    "change_quote",
    "check_choice",
    "check_deal",
    "compare",
    "configured_draft",
    "draft_quote",
    "edit_template",
    "expire_quote",
    "quote_lines",
    "refuse",
    "reject",
    "revise",
    "send",
    "submit",
    "with_options",
]
