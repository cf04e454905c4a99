"""R3: eight writers edit one order; no edit is lost, and every loser is told so by type.

First each writer reads the order and saves it in a unit of work of its own: whoever comes late gets
`StaleRevision` with both revisions, and does it again. Then all bill parts of that order through
`crm.run` and through plain commands, which take the steps again themselves. The naive way reads,
adds one, and writes.

    python tests/reliability/lost_update.py --store sqlite:///crm.db --threads 8 --n 200
"""

import threading
import time
from typing import Any
from uuid import uuid4

import attrs
from auditors import audited
from harness import Findings, Run, in_threads, main
from scratch import made, scratch
from world import SETTINGS, customer, orders

from crmcore import LineDraft, Money, Order
from crmcore.errors import Contention, StaleRevision
from crmcore.grammar.change import Event, changed
from crmcore.ports import Recorded

EDITS = "edits"
OPTIONS: dict[str, Any] = {"attributes": {"order": {EDITS: int}}, "settings": SETTINGS}


@attrs.frozen(kw_only=True)
class OrderRemarked(Event):
    """Somebody edited an order."""

    by: int


def edit(crm: Any, order: Any, by: int) -> None:
    """Add one to the order as it was read; refused when somebody else did meanwhile."""
    now = order.updated_at
    edited = order.attributes.having(**{EDITS: order.attributes[EDITS] + 1})
    with crm.store.begin(write=True) as unit:
        stored = unit.repository(Order).save(changed(order, now, attributes=edited))
        unit.record(
            Recorded(
                id=uuid4(),
                entity="order",
                entity_id=stored.id,
                revision=stored.revision,
                position=0,
                event=OrderRemarked(at=now, by=by),
                recorded_at=now,
            )
        )
        unit.commit()


def writer(run: Run, findings: Findings, crm: Any, order: Any, index: int) -> int:
    """Edit so often; how often somebody else was faster."""
    losses = 0
    for _ in range(run.n):
        while run.left:
            held = crm.sales.orders.get(order.id)
            try:
                edit(crm, held, index)
            except StaleRevision as stale:
                losses += 1
                if (stale.entity, stale.id, stale.expected) != ("order", order.id, held.revision):
                    findings.missed("not told rightly", 1, stale)
                if stale.actual is None or stale.actual <= held.revision:
                    findings.missed("not told rightly", 1, stale)
            except Contention:
                losses += 1
            else:
                break
    return losses


def biller(run: Run, crm: Any, order: Any, index: int) -> None:
    """Bill one piece after the other, by turns in a transaction and by a command."""
    one = {order.lines[0].id: 1}
    for n in range(run.n):
        if (n + index) % 2:
            crm.run(lambda tx: tx.sales.bill(order.id, lines=one))
        else:
            crm.sales.bill(order.id, lines=one)


def real(run: Run, findings: Findings) -> None:
    """Edit one order, then bill it piece by piece."""
    total = run.threads * run.n
    line = LineDraft(description="Pump", quantity=total, unit_price=Money("1", "EUR"))
    with run.open(events=[OrderRemarked], **OPTIONS) as crm:
        (order,) = orders(crm, [customer(crm).id], 1, [line])
        order = _begin(crm, order)
        findings.missed("not told rightly", 0)
        began = time.monotonic()
        losses = in_threads(
            run, findings, run.threads, lambda n: writer(run, findings, crm, order, n)
        )
        findings.figure(edits_per_second=round(total / (time.monotonic() - began), 1))
        findings.figure(stale=sum(losses))
        edited = crm.sales.orders.get(order.id)
        findings.missed("lost edits", total - edited.attributes[EDITS])
        began = time.monotonic()
        in_threads(run, findings, run.threads, lambda n: biller(run, crm, order, n))
        findings.figure(bills_per_second=round(total / (time.monotonic() - began), 1))
        billed = crm.sales.orders.get(order.id)
        findings.missed("lost bills", total - int(billed.lines[0].invoiced_quantity))
        audit = audited(run, findings, crm)
    (row,) = audit.entities("order")
    findings.missed("lost revisions", abs(order.revision + 2 * total - row["revision"]))
    findings.missed("lost invoices", abs(total - len(audit.entities("invoice"))))
    audit.close()


def _begin(crm: Any, order: Any) -> Any:
    start = attrs.evolve(order, attributes=order.attributes.having(**{EDITS: -1}))
    edit(crm, start, 0)
    return crm.sales.orders.get(order.id)


def naive(run: Run, findings: Findings) -> None:
    """Read, add one, write."""
    with made(run) as first:
        first.insert("order", 0)
        line = threading.Barrier(run.threads)

        def count(_index: int) -> None:
            table = scratch(run)
            table.rows()
            line.wait(60)
            for _ in range(run.n):
                (edits,) = table.numbers("order")
                time.sleep(0.001)
                table.update("order", edits + 1)
            table.close()

        in_threads(run, findings, run.threads, count)
        (edits,) = first.numbers("order")
        findings.missed("lost edits", run.threads * run.n - edits)


if __name__ == "__main__":
    main(real, naive, threads=(8, 4), n=(200, 12))
