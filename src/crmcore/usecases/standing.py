"""Which orders and invoices stand already: what a command asks before it makes another one.

Cancelled orders and withdrawn invoices do not stand: what they covered is free again.
"""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from crmcore.grammar.field import F, order_of
from crmcore.sales import Invoice, InvoiceStatus, Order, OrderStatus
from crmcore.usecases.work import Work


def standing_orders(work: Work, opportunity: UUID | None) -> int:
    """How many orders that are not cancelled the deal led to; 0 without a deal."""
    if opportunity is None:
        return 0
    placed = (F.opportunity == opportunity) & (F.status != OrderStatus.CANCELLED)
    return len(work.find(Order, placed))


def billed_already(
    work: Work,
    order: Order,
    lines: Mapping[UUID, Decimal | int | str] | None,
    part: int | None,
    of: int | None,
) -> Invoice | None:
    """The invoice an equal call made before, where a call says by itself what it would bill."""
    standing = (F.order == order.id) & (F.status != InvoiceStatus.WITHDRAWN)
    if lines is not None:
        return None
    if part is not None and part <= order.instalments_billed:
        return work.first(Invoice, standing & (F.part == part) & (F.parts == of))
    if part is None and order.status is OrderStatus.BILLED:
        return work.first(Invoice, standing, (order_of("-created_at"), order_of("-id")))
    return None
