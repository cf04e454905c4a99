"""A quote before there is one: its prices with their sources, its margin, and what rules say to it.

Nothing is stored. What a plan shows is decided anew when the quote is made, by the same functions.
"""

from collections.abc import Iterator, Sequence

import attrs

from crmcore.catalog import Configured, Margin, PriceFound, VatCategory
from crmcore.sales.quotes.approval import ApprovalNeed, line_discount, margin_of
from crmcore.sales.quotes.lines import QuoteLine
from crmcore.sales.quotes.model import Quote
from crmcore.values import html_table

_NOT_TAXED_HERE = (VatCategory.AE, VatCategory.G, VatCategory.K)


@attrs.frozen(kw_only=True)
class QuotePlan:
    """What a quote would be.

    Attributes:
        quote: The quote; its ids are made up.
        prices: What the price book says of each line; None where it was not asked, or has nothing.
        configured: What the configuration rules did, and what they tell; None where there are none.
        approval: Which approvals it would need.
    """

    quote: Quote
    prices: tuple[PriceFound | None, ...] = attrs.field(repr=False)
    configured: Configured | None = attrs.field(default=None, repr=False)
    approval: ApprovalNeed

    @property
    def margin(self) -> Margin:
        """The contribution margin (Deckungsbeitrag) of the lines that count."""
        return margin_of(self.quote)

    @property
    def alerts(self) -> tuple[str, ...]:
        """What is told without refusing anything: by configuration rules, and about mixed VAT."""
        told = () if self.configured is None else tuple(map(str, self.configured.alerts))
        return (*told, *_mixed(self.quote.lines))

    @property
    def fired(self) -> tuple[str, ...]:
        """The configuration rules that fired, and what each did."""
        return () if self.configured is None else tuple(map(str, self.configured.fired))

    def explain(self) -> str:
        """The lines with where their prices come from, the totals, the margin, and the rules."""
        totals, last = self.quote.totals, self.quote.valid_until.isoformat()
        sums = f"{totals.net} net, {totals.vat} VAT, {totals.gross} gross"
        lines = [f"{sums}, valid until {last}"]
        for line, price in zip(self.quote.lines, self.prices, strict=True):
            lines.append(f"  {_told(line, price)}")
            if price is not None and line.priced_by is not None:
                lines += [f"    {each}" for each in price.explain().splitlines()]
        lines.append(f"margin: {self.margin.explain()}")
        lines += [f"rule {each}" for each in self.fired]
        lines += [f"alert {each}" for each in self.alerts]
        return "\n".join([*lines, self.approval.explain()])

    def _repr_html_(self) -> str:
        head = ("", "quantity", "unit price", "discount", "net", "priced by")
        caption = f"{self.quote.totals.net} net, {self.quote.totals.gross} gross"
        below = [f"margin: {self.margin.explain()}", *self.fired, *self.alerts]
        below += self.approval.explain().splitlines()
        told = html_table("what follows from it", (), ((each,) for each in below))
        return html_table(caption, head, self._rows()) + told

    def _rows(self) -> Iterator[tuple[object, ...]]:
        for line in self.quote.lines:
            yield (
                line.description + (" (optional)" if line.optional else ""),
                f"{line.quantity:f} {line.unit}",
                line.unit_price,
                line_discount(line),
                line.net,
                line.priced_by or "by hand",
            )


def _mixed(lines: Sequence[QuoteLine]) -> Iterator[str]:
    """A sentence where domestic VAT stands beside a supply that is not taxed here."""
    there = {line.vat_category for line in lines}
    untaxed = [each.value for each in _NOT_TAXED_HERE if each in there]
    if VatCategory.S in there and untaxed:
        yield f"VAT: some lines are taxed as S, others as {', '.join(untaxed)}; see that this is meant"


def _told(line: QuoteLine, price: PriceFound | None) -> str:
    off = line_discount(line)
    discount = f" less {off}" if off.value else ""
    charge = "" if line.charge.is_zero else f" plus {line.charge}"
    optional = ", optional" if line.optional else ""
    other = f" (the price book says {price.amount})" if price and line.priced_by is None else ""
    source = line.priced_by or f"by hand{other}"
    text = f"{line.quantity:f} {line.unit} {line.description} at {line.unit_price}"
    return f"{text}{discount}{charge} = {line.net}{optional}; {source}"
