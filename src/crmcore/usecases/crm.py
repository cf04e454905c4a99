"""`Crm`, the object a host application holds, and the transaction it lends out."""

from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeVar

from crmcore.grammar.change import Entity
from crmcore.ports import Clock, IdSource, Store
from crmcore.usecases.catalog import Catalog
from crmcore.usecases.contacts import Contacts
from crmcore.usecases.finding import Records
from crmcore.usecases.kpi import Kpis
from crmcore.usecases.leads import Leads
from crmcore.usecases.opportunities import Opportunities
from crmcore.usecases.sales import Sales
from crmcore.usecases.settings import Settings
from crmcore.usecases.teams import Teams
from crmcore.usecases.tickets import Tickets
from crmcore.usecases.work import Desk

E = TypeVar("E", bound=Entity)


class Transaction:
    """Every part of a CRM, bound to one unit of work: all of it happens, or nothing.

    Attributes:
        contacts: Persons, organizations and their roles.
        teams: Teams and who is in them.
        leads: From first interest to opportunity.
        opportunities: Deals in their pipelines.
        catalog: Products and prices.
        sales: Quotes, orders, invoices, payments.
        tickets: Requests and answers.
        kpi: Declared numbers, each with its parts.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.contacts = Contacts(desk)
        self.teams = Teams(desk)
        self.leads = Leads(desk)
        self.opportunities = Opportunities(desk)
        self.catalog = Catalog(desk)
        self.sales = Sales(desk)
        self.tickets = Tickets(desk)
        self.kpi = Kpis(desk)

    def of(self, cls: type[E]) -> Records[E]:
        """The entities of a type that the host application brought along.

        Raises:
            UnknownName: when the type is not registered.
        """
        return Records(self._desk, cls)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._desk.store.tenant!r}>"


class Crm(Transaction):
    """A CRM on a store. Each command is a transaction of its own; `transaction` joins several.

    It may be shared by threads. It owns the store it was opened with, and closes it.
    """

    def __init__(self, store: Store, *, clock: Clock, ids: IdSource, settings: Settings) -> None:
        super().__init__(Desk(store, clock, ids, settings))

    @property
    def store(self) -> Store:
        """The place where the data lies."""
        return self._desk.store

    @property
    def settings(self) -> Settings:
        """What the company decided."""
        return self._desk.settings

    @contextmanager
    def transaction(self) -> Generator[Transaction, None, None]:
        """Lend a transaction: committed at the end of the block, undone when an error leaves it.

        A command that fails halfway ends it, even if its error is caught: `Closed` is raised by
        whatever comes next. One that fails before it has written anything does no harm.

        Call the commands on what is lent; commands called on the CRM itself inside the block would
        wait for their own turn, and raise `NestedTransaction` instead.
        """
        desk = self._desk
        with desk.store.begin(write=True) as unit:
            yield Transaction(Desk(desk.store, desk.clock, desk.ids, desk.settings, unit))
            unit.commit()

    def close(self) -> None:
        """Give back what the store opened; repeating it is harmless."""
        self._desk.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
