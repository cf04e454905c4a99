"""An invoice before there is one: what it takes of an order, and what becomes of the order.

Nothing is stored. What a plan shows is decided anew when the order is billed, by the same functions.
"""

from collections.abc import Iterator
from uuid import UUID

import attrs

from crmcore.sales.invoices.lines import InvoiceLine
from crmcore.sales.invoices.model import Invoice
from crmcore.sales.orders import Fulfilment, Order
from crmcore.values import Money, html_table


@attrs.frozen(kw_only=True)
class InvoicePlan:
    """What billing would draw up; nothing has happened yet.

    Attributes:
        invoice: The draft invoice, its ids made up; the one there is, where it is billed already.
        order: The order as it would be afterwards.
        is_new: Whether there would be a new invoice.
    """

    invoice: Invoice
    order: Order = attrs.field(repr=False)
    is_new: bool

    def explain(self) -> str:
        """The sums, each line with how much of it is billed by then, and what becomes of the order."""
        lines = (
            f"  {quantity} {text} at {price} = {net}; {by_then}"
            for text, quantity, price, net, by_then in self._rows()
        )
        return "\n".join((self._head(), *lines, self._after()))

    def _head(self) -> str:
        totals, known = self.invoice.totals, self.invoice.number or "a draft invoice"
        rounding = "" if totals.rounding.is_zero else f", {totals.rounding} rounding"
        sums = f"{totals.net} net, {totals.vat} VAT{rounding}, {totals.payable} payable"
        return f"{'draft invoice' if self.is_new else f'billed already, by {known}'}: {sums}"

    def _after(self) -> str:
        return f"the order is {_AFTERWARDS[self.order.billing]} then"

    def _rows(self) -> Iterator[tuple[str, str, str, Money, str]]:
        by_then: dict[UUID | None, str] = {
            line.id: f"{line.standing_quantity:f} of {line.kept_quantity:f} billed by then"
            for line in self.order.lines
        }
        for line in self.invoice.lines:
            quantity, told = f"{line.quantity:f} {line.unit}", by_then.get(line.order_line, "")
            yield line.description, quantity, _price(line), line.net, told

    def _repr_html_(self) -> str:
        head = ("", "quantity", "unit price", "net", self._after())
        foot = ("payable", "", "", self.invoice.totals.payable, "")
        return html_table(self._head(), head, self._rows(), foot=foot)


def _price(line: InvoiceLine) -> str:
    """The price of one, and what is taken off the line or put on it."""
    told = [str(line.unit_price)]
    if line.discount.value:
        told.append(f"less {line.discount}")
    if not line.allowance.is_zero:
        told.append(f"less {line.allowance}")
    if not line.charge.is_zero:
        told.append(f"plus {line.charge}")
    return " ".join(told)


_AFTERWARDS = {
    Fulfilment.NONE: "not billed",
    Fulfilment.PARTLY: "billed in part",
    Fulfilment.FULLY: "billed in full",
}
