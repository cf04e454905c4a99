"""How a draft invoice goes back into its order: what it held can be billed again.

Two documents, so two changes, which are stored together or not at all. An issued invoice never goes
back (GoBD).
"""

from datetime import datetime

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change, changed
from crmcore.sales.events import InvoiceWithdrawn, OrderBillingReversed
from crmcore.sales.invoices.model import Invoice
from crmcore.sales.lifecycle import INVOICE_LIFECYCLE, InvoiceFacts
from crmcore.sales.model import Order
from crmcore.sales.orders.billing import released
from crmcore.sales.orders.ordering import with_lines
from crmcore.values import instant


@attrs.frozen
class Withdrawn:
    """A draft invoice was given up, and its order can bill again what it held.

    Attributes:
        invoice: The change of the invoice.
        order: The change of the order.
    """

    invoice: Change[Invoice]
    order: Change[Order]


def withdraw(invoice: Invoice, order: Order, at: datetime) -> Withdrawn:
    """The draft invoice is given up, and what it held of its order is open again.

    Args:
        invoice: The draft.
        order: The order it bills.
        at: When it is withdrawn.

    Raises:
        MoveForbidden: the invoice is no draft; an issued one has no way back.
        GuardRefused: it is an instalment, but not the latest.
        InvalidValue: the order is not the one it bills.
    """
    at = instant(at)
    if invoice.order != order.id:
        raise InvalidValue("order", "must be the order that the invoice bills")
    facts = InvoiceFacts(invoice, order)
    status = INVOICE_LIFECYCLE.after(invoice.status, "withdraw", facts, invoice.id)
    left = order.instalments_billed - (invoice.part is not None)
    after = with_lines(
        order,
        at,
        released(order, invoice),
        invoiced=order.invoiced - invoice.totals.payable,
        instalments=order.instalments if left else None,
        instalments_billed=left,
    )
    withdrawn = InvoiceWithdrawn(at=at, invoice=invoice.id, order=order.id)
    free = OrderBillingReversed(
        at=at, order=order.id, invoice=invoice.id, payable=invoice.totals.payable
    )
    return Withdrawn(
        Change(changed(invoice, at, status=status), (withdrawn,)), Change(after, (free,))
    )
