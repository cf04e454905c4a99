"""``crm.sales``: quote, order, invoice, payment, each born from the one before."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from crmcore.catalog import Product
from crmcore.contacts import Activity, Contact, become_customer, begin_debtor, require
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.grammar.field import F
from crmcore.opportunities import Opportunity, OpportunityStatus, win
from crmcore.sales import (
    INVOICE_LIFECYCLE,
    Invoice,
    InvoiceFacts,
    LineDraft,
    Order,
    Payment,
    Quote,
    QuoteStatus,
    buyer_of,
    cancel_order,
    draft_quote,
    invoice_from_order,
    issue,
    order_from_quote,
    receive,
    reject,
    send,
    withdraw,
)
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.issuing import Numbering, numbering
from crmcore.usecases.roles import settle_debtors
from crmcore.usecases.settings import INVOICES
from crmcore.usecases.standing import billed_already, standing_orders
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money, as_decimal

MAX_LINES = 10_000


@commands
class Sales:
    """The documents from offer to payment.

    Attributes:
        quotes: All quotes, to look up and search.
        orders: All orders.
        invoices: All invoices.
        payments: All payments.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.quotes = Collection(desk, Quote)
        self.orders = Collection(desk, Order)
        self.invoices = Collection(desk, Invoice)
        self.payments = Collection(desk, Payment)

    def __repr__(self) -> str:
        return f"<sales of {self._desk.store.tenant!r}>"

    def quote(
        self,
        opportunity: UUID,
        *,
        lines: Sequence[LineDraft],
        valid_until: date,
        currency: str | None = None,
        contact: UUID | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Quote:
        """A draft quote on the opportunity.

        Args:
            opportunity: What it is a quote for.
            lines: What is offered; a line of a product takes its text, price and VAT from the
                catalogue where it does not say otherwise.
            valid_until: The last day on which it can be accepted.
            currency: The currency; the company's when left out.
            contact: Whom it is addressed to.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when the deal is lost.
            ActivityNotAllowed: when the account is neither prospect nor customer.
            NotValid: when lines are wrong; all faults at once, each with its path.
        """
        asked = locals()
        if not 0 < len(lines) <= MAX_LINES:
            raise InvalidValue("lines", f"a quote has 1 to {MAX_LINES} lines")

        def step(work: Work) -> Quote:
            moment = self._desk.at(at)
            deal = work.get(Opportunity, opportunity)
            if deal.account is not None:
                require(work.get(Contact, deal.account), Activity.QUOTE)
            wanted = {line.product for line in lines if line.product is not None}
            change = draft_quote(
                work.ids.new(),
                opportunity=deal,
                drafts=lines,
                products=work.unit.repository(Product).get_many(wanted),
                line_ids=_new_ids(work, len(lines)),
                valid_until=valid_until,
                currency=currency or self._desk.settings.currency,
                at=moment,
                on=self._desk.day(moment),
                contact=contact,
                attributes=attributes,
            )
            work.guard(deal)
            return work.apply(change)

        return self._desk.run("sales.quote", Quote, key, asked, step)

    def send(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Quote:
        """The quote as sent to the customer.

        Raises:
            MoveForbidden: when it is not a draft.
        """
        asked = locals()

        def step(work: Work) -> Quote:
            return work.apply(send(work.get(Quote, id), self._desk.at(at)))

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

    def accept(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Order:
        """The order the quote became; repeating it returns the same one.

        The opportunity is won for the net total, and the account is a customer from now on. A deal
        that was won by hand keeps its amount.

        Raises:
            MoveForbidden: when the quote was rejected, or the deal is lost.
            GuardRefused: when it has expired, or the deal has an order that is not cancelled.
            ActivityNotAllowed: when the account may not order.
        """
        asked = locals()

        def step(work: Work) -> Order:
            moment = self._desk.at(at)
            quote = work.get(Quote, id)
            if quote.status is QuoteStatus.ACCEPTED:
                known = work.first(Order, F.quote == quote.id)
                if known is not None:
                    return known
            account = work.get(Contact, quote.account)
            require(account, Activity.ORDER)
            day, ids = self._desk.day(moment), _new_ids(work, len(quote.lines))
            deal = None if quote.opportunity is None else work.get(Opportunity, quote.opportunity)
            orders = standing_orders(work, quote.opportunity)
            done = order_from_quote(quote, work.ids.new(), ids, moment, on=day, orders=orders)
            won = None if deal is None else self._won(deal, quote, moment)
            work.apply(done.quote)
            order = work.apply(done.order)
            if won is not None:
                work.apply(won)
            work.apply(become_customer(account, moment))
            return order

        return self._desk.run("sales.accept", Order, key, asked, step)

    def cancel_order(
        self, id: UUID, *, key: str | None = None, at: datetime | None = None
    ) -> Order:
        """The order, cancelled.

        Raises:
            GuardRefused: when something of it is invoiced.
            MoveForbidden: when it is not open.
        """
        asked = locals()

        def step(work: Work) -> Order:
            return work.apply(cancel_order(work.get(Order, id), self._desk.at(at)))

        return self._desk.run("sales.cancel_order", Order, key, asked, step)

    def bill(
        self,
        order: UUID,
        *,
        lines: Mapping[UUID, Decimal | int | str] | None = None,
        part: int | None = None,
        of: int | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Invoice:
        """A draft invoice over a part of the order, or over all that is open.

        Whatever the parts, their nets sum to the order's net and their payable amounts to the
        order's payable amount, to the cent. Billing an instalment again, or everything of an order
        that is billed, returns the invoice that did it. Repeating ``lines`` bills more of them:
        give a ``key`` where a call may be repeated.

        Args:
            order: The order.
            lines: Quantities by the id of the order line.
            part: Which instalment, from 1; with ``of``.
            of: How many equal instalments there are.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            LimitExceeded: when more is asked than is open.
            MoveForbidden: when the order is cancelled.
        """
        asked = locals()

        def step(work: Work) -> Invoice:
            source = work.get(Order, order)
            known = billed_already(work, source, lines, part, of)
            if known is not None:
                return known
            done = invoice_from_order(
                source,
                work.ids.new(),
                _new_ids(work, len(source.lines)),
                self._desk.at(at),
                quantities=None if lines is None else _quantities(lines),
                part=part,
                of=of,
            )
            work.apply(done.order)
            return work.apply(done.invoice)

        return self._desk.run("sales.bill", Invoice, key, asked, step)

    def issue(
        self,
        invoice: UUID,
        *,
        series: str = INVOICES,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Invoice:
        """The invoice with its number and date, from now on unchangeable; repeating is harmless.

        The number is the next of its series and year, without gaps unless the settings allow them
        for this series. The account is a debtor (Debitor) from its first receivable on.

        Raises:
            MoveForbidden: when it was withdrawn.
            UnknownName: when the settings have no such series.
        """
        asked = locals()
        numbers = numbering(self._desk, series, self._desk.day(self._desk.at(at)))

        def step(work: Work) -> Invoice:
            draft = work.get(Invoice, invoice)
            if draft.number is not None:
                return draft
            moment = self._desk.at(at)
            account = work.get(Contact, draft.account)
            require(account, Activity.INVOICE)
            return work.apply(self._issued(work, draft, account, numbers, moment))

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
            if draft.order is None:
                raise InvalidValue("invoice", "belongs to no order")
            done = withdraw(draft, work.get(Order, draft.order), self._desk.at(at))
            work.apply(done.order)
            return work.apply(done.invoice)

        return self._desk.run("sales.withdraw", Invoice, key, asked, step)

    def pay(
        self,
        *invoices: UUID,
        amount: Money,
        on: date | None = None,
        reference: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Payment:
        """The payment, spread over the invoices, the one due first before the others.

        No invoice is paid beyond what is due; what is left over stays unallocated.

        Args:
            *invoices: The invoices it is for.
            amount: What was received.
            on: The day it was received; the day of ``at`` when left out.
            reference: What the payer wrote.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            CurrencyMismatch: when it is in another currency than an invoice.
            MoveForbidden: when an invoice is not issued, or paid already.
        """
        asked = locals()

        def step(work: Work) -> Payment:
            if not invoices:
                raise InvalidValue("invoices", "name at least one")
            moment = self._desk.at(at)
            found = [work.get(Invoice, each) for each in invoices]
            done = receive(
                work.ids.new(),
                found[0].account,
                amount,
                on or self._desk.day(moment),
                found,
                at=moment,
                reference=reference,
            )
            settle_debtors(work, [work.apply(change) for change in done.invoices], moment)
            return work.apply(done.payment)

        return self._desk.run("sales.pay", Payment, key, asked, step)

    def _won(self, deal: Opportunity, quote: Quote, moment: datetime) -> Change[Opportunity]:
        if deal.status is OpportunityStatus.WON:
            return Change(deal)
        return win(deal, moment, quote.totals.net, self._desk.day(moment))

    def _issued(
        self, work: Work, draft: Invoice, account: Contact, numbers: Numbering, moment: datetime
    ) -> Change[Invoice]:
        # Asked before a number is drawn: a refusal afterwards would end the whole transaction.
        INVOICE_LIFECYCLE.after(draft.status, "issue", InvoiceFacts(draft), draft.id)
        if not draft.totals.payable.is_zero:
            work.apply(begin_debtor(account, draft.id, moment))
        drawn = numbers.draw(work, self._desk.day(moment))
        return issue(
            draft,
            series=drawn.series,
            period=drawn.period,
            sequence=drawn.sequence,
            number=drawn.number,
            buyer=buyer_of(account),
            on=drawn.on,
            due_in_days=self._desk.settings.payment_days,
            at=moment,
        )


def _new_ids(work: Work, many: int) -> list[UUID]:
    return [work.ids.new() for _ in range(many)]


def _quantities(lines: Mapping[UUID, Decimal | int | str]) -> dict[UUID, Decimal]:
    return {id: as_decimal(f"lines[{id}]", quantity) for id, quantity in lines.items()}
