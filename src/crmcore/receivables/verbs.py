"""What can be done with money: it comes in, pays invoices, and is released again.

The invoice due first is paid first, none is paid beyond what is due, and what is left over stays
unallocated until somebody decides. How one document gets settled is in the sales room; what is let
off or given up without money is in ``forgiving`` and ``forgiving_verbs``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.errors import (
    CrmError,
    CurrencyMismatch,
    InvalidValue,
    raise_collected,
)
from crmcore.grammar.change import Change, changed
from crmcore.receivables.events import (
    PaymentAllocated,
    PaymentReceived,
    PaymentReleased,
)
from crmcore.receivables.forgiving import discounts_in_time
from crmcore.receivables.model import Allocation, Payment, PaymentKind
from crmcore.sales import (
    INVOICE_LIFECYCLE,
    Invoice,
    InvoiceFacts,
    Settlement,
    SettlementKind,
    discount_credited,
    settle,
)
from crmcore.values import Money, check_not_ahead, instant, sum_money


@attrs.frozen
class Received:
    """A payment and the documents it reached.

    Attributes:
        payment: The change of the payment.
        invoices: The changes of the documents, in the order in which it reached them.
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
    external_id: str | None = None,
    discounts: bool = True,
) -> Received:
    """The money is in, and pays these invoices as far as it goes; none is paid beyond what is due.

    The invoice due first is paid first; of those due on the same day, the one given first. Whose
    invoices they are does not matter: a parent company may pay for its daughter.

    Discounts for early payment (Skonto) are granted, all that are in time, when the money pays every
    invoice less its discount, and would not pay all of them in full.

    Args:
        payment_id: The id the payment gets.
        account: Who paid.
        amount: How much.
        received_on: The day it came in.
        invoices: The invoices it may pay; all of them issued.
        at: When it is recorded.
        reference: What the payer wrote, or the bank's own reference.
        external_id: The id at the bank.
        discounts: Whether discounts for early payment may be granted.

    Raises:
        MoveForbidden: an invoice is not issued, or paid already.
        CurrencyMismatch: an invoice is in another currency.
        InvalidValue: the amount is not above zero, the day lies ahead, an invoice is given twice, or
            is a credit note.
        ManyFaults: all faults of the invoices, when there are several.
    """
    at = instant(at)
    check_not_ahead(received_on, at, "received_on")
    raise_collected(_faults_of(invoices, amount.currency))
    granted = discounts_in_time(invoices, amount, received_on) if discounts else {}
    shares = _allocated(invoices, amount, _lowered(invoices, granted))
    payment = Payment(
        id=payment_id,
        created_at=at,
        updated_at=at,
        account=account,
        amount=amount,
        received_on=received_on,
        reference=reference,
        external_id=external_id,
        allocations=tuple(Allocation(invoice=each.id, amount=share) for each, share in shares),
    )
    paid = tuple(
        _settled(invoice, _by_money(payment, share), granted.get(invoice.id), at)
        for invoice, share in shares
    )
    return Received(Change(payment, (_came_in(payment, at),)), paid)


def _came_in(payment: Payment, at: datetime) -> PaymentReceived:
    return PaymentReceived(
        at=at,
        payment=payment.id,
        account=payment.account,
        amount=payment.amount,
        allocated=payment.allocated,
        received_on=payment.received_on,
    )


def allocate(
    payment: Payment, invoices: Sequence[Invoice], at: datetime, *, discounts: bool = True
) -> Received:
    """What was left over of a payment pays these invoices, as far as it goes.

    Discounts for early payment are granted as by `receive`, by the day on which the money came in.

    Raises:
        InvalidValue: nothing is left over, it is a refund, or an invoice is given twice.
        MoveForbidden, CurrencyMismatch, ManyFaults: as for `receive`.
    """
    at = instant(at)
    _check_received(payment)
    if payment.unallocated.is_zero:
        raise InvalidValue("payment", "nothing of it is left over")
    raise_collected(_faults_of(invoices, payment.amount.currency))
    left, day = payment.unallocated, payment.received_on
    granted = discounts_in_time(invoices, left, day) if discounts else {}
    shares = _allocated(invoices, left, _lowered(invoices, granted))
    added = {each.id: share for each, share in shares}
    kept = [
        attrs.evolve(old, amount=old.amount + added.pop(old.invoice))
        if old.invoice in added
        else old
        for old in payment.allocations
    ]
    new = (Allocation(invoice=id, amount=share) for id, share in added.items())
    after = changed(payment, at, allocations=(*kept, *new))
    given = after.allocated - payment.allocated
    event = PaymentAllocated(at=at, payment=payment.id, amount=given, unallocated=after.unallocated)
    paid = tuple(
        _settled(each, _by_money(payment, share), granted.get(each.id), at)
        for each, share in shares
    )
    return Received(Change(after, (event,)), paid)


