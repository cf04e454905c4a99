"""What a plan of renewals is: the periods that are due, each with its lines, and how it came to them.

Only shapes, and how they tell of themselves. What is due, and what it comes to, is in ``renewal``.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.catalog import VatCategory
from crmcore.subscriptions.recurrence import after_days
from crmcore.values import Money, Share, html_table


@attrs.frozen(kw_only=True)
class RenewalLine:
    """A line of what is due: one version of an item over days on end.

    Quantity times unit price, less the discount, rounds to ``net``. Of a part of a period the unit
    price is that of the part; where no price with four places comes to the net, it is one piece at
    that net.

    Attributes:
        version: The id of the version of the item whose terms these are.
        item: The item.
        product: The product; None for a free line.
        description: What stands on the document, before the days.
        quantity: How much.
        unit: The unit.
        unit_price: The price of one unit for these days.
        discount: The part of the price that is not charged.
        vat_category: How it is taxed.
        vat_rate: The rate of VAT.
        vat_reason: Why no VAT is charged.
        period_from: The first day.
        period_until: The day after the last one.
        of_days: How many days the price of a whole period is for.
        whole_net: What the whole period costs at these terms.
        net: What these days cost.
    """

    version: UUID
    item: UUID
    product: UUID | None = None
    description: str
    quantity: Decimal
    unit: str
    unit_price: Money
    discount: Share
    vat_category: VatCategory
    vat_rate: Share
    vat_reason: str | None = None
    period_from: date
    period_until: date
    of_days: int
    whole_net: Money
    net: Money

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.period_until - self.period_from).days

    @property
    def last_day(self) -> date:
        """The last of its days."""
        return after_days(self.period_until, -1)

    def explain(self) -> str:
        """The days, the part of the price, and which version of the terms it is."""
        days = f"{self.period_from.isoformat()} to {self.last_day.isoformat()}"
        part = f"{self.days} of {self.of_days} days of {self.whole_net}"
        whole = self.days == self.of_days
        price = f"whole period of {self.of_days} days" if whole else part
        return f"{self.description}, {days}: {price} = {self.net} (version {self.version})"


@attrs.frozen(kw_only=True)
class Renewal:
    """A period that is due.

    Attributes:
        subscription: The subscription.
        period_from: Its first day.
        period_until: The day after its last one.
        due_on: The day on which it is to be billed.
        lines: What it comes to; none where there is nothing to charge.
        net: The sum of the lines.
        note: Why there is nothing to charge, or less than usual; else None.
    """

    subscription: UUID
    period_from: date
    period_until: date
    due_on: date
    lines: tuple[RenewalLine, ...]
    net: Money
    note: str | None = None

    @property
    def is_free(self) -> bool:
        """Whether there is nothing to charge, so that it becomes no document."""
        return self.net.is_zero

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return after_days(self.period_until, -1)

    def explain(self) -> str:
        """The period, then a line for each of its lines."""
        head = f"{self.period_from.isoformat()} to {self.last_day.isoformat()}"
        note = "" if self.note is None else f" ({self.note})"
        rows = (f"    {line.explain()}" for line in self.lines)
        return "\n".join((f"{head}, due on {self.due_on.isoformat()}: {self.net}{note}", *rows))


@attrs.frozen(kw_only=True)
class RenewalPlan:
    """All periods of one subscription that are due and not billed yet.

    Attributes:
        subscription: The subscription.
        title: What it is called.
        until: The last day on which they are due.
        renewals: The periods, in order.
        net: What they come to.
        next_due_on: When the next one after these is due; None when there is none.
        waiting: Why a period that is due is not in the plan; None when all are.
    """

    subscription: UUID
    title: str
    until: date
    renewals: tuple[Renewal, ...]
    net: Money
    next_due_on: date | None = None
    waiting: str | None = None

    def explain(self) -> str:
        """The whole reckoning, line by line."""
        rows = [self._head(), *(each.explain() for each in self.renewals)]
        if self.waiting is not None:
            rows.append(f"waiting: {self.waiting}")
        if self.next_due_on is not None:
            rows.append(f"next: due on {self.next_due_on.isoformat()}")
        return "\n".join(rows)

    def _head(self) -> str:
        many = len(self.renewals)
        periods = "1 period" if many == 1 else f"{many} periods"
        return f"{self.title} until {self.until.isoformat()}: {periods}, {self.net}"

    def _repr_html_(self) -> str:
        rows = (
            (
                *(each.period_from.isoformat(), each.last_day.isoformat()),
                *(each.due_on.isoformat(), each.net, each.note),
            )
            for each in self.renewals
        )
        return html_table(self._head(), ("from", "to", "due on", "net", ""), rows)
