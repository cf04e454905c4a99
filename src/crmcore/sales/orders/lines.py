"""The lines of orders: what was bought, and the ledgers of what became of it.

Two ledgers a line, quantity and value: what is cancelled, what is invoiced, what is credited again,
and what of the credited shall never be billed again. Beside them, in quantity alone, what is
delivered and returned. What may be billed of a line by now is reckoned in ``billing_plans``.
"""

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal
from typing import Annotated

import attrs

from crmcore.catalog import QUANTITY_PLACES, exact_quantity
from crmcore.errors import InvalidValue
from crmcore.grammar.entity import Places
from crmcore.sales.lines import NOTHING, BillingPolicy, Line
from crmcore.values import CONTEXT, Money, Share

_STEP = Decimal((0, (1,), -QUANTITY_PLACES))
_NONE = Decimal(0)
_Quantity = Annotated[Decimal, Places(QUANTITY_PLACES)]


def _nothing(line: Line) -> Money:
    return Money.zero(line.net.currency)


def with_allowance(quantity: Decimal, share: Share) -> Decimal:
    """A quantity and the part by which it may be exceeded, rounded down to a step of quantities."""
    if not share.value:
        return quantity
    exact = CONTEXT.multiply(quantity, CONTEXT.add(Decimal(1), share.value))
    return exact_quantity(exact.quantize(_STEP, ROUND_FLOOR, CONTEXT))


@attrs.frozen(kw_only=True)
class KeptLine(Line):
    """What of a line is still wanted.

    Attributes:
        billing: What decides how much of it may be billed.
        ships: Whether it is something to be delivered.
        over_delivery: By what part of the quantity deliveries may exceed it.
        over_billing: By what part of quantity and value invoices may exceed it.
        unit_cost: What one unit costs us; None where nobody knows.
        cancelled_quantity: What of the quantity is not wanted any more.
        cancelled_net: Its net value.
    """

    billing: BillingPolicy = BillingPolicy.ORDERED
    ships: bool = False
    over_delivery: Share = NOTHING
    over_billing: Share = NOTHING
    unit_cost: Money | None = None
    cancelled_quantity: _Quantity = attrs.field(default=_NONE, converter=exact_quantity)
    cancelled_net: Money = attrs.field(default=attrs.Factory(_nothing, takes_self=True))

    @property
    def kept_quantity(self) -> Decimal:
        """What was ordered and not cancelled."""
        if not self.cancelled_quantity:
            return self.quantity
        return CONTEXT.subtract(self.quantity, self.cancelled_quantity)

    @property
    def kept_net(self) -> Money:
        """The net value of what was ordered and not cancelled."""
        if self.cancelled_net.is_zero:
            return self.net
        return self.net - self.cancelled_net

    @property
    def is_counted(self) -> bool:
        """Whether any of it is still wanted."""
        return self.cancelled_quantity < self.quantity

    @property
    def counted(self) -> Money:
        """What the line adds to the net total of the order."""
        return self.kept_net

    @property
    def is_deliverable(self) -> bool:
        """Whether it waits for deliveries: it ships, or is billed as delivered."""
        return self.ships or self.billing is BillingPolicy.DELIVERED

    @property
    def deliverable_limit(self) -> Decimal:
        """So much may be with the customer at most."""
        return with_allowance(self.kept_quantity, self.over_delivery)

    @property
    def billing_limit(self) -> Decimal:
        """So much may be invoiced at most, whatever the policy."""
        return with_allowance(self.kept_quantity, self.over_billing)

    def value(self, quantity: Decimal) -> Money:
        """What so much of the line is worth: its part of the net, in whole minor units.

        What is kept is worth ``kept_net``, less is worth no more, and more no less.
        """
        kept = self.kept_quantity
        if quantity == kept:
            return self.kept_net
        worth = self.net.part(quantity, self.quantity)
        return min(worth, self.kept_net) if quantity < kept else max(worth, self.kept_net)


def _returned_for_good(line: "OrderLine") -> Decimal:
    # For lines from before this was kept.
    return min(line.returned_quantity, line.waived_quantity)


