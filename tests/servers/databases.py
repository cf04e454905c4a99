"""Databases on a server: made, emptied and dropped through its driver, for one test and the next."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Self
from urllib.parse import unquote, urlsplit

MARKS = frozenset({"crm__schema", "crm_alembic_version"})
"""Tables about tables: what they say stays true when the others are emptied."""


class Databases(ABC):
    """What can be done with the databases of a server.

    Args:
        url: The server, with a user who may make databases; a database in it is left alone.
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    def url(self, database: str) -> str:
        """Where a database is reached, as the store opens it."""
        return self._url._replace(path=f"/{database}").geturl()

    @property
    @abstractmethod
    def version(self) -> str:
        """Which server it is, in words."""

    @abstractmethod
    def create(self, database: str) -> None:
        """Afterwards there is a new database with nothing in it."""

    @abstractmethod
    def drop(self, database: str) -> None:
        """Afterwards the database is gone; whoever used it is thrown out."""

    @abstractmethod
    def empty(self, database: str) -> None:
        """Afterwards the database holds no row, in whatever tables it has; nobody uses it."""

    @abstractmethod
    def close(self) -> None:
        """Afterwards no connection to the server is left."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _filled(tables: Sequence[str], asked: Callable[[str], Sequence[Any]]) -> list[str]:
    """The tables that have rows, found with one question."""
    if not tables:
        return []
    questions = (f"EXISTS (SELECT 1 FROM {table})" for table in tables)  # noqa: S608 - our tables
    answers = asked(f"SELECT {', '.join(questions)}")
    return [table for table, is_filled in zip(tables, answers, strict=True) if is_filled]


class PostgresqlDatabases(Databases):
    """Through psycopg."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._admin = self._connected(self._url.path.strip("/") or "postgres")
        self._open: dict[str, Any] = {}

    def _connected(self, database: str) -> Any:
        import psycopg  # noqa: PLC0415 - only where PostgreSQL is wanted

        url = self.url(database).replace(self._url.scheme, "postgresql", 1)
        return psycopg.connect(url, autocommit=True)

    @property
    def version(self) -> str:
        (found,) = self._admin.execute("SHOW server_version").fetchone()
        return f"PostgreSQL {found.split()[0]}"

    def create(self, database: str) -> None:
        self._admin.execute(f'CREATE DATABASE "{database}" TEMPLATE template0')

    def drop(self, database: str) -> None:
        if opened := self._open.pop(database, None):
            opened.close()
        self._admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def empty(self, database: str) -> None:
        if database not in self._open:
            self._open[database] = self._connected(database)
        connection = self._open[database]
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
                " AND tablename <> ALL(%s)",
                (sorted(MARKS),),
            )
        ]
        if filled := _filled(tables, lambda question: connection.execute(question).fetchone()):
            connection.execute(f"TRUNCATE {', '.join(filled)} CASCADE")

    def close(self) -> None:
        for each in (self._admin, *self._open.values()):
            each.close()


class MariadbDatabases(Databases):
    """Through PyMySQL."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        import pymysql  # noqa: PLC0415 - only where MariaDB is wanted

        self._admin = pymysql.connect(
            host=self._url.hostname or "localhost",
            port=self._url.port or 3306,
            user=unquote(self._url.username or ""),
            password=unquote(self._url.password or ""),
            autocommit=True,
        )
        # Rows go in whatever order.
        self._asked("SET foreign_key_checks = 0")

    def _asked(self, question: str, *values: str) -> Sequence[Sequence[Any]]:
        with self._admin.cursor() as cursor:
            cursor.execute(question, values)
            return cursor.fetchall()

    @property
    def version(self) -> str:
        ((found,),) = self._asked("SELECT VERSION()")
        return f"MariaDB {found.partition('-')[0]}"

    def create(self, database: str) -> None:
        self._asked(f"CREATE DATABASE `{database}`")

    def drop(self, database: str) -> None:
        self._throw_out(database)
        self._asked(f"DROP DATABASE IF EXISTS `{database}`")

    def empty(self, database: str) -> None:
        self._throw_out(database)
        tables = [
            f"`{database}`.`{name}`"
            for (name,) in self._asked(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = %s AND table_type = 'BASE TABLE'",
                database,
            )
            if name not in MARKS
        ]
        import pymysql  # noqa: PLC0415 - only where MariaDB is wanted

        for table in _filled(tables, lambda question: self._asked(question)[0]):
            try:
                self._asked(f"DELETE FROM {table}")  # noqa: S608 - a table of ours
            except pymysql.err.OperationalError:
                self._asked(f"TRUNCATE {table}")  # slower, but it asks no trigger

    def _throw_out(self, database: str) -> None:
        import pymysql  # noqa: PLC0415 - only where MariaDB is wanted

        for (user,) in self._asked(
            "SELECT id FROM information_schema.processlist WHERE db = %s", database
        ):
            try:
                self._asked(f"KILL {user}")
            except pymysql.err.OperationalError:
                continue  # it has just gone by itself

    def close(self) -> None:
        self._admin.close()


class MongodbDatabases(Databases):
    """Through pymongo."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        import pymongo  # noqa: PLC0415 - only where MongoDB is wanted

        self._client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
            url, serverSelectionTimeoutMS=10_000
        )

    @property
    def version(self) -> str:
        return f"MongoDB {self._client.server_info()['version']}"

    def create(self, database: str) -> None:
        """A database is there as soon as something is written into it."""

    def drop(self, database: str) -> None:
        self._client.drop_database(database)

    def empty(self, database: str) -> None:
        place = self._client[database]
        for name in place.list_collection_names(filter={"type": "collection"}):
            if name not in MARKS and place[name].find_one({}, {"_id": 1}) is not None:
                place[name].delete_many({})

    def close(self) -> None:
        self._client.close()


KINDS = {
    "postgresql": PostgresqlDatabases,
    "mariadb": MariadbDatabases,
    "mongodb": MongodbDatabases,
}
