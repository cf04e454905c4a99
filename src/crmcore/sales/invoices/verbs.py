"""What can be done with an invoice by itself: it is issued, settled, or given up as a draft.

What a document needs is asked for before its number is drawn: `prepare_issue` freezes everything but
the number, and tells all that is missing at once. Any settlement comes through `settle`; what settles
what is decided in the receivables and in ``crediting``, where credit notes are born issued.
"""

from collections.abc import Iterator
from datetime import date, datetime

import attrs

from crmcore.errors import CrmError, CurrencyMismatch, InvalidValue, LimitExceeded, raise_collected
from crmcore.grammar.change import Change, Event, changed
from crmcore.sales.invoices.events import (
    InvoiceIssued,
    InvoicePaid,
    InvoicePartlyPaid,
    InvoiceReopened,
    InvoiceWithdrawn,
)
from crmcore.sales.invoices.exemptions import vat_faults_of, with_reasons, without_vat_ids
from crmcore.sales.invoices.lifecycle import INVOICE_LIFECYCLE, InvoiceFacts
from crmcore.sales.invoices.model import Invoice
from crmcore.sales.invoices.rates import ExchangeRate
from crmcore.sales.invoices.sealing import sealed
from crmcore.sales.invoices.settlement import Settlement, SettlementKind
from crmcore.sales.invoices.terms import MAX_DUE_DAYS, PaymentTerms, schedule
from crmcore.sales.parties import Buyer, Seller
from crmcore.values import Money, check_not_ahead, instant


@attrs.frozen(kw_only=True)
class IssueFacts:
    """What a document keeps of the day it is issued on.

    Attributes:
        on: The day of issue.
        buyer: Who it is addressed to, as of now.
        seller: Who issues it; None where nobody said.
        due_in_days: After so many days it is to be paid, where there are no terms.
        terms: What of it is due when, and what is let off for early payment.
        delivered_on: The day of the supply, or the last day of its period; what the draft says, else
            the day of issue, when left out.
        delivered_from: The first day of that period.
        accounting: The currency of accounting; that of the invoice when left out.
        rate: What the currency of the invoice is worth in that of accounting, where they differ.
    """

    on: date
    buyer: Buyer
    seller: Seller | None = None
    due_in_days: int = 0
    terms: PaymentTerms | None = None
    delivered_on: date | None = None
    delivered_from: date | None = None
    accounting: str | None = None
    rate: ExchangeRate | None = None


@attrs.frozen(kw_only=True)
class DrawnNumber:
    """The number of a document.

    Attributes:
        series: The series it was drawn from.
        period: The period of that series; empty when the series never restarts.
        sequence: The number within series and period.
        number: The number as it is written.
        previous: The seal of the document before it in the series; None for the first one, and in a
            series that may have gaps.
    """

    series: str
    period: str
    sequence: int
    number: str
    previous: str | None = None


def prepare_issue(invoice: Invoice, facts: IssueFacts, at: datetime) -> Invoice:
    """The draft with all that it keeps of the day of issue; it only lacks a number.

    Raises:
        MoveForbidden: it is no draft.
        InvalidValue: it would be issued before it was drawn up, the days make no sense, or seller,
            buyer or a reason lack what the VAT categories of its lines need (EN 16931).
        CurrencyMismatch: the rate is of other currencies.
        ManyFaults: all faults, when there are several.
    """
    INVOICE_LIFECYCLE.after(invoice.status, "issue", InvoiceFacts(invoice), invoice.id)
    raise_collected([*_faults(invoice, facts, at)])
    lines = with_reasons(invoice.lines)
    seller, buyer = without_vat_ids(lines, facts.seller, facts.buyer)
    terms = facts.terms or PaymentTerms.net(facts.due_in_days)
    due = schedule(terms, invoice.totals.payable, facts.on)
    delivered_from, delivered_on = _supplied(invoice, facts)
    return attrs.evolve(
        invoice,
        lines=lines,
        seller=seller,
        buyer=buyer,
        issued_on=facts.on,
        due_on=due.due_on,
        instalments=due.instalments if len(due.instalments) > 1 else (),
        discounts=due.discounts,
        delivered_on=delivered_on,
        delivered_from=delivered_from,
        rate=facts.rate,
    )


def issue(invoice: Invoice, facts: IssueFacts, drawn: DrawnNumber, at: datetime) -> Change[Invoice]:
    """The invoice is a document now; nothing on it changes any more but what settles it.

    Where nothing is payable it is paid at once.

    Args:
        invoice: The draft.
        facts: What it keeps of the day of issue.
        drawn: Its number.
        at: When it is issued.

    Raises:
        MoveForbidden, CurrencyMismatch, ManyFaults: as for `prepare_issue`.
        InvalidValue: the sequence is below one; else as for `prepare_issue`.
    """
    at = instant(at)
    if drawn.sequence < 1:
        below = InvalidValue("sequence", "must be at least 1")
        raise_collected([below, *_faults(invoice, facts, at)])
    ready = prepare_issue(invoice, facts, at)
    status = INVOICE_LIFECYCLE.after(ready.status, "issue", InvoiceFacts(ready), ready.id)
    document = numbered(changed(ready, at, status=status), drawn)
    event = InvoiceIssued(
        at=at,
        invoice=document.id,
        order=document.order,
        account=document.account,
        number=drawn.number,
        net=document.totals.net,
        vat=document.totals.vat,
        payable=document.totals.payable,
        issued_on=facts.on,
        due_on=document.due_on or facts.on,
    )
    return settled_if_free(document, event, at)


def numbered(invoice: Invoice, drawn: DrawnNumber) -> Invoice:
    """The document with its number, and sealed."""
    document = attrs.evolve(
        invoice,
        series=drawn.series,
        period=drawn.period,
        sequence=drawn.sequence,
        number=drawn.number,
    )
    return sealed(document, drawn.previous)


