"""What a payment does: it pays invoices, the oldest due first, and the rest stays unallocated.

Bank statements and dunning do not belong here.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.errors import CrmError, CurrencyMismatch, InvalidValue, raise_collected
from crmcore.grammar.change import Change, Event, changed
from crmcore.sales.events import InvoicePaid, InvoicePartlyPaid, PaymentReceived
from crmcore.sales.lifecycle import INVOICE_LIFECYCLE, InvoiceFacts
from crmcore.sales.model import Allocation, Invoice, Payment
from crmcore.values import Money, instant


@attrs.frozen
class Received:
    """A payment came in.

    Attributes:
        payment: The new payment.
        invoices: The changes of the invoices it pays, in the order in which it pays them.
    """

    payment: Change[Payment]
    invoices: tuple[Change[Invoice], ...]


def receive(
    payment_id: UUID,
    account: UUID,
    amount: Money,
    received_on: date,
    invoices: Sequence[Invoice],
    *,
    at: datetime,
    reference: str | None = None,
) -> Received:
    """The money is in, and pays these invoices as far as it goes; none is paid beyond what is due.

    The invoice due first is paid first; of those due on the same day, the one given first. Whose
    invoices they are does not matter: a parent company may pay for its daughter.

    Args:
        payment_id: The id the payment gets.
        account: Who paid.
        amount: How much.
        received_on: The day it came in.
        invoices: The invoices it may pay; all of them issued.
        at: When it is recorded.
        reference: What the payer wrote, or the bank's own reference.

    Raises:
        MoveForbidden: an invoice is not issued, or paid already.
        CurrencyMismatch: an invoice is in another currency.
        InvalidValue: the amount is not above zero, or an invoice is given twice.
        ManyFaults: all faults of the invoices, when there are several.
    """
    at = instant(at)
    raise_collected(_faults_of(invoices, amount.currency))
    shares = _allocated(invoices, amount)
    payment = Payment(
        id=payment_id,
        created_at=at,
        updated_at=at,
        account=account,
        amount=amount,
        received_on=received_on,
        reference=reference,
        allocations=tuple(Allocation(invoice=each.id, amount=share) for each, share in shares),
    )
    event = PaymentReceived(
        at=at,
        payment=payment_id,
        account=account,
        amount=amount,
        allocated=payment.allocated,
        received_on=received_on,
    )
    paid = tuple(_paid(invoice, share, payment_id, at) for invoice, share in shares)
    return Received(Change(payment, (event,)), paid)


def _faults_of(invoices: Sequence[Invoice], currency: str) -> list[CrmError]:
    faults: list[CrmError] = []
    seen: set[UUID] = set()
    for at, invoice in enumerate(invoices):
        if invoice.id in seen:
            faults.append(InvalidValue(f"invoices[{at}]", "is given twice"))
        seen.add(invoice.id)
        if invoice.currency != currency:
            faults.append(CurrencyMismatch(f"invoices[{at}]", currency, invoice.currency))
        try:
            INVOICE_LIFECYCLE.after(invoice.status, "pay", InvoiceFacts(invoice), invoice.id)
        except CrmError as fault:
            faults.append(fault)
    return faults


def _allocated(invoices: Iterable[Invoice], amount: Money) -> list[tuple[Invoice, Money]]:
    shares: list[tuple[Invoice, Money]] = []
    left = amount
    for invoice in sorted(invoices, key=lambda each: each.due_on or date.max):
        share = min(invoice.due, left)
        if share.amount > 0:
            shares.append((invoice, share))
            left -= share
    return shares


def _paid(invoice: Invoice, share: Money, payment_id: UUID, at: datetime) -> Change[Invoice]:
    paid = invoice.paid + share
    due = invoice.totals.payable - paid
    event: Event
    if due.is_zero:
        action = "settle"
        event = InvoicePaid(at=at, invoice=invoice.id, payment=payment_id, amount=paid)
    else:
        action = "pay"
        event = InvoicePartlyPaid(
            at=at, invoice=invoice.id, payment=payment_id, amount=share, due=due
        )
    status = INVOICE_LIFECYCLE.after(invoice.status, action, InvoiceFacts(invoice), invoice.id)
    return Change(changed(invoice, at, status=status, paid=paid), (event,))
