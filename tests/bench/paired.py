"""Measuring two ways of doing one thing, in turn, and printing their ratio.

Absolute times drift with the machine; the ratio to a bound measured in the same run does not. What is
measured is the processor time of this process, except where the work is done by a server: there
it is the time that passes.
"""

import math
import statistics
import time
from collections.abc import Callable, Sequence

import attrs

ROUNDS = 5

Seconds = Callable[[Callable[[], object]], float]
"""The time one call takes, by some clock."""


@attrs.frozen
class Ratio:
    """How the library compares to the bound: medians of seconds."""

    name: str
    ours: float
    bound: float
    goal: str

    @property
    def times(self) -> float:
        """Our time as a multiple of the bound's."""
        return self.ours / self.bound

    @property
    def speed(self) -> float:
        """Our speed as a share of the bound's."""
        return self.bound / self.ours

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.ours * 1e3:.1f} ms against {self.bound * 1e3:.1f} ms: "
            f"{self.times:.2f} x the time, {self.speed:.2f} of the speed (goal: {self.goal})"
        )


def cpu_seconds(work: Callable[[], object]) -> float:
    """The processor time one call takes."""
    before = time.process_time()
    work()
    return time.process_time() - before


def wall_seconds(work: Callable[[], object]) -> float:
    """The time that passes during one call, for work that a server does."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def paired(
    name: str,
    ours: Callable[[], object],
    bound: Callable[[], object],
    goal: str,
    *,
    rounds: int = ROUNDS,
    seconds: Seconds = cpu_seconds,
) -> Ratio:
    """Both in turn, one warm-up each, then the medians of some rounds."""
    ours()
    bound()
    pairs = [(seconds(ours), seconds(bound)) for _ in range(rounds)]
    return Ratio(
        name,
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        goal,
    )


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """By which power of the size the time grows, from the first and the last size."""
    return math.log(seconds[-1] / seconds[0]) / math.log(sizes[-1] / sizes[0])


def growth(name: str, sizes: Sequence[int], seconds: Sequence[float]) -> str:
    """A line that tells how the time grows with the size."""
    each = ", ".join(f"{size:,}: {time:.2f} s" for size, time in zip(sizes, seconds, strict=True))
    power = exponent(sizes, seconds)
    return f"{name} grows with exponent {power:.2f} (goal: about 1); {each}"
