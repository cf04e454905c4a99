"""The drivers: how a transaction begins and ends with each, and what its errors come to.

Their cursors are used directly, because the layers above them cost several times what they do
themselves. Only `_link` calls what is here.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy.pool import PoolProxiedConnection

from crmcore_sql._errors import Row, mariadb_told, postgresql_told, sqlite_told

_TEXTS = 2048
_WAIT_SECONDS = 5
_IDLE_SECONDS = 30
_INSERT = "INSERT"
_IN_TRANSACTION = 2
"""As PostgreSQL's library calls a transaction that waits for its next statement."""

Statement = tuple[str, Sequence[Row]]
"""What is to be done, and the rows it is to be done for."""


class Driver:
    """How a transaction begins and ends. This one is SQLite's, and the shape of the others.

    Args:
        connection: From the pool.

    Attributes:
        many: Whether several units of work can write at the same time.
        locking: What makes a SELECT wait for others who write the rows, and keep them off.
        sharing: What makes it wait likewise, but keeps off only who would change the rows.
        told: Tells what an error comes to.
        cursor: Carries out the statements.
    """

    many = False
    locking = ""
    sharing = ""
    told = staticmethod(sqlite_told)

    def __init__(self, connection: PoolProxiedConnection) -> None:
        self.raw: Any = connection.driver_connection
        self.cursor: Any = connection.cursor()

    def sql(self, text: str) -> str:
        """A statement with ``?`` for each parameter, as the driver wants it."""
        return text

    def ask(self, text: str, values: Sequence[Any], *, once: bool) -> None:  # noqa: ARG002
        """Carry out a statement; ``once`` tells that it had better not be prepared for others."""
        self.cursor.execute(self.sql(text), values)

    def begin(self, *, write: bool) -> None:
        """Begin a transaction; one that only reads sees the state of this moment."""
        self.cursor.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        if not write:
            self.cursor.execute("SELECT 1 FROM sqlite_master LIMIT 1")
            self.cursor.fetchall()

    def batch(self, statements: Sequence[Statement]) -> list[list[int]]:
        """Carry out statements, each for all of its rows; how many rows changed for each of them.

        An INSERT does what it should or fails; so it is carried out for all at once, and nothing
        is told of it.
        """
        return [self._counted(text, rows) for text, rows in statements]

    def _counted(self, text: str, rows: Sequence[Row]) -> list[int]:
        cursor, sql = self.cursor, self.sql(text)
        if text.startswith(_INSERT):
            if len(rows) == 1:
                cursor.execute(sql, rows[0])
            else:
                cursor.executemany(sql, rows)
            return []
        counts: list[int] = []
        for row in rows:
            cursor.execute(sql, row)
            counts.append(cursor.rowcount)
        return counts

    def commit(self) -> bool:
        """Make what was done last; whether the database says that it did."""
        self.raw.commit()
        return True

    def rollback(self) -> None:
        """Undo what was done."""
        self.raw.rollback()

    def leave(self) -> None:
        """Set the connection back as it was, after the end of the transaction."""

    def is_gone(self) -> bool:
        """Whether the driver has given up the connection."""
        return False

    def commits_by_itself(self) -> bool:
        """Whether the connection came as one that commits after every statement."""
        return False


@lru_cache(_TEXTS)
def _formatted(text: str) -> str:
    return text.replace("%", "%%").replace("?", "%s")