def prepay(
    payments: Sequence[Payment], invoice: Invoice, at: datetime
) -> tuple[Money, tuple[Change[Payment], ...]]:
    """What these payments have left over was paid before the invoice is issued (Anzahlung, BT-113).

    The payments are allocated to the invoice, as far as it claims anything, the one received first
    first; the amount belongs on the invoice as what was paid before, so it is no settlement of it.

    Args:
        payments: Payments of the account, with something left over.
        invoice: The draft that is about to be issued.
        at: When.

    Returns:
        How much was paid before, and the changes of the payments that are needed.

    Raises:
        InvalidValue: a payment is of another account, is a refund, has nothing left over, or is
            given twice.
        CurrencyMismatch: a payment is in another currency.
        ManyFaults: all faults, when there are several.
    """
    at = instant(at)
    raise_collected([*_prepayment_faults(payments, invoice)])
    left = invoice.totals.claim
    changes: list[Change[Payment]] = []
    for payment in sorted(payments, key=lambda each: each.received_on):
        share = min(payment.unallocated, left)
        if share.amount <= 0:
            continue
        left -= share
        allocations = (*payment.allocations, Allocation(invoice=invoice.id, amount=share))
        after = changed(payment, at, allocations=allocations)
        event = PaymentAllocated(
            at=at, payment=payment.id, amount=share, unallocated=after.unallocated
        )
        changes.append(Change(after, (event,)))
    return invoice.totals.claim - left, tuple(changes)


def _prepayment_faults(payments: Sequence[Payment], invoice: Invoice) -> Iterator[CrmError]:
    seen: set[UUID] = set()
    for at, payment in enumerate(payments):
        path = f"prepaid[{at}]"
        if payment.id in seen:
            yield InvalidValue(path, "is given twice")
        seen.add(payment.id)
        if payment.account != invoice.account:
            yield InvalidValue(path, "is of another account")
        if payment.amount.currency != invoice.currency:
            yield CurrencyMismatch(path, invoice.currency, payment.amount.currency)
        if payment.kind is not PaymentKind.RECEIVED or payment.unallocated.is_zero:
            yield InvalidValue(path, "has nothing left over")


def release(
    payment: Payment,
    invoice: Invoice,
    on: date,
    at: datetime,
    reason: str,
    *,
    notes: Sequence[Invoice] = (),
) -> Received:
    """The payment pays this invoice no more: the invoice is due again, the money unallocated.

    What a discount let off when it was paid is due again with it. What credit notes took back of
    that discount settles the invoice instead: it was taken off what they paid back.

    Args:
        payment: The payment.
        invoice: The invoice.
        on: The day.
        at: When it is recorded.
        reason: Why.
        notes: All credit notes of the invoice.

    Raises:
        InvalidValue: the payment pays nothing of the invoice, or the day lies before that of the
            payment, or ahead.
    """
    at = instant(at)
    _check_received(payment)
    given = payment.allocated_to(invoice.id)
    if given.is_zero:
        raise InvalidValue("invoice", "is not paid by this payment")
    share = _settled_by(invoice, payment)
    if share.is_zero:
        raise InvalidValue("invoice", "says that this was paid before; that cannot change any more")
    before = Allocation(invoice=invoice.id, amount=given - share)
    others = (each for each in payment.allocations if each.invoice != invoice.id)
    kept = (*others, before) if before.amount else tuple(others)
    after = changed(payment, at, allocations=kept)
    event = PaymentReleased(at=at, payment=payment.id, invoice=invoice.id, amount=share)
    back = Settlement(
        kind=SettlementKind.PAYMENT, amount=-share, source=payment.id, on=on, reason=reason
    )
    opened = settle(invoice, back, at)
    let_off = _let_off(invoice, payment)
    if let_off.is_zero:
        return Received(Change(after, (event,)), (opened,))
    undone = attrs.evolve(back, kind=SettlementKind.DISCOUNT, amount=-let_off)
    opened = _joined(opened, settle(opened.entity, undone, at))
    return Received(Change(after, (event,)), _reclaimed(opened, notes, undone, at))


def _reclaimed(
    opened: Change[Invoice], notes: Sequence[Invoice], undone: Settlement, at: datetime
) -> tuple[Change[Invoice], ...]:
    """The invoice, and the notes that took back more of the discount than is left of it now."""
    kind, currency = SettlementKind.DISCOUNT, opened.entity.currency
    taken = sum_money((note.settled_by(kind) for note in notes), currency)
    excess = taken - discount_credited(opened.entity, notes)
    changes: list[Change[Invoice]] = []
    for note in reversed(notes):
        amount = min(note.settled_by(kind), excess)
        if amount.amount > 0:
            excess -= amount
            on = max(undone.on, note.issued_on or undone.on)
            again = attrs.evolve(undone, amount=-amount, source=opened.entity.id, on=on)
            due = settle(note, again, at)
            given, got = offset(due.entity, opened.entity, amount, on, at)
            opened = _joined(opened, got)
            changes.append(_joined(due, given))
    return (opened, *changes)


