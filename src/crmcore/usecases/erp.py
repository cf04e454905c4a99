"""``crm.erp``: orders to an outside ERP, and its prices, stock and invoices from there.

The ERP is called outside of every transaction, and what it answered is stored by one of its own. So
a crash between the two hands an order over again, under the same key.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

import attrs

from crmcore.catalog import Product, set_price
from crmcore.contacts import Contact
from crmcore.erp import (
    FACTS,
    Erp,
    ErpFact,
    ErpFeed,
    ErpInvoice,
    ErpLink,
    Fact,
    FactState,
    InvoiceFact,
    LinkState,
    PriceFact,
    Refused,
    Stock,
    StockFact,
    Told,
    is_news,
    link,
    miss,
    park,
    queue,
    read_up_to,
    refuse,
    retry,
    take,
    tell_invoice,
    tell_stock,
)
from crmcore.errors import (
    InvalidValue,
    NotAllowed,
    NotFound,
    NothingFound,
    NotValid,
    WrongType,
)
from crmcore.grammar.canonical import canonical_json, parsed_json
from crmcore.grammar.change import Change
from crmcore.grammar.field import F
from crmcore.ports import Progress
from crmcore.sales import Order, OrderStatus
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection, pages_of
from crmcore.usecases.work import Desk, Work
from crmcore.values import html_table
from crmcore.wire import new_converter, read

_PAGE = 500
MAX_FACTS = 1_000
"""So many facts are asked for at once."""


@attrs.frozen(kw_only=True)
class HandedOver:
    """What became of the orders that were handed over.

    Attributes:
        system: The system.
        linked: What it took, by the id of the order: the number there.
        missed: What is tried again, by the id of the order: why it could not be reached.
        refused: What it does not take, by the id of the order: why.
    """

    system: str
    linked: dict[UUID, str]
    missed: dict[UUID, str]
    refused: dict[UUID, str]

    def explain(self) -> str:
        """Each order with what became of it, a line each."""
        return "\n".join(f"{order}: {what} {told}" for order, what, told in self._rows())

    def _rows(self) -> Iterable[tuple[UUID, str, str]]:
        for what, told in (
            ("linked as", self.linked),
            ("missed:", self.missed),
            ("refused:", self.refused),
        ):
            yield from ((order, what, text) for order, text in told.items())

    def _repr_html_(self) -> str:
        return html_table(f"orders to {self.system}", ("order", "what", "told"), self._rows())


@attrs.frozen(kw_only=True)
class Pulled:
    """What became of the facts that an ERP told.

    Attributes:
        system: The system.
        taken: How many were taken in.
        stale: How many were old, or known already.
        parked: Those that could not be taken in: what they are about, and why.
    """

    system: str
    taken: int
    stale: int
    parked: tuple[tuple[str, str], ...]

    def explain(self) -> str:
        """The counts, and each parked fact with its fault."""
        lines = [f"{self.system}: {self.taken} taken in, {self.stale} not new"]
        lines.extend(f"parked {key}: {fault}" for key, fault in self.parked)
        return "\n".join(lines)


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

        An order that the system refuses waits for `retry`; one that could not be delivered is tried
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
        """
        if not 1 <= limit <= MAX_FACTS:
            raise InvalidValue("limit", f"must be 1 to {MAX_FACTS}")
        taken = stale = seen = 0
        parked: list[tuple[str, str]] = []
        cursor = self._cursor(erp.system)
        while True:
            told: object = erp.told(cursor, limit)
            if not isinstance(told, Told):
                raise WrongType("told", "Told", type(told).__name__)
            if told.facts and told.cursor == cursor:
                raise InvalidValue("cursor", f"{erp.system} told facts and did not go on")
            counts = self._taken_in(erp.system, told.facts, told)
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
            facts = [_restored(each) for each in kept[start : start + _PAGE]]
            done = self._taken_in(system, facts)
            taken += done.taken
            parked.extend(done.parked)
        return Pulled(system=system, taken=taken, stale=0, parked=tuple(parked))

    def _handed_over(self, erp: Erp, id: UUID, done: HandedOver) -> None:
        with self._desk.looking() as work:
            order = work.get(Order, work.get(ErpLink, id).order)
            account = work.get(Contact, order.account)
        try:
            number = erp.place(order, account, order.id)
        except Refused as refusal:
            done.refused[order.id] = str(refusal)
            self._store(id, partial(refuse, fault=str(refusal)))
        except Exception as fault:  # noqa: BLE001 - whatever a host's connection raises is kept
            done.missed[order.id] = f"{type(fault).__name__}: {fault}"
            self._store(id, partial(miss, fault=done.missed[order.id]))
        else:
            done.linked[order.id] = number
            self._store(id, partial(link, number=number))

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

    def _taken_in(self, system: str, facts: Sequence[Fact], told: Told | None = None) -> Pulled:
        """The facts taken in or parked; the place up to which they are read goes with them."""

        def step(work: Work) -> Pulled:
            at, parked, taken, stale = self._desk.at(None), list[tuple[str, str]](), 0, 0
            for fact in facts:
                known = _last(work, system, fact)
                if not is_news(fact, known):
                    stale += 1
                    continue
                fault = _applied(work, system, fact, at)
                if fault is None:
                    taken += 1
                    work.apply(take(work.ids.new(), system, fact, known, at))
                else:
                    parked.append((fact.key, fault))
                    text = canonical_json(_converter().unstructure(fact))
                    change = park(work.ids.new(), system, fact, known, at, text=text, fault=fault)
                    work.apply(change)
            if told is not None:
                feed = work.first(ErpFeed, F.system == system)
                work.apply(read_up_to(work.ids.new(), system, told.cursor, feed, at))
            return Pulled(system=system, taken=taken, stale=stale, parked=tuple(parked))

        return self._desk.carry_out(step)


