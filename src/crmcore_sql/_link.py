"""The connection of one unit of work: how it begins and ends with each driver, what leaves it.

The only place where a driver is called. The cursor of the driver is used directly, because the
layers above it cost several times what the driver itself does.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy.pool import PoolProxiedConnection

from crmcore.errors import CrmError, StoreUnavailable
from crmcore_sql._errors import (
    Overflown,
    Refused,
    Row,
    Verdict,
    failure_of,
    mariadb_told,
    postgresql_told,
    sqlite_told,
)

_TEXTS = 2048
_WAIT_SECONDS = 5
_IDLE_SECONDS = 30
_AT_ONCE = 64


# --- drivers -------------------------------------------------------------------------------------


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

    def begin(self, *, write: bool) -> None:
        """Begin a transaction; one that only reads sees the state of this moment."""
        self.cursor.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        if not write:
            self.cursor.execute("SELECT 1 FROM sqlite_master LIMIT 1")
            self.cursor.fetchall()

    def batch(self, statements: Sequence[tuple[str, Sequence[Row]]]) -> list[int]:
        """Carry out statements, each for all of its rows; how many rows each of them changed."""
        cursor, counts = self.cursor, list[int]()
        for text, rows in statements:
            if len(rows) == 1:
                cursor.execute(self.sql(text), rows[0])
            else:
                cursor.executemany(self.sql(text), rows)
            counts.append(cursor.rowcount)
        return counts

    def commit(self) -> bool:
        """Make what was done last; whether the database says that it did."""
        self.raw.commit()
        return True

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


@lru_cache(_TEXTS)
def _of_several(insert: str, number: int) -> str:
    """The statement that inserts so many rows at once, which costs little more than one."""
    head, word, row = _formatted(insert).rpartition(" VALUES ")
    return f"{head}{word}{', '.join([row] * number)}"


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

    def sql(self, text: str) -> str:
        """A statement with ``?`` for each parameter, as the driver wants it."""
        return _formatted(text)

    def begin(self, *, write: bool) -> None:
        """Begin a transaction in one round trip; the driver would take two by itself."""
        self.raw.autocommit = True
        self.cursor.execute(self._WRITE if write else self._READ, prepare=False)

    def batch(self, statements: Sequence[tuple[str, Sequence[Row]]]) -> list[int]:
        """Carry out statements; several of them, or of their rows, cost one round trip together."""
        if len(statements) == 1:
            return [self._carried_out(self.cursor, *statements[0])()]
        with self.raw.pipeline():
            counts = [self._carried_out(self.raw.cursor(), *each) for each in statements]
        return [count() for count in counts]

    def _carried_out(self, cursor: Any, text: str, rows: Sequence[Row]) -> Callable[[], int]:
        """Carry out a statement for some rows; the answer knows, later, how many rows changed."""
        if len(rows) == 1:
            cursor.execute(self.sql(text), rows[0])
        elif text.startswith("INSERT"):
            for start in range(0, len(rows), _AT_ONCE):
                part = rows[start : start + _AT_ONCE]
                cursor.execute(_of_several(text, len(part)), [*chain.from_iterable(part)])
            return lambda: len(rows)
        else:
            cursor.executemany(self.sql(text), rows)
        return lambda: int(cursor.rowcount)

    def commit(self) -> bool:
        """Make what was done last; a transaction that had failed is silently undone by it."""
        self.cursor.execute("COMMIT", prepare=False)
        return bool(self.cursor.statusmessage == "COMMIT")

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
    # It would sort texts by their first 1024 bytes only, and needs room for 15 of them.
    "max_sort_length": "400000",
    "sort_buffer_size": "8388608",
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


# --- the connection ------------------------------------------------------------------------------


class Link:
    """One connection for the time of one unit of work; its driver's errors leave it as ours.

    Args:
        connection: From the pool.
        driver: How it is used.
        failed: The class of all errors of the driver.
        adapt: Called with the cursor before it is used.

    Attributes:
        driver: How it is used.
        is_lost: Whether the connection turned out to be gone.
        commits_by_itself: Whether it came as one that commits after every statement.
        failing: Called before a failure is raised that nothing can go on after.
    """

    def __init__(
        self,
        connection: PoolProxiedConnection,
        driver: type[Driver],
        failed: type[Exception],
        adapt: Callable[[Any], None],
    ) -> None:
        self.driver = driver(connection)
        self.is_lost = False
        self.commits_by_itself = self.driver.commits_by_itself()
        self.failing: Callable[[], None] | None = None
        self._connection = connection
        self._failed = failed
        self._is_begun = False
        self._cursor = self.driver.cursor
        adapt(self._cursor)

    def rows(self, sql: str, values: Sequence[Any] = (), *, lenient: bool = False) -> list[Row]:
        """What a statement answers.

        Raises:
            Refused: a constraint was broken.
            Overflown: a number may have been too large; only when ``lenient``.
        """
        try:
            self._cursor.execute(self.driver.sql(sql), values)
            return list(self._cursor.fetchall())
        except self._failed as error:
            failure = self._failure(error, lenient=lenient)
        raise failure  # here, so that the driver's error, which may quote values, is left behind

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """How many rows a statement changed; failures as in `rows`."""
        try:
            self._cursor.execute(self.driver.sql(sql), values)
            return int(self._cursor.rowcount)
        except self._failed as error:
            failure = self._failure(error)
        raise failure

    def batch(self, statements: Sequence[tuple[str, Sequence[Row]]]) -> list[int]:
        """How many rows each of some statements changed, carried out for all of its own rows.

        In as few round trips as the driver can do with; failures as in `rows`.
        """
        try:
            return self.driver.batch(statements) if statements else []
        except self._failed as error:
            failure = self._failure(error)
        raise failure

    def begin(self, *, write: bool) -> None:
        """Begin a transaction; one that only reads sees the state of this moment."""
        try:
            if self._is_begun:
                self.driver.leave()
            self._is_begun = True
            self.driver.begin(write=write)
        except self._failed as error:
            failure = self._failure(error)
        else:
            return
        raise failure

    def commit(self) -> None:
        """Make what was done last.

        Raises:
            Refused: a constraint was broken.
            OutcomeUnknown: the answer was lost.
        """
        try:
            is_done = self.driver.commit()
        except self._failed as error:
            failure = self._failure(error, committing=True)
        else:
            if is_done:
                return
            failure = StoreUnavailable("COMMIT")
        raise failure

    def rollback(self) -> None:
        """Undo what was done; a connection that cannot even do that is thrown away."""
        try:
            self._connection.rollback()
        except self._failed:
            self._throw_away()

    def close(self) -> None:
        """Give the connection back as it was, or throw it away."""
        if self.is_lost:
            self._throw_away()
        elif self._is_begun:
            try:
                self.driver.leave()
            except self._failed:
                self._throw_away()
        self._connection.close()

    def _throw_away(self) -> None:
        if self._connection.is_valid:
            self._connection.invalidate()
        self.is_lost = True

    def _failure(
        self, error: Exception, *, lenient: bool = False, committing: bool = False
    ) -> CrmError:
        told = self.driver.told(error)
        if told[0] is Verdict.LOST or self.driver.is_gone():
            self.is_lost = True
        failure = failure_of(told, committing=committing)
        if isinstance(failure, Overflown) and not lenient:
            failure = StoreUnavailable(failure.reason)
        if self.failing is not None and not isinstance(failure, Refused | Overflown):
            self.failing()
        return failure
