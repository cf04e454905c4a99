"""A table of its own for what is done the naive way: an id that counts up, a text, a number.

One set of methods for all databases, so that each naive scheme is written once. Every call is a
commit of its own unless it stands in `transaction`, which is as isolated as the database is by
itself.
"""

# Statements are put together of names of this package; values are parameters.
# ruff: noqa: S608

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from harness import Run, kind_of
from raw import RawMongo, RawSql

_IDS = {
    "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "postgresql": "BIGSERIAL PRIMARY KEY",
    "mariadb": "BIGINT AUTO_INCREMENT PRIMARY KEY",
}


class SqlScratch:
    """A table in a database."""

    def __init__(self, url: str, name: str) -> None:
        self.raw = RawSql(url)
        self.name = name

    def create(self) -> None:
        """Afterwards it is there, empty."""
        self.drop()
        columns = f"id {_IDS[self.raw.kind]}, k VARCHAR(200), n BIGINT"
        self.raw.run(f"CREATE TABLE {self.name} ({columns})")
        self.raw.run(f"CREATE INDEX ix_{self.name} ON {self.name} (k)")

    def drop(self) -> None:
        """Afterwards it is gone."""
        self.raw.run(f"DROP TABLE IF EXISTS {self.name}")

    def insert(self, k: str, n: int) -> None:
        """Afterwards there is one row more."""
        self.raw.run(f"INSERT INTO {self.name} (k, n) VALUES (?, ?)", k, n)

    def numbers(self, k: str) -> list[int]:
        """The numbers of the rows with this text."""
        return [row["n"] for row in self.raw.rows(f"SELECT n FROM {self.name} WHERE k = ?", k)]

    def rows(self) -> list[tuple[Any, str, int]]:
        """Everything, in the order of the ids."""
        return self.after(0)

    def after(self, id: Any) -> list[tuple[Any, str, int]]:
        """What comes after an id."""
        sql = f"SELECT id, k, n FROM {self.name} WHERE id > ? ORDER BY id"
        return [(row["id"], row["k"], row["n"]) for row in self.raw.rows(sql, id or 0)]

    def update(self, k: str, n: int) -> None:
        """Afterwards the rows with this text have this number."""
        self.raw.run(f"UPDATE {self.name} SET n = ? WHERE k = ?", n, k)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Some calls together."""
        with self.raw.transaction():
            yield

    def close(self) -> None:
        """Give the connection back; the next call opens another one."""
        self.raw.close()


class MongoScratch:
    """A collection in a database; the id is the driver's own, which is said to count up."""

    def __init__(self, url: str, name: str, **options: Any) -> None:
        self.raw = RawMongo(url, **options)
        self.name = name
        self._session: Any = None

    @property
    def _all(self) -> Any:
        return self.raw.database[self.name]

    def create(self) -> None:
        """Afterwards it is there, empty."""
        self.drop()
        self._all.create_index("k")

    def drop(self) -> None:
        """Afterwards it is gone."""
        self._all.drop()

    def insert(self, k: str, n: int) -> None:
        """Afterwards there is one document more."""
        self._all.insert_one({"k": k, "n": n}, session=self._session)

    def numbers(self, k: str) -> list[int]:
        """The numbers of the documents with this text."""
        return [each["n"] for each in self._all.find({"k": k}, session=self._session)]

    def rows(self) -> list[tuple[Any, str, int]]:
        """Everything, in the order of the ids."""
        return self.after(None)

    def after(self, id: Any) -> list[tuple[Any, str, int]]:
        """What comes after an id."""
        where = {} if id is None else {"_id": {"$gt": id}}
        found = self._all.find(where, session=self._session).sort("_id", 1)
        return [(each["_id"], each["k"], each["n"]) for each in found]

    def update(self, k: str, n: int) -> None:
        """Afterwards the documents with this text have this number."""
        self._all.update_many({"k": k}, {"$set": {"n": n}}, session=self._session)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Some calls together."""
        with self.raw.client.start_session() as session, session.start_transaction():
            self._session = session
            try:
                yield
            finally:
                self._session = None

    def close(self) -> None:
        """Give the connection back; the next call opens another one."""
        self.raw.close()


Scratch = SqlScratch | MongoScratch


def scratch(run: Run, name: str = "scratch") -> Scratch:
    """The run's own table of this name; each thread and process opens its own."""
    full = f"naive_{name}_{run.tenant.rpartition('-')[2]}"
    return (MongoScratch if kind_of(run.store) == "mongodb" else SqlScratch)(run.store, full)


@contextmanager
def made(run: Run, name: str = "scratch") -> Iterator[Scratch]:
    """The table, there as long as the block lasts."""
    table = scratch(run, name)
    table.create()
    try:
        yield table
    finally:
        table.drop()
        table.close()


def together(table: Scratch) -> Any:
    """A transaction where the database keeps readers apart; SQLite would refuse the second one."""
    is_sqlite = isinstance(table, SqlScratch) and table.raw.kind == "sqlite"
    return nullcontext() if is_sqlite else table.transaction()
