"""One customer told from what is stored: from the lead to the last payment, document by document.

It only reads, and asks some commands a second time to show that they give the first results again.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import attrs

from crmcore import Crm, F, Invoice, Money, NotAllowed, Opportunity, Order
from crmcore.demo.wording import day_text
from crmcore.errors import NothingFound
from crmcore.values import sum_money


@attrs.frozen
class Step:
    """What happened on a day.

    Attributes:
        at: When; days without an hour count as ending.
        what: What happened.
        detail: What else is to say, such as the number of the document.
        amount: What it came to.
    """

    at: datetime
    what: str
    detail: str
    amount: Money | None = None


@attrs.frozen(kw_only=True)
class Story:
    """One customer's way.

    Attributes:
        customer: Who.
        deal: What it was about.
        steps: What happened, in order.
        sums: What the documents come to.
        proofs: What was tried on the finished documents, and how it went.
    """

    customer: str
    deal: str
    steps: tuple[Step, ...]
    sums: tuple[tuple[str, Money], ...]
    proofs: tuple[str, ...]


def tell(crm: Crm, customer: str) -> Story:
    """The story of the first deal won with the customer of this name.

    Raises:
        NothingFound: when there is no such customer, or no order of it.
    """
    account = crm.contacts.find(F.name == customer).one()
    placed = crm.sales.orders.find(F.account == account.id, order_by=F.placed_at).first()
    if placed is None or placed.opportunity is None:
        raise NothingFound(f"order of {customer}")
    deal = crm.opportunities.get(placed.opportunity)
    invoices = tuple(crm.sales.invoices.find(F.order == placed.id, order_by=F.number))
    steps = [
        *_lead(crm, deal),
        *_documents(crm, deal, placed, invoices),
        *_deal(crm, deal),
        *_tickets(crm, deal.contact or account.id),
    ]
    return Story(
        customer=account.name,
        deal=deal.title,
        steps=tuple(sorted(steps, key=lambda step: step.at)),
        sums=_sums(crm, placed, invoices),
        proofs=(*_repeats(crm, deal, placed, invoices), _refusal(crm, deal)),
    )


def _lead(crm: Crm, deal: Opportunity) -> Iterator[Step]:
    if deal.lead is None:
        return
    lead = crm.leads.get(deal.lead)
    score = crm.leads.score(lead.id)
    reasons = ", ".join(f"{each.rule} {each.points:+f}" for each in score.trace)
    came = lead.source if lead.campaign is None else f"{lead.source}, {lead.campaign}"
    yield Step(lead.captured_at, "Lead captured", came)
    if lead.qualified_at is not None:
        yield Step(lead.qualified_at, "Lead qualified", f"{score.value} points: {reasons}")
    if lead.closed_at is not None:
        yield Step(lead.closed_at, "Lead converted", "became a deal", deal.stage_log[0].amount)


def _deal(crm: Crm, deal: Opportunity) -> Iterator[Step]:
    pipeline = crm.settings.pipeline(deal.pipeline)
    for entry in deal.stage_log[1:]:
        stage = pipeline.stage(entry.stage)
        yield Step(entry.since, f"Stage {stage.label}", f"{stage.probability} likely")
    if deal.closed_at is not None and deal.engaged_on and deal.closed_on:
        days = (deal.closed_on - deal.engaged_on).days
        yield Step(deal.closed_at, "Deal won", f"net, {days} days after engaging", deal.amount)


def _documents(
    crm: Crm, deal: Opportunity, order: Order, invoices: tuple[Invoice, ...]
) -> Iterator[Step]:
    for quote in crm.sales.quotes.find(F.opportunity == deal.id):
        until = f"valid until {day_text(quote.valid_until)}"
        yield Step(quote.sent_at or quote.created_at, "Quote sent", until, quote.totals.payable)
        if quote.rejected_reason is not None:
            decided = quote.decided_at or quote.updated_at
            yield Step(decided, "Quote rejected", quote.rejected_reason)
    yield Step(order.placed_at, "Order placed", "from the accepted quote", order.totals.payable)
    numbers = {invoice.id: invoice.number or "" for invoice in invoices}
    for invoice in invoices:
        part = "" if invoice.part is None else f", part {invoice.part} of {invoice.parts}"
        due = "" if invoice.due_on is None else f", due {day_text(invoice.due_on)}"
        detail = f"{invoice.number}{part}{due}"
        yield Step(_moment(invoice.issued_on), "Invoice issued", detail, invoice.totals.payable)
    for payment in crm.receivables.payments.find(F.account == order.account):
        paid = ", ".join(numbers.get(each.invoice, "another") for each in payment.allocations)
        kept = "" if payment.unallocated.is_zero else f"; {payment.unallocated} too much"
        moment = _moment(payment.received_on)
        yield Step(moment, "Payment received", f"for {paid}{kept}", payment.amount)


def _tickets(crm: Crm, requester: UUID) -> Iterator[Step]:
    told = {"TicketOpened": "opened", "TicketResolved": "solved", "TicketReopened": "opened again"}
    for ticket in crm.tickets.find(F.requester == requester):
        for recorded in crm.tickets.history(ticket.id):
            event = recorded.event
            name = told.get(type(event).__name__)
            if name is not None:
                yield Step(event.at, f"Ticket {name}", ticket.subject)
        answered = ticket.first_responded_at
        if answered is not None:
            minutes = (answered - ticket.opened_at).total_seconds() / 60
            yield Step(answered, "Ticket answered", f"after {minutes:.0f} minutes")


def _moment(day: date | None) -> datetime:
    # A day without an hour sorts behind what happened on it.
    return datetime.combine(day or date.max, datetime.max.time(), UTC)


def _sums(crm: Crm, order: Order, invoices: tuple[Invoice, ...]) -> tuple[tuple[str, Money], ...]:
    currency = order.currency
    payments = tuple(crm.receivables.payments.find(F.account == order.account))
    return (
        ("Ordered, net", order.totals.net),
        ("VAT", order.totals.vat),
        ("Ordered, to be paid", order.totals.payable),
        *((f"Invoice {each.number}", each.totals.payable) for each in invoices),
        ("Invoices together", sum_money((each.totals.payable for each in invoices), currency)),
        ("Payments together", sum_money((each.amount for each in payments), currency)),
        ("of which pay the invoices", sum_money((each.allocated for each in payments), currency)),
        ("left over", sum_money((each.unallocated for each in payments), currency)),
        ("Still due", sum_money((each.due for each in invoices), currency)),
    )


def _repeats(
    crm: Crm, deal: Opportunity, order: Order, invoices: tuple[Invoice, ...]
) -> Iterator[str]:
    if deal.lead is not None:
        yield _compared("convert", crm.leads.convert(deal.lead, title="again").id, deal.id)
    if order.quote is not None:
        yield _compared("accept", crm.sales.accept(order.quote).id, order.id)
    for invoice in invoices[:1]:
        billed = crm.sales.bill(order.id, part=invoice.part, of=invoice.parts)
        yield _compared("bill", billed.id, invoice.id)
        yield _compared("issue", crm.sales.issue(invoice.id).number, invoice.number)


def _compared(command: str, second: object, first: object) -> str:
    result = "the first result" if second == first else f"ANOTHER RESULT: {second}, not {first}"
    return f"{command} called again: {result}"


def _refusal(crm: Crm, deal: Opportunity) -> str:
    try:
        crm.opportunities.advance(deal.id, to=deal.stage_log[0].stage)
    except NotAllowed as refused:
        return f"advance on the won deal: {refused}"
    return "advance on the won deal: NOT REFUSED"
