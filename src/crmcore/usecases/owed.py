"""What is owed, asked of the store: open items, their ages, statements, and who is to be reminded.

The commands that change it are in ``receivables``.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from crmcore.contacts import Contact
from crmcore.grammar.field import F
from crmcore.receivables import (
    DEFAULT_AGES,
    Aging,
    DunningPlan,
    OpenItem,
    Payment,
    Reminder,
    Statement,
    aging,
    dunning_plan,
    open_items,
    statement,
)
from crmcore.sales import Invoice, SettlementKind
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection, pages_of
from crmcore.usecases.reminding import open_on
from crmcore.usecases.work import Desk

_PAGE = 500


@commands
class Owed:
    """Who owes what, and since when.

    Attributes:
        payments: All payments and refunds.
        reminders: All reminders that were sent.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.payments = Collection(desk, Payment)
        self.reminders = Collection(desk, Reminder)
        self._documents = Collection(desk, Invoice)

    def open_items(
        self, *, account: UUID | None = None, as_of: date | None = None
    ) -> tuple[OpenItem, ...]:
        """What is, or was, open at the end of a day, what is due first before the others.

        Args:
            account: Of this account only.
            as_of: The day; today when left out.

        Raises:
            NothingFound: there is no such account.
        """
        day = as_of or self._desk.day(self._desk.at(None))
        where = open_on(day)
        if account is not None:
            with self._desk.looking() as work:
                work.get(Contact, account)
            where &= F.account == account
        found = self._documents.find(where)
        return open_items((each for page in pages_of(found, _PAGE) for each in page), day)

    def aging(
        self,
        *,
        account: UUID | None = None,
        as_of: date | None = None,
        ages: Sequence[int] = DEFAULT_AGES,
    ) -> Aging:
        """How old the open items are, or were, at the end of a day, per currency.

        Args:
            account: Of this account only.
            as_of: The day; today when left out.
            ages: Days overdue after which the next age begins.

        Raises:
            InvalidValue: the ages do not rise.
        """
        day = as_of or self._desk.day(self._desk.at(None))
        return aging(self.open_items(account=account, as_of=day), day, ages)

    def statement(
        self, account: UUID, *, first: date, last: date, currency: str | None = None
    ) -> Statement:
        """What happened on an account from day to day, with the balances before and after.

        Args:
            account: Whose account.
            first: The first day.
            last: The last day.
            currency: The currency; the company's when left out.

        Raises:
            NothingFound: there is no such contact.
            InvalidValue: the last day lies before the first.
        """
        with self._desk.looking() as work:
            work.get(Contact, account)
        documents = [*self._documents.find((F.account == account) & ~F.number.is_missing())]
        payments = {each.id: each for each in self.payments.find(F.account == account)}
        sources = _paid_by(documents) - payments.keys()
        with self._desk.looking() as work:
            payments.update(work.unit.repository(Payment).get_many(sources))
        code = currency or self._desk.settings.currency
        return statement(account, code, documents, [*payments.values()], first=first, last=last)

    def reminders_due(self, *, as_of: date | None = None) -> DunningPlan:
        """The reminders that are due on a day by the policy of the settings, to all accounts.

        ``plan.remind`` tells it of one account, as a dry run of `remind`.

        Args:
            as_of: The day; today when left out.
        """
        day = as_of or self._desk.day(self._desk.at(None))
        items = self.open_items(as_of=day)
        accounts = sorted({item.account for item in items if item.days})
        sent: list[Reminder] = []
        for start in range(0, len(accounts), _PAGE):
            some = accounts[start : start + _PAGE]
            sent.extend(self.reminders.find(F.account.in_(some)))
        return dunning_plan(items, sent, self._desk.settings.dunning, day)


def _paid_by(documents: Iterable[Invoice]) -> set[UUID]:
    return {
        part.source
        for document in documents
        for part in document.settlements
        if part.kind is SettlementKind.PAYMENT and part.source is not None
    }
