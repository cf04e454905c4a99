"""Faults at the calls of the drivers themselves: a connection that breaks before or after a call.

The drivers are wrapped where they talk to the database, in this process and for the calling thread
only; nothing of the library is touched, and it cannot tell. For SQLite, which has no connection to
lose, the file fails instead.
"""

import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import attrs

BEFORE, AFTER, DOWN = "before", "after", "down"
"""A call fails without having been made; was made, but its answer is lost; it and all that follow."""


@attrs.define
class Plan:
    """Which call of the driver fails, and how; counts the calls when none is to.

    Attributes:
        at: The number of the call, from 0; None for none.
        mode: How it fails.
        calls: What was called since `begin`, the failing ones too.
    """

    at: int | None = None
    mode: str = BEFORE
    calls: list[str] = attrs.field(factory=list[str])
    _thread: int | None = None

    def begin(self, at: int | None = None, mode: str = BEFORE) -> None:
        """From now on the calls of this thread count."""
        self.at, self.mode, self._thread = at, mode, threading.get_ident()
        self.calls = []

    def end(self) -> None:
        """From now on nothing fails."""
        self._thread = None

    def verdict(self, call: str) -> str | None:
        """How this call fails; None when it does not."""
        if self._thread != threading.get_ident():
            return None
        number = len(self.calls)
        self.calls.append(call)
        if self.at is None:
            return None
        if number == self.at:
            return BEFORE if self.mode == DOWN else self.mode
        return BEFORE if self.mode == DOWN and number > self.at else None

    def around(self, call: str, made: Callable[[], Any], broken: Callable[[], Exception]) -> Any:
        """What a call answers, unless it is to fail; ``broken`` breaks and tells the error."""
        match self.verdict(call):
            case None:
                return made()
            case "before":
                raise broken()
            case _:
                made()
                raise broken()


def install(kind: str, plan: Plan) -> None:
    """Afterwards the driver of that kind of store follows the plan."""
    {
        "sqlite": _sqlite,
        "postgresql": _postgresql,
        "mariadb": _mariadb,
        "mongodb": _mongodb,
    }[kind](plan)


def _first_word(statement: object) -> str:
    return str(statement).split(maxsplit=1)[0].upper() if str(statement).strip() else ""


def _sqlite(plan: Plan) -> None:
    def broken() -> Exception:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        error.sqlite_errorname = "SQLITE_IOERR"
        return error

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *values: Any) -> Any:
            made = super().execute
            return plan.around(_first_word(sql), lambda: made(sql, *values), broken)

        def executemany(self, sql: str, values: Any) -> Any:
            made = super().executemany
            return plan.around(_first_word(sql), lambda: made(sql, values), broken)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def commit(self) -> None:
            plan.around("COMMIT", super().commit, broken)

        def rollback(self) -> None:
            plan.around("ROLLBACK", super().rollback, broken)

    plain = sqlite3.connect

    def connect(*args: Any, **options: Any) -> Any:
        return plain(*args, **{"factory": Connection, **options})

    sqlite3.connect = sqlite3.dbapi2.connect = connect


def _postgresql(plan: Plan) -> None:
    import psycopg  # noqa: PLC0415 - only where it is asked for

    def breaking(connection: Any) -> Callable[[], Exception]:
        def broken() -> Exception:
            connection.pgconn.finish()
            return psycopg.OperationalError("server closed the connection unexpectedly")

        return broken

    def wrapped(owner: Any, name: str, connection_of: Callable[[Any], Any]) -> None:
        plain = getattr(owner, name)

        def call(self: Any, *args: Any, **options: Any) -> Any:
            what = _first_word(args[0]) if args else name.upper()
            broken = breaking(connection_of(self))
            return plan.around(what, lambda: plain(self, *args, **options), broken)

        setattr(owner, name, call)

    for name in ("execute", "executemany"):
        wrapped(psycopg.Cursor, name, lambda cursor: cursor.connection)
    for name in ("commit", "rollback"):
        wrapped(psycopg.Connection, name, lambda connection: connection)


def _mariadb(plan: Plan) -> None:
    import pymysql  # noqa: PLC0415

    def wrapped(name: str) -> None:
        plain = getattr(pymysql.connections.Connection, name)

        def call(self: Any, *args: Any, **options: Any) -> Any:
            def broken() -> Exception:
                self._force_close()
                return pymysql.err.OperationalError(2013, "Lost connection to MySQL server")

            what = _first_word(args[0]) if args else name.upper()
            return plan.around(what, lambda: plain(self, *args, **options), broken)

        setattr(pymysql.connections.Connection, name, call)

    for name in ("query", "commit", "rollback", "begin"):
        wrapped(name)


def _mongodb(plan: Plan) -> None:
    from pymongo.synchronous import pool  # noqa: PLC0415

    send, receive, dropping = pool.sendall, pool.receive_message, set[int]()

    def sendall(socket: Any, message: Any) -> None:
        match plan.verdict("SEND"):
            case None:
                pass
            case "before":
                raise ConnectionResetError
            case _:
                dropping.add(threading.get_ident())
        send(socket, message)

    def receive_message(*args: Any, **options: Any) -> Any:
        answer = receive(*args, **options)
        if threading.get_ident() in dropping:
            dropping.discard(threading.get_ident())
            raise ConnectionResetError
        return answer

    pool.sendall, pool.receive_message = sendall, receive_message
