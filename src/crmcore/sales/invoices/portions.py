"""What one invoice takes of an order, and what the order's two ledgers say afterwards.

Quantity and value are kept apart: an invoice takes so much quantity, and the value by which the
rounded *cumulative* value of the line grows. So the parts always sum up to the line, to the cent,
however it is cut. How much may be taken is told by the order's plan of billing. Only computes; the
order and the invoice change in ``conversion``.
"""

from collections.abc import Sequence
from decimal import Decimal

import attrs

from crmcore.catalog import QUANTITY_PLACES
from crmcore.errors import GuardRefused, InvalidValue, LimitExceeded
from crmcore.sales.lines import BillingPolicy
from crmcore.sales.orders import (
    Fulfilment,
    Order,
    OrderLine,
    Quantities,
    are_exact,
    asked_quantities,
    billable,
)
from crmcore.values import CONTEXT, Money, round_half_up

MAX_INSTALMENTS = 1_000
"""Into so many parts an order can be billed at most."""

_AS_ORDERED = frozenset({BillingPolicy.ORDERED, BillingPolicy.PREPAYMENT})

_TOLD = 20


@attrs.frozen
class Portion:
    """What one invoice takes of one order line.

    Attributes:
        line: The order line, as it was before.
        quantity: The quantity it takes.
        net: The net value it takes.
    """

    line: OrderLine
    quantity: Decimal
    net: Money

    def share_of(self, amount: Money) -> Money:
        """Its share of what the whole document takes off the line, or adds; the shares sum up."""
        if amount.is_zero:
            return amount
        begin = self.line.settled_quantity
        end = CONTEXT.add(begin, self.quantity)
        whole = self.line.quantity
        return amount.part(end, whole) - amount.part(begin, whole)

    @property
    def advanced(self) -> OrderLine:
        """The order line with this portion in its ledgers."""
        return attrs.evolve(
            self.line,
            invoiced_quantity=CONTEXT.add(self.line.invoiced_quantity, self.quantity),
            invoiced_net=self.line.invoiced_net + self.net,
        )


def everything_billable(order: Order) -> tuple[Portion, ...]:
    """All that may be billed by now, of every line.

    Raises:
        LimitExceeded: all is billed.
        GuardRefused: nothing may be billed by now; each line says why.
    """
    plan = [billable(order, line, place) for place, line in enumerate(order.lines, start=1)]
    pairs = zip(order.lines, plan, strict=True)
    portions = tuple(
        Portion(line, each.quantity, each.net) for line, each in pairs if not each.is_empty
    )
    if not portions:
        if order.billing is Fulfilment.FULLY:
            raise LimitExceeded("lines", "an invoice", "nothing")
        waiting = zip(order.lines, plan, strict=True)
        reasons = [
            f"line {each.place}: {each.reason}" for line, each in waiting if not line.is_billed
        ]
        raise GuardRefused("order", order.id, "bill", tuple(reasons[:_TOLD]))
    return portions


def by_quantities(order: Order, quantities: Quantities) -> tuple[Portion, ...]:
    """The given quantities of the given lines, by line id, in the order's sequence of lines.

    Raises:
        InvalidValue: no line is given, a line is not the order's, or a quantity is not above zero.
        LimitExceeded: more is asked of a line than may be billed, its allowance included.
        ManyFaults: all faults, when there are several.
    """
    asked = asked_quantities(order, quantities, lambda line: billable(order, line).most)
    return tuple(_portion(line, quantity) for line, quantity in asked)


def by_part(order: Order, part: int, of: int) -> tuple[Portion, ...]:
    """The ``part``-th of ``of`` equal instalments of every line; the last takes the remainder.

    Raises:
        InvalidValue: ``part`` is not within 1 to ``of``, or a part would be empty.
        GuardRefused: the order is not billed exactly by the parts before, or not as ordered.
    """
    if not 1 <= part <= of <= MAX_INSTALMENTS:
        raise InvalidValue("part", f"must be 1 to the number of parts, at most {MAX_INSTALMENTS}")
    if not any(_is_divisible(line, of) for line in order.lines):
        raise InvalidValue("of", "the order is too small for so many parts")
    if any(line.billing not in _AS_ORDERED for line in order.lines):
        reason = "only what is billed as ordered can be billed in equal parts"
        raise GuardRefused("order", order.id, "bill", (reason,))
    follows = order.instalments_billed == part - 1 and order.instalments in {None, of}
    if not follows or any(_ledgers(line) != _target(line, part - 1, of) for line in order.lines):
        reason = f"part {part} of {of} does not follow what is billed"
        raise GuardRefused("order", order.id, "bill", (reason,))
    cut = (_instalment(line, part, of) for line in order.lines)
    return tuple(each for each in cut if each.quantity or not each.net.is_zero)


def closing_amount(order: Order, gross: Money, lines: Sequence[OrderLine]) -> Money:
    """The rounding amount (BT-114) of an order's next invoice.

    VAT is rounded on every invoice, so the parts may miss the order's total by some cents. The
    invoice that completes the order makes up for them; and none takes the sum above that total,
    unless more is billed than was ordered.

    Args:
        order: The order before the invoice.
        gross: The gross amount of the invoice.
        lines: The order's lines after it.
    """
    if are_exact(lines):
        # Not below zero: an order that was cut short may have claimed some cents more by then.
        left = max(order.totals.gross - order.standing, Money.zero(order.currency))
        return left - gross
    beyond = any(
        line.standing_quantity > line.kept_quantity or not line.waived_net.is_zero for line in lines
    )
    if not beyond and gross > order.open_payable:
        return order.open_payable - gross
    return Money.zero(order.currency)


def _portion(line: OrderLine, quantity: Decimal) -> Portion:
    target = line.value(CONTEXT.add(line.settled_quantity, quantity))
    # After a withdrawal the others may hold a cent more than their share by now: take nothing then.
    return Portion(line, quantity, max(target - line.settled_net, Money.zero(target.currency)))


def _is_divisible(line: OrderLine, of: int) -> bool:
    # Then every part has some of the line, for a rounded step of a unit or more is never nothing.
    in_quantity = line.kept_quantity.scaleb(QUANTITY_PLACES, CONTEXT) >= of
    return in_quantity or line.kept_net.amount.scaleb(line.net.digits, CONTEXT) >= of


def _instalment(line: OrderLine, part: int, of: int) -> Portion:
    quantity, net = _target(line, part, of)
    return Portion(line, CONTEXT.subtract(quantity, line.settled_quantity), net - line.settled_net)


def _ledgers(line: OrderLine) -> tuple[Decimal, Money]:
    return line.settled_quantity, line.settled_net


def _target(line: OrderLine, part: int, of: int) -> tuple[Decimal, Money]:
    exact = CONTEXT.divide(CONTEXT.multiply(line.kept_quantity, Decimal(part)), Decimal(of))
    quantity = round_half_up(exact, QUANTITY_PLACES)
    return quantity, line.kept_net.part(Decimal(part), Decimal(of))
