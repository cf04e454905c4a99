"""How a quote gets the approvals it needs: submitted by one, approved or refused by another.

Which approvals those are is found by a policy (`crmcore.sales.quotes.approval`) and comes in as a fact.
"""

from datetime import datetime

import attrs

from crmcore.contacts import Person
from crmcore.errors import InvalidText
from crmcore.grammar.change import Change, changed
from crmcore.sales.quotes.approval import ApprovalNeed, ApprovalRequest
from crmcore.sales.quotes.events import QuoteApproved, QuoteRefused, QuoteSubmitted
from crmcore.sales.quotes.lifecycle import QUOTE_LIFECYCLE, QuoteFacts
from crmcore.sales.quotes.model import Approval, Quote
from crmcore.sales.quotes.verbs import UNAPPROVED
from crmcore.values import instant


def submit(quote: Quote, by: Person, need: ApprovalNeed, at: datetime) -> Change[Quote]:
    """The quote waits for its approvals; it cannot be sent or accepted meanwhile.

    Args:
        quote: A draft.
        by: Who asks for them.
        need: Which approvals it needs.
        at: When.

    Raises:
        MoveForbidden: it is no draft.
        GuardRefused: no approval is missing.
    """
    at = instant(at)
    facts = QuoteFacts(quote, at.date(), missing=need.missing)
    status = QUOTE_LIFECYCLE.after(quote.status, "submit", facts, quote.id)
    fresh = attrs.evolve(quote, **UNAPPROVED)
    after = changed(fresh, at, status=status, submitted_by=by.id, submitted_at=at)
    rules = tuple(each.rule.name for each in need.requests)
    return Change(after, (QuoteSubmitted(at=at, quote=quote.id, by=by.id, rules=rules),))


def approve(quote: Quote, by: Person, need: ApprovalNeed, at: datetime) -> Change[Quote]:
    """Everything is approved that the employee may approve; with the last of it, the quote is free.

    Args:
        quote: A quote that waits for approval.
        by: Who approves.
        need: Which approvals it needs, and has.
        at: When.

    Raises:
        MoveForbidden: it does not wait for approval.
        GuardRefused: who submitted it approves, or no rule that asks names them.
    """
    at = instant(at)
    grants = need.grants(by)
    complete = {*grants} == {*need.missing}
    facts = QuoteFacts(quote, at.date(), missing=need.missing, by=by.id, grants=grants)
    status = QUOTE_LIFECYCLE.after(quote.status, "approve", facts, quote.id)
    if not complete:
        status = QUOTE_LIFECYCLE.after(quote.status, "approve_partly", facts, quote.id)
    # What no rule asks any more, as it is now, is dropped: it was given for another policy.
    kept = tuple(each for each in quote.approvals if each in need.kept)
    given = tuple(_given(each, by, need, at) for each in need.requests if each.rule.name in grants)
    stamps = {"approved_by": by.id, "approved_at": at} if complete else {}
    after = changed(quote, at, status=status, approvals=(*kept, *given), **stamps)
    event = QuoteApproved(at=at, quote=quote.id, by=by.id, rules=grants, complete=complete)
    return Change(after, (event,))


def _given(request: ApprovalRequest, by: Person, need: ApprovalNeed, at: datetime) -> Approval:
    rule = request.rule
    return Approval(rule=rule.name, by=by.id, at=at, policy=need.version, digest=rule.digest)


def refuse(
    quote: Quote, by: Person, need: ApprovalNeed, at: datetime, reason: str
) -> Change[Quote]:
    """The approval is refused, for this reason; the quote is a draft that can be changed.

    Args:
        quote: A quote that waits for approval.
        by: Who refuses: somebody who could approve.
        need: Which approvals it needs, and has.
        at: When.
        reason: Why.

    Raises:
        MoveForbidden: it does not wait for approval.
        GuardRefused: who submitted it refuses, or no rule that asks names them.
        InvalidText: there is no reason.
    """
    at = instant(at)
    if not reason.strip():
        raise InvalidText("reason", "must not be blank")
    grants = need.grants(by)
    facts = QuoteFacts(quote, at.date(), missing=need.missing, by=by.id, grants=grants)
    status = QUOTE_LIFECYCLE.after(quote.status, "refuse", facts, quote.id)
    after = changed(quote, at, status=status, approvals=(), refused_reason=reason)
    return Change(after, (QuoteRefused(at=at, quote=quote.id, by=by.id),))