def settled_if_free(issued: Invoice, event: Event, at: datetime) -> Change[Invoice]:
    """The document, which is settled at once where nothing is payable; the event comes first."""
    if not issued.due.is_zero:
        return Change(issued, (event,))
    # No payment will ever come for it, so it would stay open for ever.
    status = INVOICE_LIFECYCLE.after(issued.status, "settle", InvoiceFacts(issued), issued.id)
    paid = InvoicePaid(at=at, invoice=issued.id, amount=issued.totals.payable)
    return Change(changed(issued, at, status=status), (event, paid))


def settle(invoice: Invoice, settlement: Settlement, at: datetime) -> Change[Invoice]:
    """So much of the document is settled, or, below zero, is due again.

    Args:
        invoice: An issued invoice or credit note.
        settlement: What settles it.
        at: When it is recorded.

    Raises:
        InvalidValue: its day lies after that of the record, or before that of what it settles.
        MoveForbidden: it is not issued, or nothing is due on it any more.
        LimitExceeded: more than is due, or more is taken back than was settled.
    """
    at = instant(at)
    check_not_ahead(settlement.on, at)
    paid = invoice.paid + settlement.amount
    if not Money.zero(invoice.currency) <= paid <= invoice.totals.payable:
        limit = invoice.due if settlement.amount.amount > 0 else -invoice.paid
        raise LimitExceeded("amount", str(settlement.amount), str(limit))
    due = invoice.totals.payable - paid
    action, event = _told(invoice, settlement, due, at)
    status = INVOICE_LIFECYCLE.after(invoice.status, action, InvoiceFacts(invoice), invoice.id)
    first = _first_day(invoice, settlement)
    if first is not None and settlement.on < first:
        raise InvalidValue("on", f"must not lie before {first}, the day of what it settles")
    settlements = (*invoice.settlements, settlement)
    after = changed(invoice, at, status=status, paid=paid, settlements=settlements)
    return Change(after, (event,))


def _first_day(invoice: Invoice, settlement: Settlement) -> date | None:
    """The first day that a settlement may have; money may come before there is an invoice."""
    if settlement.amount.amount > 0:
        ahead = settlement.kind in {SettlementKind.PAYMENT, SettlementKind.DISCOUNT}
        return None if ahead else invoice.issued_on
    undone = (settlement.kind, settlement.source)
    return max(
        (part.on for part in invoice.settlements if (part.kind, part.source) == undone),
        default=None,
    )


def discard(invoice: Invoice, at: datetime) -> Change[Invoice]:
    """A draft that bills no order is given up; one that does goes back by `withdraw`.

    Raises:
        MoveForbidden: it is no draft; an issued one has no way back.
        InvalidValue: it bills an order.
    """
    at = instant(at)
    if invoice.order is not None:
        raise InvalidValue("invoice", "bills an order, which has to know of it")
    facts = InvoiceFacts(invoice)
    status = INVOICE_LIFECYCLE.after(invoice.status, "withdraw", facts, invoice.id)
    event = InvoiceWithdrawn(at=at, invoice=invoice.id, order=None)
    return Change(changed(invoice, at, status=status), (event,))


def _supplied(invoice: Invoice, facts: IssueFacts) -> tuple[date | None, date]:
    """The first day of the supply, where it has a period, and the last one."""
    if facts.delivered_on is not None or facts.delivered_from is not None:
        return facts.delivered_from, facts.delivered_on or invoice.delivered_on or facts.on
    return invoice.delivered_from, invoice.delivered_on or facts.on


def _faults(invoice: Invoice, facts: IssueFacts, at: datetime) -> Iterator[CrmError]:
    if instant(at) < invoice.created_at:
        yield InvalidValue("at", "must not lie before the invoice was drawn up")
    if not 0 <= facts.due_in_days <= MAX_DUE_DAYS:
        yield InvalidValue("due_in_days", f"must be at least 0 and at most {MAX_DUE_DAYS}")
    if invoice.is_credit_note:
        yield InvalidValue("invoice", "is a credit note, which is issued when it is made")
    first, last = _supplied(invoice, facts)
    if first is not None and first > last:
        yield InvalidValue("delivered_from", "must not lie after the last day")
    yield from _rate_faults(invoice.currency, facts.accounting or invoice.currency, facts.rate)
    yield from vat_faults_of(invoice.lines, facts.seller, facts.buyer)


def _rate_faults(currency: str, accounting: str, rate: ExchangeRate | None) -> Iterator[CrmError]:
    if accounting == currency:
        if rate is not None:
            yield InvalidValue("rate", "belongs to an invoice in another currency only")
    elif rate is None:
        yield InvalidValue("rate", f"is needed from {currency} into {accounting}")
    elif rate.of != currency:
        yield CurrencyMismatch("rate.of", currency, rate.of)
    elif rate.into != accounting:
        yield CurrencyMismatch("rate.into", accounting, rate.into)


def _told(invoice: Invoice, settlement: Settlement, due: Money, at: datetime) -> tuple[str, Event]:
    amount, source = settlement.amount, settlement.source
    if amount.amount < 0:
        reopened = InvoiceReopened(
            at=at, invoice=invoice.id, source=source, kind=settlement.kind, amount=-amount, due=due
        )
        return "reopen", reopened
    if due.is_zero:
        whole = invoice.totals.payable
        return "settle", InvoicePaid(
            at=at, invoice=invoice.id, payment=source, kind=settlement.kind, amount=whole
        )
    partly = InvoicePartlyPaid(
        at=at, invoice=invoice.id, payment=source, kind=settlement.kind, amount=amount, due=due
    )
    return "pay", partly
