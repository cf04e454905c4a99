"""The connection of one unit of work: the only place where a driver is called.

What its driver raises leaves it as an error of the library, without the values of a statement.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.pool import PoolProxiedConnection

from crmcore.errors import CrmError, DamagedRecord, StoreUnavailable
from crmcore_sql._drivers import Driver, Statement
from crmcore_sql._errors import Overflown, Refused, Row, Verdict, failure_of


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

    def rows(
        self, sql: str, values: Sequence[Any] = (), *, lenient: bool = False, once: bool = False
    ) -> list[Row]:
        """What a statement answers; ``once`` tells to plan it for these values alone.

        Raises:
            Refused: a constraint was broken.
            Overflown: a number may have been too large; only when ``lenient``.
            DamagedRecord: the database told something that the driver cannot read.
        """
        is_told = False
        try:
            self.driver.ask(sql, values, once=once)
            is_told = True
            return list(self._cursor.fetchall())
        except self._failed as error:
            failure = self._damage(error) if is_told else None
            failure = failure or self._failure(error, lenient=lenient)
        raise failure  # here, so that the driver's error, which may quote values, is left behind

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """How many rows a statement changed; failures as in `rows`."""
        try:
            if values:
                self._cursor.execute(self.driver.sql(sql), values)
            else:  # as it is: a name in a table's checks may have any sign in it
                self._cursor.execute(sql)
            return int(self._cursor.rowcount)
        except self._failed as error:
            failure = self._failure(error)
        raise failure

    def batch(self, statements: Sequence[Statement]) -> list[list[int]]:
        """Carry out statements, each for all of its rows; how many rows changed for each of them.

        Nothing is told of an INSERT. It takes as few round trips as the driver can do with;
        failures as in `rows`.
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
            self.driver.rollback()
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
        self._close_cursor()
        self._connection.close()

    def hand_back(self) -> None:
        """Leave the connection, as it is, to whoever lent it."""
        self._close_cursor()

    def _close_cursor(self) -> None:
        # While it is open, SQLite keeps a connection that is thrown away, and the lock it holds.
        with suppress(self._failed):
            self._cursor.close()

    def _throw_away(self) -> None:
        self._close_cursor()
        if self._connection.is_valid:
            self._connection.invalidate()
        self.is_lost = True

    def _damage(self, error: Exception) -> CrmError | None:
        """The error for what has no code, as it is not the database's but of the driver reading."""
        verdict, code = self.driver.told(error)
        is_reading = verdict is Verdict.FAILED and code == type(error).__name__
        return DamagedRecord("a row", None, code) if is_reading else None

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
