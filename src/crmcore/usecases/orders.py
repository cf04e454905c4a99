"""``crm.sales.orders``: what was bought, from its placing to its delivery, and what can be billed.

Most orders are born when a quote is accepted (``crm.sales.accept``). Those of an ERP, a web shop or a
subscription are placed here.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.catalog import Combination, Discount, Surcharge
from crmcore.contacts import Activity, Contact, become_customer, require
from crmcore.grammar.field import F, order_of
from crmcore.sales import (
    BillingPlan,
    BillingPolicy,
    DeliveryDetails,
    DeliveryKind,
    DeliveryNote,
    Fulfilled,
    Fulfilment,
    Invoice,
    LineDraft,
    Milestone,
    Order,
    OrderTerms,
    Quantities,
    billing_plan,
    deliver,
    paid_in_advance,
    place_order,
    take_back,
)
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.numbering import Numbering, numbered, numbers_of
from crmcore.usecases.offering import Lines, Sold, new_ids, priced_lines
from crmcore.usecases.order_moves import OrderMoves
from crmcore.usecases.settings import DELIVERIES, ORDERS, RETURNS
from crmcore.usecases.work import Desk, Work


@commands
class Orders(OrderMoves):
    """What was bought, and what became of it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Order)

    def place(
        self,
        account: UUID,
        *,
        lines: Sequence[LineDraft],
        currency: str | None = None,
        discounts: Sequence[Discount] = (),
        charges: Sequence[Surcharge] = (),
        combination: Combination | str = Combination.STACKED,
        price_list: str | None = None,
        segments: Sequence[str] = (),
        milestones: Sequence[Milestone] = (),
        number: str | None = None,
        buyer_reference: str | None = None,
        purchase_order: str | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Order:
        """An order without a quote; the account is a customer from now on.

        Args:
            account: Who buys.
            lines: What is bought; see `crmcore.usecases.sales.Sales.quote`.
            currency: The currency; the company's when left out.
            discounts: Discounts on the whole, spread over the lines.
            charges: Surcharges on the whole, spread likewise.
            combination: What becomes of several discounts on the whole.
            price_list: The code of a price list to be looked at besides the customer's.
            segments: The segments of the customer.
            milestones: What lines billed by milestones wait for.
            number: Its number, where another system gave one; else the next of the series
                ``order``, if the settings have one.
            buyer_reference: What the buyer asked to be quoted, such as a Leitweg-ID.
            purchase_order: The buyer's own number.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            ActivityNotAllowed: when the account may not order.
            Duplicate: when the external id is taken.
            NotValid: when lines are wrong; all faults at once, each with its path.
        """
        asked = locals()
        wanted = Lines(**{each.name: asked[each.name] for each in attrs.fields(Lines)})
        told = {each.name: asked[each.name] for each in attrs.fields(OrderTerms)}
        terms = OrderTerms(**told)
        series = None if number is not None else ORDERS
        numbers = numbers_of(self._desk, series, self._desk.at(at))

        def step(work: Work) -> Order:
            moment = self._desk.at(at)
            day, money = self._desk.day(moment), currency or self._desk.settings.currency
            buyer = work.get(Contact, account)
            require(buyer, Activity.ORDER)
            to = Sold(account=buyer, currency=money, day=day)
            priced = priced_lines(work, self._desk, wanted, to)
            change = place_order(
                work.ids.new(),
                account=buyer.id,
                currency=money,
                lines=priced,
                line_ids=new_ids(work, len(priced)),
                at=moment,
                terms=terms,
            )
            work.apply(become_customer(buyer, moment))
            return work.apply(numbered(work, change, numbers, day))

        return self._desk.run("orders.place", Order, key, asked, step)

    def deliver(
        self,
        order: UUID,
        *,
        lines: Quantities | None = None,
        on: date | None = None,
        reference: str | None = None,
        external_id: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> DeliveryNote:
        """The delivery of a part of the order, or of all that is open.

        Delivering everything of an order that is delivered returns the delivery that did it.
        Repeating ``lines`` delivers more of them: give a ``key`` where a call may be repeated.

        Args:
            order: The order.
            lines: Quantities by the id of the order line; a line's own allowance may be used up.
            on: The day; the day of ``at`` when left out.
            reference: What others call it, such as the number of the parcel.
            external_id: Its id in the system it comes from; unique.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            LimitExceeded: when more is asked than is open, allowance included.
            GuardRefused: when what is to be paid in advance is not paid.
            MoveForbidden: when the order is on hold, closed or cancelled.
        """
        asked = locals()
        numbers = numbers_of(self._desk, DELIVERIES, self._desk.at(at))

        def step(work: Work) -> DeliveryNote:
            source, moment = work.get(Order, order), self._desk.at(at)
            known = _delivered_already(work, source) if lines is None else None
            if known is not None:
                return known
            paid = paid_in_advance(source, _invoices_in_advance(work, source))
            day = self._desk.day(moment)
            note = self._note(work, source, on or day, reference=reference, external_id=external_id)
            done = deliver(source, note, moment, quantities=lines, paid=paid)
            return _stored(work, done, numbers, day)

        return self._desk.run("orders.deliver", DeliveryNote, key, asked, step)

    def return_goods(
        self,
        order: UUID,
        *,
        lines: Quantities | None = None,
        on: date | None = None,
        reference: str | None = None,
        reason: str | None = None,
        external_id: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> DeliveryNote:
        """The return of what was delivered of the order, or of a part of it.

        It changes no invoice: credit what is to be credited. What came back is to be delivered
        again, unless that is cancelled. Repeating it takes back more: give a ``key`` where a call
        may be repeated.

        Args:
            order: The order.
            lines: Quantities by the id of the order line; all that is there when left out.
            on: The day; the day of ``at`` when left out.
            reference: What others call it.
            reason: Why it came back.
            external_id: Its id in the system it comes from; unique.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            LimitExceeded: when the customer has less.
            MoveForbidden: when the order is cancelled.
        """
        asked = locals()
        numbers = numbers_of(self._desk, RETURNS, self._desk.at(at))

        def step(work: Work) -> DeliveryNote:
            source, moment = work.get(Order, order), self._desk.at(at)
            day = self._desk.day(moment)
            told = {"reference": reference, "external_id": external_id, "reason": reason}
            note = self._note(work, source, on or day, **told)
            done = take_back(source, note, moment, quantities=lines)
            return _stored(work, done, numbers, day)

        return self._desk.run("orders.return_goods", DeliveryNote, key, asked, step)

    def billable(self, order: UUID) -> BillingPlan:
        """What ``crm.sales.bill`` would take of the order now, line by line, and why.

        Raises:
            EntityNotFound: when there is no such order.
        """
        return billing_plan(self.get(order))

    def _note(self, work: Work, order: Order, on: date, **told: str | None) -> DeliveryDetails:
        line_ids = new_ids(work, len(order.lines))
        return DeliveryDetails(id=work.ids.new(), line_ids=line_ids, on=on, **told)


def _stored(work: Work, done: Fulfilled, numbers: Numbering | None, day: date) -> DeliveryNote:
    work.apply(done.order)
    return work.apply(numbered(work, done.delivery, numbers, day))


def _delivered_already(work: Work, order: Order) -> DeliveryNote | None:
    if order.delivery is not Fulfilment.FULLY:
        return None
    if not any(line.is_deliverable for line in order.lines):
        return None
    made = (F.order == order.id) & (F.kind == DeliveryKind.DELIVERY)
    return work.first(DeliveryNote, made, (order_of("-created_at"), order_of("-id")))


def _invoices_in_advance(work: Work, order: Order) -> tuple[Invoice, ...]:
    """What decides whether lines paid in advance may be delivered; a change of it is noticed."""
    if not any(line.billing is BillingPolicy.PREPAYMENT for line in order.lines):
        return ()
    invoices = work.find(Invoice, F.order == order.id)
    for each in invoices:
        work.guard(each)
    return invoices
