"""What can be done with quotes, and with orders and invoices that need nothing else.

How an order is born from a quote and an invoice from an order is in ``conversion``; what a payment
does is in ``payments``.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from crmcore.catalog import Product
from crmcore.errors import CrmError, GuardRefused, InvalidValue, raise_collected
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, Event, changed
from crmcore.opportunities import Opportunity, OpportunityStatus
from crmcore.sales.drafting import quote_lines
from crmcore.sales.events import (
    InvoiceIssued,
    InvoicePaid,
    OrderCancelled,
    QuoteAccepted,
    QuoteDrafted,
    QuoteRejected,
    QuoteSent,
)
from crmcore.sales.lifecycle import (
    INVOICE_LIFECYCLE,
    ORDER_LIFECYCLE,
    QUOTE_LIFECYCLE,
    InvoiceFacts,
    QuoteFacts,
)
from crmcore.sales.lines import LineDraft
from crmcore.sales.model import Buyer, Invoice, Order, Quote
from crmcore.sales.totals import totals_of
from crmcore.values import instant

MAX_DUE_DAYS = 3_650
"""Payment may be due in so many days at most."""


def draft_quote(
    id: UUID,
    *,
    opportunity: Opportunity,
    drafts: Sequence[LineDraft],
    products: Mapping[UUID, Product],
    line_ids: Sequence[UUID],
    valid_until: date,
    currency: str,
    at: datetime,
    on: date | None = None,
    contact: UUID | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[Quote]:
    """There is a quote for the opportunity's account, priced as of a day.

    Args:
        id: The id it gets.
        opportunity: The opportunity it is made for.
        drafts: Its lines; what they leave open comes from their products.
        products: The products the drafts name, by id.
        line_ids: The ids of the lines, one each.
        valid_until: The last day on which it can be accepted.
        currency: The currency of all its amounts.
        at: When it is drawn up.
        on: The day whose prices hold; the UTC day of ``at`` when missing.
        contact: The person it is addressed to; the opportunity's contact when missing.
        attributes: The customer's own fields.

    Raises:
        GuardRefused: the opportunity is lost.
        CrmError: the only fault of what was given.
        ManyFaults: all faults of all lines, when there are several.
    """
    at = instant(at)
    day = at.date() if on is None else on
    if opportunity.status is OpportunityStatus.LOST:
        raise GuardRefused("quote", id, "draft", ("the deal is lost; reopen it first",))
    if valid_until < day:
        raise InvalidValue("valid_until", "must not lie before the day of the quote")
    if opportunity.account is None:
        raise InvalidValue("opportunity.account", "a quote needs somebody it is addressed to")
    lines = quote_lines(drafts, products, line_ids, currency=currency, on=day)
    quote = Quote(
        id=id,
        created_at=at,
        updated_at=at,
        attributes=attributes,
        opportunity=opportunity.id,
        account=opportunity.account,
        contact=opportunity.contact if contact is None else contact,
        currency=currency,
        lines=lines,
        totals=totals_of(lines, currency),
        valid_until=valid_until,
    )
    return Change(quote, (_drafted(quote, at),))


def _drafted(quote: Quote, at: datetime) -> Event:
    return QuoteDrafted(
        at=at,
        quote=quote.id,
        opportunity=quote.opportunity,
        account=quote.account,
        net=quote.totals.net,
        gross=quote.totals.gross,
        valid_until=quote.valid_until,
    )


def send(quote: Quote, at: datetime) -> Change[Quote]:
    """The quote is out.

    Raises:
        MoveForbidden: it is no draft.
    """
    at = instant(at)
    status = QUOTE_LIFECYCLE.after(quote.status, "send", QuoteFacts(quote, at.date()), quote.id)
    after = changed(quote, at, status=status, sent_at=at)
    return Change(after, (QuoteSent(at=at, quote=quote.id, opportunity=quote.opportunity),))


def accept(quote: Quote, at: datetime, *, on: date | None = None, orders: int = 0) -> Change[Quote]:
    """The customer has accepted the quote; its order is born by ``order_from_quote``.

    Args:
        quote: The quote.
        at: When it is accepted.
        on: The day that counts for its validity; the UTC day of ``at`` when missing.
        orders: How many standing orders its deal led to.

    Raises:
        MoveForbidden: it is decided already.
        GuardRefused: it has expired, or its deal has an order.
    """
    at = instant(at)
    facts = QuoteFacts(quote, at.date() if on is None else on, orders)
    status = QUOTE_LIFECYCLE.after(quote.status, "accept", facts, quote.id)
    event = QuoteAccepted(
        at=at, quote=quote.id, opportunity=quote.opportunity, net=quote.totals.net
    )
    return Change(changed(quote, at, status=status, decided_at=at), (event,))


def reject(quote: Quote, at: datetime, reason: str | None = None) -> Change[Quote]:
    """The customer has rejected the quote, for this reason where one is known.

    Raises:
        MoveForbidden: it is decided already.
    """
    at = instant(at)
    status = QUOTE_LIFECYCLE.after(quote.status, "reject", QuoteFacts(quote, at.date()), quote.id)
    after = changed(quote, at, status=status, decided_at=at, rejected_reason=reason)
    return Change(after, (QuoteRejected(at=at, quote=quote.id, opportunity=quote.opportunity),))


def cancel_order(order: Order, at: datetime) -> Change[Order]:
    """The order is cancelled.

    Raises:
        MoveForbidden: it is billed or cancelled.
        GuardRefused: an invoice, be it a draft, holds a part of it.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "cancel", order, order.id)
    return Change(changed(order, at, status=status), (OrderCancelled(at=at, order=order.id),))


