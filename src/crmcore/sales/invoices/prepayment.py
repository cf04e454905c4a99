"""What of an order is paid in advance (Vorkasse), by its invoices and credit notes.

Only computes; what is delivered only then is decided by the order.
"""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from crmcore.sales.invoices.model import Invoice, InvoiceStatus
from crmcore.sales.orders import Order
from crmcore.values import CONTEXT

_NONE = Decimal(0)


def paid_in_advance(order: Order, invoices: Iterable[Invoice]) -> dict[UUID, Decimal]:
    """By line: the quantity on invoices that are settled in full and were not credited."""
    found = dict.fromkeys((line.id for line in order.lines), _NONE)
    given = tuple(invoices)
    paid = {
        each.id: each
        for each in given
        if each.order == order.id and each.status is InvoiceStatus.PAID and not each.is_credit_note
    }
    for each in given:
        sign = 1 if each.id in paid else -1 if each.credits in paid else 0
        for line in each.lines if sign else ():
            if line.order_line is not None and line.order_line in found:
                signed = CONTEXT.multiply(line.quantity, Decimal(sign))
                found[line.order_line] = CONTEXT.add(found[line.order_line], signed)
    return found
