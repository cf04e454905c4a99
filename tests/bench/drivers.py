"""The drivers below the library, as somebody would use them who writes everything by hand."""

import sqlite3

import psycopg
import pymongo
import pymysql
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from bson.max_key import MaxKey
from bson.min_key import MinKey
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern
from sqlalchemy.engine import make_url

SAFE = {
    "read_concern": ReadConcern("snapshot"),
    "write_concern": WriteConcern("majority", j=True),
}
"""How a transaction on MongoDB keeps what it is told, as the library's do."""


def schema_of(path):
    """The statements that make the tables and indexes of an SQLite file."""
    connection = sqlite3.connect(path)
    query = "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql NOT NULL"
    schema = [sql for (sql,) in connection.execute(query)]
    connection.close()
    return schema


def rows_of(path):
    """By table, all rows of an SQLite file."""
    connection = sqlite3.connect(path)
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    names = [name for (name,) in connection.execute(query) if not name.startswith("sqlite_")]
    rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608
    connection.close()
    return rows


def prepared(path, schema):
    """An SQLite file with the same tables and the same settings, and nothing in them."""
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}")
    for sql in schema:
        raw.execute(sql)
    return raw


def connected(url):
    """A connection of PostgreSQL or MariaDB, and how names are quoted there."""
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


def columns_of(connection, quoted, table):
    """The names of the columns of a table."""
    cursor = connection.cursor()
    cursor.execute(f"SELECT * FROM {quoted.format(table)} LIMIT 0")  # noqa: S608
    return [column[0] for column in cursor.description]


def insertion(quoted, table, names):
    """The statement that inserts a row."""
    columns = ", ".join(quoted.format(name) for name in names)
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {quoted.format(table)} ({columns}) VALUES ({marks})"  # noqa: S608


def selection(connection, quoted, table, names):
    """The statement that selects rows; JSON comes as the text that it was inserted as."""
    is_text = isinstance(connection, psycopg.Connection)
    wanted = [
        f"{quoted.format(name)}{'::text' if is_text and name == 'attributes' else ''}"
        for name in names
    ]
    return f"SELECT {', '.join(wanted)} FROM {quoted.format(table)}"  # noqa: S608


def of_tenant(rows, place, tenant):
    """The rows as those of another tenant."""
    return [(*row[:place], tenant, *row[place + 1 :]) for row in rows]


def documents_of_tenant(documents, tenant):
    """The documents as those of another tenant."""
    return [{**each, "_id": {**each["_id"], "tenant": tenant}} for each in documents]


def documents_of(tenant):
    """The filter by tenant that enters the index every collection has, which begins with it."""
    return {
        "_id": {
            "$gte": {"tenant": tenant, "id": MinKey()},
            "$lte": {"tenant": tenant, "id": MaxKey()},
        }
    }


def mongo_database(url):
    """A client, and its database with the options that our documents need."""
    client = pymongo.MongoClient(url)
    options = CodecOptions(uuid_representation=UuidRepresentation.STANDARD, tz_aware=True)
    return client, client.get_default_database().with_options(codec_options=options)
