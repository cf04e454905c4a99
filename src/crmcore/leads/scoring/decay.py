"""How points fade: by half after each half-life, in whole numbers, so that every engine agrees.

The law of exponential decay: after the time ``t`` there is left ``2 ** (-t / T)`` of what was there,
where ``T`` is the half-life. Marketing systems offer it for behaviour, because interest cools; who
somebody is does not fade, so it is for engagement only.

Here ``t`` is cut to steps of a 1024th of the half-life, and the factor is kept in a table of whole
thousand-millionths, rounded half up::

    q      = age in ms * 1024 // half-life in ms
    factor = TABLE[q]  = round(2 ** (-q / 1024) * 10**9), 0 from 32 half-lives on
    points = round(points * 1000 * factor / 10**9)        thousandths, halves away from zero

A step is never off by more than 0.07 % of what is left. A day has 86,400,000 ms, which 1024 divides:
so ``q`` is the age divided by 84,375 ms per day of the half-life.
"""

from datetime import timedelta
from functools import cache
from math import isqrt

from crmcore.leads.scoring.rules import THOUSANDTHS

STEPS = 1024
"""Steps of a half-life."""
SCALE = 10**9
"""What a factor of 1 is written as."""
LAST = 32 * STEPS
"""From this step on nothing is left."""
STEP_MS = 86_400_000 // STEPS
"""How long one step of a half-life of one day takes, in milliseconds."""

_DOUBLINGS = 10
_FINE = 10**40


@cache
def table() -> tuple[int, ...]:
    """The factor at every step, the last one being 0."""
    root = _FINE * 2
    for _ in range(_DOUBLINGS):
        root = isqrt(root * _FINE)  # at last the 1024th root of 2
    fine = [_FINE]
    for _ in range(STEPS - 1):
        fine.append(fine[-1] * _FINE // root)
    factors = [_rounded(fine[q % STEPS], _FINE // SCALE << q // STEPS) for q in range(LAST)]
    return (*factors, 0)


def _rounded(number: int, divisor: int) -> int:
    return (2 * number + divisor) // (2 * divisor)


def step_of(half_life: int) -> timedelta:
    """How long one step of a half-life of so many days takes."""
    return timedelta(milliseconds=STEP_MS * half_life)


def factor_at(age: timedelta, half_life: int) -> int:
    """What is left of 10**9 after some time, never negative, for a half-life of so many days."""
    return table()[min(age // step_of(half_life), LAST)]


def faded(points: int, factor: int) -> int:
    """So many thousandths are left of points, by a factor of the table."""
    left = _rounded(abs(points) * THOUSANDTHS * factor, SCALE)
    return left if points > 0 else -left
