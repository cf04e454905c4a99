"""Quantities of an order's lines as a caller asks for them: to bill, to deliver, to cancel."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from uuid import UUID

from crmcore.catalog import QUANTITY_PLACES
from crmcore.errors import CrmError, InvalidValue, LimitExceeded, NotValid, raise_collected
from crmcore.sales.orders.lines import OrderLine
from crmcore.sales.orders.model import Order
from crmcore.values import as_decimal

Quantities = Mapping[UUID, Decimal | int | str]
"""How much of which line of an order, by line id."""


def asked_quantities(
    order: Order, quantities: Quantities, open_of: Callable[[OrderLine], Decimal]
) -> list[tuple[OrderLine, Decimal]]:
    """The given quantities of the given lines, in the order's sequence of lines.

    Args:
        order: The order.
        quantities: How much of which of its lines, by line id.
        open_of: How much of a line can be asked for at most.

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
            asked[line_id] = _asked(lines.get(line_id), line_id, given, open_of)
        except (NotValid, LimitExceeded) as fault:
            faults.append(fault)
    raise_collected(faults)
    return [(line, asked[line.id]) for line in order.lines if line.id in asked]


def _asked(
    line: OrderLine | None, line_id: UUID, given: object, open_of: Callable[[OrderLine], Decimal]
) -> Decimal:
    if line is None:
        raise InvalidValue(f"lines[{line_id}]", "the order has no such line")
    field = f"lines[{line_id}].quantity"
    quantity = as_decimal(field, given, QUANTITY_PLACES)
    if quantity <= 0:
        raise InvalidValue(field, "must be above zero")
    most = max(open_of(line), Decimal(0))
    if quantity > most:
        raise LimitExceeded(field, f"{quantity:f}", f"{most:f}")
    return quantity
