"""Which state of a quote may follow which, and under what conditions."""

from datetime import date
from uuid import UUID

import attrs

from crmcore.grammar.lifecycle import Guard, Lifecycle, move
from crmcore.sales.quotes.model import Quote, QuoteStatus


@attrs.frozen
class QuoteFacts:
    """What the guards of a quote look at.

    Attributes:
        quote: The quote.
        on: The day of the decision.
        orders: How many standing orders its deal led to.
        missing: The names of the rules whose approval is missing.
        by: Who approves, or refuses to.
        grants: The names of the rules whose missing approval they may give.
    """

    quote: Quote
    on: date
    orders: int = 0
    missing: tuple[str, ...] = ()
    by: UUID | None = None
    grants: tuple[str, ...] = ()


NOT_EXPIRED = Guard[QuoteFacts](
    "not_expired",
    "the quote has expired",
    lambda facts: not facts.quote.is_expired(facts.on),
)
"""A quote is accepted on its last day at the latest."""

NO_OTHER_ORDER = Guard[QuoteFacts](
    "no_other_order",
    "the deal has an order already",
    lambda facts: facts.orders == 0,
)
"""A deal leads to one order: of several quotes the customer takes one."""

APPROVED = Guard[QuoteFacts](
    "approved",
    "approval is missing",
    lambda facts: not facts.missing,
    lambda facts: ", ".join(facts.missing),
)
"""What needs approval does not reach the customer without it."""

NEEDS_APPROVAL = Guard[QuoteFacts](
    "needs_approval",
    "no rule asks for an approval that is missing",
    lambda facts: bool(facts.missing),
)
"""What needs no approval is not submitted."""

FOUR_EYES = Guard[QuoteFacts](
    "four_eyes",
    "who submitted it cannot decide about its approval",
    lambda facts: facts.by is not None and facts.by != facts.quote.submitted_by,
)
"""Two people look at what needs approval (Vier-Augen-Prinzip)."""

MAY_APPROVE = Guard[QuoteFacts](
    "may_approve",
    "no rule that asks for approval names this employee",
    lambda facts: bool(facts.grants),
)
"""Only who a rule names decides about what it asks for."""

_OFFERED = {QuoteStatus.DRAFT, QuoteStatus.SENT}

_UNDECIDED = {*_OFFERED, QuoteStatus.APPROVAL_PENDING}

QUOTE_LIFECYCLE = Lifecycle[QuoteStatus, QuoteFacts](
    name="quote",
    states=QuoteStatus,
    initial={QuoteStatus.DRAFT},
    final={
        QuoteStatus.ACCEPTED,
        QuoteStatus.REJECTED,
        QuoteStatus.EXPIRED,
        QuoteStatus.SUPERSEDED,
    },
    moves=(
        move("change", {QuoteStatus.DRAFT, QuoteStatus.APPROVAL_PENDING}, QuoteStatus.DRAFT),
        move("submit", QuoteStatus.DRAFT, QuoteStatus.APPROVAL_PENDING, NEEDS_APPROVAL),
        move(
            "approve",
            QuoteStatus.APPROVAL_PENDING,
            QuoteStatus.DRAFT,
            FOUR_EYES,
            MAY_APPROVE,
        ),
        move(
            "approve_partly",
            QuoteStatus.APPROVAL_PENDING,
            QuoteStatus.APPROVAL_PENDING,
            FOUR_EYES,
            MAY_APPROVE,
        ),
        move(
            "refuse",
            QuoteStatus.APPROVAL_PENDING,
            QuoteStatus.DRAFT,
            FOUR_EYES,
            MAY_APPROVE,
        ),
        move("send", QuoteStatus.DRAFT, QuoteStatus.SENT, NOT_EXPIRED, APPROVED),
        move("accept", _OFFERED, QuoteStatus.ACCEPTED, NOT_EXPIRED, NO_OTHER_ORDER, APPROVED),
        move("reject", _OFFERED, QuoteStatus.REJECTED),
        move("expire", _UNDECIDED, QuoteStatus.EXPIRED),
        move(
            "supersede",
            _UNDECIDED | {QuoteStatus.REJECTED, QuoteStatus.EXPIRED},
            QuoteStatus.SUPERSEDED,
        ),
    ),
)
"""The states of a quote."""
