"""What payments are booked as: bank against debtor; and what is let off or given up without money.

The bookings of a payment come to its amount, those of a discount or write-off to what it settles, to
the cent. Documents that settle each other are booked already, on the same debtor.
"""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from crmcore.errors import (
    CrmError,
    CurrencyMismatch,
    FaultAt,
    InvalidValue,
    NothingFound,
    raise_collected,
)
from crmcore.exchange.accounts import AccountPlan, Revenue
from crmcore.exchange.booking import Booking, Side
from crmcore.exchange.booking_invoices import Entry, booked, in_currency, vat_id_of
from crmcore.grammar.given import given, given_all
from crmcore.receivables import Payment, PaymentKind, vat_of
from crmcore.sales import Invoice, Settlement, SettlementKind


def bookings_of_payments(
    payments: Iterable[Payment], invoices: Iterable[Invoice], plan: AccountPlan
) -> tuple[Booking, ...]:
    """The bookings of payments and refunds, then those of discounts (Skonto) and write-offs.

    A payment has a booking for each document it settles, and one for the rest. The rest stands on
    the debtor of whoever paid, under the id of the payment, and so does what is paid back of it. A
    discount or write-off is booked by VAT rate, tax included; one that was taken back stands on the
    other side. In a document of another currency that is at the rate frozen at its issue.

    Args:
        payments: The payments and refunds.
        invoices: The invoices and credit notes that they settle, and whose discounts and write-offs
            are booked; as they are now, not as they were issued.
        plan: The accounts.

    Raises:
        WrongType: they are no payments or no invoices, or the plan is none.
        FaultAt: a payment is in another currency, settles a document that is not given or was read
            before it, or the plan has no account; with its place. `ManyFaults` for several.
    """
    given("plan", plan, AccountPlan)
    documents = given_all("invoices", invoices, Invoice)
    by_id = {each.id: each for each in documents}
    faults: list[CrmError] = []
    bookings: list[Booking] = []
    for at, payment in enumerate(given_all("payments", payments, Payment)):
        try:
            bookings += _of_money(payment, by_id, plan)
        except CrmError as error:
            faults.append(FaultAt(f"payments[{at}]", error))
    for at, invoice in enumerate(documents):
        try:
            bookings += _without_money(invoice, plan)
        except CrmError as error:
            faults.append(FaultAt(f"invoices[{at}]", error))
    raise_collected(faults)
    return tuple(bookings)


def _of_money(
    payment: Payment, documents: Mapping[UUID, Invoice], plan: AccountPlan
) -> Iterator[Booking]:
    if payment.amount.currency != plan.currency:
        # What it was worth at the bank on its day is not known here.
        raise CurrencyMismatch("amount", plan.currency, payment.amount.currency)
    side = Side.CREDIT if payment.kind is PaymentKind.RECEIVED else Side.DEBIT
    for each in payment.allocations:
        invoice = documents.get(each.invoice)
        if invoice is None:
            raise NothingFound(f"invoice {each.invoice} that the payment settles")
        _check_settled(invoice, payment)
        entry = Entry(each.amount, Revenue(plan.bank))
        yield from booked(entry, side, invoice, plan, payment.received_on)
    rest = payment.amount - payment.allocated
    if not rest.is_zero:
        yield Booking(
            amount=rest,
            side=side,
            chart=plan.chart,
            account=plan.debtor_of(payment.account),
            contra=plan.bank,
            on=payment.received_on,
            document=(payment.refunds or payment.id).hex,
            text=payment.reference or "",
        )


def _check_settled(invoice: Invoice, payment: Payment) -> None:
    """Refuse a document that was read before the payment: its discount would be missing, too."""
    # What was paid before the issue stands in the totals; older settlements do not say by what.
    known = invoice.totals.prepaid
    for part in invoice.settlements:
        if part.kind is SettlementKind.PAYMENT and part.source in {payment.id, None}:
            known += part.amount
    if payment.allocated_to(invoice.id) > known:
        text = f"invoice {invoice.number} does not know of the payment: read it again"
        raise InvalidValue("invoices", text)


def _without_money(invoice: Invoice, plan: AccountPlan) -> Iterator[Booking]:
    for settlement in invoice.settlements:
        if settlement.kind in {SettlementKind.DISCOUNT, SettlementKind.WRITE_OFF}:
            yield from _let_go(settlement, invoice, plan)


def _let_go(settlement: Settlement, invoice: Invoice, plan: AccountPlan) -> Iterator[Booking]:
    is_discount = settlement.kind is SettlementKind.DISCOUNT
    account_of = plan.discount_of if is_discount else plan.loss_of
    is_taken_back = settlement.amount.amount < 0
    # Split as it was when it was given, so that what is taken back leaves nothing on any account.
    whole = -settlement.amount if is_taken_back else settlement.amount
    entries = [
        Entry(part.gross, account_of(part.category, part.rate), vat_id_of(invoice, part.category))
        for part in vat_of(invoice, whole)
        if not part.gross.is_zero
    ]
    side = Side.DEBIT if invoice.is_credit_note else Side.CREDIT
    if is_taken_back:
        side = side.opposite
    for entry in in_currency(entries, whole, invoice, plan.currency):
        yield from booked(entry, side, invoice, plan, settlement.on)
