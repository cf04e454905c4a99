"""What a store can do beyond the one meaning that all stores share, and why one cannot.

A law that rests on a capability says so; for a store without it, the law is expected to fail, and
it is an error when it does not: nobody forgets to declare what has been repaired.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs

from crmcore.errors import InvalidValue

Law = TypeVar("Law", bound=Callable[..., Any])

_NEEDED = "needed_capabilities"
_BY_CHANCE = "breaks_by_chance"


def _every_no_has_a_reason(capabilities: Any, _field: object, reasons: Mapping[str, str]) -> None:
    for name in capabilities.closed:
        if not reasons.get(name):
            raise InvalidValue(f"capabilities.{name}", "is closed and needs a reason")


@attrs.frozen(kw_only=True)
class Capabilities:
    """Which of the promises that not every place can keep a store keeps.

    Attributes:
        durable: What was committed is found by whoever opens the same place later.
        snapshots: A reading unit of work sees one state from its beginning to its end.
        reads_beside_a_writer: A unit of work may read while another one is writing, and finds the
            state before it.
        writes_beside_a_writer: Several units of work may write at the same time; where they are in
            each other's way, one is refused. Otherwise a writer waits until the one before is over.
        references_under_races: Whatever is added and removed at the same time, no reference leads
            nowhere afterwards.
        seals_for_everybody: What is sealed stays as it is also for whoever reaches the place without
            knowing of the seal.
        threads: Several threads may use one store at the same time.
        reasons: For each of them that is closed, why.
    """

    durable: bool = True
    snapshots: bool = True
    reads_beside_a_writer: bool = True
    writes_beside_a_writer: bool = True
    references_under_races: bool = True
    seals_for_everybody: bool = True
    threads: bool = True
    reasons: Mapping[str, str] = attrs.field(
        factory=dict[str, str], validator=_every_no_has_a_reason
    )

    @property
    def closed(self) -> tuple[str, ...]:
        """The names of the promises that are not kept."""
        names = (each.name for each in attrs.fields(type(self)) if each.type is bool)
        return tuple(name for name in names if not getattr(self, name))


def needs(*capabilities: str, by_chance: bool = False) -> Callable[[Law], Law]:
    """Marks a law that only stores with these capabilities can keep.

    Args:
        *capabilities: Their names.
        by_chance: Whether a store without them may keep the law in a lucky hour, so that keeping it
            proves nothing.

    Raises:
        InvalidValue: there is no such capability.
    """
    known = {each.name for each in attrs.fields(Capabilities)} - {"reasons"}
    for name in capabilities:
        if name not in known:
            raise InvalidValue("capabilities", f"there is none called {name}")

    def marked(law: Law) -> Law:
        setattr(law, _NEEDED, capabilities)
        setattr(law, _BY_CHANCE, by_chance)
        return law

    return marked


def needed_by(law: object) -> tuple[str, ...]:
    """The capabilities that a law was marked with."""
    needed: tuple[str, ...] = getattr(law, _NEEDED, ())
    return needed


def breaks_by_chance(law: object) -> bool:
    """Whether a store without the capabilities may keep the law all the same, now and then."""
    by_chance: bool = getattr(law, _BY_CHANCE, False)
    return by_chance
