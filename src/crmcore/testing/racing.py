"""How the laws bring units of work into each other's way, and learn what became of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import TypeVar

from crmcore.errors import Busy, Conflict, Contention, CrmError, EntityNotFound, ReferenceNotFound
from crmcore.ports import Store, UnitOfWork

T = TypeVar("T")

THREADS, TIMES, TRIES = 8, 25, 1000
_PAUSE = 0.001


def in_threads(work: Callable[[int], T]) -> list[T]:
    """The results of the same work done by several threads at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        return [*pool.map(work, range(THREADS))]


def give_way() -> None:
    """Afterwards others had the opportunity to come in between."""
    sleep(_PAUSE)


def until_done(store: Store, step: Callable[[UnitOfWork], T]) -> T:
    """The result of a step that was tried until nobody was faster, each time from the beginning.

    Raises:
        Conflict, Contention, Busy: of the last try, when too many have failed.
    """
    for failures in range(TRIES + 1):
        try:
            with store.begin(write=True) as unit:
                result = step(unit)
                unit.commit()
        except (Conflict, Contention, Busy):
            if failures == TRIES:
                raise
            sleep(_PAUSE * (failures % THREADS))
        else:
            return result
    raise AssertionError


def overtaken(
    store: Store,
    look: Callable[[UnitOfWork], T],
    other: Callable[[], object],
    rest: Callable[[UnitOfWork, T], object],
    *,
    beside: bool,
) -> CrmError | None:
    """How a unit of work was refused in whose midst somebody else did his; None if it was not.

    Args:
        store: Where the first one is at work.
        look: What the first one does before the other one begins.
        other: What somebody else does meanwhile, from begin to end, in a thread of its own.
        rest: What the first one does afterwards, with what it has seen, and commits.
        beside: Whether two units of work may write at the same time. Where they may not, there is
            no midst: the other one comes first.
    """
    if not beside:
        other()
    try:
        with store.begin(write=True) as unit:
            seen = look(unit)
            if beside:
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(other).result()
            rest(unit, seen)
            unit.commit()
    except (Conflict, Contention, EntityNotFound, ReferenceNotFound) as refusal:
        return refusal
    return None
