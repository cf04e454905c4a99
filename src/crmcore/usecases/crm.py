"""`Crm`, the object a host application holds, and the transaction it lends out."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType
from typing import Self, TypeVar

import attrs

from crmcore.checking import Law, Report
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.ports import Clock, IdSource, Progress, Store
from crmcore.usecases.arguments import commands
from crmcore.usecases.assignment import Assignments
from crmcore.usecases.catalog import Catalog
from crmcore.usecases.checking import check
from crmcore.usecases.consents import Consents
from crmcore.usecases.contacts import Contacts
from crmcore.usecases.engagements import Engagements
from crmcore.usecases.erp import ErpDesk
from crmcore.usecases.finding import Records
from crmcore.usecases.inbox import Inbox
from crmcore.usecases.kpi import Kpis
from crmcore.usecases.leads import Leads
from crmcore.usecases.opportunities import Opportunities
from crmcore.usecases.outbox import Outbox
from crmcore.usecases.prediction import Predictions
from crmcore.usecases.present import Present
from crmcore.usecases.price_lists import PriceLists
from crmcore.usecases.receivables import Receivables
from crmcore.usecases.retrying import Retrying
from crmcore.usecases.sales import Sales
from crmcore.usecases.scoring import Scoring
from crmcore.usecases.settings import OF_OTHERS, Settings
from crmcore.usecases.subscriptions import Subscriptions
from crmcore.usecases.teams import Teams
from crmcore.usecases.tickets import Tickets
from crmcore.usecases.work import Desk, Work
from crmcore.wire import Contents, dump, load

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

_YOUNGEST = timedelta(days=1)
_OLDEST = timedelta(days=36_525)


class Transaction:
    """Every part of a CRM, bound to one unit of work: all of it happens, or nothing.

    Attributes:
        contacts: Persons, organizations and their roles.
        teams: Teams and who is in them.
        engagements: What contacts did.
        consents: What contacts agreed to be sent.
        leads: From first interest to opportunity.
        scoring: How promising leads are, and who crossed the threshold.
        assignment: Who follows up which lead.
        prediction: How probable it is that a lead is won.
        opportunities: Deals in their pipelines.
        catalog: Products and prices.
        price_lists: Prices for some customers, quantities and days.
        sales: Quotes, orders, invoices, payments.
        receivables: What is owed, what money settles, and who is reminded.
        erp: Orders to outside systems, and what these tell.
        subscriptions: Contracts that are charged period by period.
        tickets: Requests and answers.
        kpi: Declared numbers, each with its parts.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.contacts = Contacts(desk)
        self.teams = Teams(desk)
        self.engagements = Engagements(desk)
        self.consents = Consents(desk)
        self.leads = Leads(desk)
        self.scoring = Scoring(desk)
        self.assignment = Assignments(desk)
        self.prediction = Predictions(desk)
        self.opportunities = Opportunities(desk)
        self.catalog = Catalog(desk)
        self.price_lists = PriceLists(desk)
        self.sales = Sales(desk)
        self.receivables = Receivables(desk)
        self.erp = ErpDesk(desk)
        self.subscriptions = Subscriptions(desk)
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


@commands
class Crm(Transaction):
    """A CRM on a store. Each command is a transaction of its own; `transaction` joins several.

    It may be shared by threads. It owns the store it was opened with, and closes it.

    Attributes:
        outbox: The events on their way to other systems.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        ids: IdSource,
        settings: Settings,
        retrying: Retrying | None = None,
    ) -> None:
        super().__init__(Desk(store, Present(clock), ids, settings, retrying or Retrying()))
        self.outbox = Outbox(self._desk)

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

        Where several write at once, a commit may be refused because others were in the way, with
        `Contention` or `StaleRevision`: `run` takes the same steps again then.
        """
        with self._desk.working() as work:
            yield self._lent(work)

    def run(self, step: Callable[[Transaction], T]) -> T:
        """What the step returned, everything it did being committed.

        Like `transaction`, but taken again from the beginning when others were in the way; so the
        step must do nothing but call what it is lent, and keep nothing from one time to the next.

        Args:
            step: Called with a transaction, once or several times.

        Raises:
            Busy: others were in the way until the deadline.
        """
        return self._carry_out(lambda lent, _: step(lent))

    def inbox(self, name: str) -> Inbox[Transaction]:
        """What makes the effects of events received from elsewhere happen exactly once.

        Args:
            name: The receiver; another one has effects of its own.

        Raises:
            InvalidText, InvalidValue: the name is no line of 1 to 60 characters.
        """
        return Inbox(name, self._carry_out)

    def forget_keys(self, older_than: timedelta = timedelta(days=30)) -> int:
        """Afterwards idempotency keys, and events received, from before are not known any more.

        A command that comes again with a forgotten key is carried out anew, and so is an event that
        is delivered again; so nothing younger than a day can be forgotten.

        Returns:
            How many there were.

        Raises:
            InvalidValue: the time is shorter than a day.
        """
        if not _YOUNGEST <= older_than <= _OLDEST:
            raise InvalidValue("older_than", "must be a day or more, and at most a hundred years")
        return self._carry_out(lambda _, work: work.unit.archive.forget(work.now - older_than))

    def check(self, *, invariants: Iterable[Law] = (), progress: Progress | None = None) -> Report:
        """What is wrong with the data, by every law there is; it reads, and repairs nothing.

        Args:
            invariants: Laws of your own, besides those of this library.
            progress: Called with how many entities are done, of how many.

        Raises:
            WrongType: what is given as a law is none.
            InvalidValue: two laws have the same name.
            UnknownName: a law is about a type that is not registered.
        """
        patterns = self.settings.numbering
        return check(
            self.store,
            invariants=invariants,
            series=patterns.keys() - OF_OTHERS,
            gapped=[name for name, pattern in patterns.items() if not pattern.gapless],
            now=self._desk.clock.now(),
            progress=progress,
        )

    def dump(self, *, progress: Progress | None = None) -> Iterator[str]:
        """Everything there is, in lines of JSON; the same bytes from every store.

        Args:
            progress: Called with the number of lines so far.
        """
        return dump(self.store, progress=progress)

    def load(self, lines: Iterable[str], *, progress: Progress | None = None) -> Contents:
        """Take in what `dump` gave, all of it or nothing; there must be nothing here yet.

        Args:
            lines: The lines, such as an open file.
            progress: Called with the number of lines so far.

        Raises:
            TenantNotEmpty: there is something already.
            MalformedFile: a line is not as `dump` writes it; it names the line.
            Duplicate, ReferenceNotFound: what the lines say cannot be.
        """
        return load(self.store, lines, progress=progress)

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

    def _carry_out(self, step: Callable[[Transaction, Work], T]) -> T:
        return self._desk.carry_out(lambda work: step(self._lent(work), work))

    def _lent(self, work: Work) -> Transaction:
        return Transaction(attrs.evolve(self._desk, held=work.unit))
