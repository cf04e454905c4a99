"""Quote to cash on PostgreSQL, MariaDB and MongoDB, against the raw driver writing the same.

The bound writes what the library left behind, iteration by iteration, each in one transaction: rows by
``executemany``, documents by ``insert_many``. Tenants tell the runs apart.
"""

from collections import defaultdict

import pytest
from sqlalchemy.engine import make_url

from .drivers import (
    SAFE,
    columns_of,
    connected,
    documents_of_tenant,
    insertion,
    mongo_database,
    of_tenant,
    selection,
)
from .paired import paired
from .samples import opened
from .test_quote_to_cash import MANY, iteration

pytestmark = pytest.mark.bench

RUNS = 6


def carried_out(url, tenant):
    with opened(url, tenant) as crm:
        for i in range(MANY):
            iteration(crm, i)


def in_parts(rows):
    """The rows of each iteration; None when a table holds something else."""
    each, left = divmod(len(rows), MANY)
    return None if left or not each else [rows[i * each : (i + 1) * each] for i in range(MANY)]


def recorded_rows(url, tenant):
    """By table: its insert statement, where the tenant stands, and the rows of each iteration."""
    connection, quoted = connected(url)
    cursor = connection.cursor()
    cursor.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'crm%%' "
        "AND table_schema IN ('public', %s)",
        (make_url(url).database,),
    )
    chunks = []
    for (table,) in cursor.fetchall():
        names = columns_of(connection, quoted, table)
        if "tenant" not in names:
            continue
        order = quoted.format("entity_id" if "entity_id" in names else names[1])
        select = selection(connection, quoted, table, names)
        cursor.execute(f"{select} WHERE tenant = %s ORDER BY {order}", (tenant,))
        parts = in_parts(list(cursor.fetchall()))
        if parts is not None:
            chunks.append((table, insertion(quoted, table, names), names.index("tenant"), parts))
    connection.close()
    # Children first: what is written below an issued invoice is refused, as it is sealed.
    return [chunk for _, *chunk in sorted(chunks, reverse=True)]


UNORDERED = {
    "postgresql": "SET session_replication_role = replica",
    "mariadb": "SET foreign_key_checks = 0",
}
"""By server, what lets rows come in any order."""


@pytest.mark.parametrize("kind", UNORDERED)
def test_quote_to_cash_on_a_server(kind, request, capsys):
    url = request.getfixturevalue(f"{kind}_url")
    carried_out(url, "first")
    chunks = recorded_rows(url, "first")

    def raw(tenant):
        connection, _ = connected(url)
        cursor = connection.cursor()
        cursor.execute(UNORDERED[kind])
        for i in range(MANY):
            for sql, place, parts in chunks:
                cursor.executemany(sql, of_tenant(parts[i], place, tenant))
            connection.commit()
        connection.close()

    runs, bounds = iter(range(RUNS)), iter(range(RUNS))
    ratio = paired(
        f"quote to cash, {kind}",
        lambda: carried_out(url, f"ours-{next(runs)}"),
        lambda: raw(f"raw-{next(bounds)}"),
        "<= 4x the CPU time, then 2.5x",
    )
    with capsys.disabled():
        print(f"\n{ratio}; {sum(len(parts[0]) for *_, parts in chunks)} rows an iteration")

    assert len(chunks) >= 10


def test_quote_to_cash_on_mongodb(mongodb_url, capsys):
    carried_out(mongodb_url, "first")
    client, database = mongo_database(mongodb_url)
    chunks = defaultdict(list)
    for name in sorted(database.list_collection_names()):
        documents = list(database[name].find({"_id.tenant": "first"}).sort("_id", 1))
        parts = in_parts(documents)
        if parts is not None:
            chunks[name] = parts

    def raw(tenant):
        own, place = mongo_database(mongodb_url)
        with own.start_session() as session:
            for i in range(MANY):
                with session.start_transaction(**SAFE):
                    for name, parts in chunks.items():
                        documents = documents_of_tenant(parts[i], tenant)
                        place[name].insert_many(documents, session=session)
        own.close()

    runs, bounds = iter(range(RUNS)), iter(range(RUNS))
    ratio = paired(
        "quote to cash, MongoDB",
        lambda: carried_out(mongodb_url, f"ours-{next(runs)}"),
        lambda: raw(f"raw-{next(bounds)}"),
        "<= 4x the CPU time, then 2.5x",
    )
    with capsys.disabled():
        print(
            f"\n{ratio}; {sum(len(parts[0]) for parts in chunks.values())} documents an iteration"
        )
    client.close()

    assert len(chunks) >= 5
