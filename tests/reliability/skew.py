"""R5: two racers each bill 60 of an order of 100; only one may.

Five ways, each order by two racers at once: billing; accepting one quote; two quotes of one deal;
paying one invoice; and a claim of the application's own, which reads what others claimed and guards
the order it hangs on. The naive way sums up what is billed, then bills, in a transaction of the
database's own isolation (on SQLite, which would refuse the second one, without a transaction).

    python tests/reliability/skew.py --store sqlite:///crm.db --orders 200
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID, uuid4

import attrs
from auditors import audited
from harness import Findings, Run, in_threads, main
from scratch import made, scratch, together
from world import FOREVER, PUMP, SETTINGS, customer, drafts, orders, quotes

from crmcore import F, LineDraft, Money, Order
from crmcore.errors import Contention, NotAllowed, StaleRevision
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref
from crmcore.grammar.query import Query

RACERS, ASKED, WHOLE = 2, 60, 100
HUNDRED = LineDraft(description="Pump", quantity=WHOLE, unit_price=Money("1", "EUR"))


@attrs.frozen(kw_only=True, repr=False)
class Claim(Entity):
    """What somebody reserves of an order: an entity of a host application."""

    order: Annotated[UUID, Ref("order")]
    amount: int


CLAIM = EntityType(name="claim", cls=Claim)


def race(
    run: Run, findings: Findings, prizes: Sequence[Any], racer: Callable[[Any, int], Any]
) -> dict[int, list[Any]]:
    """What each racer got for each prize, all starting together for each; refusals left out."""
    won, line = defaultdict[int, list[Any]](list), threading.Barrier(RACERS)

    def run_all(index: int) -> None:
        for place, prize in enumerate(prizes):
            line.wait(60)
            try:
                won[place].append(racer(prize, index))
            except NotAllowed:
                continue

    in_threads(run, findings, RACERS, run_all)
    return won


def claim(crm: Any, order: Any) -> Any:
    """Reserve 60 of an order, if others left so much: decided by what was read beside the order."""
    kind = crm.store.registry.named("claim")
    where = bind(F.order == order.id, Scope.of(kind, crm.store.registry))
    while True:
        try:
            with crm.store.begin(write=True) as unit:
                held = unit.repository(Order).get(order.id)
                others = unit.repository(Claim).find(Query(entity="claim", where=where)).items
                if sum(each.amount for each in others) + ASKED > WHOLE:
                    return None
                unit.guard(held)
                now = held.updated_at
                new = Claim(
                    id=uuid4(),
                    created_at=now,
                    updated_at=now,
                    order=order.id,
                    amount=ASKED,
                )
                made_claim = unit.repository(Claim).add(new)
                unit.commit()
                return made_claim
        except (StaleRevision, Contention):
            time.sleep(0.002)


def real(run: Run, findings: Findings) -> None:
    """Race for orders, quotes, deals, invoices and claims."""
    with run.open(settings=SETTINGS, entities=[CLAIM]) as crm:
        firm = customer(crm).id
        _bills(run, findings, crm, firm)
        _acceptances(run, findings, crm, firm)
        _payments(run, findings, crm, firm)
        won = race(run, findings, orders(crm, [firm], run.orders), lambda o, _: claim(crm, o))
        lone = [sum(each is not None for each in claims) for claims in won.values()]
        findings.missed("over-claimed", sum(many > 1 for many in lone))
        findings.missed("not claimed", run.orders - sum(many >= 1 for many in lone))
        audit = audited(run, findings, crm)
    per_order = Counter(str(each["order"]) for each in audit.entities("claim"))
    findings.missed("over-claimed in the store", sum(many > 1 for many in per_order.values()))
    audit.close()


def _bills(run: Run, findings: Findings, crm: Any, firm: UUID) -> None:
    prizes = orders(crm, [firm], run.orders, [HUNDRED])
    race(
        *(run, findings, prizes),
        lambda order, _: crm.sales.bill(order.id, lines={order.lines[0].id: ASKED}),
    )
    billed = defaultdict[UUID, int](int)
    for invoice in crm.sales.invoices.find():
        billed[invoice.order] += int(invoice.lines[0].quantity)
    findings.missed("over-invoiced", sum(billed[order.id] > WHOLE for order in prizes))
    findings.missed("not invoiced", sum(billed[order.id] < ASKED for order in prizes))
    ledgers = {crm.sales.orders.get(o.id).lines[0].invoiced_quantity for o in prizes}
    findings.missed("ledgers off", int(ledgers != {ASKED}))


def _acceptances(run: Run, findings: Findings, crm: Any, firm: UUID) -> None:
    won = race(run, findings, quotes(crm, [firm], run.orders), lambda q, _: crm.sales.accept(q.id))
    found = [len({order.id for order in placed}) for placed in won.values()]
    findings.missed("converted twice", sum(many != 1 for many in found))
    pairs = []
    for first in quotes(crm, [firm], run.orders):
        deal = first.opportunity
        second = crm.sales.quote(deal, lines=[PUMP], valid_until=FOREVER)
        pairs.append((first, second))
    won = race(run, findings, pairs, lambda pair, index: crm.sales.accept(pair[index].id))
    findings.missed("deals with two orders", sum(len(placed) != 1 for placed in won.values()))


def _payments(run: Run, findings: Findings, crm: Any, firm: UUID) -> None:
    due = [crm.sales.issue(draft.id) for draft in drafts(crm, [firm], run.orders)]
    race(
        *(run, findings, due),
        lambda invoice, _: crm.sales.pay(invoice.id, amount=Money(ASKED, "EUR")),
    )
    paid = defaultdict[UUID, Money](lambda: Money.zero("EUR"))
    for payment in crm.receivables.payments.find():
        for part in payment.allocations:
            paid[part.invoice] += part.amount
    now = [crm.sales.invoices.get(each.id) for each in due]
    findings.missed("over-paid", sum(paid[each.id] > each.totals.payable for each in now))
    findings.missed("payments lost", sum(paid[each.id] != each.paid for each in now))


def naive(run: Run, findings: Findings) -> None:
    """Sum up, then bill."""
    with made(run) as table:
        owns = [scratch(run) for _ in range(RACERS)]

        def bill(place: int, index: int) -> None:
            own, key = owns[index], f"order {place}"
            with together(own):
                billed = sum(own.numbers(key))
                time.sleep(0.005)
                if billed + ASKED <= WHOLE:
                    own.insert(key, ASKED)

        race(run, findings, range(run.orders), bill)
        for own in owns:
            own.close()
        billed = Counter[str]()
        for _, key, many in table.rows():
            billed[key] += many
        findings.missed("over-invoiced", sum(many > WHOLE for many in billed.values()))


if __name__ == "__main__":
    main(real, naive, orders=(200, 8))
