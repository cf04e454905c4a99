"""``crm.erp``: orders to an outside ERP, and its prices, stock and invoices from there.

The ERP is called outside of every transaction, and what it answered is stored by one of its own. So
a crash between the two hands an order over again, under the same key.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from crmcore.contacts import Contact
from crmcore.erp import (
    MAX_FAULT,
    Erp,
    ErpFact,
    ErpFeed,
    ErpInvoice,
    ErpLink,
    FactState,
    LinkState,
    Refused,
    Stock,
    Told,
    link,
    miss,
    queue,
    refuse,
    retry,
)
from crmcore.errors import InvalidValue, NothingFound
from crmcore.grammar.change import Change
from crmcore.grammar.field import F
from crmcore.grammar.given import given
from crmcore.ports import Progress
from crmcore.sales import Order, OrderStatus
from crmcore.usecases.arguments import commands
from crmcore.usecases.erp_facts import restored, taken_in
from crmcore.usecases.erp_results import HandedOver, Pulled
from crmcore.usecases.finding import Collection, pages_of
from crmcore.usecases.outside import asking
from crmcore.usecases.work import Desk, Work
from crmcore.values import text_fault

_PAGE = 500
MAX_FACTS = 1_000
"""So many facts are asked for at once."""
MAX_NUMBER = 255
"""So many characters the number of an order has at most."""


@commands
class ErpDesk:
    """Orders to outside systems, and what these tell.

    Attributes:
        links: Which order goes, or went, to which system.
        stock: How much of each product there is.
        invoices: The invoices that other systems wrote.
        facts: The last that was told of each thing, parked ones included.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.links = Collection(desk, ErpLink)
        self.stock = Collection(desk, Stock)
        self.invoices = Collection(desk, ErpInvoice)
        self.facts = Collection(desk, ErpFact)

    def __repr__(self) -> str:
        return f"<outside systems of {self._desk.store.tenant!r}>"

    def queue(
        self, order: UUID, system: str, *, key: str | None = None, at: datetime | None = None
    ) -> ErpLink:
        """The link of an order that is to go to a system; the one there is when it is repeated.

        Raises:
            NothingFound: there is no such order.
        """
        asked = locals()

        def step(work: Work) -> ErpLink:
            source = work.get(Order, order)
            known = work.first(ErpLink, (F.system == system) & (F.order == order))
            if known is not None:
                return known
            work.guard(source)
            return work.apply(queue(work.ids.new(), system, order, self._desk.at(at)))

        return self._desk.run("erp.queue", ErpLink, key, asked, step)

    def queue_open(self, system: str, *, progress: Progress | None = None) -> int:
        """All open orders are to go to a system, unless they went or are to go already.

        Args:
            system: The system.
            progress: Called with how many orders are done, of how many.

        Returns:
            How many were added.
        """
        added = 0
        open_ones = Collection(self._desk, Order).find(F.status == OrderStatus.OPEN)
        for page in pages_of(open_ones, _PAGE, progress):
            ids = [each.id for each in page]
            known = self.links.find((F.system == system) & F.order.in_(ids))
            linked = {each.order for each in known}
            for order in page:
                if order.id not in linked:
                    self.queue(order.id, system)
                    added += 1
        return added

    def hand_over(self, erp: Erp, *, progress: Progress | None = None) -> HandedOver:
        """Every waiting order was handed over once; what became of each is told and stored.

        An order that the system refuses waits for `retry`, and so does one it gave a number that
        another order has there; one that could not be delivered, or got no usable number, is tried
        again the next time. No fault is swallowed: it stands on the link and in the result.

        Args:
            erp: The system.
            progress: Called with how many orders are done, of how many.
        """
        done = HandedOver(system=erp.system, linked={}, missed={}, refused={})
        waiting = self.links.find((F.system == erp.system) & (F.state == LinkState.PENDING))
        ids = [each.id for page in pages_of(waiting, _PAGE) for each in page]
        for count, id in enumerate(ids, start=1):
            self._handed_over(erp, id, done)
            if progress is not None:
                progress(count, len(ids))
        return done

    def retry(
        self, order: UUID, system: str, *, key: str | None = None, at: datetime | None = None
    ) -> ErpLink:
        """The link of a refused order, which is to be handed over again.

        Raises:
            NothingFound: the order was never to go there.
            MoveForbidden: it was not refused.
        """
        asked = locals()

        def step(work: Work) -> ErpLink:
            return work.apply(retry(_link_of(work, order, system), self._desk.at(at)))

        return self._desk.run("erp.retry", ErpLink, key, asked, step)

    def pull(self, erp: Erp, *, limit: int = MAX_FACTS, progress: Progress | None = None) -> Pulled:
        """All that is new in the ERP was told, and taken in or parked.

        A fact that is older than the last of the same thing changes nothing. One that cannot be
        taken in, such as the price of an unknown product, is parked with its fault. The place up to
        which facts are read is stored with them, so nothing is lost and nothing counts twice.

        Args:
            erp: The system.
            limit: How many facts to ask for at once.
            progress: Called with how many facts are done.

        Raises:
            InvalidValue: the limit makes no sense, or the system does not go on.
            OutsideFailed: the system did not answer, or with something else than facts; what it told
                before is taken in, and the next pull goes on from there.
        """
        if not 1 <= limit <= MAX_FACTS:
            raise InvalidValue("limit", f"must be 1 to {MAX_FACTS}")
        taken = stale = seen = 0
        parked: list[tuple[str, str]] = []
        cursor = self._cursor(erp.system)
        while True:
            with asking(erp.system):
                told = given("told", erp.told(cursor, limit), Told)
            if told.facts and told.cursor == cursor:
                raise InvalidValue("cursor", f"{erp.system} told facts and did not go on")
            counts = taken_in(self._desk, erp.system, told.facts, told)
            taken, stale = taken + counts.taken, stale + counts.stale
            parked.extend(counts.parked)
            seen += len(told.facts)
            if progress is not None:
                progress(seen, None)
            if not told.facts:
                return Pulled(system=erp.system, taken=taken, stale=stale, parked=tuple(parked))
            cursor = told.cursor

    def replay(self, system: str) -> Pulled:
        """The parked facts of a system were tried again; those that fail still are parked still."""
        waiting = self.facts.find((F.system == system) & (F.state == FactState.PARKED))
        kept = [each for page in pages_of(waiting, _PAGE) for each in page]
        taken, parked = 0, list[tuple[str, str]]()
        for start in range(0, len(kept), _PAGE):
            facts = [restored(each) for each in kept[start : start + _PAGE]]
            done = taken_in(self._desk, system, facts)
            taken += done.taken
            parked.extend(done.parked)
        return Pulled(system=system, taken=taken, stale=0, parked=tuple(parked))

    def _handed_over(self, erp: Erp, id: UUID, done: HandedOver) -> None:
        with self._desk.looking() as work:
            order = work.get(Order, work.get(ErpLink, id).order)
            account = work.get(Contact, order.account)
        try:
            number = _number(erp.place(order, account, order.id))
        except Refused as refusal:
            self._refused(id, order.id, str(refusal), done)
        except Exception as fault:  # noqa: BLE001 - whatever a host's connection raises is kept
            done.missed[order.id] = _kept(f"{type(fault).__name__}: {fault}")
            self._store(id, partial(miss, fault=done.missed[order.id]))
        else:
            same = (F.system == erp.system) & (F.number == number) & (F.id != id)
            if (other := self.links.find(same).first()) is not None:
                told = f"it gave {number}, which order {other.order} has there"
                self._refused(id, order.id, told, done)
                return
            done.linked[order.id] = number
            self._store(id, partial(link, number=number))

    def _refused(self, id: UUID, order: UUID, fault: str, done: HandedOver) -> None:
        done.refused[order] = _kept(fault)
        self._store(id, partial(refuse, fault=done.refused[order]))

    def _store(self, id: UUID, verb: partial[Change[ErpLink]]) -> None:
        def step(work: Work) -> ErpLink:
            waiting = work.get(ErpLink, id)
            if waiting.state is LinkState.LINKED:
                # Somebody else handed it over meanwhile; the key made it the same order there.
                return waiting
            if waiting.state is LinkState.FAILED and verb.func is not link:
                return waiting
            return work.apply(verb(waiting, at=self._desk.at(None)))

        self._desk.carry_out(step)

    def _cursor(self, system: str) -> str | None:
        with self._desk.looking() as work:
            feed = work.first(ErpFeed, F.system == system)
        return None if feed is None else feed.cursor


def _link_of(work: Work, order: UUID, system: str) -> ErpLink:
    found = work.first(ErpLink, (F.system == system) & (F.order == order))
    if found is None:
        raise NothingFound(f"link of order {order} to {system}")
    return found


def _number(answer: object) -> str:
    fault = text_fault("number", answer, MAX_NUMBER, lines=False)
    if fault is not None:
        raise fault
    return given("number", answer or None, str)


def _kept(fault: str) -> str:
    """The text of a foreign error, with a mark for each character that no store may keep."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if text_fault("fault", each, 1, lines=True) else each
        for each in fault[:MAX_FAULT]
    )
