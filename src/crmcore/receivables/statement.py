"""The account of a customer over a period: opening balance, what happened, closing balance.

The balance is what is owed; below zero, what we owe. One statement is in one currency.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.receivables.model import Payment, PaymentKind
from crmcore.sales import Invoice, SettlementKind
from crmcore.values import Money, html_table, sum_money

_PLACES = (
    "invoice",
    "credit note",
    "payment",
    "discount for early payment",
    "written off",
    "discount taken back",
    "write-off taken back",
    "paid back",
)
_FORGIVEN = {
    SettlementKind.DISCOUNT: "discount for early payment",
    SettlementKind.WRITE_OFF: "written off",
}
_TAKEN_BACK = {
    SettlementKind.DISCOUNT: "discount taken back",
    SettlementKind.WRITE_OFF: "write-off taken back",
}


@attrs.frozen(kw_only=True)
class Entry:
    """A line of a statement.

    Attributes:
        on: The day.
        what: What happened.
        reference: The number or the reference of the document.
        amount: What it adds to the balance; below zero where it lowers it.
    """

    on: date
    what: str
    reference: str
    amount: Money


@attrs.frozen(kw_only=True)
class Statement:
    """The account of a customer in one currency, over a period (Kontoauszug).

    Attributes:
        account: Whose it is.
        currency: The currency.
        first: The first day.
        last: The last day.
        opening: What was owed before the first day.
        entries: What happened, by day.
    """

    account: UUID
    currency: str
    first: date
    last: date
    opening: Money
    entries: tuple[Entry, ...]

    @property
    def closing(self) -> Money:
        """What is owed at the end of the last day; below zero where we owe it."""
        return self.opening + sum_money((each.amount for each in self.entries), self.currency)

    def balances(self) -> Iterator[Money]:
        """What is owed after each entry."""
        owed = self.opening
        for entry in self.entries:
            owed += entry.amount
            yield owed

    def explain(self) -> str:
        """Opening balance, entries and closing balance, a line each."""
        lines = [f"{self.first.isoformat()}: balance {self.opening}"]
        lines.extend(
            f"{each.on.isoformat()}: {each.what} {each.reference}".rstrip() + f" {each.amount}"
            for each in self.entries
        )
        lines.append(f"{self.last.isoformat()}: balance {self.closing}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = (
            (each.on, each.what, each.reference, each.amount, balance)
            for each, balance in zip(self.entries, self.balances(), strict=True)
        )
        caption = f"statement from {self.first} to {self.last}, opening balance {self.opening}"
        head = ("day", "what", "reference", "amount", "balance")
        return html_table(caption, head, rows, foot=("", "", "", "closing", self.closing))


def statement(
    account: UUID,
    currency: str,
    documents: Sequence[Invoice],
    payments: Sequence[Payment],
    *,
    first: date,
    last: date,
) -> Statement:
    """What happened on an account in one currency, from day to day, both included.

    Its balance is what documents claim and take back, less what came in and was let off or given
    up (a credit note takes back its part of that), and what was paid back. Money that pays no invoice yet lowers the balance from its day on.

    Args:
        account: Whose account it is.
        currency: The currency; what is in others is passed over.
        documents: All invoices and credit notes of the account.
        payments: All payments of the account, and those of others that pay its invoices.
        first: The first day.
        last: The last day.

    Raises:
        InvalidValue: the last day lies before the first.
    """
    if last < first:
        raise InvalidValue("last", "must not lie before the first day")
    ours = [each for each in documents if each.currency == currency and each.account == account]
    money = [each for each in payments if each.amount.currency == currency]
    whole = [*_of_documents(ours), *_of_payments(account, money, {each.id for each in ours})]
    whole.sort(key=lambda entry: (entry.on, _PLACES.index(entry.what), entry.reference))
    before = (each.amount for each in whole if each.on < first)
    return Statement(
        account=account,
        currency=currency,
        first=first,
        last=last,
        opening=sum_money(before, currency),
        entries=tuple(each for each in whole if first <= each.on <= last),
    )


def _of_documents(documents: Iterable[Invoice]) -> Iterator[Entry]:
    for each in documents:
        if each.issued_on is None or each.number is None:
            continue
        claim = each.totals.claim
        back = each.is_credit_note
        amount, what = (-claim, "credit note") if back else (claim, "invoice")
        yield Entry(on=each.issued_on, what=what, reference=each.number, amount=amount)
        names = _TAKEN_BACK if back else _FORGIVEN
        for part in each.settlements:
            if part.kind in names:
                amount = part.amount if back else -part.amount
                what = names[part.kind]
                yield Entry(on=part.on, what=what, reference=each.number, amount=amount)


def _of_payments(account: UUID, payments: Iterable[Payment], ours: set[UUID]) -> Iterator[Entry]:
    for each in payments:
        out = each.kind is PaymentKind.REFUND
        foreign = [part.amount for part in each.allocations if part.invoice not in ours]
        mine = [part.amount for part in each.allocations if part.invoice in ours]
        if each.account == account:
            amount = each.amount - sum_money(foreign, each.amount.currency)
        else:
            amount = sum_money(mine, each.amount.currency)
        if not amount.is_zero:
            yield Entry(
                on=each.received_on,
                what="paid back" if out else "payment",
                reference=each.reference or "",
                amount=amount if out else -amount,
            )
