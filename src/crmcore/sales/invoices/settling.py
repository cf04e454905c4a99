"""How an issued invoice or credit note gets settled, and how that is taken back.

Any settlement comes through here, whatever it is made of; which payments, credit notes and discounts
settle what is decided in the receivables and in ``crediting``.
"""

from datetime import datetime

from crmcore.errors import LimitExceeded
from crmcore.grammar.change import Change, Event, changed
from crmcore.sales.events import InvoicePaid, InvoicePartlyPaid, InvoiceReopened
from crmcore.sales.invoices.model import Invoice
from crmcore.sales.invoices.settlement import Settlement
from crmcore.sales.lifecycle import INVOICE_LIFECYCLE, InvoiceFacts
from crmcore.values import Money, instant


def settle(invoice: Invoice, settlement: Settlement, at: datetime) -> Change[Invoice]:
    """So much of the document is settled, or, below zero, is due again.

    Args:
        invoice: An issued invoice or credit note.
        settlement: What settles it.
        at: When it is recorded.

    Raises:
        MoveForbidden: it is not issued, or nothing is due on it any more.
        LimitExceeded: more than is due, or more is taken back than was settled.
    """
    at = instant(at)
    paid = invoice.paid + settlement.amount
    if not Money.zero(invoice.currency) <= paid <= invoice.totals.payable:
        limit = invoice.due if settlement.amount.amount > 0 else -invoice.paid
        raise LimitExceeded("amount", str(settlement.amount), str(limit))
    due = invoice.totals.payable - paid
    action, event = _told(invoice, settlement, due, at)
    status = INVOICE_LIFECYCLE.after(invoice.status, action, InvoiceFacts(invoice), invoice.id)
    settlements = (*invoice.settlements, settlement)
    after = changed(invoice, at, status=status, paid=paid, settlements=settlements)
    return Change(after, (event,))


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
