"""Whose turn it is within one process, so that its threads do not get in each other's way.

The database knows no waiting: of two transactions that write the same document, one fails at once.
What holds between processes is decided there; nothing here is needed for it.
"""

import os
import secrets
from collections import defaultdict
from collections.abc import Iterable
from threading import Lock, get_ident
from weakref import WeakValueDictionary

Key = tuple[str, ...]

LANES = 64
"""How many lanes a tenant has; see `_references`."""

_REMEMBERED = 1_000


class _Turn:
    """One at a time."""

    def __init__(self) -> None:
        self.lock = Lock()


_mutex = Lock()
_turns: WeakValueDictionary[tuple[int, Key], _Turn] = WeakValueDictionary()
_lanes: defaultdict[tuple[int, str], set[int]] = defaultdict(set)


class Turn:
    """The turn of one unit of work at something that only one can have."""

    def __init__(self, *key: str) -> None:
        # By process: what another thread held when a process was forked is never given back there.
        with _mutex:
            self._turn = _turns.setdefault((os.getpid(), key), _Turn())

    def take(self, seconds: float) -> bool:
        """Whether it came in time."""
        return self._turn.lock.acquire(timeout=seconds)

    def give_back(self) -> None:
        """Afterwards somebody else may have it."""
        self._turn.lock.release()


class Losses:
    """What a thread wanted when others were faster, so that its next try has the turn in time.

    Who begins a transaction long before it comes to what everybody wants, would lose to those who
    need less time, again and again. It is a hint: nothing depends on it but who is first.
    """

    def __init__(self) -> None:
        self._wanted: dict[tuple[int, int], tuple[Key, ...]] = {}

    def remember(self, keys: Iterable[Key]) -> None:
        """Afterwards the next transaction of this thread asks for these turns first."""
        if len(self._wanted) >= _REMEMBERED:
            self._wanted.clear()
        self._wanted[os.getpid(), get_ident()] = tuple(sorted(keys))

    def recall(self) -> tuple[Key, ...]:
        """What this thread wanted; it is forgotten now."""
        return self._wanted.pop((os.getpid(), get_ident()), ())


class Lane:
    """A lane that nobody else in this process has, as long as there are enough."""

    def __init__(self, place: str) -> None:
        key = (os.getpid(), place)
        first = secrets.randbelow(LANES)
        with _mutex:
            self._taken = _lanes[key]
            free = (lane for lane in _around(first) if lane not in self._taken)
            self.number = next(free, first)
            self._taken.add(self.number)

    def give_back(self) -> None:
        """Afterwards somebody else may have it."""
        self._taken.discard(self.number)


def _around(first: int) -> list[int]:
    return [(first + step) % LANES for step in range(LANES)]
