"""What one invoice takes of an order, and what the order's two ledgers say afterwards.

Quantity and value are kept apart: an invoice takes so much quantity, and the value by which the
rounded *cumulative* value of the line grows. So the parts always sum up to the line, to the cent,
however it is cut. Only computes; the order and the invoice change in ``conversion``.
"""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.errors import (
    CrmError,
    GuardRefused,
    InvalidValue,
    LimitExceeded,
    NotValid,
    raise_collected,
)
from crmcore.sales.lines import QUANTITY_PLACES, InvoiceLine, OrderLine
from crmcore.sales.model import Invoice, Order
from crmcore.values import CONTEXT, Money, as_decimal, round_half_up

MAX_INSTALMENTS = 1_000
"""Into so many parts an order can be billed at most."""


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

    @property
    def advanced(self) -> OrderLine:
        """The order line with this portion in its ledgers."""
        return attrs.evolve(
            self.line,
            invoiced_quantity=CONTEXT.add(self.line.invoiced_quantity, self.quantity),
            invoiced_net=self.line.invoiced_net + self.net,
        )


def everything_open(order: Order) -> tuple[Portion, ...]:
    """All that no invoice holds yet, of every line."""
    return tuple(
        Portion(line, line.open_quantity, line.open_net)
        for line in order.lines
        if not line.is_billed
    )


def by_quantities(order: Order, quantities: Mapping[UUID, Decimal]) -> tuple[Portion, ...]:
    """The given quantities of the given lines, by line id, in the order's sequence of lines.

    Raises:
        InvalidValue: no line is given, a line is not the order's, or a quantity is not above zero.
        LimitExceeded: more is asked of a line than is open.
        ManyFaults: all faults, when there are several.
    """
    if not quantities:
        raise InvalidValue("lines", "must have at least one line")
    lines = {line.id: line for line in order.lines}
    faults: list[CrmError] = []
    asked: dict[UUID, Decimal] = {}
    for line_id, given in quantities.items():
        try:
            asked[line_id] = _asked(lines.get(line_id), line_id, given)
        except (NotValid, LimitExceeded) as fault:
            faults.append(fault)
    raise_collected(faults)
    return tuple(_portion(line, asked[line.id]) for line in order.lines if line.id in asked)


def by_part(order: Order, part: int, of: int) -> tuple[Portion, ...]:
    """The ``part``-th of ``of`` equal instalments of every line; the last takes the remainder.

    Raises:
        InvalidValue: ``part`` is not within 1 to ``of``, or a part would be empty.
        GuardRefused: the order is not billed exactly by the parts before.
    """
    if not 1 <= part <= of <= MAX_INSTALMENTS:
        raise InvalidValue("part", f"must be 1 to the number of parts, at most {MAX_INSTALMENTS}")
    if not any(_is_divisible(line, of) for line in order.lines):
        raise InvalidValue("of", "the order is too small for so many parts")
    follows = order.instalments_billed == part - 1 and order.instalments in {None, of}
    if not follows or any(_ledgers(line) != _target(line, part - 1, of) for line in order.lines):
        reason = f"part {part} of {of} does not follow what is billed"
        raise GuardRefused("order", order.id, "bill", (reason,))
    cut = (_instalment(line, part, of) for line in order.lines)
    return tuple(each for each in cut if each.quantity or not each.net.is_zero)


def released(order: Order, invoice: Invoice) -> tuple[OrderLine, ...]:
    """The order's lines with what the invoice holds taken out of their ledgers."""
    held = {line.order_line: line for line in invoice.lines}
    return tuple(_without(line, held.get(line.id)) for line in order.lines)


def closing_amount(order: Order, gross: Money, *, complete: bool) -> Money:
    """The rounding amount (BT-114) of an order's next invoice.

    VAT is rounded on every invoice, so the parts may miss the order's total by some cents. The
    invoice that completes the order makes up for them; and none takes the sum above that total.

    Args:
        order: The order before the invoice.
        gross: The gross amount of the invoice.
        complete: Whether the invoice completes the order.
    """
    if complete or gross > order.open_payable:
        return order.open_payable - gross
    return Money.zero(order.currency)


def _asked(line: OrderLine | None, line_id: UUID, given: object) -> Decimal:
    if line is None:
        raise InvalidValue(f"lines[{line_id}]", "the order has no such line")
    field = f"lines[{line_id}].quantity"
    quantity = as_decimal(field, given, QUANTITY_PLACES)
    if quantity <= 0:
        raise InvalidValue(field, "must be above zero")
    if quantity > line.open_quantity:
        raise LimitExceeded(field, f"{quantity:f}", f"{line.open_quantity:f}")
    return quantity


def _portion(line: OrderLine, quantity: Decimal) -> Portion:
    reached = CONTEXT.add(line.invoiced_quantity, quantity)
    target = _value(line, reached, line.quantity)
    # After a withdrawal the others may hold a cent more than their share by now: take nothing then.
    return Portion(line, quantity, max(target - line.invoiced_net, Money.zero(target.currency)))


def _is_divisible(line: OrderLine, of: int) -> bool:
    # Then every part has some of the line, for a rounded step of a unit or more is never nothing.
    in_quantity = line.quantity.scaleb(QUANTITY_PLACES, CONTEXT) >= of
    return in_quantity or line.net.amount.scaleb(line.net.digits, CONTEXT) >= of


def _instalment(line: OrderLine, part: int, of: int) -> Portion:
    quantity, net = _target(line, part, of)
    return Portion(
        line, CONTEXT.subtract(quantity, line.invoiced_quantity), net - line.invoiced_net
    )


def _ledgers(line: OrderLine) -> tuple[Decimal, Money]:
    return line.invoiced_quantity, line.invoiced_net


def _target(line: OrderLine, part: int, of: int) -> tuple[Decimal, Money]:
    exact = CONTEXT.divide(CONTEXT.multiply(line.quantity, Decimal(part)), Decimal(of))
    quantity = round_half_up(exact, QUANTITY_PLACES)
    return quantity, _value(line, Decimal(part), Decimal(of))


def _value(line: OrderLine, part: Decimal, of: Decimal) -> Money:
    exact = CONTEXT.divide(CONTEXT.multiply(line.net.amount, part), of)
    return Money(round_half_up(exact, line.net.digits), line.net.currency)


def _without(line: OrderLine, held: InvoiceLine | None) -> OrderLine:
    if held is None:
        return line
    return attrs.evolve(
        line,
        invoiced_quantity=CONTEXT.subtract(line.invoiced_quantity, held.quantity),
        invoiced_net=line.invoiced_net - held.net,
    )
