"""Whose turn it is to write: one at a time where the database allows no more, else everybody's.

In both cases a thread that would wait for itself is told so.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Lock, get_ident
from typing import Protocol

from crmcore.errors import Busy, NestedTransaction

Release = Callable[[], None]


class Turns(Protocol):
    """Who may write."""

    def take(self, seconds: float) -> Release:
        """Afterwards the calling thread writes, until it, or another one, calls what it gets.

        Raises:
            NestedTransaction: it does already.
            Busy: its turn did not come in time.
        """
        ...


class Turn:
    """Lets one thread after the other write, in the order in which they came.

    SQLite would do so too, but lets a thread wait that is unlucky, and cannot tell a thread that
    waits for itself.
    """

    def __init__(self) -> None:
        self._mutex = Lock()
        self._holder: int | None = None
        self._waiting: deque[tuple[int, Lock]] = deque()

    def take(self, seconds: float) -> Release:
        """Afterwards the calling thread is the only writer.

        Raises:
            NestedTransaction: it is already.
            Busy: its turn did not come in time.
        """
        me, call = get_ident(), Lock()
        with self._mutex:
            if self._holder == me:
                raise NestedTransaction
            if self._holder is None:
                self._holder = me
                return self._give_back
            call.acquire()
            self._waiting.append((me, call))
        if call.acquire(timeout=seconds):
            return self._give_back
        with self._mutex:
            if self._holder == me:
                return self._give_back
            self._waiting.remove((me, call))
        raise Busy(seconds)

    def _give_back(self) -> None:
        """Afterwards it is the turn of whoever waits longest."""
        with self._mutex:
            self._holder = None
            if self._waiting:
                self._holder, call = self._waiting.popleft()
                call.release()


class Crowd:
    """Lets every thread write at any time, once."""

    def __init__(self) -> None:
        self._mutex = Lock()
        self._writers: set[int] = set()

    def take(self, seconds: float) -> Release:  # noqa: ARG002 - nobody waits here
        """Afterwards the calling thread is one of the writers.

        Raises:
            NestedTransaction: it is already.
        """
        me = get_ident()
        with self._mutex:
            if me in self._writers:
                raise NestedTransaction
            self._writers.add(me)
        return partial(self._give_back, me)

    def _give_back(self, writer: int) -> None:
        with self._mutex:
            self._writers.discard(writer)
