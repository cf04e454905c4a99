"""How money goes back: what was left over of a payment, and what a credit note leaves.

A refund is a payment of its own, so that every movement of money has a record and a day.
"""

from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue, LimitExceeded
from crmcore.grammar.change import Change, changed
from crmcore.receivables.events import PaymentRefunded, RefundPaid
from crmcore.receivables.model import Allocation, Payment, PaymentKind
from crmcore.sales import Invoice, Settlement, SettlementKind, settle
from crmcore.values import Money, check_not_ahead, instant


@attrs.frozen
class Refunded:
    """Money was paid back.

    Attributes:
        refund: The new payment that went out.
        payment: The change of the payment that is paid back; None for a credit note.
        invoices: The change of the credit note; empty for a payment.
    """

    refund: Change[Payment]
    payment: Change[Payment] | None = None
    invoices: tuple[Change[Invoice], ...] = ()


def refund(payment: Payment, refund_id: UUID, amount: Money, on: date, at: datetime) -> Refunded:
    """So much of what was left over of a payment is paid back.

    Raises:
        LimitExceeded: more than is left over.
        InvalidValue: the payment is a refund itself, the amount is not above zero, or the day lies
            before that of the payment, or ahead.
    """
    at = instant(at)
    if payment.kind is not PaymentKind.RECEIVED:
        raise InvalidValue("payment", "is a refund")
    _check_day(on, payment.received_on, at)
    if amount > payment.unallocated:
        raise LimitExceeded("amount", str(amount), str(payment.unallocated))
    out = _went_out(refund_id, payment.account, amount, on, at)
    back = attrs.evolve(out, refunds=payment.id)
    after = changed(payment, at, refunded=payment.refunded + amount)
    told = PaymentRefunded(at=at, payment=payment.id, refund=refund_id, amount=amount)
    return Refunded(_paid_out(back, at), Change(after, (told,)))


def pay_back(
    credit_note: Invoice, refund_id: UUID, amount: Money, on: date, at: datetime
) -> Refunded:
    """So much of what a credit note leaves to the account is paid back.

    Raises:
        InvalidValue: it is no credit note, the amount is not above zero, or the day lies before that
            of the note, or ahead.
        LimitExceeded: more than is due on it.
        MoveForbidden: nothing is due on it any more.
    """
    at = instant(at)
    if not credit_note.is_credit_note:
        raise InvalidValue("credit_note", "is an invoice; only a credit note is paid back")
    _check_day(on, credit_note.issued_on, at)
    allocations = (Allocation(invoice=credit_note.id, amount=amount),)
    out = _went_out(refund_id, credit_note.account, amount, on, at)
    paid = attrs.evolve(out, allocations=allocations)
    settlement = Settlement(kind=SettlementKind.PAYMENT, amount=amount, source=refund_id, on=on)
    settled = settle(credit_note, settlement, at)
    return Refunded(_paid_out(paid, at), None, (settled,))


def _check_day(on: date, first: date | None, at: datetime) -> None:
    check_not_ahead(on, at)
    if first is not None and on < first:
        raise InvalidValue("on", f"must not lie before {first}, the day of what is paid back")


def _went_out(id: UUID, account: UUID, amount: Money, on: date, at: datetime) -> Payment:
    return Payment(
        id=id,
        created_at=at,
        updated_at=at,
        kind=PaymentKind.REFUND,
        account=account,
        amount=amount,
        received_on=on,
    )


def _paid_out(out: Payment, at: datetime) -> Change[Payment]:
    event = RefundPaid(
        at=at, payment=out.id, account=out.account, amount=out.amount, paid_on=out.received_on
    )
    return Change(out, (event,))
