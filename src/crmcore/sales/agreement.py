"""What a document has to agree on with itself, be it a quote, an order or an invoice.

The laws of each kind, and those that join two of them, are in the ``invariants`` of its room.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Protocol

from crmcore.checking import Breach
from crmcore.sales.lines import Line
from crmcore.sales.totals import Totals, line_net, totals_of
from crmcore.values import CONTEXT, Money, sum_money


def differs(text: str, expected: object, found: object) -> Iterator[Breach]:
    """A breach with both figures, unless they are the same."""
    if expected != found:
        yield Breach(text=text, expected=expected, found=found)


def sum_in(currency: str, amounts: Iterable[Money]) -> Money | None:
    """The sum; None, which equals no amount, where one is in another currency."""
    given = [*amounts]
    if any(amount.currency != currency for amount in given):
        return None
    return sum_money(given, currency)


def sum_quantities(quantities: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    total = Decimal(0)
    for quantity in quantities:
        total = CONTEXT.add(total, quantity)
    return total


TOTALS = "the totals follow from the lines, as EN 16931 says"
"""What `total_breaches` examines."""

NETS = "the net of each line is quantity times price, less the discount"
"""What `net_breaches` examines."""


class Document(Protocol):
    """What every quote, order and invoice has."""

    @property
    def currency(self) -> str:
        """The currency of all its amounts."""
        ...

    @property
    def lines(self) -> Sequence[Line]:
        """What it is about."""
        ...

    @property
    def totals(self) -> Totals:
        """What that comes to."""
        ...


def total_breaches(document: Document) -> Iterator[Breach]:
    """Totals that do not follow from the lines (EN 16931)."""
    totals = document.totals
    reckoned = totals_of(document.lines, document.currency, totals.rounding, totals.prepaid)
    for name in ("net", "vat", "gross", "payable"):
        yield from differs(
            f"the {name} total does not follow from the lines",
            getattr(reckoned, name),
            getattr(totals, name),
        )


def net_breaches(document: Document) -> Iterator[Breach]:
    """Lines whose net is not quantity times price, less the discount.

    Lines of invoices are left out: theirs is a part of the net of the order's line, to the cent.
    """
    for place, line in enumerate(document.lines, start=1):
        full = line_net(line.quantity, line.unit_price, line.discount)
        net = full - line.allowance + line.charge
        yield from differs(f"the net of line {place} is not what it costs", net, line.net)
