"""Quote to cash on SQLite: the library's commands against hand-written inserts of the same rows."""

from datetime import date

import pytest

from crmcore import LineDraft, Money, Share

from .drivers import prepared, rows_of, schema_of
from .paired import paired
from .samples import opened

pytestmark = pytest.mark.bench

MANY = 100


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


def in_chunks(tables):
    """By table: its insert statement, how many rows an iteration makes, and all rows."""
    chunks = []
    for name, rows in tables.items():
        if rows and len(rows) % MANY == 0:
            marks = ", ".join("?" * len(rows[0]))
            sql = f"INSERT INTO {name} VALUES ({marks})"  # noqa: S608
            chunks.append((sql, len(rows) // MANY, rows))
    return chunks


def test_quote_to_cash_on_sqlite(tmp_path, capsys):
    with opened(f"sqlite:///{tmp_path}/first.db") as crm:
        for i in range(MANY):
            iteration(crm, i)
    schema, chunks = schema_of(tmp_path / "first.db"), in_chunks(rows_of(tmp_path / "first.db"))
    crms = [opened(f"sqlite:///{tmp_path}/ours{n}.db") for n in range(6)]
    raws = [prepared(tmp_path / f"raw{n}.db", schema) for n in range(6)]

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

    ratio = paired("quote to cash, SQLite file", ours, raw, "<= 8x the time, then 5x")
    with capsys.disabled():
        rows = sum(each for _, each, _ in chunks)
        print(f"\n{ratio}; {rows} rows an iteration in {len(chunks)} tables")

    assert rows >= 10
