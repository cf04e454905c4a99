"""What holds between payments, invoices and the accounts that owe them."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from crmcore.checking import Breach, Invariant, Law, Referred, Referring
from crmcore.contacts import Contact, Role
from crmcore.receivables.model import Payment, PaymentKind
from crmcore.sales import DOCUMENT_STATUSES, Invoice, SettlementKind, differs, sum_in
from crmcore.values import Money


def paid_breaches(invoice: Invoice, payments: Sequence[Payment]) -> Iterator[Breach]:
    """Where what is paid of an invoice is not what its payments give it.

    Args:
        invoice: The invoice.
        payments: All payments that pay some of it.
    """
    shares = [
        share.amount
        for payment in payments
        for share in payment.allocations
        if share.invoice == invoice.id
    ]
    if any(share.currency != invoice.currency for share in shares):
        yield Breach(text="is paid in another currency", expected=invoice.currency)
        return
    given = sum_in(invoice.currency, shares)
    paid = invoice.settled_by(SettlementKind.PAYMENT) + invoice.totals.prepaid
    yield from differs("what is paid is not what its payments give it", given, paid)
    days = {payment.id: payment.received_on for payment in payments}
    for part in invoice.settlements:
        if part.kind is SettlementKind.PAYMENT and part.amount.amount > 0:
            came = days.get(part.source, part.on) if part.source is not None else part.on
            if part.on != came:
                yield Breach(text="is paid on a day no money came", expected=came, found=part.on)


def allocation_breaches(payment: Payment, invoices: Sequence[Invoice]) -> Iterator[Breach]:
    """Payments of what is no document, shares of nothing, and money that went the wrong way.

    Args:
        payment: The payment.
        invoices: The documents it settles.
    """
    out = payment.kind is PaymentKind.REFUND
    for invoice in invoices:
        if invoice.status not in DOCUMENT_STATUSES:
            yield Breach(text=f"pays invoice {invoice.id}, which is {invoice.status}")
        if invoice.is_credit_note is not out:
            yield Breach(text=f"is {payment.kind} and settles {invoice.id}, a {invoice.kind}")
    if payment.refunds is not None and (not out or payment.allocations):
        yield Breach(text="pays back a payment, and is none that only does so")
    for share in payment.allocations:
        if share.amount.amount <= 0:
            yield Breach(text="gives an invoice nothing, or less", found=share.amount)
    given: list[UUID] = [share.invoice for share in payment.allocations]
    if len({*given}) < len(given):
        yield Breach(text="pays an invoice twice")


def refund_breaches(payment: Payment, refunds: Sequence[Payment]) -> Iterator[Breach]:
    """Where what was paid back of a payment is not what its refunds come to.

    Args:
        payment: The payment.
        refunds: All refunds of it.
    """
    paid_back = sum_in(payment.amount.currency, (each.amount for each in refunds))
    yield from differs("what is paid back is not what its refunds are", paid_back, payment.refunded)


def offset_breaches(contact: Contact, invoices: Sequence[Invoice]) -> Iterator[Breach]:
    """Where invoice and credit note settle each other by different amounts.

    Args:
        contact: The account.
        invoices: All invoices and credit notes of it.
    """
    given: dict[tuple[UUID, UUID | None], Money] = {}
    for document in invoices:
        for part in document.settlements:
            if part.kind is SettlementKind.CREDIT:
                key = document.id, part.source
                given[key] = given.get(key, Money.zero(part.amount.currency)) + part.amount
    for (mine, other), amount in given.items():
        back = None if other is None else given.get((other, mine))
        text = f"{mine} and {other} of {contact.id} settle each other otherwise"
        yield from differs(text, amount, back)


def debtor_breaches(contact: Contact, invoices: Sequence[Invoice]) -> Iterator[Breach]:
    """Debtors who owe nothing, and contacts who owe something and are no debtors.

    Args:
        contact: The contact.
        invoices: All invoices to it.
    """
    open_ones = sum(each.is_owed for each in invoices)
    is_debtor = contact.holds(Role.DEBTOR)
    if is_debtor and not open_ones:
        yield Breach(text="is a debtor and owes nothing")
    if open_ones and not is_debtor:
        yield Breach(text="owes invoices and is no debtor", found=open_ones)


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="invoice-paid",
        law="what is paid of an invoice is what its payments give it",
        entity="invoice",
        check=paid_breaches,
        beside={"payments": Referring("payment", "allocations.invoice")},
    ),
    Invariant(
        name="payment-allocations",
        law="a payment pays issued invoices, each once and by something",
        entity="payment",
        check=allocation_breaches,
        beside={"invoices": Referred("invoice", "allocations.invoice")},
    ),
    Invariant(
        name="payment-refunds",
        law="what is paid back of a payment is what its refunds come to",
        entity="payment",
        check=refund_breaches,
        beside={"refunds": Referring("payment", "refunds")},
    ),
    Invariant(
        name="contact-offsets",
        law="an invoice and a credit note settle each other by the same amount",
        entity="contact",
        check=offset_breaches,
        beside={"invoices": Referring("invoice", "account")},
    ),
    Invariant(
        name="contact-debtor",
        law="an account is a debtor exactly while an invoice to it is open",
        entity="contact",
        check=debtor_breaches,
        beside={"invoices": Referring("invoice", "account")},
    ),
)
"""The laws of the receivables."""