@attrs.frozen(kw_only=True)
class OrderLine(KeptLine):
    """A line of an order, with the ledgers of what became of it.

    Attributes:
        delivered_quantity: What was delivered, returned parts included.
        returned_quantity: What of it came back.
        invoiced_quantity: What its invoices hold, drafts included, withdrawn ones not.
        invoiced_net: Their net value.
        credited_quantity: What its credit notes hold.
        credited_net: Their net value.
        waived_quantity: What of the credited shall not be billed again.
        waived_net: Its net value.
        taken_back_quantity: What came back and was credited for good.
        exchanged_quantity: What came back and was delivered again; the rest of what came back waits
            for one or the other.

    Raises:
        InvalidValue: a ledger is below zero or beyond what it may reach.
    """

    delivered_quantity: _Quantity = attrs.field(default=_NONE, converter=exact_quantity)
    returned_quantity: _Quantity = attrs.field(default=_NONE, converter=exact_quantity)
    invoiced_quantity: _Quantity = attrs.field(default=_NONE, converter=exact_quantity)
    invoiced_net: Money
    credited_quantity: _Quantity = attrs.field(default=_NONE, converter=exact_quantity)
    credited_net: Money = attrs.field(default=attrs.Factory(_nothing, takes_self=True))
    waived_quantity: _Quantity = attrs.field(default=_NONE, converter=exact_quantity)
    waived_net: Money = attrs.field(default=attrs.Factory(_nothing, takes_self=True))
    taken_back_quantity: _Quantity = attrs.field(
        default=attrs.Factory(_returned_for_good, takes_self=True), converter=exact_quantity
    )
    exchanged_quantity: _Quantity = attrs.field(default=_NONE, converter=exact_quantity)

    def __attrs_post_init__(self) -> None:
        _within("cancelled_quantity", self.cancelled_quantity, self.quantity)
        _within("returned_quantity", self.returned_quantity, self.delivered_quantity)
        _within("delivered_quantity", self.standing_delivery, self.deliverable_limit)
        _within("credited_quantity", self.credited_quantity, self.invoiced_quantity)
        _within("waived_quantity", self.waived_quantity, self.credited_quantity)
        back = min(CONTEXT.add(unexchanged(self), self.taken_back_quantity), self.waived_quantity)
        _within("exchanged_quantity", self.exchanged_quantity, self.returned_quantity)
        _within("taken_back_quantity", self.taken_back_quantity, back)
        _within("invoiced_quantity", self.settled_quantity, self.billing_limit)
        if not self.kept_quantity and not self.kept_net.is_zero:
            raise InvalidValue("cancelled_net", "must be all of the net where all is cancelled")
        for name, amount, most in (
            ("cancelled_net", self.cancelled_net, self.net),
            ("credited_net", self.credited_net, self.invoiced_net),
            ("waived_net", self.waived_net, self.credited_net),
            ("invoiced_net", self.settled_net, self.value(self.billing_limit)),
        ):
            if amount.amount < 0 or amount > most:
                raise InvalidValue(name, f"must lie between zero and {most}")

    @property
    def standing_delivery(self) -> Decimal:
        """What was delivered and not returned."""
        return CONTEXT.subtract(self.delivered_quantity, self.returned_quantity)

    @property
    def gone_quantity(self) -> Decimal:
        """What is not delivered any more, as it was credited for good."""
        in_turn = self.billing is BillingPolicy.DELIVERED
        return self.taken_back_quantity if in_turn else self.waived_quantity

    @property
    def delivered_for_good(self) -> Decimal:
        """What deliveries have done with: what stands delivered, and what was taken back."""
        return CONTEXT.add(self.standing_delivery, self.taken_back_quantity)

    @property
    def undelivered(self) -> Decimal:
        """What is still to be delivered.

        Not what was credited for good: where it is billed as delivered, that is what came back, and
        what the customer keeps has its part in what stands delivered.
        """
        if not self.is_deliverable:
            return _NONE
        wanted = CONTEXT.subtract(self.kept_quantity, self.gone_quantity)
        return max(CONTEXT.subtract(wanted, self.standing_delivery), _NONE)

    @property
    def standing_quantity(self) -> Decimal:
        """What is invoiced and not credited."""
        if not self.credited_quantity:
            return self.invoiced_quantity
        return CONTEXT.subtract(self.invoiced_quantity, self.credited_quantity)

    @property
    def standing_net(self) -> Money:
        """The net value that is invoiced and not credited."""
        if self.credited_net.is_zero:
            return self.invoiced_net
        return self.invoiced_net - self.credited_net

    @property
    def settled_quantity(self) -> Decimal:
        """What needs no invoice any more: what stands invoiced, and what is waived."""
        if not self.waived_quantity:
            return self.standing_quantity
        return CONTEXT.add(self.standing_quantity, self.waived_quantity)

    @property
    def settled_net(self) -> Money:
        """The net value that needs no invoice any more."""
        if self.waived_net.is_zero:
            return self.standing_net
        return self.standing_net + self.waived_net

    @property
    def final_quantity(self) -> Decimal:
        """What is invoiced in the end: what is kept, or more where more is delivered and billed so."""
        if self.billing is not BillingPolicy.DELIVERED:
            return self.kept_quantity
        return max(self.kept_quantity, min(self.delivered_for_good, self.billing_limit))

    @property
    def open_quantity(self) -> Decimal:
        """The quantity that needs an invoice still, now or later."""
        return max(CONTEXT.subtract(self.final_quantity, self.settled_quantity), _NONE)

    @property
    def open_net(self) -> Money:
        """The net value that needs an invoice still, now or later."""
        zero = Money.zero(self.net.currency)
        return max(self.value(self.final_quantity) - self.settled_net, zero)

    @property
    def is_billed(self) -> bool:
        """Whether quantity and value need no invoice any more."""
        return not self.open_quantity and self.settled_net >= self.value(self.final_quantity)


def unexchanged(line: OrderLine) -> Decimal:
    """What came back, and was neither delivered again nor credited for good."""
    waits = CONTEXT.subtract(line.returned_quantity, line.exchanged_quantity)
    return CONTEXT.subtract(waits, line.taken_back_quantity)


def was_invoiced(line: OrderLine) -> bool:
    """Whether any quantity or value of the line is, or was, invoiced."""
    return bool(line.invoiced_quantity) or not line.invoiced_net.is_zero


def stands_invoiced(lines: Iterable[OrderLine]) -> bool:
    """Whether any quantity or value of the lines is invoiced and not credited."""
    return any(line.standing_quantity or not line.standing_net.is_zero for line in lines)


def are_exact(lines: Iterable[OrderLine]) -> bool:
    """Whether all that is kept of the lines stands invoiced, no more and no less.

    A quantity that was credited for good counts as well where it was worth nothing.
    """
    return all(
        line.settled_quantity == line.kept_quantity and line.standing_net == line.kept_net
        for line in lines
    )


def _within(name: str, quantity: Decimal, most: Decimal) -> None:
    if not 0 <= quantity <= most:
        raise InvalidValue(name, f"must lie between zero and {most:f}")
