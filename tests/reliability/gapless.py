"""R1, R2: many threads or processes issue invoices in two series; none is lost, twice or missing.

Some attempts fail after their number is drawn: no trace may be left of them. With ``--shared 1``
all of it is for one customer, whom every conversion reads and guards. The naive way takes the
highest number there is, plus one.

    python tests/reliability/gapless.py --store sqlite:///crm.db --threads 8 --n 250
    python tests/reliability/gapless.py --store sqlite:///crm.db --threads 0 --procs 8 --n 100
"""

import threading
import time
from collections import defaultdict
from typing import Any

from auditors import audited, check_numbers, issued
from harness import Findings, NotRun, Run, in_processes, in_threads, main, percentile
from scratch import made, scratch, together
from world import SERIES, SETTINGS, customer, quotes


class Injected(Exception):
    """What goes wrong in the application after the number is drawn."""


def work(run: Run, index: int, crm: Any = None) -> tuple[list[Any], list[Any], list[float]]:
    """Convert quotes into issued invoices: those acknowledged, those aborted, and the times."""
    if crm is None:
        with run.open(settings=SETTINGS) as own:
            return work(run, index, own)
    chance, done, aborted, took = run.random(index), list[Any](), list[Any](), list[float]()
    accounts = [next(iter(crm.contacts.find())).id if run.shared else customer(crm).id]
    for quote in quotes(crm, accounts, run.n):
        series, fails = chance.choice(SERIES), chance.random() < run.abort
        at_once = chance.random() < 0.5

        def convert(tx: Any, quote: Any = quote, series: str = series, fails: bool = fails) -> Any:
            invoice = tx.sales.bill(tx.sales.accept(quote.id).id)
            invoice = tx.sales.issue(invoice.id, series=series)
            if fails:
                raise Injected
            return invoice

        began = time.perf_counter()
        try:
            invoice = crm.run(convert) if fails or at_once else convert(crm)
        except Injected:
            aborted.append(quote.id)
            continue
        took.append(time.perf_counter() - began)
        done.append((str(invoice.id), series, invoice.sequence))
    return done, aborted, took


def real(run: Run, findings: Findings) -> None:
    """Convert in threads that share a CRM, or in processes with their own."""
    with run.open(settings=SETTINGS) as crm:
        customer(crm, "the customer of all")
    began = time.monotonic()
    if run.procs:
        results = in_processes(run, findings, run.procs, work)
    else:
        with run.open(settings=SETTINGS) as crm:
            results = in_threads(run, findings, run.threads, lambda n: work(run, n, crm))
    seconds = time.monotonic() - began
    _check(run, findings, results)
    took = [each for _, _, times in results for each in times]
    findings.figure(conversions_per_second=round(len(took) / seconds, 1))
    findings.figure(p99=percentile(took, 0.99), longest=percentile(took, 1))


def _check(run: Run, findings: Findings, results: list[Any]) -> None:
    audit = audited(run, findings)
    numbers = issued(audit)
    check_numbers(findings, numbers, audit.numbers())
    acknowledged = {each[0]: each[1:] for done, _, _ in results for each in done}
    stored = {
        str(each["id"]): (each["series"], each["sequence"])
        for each in audit.entities("invoice")
        if each["sequence"] is not None
    }
    expected = run.n * (run.procs or run.threads)
    aborted = {str(id) for _, ids, _ in results for id in ids}
    findings.missed("lost", expected - len(aborted) - len(acknowledged))
    findings.every("unlike", acknowledged.items() ^ stored.items())
    traces = [str(each["quote"]) for each in audit.entities("order")]
    findings.every("traces of aborted", aborted.intersection(traces))
    findings.figure(issued=len(stored), aborted=len(aborted), drawn=sum(audit.numbers().values()))
    audit.close()


# --- the naive way -------------------------------------------------------------------------------


def naive_work(
    run: Run, index: int, line: threading.Barrier | None = None
) -> list[tuple[str, int]]:
    """Take the highest number there is, plus one."""
    table, chance, done = scratch(run), run.random(index), list[tuple[str, int]]()
    table.rows()
    if line is not None:
        line.wait(60)
    for _ in range(run.n):
        series = chance.choice(SERIES)
        with together(table):
            number = max(table.numbers(series), default=0) + 1
            time.sleep(0.002)
            table.insert(series, number)
        done.append((series, number))
    table.close()
    return done


def naive(run: Run, findings: Findings) -> None:
    """Number invoices without a counter."""
    with made(run) as table:
        table.close()
        if run.procs:
            in_processes(run, findings, run.procs, naive_work)
        else:
            line = threading.Barrier(run.threads)
            in_threads(run, findings, run.threads, lambda n: naive_work(run, n, line))
        numbers = defaultdict[str, list[int]](list)
        for _, series, number in table.rows():
            numbers[series].append(number)
        check_numbers(findings, numbers, None)


def orm(run: Run, findings: Findings) -> None:
    """Count with an ORM on the engine it makes by default: SQLite is not as isolated as it seems."""
    if run.kind != "sqlite":
        raise NotRun("the default engine of SQLAlchemy is naive on SQLite")
    from sqlalchemy import create_engine  # noqa: PLC0415
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column  # noqa: PLC0415

    class Root(DeclarativeBase):
        pass

    class Counter(Root):
        __tablename__ = "naive_counter"
        id: Mapped[int] = mapped_column(primary_key=True)
        n: Mapped[int]

    class Numbered(Root):
        __tablename__ = "naive_numbered"
        id: Mapped[int] = mapped_column(primary_key=True)
        n: Mapped[int]

    engine = create_engine(run.store)
    Root.metadata.drop_all(engine)
    Root.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add(Counter(id=1, n=0))

    def count(_index: int) -> None:
        for _ in range(run.n):
            with Session(engine) as session, session.begin():
                counter = session.get_one(Counter, 1)
                counter.n += 1
                session.add(Numbered(n=counter.n))

    in_threads(run, findings, run.threads, count)
    with Session(engine) as session:
        numbers = [each.n for each in session.query(Numbered)]
        last = session.get_one(Counter, 1).n
    check_numbers(findings, {"orm": numbers}, {"orm": last})
    findings.figure(numbered=len(numbers), counter=last)
    Root.metadata.drop_all(engine)
    engine.dispose()


def by_way(run: Run, findings: Findings) -> None:
    """The naive way asked for."""
    (orm if run.way == "orm" else naive)(run, findings)


if __name__ == "__main__":
    main(
        real,
        by_way,
        threads=(8, 4),
        procs=(0, 0),
        n=(250, 12),
        abort=(0.05, 0.1),
        shared=(0, 0),
        way=("max", "max"),
    )
