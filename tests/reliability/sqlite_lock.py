"""R8: many processes on one file of SQLite, also when each thinks in the middle: nobody is locked out.

The naive way begins a transaction as SQLite does by itself, reads, and then writes.

    python tests/reliability/sqlite_lock.py --store sqlite:///crm.db --procs 16 --n 40 --think 0.02
"""

import sqlite3
import time
from typing import Any

from auditors import audited, check_numbers, issued
from harness import Findings, NotRun, Run, in_processes, main, percentile
from raw import RawSql
from scratch import made, scratch
from world import SETTINGS, customer, quotes


def work(run: Run, index: int) -> list[float]:
    """Convert quotes into issued invoices, thinking in the middle: how long each took."""
    took = []
    with run.open(settings=SETTINGS) as crm:
        for quote in quotes(crm, [customer(crm, f"firm {index}").id], run.n):

            def convert(tx: Any, quote: Any = quote) -> None:
                order = tx.sales.accept(quote.id)
                time.sleep(run.think)
                tx.sales.issue(tx.sales.bill(order.id).id)

            began = time.perf_counter()
            crm.run(convert)
            took.append(time.perf_counter() - began)
    return took


def real(run: Run, findings: Findings) -> None:
    """Convert in processes of their own."""
    _check_store(run)
    with run.open(settings=SETTINGS):
        pass
    took = [each for times in in_processes(run, findings, run.procs, work) for each in times]
    findings.missed("locked out", run.procs * run.n - len(took))
    findings.figure(median=percentile(took, 0.5), longest=percentile(took, 1))
    audit = audited(run, findings)
    check_numbers(findings, issued(audit), audit.numbers())
    audit.close()


def naive_work(run: Run, _index: int) -> int:
    """Read, think, write, in a transaction that begins as a reader: how often it was locked out."""
    locked, table = 0, scratch(run)
    assert isinstance(table.raw, RawSql)
    for _ in range(run.n):
        try:
            with table.raw.transaction("BEGIN DEFERRED"):
                (number,) = table.numbers("n")
                time.sleep(max(run.think, 0.001))
                table.update("n", number + 1)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            locked += 1
    table.close()
    return locked


def naive(run: Run, findings: Findings) -> None:
    """Begin as a reader, become a writer."""
    _check_store(run)
    with made(run) as table:
        assert isinstance(table.raw, RawSql)
        table.raw.rows("PRAGMA journal_mode = WAL")
        table.insert("n", 0)
        table.close()
        findings.missed("locked out", sum(in_processes(run, findings, run.procs, naive_work)))


def _check_store(run: Run) -> None:
    if run.kind != "sqlite":
        raise NotRun("it is about files of SQLite")


if __name__ == "__main__":
    main(real, naive, procs=(8, 4), n=(40, 8), think=(0.02, 0.005))
