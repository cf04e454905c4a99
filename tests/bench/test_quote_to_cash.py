"""Quote to cash on SQLite: the library's commands against hand-written inserts of the same rows."""

import sqlite3
from datetime import UTC, date, datetime

import pytest

import crmcore
from crmcore import LineDraft, Money, Share

from .paired import paired

pytestmark = pytest.mark.bench

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
MANY = 100


class Stopped:
    def now(self):
        return NOW


def iteration(crm, i):
    with crm.transaction() as tx:
        firm = tx.contacts.add_organization(name=f"Firm {i}", vat_id="DE136695976")
        deal = tx.opportunities.open(
            title=f"Pumps {i}", account=firm.id, amount=Money("900", "EUR")
        )
        lines = [
            LineDraft(
                description=f"Pump {k}",
                quantity=k + 1,
                unit_price=Money("99.90", "EUR"),
                vat_rate=Share("0.19"),
            )
            for k in range(3)
        ]
        quote = tx.sales.quote(deal.id, lines=lines, valid_until=date(2026, 6, 1))
        order = tx.sales.accept(quote.id)
        invoice = tx.sales.bill(order.id)
        tx.sales.issue(invoice.id)


def tables_of(connection):
    query = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql NOT NULL"
    return connection.execute(query).fetchall()


def recorded(path):
    """The statements and the rows that MANY iterations left behind, one chunk per iteration."""
    connection = sqlite3.connect(path)
    schema = [sql for _, sql in tables_of(connection)]
    names = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_")
    ]
    chunks = []
    for name in names:
        rows = connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608
        if rows and len(rows) % MANY == 0:
            each = len(rows) // MANY
            marks = ", ".join("?" * len(rows[0]))
            chunks.append((f"INSERT INTO {name} VALUES ({marks})", each, rows))  # noqa: S608
    connection.close()
    return schema, chunks


def test_quote_to_cash_on_sqlite(tmp_path, capsys):
    with crmcore.open(f"sqlite:///{tmp_path}/first.db", clock=Stopped()) as crm:
        for i in range(MANY):
            iteration(crm, i)
    schema, chunks = recorded(tmp_path / "first.db")
    runs = iter(range(1000))

    def prepared_crm():
        return crmcore.open(f"sqlite:///{tmp_path}/ours{next(runs)}.db", clock=Stopped())

    def prepared_raw():
        connection = sqlite3.connect(tmp_path / f"raw{next(runs)}.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        for sql in schema:
            connection.execute(sql)
        return connection

    crms = [prepared_crm() for _ in range(6)]
    raws = [prepared_raw() for _ in range(6)]

    def ours():
        crm = crms.pop()
        for i in range(MANY):
            iteration(crm, i)
        crm.close()

    def raw():
        connection = raws.pop()
        for i in range(MANY):
            connection.execute("BEGIN IMMEDIATE")
            for sql, each, rows in chunks:
                part = rows[i * each : (i + 1) * each]
                if each == 1:
                    connection.execute(sql, part[0])
                else:
                    connection.executemany(sql, part)
            connection.execute("COMMIT")
        connection.close()

    ratio = paired("quote to cash, SQLite file", ours, raw, "<= 12x, then 8x the time")
    with capsys.disabled():
        rows = sum(each for _, each, _ in chunks)
        print(f"\n{ratio}; {rows} rows an iteration in {len(chunks)} tables")

    assert rows >= 10
