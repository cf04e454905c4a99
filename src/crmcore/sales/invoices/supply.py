"""On which days that was delivered which an invoice bills.

Only computes, from what the order's delivery notes tell.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from crmcore.sales.invoices.portions import Portion
from crmcore.sales.orders import DeliveryNote
from crmcore.values import CONTEXT

_NONE = Decimal(0)


def supply_of(
    portions: Iterable[Portion], deliveries: Iterable[DeliveryNote]
) -> tuple[date | None, date | None]:
    """The first and the last day on which what an invoice bills was delivered.

    What was delivered first was billed first; what came back was delivered last. The first day is
    missing where it is the last one too, and both where nothing of it is delivered.

    Args:
        portions: What the invoice takes of the lines.
        deliveries: All deliveries and returns of the order.
    """
    history = sorted(deliveries, key=lambda each: (each.delivered_on, each.is_return, each.id))
    days: set[date] = set()
    for portion in portions:
        days |= _days(portion, history)
    if not days:
        return None, None
    first, last = min(days), max(days)
    return (None if first == last else first), last


def _days(portion: Portion, history: Sequence[DeliveryNote]) -> set[date]:
    standing: list[tuple[date, Decimal]] = []
    for each in history:
        for line in each.lines:
            if line.order_line == portion.line.id:
                if each.is_return:
                    _drop(standing, line.quantity)
                else:
                    standing.append((each.delivered_on, line.quantity))
    begin = portion.line.settled_quantity
    end, reached, days = CONTEXT.add(begin, portion.quantity), _NONE, set[date]()
    for day, quantity in standing:
        upto = CONTEXT.add(reached, quantity)
        if reached < end and upto > begin:
            days.add(day)
        reached = upto
    return days


def _drop(standing: list[tuple[date, Decimal]], quantity: Decimal) -> None:
    while quantity > 0 and standing:
        day, last = standing.pop()
        if last > quantity:
            standing.append((day, CONTEXT.subtract(last, quantity)))
        quantity = max(CONTEXT.subtract(quantity, last), _NONE)
