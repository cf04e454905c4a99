"""Taking the same steps again when others were in the way: the one place where anything is retried.

Stores report what happened and retry nothing themselves; commands are written as if they were alone.
What is taken again must rest on nothing it kept from before.
"""

import random
import time
from collections.abc import Callable
from math import inf
from typing import TypeVar

import attrs

from crmcore.errors import (
    Busy,
    Contention,
    CrmError,
    InvalidValue,
    KeyTaken,
    OutcomeUnknown,
    StaleRevision,
    StoreFailure,
)

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Retry:
    """How long it is worth trying.

    Waiting is "full jitter": a random time between nothing and a bound that doubles with each try.

    Attributes:
        deadline: So many seconds after the beginning no further try begins.
        first: The bound of the first wait, in seconds.
        longest: The largest bound, in seconds.
        tries: No more than so many tries.

    Raises:
        InvalidValue: a time is negative, or there is no try at all.
    """

    deadline: float = 10.0
    first: float = 0.005
    longest: float = 0.5
    tries: int = 100

    def __attrs_post_init__(self) -> None:
        if self.tries < 1:
            raise InvalidValue("tries", "must be 1 or more")
        for name in ("deadline", "first", "longest"):
            if not 0 <= getattr(self, name) < inf:
                raise InvalidValue(name, "must be a number of seconds, not negative")

    def bound(self, tries: int) -> float:
        """The longest wait after so many tries, in seconds."""
        return min(self.longest, self.first * 2.0 ** min(tries, 30))


def _same(first: CrmError | None, second: CrmError) -> bool:
    return type(first) is type(second) and str(first) == str(second)


@attrs.frozen(kw_only=True)
class Retrying:
    """Takes steps again from the beginning when others were in the way.

    - `Contention` says so itself. When it does not end before the deadline, `Busy` is raised.
    - `StaleRevision`: somebody changed what was read. The steps read it anew; when the same error
      comes back, it was the caller who brought an old state, and the error is his. When the store
      still holds the revision that was read, somebody else guarded it: that is like `Contention`.
    - `KeyTaken`: the same command was carried out meanwhile; taken again, it
      finds the result.
    - `OutcomeUnknown`: taken again only under an idempotency key, which tells what happened. When
      the store does not answer that any more, this is what is raised, and not that it is away.

    Attributes:
        retry: How long it is worth trying.
        wait: Waits for so many seconds.
        passed: Seconds since any fixed moment.
        chance: A number from 0 up to 1.
    """

    retry: Retry = Retry()
    wait: Callable[[float], None] = time.sleep
    passed: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def carry_out(self, attempt: Callable[[], T], *, is_repeatable: bool = False) -> T:
        """The result of the first attempt that nobody disturbed.

        Args:
            attempt: All of the steps, from beginning a unit of work to its commit.
            is_repeatable: Whether repeating what was done already is harmless.

        Raises:
            Busy: others were in the way until the deadline.
            CrmError: whatever else an attempt raises.
        """
        start, before = self.passed(), None
        unknown: OutcomeUnknown | None = None
        for tries in range(self.retry.tries):
            try:
                return attempt()
            except (StaleRevision, KeyTaken, StoreFailure) as error:
                unknown = error if isinstance(error, OutcomeUnknown) else unknown
                if not _is_worth_another(error, before, is_repeatable=is_repeatable):
                    if unknown is None or not isinstance(error, StoreFailure):
                        raise
                    raise unknown from None
                before = error
            pause = self.chance() * self.retry.bound(tries)
            if self.passed() - start + pause >= self.retry.deadline:
                break
            self.wait(pause)
        if before is None or _is_crowded(before):
            before = Busy(round(self.passed() - start, 3))
        raise unknown or before


def _is_crowded(error: CrmError) -> bool:
    """Whether others were in the way who left what was read as it is."""
    match error:
        case StaleRevision(_, _, expected, actual):
            return expected == actual
        case _:
            return isinstance(error, Contention)


def _is_worth_another(error: CrmError, before: CrmError | None, *, is_repeatable: bool) -> bool:
    match error:
        case Contention():
            return True
        case OutcomeUnknown():
            return is_repeatable
        case StaleRevision():
            return _is_crowded(error) or not _same(before, error)
        case KeyTaken():
            return not _same(before, error)
        case _:
            return False
