"""What becomes of links and facts: orders handed over, facts taken in or parked.

Pure, like every verb: who calls the ERP, and when, is decided by the use case.
"""

from datetime import datetime
from uuid import UUID

from crmcore.erp.events import (
    ErpInvoiceTold,
    FactParked,
    FactTaken,
    FeedRead,
    HandOverMissed,
    OrderHandedOver,
    OrderQueued,
    OrderRefused,
    StockTold,
)
from crmcore.erp.lifecycle import FACT_LIFECYCLE, LINK_LIFECYCLE
from crmcore.erp.model import (
    MAX_FAULT,
    ErpFact,
    ErpFeed,
    ErpInvoice,
    ErpLink,
    FactState,
    Stock,
)
from crmcore.erp.port import Fact, InvoiceFact, StockFact
from crmcore.grammar.change import Change, changed, differing
from crmcore.values import instant


def queue(id: UUID, system: str, order: UUID, at: datetime) -> Change[ErpLink]:
    """The order is to be handed over to a system."""
    at = instant(at)
    link = ErpLink(id=id, created_at=at, updated_at=at, system=system, order=order)
    return Change(link, (OrderQueued(at=at, erp_link=id, order=order, system=system),))


def link(waiting: ErpLink, number: str, at: datetime) -> Change[ErpLink]:
    """The system has the order, under this number.

    Raises:
        MoveForbidden: it is linked already.
    """
    at = instant(at)
    state = LINK_LIFECYCLE.after(waiting.state, "link", None, waiting.id)
    after = changed(waiting, at, state=state, number=number, fault=None, **_tried(waiting, at))
    event = OrderHandedOver(
        at=at, erp_link=waiting.id, order=waiting.order, system=waiting.system, number=number
    )
    return Change(after, (event,))


def miss(waiting: ErpLink, fault: str, at: datetime) -> Change[ErpLink]:
    """The system could not be reached; the order waits for the next try.

    Raises:
        MoveForbidden: it does not wait to be handed over.
    """
    at = instant(at)
    state = LINK_LIFECYCLE.after(waiting.state, "miss", None, waiting.id)
    after = changed(waiting, at, state=state, fault=fault[:MAX_FAULT], **_tried(waiting, at))
    event = HandOverMissed(
        at=at,
        erp_link=waiting.id,
        order=waiting.order,
        system=waiting.system,
        attempts=after.attempts,
    )
    return Change(after, (event,))


def refuse(waiting: ErpLink, fault: str, at: datetime) -> Change[ErpLink]:
    """The system does not take the order; somebody has to mend it.

    Raises:
        MoveForbidden: it does not wait to be handed over.
    """
    at = instant(at)
    state = LINK_LIFECYCLE.after(waiting.state, "refuse", None, waiting.id)
    after = changed(waiting, at, state=state, fault=fault[:MAX_FAULT], **_tried(waiting, at))
    event = OrderRefused(at=at, erp_link=waiting.id, order=waiting.order, system=waiting.system)
    return Change(after, (event,))


def retry(failed: ErpLink, at: datetime) -> Change[ErpLink]:
    """A refused order is to be handed over again.

    Raises:
        MoveForbidden: it was not refused.
    """
    at = instant(at)
    state = LINK_LIFECYCLE.after(failed.state, "retry", None, failed.id)
    event = OrderQueued(at=at, erp_link=failed.id, order=failed.order, system=failed.system)
    return Change(changed(failed, at, state=state), (event,))


def is_news(fact: Fact, known: ErpFact | None) -> bool:
    """Whether a fact is newer than the last that was told of the same; a parked one may come again."""
    if known is None or fact.version > known.version:
        return True
    return fact.version == known.version and known.state is FactState.PARKED


