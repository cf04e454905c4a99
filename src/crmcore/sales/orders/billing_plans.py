"""How much of an order may be billed by now, line by line, and why.

The policy of a line sets its limit; what is settled is taken off. The allowance for over-billing is
no part of it: it counts only for quantities that somebody asks for by name.
"""

from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.catalog import QUANTITY_PLACES
from crmcore.sales.lines import BillingPolicy
from crmcore.sales.orders.lifecycle import ORDER_LIFECYCLE
from crmcore.sales.orders.lines import OrderLine, unexchanged, with_allowance
from crmcore.sales.orders.model import Order
from crmcore.values import CONTEXT, Money, html_table, round_half_up, sum_money

_NONE = Decimal(0)


@attrs.frozen(kw_only=True)
class Billable:
    """What of a line may be billed by now.

    Attributes:
        line: The line's id.
        place: Its place in the order, from 1.
        policy: What decides.
        kept: What was ordered and not cancelled.
        limit: So much of it may be billed by now, all told.
        limit_net: What that is worth.
        settled: What needs no invoice any more: invoiced, or credited for good.
        settled_net: What that is worth.
        quantity: What may be billed now.
        net: What that is worth.
        most: So much can be asked for by name, the allowance for over-billing included.
        beyond: What stands invoiced beyond the limit, because goods came back: to be credited.
        reason: Why the limit is what it is.
    """

    line: UUID
    place: int
    policy: BillingPolicy
    kept: Decimal
    limit: Decimal
    limit_net: Money
    settled: Decimal
    settled_net: Money
    quantity: Decimal
    net: Money
    most: Decimal
    beyond: Decimal
    reason: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it can be billed now."""
        return not self.quantity and self.net.is_zero

    def explain(self) -> str:
        """The line in words: what may be billed, of what, and why."""
        told = (
            f"line {self.place}: {self.quantity:f} for {self.net}; {self.reason}, "
            f"{self.settled:f} of {self.limit:f} settled"
        )
        return f"{told}; {self.beyond:f} to be credited" if self.beyond else told


@attrs.frozen(kw_only=True)
class BillingPlan:
    """What a bill over everything billable would take of an order.

    Attributes:
        order: The order's id.
        currency: Its currency.
        lines: Its lines, in their sequence.
        refused: Why nothing can be billed, whatever the lines say; empty when it can.
    """

    order: UUID
    currency: str
    lines: tuple[Billable, ...]
    refused: tuple[str, ...] = ()

    @property
    def net(self) -> Money:
        """What may be billed now, net."""
        if self.refused:
            return Money.zero(self.currency)
        return sum_money((each.net for each in self.lines), self.currency)

    @property
    def quantities(self) -> dict[UUID, Decimal]:
        """What may be billed now, by line id; lines of which there is nothing are left out."""
        if self.refused:
            return {}
        return {each.line: each.quantity for each in self.lines if each.quantity}

    def explain(self) -> str:
        """The sum, and below it every line with its reason."""
        head = f"{self.net} can be billed"
        if self.refused:
            head = f"nothing can be billed: {'; '.join(self.refused)}"
        return "\n".join((head, *(f"  {each.explain()}" for each in self.lines)))

    def _repr_html_(self) -> str:
        rows = (
            (
                each.place,
                each.policy,
                f"{each.kept:f}",
                f"{each.limit:f}",
                f"{each.settled:f}",
                f"{each.quantity:f}",
                each.net,
                each.reason,
            )
            for each in self.lines
        )
        head = ("line", "billed", "kept", "limit", "settled", "now", "net", "why")
        return html_table(self.explain().partition("\n")[0], head, rows)


def billing_plan(order: Order) -> BillingPlan:
    """What of the order may be billed now, line by line, and why."""
    told = ORDER_LIFECYCLE.explain(order.status, "bill", order)
    refused = () if told.possible else (f"the order is {order.status.replace('_', ' ')}",)
    return BillingPlan(
        order=order.id,
        currency=order.currency,
        lines=tuple(
            billable(order, line, place) for place, line in enumerate(order.lines, start=1)
        ),
        refused=refused,
    )


def billable(order: Order, line: OrderLine, place: int = 1) -> Billable:
    """What of a line may be billed now, and why.

    Args:
        order: The order.
        line: A line of it.
        place: Its place in the order, for what is told.
    """
    limit, limit_net, reason = _limit(order, line)
    quantity = max(CONTEXT.subtract(limit, line.settled_quantity), _NONE)
    net = max(limit_net - line.settled_net, Money.zero(order.currency))
    if not quantity and line.billing is BillingPolicy.DELIVERED and limit < line.final_quantity:
        # A cent that rounding left over goes with the next delivery.
        net = Money.zero(order.currency)
    most = min(with_allowance(limit, line.over_billing), line.billing_limit)
    return Billable(
        line=line.id,
        place=place,
        policy=line.billing,
        kept=line.kept_quantity,
        limit=limit,
        limit_net=limit_net,
        settled=line.settled_quantity,
        settled_net=line.settled_net,
        quantity=quantity,
        net=net,
        most=max(CONTEXT.subtract(most, line.settled_quantity), _NONE),
        beyond=_beyond(line, limit),
        reason=reason,
    )


def _beyond(line: OrderLine, limit: Decimal) -> Decimal:
    """What stands invoiced of goods that came back, and were neither exchanged nor credited.

    What an allowance was used for is no fault.
    """
    if line.billing is not BillingPolicy.DELIVERED:
        return _NONE
    claimed = CONTEXT.add(line.standing_quantity, line.taken_back_quantity)
    return max(min(CONTEXT.subtract(claimed, limit), unexchanged(line)), _NONE)


def _limit(order: Order, line: OrderLine) -> tuple[Decimal, Money, str]:
    kept = line.kept_quantity
    if line.billing is BillingPolicy.DELIVERED:
        limit = min(line.delivered_for_good, line.billing_limit)
        reason = f"{line.standing_delivery:f} of {kept:f} delivered"
        if line.taken_back_quantity:
            reason += f", {line.taken_back_quantity:f} taken back"
        return limit, line.value(limit), reason
    if line.billing is BillingPolicy.MILESTONES:
        return _reached(order, line)
    in_advance = line.billing is BillingPolicy.PREPAYMENT
    return kept, line.kept_net, "paid in advance" if in_advance else f"{kept:f} ordered"


def _reached(order: Order, line: OrderLine) -> tuple[Decimal, Money, str]:
    if not order.milestones:
        return _NONE, Money.zero(order.currency), "no milestones are planned"
    share, kept = order.reached, line.kept_net
    quantity = round_half_up(CONTEXT.multiply(line.kept_quantity, share.value), QUANTITY_PLACES)
    return quantity, kept.part(share.value), f"{share} of the milestones reached"
