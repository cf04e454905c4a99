"""R14: the server is killed again and again under load; nothing torn, nothing acknowledged lost.

It starts a server of its own, so the URL only says which kind. Clients stay as they are and must
recover by themselves within five seconds after the server takes orders again. The naive way asks
PostgreSQL not to wait for its log, MongoDB to answer before anything is on disk, MariaDB to write
its log once a second.

    python tests/reliability/crash_server.py --store postgresql:// --kills 30
"""

import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

import attrs
from auditors import Auditor, audited, check_numbers, issued
from harness import Findings, NotRun, Run, main, percentile
from scratch import MongoScratch, Scratch, SqlScratch
from world import FOREVER, PUMP, SETTINGS, customer

import crmcore
from crmcore.errors import CrmError, StoreFailure
from servers import mariadb, mongodb, postgresql
from servers.processes import Missing, NotStarted

RECOVERED = 5.0


def own_server(kind: str) -> Any:
    """A server of that kind, not started yet."""
    if kind == "sqlite":
        raise NotRun("SQLite has no server")
    classes = {
        "postgresql": postgresql.Postgresql,
        "mariadb": mariadb.Mariadb,
        "mongodb": mongodb.Mongodb,
    }
    try:
        return classes[kind]()
    except Missing as missing:
        raise NotRun(str(missing)) from missing


