"""The lines of invoices and credit notes: what they bill, or take back."""

from uuid import UUID

import attrs

from crmcore.sales.lines import Line


@attrs.frozen(kw_only=True)
class InvoiceLine(Line):
    """A line of an invoice or a credit note.

    Its net is its part of the order line's net, so that all parts sum up to the cent; it may differ
    from quantity times price by less than two minor units.

    Attributes:
        order_line: The id of the order's line it bills; None without an order.
        invoice_line: The id of the invoice's line that a line of a credit note takes back.
    """

    order_line: UUID | None = None
    invoice_line: UUID | None = None