@cache
def _converter() -> Any:
    return new_converter()


def _restored(parked: ErpFact) -> Fact:
    fact: Fact = read(
        _converter(), parsed_json(parked.fact or ""), FACTS[parked.kind], f"$.{parked.kind}"
    )
    return fact


def _link_of(work: Work, order: UUID, system: str) -> ErpLink:
    found = work.first(ErpLink, (F.system == system) & (F.order == order))
    if found is None:
        raise NothingFound(f"link of order {order} to {system}")
    return found


def _last(work: Work, system: str, fact: Fact) -> ErpFact | None:
    same = (F.system == system) & (F.kind == fact.kind) & (F.key == fact.key)
    return work.first(ErpFact, same)


def _applied(work: Work, system: str, fact: Fact, at: datetime) -> str | None:
    """The fact is taken in; else, why it cannot be."""
    try:
        if isinstance(fact, PriceFact):
            _price(work, fact, at)
        elif isinstance(fact, StockFact):
            _stock(work, system, fact, at)
        else:
            _invoice(work, system, fact, at)
    except (NotValid, NotAllowed, NotFound) as fault:
        return str(fault)
    return None


def _price(work: Work, fact: PriceFact, at: datetime) -> None:
    product = _product(work, fact.sku)
    work.apply(set_price(product, fact.amount, at, valid_from=fact.valid_from))


def _stock(work: Work, system: str, fact: StockFact, at: datetime) -> None:
    product = _product(work, fact.sku)
    known = work.first(Stock, (F.system == system) & (F.product == product.id))
    work.apply(tell_stock(work.ids.new(), system, product.id, fact, known=known, at=at))


def _invoice(work: Work, system: str, fact: InvoiceFact, at: datetime) -> None:
    placed = work.first(ErpLink, (F.system == system) & (F.number == fact.order))
    if placed is None:
        raise NothingFound(f"order {fact.order} of {system}")
    known = work.first(ErpInvoice, (F.system == system) & (F.number == fact.number))
    work.apply(tell_invoice(work.ids.new(), system, placed.order, fact, known=known, at=at))


def _product(work: Work, sku: str) -> Product:
    product = work.first(Product, F.sku == sku)
    if product is None:
        raise NothingFound(f"product {sku}")
    return product