def offset(
    credit_note: Invoice, invoice: Invoice, amount: Money, on: date, at: datetime
) -> tuple[Change[Invoice], Change[Invoice]]:
    """The credit note and the invoice settle each other by an amount.

    Returns:
        The change of the credit note, and that of the invoice.

    Raises:
        InvalidValue: the first is no credit note, the second is one, the amount is not above zero,
            or they belong to different accounts.
        CurrencyMismatch: they are in different currencies.
        LimitExceeded: more than is due on one of them.
    """
    at = instant(at)
    faults: list[CrmError] = []
    if not credit_note.is_credit_note:
        faults.append(InvalidValue("credit_note", "is an invoice"))
    if invoice.is_credit_note:
        faults.append(InvalidValue("invoice", "is a credit note"))
    if credit_note.account != invoice.account:
        faults.append(InvalidValue("invoice", "must be of the same account"))
    if credit_note.currency != invoice.currency:
        faults.append(CurrencyMismatch("invoice", credit_note.currency, invoice.currency))
    if amount.amount <= 0:
        faults.append(InvalidValue("amount", "must be above zero"))
    raise_collected(faults)
    given = Settlement(kind=SettlementKind.CREDIT, amount=amount, source=invoice.id, on=on)
    taken = attrs.evolve(given, source=credit_note.id)
    return settle(credit_note, given, at), settle(invoice, taken, at)


def _check_received(payment: Payment) -> None:
    if payment.kind is not PaymentKind.RECEIVED:
        raise InvalidValue("payment", "is a refund")


def _faults_of(invoices: Sequence[Invoice], currency: str) -> list[CrmError]:
    faults: list[CrmError] = []
    seen: set[UUID] = set()
    for at, invoice in enumerate(invoices):
        if invoice.id in seen:
            faults.append(InvalidValue(f"invoices[{at}]", "is given twice"))
        seen.add(invoice.id)
        if invoice.is_credit_note:
            faults.append(InvalidValue(f"invoices[{at}]", "is a credit note, which we owe"))
        if invoice.currency != currency:
            faults.append(CurrencyMismatch(f"invoices[{at}]", currency, invoice.currency))
        try:
            INVOICE_LIFECYCLE.after(invoice.status, "pay", InvoiceFacts(invoice), invoice.id)
        except CrmError as fault:
            faults.append(fault)
    return faults


def _lowered(invoices: Iterable[Invoice], granted: Mapping[UUID, Settlement]) -> dict[UUID, Money]:
    """What is to be paid of the invoices that have a discount."""
    return {each.id: each.due - granted[each.id].amount for each in invoices if each.id in granted}


def _allocated(
    invoices: Iterable[Invoice], amount: Money, lowered: dict[UUID, Money]
) -> list[tuple[Invoice, Money]]:
    shares: list[tuple[Invoice, Money]] = []
    left = amount
    for invoice in sorted(invoices, key=lambda each: each.due_on or date.max):
        share = min(lowered.get(invoice.id, invoice.due), left)
        if share.amount > 0:
            shares.append((invoice, share))
            left -= share
    return shares


def _by_money(payment: Payment, share: Money) -> Settlement:
    return Settlement(
        kind=SettlementKind.PAYMENT, amount=share, source=payment.id, on=payment.received_on
    )


def _settled(
    invoice: Invoice, paid: Settlement, discount: Settlement | None, at: datetime
) -> Change[Invoice]:
    if discount is None:
        return settle(invoice, paid, at)
    # The discount first, so that the money is told as what settled the last of it.
    let_off = settle(invoice, attrs.evolve(discount, source=paid.source), at)
    return _joined(let_off, settle(let_off.entity, paid, at))


def _joined(first: Change[Invoice], second: Change[Invoice]) -> Change[Invoice]:
    return Change(second.entity, (*first.events, *second.events))


def _settled_by(invoice: Invoice, payment: Payment) -> Money:
    """What the payment settles, less what stands on the invoice as paid before."""
    settled = Money.zero(invoice.currency)
    for each in invoice.settlements:
        # Invoices from before settlements were kept do not say which payment it was.
        if each.kind is SettlementKind.PAYMENT and each.source in {payment.id, None}:
            settled += each.amount
    return min(settled, payment.allocated_to(invoice.id))


def _let_off(invoice: Invoice, payment: Payment) -> Money:
    total = Money.zero(invoice.currency)
    for each in invoice.settlements:
        if each.kind is SettlementKind.DISCOUNT and each.source == payment.id:
            total += each.amount
    return total
