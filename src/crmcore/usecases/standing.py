"""Which orders, deliveries and invoices there are: asked before a command makes another one."""

from uuid import UUID

from crmcore.grammar.field import F, order_of
from crmcore.sales import (
    IS_STANDING_INVOICE,
    IS_STANDING_ORDER,
    DeliveryNote,
    Fulfilment,
    Invoice,
    InvoiceKind,
    Order,
    Quantities,
)
from crmcore.usecases.work import Work


def standing_orders(work: Work, opportunity: UUID | None) -> int:
    """How many orders that stand the deal led to; 0 without a deal."""
    if opportunity is None:
        return 0
    placed = (F.opportunity == opportunity) & IS_STANDING_ORDER
    return len(work.find(Order, placed))


def billed_already(
    work: Work,
    order: Order,
    lines: Quantities | None,
    part: int | None,
    of: int | None,
) -> Invoice | None:
    """The invoice an equal call made before, where a call says by itself what it would bill."""
    standing = (F.order == order.id) & (F.kind == InvoiceKind.INVOICE) & IS_STANDING_INVOICE
    if lines is not None:
        return None
    if part is not None and part <= order.instalments_billed:
        return work.first(Invoice, standing & (F.part == part) & (F.parts == of))
    if part is None and order.billing is Fulfilment.FULLY:
        return work.first(Invoice, standing, (order_of("-created_at"), order_of("-id")))
    return None


def deliveries_of(work: Work, order: Order) -> tuple[DeliveryNote, ...]:
    """What was delivered of the order, and returned; not asked for where nothing was."""
    if not any(line.delivered_quantity for line in order.lines):
        return ()
    return work.find(DeliveryNote, F.order == order.id)