def take(id: UUID, system: str, fact: Fact, known: ErpFact | None, at: datetime) -> Change[ErpFact]:
    """The fact was taken in.

    Args:
        id: The id of the record, where nothing was told of this so far.
        system: The system.
        fact: The fact.
        known: The last that was told of the same.
        at: When.
    """
    at = instant(at)
    before = known or _first(id, system, fact, at)
    state = FACT_LIFECYCLE.after(before.state, "take", None, before.id)
    after = changed(before, at, version=fact.version, state=state, fact=None, fault=None)
    event = FactTaken(
        at=at, erp_fact=before.id, system=system, kind=fact.kind, version=fact.version
    )
    return Change(after, (event,))


def park(
    id: UUID, system: str, fact: Fact, known: ErpFact | None, at: datetime, *, text: str, fault: str
) -> Change[ErpFact]:
    """The fact could not be taken in, and is kept.

    Args:
        id: The id of the record, where nothing was told of this so far.
        system: The system.
        fact: The fact.
        known: The last that was told of the same.
        at: When.
        text: The fact as JSON.
        fault: Why.
    """
    at = instant(at)
    before = known or _first(id, system, fact, at)
    after = changed(
        before,
        at,
        version=fact.version,
        state=FACT_LIFECYCLE.after(before.state, "park", None, before.id),
        fact=text,
        fault=fault[:MAX_FAULT],
        tries=before.tries + (known is not None),
    )
    event = FactParked(
        at=at, erp_fact=before.id, system=system, kind=fact.kind, version=fact.version
    )
    return Change(after, (event,))


def tell_stock(
    id: UUID, system: str, product: UUID, fact: StockFact, *, known: Stock | None, at: datetime
) -> Change[Stock]:
    """There is so much of the product."""
    at = instant(at)
    before = known or Stock(
        id=id,
        created_at=at,
        updated_at=at,
        system=system,
        product=product,
        quantity=fact.quantity,
        told_at=fact.told_at,
    )
    after = changed(before, at, quantity=fact.quantity, told_at=fact.told_at)
    if known is not None and not differing(known, after):
        return Change(known)
    return Change(after, (StockTold(at=at, stock=after.id, product=product, system=system),))


def tell_invoice(
    id: UUID, system: str, order: UUID, fact: InvoiceFact, *, known: ErpInvoice | None, at: datetime
) -> Change[ErpInvoice]:
    """The ERP has such an invoice for the order."""
    at = instant(at)
    before = known or ErpInvoice(
        id=id,
        created_at=at,
        updated_at=at,
        system=system,
        order=order,
        number=fact.number,
        status=fact.status,
        issued_on=fact.issued_on,
        gross=fact.gross,
        paid=fact.paid,
    )
    after = changed(
        before,
        at,
        order=order,
        status=fact.status,
        issued_on=fact.issued_on,
        gross=fact.gross,
        paid=fact.paid,
    )
    if known is not None and not differing(known, after):
        return Change(known)
    event = ErpInvoiceTold(
        at=at, erp_invoice=after.id, order=order, system=system, status=fact.status.value
    )
    return Change(after, (event,))


def read_up_to(
    id: UUID, system: str, cursor: str | None, known: ErpFeed | None, at: datetime
) -> Change[ErpFeed]:
    """The facts of the system are read up to a cursor."""
    at = instant(at)
    before = known or ErpFeed(id=id, created_at=at, updated_at=at, system=system)
    if known is not None and known.cursor == cursor:
        return Change(known)
    after = changed(before, at, cursor=cursor)
    return Change(after, (FeedRead(at=at, erp_feed=after.id, system=system),))


def _tried(waiting: ErpLink, at: datetime) -> dict[str, object]:
    return {"attempts": waiting.attempts + 1, "tried_at": at}


def _first(id: UUID, system: str, fact: Fact, at: datetime) -> ErpFact:
    return ErpFact(
        id=id,
        created_at=at,
        updated_at=at,
        system=system,
        kind=fact.kind,
        key=fact.key,
        version=fact.version,
    )
