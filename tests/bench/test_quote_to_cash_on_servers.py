"""Quote to cash on PostgreSQL, MariaDB and MongoDB, against the raw driver writing the same.

The bound writes what the library left behind, iteration by iteration, each in one transaction: rows by
``executemany``, documents by ``insert_many``. Tenants tell the runs apart.
"""

from collections import defaultdict

import psycopg
import pymongo
import pymysql
import pytest
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern
from sqlalchemy.engine import make_url

import crmcore

from .paired import paired
from .test_quote_to_cash import MANY, Stopped, iteration

pytestmark = pytest.mark.bench

RUNS = 6


def carried_out(url, tenant):
    with crmcore.open(url, clock=Stopped(), tenant=tenant) as crm:
        for i in range(MANY):
            iteration(crm, i)


def in_parts(rows):
    """The rows of each iteration; None when a table holds something else."""
    each, left = divmod(len(rows), MANY)
    return None if left or not each else [rows[i * each : (i + 1) * each] for i in range(MANY)]


def connected(url):
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain), '"{}"'
    return pymysql.connect(
        host=parsed.host or "localhost",
        port=parsed.port or 3306,
        user=parsed.username,
        password=parsed.password or "",
        database=parsed.database,
        unix_socket=parsed.query.get("unix_socket"),
    ), "`{}`"


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
        cursor.execute(f"SELECT * FROM {quoted.format(table)} LIMIT 0")  # noqa: S608
        names = [column[0] for column in cursor.description]
        if "tenant" not in names:
            continue
        is_text = isinstance(connection, psycopg.Connection)
        wanted = [
            f"{quoted.format(name)}{'::text' if is_text and name == 'attributes' else ''}"
            for name in names
        ]
        order = quoted.format("entity_id" if "entity_id" in names else names[1])
        cursor.execute(
            f"SELECT {', '.join(wanted)} FROM {quoted.format(table)} WHERE tenant = %s "  # noqa: S608
            f"ORDER BY {order}",
            (tenant,),
        )
        parts = in_parts(list(cursor.fetchall()))
        if parts is not None:
            marks = ", ".join(["%s"] * len(names))
            columns = ", ".join(quoted.format(name) for name in names)
            sql = f"INSERT INTO {quoted.format(table)} ({columns}) VALUES ({marks})"  # noqa: S608
            chunks.append((sql, names.index("tenant"), parts))
    connection.close()
    return chunks


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_quote_to_cash_on_a_server(kind, request, capsys):
    url = request.getfixturevalue(f"{kind}_url")
    carried_out(url, "first")
    chunks = recorded_rows(url, "first")

    def raw(tenant):
        connection, _ = connected(url)
        cursor = connection.cursor()
        if kind == "mariadb":
            cursor.execute("SET foreign_key_checks = 0")
        for i in range(MANY):
            for sql, place, parts in chunks:
                rows = [(*row[:place], tenant, *row[place + 1 :]) for row in parts[i]]
                cursor.executemany(sql, rows)
            connection.commit()
        connection.close()

    runs, bounds = iter(range(RUNS)), iter(range(RUNS))
    ratio = paired(
        f"quote to cash, {kind}",
        lambda: carried_out(url, f"ours-{next(runs)}"),
        lambda: raw(f"raw-{next(bounds)}"),
        "<= 4x the CPU time",
    )
    with capsys.disabled():
        print(f"\n{ratio}; {sum(len(parts[0]) for *_, parts in chunks)} rows an iteration")

    assert len(chunks) >= 10


def test_quote_to_cash_on_mongodb(mongodb_url, capsys):
    carried_out(mongodb_url, "first")
    client = pymongo.MongoClient(mongodb_url)
    options = CodecOptions(uuid_representation=UuidRepresentation.STANDARD, tz_aware=True)
    database = client.get_default_database().with_options(codec_options=options)
    chunks = defaultdict(list)
    for name in sorted(database.list_collection_names()):
        documents = list(database[name].find({"_id.tenant": "first"}).sort("_id", 1))
        parts = in_parts(documents)
        if parts is not None:
            chunks[name] = parts

    def raw(tenant):
        own = pymongo.MongoClient(mongodb_url)
        place = own.get_default_database().with_options(codec_options=options)
        with own.start_session() as session:
            for i in range(MANY):
                with session.start_transaction(
                    read_concern=ReadConcern("snapshot"),
                    write_concern=WriteConcern("majority", j=True),
                ):
                    for name, parts in chunks.items():
                        renamed = [
                            {**each, "_id": {**each["_id"], "tenant": tenant}} for each in parts[i]
                        ]
                        place[name].insert_many(renamed, session=session)
        own.close()

    runs, bounds = iter(range(RUNS)), iter(range(RUNS))
    ratio = paired(
        "quote to cash, MongoDB",
        lambda: carried_out(mongodb_url, f"ours-{next(runs)}"),
        lambda: raw(f"raw-{next(bounds)}"),
        "<= 4x the CPU time",
    )
    with capsys.disabled():
        print(
            f"\n{ratio}; {sum(len(parts[0]) for parts in chunks.values())} documents an iteration"
        )
    client.close()

    assert len(chunks) >= 5
