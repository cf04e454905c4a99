"""The drivers themselves, without the library: what the auditor reads with, and what is naive.

Each thread and each process opens its own. Whoever starts a process closes what is open first: a
connection must not be carried into another process.
"""

# Statements are put together of names of this package; values are parameters.
# ruff: noqa: S608

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from harness import kind_of


class RawSql:
    """One connection of a driver, each statement on its own unless in `transaction`."""

    def __init__(self, url: str) -> None:
        self.kind = kind_of(url)
        self._url, self._mark = url, "?" if self.kind == "sqlite" else "%s"
        self._opened: Any = None

    @property
    def _connection(self) -> Any:
        if self._opened is None:
            self._opened = _CONNECT[self.kind](self._url)
        return self._opened

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """The answer, each row by the names of its columns."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(self._spoken(sql), values)
            names = [each[0] for each in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        finally:
            cursor.close()

    def run(self, sql: str, *values: Any) -> int:
        """How many rows a statement changed."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(self._spoken(sql), values)
            return int(cursor.rowcount)
        finally:
            cursor.close()

    @contextmanager
    def transaction(self, begin: str = "BEGIN") -> Iterator[None]:
        """Some statements together, as isolated as the database is by itself."""
        self.run(begin)
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        cursor = self._connection.cursor()
        cursor.execute(f"SELECT * FROM {table} WHERE 1 = 0")
        return [each[0] for each in cursor.description]

    def close(self) -> None:
        """Give the connection back; the next call opens another one."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _spoken(self, sql: str) -> str:
        if self.kind == "mariadb":
            sql = sql.replace('"', "`")
        return sql.replace("?", self._mark)


def _sqlite(url: str) -> Any:
    path = url.partition(":///")[2]
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _postgresql(url: str) -> Any:
    import psycopg  # noqa: PLC0415 - only where it is asked for

    return psycopg.connect("postgresql://" + url.partition("://")[2], autocommit=True)


def _mariadb(url: str) -> Any:
    import pymysql  # noqa: PLC0415

    place = urlsplit(url)
    socket = parse_qs(place.query).get("unix_socket", [None])[0]
    return pymysql.connect(
        host=place.hostname or "localhost",
        port=place.port or 3306,
        user=unquote(place.username or ""),
        password=unquote(place.password or ""),
        database=place.path.strip("/") or None,
        charset="utf8mb4",
        autocommit=True,
        **({"unix_socket": socket} if socket else {}),
    )


_CONNECT = {"sqlite": _sqlite, "postgresql": _postgresql, "mariadb": _mariadb}


class RawMongo:
    """The database of a URL, through its driver."""

    def __init__(self, url: str, **options: Any) -> None:
        self._url, self._options = url, {"serverSelectionTimeoutMS": 10_000, **options}
        self._opened: Any = None

    @property
    def client(self) -> Any:
        """The client of the driver."""
        if self._opened is None:
            from pymongo import MongoClient  # noqa: PLC0415

            self._opened = MongoClient(self._url, **self._options)
        return self._opened

    @property
    def database(self) -> Any:
        """The database the URL names."""
        return self.client.get_default_database("crm")

    def close(self) -> None:
        """Give the connection back; the next call opens another one."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None


def raw(url: str) -> RawSql | RawMongo:
    """The driver of the store a URL names."""
    return RawMongo(url) if kind_of(url) == "mongodb" else RawSql(url)
