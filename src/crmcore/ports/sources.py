"""Where a store and the core get from outside what they never reach for: time, ids, an ear."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> datetime:
        """The present instant: aware, UTC, truncated to milliseconds."""
        ...


class IdSource(Protocol):
    """Where new identities come from."""

    def new(self) -> UUID:
        """An id that was never given before; later ids sort after earlier ones."""
        ...


class Progress(Protocol):
    """What long work calls as it goes on."""

    def __call__(self, done: int, total: int | None, /) -> None:
        """``done`` of ``total`` pieces are finished (None: nobody knows how many there are)."""
        ...