def issue(
    invoice: Invoice,
    *,
    series: str,
    period: str,
    sequence: int,
    number: str,
    buyer: Buyer,
    on: date,
    due_in_days: int,
    at: datetime,
) -> Change[Invoice]:
    """The invoice is a document now; nothing on it changes any more but what is paid.

    Where nothing is payable it is paid at once.

    Args:
        invoice: The draft.
        series: The series its number was drawn from.
        period: The period of that series; empty when the series never restarts.
        sequence: The number within series and period.
        number: The number as it is written.
        buyer: Who it is addressed to, as of now.
        on: The day of issue.
        due_in_days: After so many days it is to be paid.
        at: When it is issued.

    Raises:
        MoveForbidden: it is no draft.
        InvalidValue: the sequence is below one, the days are below zero, or it would be issued
            before it was drawn up.
    """
    at = instant(at)
    if at < invoice.created_at:
        raise InvalidValue("at", "must not lie before the invoice was drawn up")
    status = INVOICE_LIFECYCLE.after(invoice.status, "issue", InvoiceFacts(invoice), invoice.id)
    due_on = _due_on(on, due_in_days, sequence)
    issued = changed(
        invoice,
        at,
        status=status,
        series=series,
        period=period,
        sequence=sequence,
        number=number,
        buyer=buyer,
        issued_on=on,
        due_on=due_on,
    )
    event = InvoiceIssued(
        at=at,
        invoice=invoice.id,
        order=invoice.order,
        account=invoice.account,
        number=number,
        net=invoice.totals.net,
        vat=invoice.totals.vat,
        payable=invoice.totals.payable,
        issued_on=on,
        due_on=due_on,
    )
    return _settled_if_free(issued, event, at)


def _due_on(on: date, due_in_days: int, sequence: int) -> date:
    faults: list[CrmError] = []
    if sequence < 1:
        faults.append(InvalidValue("sequence", "must be at least 1"))
    if not 0 <= due_in_days <= MAX_DUE_DAYS:
        faults.append(InvalidValue("due_in_days", f"must be at least 0 and at most {MAX_DUE_DAYS}"))
    raise_collected(faults)
    return on + timedelta(days=due_in_days)


def _settled_if_free(issued: Invoice, event: Event, at: datetime) -> Change[Invoice]:
    if not issued.due.is_zero:
        return Change(issued, (event,))
    # No payment will ever come for it, so it would stay open for ever.
    status = INVOICE_LIFECYCLE.after(issued.status, "settle", InvoiceFacts(issued), issued.id)
    paid = InvoicePaid(at=at, invoice=issued.id, amount=issued.totals.payable)
    return Change(changed(issued, at, status=status), (event, paid))