class Client:
    """A thread that converts, and goes on after every failure; it keeps what was acknowledged."""

    def __init__(self, crm: crmcore.Crm, firm: UUID, name: str) -> None:
        self._crm = crm
        self._firm = firm
        self._name = name
        self.done = dict[str, str]()
        self.unknown = set[str]()
        self.foreign = list[str]()
        self.last = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Afterwards it does nothing any more."""
        self._over.set()
        self._thread.join(60)

    def _work(self) -> None:
        n = 0
        while not self._over.is_set():
            n += 1
            name = f"{self._name}.{n}"
            try:
                number = self._converted(name)
            except StoreFailure:
                self.unknown.add(name)
                time.sleep(0.01)
            except CrmError as error:
                self.foreign.append(f"{name}: {error!r}")
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                self.foreign.append(f"{name}: {type(error).__name__} {error}")
            else:
                self.done[name] = str(number)
                self.last = time.monotonic()

    def _converted(self, name: str) -> Any:
        def step(tx: Any) -> Any:
            deal = tx.opportunities.open(title=name, account=self._firm)
            quote = tx.sales.quote(deal.id, lines=[PUMP], valid_until=FOREVER)
            bill = tx.sales.bill(tx.sales.accept(quote.id).id)
            return tx.sales.issue(bill.id)

        return self._crm.run(step).number


def real(run: Run, findings: Findings) -> None:
    """Kill the server under load; see what is there in the end."""
    with own_server(run.kind) as server:
        run = attrs.evolve(run, store=server.url(_database(run.kind)))
        _create(server, run.kind)
        chance, back, restarts = run.random("kills"), list[float](), list[float]()
        with run.open(settings=SETTINGS) as crm:
            firms = [customer(crm, f"firm {n}").id for n in range(run.clients)]
            clients = [Client(crm, firm, f"{n}") for n, firm in enumerate(firms)]
            for _ in range(run.kills):
                time.sleep(chance.uniform(0.2, run.within))
                server.kill()
                began = time.monotonic()
                _start(server)
                up = time.monotonic()
                restarts.append(up - began)
                back.append(_seconds_until_all_go_on(clients, up))
            for client in clients:
                client.end()
        findings.missed("recovered late", sum(each > RECOVERED for each in back))
        findings.figure(restart=percentile(restarts, 1), recovered=percentile(back, 1))
        done = {name: number for client in clients for name, number in client.done.items()}
        findings.every("foreign errors", (each for client in clients for each in client.foreign))
        findings.figure(kills=run.kills, acknowledged=len(done))
        findings.figure(failed=sum(len(client.unknown) for client in clients))
        audit = audited(run, findings)
        _check(findings, audit, done)
        audit.close()


def _start(server: Any) -> None:
    """Afterwards it takes orders again.

    What a killed server leaves behind for a moment may be in the way: PostgreSQL waits for the last
    of its processes to be gone.
    """
    given_up = time.monotonic() + 30
    while True:
        try:
            server.start()
        except NotStarted:
            if time.monotonic() > given_up:
                raise
            time.sleep(0.1)
        else:
            return


def _database(kind: str) -> str:
    return "postgres" if kind == "postgresql" else "crm"


def _create(server: Any, kind: str) -> None:
    if kind == "mariadb":
        raw = SqlScratch(server.url(""), "none").raw
        raw.run("CREATE DATABASE crm CHARACTER SET utf8mb4")
        raw.close()


def _seconds_until_all_go_on(clients: list[Client], up: float) -> float:
    given_up = up + 4 * RECOVERED
    while min(client.last for client in clients) < up and time.monotonic() < given_up:
        time.sleep(0.01)
    return time.monotonic() - up


def _check(findings: Findings, audit: Auditor, done: dict[str, str]) -> None:
    quotes = {str(each["opportunity"]): each for each in audit.entities("quote")}
    orders = {str(each["quote"]): each for each in audit.entities("order")}
    invoices = {str(each["order"]): each for each in audit.entities("invoice")}
    found = dict[str, str]()
    for deal in audit.entities("opportunity"):
        quote = quotes.get(str(deal["id"]), {})
        order = orders.get(str(quote.get("id")), {})
        invoice = invoices.get(str(order.get("id")), {})
        found[deal["title"]] = str(invoice.get("number"))
        parts = quote.get("status"), order.get("status"), invoice.get("status")
        if parts != ("accepted", "done", "issued"):
            findings.missed("torn", 1, f"{deal['title']}: {parts}")
    findings.missed("acknowledged lost", 0)
    for name, number in done.items():
        if found.get(name) != number:
            findings.missed("acknowledged lost", 1, f"{name}: {number}, now {found.get(name)}")
    findings.figure(stored=len(found))
    check_numbers(findings, issued(audit), audit.numbers())


# --- the naive way -------------------------------------------------------------------------------


def _hasty(url: str, kind: str) -> Scratch:
    """A table whose commits are acknowledged before they are safe."""
    if kind == "mongodb":
        return MongoScratch(url, "naive", w=1, journal=False)
    table = SqlScratch(url, "naive")
    if kind == "postgresql":
        table.raw.run("SET synchronous_commit = off")
    return table


def naive(run: Run, findings: Findings) -> None:
    """Acknowledge before it is safe; kill the server; count what is gone."""
    with own_server(run.kind) as server:
        _create(server, run.kind)
        url = server.url(_database(run.kind))
        first = _hasty(url, run.kind)
        if run.kind == "mariadb" and isinstance(first, SqlScratch):
            first.raw.run("SET GLOBAL innodb_flush_log_at_trx_commit = 0")
        first.create()
        first.close()
        acknowledged, chance = defaultdict[int, int](int), run.random("kills")
        for turn in range(run.kills):
            over = threading.Event()

            def write(index: int, turn: int = turn, over: threading.Event = over) -> None:
                table, writer = _hasty(url, run.kind), turn * run.clients + index
                while not over.is_set():
                    try:
                        table.insert(f"{writer}", acknowledged[writer])
                    except Exception:  # noqa: BLE001 - the server is gone
                        break
                    acknowledged[writer] += 1
                table.close()

            threads = [threading.Thread(target=write, args=(n,)) for n in range(run.clients)]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.2, run.within))
            server.kill()
            over.set()
            for thread in threads:
                thread.join(60)
            _start(server)
            if run.kind == "mariadb" and isinstance(first, SqlScratch):
                first.raw.run("SET GLOBAL innodb_flush_log_at_trx_commit = 0")
                first.close()
        lost = sum(
            max(0, many - len(first.numbers(f"{writer}"))) for writer, many in acknowledged.items()
        )
        first.close()
        findings.figure(acknowledged=sum(acknowledged.values()))
        findings.missed("acknowledged lost", lost)


if __name__ == "__main__":
    main(
        *(real, naive),
        kills=(30, 3),
        clients=(4, 2),
        within=(1.5, 0.6),
        deadline=1800,
        quick_deadline=180,
    )
