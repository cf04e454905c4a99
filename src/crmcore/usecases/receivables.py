"""``crm.receivables``: what is owed, what money settles, and who is reminded."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from crmcore.contacts import Contact, begin_debtor
from crmcore.errors import GuardRefused, InvalidValue
from crmcore.grammar.field import F
from crmcore.grammar.query import Condition
from crmcore.receivables import (
    DEFAULT_AGES,
    Aging,
    DunningPlan,
    OpenItem,
    Payment,
    Reminder,
    Statement,
    aging,
    allocate,
    dunning_plan,
    offset,
    open_items,
    pay_back,
    refund,
    release,
    remind,
    statement,
    write_off,
)
from crmcore.sales import Invoice, InvoiceStatus, SettlementKind
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection, pages_of
from crmcore.usecases.paying import received, refunded
from crmcore.usecases.roles import settle_debtors
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money


@commands
class Receivables:
    """What accounts owe, and what settles it; money comes in by ``crm.sales.pay``.

    Attributes:
        payments: All payments and refunds.
        reminders: All reminders that were sent.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.payments = Collection(desk, Payment)
        self.reminders = Collection(desk, Reminder)
        self._documents = Collection(desk, Invoice)

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

    def open_items(
        self, *, account: UUID | None = None, as_of: date | None = None
    ) -> tuple[OpenItem, ...]:
        """What is, or was, open at the end of a day, what is due first before the others.

        Args:
            account: Of this account only.
            as_of: The day; today when left out.

        Raises:
            NothingFound: there is no such account.
        """
        day = as_of or self._desk.day(self._desk.at(None))
        where = _open_on(day)
        if account is not None:
            with self._desk.looking() as work:
                work.get(Contact, account)
            where &= F.account == account
        found = self._documents.find(where)
        return open_items((each for page in pages_of(found, _PAGE) for each in page), day)

    def aging(
        self,
        *,
        account: UUID | None = None,
        as_of: date | None = None,
        ages: Sequence[int] = DEFAULT_AGES,
    ) -> Aging:
        """How old the open items are, or were, at the end of a day, per currency.

        Args:
            account: Of this account only.
            as_of: The day; today when left out.
            ages: Days overdue after which the next age begins.

        Raises:
            InvalidValue: the ages do not rise.
        """
        day = as_of or self._desk.day(self._desk.at(None))
        return aging(self.open_items(account=account, as_of=day), day, ages)

    def statement(
        self, account: UUID, *, first: date, last: date, currency: str | None = None
    ) -> Statement:
        """What happened on an account from day to day, with the balances before and after.

        Args:
            account: Whose account.
            first: The first day.
            last: The last day.
            currency: The currency; the company's when left out.

        Raises:
            NothingFound: there is no such contact.
            InvalidValue: the last day lies before the first.
        """
        with self._desk.looking() as work:
            work.get(Contact, account)
        documents = [*self._documents.find((F.account == account) & ~F.number.is_missing())]
        payments = {each.id: each for each in self.payments.find(F.account == account)}
        sources = _paid_by(documents) - payments.keys()
        with self._desk.looking() as work:
            payments.update(work.unit.repository(Payment).get_many(sources))
        code = currency or self._desk.settings.currency
        return statement(account, code, documents, [*payments.values()], first=first, last=last)

    def reminders_due(self, *, as_of: date | None = None) -> DunningPlan:
        """The reminders that are due on a day by the policy of the settings; nothing is stored.

        Args:
            as_of: The day; today when left out.
        """
        day = as_of or self._desk.day(self._desk.at(None))
        return self._reminders_due(day, self.open_items(as_of=day))

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
            # Guarded, so that two who remind at once do not both find that nobody did.
            work.guard(work.get(Contact, account))
            of_account = (F.account == account) & (F.currency == code)
            sent = work.find(Reminder, of_account)
            known = next((each for each in sent if each.dated == day), None)
            if known is not None:
                return known
            items = open_items(work.find(Invoice, of_account & _open_on(day)), day)
            plan = dunning_plan(items, sent, self._desk.settings.dunning, day)
            if not plan.reminders:
                reasons = tuple(f"{number}: {why}" for number, why in plan.waiting.items())
                reasons = reasons or ("nothing is overdue",)
                raise GuardRefused("contact", account, "remind", reasons)
            return work.apply(remind(plan.reminders[0], work.ids.new(), day, moment))

        return self._desk.run("receivables.remind", Reminder, key, asked, step)

    def _reminders_due(self, day: date, items: Sequence[OpenItem]) -> DunningPlan:
        accounts = sorted({item.account for item in items if item.days})
        sent: list[Reminder] = []
        for start in range(0, len(accounts), _PAGE):
            some = accounts[start : start + _PAGE]
            sent.extend(self.reminders.find(F.account.in_(some)))
        return dunning_plan(items, sent, self._desk.settings.dunning, day)


_PAGE = 500


def _open_on(day: date) -> Condition:
    later: Condition = F.settlements.any(F.on > day)
    open_now: Condition = F.status == InvoiceStatus.ISSUED
    issued: Condition = F.issued_on <= day
    return issued & (open_now | later)


def _paid_by(documents: Iterable[Invoice]) -> set[UUID]:
    return {
        part.source
        for document in documents
        for part in document.settlements
        if part.kind is SettlementKind.PAYMENT and part.source is not None
    }
