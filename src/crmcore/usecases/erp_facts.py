"""How facts that an outside ERP told are taken in: prices, stock and invoices, or parked with their fault."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from crmcore.catalog import Product, set_price
from crmcore.erp import (
    FACTS,
    ErpFact,
    ErpFeed,
    ErpInvoice,
    ErpLink,
    Fact,
    InvoiceFact,
    PriceFact,
    Stock,
    StockFact,
    Told,
    is_news,
    park,
    read_up_to,
    take,
    tell_invoice,
    tell_stock,
)
from crmcore.errors import NotAllowed, NotFound, NothingFound, NotValid
from crmcore.grammar.canonical import canonical_json, parsed_json
from crmcore.grammar.field import F
from crmcore.usecases.erp_results import Pulled
from crmcore.usecases.work import Desk, Work
from crmcore.wire import new_converter, read


def taken_in(desk: Desk, system: str, facts: Sequence[Fact], told: Told | None = None) -> Pulled:
    """The facts taken in or parked; the place up to which they are read goes with them."""

    def step(work: Work) -> Pulled:
        at, parked, taken, stale = desk.at(None), list[tuple[str, str]](), 0, 0
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

    return desk.carry_out(step)


@cache
def _converter() -> Any:
    return new_converter()


def restored(parked: ErpFact) -> Fact:
    """The fact as it was told, of one that was parked."""
    fact: Fact = read(
        _converter(), parsed_json(parked.fact or ""), FACTS[parked.kind], f"$.{parked.kind}"
    )
    return fact


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
