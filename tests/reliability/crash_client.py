"""R12: clients are killed again and again in the midst of work; every conversion is there whole, or not.

A conversion is one transaction: deal, quote, order, issued invoice, their events and the keys of the
commands. What was acknowledged is there; a key that was under way is repeated, and leads to exactly
one invoice. The naive way writes order, invoice and event one after the other.

    python tests/reliability/crash_client.py --store sqlite:///crm.db --kills 200
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

from auditors import Auditor, audited, check_numbers, issued
from harness import Child, Findings, Run, main
from scratch import made, scratch
from world import FOREVER, PUMP, SETTINGS, customer

import crmcore
from crmcore.errors import Busy

PATIENCE = 100.0
"""Seconds until a key that was under way must be answered; MongoDB may keep its number 60 to 90."""


def settings(run: Run, turn: int) -> tuple[crmcore.Settings, str]:
    """The series of a turn, and the settings that know it.

    A client of MongoDB that is killed in the wrong moment keeps the number it drew for some
    seconds (`orphan` measures that), so each turn there has a series of its own.
    """
    if run.kind != "mongodb":
        return SETTINGS, "invoice"
    series = f"turn {turn}"
    pattern = crmcore.NumberPattern(f"T{turn}-{{YYYY}}-{{seq:05}}")
    return crmcore.Settings(numbering={series: pattern}), series


def convert(crm: crmcore.Crm, firm: UUID, name: str, series: str) -> Any:
    """A deal, its quote, its order and its invoice, in one transaction, each command with a key."""

    def step(tx: Any) -> Any:
        deal = tx.opportunities.open(title=name, account=firm, key=f"{name} deal")
        quote = tx.sales.quote(deal.id, lines=[PUMP], valid_until=FOREVER, key=f"{name} quote")
        order = tx.sales.accept(quote.id, key=f"{name} order")
        bill = tx.sales.bill(order.id, key=f"{name} bill")
        return tx.sales.issue(bill.id, series=series, key=f"{name} issue")

    return crm.run(step)


def client(run: Run, tell: Callable[[str], None], firm: str, turn: int) -> None:
    """Convert until killed, telling before and after each one."""
    chosen, series = settings(run, turn)
    with run.open(settings=chosen) as crm:
        for n in range(10_000):
            name = f"{turn}.{n}"
            tell(f"begun {name}")
            invoice = convert(crm, UUID(firm), name, series)
            tell(f"done {name} {invoice.id} {invoice.number}")


def real(run: Run, findings: Findings) -> None:
    """Kill one client after the other at a random moment."""
    chance = run.random("kills")
    with run.open(settings=SETTINGS) as crm:
        firms = [str(customer(crm, f"firm {n}").id) for n in range(run.kills)]
    done, under_way = dict[str, str](), list[tuple[str, int]]()
    for turn in range(run.kills):
        told = _killed(run, chance.uniform(0, run.within), firms[turn], turn)
        findings.every("client failed", [line for line in told if line.startswith("error")])
        finished = {line.split()[1]: line.split(maxsplit=2)[2] for line in told if line[0] == "d"}
        begun = [line.split()[1] for line in told if line[0] == "b"]
        done.update(finished)
        under_way += [(name, turn) for name in begun if name not in finished]
    findings.figure(kills=run.kills, acknowledged=len(done), under_way=len(under_way))
    audit = audited(run, findings)
    there = _check(findings, audit, done)
    findings.figure(unknown_but_done=sum(name in there for name, _ in under_way))
    audit.close()
    for name, turn in under_way:
        done[name] = _replayed(run, firms[turn], name, turn)
    audit = audited(run, findings)
    _check(findings, audit, done)
    findings.missed("not exactly one", abs(len(audit.entities("invoice")) - len(done)))
    audit.close()


def _killed(run: Run, seconds: float, firm: str, turn: int) -> list[str]:
    child = Child(run, client, firm, turn)
    first = [line for _ in range(2) if (line := child.told(30)) is not None]
    time.sleep(seconds)
    child.kill()
    return [*first, *child.rest()]


def _replayed(run: Run, firm: str, name: str, turn: int) -> str:
    chosen, series = settings(run, turn)
    given_up = time.monotonic() + PATIENCE
    with run.open(settings=chosen) as crm:
        while True:
            try:
                invoice = convert(crm, UUID(firm), name, series)
            except Busy:
                if time.monotonic() > given_up:
                    raise
            else:
                return f"{invoice.id} {invoice.number}"


def _check(findings: Findings, audit: Auditor, done: dict[str, str]) -> set[str]:
    """Note half conversions and lost ones; the names of those that are there."""
    quotes = {str(each["opportunity"]): each for each in audit.entities("quote")}
    orders = {str(each["quote"]): each for each in audit.entities("order")}
    invoices = {str(each["order"]): each for each in audit.entities("invoice")}
    keys = Counter(each["key"].split()[0] for each in audit.remembered())
    found = dict[str, str]()
    for deal in audit.entities("opportunity"):
        quote = quotes.get(str(deal["id"]), {})
        order = orders.get(str(quote.get("id")), {})
        invoice = invoices.get(str(order.get("id")), {})
        found[deal["title"]] = f"{invoice.get('id')} {invoice.get('number')}"
        parts = deal["status"], quote.get("status"), order.get("status"), invoice.get("status")
        if parts != ("won", "accepted", "done", "issued") or keys[deal["title"]] != 5:
            findings.missed("torn", 1, f"{deal['title']}: {parts}, {keys[deal['title']]} keys")
    findings.missed("torn", abs(len(audit.entities("invoice")) - len(found)))
    findings.missed("torn", abs(len(keys) - len(found)))
    findings.missed("acknowledged lost", 0)
    for name, answer in done.items():
        if found.get(name) != answer:
            findings.missed("acknowledged lost", 1, f"{name}: {answer}, stored {found.get(name)}")
    check_numbers(findings, issued(audit), audit.numbers())
    return set(found)


# --- the naive way -------------------------------------------------------------------------------


def naive_client(run: Run, tell: Callable[[str], None], turn: int) -> None:
    """Write order, invoice and event, each by itself."""
    table = scratch(run)
    for n in range(100_000):
        for part in range(3):
            table.insert(f"{turn}.{n}", part)
        if n == 0:
            tell("begun")


def naive(run: Run, findings: Findings) -> None:
    """Kill clients that write one after the other."""
    chance = run.random("kills")
    with made(run) as table:
        table.close()
        for turn in range(run.kills):
            child = Child(run, naive_client, turn)
            child.told(30)
            time.sleep(chance.uniform(0, run.within))
            child.kill()
        parts = defaultdict[str, int](int)
        for _, name, _ in table.rows():
            parts[name] += 1
        findings.missed("torn", sum(many != 3 for many in parts.values()))


if __name__ == "__main__":
    main(real, naive, kills=(200, 10), within=(0.3, 0.08), deadline=1800)