class Psycopg(Driver):
    """PostgreSQL. What is set holds for the transaction only, so nothing has to be set back."""

    many = True
    locking = " FOR UPDATE"
    sharing = " FOR KEY SHARE"
    told = staticmethod(postgresql_told)

    _WRITE = (
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; "
        "SET LOCAL TIME ZONE 'UTC'; "
        f"SET LOCAL lock_timeout = {_WAIT_SECONDS * 1000}; "
        f"SET LOCAL idle_in_transaction_session_timeout = {_IDLE_SECONDS * 1000}"
    )
    _READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TIME ZONE 'UTC'; SELECT 1"
    _is_reading = False

    def sql(self, text: str) -> str:
        """A statement with ``?`` for each parameter, as the driver wants it."""
        return _formatted(text)

    def ask(self, text: str, values: Sequence[Any], *, once: bool) -> None:
        """Carry out a statement; ``once`` tells that it had better not be prepared for others."""
        self.cursor.execute(_formatted(text), values, prepare=False if once else None)

    def begin(self, *, write: bool) -> None:
        """Begin a transaction in one round trip; the driver would take two by itself."""
        self.raw.autocommit = True
        self._is_reading = not write
        self.cursor.execute(self._WRITE if write else self._READ, prepare=False)

    def batch(self, statements: Sequence[Statement]) -> list[list[int]]:
        """Carry out statements; all of them cost one round trip together."""
        if len(statements) == 1 and len(statements[0][1]) == 1:
            return super().batch(statements)
        with self.raw.pipeline():
            cursors = [self._sent(text, rows) for text, rows in statements]
        return [[cursor.rowcount for cursor in each] for each in cursors]

    def _sent(self, text: str, rows: Sequence[Row]) -> list[Any]:
        """The cursors that will know, for each of the rows, how many rows changed."""
        if text.startswith(_INSERT):
            # One statement with many rows would be taken apart by the driver each time; this one
            # the server has prepared.
            self.cursor.executemany(self.sql(text), rows)
            return []
        cursors = [self.raw.cursor() for _ in rows]
        for cursor, row in zip(cursors, rows, strict=True):
            cursor.execute(self.sql(text), row)
        return cursors

    def commit(self) -> bool:
        """Make what was done last; a transaction that had failed is silently undone by it."""
        self.cursor.execute("COMMIT", prepare=False)
        return bool(self.cursor.statusmessage == "COMMIT")

    def rollback(self) -> None:
        """Undo what was done.

        The driver's own way makes the server forget its prepared statements, because what they
        rest on may be undone. Nothing is, after reading.
        """
        if self._is_reading and self.raw.pgconn.transaction_status == _IN_TRANSACTION:
            self.cursor.execute("COMMIT", prepare=False)
        self.raw.rollback()

    def leave(self) -> None:
        """Set the connection back as it was."""
        self.raw.autocommit = False

    def is_gone(self) -> bool:
        """Whether the driver has given up the connection."""
        return bool(self.raw.closed)

    def commits_by_itself(self) -> bool:
        """Whether the connection came as one that commits after every statement."""
        return bool(self.raw.autocommit)


_SESSION = {
    "sql_mode": "'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
    "collation_connection": "utf8mb4_nopad_bin",
    "time_zone": "'+00:00'",
    # It would sort texts by their first 1024 bytes only. It needs room for 15 rows with all the texts
    # they are sorted by: here ten; what rows do not need it does not take.
    "max_sort_length": "400000",
    "sort_buffer_size": "67108864",
}
_WRITING = {
    "innodb_lock_wait_timeout": str(_WAIT_SECONDS),
    "idle_write_transaction_timeout": str(_IDLE_SECONDS),
    "foreign_key_checks": "0",
}


def _variables(isolation: str, values: Mapping[str, str]) -> tuple[str, str]:
    """The statement that sets variables and the isolation of one transaction; the one to undo it."""
    kept = ", ".join(f"@crm_{name} = @@{name}" for name in values)
    put = ", ".join(f"{name} = {value}" for name, value in values.items())
    back = ", ".join(f"{name} = @crm_{name}" for name in values)
    return f"SET {kept}, @@tx_isolation = '{isolation}', {put}", f"SET {back}"


class Pymysql(Driver):
    """MariaDB. It checks references at every statement, not at the end, whatever follows.

    So a writing unit of work does without, and checks them itself before it commits; see
    `_writing`. Variables cannot be set for one transaction; they are set back afterwards.
    """

    many = True
    locking = " FOR UPDATE"
    sharing = " LOCK IN SHARE MODE"
    told = staticmethod(mariadb_told)

    _READ = (
        *_variables("REPEATABLE-READ", _SESSION),
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    )
    _WRITE = (
        *_variables("READ-COMMITTED", _SESSION | _WRITING),
        "START TRANSACTION READ WRITE",
    )
    _undo = ""

    def sql(self, text: str) -> str:
        """A statement with ``?`` for each parameter, as the driver wants it."""
        return _formatted(text)

    def begin(self, *, write: bool) -> None:
        """Begin a transaction, after setting the variables it needs and the isolation."""
        put, undo, start = self._WRITE if write else self._READ
        self.cursor.execute(put)
        self._undo = undo
        self.cursor.execute(start)

    def leave(self) -> None:
        """Set the variables back to what they were."""
        if self._undo:
            self.cursor.execute(self._undo)

    def is_gone(self) -> bool:
        """Whether the driver has given up the connection."""
        return not self.raw.open

    def commits_by_itself(self) -> bool:
        """Whether the connection came as one that commits after every statement."""
        return bool(self.raw.get_autocommit())


_DRIVERS: dict[str, type[Driver]] = {
    "sqlite": Driver,
    "postgresql": Psycopg,
    "mariadb": Pymysql,
    "mysql": Pymysql,
}


def driver_of(name: str) -> type[Driver]:
    """The driver of the database that SQLAlchemy calls so."""
    return _DRIVERS[name]
