"""Identities: UUIDv7 (RFC 9562), which sort by the time they were made.

Here: the sources that draw new ids, and the one check of an id that comes from outside. The clock
and the randomness are arguments. What an id refers to is no matter of this room.
"""

import re
from collections.abc import Callable
from itertools import count
from threading import Lock
from uuid import UUID

from crmcore.errors import InvalidValue, WrongType
from crmcore.values.numbers import as_int

_CANONICAL = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MAX_MS = (1 << 48) - 1
_COUNTER_BITS = 42
_TAIL_BITS = 32
_STOCK = 32
_COUNTED_EPOCH_MS = 1_700_000_000_000


def _uuid7(ms: int, counter: int, tail: int) -> UUID:
    """Lay out 48 bits of time, 42 of counter (12 before the variant, 30 after) and 32 of tail."""
    high = (ms << 16) | 0x7000 | (counter >> 30)
    low = (0b10 << 62) | ((counter & 0x3FFF_FFFF) << _TAIL_BITS) | tail
    return UUID(int=(high << 64) | low)


class Uuid7Source:
    """Draws UUIDv7 ids that are strictly increasing within this source, whatever the clock does.

    Within one millisecond, and while the clock stands still or runs backwards, a 42-bit counter goes
    on from a random start; 32 further bits are random in every id (RFC 9562, section 6.2, method 1).
    Safe to share between threads.

    Args:
        now_ms: the milliseconds since 1970-01-01 UTC.
        random_bits: given a number of bits, a random integer of so many bits.
    """

    __slots__ = (
        "_counter",
        "_last_ms",
        "_lock",
        "_now_ms",
        "_random_bits",
        "_tails",
        "_tails_left",
    )

    def __init__(self, now_ms: Callable[[], int], random_bits: Callable[[int], int]) -> None:
        self._now_ms = now_ms
        self._random_bits = random_bits
        self._lock = Lock()
        self._last_ms = -1
        self._counter = 0
        self._tails = 0
        self._tails_left = 0

    def new(self) -> UUID:
        """An id greater than every id this source gave before.

        Raises:
            InvalidValue: the clock is before 1970 or beyond the 48 bits of the format.
        """
        with self._lock:
            tail = self._tail()
            now = self._now_ms()
            if not 0 <= now <= _MAX_MS:
                raise InvalidValue("now_ms", "must be milliseconds since 1970 within 48 bits")
            if now > self._last_ms:
                self._restart(now)
            else:
                self._counter += 1
                if self._counter >> _COUNTER_BITS:
                    self._restart(self._last_ms + 1)
            return _uuid7(self._last_ms, self._counter, tail)

    def _tail(self) -> int:
        # Asking the system for randomness costs more than all the rest, so a stock is laid in.
        if not self._tails_left:
            self._tails = self._random_bits(_TAIL_BITS * _STOCK)
            self._tails_left = _STOCK
        tail = self._tails & ((1 << _TAIL_BITS) - 1)
        self._tails >>= _TAIL_BITS
        self._tails_left -= 1
        return tail

    def _restart(self, ms: int) -> None:
        # The top bit stays free, so that a millisecond has room for 2**41 ids at least.
        self._last_ms = ms
        self._counter = self._random_bits(_COUNTER_BITS - 1)


class CountedIds:
    """Draws the same ids in every run: 1st, 2nd, 3rd … in the form of UUIDv7, for tests and demos.

    Args:
        seed: sources with different seeds never draw the same id.
    """

    __slots__ = ("_numbers", "_seed")

    def __init__(self, seed: int = 0) -> None:
        if not 0 <= as_int("seed", seed) < 1 << _TAIL_BITS:
            raise InvalidValue("seed", "must be at least 0 and have at most 32 bits")
        self._seed = seed
        self._numbers = count(1)

    def new(self) -> UUID:
        """The next id; greater than the one before."""
        return _uuid7(_COUNTED_EPOCH_MS, next(self._numbers), self._seed)


def as_uuid(field: str, value: object) -> UUID:
    """The id in ``value``: a UUID, or its text of 36 characters (capitals are taken too).

    Raises:
        WrongType: it is neither a UUID nor a str.
        InvalidValue: the text is not the canonical form of a UUID.
    """
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str):
        raise WrongType(field, "UUID", type(value).__name__)
    if _CANONICAL.fullmatch(value) is None:
        raise InvalidValue(field, "must be a UUID such as 018bcfe5-6800-7000-8000-000100000000")
    return UUID(value)
