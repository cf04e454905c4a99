"""Open items (offene Posten) on a day, and how old they are.

Reckoned from what documents say and the days of their settlements, so any day in the past can be
asked for. Sums are per currency; amounts of several currencies are never added.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.sales import Instalment, Invoice
from crmcore.values import Money, html_table, sum_money

DEFAULT_AGES = (30, 60, 90)
"""Days overdue after which the next age begins."""

MAX_AGES = 20
"""So many ages at most."""


@attrs.frozen(kw_only=True)
class OpenItem:
    """What is open of a document on a day.

    Attributes:
        invoice: The invoice or the credit note.
        number: Its number; with the place of the instalment, where it is paid in several.
        account: Who owes it, or gets it.
        due: What is open; below zero where we owe it.
        due_on: The day by which it was, or is, to be paid.
        days: How many days it is overdue; zero when it is not.
    """

    invoice: UUID
    number: str
    account: UUID
    due: Money
    due_on: date
    days: int


def due_as_of(invoice: Invoice, on: date) -> Money:
    """What was open of a document at the end of a day; nothing before its issue."""
    if invoice.issued_on is None or invoice.issued_on > on:
        return Money.zero(invoice.currency)
    settled = (each.amount for each in invoice.settlements if each.on <= on)
    return invoice.totals.payable - sum_money(settled, invoice.currency)


def open_items(invoices: Iterable[Invoice], as_of: date) -> tuple[OpenItem, ...]:
    """What is open at the end of a day, what is due first before the others.

    Args:
        invoices: Invoices and credit notes; drafts are passed over.
        as_of: The day.
    """
    found = (item for invoice in invoices for item in _items(invoice, as_of))
    return tuple(sorted(found, key=lambda item: (item.due_on, item.number, item.invoice)))


def _items(invoice: Invoice, as_of: date) -> Iterator[OpenItem]:
    """What is open of a document; what was settled counts for the instalment that is due first."""
    due = due_as_of(invoice, as_of)
    if due.is_zero or invoice.number is None or invoice.due_on is None:
        return
    if invoice.is_credit_note:
        yield _item(invoice, invoice.number, -due, invoice.due_on, days=0)
        return
    whole = Instalment(due_on=invoice.due_on, amount=invoice.totals.payable)
    parts = invoice.instalments or (whole,)
    settled = invoice.totals.payable - due
    for place, part in enumerate(parts, start=1):
        gone = min(settled, part.amount)
        settled -= gone
        left = part.amount - gone
        if left.amount > 0:
            days = max((as_of - part.due_on).days, 0)
            number = invoice.number if len(parts) == 1 else f"{invoice.number}/{place}"
            yield _item(invoice, number, left, part.due_on, days=days)


def _item(invoice: Invoice, number: str, due: Money, due_on: date, *, days: int) -> OpenItem:
    return OpenItem(
        invoice=invoice.id,
        number=number,
        account=invoice.account,
        due=due,
        due_on=due_on,
        days=days,
    )


@attrs.frozen(kw_only=True)
class AgingRow:
    """What is open in one currency, by age.

    Attributes:
        currency: The currency.
        not_due: What is not overdue, less what we owe.
        overdue: What is overdue, one amount for each age.
    """

    currency: str
    not_due: Money
    overdue: tuple[Money, ...]

    @property
    def total(self) -> Money:
        """All that is open."""
        return self.not_due + sum_money(self.overdue, self.currency)


@attrs.frozen(kw_only=True)
class Aging:
    """How old the open items are on a day.

    Attributes:
        as_of: The day.
        ages: Days overdue after which the next age begins.
        rows: One for each currency, sorted.
        items: The items that were added up.
    """

    as_of: date
    ages: tuple[int, ...]
    rows: tuple[AgingRow, ...]
    items: tuple[OpenItem, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What the ages are called."""
        starts = (1, *(age + 1 for age in self.ages))
        ends = (*map(str, self.ages), "")
        return tuple(
            f"{start}-{end} days" if end else f"over {start - 1} days"
            for start, end in zip(starts, ends, strict=True)
        )

    def explain(self) -> str:
        """Each sum, and the items that are in it."""
        lines = [f"open items as of {self.as_of.isoformat()}"]
        for row in self.rows:
            lines.append(f"{row.currency}: {row.total}, {row.not_due} of it not overdue")
            ages = zip(self.names, row.overdue, strict=True)
            lines.extend(f"  {name}: {amount}" for name, amount in ages)
        lines.extend(
            f"{item.number}: {item.due}, due {item.due_on.isoformat()}, {item.days} days overdue"
            for item in self.items
        )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = ((row.currency, row.not_due, *row.overdue, row.total) for row in self.rows)
        head = ("currency", "not due", *self.names, "total")
        return html_table(f"open items as of {self.as_of.isoformat()}", head, rows)


def aging(items: Sequence[OpenItem], as_of: date, ages: Sequence[int] = DEFAULT_AGES) -> Aging:
    """The open items by how many days they are overdue, per currency.

    Args:
        items: The items, as of the same day.
        as_of: The day.
        ages: Days overdue after which the next age begins, rising.

    Raises:
        InvalidValue: the ages do not rise from 1 on, or are too many.
    """
    steps = tuple(ages)
    rising = all(low < high for low, high in zip((0, *steps), steps, strict=False))
    if not rising or not 0 < len(steps) <= MAX_AGES:
        raise InvalidValue("ages", f"must be 1 to {MAX_AGES} numbers of days that rise")
    currencies = sorted({item.due.currency for item in items})
    rows = tuple(_row(currency, items, steps) for currency in currencies)
    return Aging(as_of=as_of, ages=steps, rows=rows, items=tuple(items))


def _row(currency: str, items: Iterable[OpenItem], ages: tuple[int, ...]) -> AgingRow:
    sums = [Money.zero(currency) for _ in range(len(ages) + 2)]
    for item in items:
        if item.due.currency == currency:
            place = 0 if not item.days else 1 + sum(item.days > age for age in ages)
            sums[place] += item.due
    return AgingRow(currency=currency, not_due=sums[0], overdue=tuple(sums[1:]))


def by_account(items: Iterable[OpenItem]) -> Mapping[UUID, tuple[OpenItem, ...]]:
    """The items of each account, in their order."""
    grouped: dict[UUID, list[OpenItem]] = {}
    for item in items:
        grouped.setdefault(item.account, []).append(item)
    return {account: tuple(found) for account, found in grouped.items()}
