"""``crm.receivables``: what is owed, what money settles, and who is reminded."""

from datetime import date, datetime
from uuid import UUID

from crmcore.contacts import Contact, begin_debtor
from crmcore.errors import InvalidValue
from crmcore.grammar.field import F
from crmcore.receivables import (
    Payment,
    Reminder,
    allocate,
    offset,
    pay_back,
    refund,
    release,
    remind,
    write_off,
)
from crmcore.sales import Invoice
from crmcore.usecases.arguments import commands
from crmcore.usecases.owed import Owed
from crmcore.usecases.paying import received, refunded
from crmcore.usecases.receivable_plans import ReceivablePlans
from crmcore.usecases.reminding import reminder_due
from crmcore.usecases.roles import settle_debtors
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money


@commands
class Receivables(Owed):
    """What accounts owe, and what settles it; money comes in by ``crm.sales.pay``.

    Attributes:
        payments: All payments and refunds.
        reminders: All reminders that were sent.
        plan: What commands would do, without doing it.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.plan = ReceivablePlans(desk)

    def __repr__(self) -> str:
        return f"<receivables of {self._desk.store.tenant!r}>"

    def allocate(
        self, payment: UUID, *invoices: UUID, key: str | None = None, at: datetime | None = None
    ) -> Payment:
        """The payment, what was left over of it spread over the invoices, the one due first first.

        Raises:
            InvalidValue: nothing is left over, or no invoice is named.
            MoveForbidden: an invoice is not issued, or paid already.
            CurrencyMismatch: an invoice is in another currency.
        """
        asked = locals()

        def step(work: Work) -> Payment:
            if not invoices:
                raise InvalidValue("invoices", "name at least one")
            moment = self._desk.at(at)
            found = [work.get(Invoice, each) for each in invoices]
            return received(work, allocate(work.get(Payment, payment), found, moment), moment)

        return self._desk.run("receivables.allocate", Payment, key, asked, step)

    def release(
        self,
        payment: UUID,
        invoice: UUID,
        *,
        reason: str,
        on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Payment:
        """The payment, which pays this invoice no more: the invoice is due again.

        Args:
            payment: The payment.
            invoice: The invoice.
            reason: Why; it stands on the invoice's settlements.
            on: The day; the day of ``at`` when left out.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            InvalidValue: the payment pays nothing of the invoice.
        """
        asked = locals()

        def step(work: Work) -> Payment:
            moment = self._desk.at(at)
            day = on or self._desk.day(moment)
            bill = work.get(Invoice, invoice)
            notes = work.find(Invoice, F.credits == bill.id)
            done = release(work.get(Payment, payment), bill, day, moment, reason, notes=notes)
            work.apply(begin_debtor(work.get(Contact, bill.account), bill.id, moment))
            return received(work, done, moment)

        return self._desk.run("receivables.release", Payment, key, asked, step)

    def refund(
        self,
        payment: UUID,
        *,
        amount: Money | None = None,
        on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Payment:
        """The refund of what was left over of a payment: all of it, or an amount.

        Raises:
            LimitExceeded: more than is left over.
            InvalidValue: nothing is left over, or it is a refund itself.
        """
        asked = locals()

        def step(work: Work) -> Payment:
            moment = self._desk.at(at)
            source = work.get(Payment, payment)
            much = source.unallocated if amount is None else amount
            day = on or self._desk.day(moment)
            return refunded(work, refund(source, work.ids.new(), much, day, moment))

        return self._desk.run("receivables.refund", Payment, key, asked, step)

    def pay_back(
        self,
        credit_note: UUID,
        *,
        amount: Money | None = None,
        on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Payment:
        """The refund of what a credit note leaves to the account: all of it, or an amount.

        Raises:
            InvalidValue: it is no credit note.
            LimitExceeded: more than is due on it.
            MoveForbidden: nothing is due on it any more.
        """
        asked = locals()

        def step(work: Work) -> Payment:
            moment = self._desk.at(at)
            note = work.get(Invoice, credit_note)
            much = note.due if amount is None else amount
            day = on or self._desk.day(moment)
            return refunded(work, pay_back(note, work.ids.new(), much, day, moment))

        return self._desk.run("receivables.pay_back", Payment, key, asked, step)

    def offset(
        self,
        credit_note: UUID,
        invoice: UUID,
        *,
        amount: Money | None = None,
        on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Invoice:
        """The invoice, which a credit note of the same account settles: as far as both are due.

        Raises:
            InvalidValue: they are no such pair.
            LimitExceeded: more than is due on one of them.
            MoveForbidden: nothing is due on one of them.
        """
        asked = locals()

        def step(work: Work) -> Invoice:
            moment = self._desk.at(at)
            note, bill = work.get(Invoice, credit_note), work.get(Invoice, invoice)
            much = min(note.due, bill.due) if amount is None else amount
            day = on or self._desk.day(moment)
            given, taken = offset(note, bill, much, day, moment)
            work.apply(given)
            settled = work.apply(taken)
            settle_debtors(work, [settled], moment)
            return settled

        return self._desk.run("receivables.offset", Invoice, key, asked, step)

    def write_off(
        self,
        invoice: UUID,
        *,
        reason: str,
        amount: Money | None = None,
        on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Invoice:
        """The invoice, of which an amount is given up, or all that is due.

        Raises:
            LimitExceeded: more than is due.
            MoveForbidden: it is not issued, or nothing is due.
        """
        asked = locals()

        def step(work: Work) -> Invoice:
            moment = self._desk.at(at)
            bill = work.get(Invoice, invoice)
            much = bill.due if amount is None else amount
            day = on or self._desk.day(moment)
            settled = work.apply(write_off(bill, much, day, moment, reason))
            settle_debtors(work, [settled], moment)
            return settled

        return self._desk.run("receivables.write_off", Invoice, key, asked, step)

    def remind(
        self,
        account: UUID,
        *,
        currency: str | None = None,
        as_of: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Reminder:
        """The reminder that is due to an account, recorded as sent.

        Repeating it on the same day gives the one of that day: no level comes twice.

        Args:
            account: Whom to remind.
            currency: Over invoices in this currency; the company's when left out.
            as_of: The day; today when left out.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when none is due; it tells what waits, and until when.
        """
        asked = locals()

        def step(work: Work) -> Reminder:
            moment = self._desk.at(at)
            day, code = as_of or self._desk.day(moment), currency or self._desk.settings.currency
            plan, known = reminder_due(work, self._desk, account, code, day)
            if known is not None:
                return known
            return work.apply(remind(plan.reminders[0], work.ids.new(), day, moment))

        return self._desk.run("receivables.remind", Reminder, key, asked, step)
