"""R7: eight threads each do random things with the same few entities; only typed refusals come back.

No error of a driver, nobody waits for ever, and in the end all of it adds up.

    python tests/reliability/soup.py --store sqlite:///crm.db --threads 8 --n 200
"""

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from auditors import audited, check_numbers, issued
from harness import Findings, Run, in_processes, in_threads, main
from world import FOREVER, PUMP, SETTINGS, customer

from crmcore import F, LineDraft, Money
from crmcore.errors import CrmError, StoreFailure

Step = Callable[[Any, random.Random], Any]

FEW = 20


def _one(collection: Any, chance: random.Random, where: Any = None) -> Any:
    found = collection.find() if where is None else collection.find(where)
    return chance.choice(next(found.pages(FEW)).items)


def _contact(tx: Any, chance: random.Random) -> Any:
    return _one(tx.contacts, chance)


def quote(tx: Any, chance: random.Random) -> Any:
    """A quote on any open deal."""
    deal = _one(tx.opportunities, chance, F.status == "open")
    line = LineDraft(
        description="Thing", quantity=chance.randint(2, 9), unit_price=Money("7", "EUR")
    )
    return tx.sales.quote(deal.id, lines=[PUMP, line], valid_until=FOREVER)


def part_of(tx: Any, chance: random.Random) -> Any:
    """One piece of any open order, billed."""
    order = _one(tx.sales.orders, chance, F.status == "open")
    return tx.sales.bill(order.id, lines={order.lines[-1].id: 1})


def paid(tx: Any, chance: random.Random) -> Any:
    """Something paid of any issued invoice."""
    bill = _one(tx.sales.invoices, chance, F.status == "issued")
    return tx.sales.pay(bill.id, amount=Money(chance.randint(1, 30), "EUR"))


def several(tx: Any, chance: random.Random) -> Any:
    """From a new deal to an issued invoice, in one go where it is a transaction."""
    deal = tx.opportunities.open(title="deal", account=_contact(tx, chance).id)
    order = tx.sales.accept(tx.sales.quote(deal.id, lines=[PUMP], valid_until=FOREVER).id)
    return tx.sales.issue(tx.sales.bill(order.id).id, series=chance.choice(["invoice", "export"]))


STEPS: tuple[Step, ...] = (
    lambda tx, chance: tx.contacts.update(_contact(tx, chance).id, sector=f"s{chance.random()}"),
    lambda tx, chance: tx.contacts.update(_contact(tx, chance), sector=f"s{chance.random()}"),
    lambda tx, chance: tx.contacts.begin_role(_contact(tx, chance).id, "supplier"),
    lambda tx, chance: tx.opportunities.open(title="deal", account=_contact(tx, chance).id),
    lambda tx, chance: tx.opportunities.advance(_one(tx.opportunities, chance).id, to="proposal"),
    lambda tx, chance: tx.sales.accept(_one(tx.sales.quotes, chance, F.status == "draft").id),
    lambda tx, chance: tx.sales.reject(_one(tx.sales.quotes, chance, F.status == "draft").id),
    lambda tx, chance: tx.sales.issue(_one(tx.sales.invoices, chance, F.status == "draft").id),
    lambda tx, chance: tx.sales.withdraw(_one(tx.sales.invoices, chance, F.status == "draft").id),
    lambda tx, chance: tx.sales.cancel_order(_one(tx.sales.orders, chance).id),
    lambda tx, chance: tx.tickets.open(
        requester=_contact(tx, chance).id, subject="When?", channel="email"
    ),
    lambda tx, chance: tx.tickets.automatic(_one(tx.tickets, chance).id, "We are on it."),
    lambda tx, chance: tx.tickets.resolve(_one(tx.tickets, chance).id),
    lambda tx, chance: tx.tickets.reopen(_one(tx.tickets, chance).id),
    *(quote, part_of, part_of, paid, several),
)


def again(step: Step, seed: float, tx: Any) -> Any:
    """A step with the same choices each time it is taken."""
    return step(tx, random.Random(seed))


def cook(run: Run, index: int, crm: Any = None) -> tuple[Counter[str], list[str]]:
    """Do random things; how each ended, and what should never have come back."""
    if crm is None:
        with run.open(settings=SETTINGS) as own:
            return cook(run, index, own)
    chance, ends, strange = run.random(index), Counter[str](), list[str]()
    for _ in range(run.n):
        step, seed = chance.choice(STEPS), chance.random()
        try:
            if chance.random() < 0.5:
                crm.run(partial(again, step, seed))
            else:
                again(step, seed, crm)
        except StoreFailure as failure:
            strange.append(f"{type(failure).__name__}: {failure}")
        except CrmError as refused:
            ends[refused.code] += 1
        except IndexError:
            ends["nothing to do it with"] += 1
        else:
            ends["done"] += 1
    return ends, strange


def real(run: Run, findings: Findings) -> None:
    """Let threads, or processes, stir one tenant."""
    with run.open(settings=SETTINGS) as crm:
        for n in range(FEW):
            customer(crm, f"firm {n}")
        if not run.procs:
            results = in_threads(run, findings, run.threads, lambda n: cook(run, n, crm))
    if run.procs:
        results = in_processes(run, findings, run.procs, cook)
    ends = Counter[str]()
    findings.missed("store failures", 0)
    for each, strange in results:
        ends += each
        findings.every("store failures", strange)
    findings.figure(ends=dict(ends.most_common()))
    findings.missed("nothing done", int(ends["done"] < run.n))
    findings.missed("too slow", int(run.left < 1))
    audit = audited(run, findings)
    check_numbers(findings, issued(audit), audit.numbers())
    audit.close()
    _check(run, findings)


def _check(run: Run, findings: Findings) -> None:
    """What must hold between the entities, reckoned here once more."""
    with run.open(settings=SETTINGS) as crm:
        billed = Counter[Any]()
        for bill in crm.sales.invoices.find(F.status != "withdrawn"):
            for line in bill.lines:
                billed[line.order_line] += line.quantity
        for order in crm.sales.orders.find():
            for line in order.lines:
                if billed[line.id] != line.invoiced_quantity or billed[line.id] > line.quantity:
                    findings.missed("ledgers off", 1, line)
        findings.missed("ledgers off", 0)
        paid_of = Counter[Any]()
        for payment in crm.receivables.payments.find():
            for part in payment.allocations:
                paid_of[part.invoice] += part.amount.amount
        wrong = (b for b in crm.sales.invoices.find() if paid_of[b.id] != b.paid.amount)
        findings.every("payments off", wrong)


if __name__ == "__main__":
    main(real, threads=(8, 4), procs=(0, 0), n=(200, 25), deadline=120)
