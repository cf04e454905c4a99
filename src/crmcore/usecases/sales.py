"""``crm.sales``: quote, order, invoice, payment, each born from the one before."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from crmcore.catalog import Combination, Discount, Surcharge
from crmcore.grammar.field import F
from crmcore.receivables import Payment
from crmcore.sales import (
    DeliveryNote,
    Invoice,
    LineDraft,
    Milestone,
    Order,
    Quantities,
    Quote,
    QuoteStatus,
    cancel_order,
    discard,
    reject,
    withdraw,
)
from crmcore.usecases.arguments import commands
from crmcore.usecases.billing import BillingWish, billed
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.invoices import Invoices
from crmcore.usecases.issuing import IssueWish, issue_draft
from crmcore.usecases.numbering import numbered, numbering, numbers_of, series_of_invoices
from crmcore.usecases.orders import Orders
from crmcore.usecases.paying import paid
from crmcore.usecases.quotes import Quotes
from crmcore.usecases.quoting import ordered, quote_wish, quoted, sent
from crmcore.usecases.sales_plans import SalesPlans
from crmcore.usecases.settings import INVOICES, ORDERS, QUOTES
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money


@commands
class Sales:
    """The documents from offer to payment; all payments are in ``crm.receivables``.

    Attributes:
        quotes: All quotes: to look up, change and revise, and have approved.
        orders: All orders: to place, deliver, hold, change and end.
        deliveries: All deliveries and returns.
        invoices: All invoices and credit notes: to credit, cancel and verify.
        plan: What commands would do, without doing it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.quotes = Quotes(desk)
        self.orders = Orders(desk)
        self.deliveries = Collection(desk, DeliveryNote)
        self.invoices = Invoices(desk)
        self.plan = SalesPlans(desk)

    def __repr__(self) -> str:
        return f"<sales of {self._desk.store.tenant!r}>"

    def quote(
        self,
        opportunity: UUID,
        *,
        lines: Sequence[LineDraft] = (),
        valid_until: date | None = None,
        template: str | None = None,
        discounts: Sequence[Discount] = (),
        charges: Sequence[Surcharge] = (),
        combination: Combination | str = Combination.STACKED,
        currency: str | None = None,
        price_list: str | None = None,
        segments: Sequence[str] = (),
        contact: UUID | None = None,
        introduction: str | None = None,
        milestones: Sequence[Milestone] = (),
        buyer_reference: str | None = None,
        purchase_order: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Quote:
        """A draft quote on the opportunity; ``plan.quote`` shows it before it is made.

        Args:
            opportunity: What it is a quote for.
            lines: What is offered; a line of a product takes its text, price, cost and VAT from the
                catalogue where it does not say otherwise.
            valid_until: The last day on which it can be accepted; the template's when left out.
            template: The code of a template, whose lines come first.
            discounts: Discounts on the whole, spread over the lines that are not optional.
            charges: Surcharges on the whole, spread likewise.
            combination: What becomes of several discounts on the whole.
            currency: The currency; the company's when left out.
            price_list: The code of a price list to be looked at besides those of the customer.
            segments: The segments of the customer, for price lists and configuration rules.
            contact: Whom it is addressed to.
            introduction: What stands above the lines; the template's when left out.
            milestones: What lines billed by milestones wait for; the template's when left out.
            buyer_reference: What the buyer asked to be quoted, such as a Leitweg-ID.
            purchase_order: The buyer's own number.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when the deal is lost.
            ActivityNotAllowed: when the account is neither prospect nor customer.
            NotValid: when lines are wrong, or configuration rules refuse them; all faults at once,
                each with its path.
            UnknownName: when there is no such template or price list.
        """
        asked = locals()
        wish = quote_wish(asked)

        def step(work: Work) -> Quote:
            change, _ = quoted(work, self._desk, wish)
            return work.apply(change)

        return self._desk.run("sales.quote", Quote, key, asked, step)

    def send(
        self, id: Quote | UUID, *, key: str | None = None, at: datetime | None = None
    ) -> Quote:
        """The quote as sent to the customer, with a number where quotes are numbered.

        Given as you read it, it must be up to date.

        Raises:
            MoveForbidden: when it is not a draft.
            StaleRevision: when somebody changed it since you read it.
            GuardRefused: when it has expired, or an approval it needs is missing.
        """
        asked = locals()
        numbers = None
        if QUOTES in self._desk.settings.numbering:
            numbers = numbering(self._desk, QUOTES, self._desk.day(self._desk.at(at)))

        def step(work: Work) -> Quote:
            found = work.current(Quote, id, {}, frozenset())
            return work.apply(sent(work, self._desk, found, numbers, at))

        return self._desk.run("sales.send", Quote, key, asked, step)

    def reject(
        self,
        id: UUID,
        *,
        reason: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Quote:
        """The quote as declined by the customer.

        Raises:
            MoveForbidden: when it is decided already.
        """
        asked = locals()

        def step(work: Work) -> Quote:
            return work.apply(reject(work.get(Quote, id), self._desk.at(at), reason))

        return self._desk.run("sales.reject", Quote, key, asked, step)

    def accept(
        self,
        id: Quote | UUID,
        *,
        options: Sequence[UUID] = (),
        key: str | None = None,
        at: datetime | None = None,
    ) -> Order:
        """The order the quote became; repeating it returns the same one.

        The order has the lines that are not optional and those that were chosen. The opportunity is
        won for their net total, and the account is a customer from now on. A deal that was won by
        hand keeps its amount.

        Args:
            id: The latest version of the offer: its id, or the quote as you read it.
            options: The ids of the optional lines the customer chose.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when the quote was rejected or superseded, or the deal is lost.
            StaleRevision: when somebody changed it since you read it.
            GuardRefused: when it has expired, the deal has an order that is not cancelled, or an
                approval is missing.
            NotValid: when an option is no optional line, or configuration rules refuse it.
            ActivityNotAllowed: when the account may not order.
        """
        asked = locals()
        numbers = numbers_of(self._desk, ORDERS, self._desk.at(at))

        def step(work: Work) -> Order:
            moment = self._desk.at(at)
            quote = work.get(Quote, id if isinstance(id, UUID) else id.id)
            if quote.status is QuoteStatus.ACCEPTED:
                known = work.first(Order, F.quote == quote.id)
                if known is not None:
                    return known
            quote = work.current(Quote, id, {}, frozenset())
            order = ordered(work, self._desk, quote, options, moment)
            return work.apply(numbered(work, order, numbers, self._desk.day(moment)))

        return self._desk.run("sales.accept", Order, key, asked, step)

    def cancel_order(
        self, id: UUID, *, key: str | None = None, at: datetime | None = None
    ) -> Order:
        """The order, cancelled.

        Raises:
            GuardRefused: when an invoice that is not credited in full, be it a draft, holds a part of
                it, or a part of it is delivered.
            MoveForbidden: when it is done, closed or cancelled.
        """
        asked = locals()

        def step(work: Work) -> Order:
            return work.apply(cancel_order(work.get(Order, id), self._desk.at(at)))

        return self._desk.run("sales.cancel_order", Order, key, asked, step)

    def bill(
        self,
        order: UUID,
        *,
        lines: Quantities | None = None,
        part: int | None = None,
        of: int | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Invoice:
        """A draft invoice over a part of the order, or over all that may be billed by now.

        What may be billed follows from how each line is billed: as ordered, as delivered, or as
        milestones are reached; ``orders.billable`` tells it beforehand, and ``plan.bill`` the whole
        invoice. Whatever the parts, their
        nets sum to the order's net and their payable amounts to the order's payable amount, to the
        cent. Billing an instalment again, or everything of an order that is billed, returns the
        invoice that did it. Repeating ``lines`` bills more of them: give a ``key`` where a call may
        be repeated.

        Args:
            order: The order.
            lines: Quantities by the id of the order line; a line's own allowance may be used up.
            part: Which instalment, from 1; with ``of``.
            of: How many equal instalments there are.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            LimitExceeded: when more is asked than may be billed.
            GuardRefused: when nothing may be billed by now; each line says why.
            MoveForbidden: when the order is on hold, closed or cancelled.
        """
        asked = locals()
        wish = BillingWish(order=order, lines=lines, part=part, of=of)

        def step(work: Work) -> Invoice:
            done = billed(work, wish, self._desk.at(at))
            if done.invoice.is_empty:
                return done.invoice.entity
            work.apply(done.order)
            return work.apply(done.invoice)

        return self._desk.run("sales.bill", Invoice, key, asked, step)

    def issue(
        self,
        invoice: UUID,
        *,
        series: str = INVOICES,
        terms: str | None = None,
        delivered_on: date | None = None,
        delivered_from: date | None = None,
        prepaid: Sequence[UUID] = (),
        key: str | None = None,
        at: datetime | None = None,
    ) -> Invoice:
        """The invoice with its number and date, from now on unchangeable; repeating is harmless.

        The number is the next of its series and year, without gaps unless the settings allow them
        for this series. Seller, buyer, terms and the rate of a foreign currency are kept as they are
        now, and a seal over all of it; see ``invoices.verify``. The account is a debtor (Debitor)
        from its first receivable on.

        Args:
            invoice: The draft.
            series: The series of its number.
            terms: The name of the terms of payment in the settings; their days when left out.
            delivered_on: The day of the supply, or the last day of its period; that of the delivery,
                where one is known, else the day of issue, when left out.
            delivered_from: The first day of that period.
            prepaid: Payments on account (Anzahlungen): what they have left over is taken off what
                is payable, and stands on the invoice as paid before (BT-113).
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when it was withdrawn.
            UnknownName: when the settings have no such series or terms.
            NothingFound: when its currency has no rate on the day.
            OutsideFailed: when the source of rates raises; its own error is the cause.
            NotValid: when seller, buyer or lines lack what VAT asks for; all faults at once.
        """
        asked = locals()
        day = self._desk.day(self._desk.at(at))
        numbers = numbering(self._desk, series_of_invoices(series), day)
        wish = IssueWish(
            terms=terms,
            delivered_on=delivered_on,
            delivered_from=delivered_from,
            prepaid=prepaid,
        )

        def step(work: Work) -> Invoice:
            draft = work.get(Invoice, invoice)
            if draft.number is not None:
                return draft
            return issue_draft(self._desk, work, draft, numbers, wish=wish, at=self._desk.at(at))

        return self._desk.run("sales.issue", Invoice, key, asked, step)

    def withdraw(
        self, invoice: UUID, *, key: str | None = None, at: datetime | None = None
    ) -> Invoice:
        """The draft, given up; what it billed is open again. An issued invoice has no way back.

        Raises:
            MoveForbidden: when it is not a draft.
        """
        asked = locals()

        def step(work: Work) -> Invoice:
            draft = work.get(Invoice, invoice)
            moment = self._desk.at(at)
            if draft.order is None:
                return work.apply(discard(draft, moment))
            done = withdraw(draft, work.get(Order, draft.order), moment)
            work.apply(done.order)
            return work.apply(done.invoice)

        return self._desk.run("sales.withdraw", Invoice, key, asked, step)

    def pay(
        self,
        *invoices: UUID,
        amount: Money,
        account: UUID | None = None,
        on: date | None = None,
        reference: str | None = None,
        external_id: str | None = None,
        discounts: bool = True,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Payment:
        """The payment, spread over the invoices, the one due first before the others.

        No invoice is paid beyond what is due; what is left over stays unallocated. A payment on
        account (Anzahlung) names an account and no invoice.

        Args:
            *invoices: The invoices it is for.
            amount: What was received.
            account: Who paid; the account of the first invoice when left out.
            on: The day it was received; the day of ``at`` when left out.
            reference: What the payer wrote.
            external_id: The id at the bank; unique.
            discounts: Whether discounts for early payment (Skonto) may be granted.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            CurrencyMismatch: when it is in another currency than an invoice.
            MoveForbidden: when an invoice is not issued, or paid already.
            InvalidValue: when neither an invoice nor an account is named.
            ReferenceNotFound: when there is no such account.
        """
        asked = locals()

        def step(work: Work) -> Payment:
            return paid(work, self._desk, asked)

        return self._desk.run("sales.pay", Payment, key, asked, step)
