"""The commands of ``crm.sales.orders`` that hold an order, end it, or change what is in it.

How it is placed, delivered and returned is in `crmcore.usecases.orders`; how it is billed in
`crmcore.usecases.sales`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.catalog import Combination, Discount, Surcharge
from crmcore.contacts import Activity, Contact, require
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.sales import (
    LineDraft,
    Milestone,
    Order,
    OrderLine,
    Quantities,
    cancel_rest,
    change_order,
    close_order,
    hold_order,
    order_lines,
    plan_milestones,
    reach_milestone,
    reopen_order,
    repriced,
    resume_order,
)
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection
from crmcore.usecases.offering import Lines, Sold, new_ids, priced_lines
from crmcore.usecases.work import Work
from crmcore.values import Money, Share


@commands
class OrderMoves(Collection[Order]):
    """Orders at work."""

    def hold(
        self, id: UUID, *, reason: str, key: str | None = None, at: datetime | None = None
    ) -> Order:
        """The order, of which nothing is delivered or billed until it is resumed.

        Raises:
            MoveForbidden: when it is not open.
        """
        asked = locals()
        return self._moved("hold", asked, lambda order, when: hold_order(order, reason, when))

    def resume(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Order:
        """The order, on hold no more.

        Raises:
            MoveForbidden: when it is not on hold.
        """
        return self._moved("resume", locals(), resume_order)

    def close(
        self, id: UUID, *, reason: str, key: str | None = None, at: datetime | None = None
    ) -> Order:
        """The order, of which the rest will not be done; what is done stays.

        Raises:
            MoveForbidden: when it is done, closed or cancelled.
        """
        asked = locals()
        return self._moved("close", asked, lambda order, when: close_order(order, reason, when))

    def reopen(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Order:
        """The closed order, of which the rest will be done after all.

        Raises:
            MoveForbidden: when it is not closed.
        """
        return self._moved("reopen", locals(), reopen_order)

    def cancel_rest(
        self,
        id: UUID,
        *,
        lines: Quantities | None = None,
        reason: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Order:
        """The order without what is not wanted any more; its total follows.

        What is delivered, or settled by invoices and credit notes, stays.

        Args:
            id: The order.
            lines: Quantities by the id of the line; all that can be cancelled when left out.
            reason: Why.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            LimitExceeded: when less is neither delivered nor settled.
            GuardRefused: when nothing was done and nothing would be left; cancel the order then.
            MoveForbidden: when it is closed or cancelled.
        """
        asked = locals()

        def step(order: Order, when: datetime) -> Change[Order]:
            return cancel_rest(order, when, quantities=lines, reason=reason)

        return self._moved("cancel_rest", asked, step)

    def add_lines(
        self,
        id: UUID,
        *,
        lines: Sequence[LineDraft],
        discounts: Sequence[Discount] = (),
        charges: Sequence[Surcharge] = (),
        combination: Combination | str = Combination.STACKED,
        price_list: str | None = None,
        segments: Sequence[str] = (),
        reason: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Order:
        """The order with further lines, at the prices of the day; its total follows.

        Configuration rules look at what is ordered and at what is added together. They leave what is
        ordered as it is; what is missing of it becomes a new line.

        Args:
            id: The order.
            lines: What is bought besides; see `crmcore.usecases.sales.Sales.quote`.
            discounts: Discounts on all of these lines.
            charges: Surcharges on all of them.
            combination: What becomes of several discounts on all of them.
            price_list: The code of a price list to be looked at besides the customer's.
            segments: The segments of the customer.
            reason: Why.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            NotValid: when lines are wrong; all faults at once, each with its path.
            MoveForbidden: when it is closed or cancelled.
            ActivityNotAllowed: when the account may not order.
        """
        asked = locals()
        wanted = Lines(**{each.name: asked[each.name] for each in attrs.fields(Lines)})

        def step(work: Work) -> Order:
            moment = self._desk.at(at)
            order = work.get(Order, id)
            account = work.get(Contact, order.account)
            require(account, Activity.ORDER)
            day = self._desk.day(moment)
            to = Sold(account=account, currency=order.currency, day=day, standing=order.lines)
            priced = priced_lines(work, self._desk, wanted, to)
            added = order_lines(priced, new_ids(work, len(priced)))
            return work.apply(change_order(order, moment, add=added, reason=reason))

        return self._desk.run("orders.add_lines", Order, key, asked, step)

    def change_price(
        self,
        id: UUID,
        line: UUID,
        *,
        unit_price: Money,
        discount: Share | None = None,
        reason: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Order:
        """The order with another price for what of a line is neither delivered nor settled.

        The rest of the line is cancelled, and a new line takes its place.

        Args:
            id: The order.
            line: The id of its line.
            unit_price: What one unit costs from now on, net, before the discount.
            discount: The part of it that is not charged; the line's when left out.
            reason: Why.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            LimitExceeded: when all of the line is delivered or settled.
            CurrencyMismatch: when the price is in another currency.
            MoveForbidden: when the order is closed or cancelled.
        """
        asked = locals()

        def step(work: Work) -> Order:
            moment = self._desk.at(at)
            order = work.get(Order, id)
            new = repriced(_line_of(order, line), work.ids.new(), unit_price, discount)
            cancel = {line: new.quantity}
            change = change_order(order, moment, cancel=cancel, add=(new,), reason=reason)
            return work.apply(change)

        return self._desk.run("orders.change_price", Order, key, asked, step)

    def plan_milestones(
        self,
        id: UUID,
        milestones: Sequence[Milestone],
        *,
        lines: Sequence[UUID] | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Order:
        """The order, billed as its milestones are reached; those reached already stay.

        Args:
            id: The order.
            milestones: All of them; their shares come to the whole.
            lines: The ids of the lines billed so; when left out, those that are already, and else
                all that were to be billed as ordered.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            InvalidValue: when the parts do not come to the whole.
            GuardRefused: when a milestone that is reached would go, or there are instalments.
            MoveForbidden: when the order is closed or cancelled.
        """
        asked = locals()

        def step(order: Order, when: datetime) -> Change[Order]:
            return plan_milestones(order, milestones, when, lines=lines)

        return self._moved("plan_milestones", asked, step)

    def reach(
        self,
        id: UUID,
        milestone: str,
        *,
        on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Order:
        """The order, one of its milestones reached; repeating it is harmless.

        Args:
            id: The order.
            milestone: The name of the milestone.
            on: The day it was reached; the day of ``at`` when left out.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            UnknownName: when the order has no such milestone.
            MoveForbidden: when the order is closed or cancelled.
        """
        asked = locals()

        def step(order: Order, when: datetime) -> Change[Order]:
            return reach_milestone(order, milestone, on or self._desk.day(when), when)

        return self._moved("reach", asked, step)

    def _moved(
        self,
        action: str,
        asked: Mapping[str, Any],
        verb: Callable[[Order, datetime], Change[Order]],
    ) -> Order:
        def step(work: Work) -> Order:
            return work.apply(verb(work.get(Order, asked["id"]), self._desk.at(asked["at"])))

        return self._desk.run(f"orders.{action}", Order, asked["key"], asked, step)


def _line_of(order: Order, id: UUID) -> OrderLine:
    for line in order.lines:
        if line.id == id:
            return line
    raise InvalidValue("line", "the order has no such line")
